"""White space inside an expression, one way for all."""

from __future__ import annotations

from expert.language.lexer import KEYWORDS, LexError, Token, tokens


def spaced(text: str) -> str:
    """The same words with one space where a reader wants one; a text that cannot be read stays as it is.

    >>> spaced("z(a.b,60min)>=-0.5 and(c or not d( e:f ))")
    'z(a.b, 60 min) >= -0.5 and (c or not d(e: f))'
    >>> spaced("finish( operation:a ) . at+b.duration")
    'finish(operation: a).at + b.duration'
    """
    try:
        words = tokens(text)[:-1]
    except LexError:
        return text
    out, before, sign = "", None, False
    for word in words:
        if before is not None and not sign and _space(before, word):
            out += " "
        sign = word.text == "-" and word.kind == "operator" and _is_sign(before)
        out += _written(word, text)
        before = word
    return out if same_words(text, out) else text


def same_words(a: str, b: str) -> bool:
    """True when two expressions consist of the same words, so that they mean the same.

    >>> same_words("a>3kPa", "a > 3 kPa"), same_words("a > 3 kPa", "a > 3.0 kPa")
    (True, False)
    """
    try:
        return [_meaning(t) for t in tokens(a)] == [_meaning(t) for t in tokens(b)]
    except LexError:
        return False


def _meaning(token: Token) -> tuple[str, str, str]:
    return token.kind, token.text, token.unit


def _written(word: Token, text: str) -> str:
    if word.kind == "number":
        return f"{word.text} {word.unit}".rstrip()
    return text[word.start : word.stop]


def _is_sign(before: Token | None) -> bool:
    """A minus behind this is a sign, not a subtraction."""
    if before is None:
        return True
    return before.text in KEYWORDS or (before.kind == "operator" and before.text != ")")


def _space(before: Token, word: Token) -> bool:
    """Whether a space stands between two words."""
    if word.kind == "operator" and word.text in (")", ",", ":", "."):
        return False
    if before.kind == "operator" and before.text in ("(", "."):
        return False
    if word.kind == "operator" and word.text == "(":
        return before.kind != "name" or before.text in KEYWORDS
    return True

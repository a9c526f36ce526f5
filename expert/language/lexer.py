"""Words of an expression: names, numbers with their units, operators, quoted text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from expert.language.ast import Span

TokenKind = Literal["name", "number", "text", "operator", "end"]
KEYWORDS = frozenset({"and", "or", "not", "is", "rises", "falls", "to", "where", "in", "for", "ahead"})
NO_UNITS = KEYWORDS | {"within"}
"""Words that may follow a number without being its unit."""

_SPACE = re.compile(r"\s+")
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_WORD = r"(?:%|[^\W\d_°][\w]*|°C)"
_UNIT = re.compile(rf"\s*({_WORD}(?:\^[0-9])?(?:[/*·]{_WORD}(?:\^[0-9])?(?![\w.(]))*)")
_NAME = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")
_OPERATOR = re.compile(r"<=|>=|==|!=|[-+*/<>(),:.]")
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")


class ExpressionError(Exception):
    """What is wrong with an expression, before it becomes a diagnostic."""

    def __init__(self, code: str, message: str, span: Span, *, label: str = "", help: str = "") -> None:
        super().__init__(message)
        self.code, self.message, self.span, self.label, self.help = code, message, span, label, help


@dataclass(frozen=True, slots=True)
class Token:
    """One word: ``text`` as written, ``unit`` of a number, offsets in the expression."""

    kind: TokenKind
    text: str
    start: int
    stop: int
    unit: str = ""

    def describe(self) -> str:
        """The token in an error message."""
        return "the end" if self.kind == "end" else f"{self.text!r}"


class LexError(Exception):
    """An unexpected character at ``offset``."""

    def __init__(self, offset: int, message: str, help: str = "") -> None:
        super().__init__(message)
        self.offset, self.message, self.help = offset, message, help


def tokens(text: str) -> list[Token]:
    """Split an expression into tokens; the last one is of kind ``end``.

    >>> [t.text + "|" + t.unit for t in tokens("z(x.y, 60 min) >= 0.5")][4:]
    ['60|min', ')|', '>=|', '0.5|', '|']
    """
    out: list[Token] = []
    i = 0
    while i < len(text):
        space = _SPACE.match(text, i)
        if space:
            i = space.end()
            continue
        token = _number(text, i) or _simple(text, i)
        if token is None:
            raise _unexpected(text, i)
        out.append(token)
        i = token.stop
    out.append(Token("end", "", len(text), len(text)))
    return out


def _number(text: str, i: int) -> Token | None:
    number = _NUMBER.match(text, i)
    if number is None:
        return None
    unit = _UNIT.match(text, number.end())
    if unit is None or unit.group(1) in NO_UNITS:
        return Token("number", number.group(), i, number.end())
    return Token("number", number.group(), i, unit.end(), unit.group(1))


def _simple(text: str, i: int) -> Token | None:
    name = _NAME.match(text, i)
    if name:
        return Token("name", name.group(), i, name.end())
    operator = _OPERATOR.match(text, i)
    if operator:
        return Token("operator", operator.group(), i, operator.end())
    quoted = _QUOTED.match(text, i)
    if quoted:
        return Token("text", quoted.group()[1:-1], i, quoted.end())
    return None


def _unexpected(text: str, i: int) -> LexError:
    c = text[i]
    if c in "\"'":
        return LexError(i, "quote is not closed")
    help = {
        "=": "write == to compare",
        "&": "write and",
        "|": "write or",
        "!": "write not, or != to compare",
        "≥": "write >=",
        "≤": "write <=",
        "（": "write ( with the Latin keyboard",
        "）": "write ) with the Latin keyboard",
        "，": "write , with the Latin keyboard",
        "：": "write : with the Latin keyboard",
        "[": "write s.property, with s from for_each",
        "%": "a percent sign follows a number: 10 %",
    }.get(c, "")
    return LexError(i, f"unexpected character {c!r}", help)

"""One way to write a rule file: order of a rule's keys, indentation, spaces, quotes.

Comments, the author's numbers and the meaning stay as they are: the result is read again and compared before anybody
sees it. What cannot be kept is not touched.
"""

from __future__ import annotations

from dataclasses import dataclass

from expert.language.diagnostics import Diagnostic, Sink
from expert.language.source import Source, Text
from expert.language.strict_yaml import Listing, Mapping, YamlNode, read
from expert.workshop.formatter.comments import CannotKeep, attach, comments_of
from expert.workshop.formatter.emit import EXPRESSIONS, Emitter
from expert.workshop.formatter.spacing import same_words


@dataclass(frozen=True, slots=True)
class Formatted:
    """A file in canonical form.

    ``text``: the result, or the text as it was; ``kept``: why it was left alone, or ''; ``errors``: what makes it
    unreadable.
    """

    text: str
    kept: str = ""
    errors: tuple[Diagnostic, ...] = ()


def format_text(text: str, file: str) -> Formatted:
    """Canonical form of a file.

    >>> print(format_text("rules:\\n- when: a.b>3kPa # soon\\n  id: t.x\\n", "t.yaml").text, end="")
    rules:
      - id: t.x
        when: a.b > 3 kPa  # soon
    """
    sink = Sink()
    node = read(text, file, sink)
    if sink.found or node is None:
        return Formatted(text, errors=tuple(sink.sorted))
    try:
        once = _written(text, file, node)
        again = read(once, file, sink)
        if again is None or sink.found or not _same(node, again, False) or _words(node) != _words(again):
            return Formatted(text, kept="its meaning or a comment would change")
        return Formatted(once) if _written(once, file, again) == once else Formatted(text, kept="it would not settle")
    except CannotKeep as e:
        return Formatted(text, kept=f"{e} cannot be kept")


def _written(text: str, file: str, node: YamlNode) -> str:
    source = node.source
    if any(line.startswith(("---", "...", "%")) for line in text.split("\n")):
        raise CannotKeep("the mark of a document")
    if not isinstance(node, Mapping):
        raise CannotKeep("a file that is no mapping")
    return Emitter(source, attach(node, source)).file(node)


def _words(node: YamlNode) -> list[str]:
    """All comments, in any order."""
    source: Source = node.source
    return sorted(c.text for c in comments_of(node, source))


def _same(a: YamlNode, b: YamlNode, expression: bool, path: tuple[str, ...] = ()) -> bool:
    """True when both trees mean the same: the order of a rule's keys and spaces in expressions apart."""
    if isinstance(a, Text) and isinstance(b, Text):
        return a.value == b.value or (expression and same_words(a.value, b.value))
    if isinstance(a, Listing) and isinstance(b, Listing):
        below = (*path, "[]")
        return len(a.items) == len(b.items) and all(
            _same(x, y, expression, below) for x, y in zip(a.items, b.items, strict=True)
        )
    if not isinstance(a, Mapping) or not isinstance(b, Mapping) or len(a.entries) != len(b.entries):
        return False
    rule = path == ("rules", "[]")
    if not rule and [k.value for k, _ in a.entries] != [k.value for k, _ in b.entries]:
        return False
    for key, value in a.entries:
        other = b.find(key.value)
        inside = expression or (rule and key.value in EXPRESSIONS)
        if other is None or not _same(value, other, inside, (*path, key.value)):
            return False
    return True

"""The comments of a YAML file, each given to the part that it belongs to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from expert.language.source import Source, Text
from expert.language.strict_yaml import Listing, Mapping, YamlNode


class CannotKeep(Exception):
    """Something that the formatter would lose; the file stays as it is."""


@dataclass(frozen=True, slots=True)
class Comment:
    """One comment: its text from the ``#`` on, 0-based line and column; ``own_line``: nothing stands before it."""

    text: str
    line: int
    column: int
    own_line: bool


@dataclass(slots=True)
class Leads:
    """What stands above a part: comments (None: an empty line), in order."""

    above: list[str | None] = field(default_factory=list)

    @property
    def apart(self) -> bool:
        """True when an empty line parts a comment from what follows it: it heads a section then."""
        return any(a is not None and b is None for a, b in zip(self.above, self.above[1:], strict=False))


@dataclass
class Attached:
    """Comments by the identity of the node that they belong to.

    ``lead``: above an entry (by its key) or an item; ``trail``: behind a scalar, a flow collection, or the key of a
    block; ``tail``: below the last entry of a block, as deep as its entries.
    """

    lead: dict[int, Leads] = field(default_factory=dict)
    trail: dict[int, Comment] = field(default_factory=dict)
    tail: dict[int, list[str | None]] = field(default_factory=dict)


def is_flow(node: YamlNode) -> bool:
    """True for a list or mapping in brackets."""
    return isinstance(node, (Listing, Mapping)) and node.source.text[node.start : node.start + 1] in ("[", "{")


def end_of(node: YamlNode) -> int:
    """Index behind the last character of a node, brackets and all."""
    if not isinstance(node, (Listing, Mapping)):
        return node.stop
    inner = node.items if isinstance(node, Listing) else [v for _, v in node.entries]
    stop = end_of(inner[-1]) if inner else node.start + 1
    if not is_flow(node):
        return stop
    text = node.source.text
    while text[stop] not in "]}":
        if text[stop] == "#":
            stop = node.source.line_end(stop)
        elif text[stop].isspace() or text[stop] == ",":
            stop += 1
        else:
            raise CannotKeep("a list or mapping in brackets")
    return stop + 1


def comments_of(root: YamlNode, source: Source) -> list[Comment]:
    """All comments of a file in order."""
    out = []
    at = 0
    for start, stop in [*sorted(_scalars(root)), (len(source.text), len(source.text))]:
        while (found := source.text.find("#", at, start)) >= 0:
            place = source.place(found)
            line = source.text[source.starts[place.line - 1] : source.line_end(found)]
            before = line[: place.column - 1]
            at = source.line_end(found)
            out.append(Comment(line[place.column - 1 :].rstrip(), place.line - 1, place.column - 1, not before.strip()))
        at = max(at, stop)
    return out


def _scalars(node: YamlNode) -> Iterator[tuple[int, int]]:
    if isinstance(node, Text):
        yield node.start, node.stop
    elif isinstance(node, Listing):
        for item in node.items:
            yield from _scalars(item)
    elif isinstance(node, Mapping):
        for key, value in node.entries:
            yield key.start, key.stop
            yield from _scalars(value)


def attach(root: YamlNode, source: Source) -> Attached:
    """Give every comment of a file to a part of it.

    Raises
    ------
    CannotKeep
        When a comment stands where no part of a file would take it along.
    """
    walker = _Walker(source, comments_of(root, source))
    walker.block(root)
    if walker.left:
        raise CannotKeep(f"the comment in line {walker.left[0].line + 1}")
    return walker.out


class _Walker:
    """Goes through a tree in the order of the file and hands out its comments."""

    def __init__(self, source: Source, comments: list[Comment]) -> None:
        self.source, self.left, self.out = source, comments, Attached()
        self.lines = source.text.split("\n")

    def block(self, node: YamlNode, tail: bool = True) -> None:
        """A list or mapping in block form; without ``tail`` what stands below it belongs to the block around it."""
        if isinstance(node, Listing) and not is_flow(node):
            for item in node.items:
                self._lead(item, self._line(item.start))
                self._value(item, item)
        elif isinstance(node, Mapping) and not is_flow(node):
            for key, value in node.entries:
                self._lead(key, self._line(key.start))
                self._value(key, value)
        else:
            raise CannotKeep("a file that is one value")
        if tail:
            self._tail(node)

    def _value(self, owner: YamlNode, value: YamlNode) -> None:
        if isinstance(value, (Listing, Mapping)) and not is_flow(value):
            if owner is not value:
                self._trail(owner, self._line(owner.start))
            level = owner is not value and self._column(owner) == self._column(value)
            self.block(value, tail=not level)
            return
        if isinstance(value, Text) and value.style == "block":
            head = self._line(value.start)
            if self.left and self.left[0].line == head:
                self.left.pop(0)  # goes along with the lines of the text
            return
        first, last = self._line(value.start), self._line(end_of(value) - 1)
        if owner is not value and first != self._line(owner.start):
            raise CannotKeep("a value on a line of its own")
        while self.left and first <= self.left[0].line < last:
            self.left.pop(0)  # inside brackets over several lines, kept as they are
        self._trail(value, last)

    def _line(self, index: int) -> int:
        return self.source.place(index).line - 1

    def _column(self, node: YamlNode) -> int:
        return self.source.place(node.start).column - 1

    def _trail(self, node: YamlNode, line: int) -> None:
        if self.left and self.left[0].line == line and not self.left[0].own_line:
            self.out.trail[id(node)] = self.left.pop(0)

    def _lead(self, node: YamlNode, line: int) -> None:
        leads = Leads()
        while self.left and self.left[0].line < line:
            comment = self.left.pop(0)
            if not comment.own_line:
                raise CannotKeep(f"the comment in line {comment.line + 1}")
            self._gap(leads.above, comment.line)
            leads.above.append(comment.text)
        self._gap(leads.above, line)
        self.out.lead[id(node)] = leads

    def _tail(self, node: Listing | Mapping) -> None:
        column = self._column(node)
        found: list[str | None] = []
        while self.left and self.left[0].own_line and self.left[0].column >= column and self._before_next(column):
            comment = self.left.pop(0)
            self._gap(found, comment.line)
            found.append(comment.text)
        self.out.tail[id(node)] = found

    def _before_next(self, column: int) -> bool:
        """True when the next line with content stands further left than this block: the comment is its tail."""
        for line in self.lines[self.left[0].line + 1 :]:
            if line.strip() and not line.lstrip().startswith("#"):
                return len(line) - len(line.lstrip()) < column
        return True

    def _gap(self, above: list[str | None], line: int) -> None:
        """Note an empty line above a line."""
        if line > 0 and not self.lines[line - 1].strip() and (not above or above[-1] is not None):
            above.append(None)

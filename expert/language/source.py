"""Text of a YAML scalar with the place of each of its characters in the author's file."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from expert.language.ast import Span

Style = Literal["plain", "quoted", "block"]


@dataclass(eq=False, slots=True)
class Source:
    """One file: its shown name, its text and where its lines start."""

    file: str
    text: str
    starts: list[int] = field(init=False)

    def __post_init__(self) -> None:
        self.starts = [0] + [i + 1 for i, c in enumerate(self.text) if c == "\n"]

    def place(self, index: int, length: int = 1) -> Span:
        """Span of ``length`` characters from a character index."""
        line = bisect_right(self.starts, index) - 1
        return Span(self.file, line + 1, index - self.starts[line] + 1, length)

    def index(self, line: int, column: int) -> int:
        """Character index of a 0-based line and column."""
        if line >= len(self.starts):
            return len(self.text)
        return min(self.starts[line] + column, len(self.text))

    def line_end(self, index: int) -> int:
        """Index of the end of the line that holds ``index``."""
        end = self.text.find("\n", index)
        return len(self.text) if end < 0 else end


@dataclass(eq=False, slots=True)
class Text:
    """A scalar. ``start``, ``stop``: character indices of its source, quotes and all."""

    value: str
    source: Source = field(repr=False)
    start: int
    stop: int
    style: Style = "plain"
    _places: list[int] | None = field(default=None, repr=False)

    @property
    def span(self) -> Span:
        """Place of the whole scalar, or of its first line when it has several."""
        end = min(self.stop, self.source.line_end(self.start))
        return self.source.place(self.start, max(1, end - self.start))

    def part(self, offset: int, length: int = 1) -> Span:
        """Place of ``length`` characters of the *value* from ``offset``; clipped to one line of the file."""
        if self._places is None:
            self._places = self._align()
        places: Sequence[int] = self._places
        first = places[min(offset, len(places) - 1)]
        last = places[min(offset + max(length, 1) - 1, len(places) - 1)] + 1
        return self.source.place(first, max(1, min(last, self.source.line_end(first)) - first))

    def _align(self) -> list[int]:
        """Source index of each character of the value, and one past the end.

        The value is what YAML made of the source: quotes and indentation gone, escapes replaced, lines folded.
        Walking both in step finds each character's origin without a second YAML reader.
        """
        raw, j = self.source.text, self.start
        if self.style == "block":
            j = self.source.line_end(j) + 1
        elif self.style == "quoted":
            j += 1
        quote = raw[self.start] if self.style == "quoted" and self.start < len(raw) else ""
        places = []
        for c in self.value:
            if c.isspace():
                places.append(min(j, len(raw)))
                j = _after_space(raw, j, c, quote)
                continue
            j = _skip_to(raw, j, c, quote)
            places.append(min(j, len(raw)))
            j += _width(raw, j, quote)
        places.append(min(j, len(raw)))
        return places


def _after_space(raw: str, j: int, c: str, quote: str) -> int:
    if j < len(raw) and raw[j] == c:
        return j + 1
    if quote == '"' and j < len(raw) and raw[j] == "\\":
        return j + _width(raw, j, quote)
    while j < len(raw) and raw[j].isspace():
        j += 1
    return j


def _skip_to(raw: str, j: int, c: str, quote: str) -> int:
    """Over indentation and escaped line breaks to the character ``c`` or to its escape."""
    while j < len(raw):
        if quote == '"' and raw.startswith("\\\n", j):
            j += 2
        elif raw[j].isspace():
            j += 1
        else:
            break
    return j


def _width(raw: str, j: int, quote: str) -> int:
    """Characters of source that one character of the value took."""
    if quote == "'" and raw.startswith("''", j):
        return 2
    if quote == '"' and raw.startswith("\\", j) and j + 1 < len(raw):
        return {"x": 4, "u": 6, "U": 10}.get(raw[j + 1], 2)
    return 1

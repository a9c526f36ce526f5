"""Explanations as lines of segments: a screen colours the roles, a command prints the text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from expert.explain.evidence import Evidence, History
from expert.values.cells import cells, cut, fit, sparkline, wrap

Role = Literal["text", "dim", "title", "mark", "bad", "ok", "unknown", "plot", "key"]
PLOT_WIDTH = 12
MARK_ROLE: dict[str, Role] = {"+": "bad", "x": "ok", "?": "unknown", "-": "dim", "": "dim"}
"""Evidence that holds speaks for something abnormal; what does not hold is calm."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of text with its role."""

    text: str
    role: Role = "text"


Line = tuple[Segment, ...]


def text_of(line: Line) -> str:
    """A line without its roles."""
    return "".join(s.text for s in line).rstrip()


def clip(line: Line, width: int) -> Line:
    """The line in at most ``width`` cells."""
    out: list[Segment] = []
    room = width
    for segment in line:
        if room <= 0:
            break
        text = cut(segment.text, room)
        out.append(Segment(text, segment.role))
        room -= cells(text)
    return tuple(out)


def paragraph(label: str, text: str, width: int, indent: int = 11) -> list[Line]:
    """A labelled paragraph, continued under its own first word."""
    head = fit(label, indent) if cells(label) < indent else label + " "
    pad = " " * cells(head)
    parts = wrap(text, max(20, width - cells(head)))
    return [
        (Segment(head if i == 0 else pad, "dim"), Segment(part))  # one label, then its lines
        for i, part in enumerate(parts)
    ]


class TreeLines:
    """Lines of an evidence tree.

    Parameters
    ----------
    width : int
        Cells.
    now : int
        Time of the scan, ms, for the plots.
    history : callable, optional
        Samples for the small plots; none are drawn without it.
    tags : callable
        Ground variable -> instrument tag.
    """

    def __init__(self, width: int, now: int, history: History | None, ascii_only: bool, tags: dict[str, str]) -> None:
        self.width = width
        self.now = now
        self.history = history
        self.ascii_only = ascii_only
        self.tags = tags

    def tree(self, e: Evidence, depth: int = 1) -> list[Line]:
        """The evidence and everything below it; a heading's children stand one step to the right."""
        out = self.one(e, depth)
        for child in e.children:
            out += self.tree(child, depth + 1)
        return out

    def one(self, e: Evidence, depth: int) -> list[Line]:
        """One piece of evidence: one line, with a second one where it does not fit."""
        pad = "  " * depth
        weight = f"{float(e.weight):>4.4g}  " if e.weight is not None else ""
        head: list[Segment] = [Segment(pad), Segment(f"{e.mark or ' '} ", MARK_ROLE[e.mark]), Segment(weight, "dim")]
        used = sum(cells(s.text) for s in head)
        measured = " ".join(x for x in (e.value, e.limit) if x)
        first = [*head, Segment(e.text), Segment("   " if measured else ""), Segment(measured, "key")]
        tail = self._tail(e)
        plot = self._plot(e)
        room = self.width - sum(cells(s.text) for s in first)
        if plot and room >= PLOT_WIDTH + 2:
            extra = Segment(" " * (room - PLOT_WIDTH) + plot, "plot")
            if cells(tail) + 3 <= room - PLOT_WIDTH - 1:
                middle = room - PLOT_WIDTH - 1
                return [(*first, Segment(fit("   " + tail, middle), "dim"), Segment(" " + plot, "plot"))]
            return self._two([*first, extra], tail, used)
        if tail and cells(tail) + 3 <= room:
            return [(*first, Segment("   " + tail, "dim"))]
        return self._two(first, tail, used)

    def _two(self, first: list[Segment], tail: str, used: int) -> list[Line]:
        lines = [clip(tuple(first), self.width)]
        full = sum(cells(s.text) for s in first)
        if full > self.width:
            lines = self._folded(first, used)
        if tail:
            lines += [(Segment(" " * used), Segment(part, "dim")) for part in wrap(tail, max(20, self.width - used))]
        return lines

    def _folded(self, first: list[Segment], used: int) -> list[Line]:
        """Too long for one line: what was measured goes to the next one."""
        head, rest = first[:4], first[5:6]
        lines = [clip(tuple(head), self.width)]
        return lines + [
            (Segment(" " * used), Segment(part, "key"))
            for s in rest
            for part in wrap(s.text, max(20, self.width - used))
        ]

    def _tail(self, e: Evidence) -> str:
        tags = " ".join(self.tags.get(i, i) for i in e.instruments[:4]) if not e.children else ""
        parts = [x for x in (tags, e.note, e.place) if x]
        return "   ".join(parts)

    def _plot(self, e: Evidence) -> str:
        if e.plot is None or self.history is None:
            return ""
        name, window = e.plot
        samples = self.history(name, self.now - window, self.now)
        if not samples:
            return ""
        step = max(1, window // PLOT_WIDTH)
        columns: list[list[float]] = [[] for _ in range(PLOT_WIDTH)]
        for at, value in samples:
            k = min(PLOT_WIDTH - 1, max(0, (at - (self.now - window) - 1) // step))
            if value is not None:
                columns[k].append(value)
        means = [sum(c) / len(c) if c else None for c in columns]
        return sparkline(means, self.ascii_only)

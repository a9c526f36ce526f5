"""Explanations as lines of segments: a screen colours the roles, a command prints the text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from expert.explain.evidence import Evidence
from expert.explain.readings import History, Reading
from expert.values.cells import cells, fit, sparkline, wrap

Role = Literal["text", "dim", "title", "mark", "bad", "ok", "unknown", "plot", "key"]
PLOT_WIDTHS = ((100, 12), (0, 8))
"""Cells of a small plot by the width of the page."""
LABEL_WIDTH = 11
LEAST_ROOM = 20
"""Text is not squeezed into fewer cells than this, however deep it stands."""
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


def width_of(line: Sequence[Segment]) -> int:
    """Cells of a line."""
    return sum(cells(s.text) for s in line)


def paragraph(label: str, text: str, width: int, indent: int = LABEL_WIDTH) -> list[Line]:
    """A labelled paragraph, continued under its own first word."""
    head = fit(label, indent) if cells(label) < indent else f"{label} " if label else ""
    pad = " " * cells(head)
    parts = wrap(text, max(LEAST_ROOM, width - cells(head)))
    return [(Segment(head if i == 0 else pad, "dim"), Segment(part)) for i, part in enumerate(parts)]


def plain_ascii(lines: Sequence[Line]) -> list[Line]:
    """The lines with signs that a plain terminal cannot show spelt in ASCII.

    >>> plain_ascii([(Segment("5 µm ± 1 °C"),)])
    [(Segment(text='5 um +- 1 degC', role='text'),)]
    """
    return [tuple(Segment(_ascii(s.text), s.role) for s in line) for line in lines]


_SPELT = {"°": "deg", "µ": "u", "μ": "u", "±": "+-", "–": "-", "—": "-", "−": "-", "×": "x", "·": "*", "²": "2",
          "³": "3", "≥": ">=", "≤": "<=", "→": "->", "’": "'", "‘": "'", "“": '"', "”": '"', "…": "..."}  # fmt: skip


def _ascii(text: str) -> str:
    if text.isascii():
        return text
    return "".join(_SPELT.get(c, c if c.isascii() else "?") for c in text)


def _in_column(e: Evidence) -> bool:
    """Whether a piece of evidence has a value to line up; a score stands over its terms and has none."""
    return bool(e.value and (e.readings or e.rule))


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
    """

    def __init__(self, width: int, now: int, history: History | None, ascii_only: bool) -> None:
        self.width = width
        self.now = now
        self.history = history
        self.ascii_only = ascii_only
        self.plot_width = next(cells for least, cells in PLOT_WIDTHS if width >= least)
        self._plotted_before: set[tuple[str, int]] = set()

    def trees(self, siblings: Sequence[Evidence], depth: int = 1) -> list[Line]:
        """Pieces of evidence and all below them; what is below stands one step to the right.

        Values of siblings stand in one column.
        """
        column = self._column(siblings, depth)
        out: list[Line] = []
        for e in siblings:
            out += self._one(e, depth, column)
            out += self.trees(e.children, depth + 1)
        return out

    def _column(self, siblings: Sequence[Evidence], depth: int) -> int:
        """Width of the column of texts: of the longest one that leaves half the line to the values."""
        most = (self.width - 2 * depth - 8) // 2
        return max((cells(e.text) for e in siblings if _in_column(e) and cells(e.text) <= most), default=0)

    def _one(self, e: Evidence, depth: int, column: int) -> list[Line]:
        """One piece of evidence: one line, with further ones where it does not fit."""
        weight = f"{float(e.weight):>4.4g}  " if e.weight is not None else ""
        head = [Segment("  " * depth), Segment(f"{e.mark or ' '} ", MARK_ROLE[e.mark])]
        if weight:
            head.append(Segment(weight, "dim"))
        space = "" if e.limit.startswith("（") else " "
        measured = space.join(x for x in (e.value, e.limit) if x)
        text = fit(e.text, max(column, cells(e.text))) if _in_column(e) else e.text
        body = [Segment(text)] + ([Segment("   "), Segment(measured, "key")] if measured else [])
        indent = width_of(head)
        if len(e.readings) == 1:
            return self._with_reading([*head, *body], e, indent)
        lines = self._headline([*head, *body], e, indent)
        for reading in e.readings:
            lines += self._reading(reading, indent + 2)
        return lines

    def _with_reading(self, first: list[Segment], e: Evidence, indent: int) -> list[Line]:
        """Evidence and its one reading on one line where both fit."""
        reading = e.readings[0]
        plot = self._plot(reading)
        tail = self._told(reading, e.note)
        need = width_of(first) + 3 + width_of(tail) + (self.plot_width + 2 if plot else 0)
        if need <= self.width:
            return [self._plotted((*first, Segment("   "), *tail), plot)]
        lines = self._headline(first, Evidence(e.mark, e.text), indent)
        if plot and indent + width_of(tail) + self.plot_width + 2 > self.width and self._room(lines[0]):
            lines[0], plot = self._plotted(lines[0], plot), ""
        return lines + self._wrapped(tail, plot, indent)

    def _room(self, line: Line) -> bool:
        """Whether a plot fits at the end of a line."""
        return width_of(line) + self.plot_width + 2 <= self.width

    def _headline(self, first: list[Segment], e: Evidence, indent: int) -> list[Line]:
        """Text and value, folded where they are too long; a note and the rule's name at its end if there is room."""
        note, name = f"   {e.note}" if e.note else "", f"   {e.rule}" if e.rule else ""
        used = width_of(first)
        if used + cells(note) <= self.width:
            room = used + cells(note) + cells(name) <= self.width
            return [(*first, Segment(note + (name if room else ""), "dim"))] if note or name else [tuple(first)]
        lines = [tuple(first)] if used <= self.width else self._folded(first, indent)
        pad = Segment(" " * indent)
        return lines + [(pad, Segment(part, "dim")) for part in self._wrap(e.note, indent)]

    def _folded(self, first: list[Segment], indent: int) -> list[Line]:
        """Too long for one line: the text over as many as it needs, then what was measured."""
        split = next((i for i, s in enumerate(first) if s.role == "key"), len(first))
        lead = [s for s in first[:split] if s.text.strip() or s is first[0]]
        body = lead[-1]
        parts = self._wrap(body.text.rstrip(), indent)
        pad = Segment(" " * indent)
        lines: list[Line] = [(*lead[:-1], Segment(parts[0]))] + [(pad, Segment(part)) for part in parts[1:]]
        for s in first[split:]:
            lines += [(pad, Segment(part, s.role)) for part in self._wrap(s.text, indent)]
        return lines

    def _reading(self, reading: Reading, indent: int) -> list[Line]:
        return self._wrapped(self._told(reading, ""), self._plot(reading), indent)

    def _told(self, reading: Reading, note: str) -> list[Segment]:
        """Tag, value and state of a reading."""
        parts = [(reading.tag, "dim"), (reading.value, "text"), (reading.state, "dim" if reading.known else "unknown")]
        out: list[Segment] = []
        for text, role in [*parts, (note, "unknown")]:
            if text:
                out.append(Segment(f"  {text}" if out else text, role))  # type: ignore[arg-type]
        return out

    def _wrapped(self, told: list[Segment], plot: str, indent: int) -> list[Line]:
        pad = Segment(" " * indent)
        if indent + width_of(told) + (self.plot_width + 2 if plot else 0) <= self.width:
            return [self._plotted((pad, *told), plot)] if told or plot else []
        lines = self._flowed(told, indent)
        if plot and lines and self._room(lines[-1]):
            lines[-1] = self._plotted(lines[-1], plot)
        elif plot:
            lines.append(self._plotted((pad,), plot))
        return lines

    def _flowed(self, told: list[Segment], indent: int) -> list[Line]:
        """Pieces over several lines, broken between pieces where that is possible."""
        pad = Segment(" " * indent)
        lines: list[Line] = []
        for piece in told:
            last = lines[-1] if lines else None
            if last is not None and width_of(last) + cells(piece.text) <= self.width:
                lines[-1] = (*last, piece)
            else:
                lines += [(pad, Segment(part, piece.role)) for part in self._wrap(piece.text.strip(), indent)]
        return lines

    def _plotted(self, line: Line, plot: str) -> Line:
        if not plot:
            return line
        gap = self.width - self.plot_width - width_of(line)
        return (*line, Segment(" " * gap), Segment(plot, "plot"))

    def _wrap(self, text: str, indent: int) -> list[str]:
        return wrap(text, max(LEAST_ROOM, self.width - indent)) if text else []

    def _plot(self, reading: Reading) -> str:
        """A small plot of an instrument over a window, once on a page."""
        if reading.plot is None or self.history is None or reading.plot in self._plotted_before:
            return ""
        self._plotted_before.add(reading.plot)
        name, window = reading.plot
        samples = self.history(name, self.now - window, self.now)
        if not samples:
            return ""
        step = max(1, window // self.plot_width)
        columns: list[list[float]] = [[] for _ in range(self.plot_width)]
        for at, value in samples:
            k = min(self.plot_width - 1, max(0, (at - (self.now - window) - 1) // step))
            if value is not None:
                columns[k].append(value)
        means = [sum(c) / len(c) if c else None for c in columns]
        return sparkline(means, self.ascii_only)

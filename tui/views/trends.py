"""Trends: what matters now over some hours, all on one time axis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from expert.explain import clock
from tui.port import DeskPort
from tui.texts import say
from tui.views.chronicle import Chronicle
from tui.views.paint import FLAGS
from tui.views.pen import Row, Run, clipped, spread
from tui.views.plot import plot_rows, scale
from tui.views.watch import Span, Watcher, WatchRow, flag
from tui.views.wording import number

TREND_HOURS = 4
"""What a session keeps of every variable."""
AXIS = 9


@dataclass(frozen=True, slots=True)
class Trends:
    """Curves on one time axis, in one language."""

    lang: str
    span: Span
    rows: tuple[WatchRow, ...]


def trends(desk: DeskPort, story: Chronicle, names: Sequence[str], lang: str, columns: int, hours: int) -> Trends:
    """Curves of the named variables (as the overview lists them) up to now."""
    record = desk.record
    now = desk.now if record is None else record.input.time
    span = Span(now - hours * 3_600_000, now, columns)
    watcher = Watcher(desk, now, lang, span)
    standing = {s.since: s for s in story.layout.standing if s.since}
    rows: list[WatchRow] = []
    for name in names:
        if name in desk.program.site.models:
            name = desk.program.site.models[name].target
        own = standing.get(name)
        row = watcher.row(name, (own.title or {}).get(lang, "") if own else "", own.normal if own else None)
        if row is not None and row.key not in {r.key for r in rows}:
            rows.append(row)
    return Trends(lang, span, tuple(rows))


def trend_rows(view: Trends, width: int, ascii_only: bool, height: int = 3, room: int = 0) -> list[Row]:
    """Each curve as a title row and ``height`` rows of plot; outside its normal band it is coloured and marked.

    With ``room``: only as many curves as fit that many rows, with the time axis below them.
    """
    out: list[Row] = []
    for row in view.rows:
        curve = _curve(view, row, width, ascii_only, height)
        if room and len(out) + len(curve) >= room:
            break
        out += curve
    axis = [clock(view.span.start), clock((view.span.start + view.span.end) // 2), clock(view.span.end)]
    room = width - AXIS - 15
    gap = " " * max(1, room // 2)
    out.append((Run(" " * AXIS), Run(f"{axis[0]}{gap}{axis[1]}{' ' * max(1, room - len(gap))}{axis[2]}", "dim")))
    return [clipped(r, width) for r in out]


def _curve(view: Trends, row: WatchRow, width: int, ascii_only: bool, height: int) -> list[Row]:
    lang = view.lang
    low, high = scale(row.plot, row.band)
    value = f"{row.value} {row.unit}" if row.value else say(lang, "no_data")
    role = {"": "text", "lost": "unknown"}.get(row.flag, "warn")
    normal = row.normal.replace("±", "+-") if ascii_only else row.normal
    right = (Run(f"{value} {FLAGS[row.flag]}", role), Run(f"  {say(lang, 'normal')} {normal}" if normal else "", "dim"))
    head = spread((Run(f" {row.title}"),), right, width)
    lines = plot_rows(row.plot, low, high, height, ascii_only)
    outside = [v is not None and flag(v, row.band) != "" for v in row.plot]
    digits = 0 if high - low > 10 else 1 if high - low > 1 else 2
    labels = [number(high, digits), *[""] * (height - 2), number(low, digits)] if height > 1 else [""]
    body = [
        (Run(label.rjust(AXIS - 2) + "  ", "dim"), *_coloured(line, outside))
        for label, line in zip(labels, lines, strict=True)
    ]
    marks = "".join("!" if x else " " for x in outside)
    if "!" in marks:
        body.append((Run(" " * AXIS), Run(marks, "warn")))
    return [head, *body]


def _coloured(line: str, outside: Sequence[bool]) -> list[Run]:
    runs: list[Run] = []
    for char, off in zip(line, outside, strict=True):
        role = "warn" if off else "plot"
        if runs and runs[-1].role == role:
            runs[-1] = Run(runs[-1].text + char, role)
        else:
            runs.append(Run(char, role))
    return runs


def columns_for(width: int) -> int:
    """Columns of a plot in a panel of ``width`` cells."""
    return max(10, width - AXIS - 1)

"""The variables that matter now: value, what is normal, and the recent past on one time axis."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from expert.explain import clock, family, variable_title
from expert.language.ast import Program
from expert.values.types import ModelAnswer, Variable
from tui.port import DeskPort
from tui.texts import say
from tui.views.layout import Standing
from tui.views.plot import Samples, buckets
from tui.views.wording import decimals, lower_first, number, unit_text

MINUTE = 60_000
HOUR = 60 * MINUTE
NORMAL_RANGES = 1.5
"""Half a normal band in inter-quartile ranges: where the rules' soft terms call a value fully high or low."""
SINCE_REACH = 4 * HOUR
"""How far back a counter's last step is looked for (what a session keeps at least)."""


@dataclass(frozen=True, slots=True)
class WatchRow:
    """One variable now.

    ``flag``: '' normal, ``high``, ``low``, or ``lost``; ``band``: normal range; ``plot``: one value a column,
    None where nothing is known; ``note`` stands where there is no plot; ``at``: time of an old sample.
    """

    key: str
    title: str
    unit: str
    value: str
    flag: str
    normal: str
    band: tuple[float, float] | None
    plot: tuple[float | None, ...]
    note: str = ""
    at: str = ""


@dataclass(frozen=True, slots=True)
class Span:
    """The shared time axis: (start, end] in ms, in ``columns`` parts."""

    start: int
    end: int
    columns: int

    @property
    def minutes(self) -> int:
        """Length in minutes."""
        return round((self.end - self.start) / MINUTE)


class Watcher:
    """Builds rows of WATCH for one moment of a desk in one language."""

    def __init__(self, desk: DeskPort, now: int, lang: str, span: Span) -> None:
        self.desk = desk
        self.program: Program = desk.program
        self.now = now
        self.lang = lang
        self.span = span

    # ------------------------------------------------------------ rows

    def row(self, name: str, title: str = "", normal: tuple[float, float] | None = None) -> WatchRow | None:
        """Row of a ground variable; a counter or switch shows the minutes since it changed."""
        variable = family(self.program, name)
        if variable is None:
            return None
        if variable.kind != "analog":
            return self.since(name, title, normal)
        title = title or lower_first(variable_title(self.program, name, self.lang))
        samples = self.desk.history(name, self.span.start - variable.max_age, self.span.end)
        band, text = self._normal(name, variable, normal)
        value, at = last_value(samples, self.now, variable.max_age)
        plot = buckets(samples, self.span.start, self.span.end, self.span.columns, variable.max_age)
        digits = decimals(variable)
        if value is None:
            return WatchRow(
                name, title, unit_text(variable.unit), "", "lost", text, band, plot, at="" if at is None else clock(at)
            )
        old = at is not None and self.now - at > 2 * variable.period
        shown = clock(at) if old and at is not None else ""
        return WatchRow(
            name, title, unit_text(variable.unit), number(value, digits), flag(value, band), text, band, plot, at=shown
        )

    def since(self, name: str, title: str, normal: tuple[float, float] | None) -> WatchRow | None:
        """Row of the minutes since a counter or switch changed."""
        samples = self.desk.history(name, self.now - SINCE_REACH, self.now)
        steps = changes(samples)
        what = variable_title(self.program, name, self.lang)
        title = title or say(self.lang, "minutes_since", what=what)
        variable = family(self.program, name)
        age = variable.max_age if variable is not None else HOUR
        known, _ = last_value(samples, self.now, age)
        text = f"{normal[0]:g}-{normal[1]:g}" if normal else ""
        band = (0.0, normal[1]) if normal else None  # a short time since the last change is never abnormal
        plot = tuple(
            self._since_at(steps, self.span.start + (k + 1) * (self.span.end - self.span.start) // self.span.columns)
            for k in range(self.span.columns)
        )
        minutes = self._since_at(steps, self.now)
        if known is None or minutes is None:
            return WatchRow(name, title, "min", "", "lost", text, band, plot)
        return WatchRow(name, title, "min", number(minutes, 0), flag(minutes, band), text, band, plot)

    def _since_at(self, steps: Sequence[int], at: int) -> float | None:
        before = [s for s in steps if s <= at]
        return (at - before[-1]) / MINUTE if before else None

    def outlook(self, row: Standing, answers: Iterable[tuple[int, ModelAnswer]]) -> WatchRow | None:
        """Row of a model's forecast: value with its interval, and the chance that it passes each limit asked for."""
        spec = self.program.site.models[row.model]
        variable = self.program.site.variables[spec.target]
        title = (row.title or {}).get(self.lang) or say(
            self.lang, "ahead", what=lower_first(variable.title.get(self.lang, "")), hours=row.ahead // HOUR
        )
        live = [
            a
            for at, a in answers
            if (a.model, a.ahead) == (row.model, row.ahead) and self.now - at <= spec.expiry and a.value is not None
        ]
        if not live:
            return WatchRow(
                row.model, title, unit_text(variable.unit), "", "lost", "", None, (), say(self.lang, "no_model")
            )
        a = live[0]
        digits = min(2, decimals(variable))
        value = number(a.value or 0.0, digits)
        normal = (
            f"({number(a.low, digits)}-{number(a.high, digits)})" if a.low is not None and a.high is not None else ""
        )
        return WatchRow(
            row.model, title, unit_text(variable.unit), value, "", normal, None, (), self._chances(live, digits)
        )

    def _chances(self, answers: Sequence[ModelAnswer], digits: int) -> str:
        a = answers[0]
        low, high = round(a.support / 10_000), round(a.plausibility / 10_000)
        chance = f"{low}" if low == high else f"{low}-{high}"
        return say(self.lang, f"chance_{a.op}", limit=number(a.limit, digits), chance=chance)

    # ------------------------------------------------------------ what is normal

    def _normal(
        self, name: str, variable: Variable, normal: tuple[float, float] | None
    ) -> tuple[tuple[float, float] | None, str]:
        """Normal band and its text: median and some quartile ranges of the baseline, or the declared range.

        The baseline is made of hourly means: for a variable that saws within the hour it is far too narrow.
        """
        base = None if normal else self.desk.baseline(name)
        digits = decimals(variable)
        declared = normal or variable.normal
        if base is not None and not _saws(declared, base[1]):
            median, iqr = base
            half = NORMAL_RANGES * iqr
            return (median - half, median + half), f"{number(median, digits)} ±{number(half, digits)}"
        if declared is None:
            return None, ""
        return declared, f"{declared[0]:g}-{declared[1]:g}"


def _saws(declared: tuple[float, float] | None, iqr: float) -> bool:
    return declared is not None and declared[1] - declared[0] > 8 * iqr


def last_value(samples: Samples, now: int, max_age: int) -> tuple[float | None, int | None]:
    """The newest value while it may be used, and the time of the newest good one.

    >>> last_value([(1, 2.0), (3, None)], 4, 10)
    (None, 1)
    """
    good = [(at, v) for at, v in samples if v is not None]
    at = good[-1][0] if good else None
    usable = bool(good) and samples[-1][1] is not None and now - good[-1][0] <= max_age
    return (good[-1][1] if usable else None), at


def changes(samples: Samples) -> list[int]:
    """Times at which a counter or switch took a new value."""
    known = [(at, v) for at, v in samples if v is not None]
    return [b[0] for a, b in pairwise(known) if a[1] != b[1]]


def flag(value: float, band: tuple[float, float] | None) -> str:
    """Where a value stands against its normal band.

    >>> flag(5.0, (1.0, 4.0)), flag(0.0, (1.0, 4.0)), flag(2.0, None)
    ('high', 'low', '')
    """
    if band is None:
        return ""
    return "high" if value > band[1] else "low" if value < band[0] else ""


def distance(row_value: float, base: tuple[float, float] | None) -> float:
    """How many inter-quartile ranges a value is off its median; 0 without a baseline."""
    if base is None or base[1] <= 0:
        return 0.0
    return abs(row_value - base[0]) / base[1]

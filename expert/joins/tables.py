"""Programs over rows alone: put rows in, read what follows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from expert.joins.calculus import FALSE
from expert.joins.relations import Changes, Relations
from expert.joins.shape import NotJoinable
from expert.language.ast import Program
from expert.values.interval import Interval
from expert.values.types import Row


class Tables:
    """A program whose rules read rows and each other's facts, nothing from instruments or models.

    Every `apply` counts as a scan one period after the one before.

    Parameters
    ----------
    program : Program
    start : int
        Time of the first scan, ms.

    Raises
    ------
    NotJoinable
        When the program reads anything but rows.
    """

    def __init__(self, program: Program, start: int = 0) -> None:
        self.relations = Relations(program)
        others = sorted(set(program.rules) - self.relations.owned)
        if others:
            raise NotJoinable(f"rules {', '.join(others)} see no row")
        self._now, self._period = start - program.site.period, program.site.period

    def apply(self, rows: Iterable[Row]) -> Changes:
        """Let rows come, change and go; return the facts that readers see differently."""
        self._now += self._period
        return self.relations.scan(self._now, rows)

    def certainty(self, type_: str, *values: str) -> Interval:
        """Certainty of a fact by the values of its fields in order; false when nothing is known of it."""
        key = values[0] if len(values) == 1 else values
        return Interval(*self.relations.facts[type_].view.get(key, FALSE))

    def possible(self, type_: str) -> Iterator[tuple[tuple[str, ...], Interval]]:
        """Facts of a type that are not false, in order of their fields' values."""
        view = self.relations.facts[type_].view
        for key in sorted(view):
            yield (key if isinstance(key, tuple) else (key,)), Interval(*view[key])

"""One piece of evidence of a conclusion, with what is below it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from expert.explain.readings import Reading
from expert.values.interval import ONE, Interval


@dataclass(frozen=True, slots=True)
class Evidence:
    """One line of evidence and what is below it.

    ``mark``: ``+`` holds, ``x`` does not, ``?`` not known, ``-`` not installed, '' a heading.
    ``value``, ``limit``: what was measured and what it is held against. ``weight``: share in a score.
    ``rule``: id of the rule that concludes a fact.
    """

    mark: str
    text: str
    x: Interval | None = None
    value: str = ""
    limit: str = ""
    note: str = ""
    weight: Fraction | None = None
    children: tuple[Evidence, ...] = ()
    readings: tuple[Reading, ...] = ()
    rule: str = ""

    @property
    def heading(self) -> bool:
        """Whether it only groups what is below it."""
        return bool(self.children) and not (self.value or self.limit or self.rule)


def mark_of(x: Interval | None) -> str:
    """Mark of a certainty: more likely than not, known not to hold, or open."""
    if x is None:
        return "-"
    if x.s >= ONE // 2:
        return "+"
    return "x" if x.p < ONE // 2 else "?"


RANK = {"+": 0, "?": 1, "x": 2, "-": 3, "": 4}
"""What holds before what is open, before what does not hold."""

"""Episodes of a backtest, collected from the changes that its evaluator reports."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from expert.backtest.evaluate import Stretch
from expert.language.ast import Program, Rule
from expert.values.changes import Change


@dataclass(slots=True)
class Spell:
    """One episode: from its rise until it cleared (None: not before the end).

    ``held``: how long its data were gone meanwhile, ms; ``s``, ``p``: certainty when it rose, millionths.
    """

    key: str
    episode: str
    raised: int
    s: int
    p: int
    cleared: int | None = None
    held: int = 0
    held_since: int | None = None

    @property
    def rule(self) -> str:
        """Id of the rule."""
        return self.key.partition("[")[0]


@dataclass(slots=True)
class Result:
    """What a program said over a history, so far.

    Attributes
    ----------
    first, last : int
        First and last scan, ms UTC.
    scans : int
    spells : list of Spell
        In the order of their rise, then key.
    complete : bool
        False when the run was interrupted.
    """

    program: Program
    period: int
    first: int
    last: int
    scans: int = 0
    spells: list[Spell] = field(default_factory=list)
    complete: bool = True

    @property
    def end(self) -> int:
        """End of the period that the last scan stands for, ms UTC."""
        return self.last + self.period

    @property
    def days(self) -> float:
        """Length of what was run, days."""
        return (self.end - self.first) / 86_400_000 if self.scans else 0.0

    def rule(self, spell: Spell) -> Rule:
        """The rule of an episode."""
        return self.program.rules[spell.rule]

    def until(self, spell: Spell) -> int:
        """When an episode ended, or the end of the run, ms UTC."""
        return self.end if spell.cleared is None else spell.cleared

    def held(self, spell: Spell) -> int:
        """How long an episode was held without data, ms."""
        return spell.held + (0 if spell.held_since is None else self.until(spell) - spell.held_since)

    def by_rule(self) -> dict[str, list[Spell]]:
        """Episodes of every rule that can have any, also where there are none."""
        found: dict[str, list[Spell]] = {
            r.id: [] for r in self.program.rules.values() if r.conclude is None or not r.conclude.refutes
        }
        for spell in self.spells:
            found[spell.rule].append(spell)
        return dict(sorted(found.items()))


class Tally:
    """Collects a result from stretches of scans, in order."""

    def __init__(self, program: Program, first: int) -> None:
        self.result = Result(program, program.site.period, first, first)
        self._open: dict[str, Spell] = {}

    def take(self, stretch: Stretch) -> None:
        """Take in the next scans."""
        result = self.result
        result.scans += len(stretch.times)
        if len(stretch.times):
            result.last = int(stretch.times[-1])
        for change in stretch.changes:
            self._take(change)

    def _take(self, change: Change) -> None:
        if change.kind == "raised":
            spell = Spell(change.key, change.episode, change.time, change.s, change.p)
            self._open[change.key] = spell
            self.result.spells.append(spell)
            return
        spell = self._open[change.key]
        if change.kind == "held":
            spell.held_since = change.time
            return
        if spell.held_since is not None:
            spell.held += change.time - spell.held_since
            spell.held_since = None
        if change.kind == "cleared":
            spell.cleared = change.time
            del self._open[change.key]

    @property
    def open(self) -> int:
        """Number of episodes that have not ended."""
        return len(self._open)


def union(pairs: Iterator[tuple[int, int]] | list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Stretches of time without their overlaps, in order.

    >>> union([(5, 7), (0, 2), (1, 3), (3, 4)])
    [(0, 4), (5, 7)]
    """
    out: list[tuple[int, int]] = []
    for a, b in sorted(pairs):
        if out and a <= out[-1][1]:
            out[-1] = (out[-1][0], max(out[-1][1], b))
        elif b > a:
            out.append((a, b))
    return out


def shared(one: list[tuple[int, int]], two: list[tuple[int, int]]) -> int:
    """Length of what two unions have in common.

    >>> shared([(0, 4), (6, 9)], [(3, 7)])
    2
    """
    total, i, j = 0, 0, 0
    while i < len(one) and j < len(two):
        total += max(0, min(one[i][1], two[j][1]) - max(one[i][0], two[j][0]))
        if one[i][1] <= two[j][1]:
            i += 1
        else:
            j += 1
    return total


def length(pairs: list[tuple[int, int]]) -> int:
    """Length of a union.

    >>> length([(0, 4), (6, 9)])
    7
    """
    return sum(b - a for a, b in pairs)

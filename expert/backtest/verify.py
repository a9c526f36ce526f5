"""The proof of a backtest: weeks of it run again scan by scan, and compared to the bit.

A week needs the state before it. To reach that scan by scan costs as much as everything before the week, and a warm-up
does not reach it exactly: hours that an exclude fact left out of a baseline, and machines raised long ago, would be
missing. So the reference goes on from the state that the evaluator itself has at the week's first scan; and at the
week's end the states of both must be equal too, not only what they said. A wrong state at the start would have to stay
the same wrong one for a week and show in no conclusion; the first week of a history has no state before it.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from expert.backtest.evaluate import Evaluator, ScanByScan, Stretch
from expert.backtest.source import Part
from expert.language.ast import Program
from expert.trace.canonical import canonical
from expert.values.changes import Change

WEEK = 7 * 86_400_000


@dataclass(slots=True)
class Check:
    """One stretch of time that was run twice.

    ``difference``: the first thing in which the reference disagrees, '' when there is none.
    """

    times: range
    scans: int = 0
    changes: int = 0
    difference: str = ""
    done: bool = False

    def as_json(self) -> dict[str, Any]:
        """Plain JSON form; times in ms UTC."""
        return {
            "from": self.times[0],
            "to": self.times[-1],
            "scans": self.scans,
            "changes": self.changes,
            "equal": self.done and not self.difference,
            "difference": self.difference,
        }


def choose(times: range, weeks: int, seed: int, size: int = WEEK) -> list[range]:
    """Weeks chosen at random, whole and without overlap, in the order of time.

    Raises
    ------
    ValueError
        When there are not so many whole weeks.

    >>> choose(range(0, 100), 2, seed=1, size=10)
    [range(10, 20), range(20, 30)]
    """
    per = size // times.step
    whole = len(times) // per
    if weeks > whole:
        raise ValueError(f"there are {whole} whole weeks, not {weeks}")
    return [times[i * per : (i + 1) * per] for i in sorted(random.Random(seed).sample(range(whole), weeks))]


class Checked:
    """An evaluator whose chosen weeks are run again by the reference.

    Every part must lie inside or outside each week: the weeks' ends are borders of the parts (`borders`).
    """

    def __init__(self, program: Program, evaluator: Evaluator, weeks: list[range]) -> None:
        self.program = program
        self.evaluator = evaluator
        self.checks = [Check(week) for week in weeks]
        self._started = False
        self._reference: ScanByScan | None = None

    def snapshot(self) -> dict[str, Any]:
        """State of the evaluator."""
        return self.evaluator.snapshot()

    def run(self, part: Part) -> Iterator[Stretch]:
        """The scans of the next part; those of a chosen week a second time, by the reference."""
        check = next((c for c in self.checks if part.times[0] in c.times), None)
        if check is not None and part.times[0] == check.times[0]:
            # before the first scan there is no state: both begin with the same history
            self._reference = ScanByScan(self.program, self.snapshot() if self._started else None)
        self._started = True
        said: list[Change] = []
        for stretch in self.evaluator.run(part):
            if check is not None:
                said += stretch.changes
            yield stretch
        if check is not None and self._reference is not None:
            self._compare(check, self._reference, part, said)

    def _compare(self, check: Check, reference: ScanByScan, part: Part, said: list[Change]) -> None:
        wanted = [c for stretch in reference.run(part) for c in stretch.changes]
        check.scans += len(part.times)
        check.changes += len(wanted)
        check.done = part.times[-1] == check.times[-1]
        if not check.difference:
            check.difference = _first(wanted, said)
        if check.done and not check.difference:
            check.difference = _states(reference.snapshot(), self.snapshot())
        if check.done:
            self._reference = None


def borders(weeks: list[range]) -> list[int]:
    """Where parts have to begin, ms UTC."""
    return [t for week in weeks for t in (week[0], week[-1] + week.step)]


def _first(wanted: list[Change], said: list[Change]) -> str:
    """The first change that only one of them has, in words."""
    for i in range(max(len(wanted), len(said))):
        one, other = (x[i] if i < len(x) else None for x in (wanted, said))
        if one != other:
            return f"the reference has {one}, the backtest {other}"
    return ""


def _states(wanted: dict[str, Any], found: dict[str, Any]) -> str:
    """The first part of the state in which they differ."""
    for part, value in wanted.items():
        keys = sorted(value.keys() | found[part].keys()) if isinstance(value, dict) else [""]
        for key in keys:
            one, other = (canonical(x[part].get(key) if key else x[part]).decode() for x in (wanted, found))
            if one != other:
                name = f"{part} of {key}" if key else part
                return f"{name} at the end: the reference has {one[:200]}, the backtest {other[:200]}"
    return ""

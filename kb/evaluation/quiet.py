"""Days on which nothing is wrong, quiet ones and hard ones: what a pack says all the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from expert.run.pool import each
from kb.evaluation.campaign import hard_normals, play
from kb.evaluation.events import DAY, HOUR, UNKNOWN, SeedRun
from kb.evaluation.running import Setting, judged
from kb.evaluation.scoring import severe
from kb.evaluation.statistics import most_in
from kb.plants import DEMO_START

MOST_PER_HOUR = 6
"""One notification in ten minutes."""


@dataclass(frozen=True, slots=True)
class Quiet:
    """Normal days of some furnaces.

    ``severe``: episodes of severity 3 and above by rule; ``worst``: highest severity raised; ``most_per_hour``:
    notifications in the fullest hour; ``unknown``: share of time in which the pack calls something abnormal that is
    none of its conditions.
    """

    furnaces: int
    days: float
    severe: Mapping[str, int]
    worst: int
    most_per_hour: int
    unknown: float

    @property
    def per_three_days(self) -> float:
        """Episodes of severity 3 and above in three days."""
        return 3 * sum(self.severe.values()) / self.days if self.days else 0.0

    def as_json(self) -> dict[str, Any]:
        """Plain JSON form."""
        return {
            "furnaces": self.furnaces,
            "days": self.days,
            "severe": dict(self.severe),
            "severe_per_three_days": round(self.per_three_days, 3),
            "worst": self.worst,
            "most_per_hour": self.most_per_hour,
            "unknown_share": round(self.unknown, 5),
        }


def quiet(setting: Setting, seeds: Sequence[int], days: int, workers: int = 1) -> Quiet:
    """Run so many days without a cause on the furnace of each seed, every second one with a hard normal."""
    return summarize_quiet(list(each(_days, [(setting, seed, days) for seed in seeds], workers)))


def _days(task: tuple[Setting, int, int]) -> SeedRun:
    setting, seed, days = task
    disturbed = play(seed, DEMO_START, hard_normals(seed, DEMO_START, days), DEMO_START + days * DAY)
    return judged(setting, disturbed)


def summarize_quiet(runs: Sequence[SeedRun]) -> Quiet:
    """The figures of runs in which nothing was injected."""
    time = sum(run.end - run.first for run in runs)
    said = [e for run in runs for e in run.episodes]
    told = [sorted(e.raised for e in run.episodes if e.notifies) for run in runs]
    unknown = sum(e.cleared - e.raised for e in said if e.condition == UNKNOWN)
    return Quiet(
        len(runs),
        time / DAY,
        dict(Counter(e.rule for run in runs for e in severe(run)).most_common()),
        max((e.severity for e in said), default=0),
        max((most_in(times, HOUR) for times in told), default=0),
        unknown / time if time else 0.0,
    )

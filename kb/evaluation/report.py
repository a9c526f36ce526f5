"""An evaluation in figures: per condition, overall, and the load of those who are told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from kb.evaluation.events import HOUR, UNKNOWN, WEEK, Episode, SeedRun
from kb.evaluation.scoring import Finding, findings, is_right, severe
from kb.evaluation.statistics import Share, flood_time

EVENTS_A_WEEK = 7
"""Clear events a week of the plant for which precision is stated."""
HIGH = 4
"""Events from this severity on are counted apart."""
SHIFT = 8 * HOUR
PRIORITIES = {"low": (1, 2), "medium": (3,), "high": (4, 5)}
"""Severities by priority; guidance for alarm systems wants some 80, 15 and 5 % of them."""


@dataclass(frozen=True, slots=True)
class Line:
    """One condition, or all.

    Attributes
    ----------
    events, clear, episodes : int
        Injected, visible on two instruments, and severe episodes that name it.
    recall, recall_severe, recall_rest : Share
        Clear events that were found; of severity 4 and above, and of the others.
    precision : Share
        Severe episodes that were right, at seven clear events a week.
    first_named : Share
        Events named before any neighbour, of those where it or a neighbour was named.
    lead : float or None
        Median minutes from the first rise to the peak of the effect.
    flicker : float
        Repeated rises per event found.
    curve : mapping
        Injected severity -> share found of clear events.
    """

    events: int
    clear: int
    episodes: int
    recall: Share
    recall_severe: Share
    recall_rest: Share
    precision: Share
    first_named: Share
    lead: float | None
    flicker: float
    curve: Mapping[int, Share]

    def as_json(self) -> dict[str, Any]:
        """Plain JSON form: shares as numbers, their intervals beside them."""
        shares = ("recall", "recall_severe", "recall_rest", "precision", "first_named")
        out: dict[str, Any] = {"events": self.events, "clear": self.clear, "episodes": self.episodes}
        for name in shares:
            share = getattr(self, name).as_json()
            out[name] = share.pop("value")
            out[f"{name}_interval"] = share
        out |= {"lead_minutes": self.lead, "flicker": round(self.flicker, 3)}
        return out | {"curve": {str(k): v.as_json() for k, v in self.curve.items()}}


@dataclass(frozen=True, slots=True)
class Load:
    """What people are told: notifications are episodes of severity 1 or more, notes left out."""

    per_shift: float
    most_per_shift: int
    flood: float
    priorities: Mapping[str, float]

    def as_json(self) -> dict[str, Any]:
        """Plain JSON form."""
        return {
            "notifications_per_shift": round(self.per_shift, 3),
            "most_per_shift": self.most_per_shift,
            "flood_share": round(self.flood, 5),
            "priority_shares": {k: round(v, 4) for k, v in self.priorities.items()},
        }


@dataclass(frozen=True, slots=True)
class Report:
    """A whole campaign: ``matrix`` counts, for clear events of a condition, what was named first ('' nothing)."""

    furnaces: int
    days: float
    overall: Line
    load: Load
    lines: Mapping[str, Line]
    matrix: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    in_vain: Mapping[str, int] = field(default_factory=dict)
    """Rule -> severe episodes in vain."""
    misnamed: Share | None = None
    """Of the clear events that no rule can know: those that were called by a known name, likely or more."""

    def as_json(self) -> dict[str, Any]:
        """Plain JSON form."""
        return {
            "furnaces": self.furnaces,
            "days": round(self.days, 2),
            "overall": self.overall.as_json() | self.load.as_json(),
            "conditions": {name: line.as_json() for name, line in self.lines.items()},
            "named_first": {k: dict(v) for k, v in self.matrix.items()},
            "in_vain": dict(self.in_vain),
            "misnamed": self.misnamed.as_json() if self.misnamed is not None else None,
        }


def summarize(
    runs: Sequence[SeedRun], neighbours: Mapping[str, Sequence[str]], consequences: Mapping[str, Sequence[str]]
) -> Report:
    """Everything that a campaign on some furnaces came to."""
    found = [f for run in runs for f in findings(run, neighbours)]
    judged = [(e, is_right(e, run, consequences)) for run in runs for e in severe(run)]
    weeks = sum(run.end - run.first for run in runs) / WEEK
    clear = sum(f.event.clear is not None for f in found)
    odds = EVENTS_A_WEEK * weeks / clear if clear else 1.0
    names = sorted({f.event.condition for f in found})
    lines = {
        name: _line(
            [f for f in found if f.event.condition == name], [j for j in judged if j[0].condition == name], odds
        )
        for name in names
    }
    in_vain = Counter(e.rule for e, right in judged if not right)
    return Report(
        len(runs),
        weeks * 7,
        _line(found, judged, odds),
        load(runs),
        lines,
        _matrix(found),
        dict(in_vain.most_common()),
        _misnamed([f for f in found if f.event.condition == UNKNOWN and f.event.clear is not None]),
    )


def _misnamed(unknown: Sequence[Finding]) -> Share | None:
    return Share(sum(bool(f.claims) for f in unknown), len(unknown)) if unknown else None


def _line(found: Sequence[Finding], judged: Sequence[tuple[Episode, bool]], odds: float) -> Line:
    clear = [f for f in found if f.event.clear is not None]
    hits = [f for f in clear if f.hit]
    close = [f for f in clear if f.first_neighbour]
    leads = [f.lead for f in hits if f.lead is not None]
    return Line(
        len(found),
        len(clear),
        len(judged),
        _recall(clear),
        _recall([f for f in clear if f.event.severity >= HIGH]),
        _recall([f for f in clear if f.event.severity < HIGH]),
        Share(sum(right for _, right in judged), len(judged), odds),
        Share(sum(f.event.condition in f.first_neighbour for f in close), len(close)),
        median(leads) if leads else None,
        sum(f.flicker for f in hits) / len(hits) if hits else 0.0,
        {s: _recall([f for f in clear if f.event.severity == s]) for s in range(1, 6)},
    )


def _recall(found: Sequence[Finding]) -> Share:
    return Share(sum(f.hit for f in found), len(found))


def _matrix(found: Sequence[Finding]) -> dict[str, dict[str, int]]:
    out: dict[str, Counter[str]] = {}
    for f in found:
        if f.event.clear is not None:
            named = f.event.condition if f.event.condition in f.first else (f.first or ("",))[0]
            out.setdefault(f.event.condition, Counter())[named] += 1
    return {name: dict(sorted(row.items())) for name, row in sorted(out.items())}


def load(runs: Sequence[SeedRun]) -> Load:
    """The notifications of all furnaces, each with an operator of its own."""
    time = sum(run.end - run.first for run in runs)
    told = [e for run in runs for e in run.episodes if e.notifies]
    per_shift = Counter((run.seed, e.raised // SHIFT) for run in runs for e in run.episodes if e.notifies)
    flood = sum(flood_time(sorted(e.raised for e in run.episodes if e.notifies), run.end) for run in runs)
    return Load(
        len(told) * SHIFT / time if time else 0.0,
        max(per_shift.values(), default=0),
        flood / time if time else 0.0,
        {name: sum(e.severity in s for e in told) / len(told) if told else 0.0 for name, s in PRIORITIES.items()},
    )

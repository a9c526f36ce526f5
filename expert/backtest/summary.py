"""What a backtest came to: per rule, per shift, and which rules speak together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from expert.backtest.tally import Result, Spell, length, shared, union
from expert.values.interval import ONE

HOUR, DAY = 3_600_000, 86_400_000
SHIFT = 8 * HOUR
TOGETHER = 0.5
"""Rules of which one is active at least this share of the other's time are listed as speaking together ..."""
BY_CHANCE = 2
"""... and at least so many times as often as it is active at all: what is nearly always active says nothing."""
ALWAYS = 0.999


@dataclass(frozen=True, slots=True)
class RuleSummary:
    """One rule over the whole run; times in ms, ``first`` and ``last`` None where it never rose."""

    rule: str
    severity: int
    episodes: int
    first: int | None
    last: int | None
    per_day: float
    active: int
    share: float
    held: int
    longest: int
    by_key: dict[str, int]


@dataclass(frozen=True, slots=True)
class Overlap:
    """Share of the active time of ``rule`` in which ``other`` was active too."""

    rule: str
    other: str
    share: float
    both: int

    @property
    def always(self) -> bool:
        """True when the rule never spoke without the other."""
        return self.share >= ALWAYS


@dataclass(frozen=True, slots=True)
class Shifts:
    """Notifications (episodes of severity 1 or more, notes left out) in shifts of eight hours, UTC."""

    shifts: int
    mean: float
    most: int
    most_at: int | None
    quiet: float


def rule_summaries(result: Result, chosen: Collection[str] | None = None) -> list[RuleSummary]:
    """Every rule, or the chosen ones, the most often raised first."""
    found = [
        _summary(result, rule, spells) for rule, spells in result.by_rule().items() if chosen is None or rule in chosen
    ]
    return sorted(found, key=lambda s: (-s.episodes, s.rule))


def _summary(result: Result, rule: str, spells: list[Spell]) -> RuleSummary:
    active = length(active_times(result, spells))
    return RuleSummary(
        rule,
        result.program.rules[rule].severity,
        len(spells),
        spells[0].raised if spells else None,
        spells[-1].raised if spells else None,
        len(spells) / result.days if result.scans else 0.0,
        active,
        active / (result.end - result.first) if result.scans else 0.0,
        sum(result.held(s) for s in spells),
        max((result.until(s) - s.raised for s in spells), default=0),
        dict(sorted(Counter(s.key for s in spells).items())),
    )


def active_times(result: Result, spells: list[Spell]) -> list[tuple[int, int]]:
    """When any of the episodes was not yet over."""
    return union([(s.raised, result.until(s)) for s in spells])


def overlaps(result: Result, chosen: Collection[str] | None = None) -> list[Overlap]:
    """Which rules speak together: of every two, the share of the rarer one's time, the largest first."""
    times = {
        rule: active_times(result, spells)
        for rule, spells in result.by_rule().items()
        if spells and (chosen is None or rule in chosen)
    }
    found = []
    for a, b in combinations(times, 2):
        both = shared(times[a], times[b])
        rarer, other = sorted((a, b), key=lambda r: (length(times[r]), r))
        if both * (result.end - result.first) < BY_CHANCE * length(times[rarer]) * length(times[other]):
            continue
        if both and both >= TOGETHER * length(times[rarer]):
            found.append(Overlap(rarer, other, both / length(times[rarer]), both))
    return sorted(found, key=lambda o: (-o.share, -o.both, o.rule, o.other))


def notifies(result: Result, spell: Spell) -> bool:
    """Whether somebody is told of an episode."""
    rule = result.rule(spell)
    return rule.severity > 0 and rule.kind != "note"


def shifts(result: Result) -> Shifts:
    """How many notifications a shift has."""
    first, last = result.first // SHIFT, result.last // SHIFT
    counts = Counter(s.raised // SHIFT for s in result.spells if notifies(result, s))
    n = last - first + 1
    most = max(counts, key=lambda k: (counts[k], -k), default=None)
    return Shifts(
        n,
        sum(counts.values()) / n,
        counts[most] if most is not None else 0,
        most * SHIFT if most is not None else None,
        1 - len(counts) / n,
    )


def severities(result: Result, chosen: Collection[str] | None = None) -> dict[int, int]:
    """Severity -> episodes."""
    counts = Counter(result.rule(s).severity for s in result.spells if chosen is None or s.rule in chosen)
    return dict(sorted(counts.items()))


def as_json(result: Result, chosen: Collection[str] | None = None) -> dict[str, Any]:
    """Plain JSON form; times in ms UTC, durations in hours, shares 0..1."""
    told = shifts(result)
    return {
        "program": result.program.digest,
        "complete": result.complete,
        "from": result.first,
        "to": result.last,
        "scans": result.scans,
        "episodes": sum(chosen is None or s.rule in chosen for s in result.spells),
        "severities": {str(k): n for k, n in severities(result, chosen).items()},
        "notifications_per_shift": {
            "mean": round(told.mean, 4),
            "most": told.most,
            "most_at": told.most_at,
            "quiet": round(told.quiet, 4),
        },
        "rules": {s.rule: _rule_json(s) for s in rule_summaries(result, chosen)},
        "overlap": [
            {"rule": o.rule, "with": o.other, "share": round(o.share, 4), "hours": _hours(o.both)}
            for o in overlaps(result, chosen)
        ],
        "list": [spell_json(result, s) for s in result.spells if chosen is None or s.rule in chosen],
    }


def _hours(ms: int) -> float:
    return round(ms / HOUR, 4)


def _rule_json(s: RuleSummary) -> dict[str, Any]:
    return {
        "severity": s.severity,
        "episodes": s.episodes,
        "first": s.first,
        "last": s.last,
        "per_day": round(s.per_day, 4),
        "active_hours": _hours(s.active),
        "active_hours_per_day": round(s.share * 24, 4),
        "active_share": round(s.share, 6),
        "held_hours": _hours(s.held),
        "longest_hours": _hours(s.longest),
        "by_binding": s.by_key,
    }


def spell_json(result: Result, spell: Spell) -> dict[str, Any]:
    """One episode; ``cleared`` None: it had not ended."""
    return {
        "rule": spell.rule,
        "key": spell.key,
        "episode": spell.episode,
        "raised": spell.raised,
        "cleared": spell.cleared,
        "held_hours": _hours(result.held(spell)),
        "support": spell.s / ONE,
        "plausibility": spell.p / ONE,
    }

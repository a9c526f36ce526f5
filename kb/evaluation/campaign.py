"""A campaign on the furnace of a seed: causes drawn from the seed, each with its true effect."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from expert.feeds.columns import joined
from expert.values.history import Column
from kb.evaluation.events import DAY, HOUR, MINUTE, UNKNOWN, Event
from kb.furnace import Cause, VirtualFurnace
from kb.furnace.conditions import CONDITIONS
from kb.furnace.labels import Label
from kb.furnace.mechanisms import NORMALS, PLACES, REGISTRY
from kb.furnace.twin import Effect, clear_at, effect

BEFORE = 31 * DAY
"""History before the first scan: the baseline's thirty days and its guard."""
QUIET = 2 * HOUR
"""Scans before the first onset of a slot."""
RECOVERY = 10 * HOUR
"""At least so long after a window before the next slot."""
PAIRS = 0.1
"""Share of slots with a second cause."""
AFTER = 6 * HOUR
"""How long after a cause its effect is followed at least."""
INSTRUMENTS = 2
"""On so many instruments an effect must show."""


@dataclass(frozen=True, slots=True)
class Campaign:
    """What happened on one furnace, ms UTC; ``columns`` begin before ``first`` by the history."""

    seed: int
    first: int
    end: int
    events: tuple[Event, ...]
    labels: tuple[Label, ...]
    columns: Mapping[str, Column]


def known() -> tuple[str, ...]:
    """Conditions that a process cause can bring about, then those that only a mechanism from outside has."""
    own = tuple(name for name in CONDITIONS if any(e.condition == name for e in REGISTRY.values()))
    return own + tuple(dict.fromkeys(e.condition for e in REGISTRY.values() if e.condition not in CONDITIONS))


def plan(seed: int, start: int, slots: int, conditions: Sequence[str]) -> tuple[list[Cause], int]:
    """Causes of a campaign that starts at a time (ms UTC), by onset, and when it ends.

    Conditions and severities come from a shuffled deck, so that every one gets its turn; a tenth of the slots has a
    second cause within half an hour.

    Examples
    --------
    >>> [(c.kind, c.severity) for c in plan(1, 0, 2, ["C01", "C05"])[0]]
    [('hang', 2), ('channel', 1)]
    """
    chance = random.Random(f"evaluate/{seed}")
    deck: list[tuple[str, int]] = []
    out: list[Cause] = []
    at = start
    for _ in range(slots):
        if not deck:
            deck = [(name, severity) for name in conditions for severity in range(1, 6)]
            chance.shuffle(deck)
        name, severity = deck.pop()
        onset = at + QUIET + chance.randrange(8 * 60) * MINUTE
        here = [_cause(name, severity, onset, chance)]
        others = [other for other in conditions if other != name]
        if others and chance.random() < PAIRS:
            other = chance.choice(others)
            here.append(_cause(other, chance.randint(1, 5), onset + chance.randrange(1, 30) * MINUTE, chance))
        out += here
        last = max(max(c.end, _until(c)) for c in here)
        at = max(at + DAY, -(-(last + RECOVERY) // HOUR) * HOUR)
    return out, at


def hard_normals(seed: int, start: int, days: int) -> list[Cause]:
    """What disturbs a furnace that is well: something on every second day from a time (ms UTC) on, kinds by turns.

    Examples
    --------
    >>> len(hard_normals(1, 0, 5))
    2
    """
    chance = random.Random(f"quiet/{seed}")
    kinds = sorted(NORMALS)
    chance.shuffle(kinds)
    out = []
    for i, day in enumerate(range(1, days, 2)):
        entry = NORMALS[kinds[i % len(kinds)]]
        onset = start + day * DAY + chance.randrange(4 * 60) * MINUTE
        out.append(Cause(entry.kind, onset, chance.randint(*entry.lasts) * MINUTE, chance.randint(1, 5)))
    return out


def _cause(name: str, severity: int, onset: int, chance: random.Random) -> Cause:
    entry = chance.choice([e for e in REGISTRY.values() if e.condition == name])
    place = chance.choice(PLACES[entry.place]) if entry.place else ""
    why = chance.choice(entry.causes) if entry.causes else ""
    length = chance.randint(*entry.lasts) * MINUTE
    sector = place if entry.place == "sector" else ""
    return Cause(entry.kind, onset, length, severity, sector, place="" if sector else place, why=why)


def _until(cause: Cause) -> int:
    """The end of the window of a cause's condition."""
    return cause.onset + REGISTRY[cause.kind].window * MINUTE


def play(seed: int, start: int, causes: Sequence[Cause], end: int) -> Campaign:
    """Simulate a campaign on a drawn furnace; its scans begin at ``start``.

    Every cause is measured against a twin that meets all the others but not this one.
    """
    furnace = VirtualFurnace(seed, start - BEFORE, causes, wide=True)
    pieces, events = [], []
    for cause in causes:
        if cause.kind not in REGISTRY:  # a hard normal brings about nothing that should be found
            continue
        pieces.append(furnace.columns(cause.onset))
        seen = effect(furnace, cause, min(end, max(_until(cause), cause.end + AFTER)))
        events.append(event(cause, seen))
    pieces.append(furnace.columns(end))
    return Campaign(seed, start, end, tuple(events), furnace.labels, joined(pieces))


def event(cause: Cause, effects: Sequence[Effect]) -> Event:
    """A cause with when its effect was clear, largest and visible."""
    until = _until(cause)
    name = REGISTRY[cause.kind].condition
    clear = clear_at(effects, cause.onset, until - cause.onset, INSTRUMENTS)
    seen = sorted(e.first for e in effects if e.first is not None)
    left = sorted(e.last for e in effects if e.last is not None)
    peak = max((e for e in effects if e.at is not None), key=lambda e: e.peak, default=None)
    return Event(
        name if name in CONDITIONS else UNKNOWN,
        cause.kind,
        cause.severity,
        cause.onset,
        cause.end,
        until,
        cause.where,
        clear,
        peak.at if peak is not None and clear is not None else None,
        (seen[INSTRUMENTS - 1], left[-INSTRUMENTS]) if len(left) >= INSTRUMENTS else None,
    )

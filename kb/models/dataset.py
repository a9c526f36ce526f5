"""Months of simulated furnaces as rows for training: features at each full hour, and what silicon became."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from kb.furnace import Cause, VirtualFurnace
from kb.furnace.catalogue import load_variables
from kb.furnace.causes import Kind
from kb.furnace.noise import draws
from kb.furnace.traits import SECTORS
from kb.models.features import HOUR, LABELLED, VARIABLES, Store, outcome, vector
from kb.models.replay import arrivals

DAY = 24 * HOUR
MINUTE = 60_000
SETTLE = 2 * DAY
"""Rows start only then, when every window is full."""
_KINDS: tuple[Kind, ...] = ("pci_stop", "pci_stop", "pci_stop", "leak", "hang", "channel")
_LASTING = {"pci_stop": (20, 80), "leak": (60, 260), "hang": (20, 40), "channel": (20, 40)}


@dataclass(frozen=True, slots=True)
class Example:
    """One row: features at ``t`` and the outcome two hours later."""

    t: int
    values: tuple[float | None, ...]
    outcome: float


def mishaps(seed: int, days: int) -> list[Cause]:
    """Causes of a rough life, about one each two days, half of them lost coal; drawn from the seed.

    Without them the coal rate never moves, and nothing could be learned of what it does.

    >>> mishaps(1001, 4) == mishaps(1001, 4), len(mishaps(1001, 4))
    (True, 1)
    """
    out = []
    for i in range(1, days // 2):
        what, when, long, severity, place = draws(seed, f"training.{i}", 5)
        kind = _KINDS[int(len(_KINDS) * what)]
        shortest, longest = _LASTING[kind]
        onset = 2 * i * DAY + int(2 * when * 1440) * MINUTE
        sector = SECTORS[int(4 * place)] if kind in ("leak", "channel") else ""
        duration = round(shortest + (longest - shortest) * long) * MINUTE
        out.append(Cause(kind, onset, duration, 1 + int(5 * severity), sector))
    return out


def furnace(seed: int, days: int, rough: bool = True) -> VirtualFurnace:
    """A furnace that starts at the epoch, with its mishaps or without."""
    return VirtualFurnace(seed, 0, mishaps(seed, days) if rough else ())


def examples(seed: int, days: int) -> list[Example]:
    """Rows of one furnace, oldest first: each full hour with a known silicon and a later outcome."""
    variables = load_variables()
    store = Store({name: variables[name].resolution for name in VARIABLES})
    waiting: deque[tuple[int, tuple[float | None, ...]]] = deque()
    found: list[Example] = []
    hour = SETTLE
    for variable, source, arrival, count in arrivals(furnace(seed, days).history(days * DAY), VARIABLES):
        while hour < arrival:
            while waiting and waiting[0][0] + LABELLED <= hour:
                t, values = waiting.popleft()
                silicon = outcome(store, t)
                if silicon is not None and values[0] is not None:
                    found.append(Example(t, values, silicon))
            waiting.append((hour, tuple(vector(store, hour))))
            store.prune(hour)
            hour += HOUR
        store.take(variable, source, arrival, count)
    return found

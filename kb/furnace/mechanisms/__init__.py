"""Registry of what can go wrong inside the furnace, one module per group; see docs/mechanisms.md."""

from __future__ import annotations

from collections.abc import Iterable

from kb.furnace.mechanisms import blast, cooling, descent, gas, hearth, materials, normal, thermal
from kb.furnace.mechanisms.base import (
    FAST_BLOWER,
    GAS_POWER,
    PLACES,
    QUIET,
    SCALE,
    Entry,
    Mechanism,
    Push,
    Setting,
    resistance,
)

__all__ = [
    "FAST_BLOWER",
    "GAS_POWER",
    "NORMALS",
    "PLACES",
    "QUIET",
    "REGISTRY",
    "SCALE",
    "Entry",
    "Mechanism",
    "Push",
    "Setting",
    "entry_of",
    "register",
    "resistance",
]
REGISTRY: dict[str, Entry] = {}
"""Entries by kind."""
NORMALS = {entry.kind: entry for entry in normal.ENTRIES}
"""Hard normals by kind: they disturb a furnace that is well, and are no condition."""


def entry_of(kind: str) -> Entry:
    """Entry of a kind, be it a condition or a hard normal; KeyError when there is none."""
    return REGISTRY[kind] if kind in REGISTRY else NORMALS[kind]


def register(entries: Iterable[Entry]) -> None:
    """Add kinds of causes to the registry.

    Raises
    ------
    ValueError
        When a kind is known already under another entry, or strikes an unknown sort of place.
    """
    for entry in entries:
        if REGISTRY.get(entry.kind, entry) != entry or entry.kind in NORMALS:
            raise ValueError(f"there is a mechanism '{entry.kind}' already")
        if entry.place not in PLACES:
            raise ValueError(f"{entry.kind}: '{entry.place}' is not a sort of place; known: {', '.join(PLACES)}")
        REGISTRY[entry.kind] = entry


for _group in (descent, gas, thermal, hearth, blast, cooling, materials):
    register(_group.ENTRIES)

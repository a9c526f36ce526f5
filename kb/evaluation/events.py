"""What an evaluation compares: events that were injected, and episodes that a pack raised."""

from __future__ import annotations

from dataclasses import dataclass

from kb.furnace.labels import Label

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
WEEK = 7 * DAY
Span = tuple[int, int]
"""From and to, ms UTC."""
UNKNOWN = "unknown"
"""What is named where a pack says that something is abnormal and none of its conditions."""


@dataclass(frozen=True, slots=True)
class Event:
    """One injected cause.

    Attributes
    ----------
    condition : str
        What it brings about, e.g. C01; `UNKNOWN` for a mechanism that no rule can know.
    severity : int
        As injected, 1 to 5.
    onset, end, until : int
        The cause begins, is over, and the end of the condition's window, ms UTC.
    where : str
        Sector or other place, '' for the whole furnace.
    clear : int or None
        When its effect exceeded the limit on the second instrument; None: it did not within the window.
    peak : int or None
        When the effect was largest.
    visible : span or None
        From when to when it exceeded the limit on two instruments.
    """

    condition: str
    cause: str
    severity: int
    onset: int
    end: int
    until: int
    where: str = ""
    clear: int | None = None
    peak: int | None = None
    visible: Span | None = None


@dataclass(frozen=True, slots=True)
class Episode:
    """One episode: what was raised and which condition that names ('' none), from its rise until it was over.

    ``members``: the places that its bindings name; ``support``: of its certainty when it rose, millionths.
    """

    rule: str
    condition: str
    severity: int
    kind: str
    raised: int
    cleared: int
    members: tuple[str, ...] = ()
    support: int = 1_000_000

    @property
    def notifies(self) -> bool:
        """Whether somebody is told of it."""
        return self.severity > 0 and self.kind != "note"


@dataclass(frozen=True, slots=True)
class SeedRun:
    """A campaign on the furnace of one seed; ``first`` and ``end`` (ms UTC) enclose its scans."""

    seed: int
    first: int
    end: int
    events: tuple[Event, ...]
    labels: tuple[Label, ...]
    episodes: tuple[Episode, ...]


def fits(members: tuple[str, ...], where: str) -> bool:
    """Whether an episode can mean a place: one that names no place means the whole furnace.

    >>> fits(("A",), "A"), fits(("B",), "A"), fits((), "A"), fits(("B",), "")
    (True, False, True, True)
    """
    return not members or not where or where in members

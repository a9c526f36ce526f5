"""What can go wrong: a cause acts on the hidden state or on an instrument, never on what rules read directly."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kb.furnace.mechanisms import NORMALS, PLACES, REGISTRY, Mechanism, Setting, entry_of
from kb.furnace.traits import Traits

Kind = str
INSTRUMENT_KINDS = ("freeze", "dropout", "drift", "bias")
MINUTE = 60_000


@dataclass(frozen=True, slots=True)
class Cause:
    """One fault of the plant or of an instrument.

    Parameters
    ----------
    kind : str
        A kind of the registry of mechanisms (``hang``, which ends with a slip, ``channel``, ``pci_stop``, ``leak``
        and others), a hard normal (``blast_move`` ...), or of an instrument: ``freeze``, ``dropout``,
        ``drift`` (away from the truth until its end) or ``bias`` (wrong zero).
    onset, duration : int
        ms UTC and ms. A fault of an instrument lasts exactly so long; a process cause leaves its after-effects.
    severity : int
        1 to 5.
    sector : str
        'A' to 'D', for a kind that strikes a sector, such as ``channel`` and ``leak``.
    tag : str
        Ground variable name, for the kinds of instruments.
    silent : bool
        A dropout sends nothing (True) or samples with bad status (False).
    place : str
        The place that a kind strikes which does not strike a sector, e.g. tuyere '07'.
    why : str
        One of the causes that the registry lists for the kind; '' is the first of them.
    service : bool
        An instrument is out on purpose (calibration, rod service), so this is no fault of it.

    Raises
    ------
    ValueError
        When a field does not fit; the message says which and what was expected.

    Examples
    --------
    >>> Cause("freeze", 0, 60_000)
    Traceback (most recent call last):
        ...
    ValueError: freeze: needs the tag of an instrument
    """

    kind: Kind
    onset: int
    duration: int
    severity: int = 3
    sector: str = ""
    tag: str = ""
    silent: bool = True
    place: str = ""
    why: str = ""
    service: bool = False

    def __post_init__(self) -> None:
        if self.kind not in kinds():
            raise ValueError(f"'{self.kind}' is not a cause; known: {', '.join(kinds())}")
        if self.duration < MINUTE:
            raise ValueError(f"{self.kind}: a duration of at least one minute is needed, not {self.duration} ms")
        if not 1 <= self.severity <= 5:
            raise ValueError(f"{self.kind}: severity {self.severity} is not in 1..5")
        if self.is_instrument:
            if not self.tag:
                raise ValueError(f"{self.kind}: needs the tag of an instrument")
            return
        entry = entry_of(self.kind)
        if entry.place and self.where not in PLACES[entry.place]:
            raise ValueError(
                f"{self.kind}: {entry.place} '{self.where}' is not one of {', '.join(PLACES[entry.place])}"
            )
        if self.why and self.why not in entry.causes:
            raise ValueError(f"{self.kind}: '{self.why}' is not one of its causes: {', '.join(entry.causes) or 'none'}")

    @property
    def is_instrument(self) -> bool:
        """Whether the cause sits in an instrument rather than in the furnace."""
        return self.kind in INSTRUMENT_KINDS

    @property
    def where(self) -> str:
        """The place that it strikes: a sector, another place, or '' for the whole furnace."""
        return self.sector or self.place

    @property
    def end(self) -> int:
        """When the cause itself is over, ms UTC."""
        return self.onset + self.duration


def kinds() -> tuple[str, ...]:
    """All kinds of causes: of the registry, hard normals, then of instruments."""
    return (*REGISTRY, *NORMALS, *INSTRUMENT_KINDS)


def mechanism(cause: Cause, start: int, traits: Traits) -> Mechanism:
    """The mechanism of a process cause in a run that starts at `start` (ms)."""
    entry = entry_of(cause.kind)
    first = -((start - cause.onset) // MINUTE)
    length = max(1, cause.duration // MINUTE)
    place = PLACES[entry.place].index(cause.where) if entry.place else 0
    why = cause.why or (entry.causes[0] if entry.causes else "")
    return entry.build(Setting(first, length, cause.severity, place, why, traits))


def check_tags(causes: Iterable[Cause], known: Iterable[str]) -> None:
    """Raise a ValueError when an instrument cause names a tag that the furnace does not send."""
    names = set(known)
    for cause in causes:
        if cause.is_instrument and cause.tag not in names:
            raise ValueError(f"{cause.kind}: the furnace has no instrument '{cause.tag}'")

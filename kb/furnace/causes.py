"""What can go wrong: a cause acts on the hidden state or on an instrument, never on what rules read directly."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

from kb.furnace.traits import SECTORS

Kind = Literal["hang", "channel", "pci_stop", "leak", "freeze", "dropout"]
KINDS: tuple[str, ...] = get_args(Kind)
INSTRUMENT_KINDS = ("freeze", "dropout")
MINUTE = 60_000


@dataclass(frozen=True, slots=True)
class Cause:
    """One fault of the plant or of an instrument.

    Parameters
    ----------
    kind : str
        ``hang`` (ends with a slip), ``channel``, ``pci_stop``, ``leak``, ``freeze`` or ``dropout``.
    onset, duration : int
        ms UTC and ms. A freeze or dropout lasts exactly so long; a process cause leaves its after-effects.
    severity : int
        1 to 5.
    sector : str
        'A' to 'D', for ``channel`` and ``leak``.
    tag : str
        Ground variable name, for ``freeze`` and ``dropout``.
    silent : bool
        A dropout sends nothing (True) or samples with bad status (False).

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

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"'{self.kind}' is not a cause; known: {', '.join(KINDS)}")
        if self.duration < MINUTE:
            raise ValueError(f"{self.kind}: a duration of at least one minute is needed, not {self.duration} ms")
        if not 1 <= self.severity <= 5:
            raise ValueError(f"{self.kind}: severity {self.severity} is not in 1..5")
        if self.kind in ("channel", "leak") and self.sector not in SECTORS:
            raise ValueError(f"{self.kind}: sector '{self.sector}' is not one of {', '.join(SECTORS)}")
        if self.is_instrument and not self.tag:
            raise ValueError(f"{self.kind}: needs the tag of an instrument")

    @property
    def is_instrument(self) -> bool:
        """Whether the cause sits in an instrument rather than in the furnace."""
        return self.kind in INSTRUMENT_KINDS

    @property
    def end(self) -> int:
        """When the cause itself is over, ms UTC."""
        return self.onset + self.duration


def check_tags(causes: Iterable[Cause], known: Iterable[str]) -> None:
    """Raise a ValueError when an instrument cause names a tag that the furnace does not send."""
    names = set(known)
    for cause in causes:
        if cause.is_instrument and cause.tag not in names:
            raise ValueError(f"{cause.kind}: the furnace has no instrument '{cause.tag}'")

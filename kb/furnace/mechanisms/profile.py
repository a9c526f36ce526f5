"""Mechanisms told as a table: which hidden quantities move, by how much, how soon, how fast."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from kb.furnace.mechanisms.base import PLACES, Entry, Mechanism, Push, Setting

Shape = Literal["lag", "ramp", "once", "every"]
SIZES = (0.5, 0.75, 1.0, 1.25, 1.5)
"""Size of a term at severity 1 to 5."""
TRUE = 0.3
"""Share of its full size from which a told condition is there (the label)."""
_GAINS = {"bed": "bed_gain", "excess": "uptake_gain", "drop": "drop_gain", "leak": "water_gain"}


@dataclass(frozen=True, slots=True)
class Term:
    """One quantity that moves.

    Parameters
    ----------
    name : str
        Hidden quantity; ``@`` stands for the name of the place.
    size : float
        Full effect at severity 3, in the quantity's unit.
    rise : float
        Minutes: time constant of a ``lag``, whole length of a ``ramp``, distance of the strokes of an ``every``.
    delay : float
        Minutes after the onset.
    shape : str
        ``lag`` (exponential), ``ramp`` (linear), ``once`` (in a single minute), ``every`` (a minute now and then).
    fall : float
        Time constant of the return after the cause's end; 0 is at once.
    fixed : bool
        Whether the size is the same at every severity (a state rather than an amount).

    Examples
    --------
    >>> Term("bed_upper", 0.1, rise=10.0, shape="ramp").share(4, 60)
    0.5
    """

    name: str
    size: float
    rise: float = 0.0
    delay: float = 0.0
    shape: Shape = "lag"
    fall: float = 0.0
    fixed: bool = False

    def share(self, passed: float, length: float) -> float:
        """Share of the full size so many minutes after the onset of a cause of this length."""
        since = passed - self.delay
        if since < 0.0:
            return 0.0
        if self.shape == "once":
            return 1.0 if since < 1.0 else 0.0
        if self.shape == "every":
            return 1.0 if passed < length and since % self.rise < 1.0 else 0.0
        over = passed - length
        if over < 0.0:
            return self._grown(since + 1.0)
        if self.fall <= 0.0:
            return 0.0
        return self._grown(max(0.0, length - self.delay)) * math.exp(-over / self.fall)

    def _grown(self, since: float) -> float:
        if self.rise <= 0.0:
            return 1.0
        return min(1.0, since / self.rise) if self.shape == "ramp" else 1.0 - math.exp(-since / self.rise)

    def after(self, length: float) -> float:
        """Minutes after the cause's end until nothing is left of it."""
        tail = 5.0 * self.fall if self.shape in ("lag", "ramp") else 0.0
        return max(tail, self.delay + 1.0 - length if self.shape == "once" else 0.0)


class Profile:
    """Pushes the terms; marks its condition as there while the first term stands."""

    def __init__(self, condition: str, terms: Sequence[Term], at: Setting, place: str) -> None:
        pace = at.traits.pace
        self.first, self.length = at.first, at.length
        self.last = at.first + at.length + math.ceil(max(pace * t.after(at.length / pace) for t in terms))
        self._pace, self._mark = pace, f"mark/{condition}/{place}" if condition else ""
        self._terms = [(t.name.replace("@", place), _size(t, at), t) for t in terms]

    def apply(self, minute: int, push: Push) -> None:
        passed, length = (minute - self.first) / self._pace, self.length / self._pace
        for name, size, term in self._terms:
            share = term.share(passed, length)
            if share:
                push.add(name, size * share)
        if self._mark and self._terms[0][2].share(passed, length) >= TRUE:
            push.more[self._mark] = 1.0


def _size(term: Term, at: Setting) -> float:
    own = 1.0 if term.fixed else SIZES[at.severity - 1]
    gain = _GAINS.get(term.name.split("_")[0])
    return term.size * own * (getattr(at.traits, gain) if gain else 1.0)


class Joined:
    """A mechanism of its own together with the terms of the reason behind it."""

    def __init__(self, own: Mechanism, terms: Profile) -> None:
        self.first, self.last = own.first, max(own.last, terms.last)
        self._own, self._terms = own, terms

    def apply(self, minute: int, push: Push) -> None:
        for part in (self._own, self._terms):
            if part.first <= minute < part.last:
                part.apply(minute, push)


def with_reasons(
    build: Callable[[Setting], Mechanism], causes: Mapping[str, Sequence[Term]]
) -> Callable[[Setting], Mechanism]:
    """Builder of a mechanism to which each of its causes adds terms."""

    def joined(at: Setting) -> Mechanism:
        terms = causes.get(at.why, ())
        return Joined(build(at), Profile("", terms, at, "")) if terms else build(at)

    return joined


def told(
    condition: str,
    kind: str,
    terms: Sequence[Term],
    window: int,
    lasts: tuple[int, int],
    place: str = "",
    causes: Mapping[str, Sequence[Term]] | None = None,
    mark: bool = True,
) -> Entry:
    """Entry of a condition that terms tell; each of its causes adds terms of its own.

    Without ``mark`` the condition is read from the furnace's state (`kb.furnace.labels.OBSERVED`).
    """
    reasons = dict(causes or {})
    return Entry(
        condition,
        kind,
        _builder(condition if mark else "", terms, place, reasons),
        window,
        lasts,
        place,
        tuple(reasons),
    )


def _builder(
    condition: str, terms: Sequence[Term], place: str, causes: Mapping[str, Sequence[Term]]
) -> Callable[[Setting], Mechanism]:
    def build(at: Setting) -> Mechanism:
        name = PLACES[place][at.place] if place else ""
        return Profile(condition, [*terms, *causes.get(at.why, ())], at, name)

    return build

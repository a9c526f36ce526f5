"""Which events were found, what was named first, and which severe episodes were said in vain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kb.evaluation.events import MINUTE, UNKNOWN, Episode, Event, SeedRun, fits

SEVERE = 3
"""Episodes from this severity on have to be right."""
LIKELY = 500_000
"""Support from which a conclusion reads "likely"."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What was said of one event.

    Attributes
    ----------
    raised : int or None
        First rise that names its condition in its window; None: not found.
    first : tuple of str
        The conditions that were named first in the window, more than one when in the same scan.
    first_neighbour : tuple of str
        The same among the condition itself and those that it is easily taken for.
    claims : tuple of str
        Conditions that it is not, named in the window as likely or more.
    flicker : int
        Rises in the window beyond the first of each rule and place that names it.
    """

    event: Event
    raised: int | None
    first: tuple[str, ...]
    first_neighbour: tuple[str, ...]
    claims: tuple[str, ...]
    flicker: int

    @property
    def hit(self) -> bool:
        """Whether the condition was raised in its window."""
        return self.raised is not None

    @property
    def lead(self) -> float | None:
        """Minutes from the rise to the peak of the effect; negative after it."""
        if self.raised is None or self.event.peak is None:
            return None
        return (self.event.peak - self.raised) / MINUTE


def findings(run: SeedRun, neighbours: Mapping[str, Sequence[str]]) -> list[Finding]:
    """What was said of every event of a run."""
    return [_finding(event, run, neighbours.get(event.condition, ())) for event in run.events]


def _finding(event: Event, run: SeedRun, neighbours: Sequence[str]) -> Finding:
    others = {e.condition for e in run.events if e is not event and _meet(e, event)}
    named = [e for e in run.episodes if e.condition and event.onset <= e.raised <= event.until]
    own = [e for e in named if e.condition == event.condition and fits(e.members, event.where)]
    rivals = [e for e in named if e.condition not in others | {event.condition}]
    close = [e for e in rivals if e.condition in neighbours]
    keys = {(e.rule, e.members) for e in own}
    return Finding(
        event,
        min((e.raised for e in own), default=None),
        _first(own + rivals),
        _first(own + close),
        tuple(sorted({e.condition for e in rivals if e.condition != UNKNOWN and e.support >= LIKELY})),
        len(own) - len(keys),
    )


def _meet(one: Event, other: Event) -> bool:
    return one.onset <= other.until and other.onset <= one.until


def _first(episodes: Sequence[Episode]) -> tuple[str, ...]:
    start = min((e.raised for e in episodes), default=0)
    return tuple(sorted({e.condition for e in episodes if e.raised == start}))


def is_right(episode: Episode, run: SeedRun, consequences: Mapping[str, Sequence[str]]) -> bool:
    """Whether an episode is about something that was so.

    It is when it overlaps a label of its condition and place, or the window of an event of it; or when the causal
    table says that its condition follows from an event whose effect shows on two instruments meanwhile. An episode
    that names no condition, or only that something is abnormal, is right during any label or visible effect.
    """
    anything = episode.condition in ("", UNKNOWN)
    for label in run.labels:
        same = label.condition == episode.condition and fits(episode.members, label.where)
        if (anything or same) and overlap(episode, label.start, run.end if label.end is None else label.end):
            return True
    for event in run.events:
        same = event.condition == episode.condition and fits(episode.members, event.where)
        if (anything or same) and overlap(episode, event.onset, event.until):
            return True
        follows = anything or episode.condition in consequences.get(event.condition, ())
        if follows and event.visible is not None and overlap(episode, *event.visible):
            return True
    return False


def overlap(episode: Episode, start: int, end: int) -> bool:
    """Whether an episode was open at any time of a span, its ends included."""
    return episode.raised <= end and start <= episode.cleared


def severe(run: SeedRun) -> list[Episode]:
    """Episodes that have to be right: severity 3 and above; an advice only repeats what it follows from."""
    return [e for e in run.episodes if e.severity >= SEVERE and e.kind not in ("advice", "note")]

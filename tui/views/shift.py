"""What a shift leaves behind and no single record holds: who said what, which advice stood and what came of it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from expert.values.types import AdviceItem, Episode, Expectation, OperatorEvent, ScanRecord

SHIFT = 8 * 3_600_000
KEEP = 3 * SHIFT
"""How long things are kept, ms: actions may show their full effect in the shift after the next."""
HANDOVER = "handover"
"""Target of the mark that a person sets when a shift is handed over."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a person said or did, and the episode it was about, as it stood then."""

    event: OperatorEvent
    episode: Episode | None


@dataclass(frozen=True, slots=True)
class Advised:
    """One stretch of time in which an action was advised.

    ``last``: the newest scan that had it; ``over``: whether it ended; ``done``: whether somebody reported it as done.
    """

    item: AdviceItem
    since: int
    last: int
    over: bool = False
    done: bool = False


@dataclass(frozen=True, slots=True)
class Missed:
    """What a finding said would be seen and was not, when that was known."""

    time: int
    expectation: Expectation


class ShiftBook:
    """Follows the records of a run, whatever rules they were run by."""

    def __init__(self) -> None:
        self.said: list[Said] = []
        self.advised: list[Advised] = []
        self.missed: list[Missed] = []
        self.first: int | None = None
        self.handed_over: int | None = None
        self._standing: dict[str, Advised] = {}
        self._known: dict[str, Episode] = {}

    def take(self, record: ScanRecord) -> None:
        """Take in the next record."""
        now = record.input.time
        self.first = now if self.first is None else self.first
        known = {e.id: e for e in record.episodes}
        for event in record.input.events:
            if (event.kind, event.target) == ("mark", HANDOVER):
                self.handed_over = now
            self.said.append(Said(event, known.get(event.target) or self._known.get(event.target)))
        self._known = known
        self._advice(record, {e.target for e in record.input.events if e.kind == "done"}, now)
        self.missed += [Missed(now, e) for e in record.expectations if e.state == "wrong"]
        self._forget(now - KEEP)

    def _advice(self, record: ScanRecord, done: set[str], now: int) -> None:
        """An action that comes back under another episode, or after a pause, is advised anew."""
        current = {a.action: a for a in record.advice if a.status == "do"}
        pending = {a.action for a in record.advice if a.status == "pending"}
        for action in sorted(done & self._standing.keys()):
            self._standing[action] = replace(self._standing[action], done=True)
        for action in sorted(self._standing.keys() - current.keys()):
            ended = self._standing.pop(action)
            self.advised.append(replace(ended, over=True, done=ended.done or action in pending))
        for action, item in current.items():
            before = self._standing.get(action)
            if before is None:
                self._standing[action] = Advised(item, now, now, done=action in done)
            else:
                self._standing[action] = replace(before, item=item, last=now)

    def _forget(self, before: int) -> None:
        if self.said and self.said[0].event.time < before:
            self.said = [s for s in self.said if s.event.time >= before]
        if self.advised and self.advised[0].last < before:
            self.advised = [a for a in self.advised if a.last >= before]
        if self.missed and self.missed[0].time < before:
            self.missed = [m for m in self.missed if m.time >= before]

    def start(self, now: int, length: int = SHIFT) -> int:
        """When the shift began: ``length`` ago, at the last handover, or with the run, whichever was last."""
        begun = [t for t in (self.handed_over, self.first) if t is not None]
        return max([now - length, *begun])

    def not_followed(self, start: int) -> list[Advised]:
        """Advice that stood since a time and that nobody reported as done, what stands still first."""
        over = [a for a in self.advised if a.last >= start and not a.done]
        standing = [a for a in self._standing.values() if not a.done]
        return [*sorted(standing, key=lambda a: (a.since, a.item.action)), *reversed(over)]

    def followed(self) -> list[Advised]:
        """Advice that was reported as done, oldest first."""
        return [a for a in (*self.advised, *self._standing.values()) if a.done]

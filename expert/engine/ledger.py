"""The ledger of a session: what rules promised to be seen when they rose, what came of it, and their track records.

An alternative counts as seen at the first scan after the rise, and not after its deadline, at which its support
reaches `HOLDS`; what holds already counts only once it was seen not to hold. The promise is wrong only when every
alternative was known not to hold all the time: a scan that could not know, or scans that never ran, leave it undecided.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol

from expert.engine.fixpoint import Activation
from expert.engine.hold import MISSING_IN_A_ROW
from expert.engine.nodes import Env, env_of
from expert.language.ast import Cond, Program
from expert.values.interval import Interval
from expert.values.types import Expectation, TrackRecord

HOLDS = 500_000
"""Support from which something counts as seen (the default raise threshold)."""
KEPT = 90 * 86_400_000
"""A track record looks this far back, ms of plant time."""
ENOUGH = 10
"""A rule is proposed for shadow only after so many decided expectations (unverified)."""

Entry = tuple[int, str]
"""When something was said, and its state: open, right, wrong or undecided."""


@dataclass(slots=True)
class Watched:
    """One alternative of an open expectation. ``absent``: it was seen not to hold; ``doubt``: some scan could not know;
    ``removed``: the site never had its variables."""

    absent: bool = False
    doubt: bool = False
    removed: bool = False

    def see(self, x: Interval | None, gap: bool) -> bool:
        """Take in one scan; return whether the alternative is now seen."""
        self.removed = x is None
        if x is None:
            return False
        self.doubt |= gap or x.s < HOLDS <= x.p
        if x.s < HOLDS:
            self.absent = True
        return x.s >= HOLDS and self.absent


@dataclass(slots=True)
class Promise:
    """An open expectation: the rule with its bindings, when it was said, when it was last looked at."""

    rule: str
    bindings: tuple[tuple[str, str], ...]
    said: int
    looked: int
    watched: list[Watched] = field(default_factory=list)


class Sight(Protocol):
    """Who says how certain a condition is in a scan; ``w.rows``: the rows that are there."""

    @property
    def w(self) -> Any:
        """The world of the scan."""
        ...

    def cond(self, node: Cond, env: Env) -> Interval | None:
        """Certainty of a condition; None where the site never had its variables."""
        ...


class Ledger:
    """Open expectations of a session and the track records of its rules."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.open: dict[str, Promise] = {}
        self.log: dict[str, list[Entry]] = {}

    # ------------------------------------------------------------ one scan

    def step(self, now: int, rising: Sequence[Activation], evaluator: Sight) -> tuple[Expectation, ...]:
        """Look at what is open and open what rose; return both, with what was decided, in canonical order."""
        found = []
        for key in sorted(self.open):
            promise = self.open[key]
            result = self._look(promise, now, evaluator)
            found.append(result)
            if result.state != "open":
                del self.open[key]
                self._note(promise.rule, promise.said, result.state)
        for a in rising:
            if a.rule.expect:
                promise = Promise(a.rule.id, a.bindings, now, now, [Watched() for _ in a.rule.expect])
                result = self._look(promise, now, evaluator)
                if not all(w.removed for w in promise.watched):
                    self.open[f"{a.key}@{now}"] = promise
                    self.log.setdefault(a.rule.id, []).append((now, "open"))
                    found.append(result)
        self.forget(now)
        return tuple(sorted(found, key=lambda e: (e.said, e.rule, e.bindings)))

    def _look(self, promise: Promise, now: int, evaluator: Sight) -> Expectation:
        rule = self.program.rules[promise.rule]
        env = env_of(rule, promise.bindings)
        longest = (MISSING_IN_A_ROW + 1) * self.program.site.period
        gone = any(
            value.split(":", 1)[1] not in evaluator.w.rows.get(value[1:].split(":", 1)[0], {})
            for value in env.values()
            if value.startswith("#")
        )
        deadline = promise.said + max(x.within for x in rule.expect)
        seen = None
        for i, (expected, watched) in enumerate(zip(rule.expect, promise.watched, strict=True)):
            end = promise.said + expected.within
            if promise.looked >= end:
                continue
            gap = gone or now - promise.looked > longest
            if now > end:
                watched.doubt |= gap or promise.looked == promise.said  # no scan looked at all
            elif watched.see(evaluator.cond(expected.when, env), gap) and seen is None:
                seen = i
        promise.looked = now
        base = Expectation(rule.id, promise.bindings, promise.said, deadline)
        if seen is not None:
            return Expectation(rule.id, promise.bindings, promise.said, deadline, "right", now, seen)
        if now < deadline:
            return base
        known = all(w.removed or (w.absent and not w.doubt) for w in promise.watched)
        return Expectation(rule.id, promise.bindings, promise.said, deadline, "wrong" if known else "undecided", now)

    def _note(self, rule: str, said: int, state: str) -> None:
        """Replace one open entry of a rise by what came of it."""
        entries = self.log.get(rule, [])
        if (said, "open") in entries:
            entries[entries.index((said, "open"))] = (said, state)

    def forget(self, now: int) -> None:
        """Drop what no track record reaches back to any more."""
        for rule in list(self.log):
            self.log[rule] = [e for e in self.log[rule] if e[0] > now - KEPT]
            if not self.log[rule]:
                del self.log[rule]

    # ------------------------------------------------------------ track records

    def track(self, rule: str) -> TrackRecord:
        """What a rule said in the last 90 days, and how often it was right."""
        states = [state for _, state in self.log.get(rule, ())]
        return TrackRecord(rule, len(states), *(states.count(s) for s in ("right", "wrong", "undecided")))

    def tracks(self, rules: Collection[str]) -> tuple[TrackRecord, ...]:
        """Track records of those of the rules that expect something, by id."""
        return tuple(self.track(r) for r in sorted(rules) if self.program.rules[r].expect)

    # ------------------------------------------------------------ state

    def snapshot(self) -> dict[str, Any]:
        """Plain JSON state."""
        return {
            "open": {k: {**asdict(p), "bindings": [list(b) for b in p.bindings]} for k, p in self.open.items()},
            "log": {rule: [list(e) for e in entries] for rule, entries in self.log.items()},
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Inverse of `snapshot`."""
        self.open = {k: _promise(p) for k, p in state["open"].items()}
        self.log = {rule: [(said, word) for said, word in entries] for rule, entries in state["log"].items()}


def _promise(d: Mapping[str, Any]) -> Promise:
    bindings = tuple((b[0], b[1]) for b in d["bindings"])
    return Promise(d["rule"], bindings, d["said"], d["looked"], [Watched(**w) for w in d["watched"]])


def is_weak(track: TrackRecord) -> bool:
    """Whether a rule is so often wrong that it belongs into shadow: enough was decided, and less than half was right.

    >>> is_weak(TrackRecord("t.a", 12, right=4, wrong=7)), is_weak(TrackRecord("t.a", 3, wrong=3))
    (True, False)
    """
    return track.right + track.wrong >= ENOUGH and track.right < track.wrong

"""Raising: the state machine of one rule with its bindings. It never changes the interval of a fact.

    normal --(support >= threshold, not disputed)--> raised
    raised --(support < clear <= plausibility)--> held ("held, no data")
    raised, held --(plausibility < clear)--> clearing --(for clear_for)--> normal
    clearing --(plausibility >= clear)--> raised or held

Missing data never clears an alarm; neither do missing scans: more of them in a row than a hold may bridge start
``clear_for`` anew.
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from typing import Any

from expert.engine.hold import MISSING_IN_A_ROW
from expert.language.ast import Rule
from expert.values.interval import Interval
from expert.values.types import RaiseState


def episode_id(key: str, raised: int) -> str:
    """Short stable name of the episode of a rule that was raised at a time.

    >>> episode_id("descent.hanging.probable", 0)
    'de76e99051'
    """
    return hashlib.sha256(f"{key}@{raised}".encode()).hexdigest()[:10]


@dataclass(slots=True)
class Machine:
    """State of one rule with its bindings; times in ms, None where they do not apply."""

    state: RaiseState = "normal"
    episode: str = ""
    raised_at: int | None = None
    clearing_since: int | None = None
    held_since: int | None = None
    found_late: bool = False
    stepped: int | None = None
    open_question: bool = False

    @property
    def active(self) -> bool:
        """True from raise until the machine is normal again."""
        return self.state != "normal"

    def step(
        self, rule: Rule, key: str, now: int, x: Interval, disputed: bool, late: bool, period: int
    ) -> tuple[bool, bool]:
        """Advance to scan ``now``; return (rose in this scan, cleared in this scan)."""
        if self.stepped is not None and now - self.stepped > (MISSING_IN_A_ROW + 1) * period:
            self.clearing_since = None
        self.stepped = now
        if self.state == "normal":
            if x.s < rule.threshold or disputed:
                return False, False
            self.state, self.episode, self.raised_at = "raised", episode_id(key, now), now
            self.found_late = late
            return True, False
        if x.p < rule.clear_below:
            return False, self._clear(rule, now)
        self.clearing_since = None
        if x.s < rule.clear_below:
            if self.held_since is None:
                self.held_since = now
            self.state = "held"
            self.open_question = now - self.held_since >= rule.max_hold
        else:
            self.state, self.held_since, self.open_question = "raised", None, False
        return False, False

    def _clear(self, rule: Rule, now: int) -> bool:
        if self.clearing_since is None:
            self.clearing_since = now
        self.held_since, self.open_question = None, False
        if now - self.clearing_since >= rule.clear_for:
            self.state, self.clearing_since = "normal", None
            return True
        self.state = "clearing"
        return False

    def snapshot(self) -> dict[str, Any]:
        """Plain JSON state."""
        return asdict(self)

    @classmethod
    def restore(cls, state: dict[str, Any]) -> Machine:
        """Inverse of `snapshot`."""
        return cls(**state)

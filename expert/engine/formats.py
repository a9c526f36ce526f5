"""Formats of snapshots: what this version writes, and the steps that lead from older ones to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

FORMAT = 3
"""What `Session.snapshot` writes. 1: the first. 2: samples that wait, holds with their start. 3: the ledger."""
State = dict[str, Any]
Step = Callable[[State], State]
STEPS: dict[int, Step] = {}
"""Format -> what makes the next one of it. A format without a step cannot be read any more."""


def step(of: int) -> Callable[[Step], Step]:
    """Register what makes format ``of + 1`` of format ``of``; it may return the same object, changed."""

    def register(f: Step) -> Step:
        STEPS[of] = f
        return f

    return register


@step(2)
def _ledger(state: State) -> State:
    """Nothing was expected before there was a ledger."""
    return {**state, "ledger": {"open": {}, "log": {}}}


def upgrade(state: State) -> State:
    """A snapshot in the format of this version; the snapshot that is given stays as it is.

    Raises
    ------
    SessionError
        When no steps lead from its format to this one.

    >>> upgrade({"format": 2})["format"]
    3
    """
    from expert.engine.session import SessionError

    found = state.get("format")
    if found == FORMAT:
        return state
    at = found if isinstance(found, int) else -1
    while at in STEPS and at != FORMAT:
        state = {**STEPS[at](dict(state)), "format": at + 1}
        at += 1
    if at != FORMAT:
        oldest = min(STEPS, default=FORMAT)
        raise SessionError(
            f"snapshot format {found!r}; this version reads {FORMAT}, and {oldest} or later by migration"
        )
    return state

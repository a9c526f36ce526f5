"""What a rule says of a fact, by naive round."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from expert.joins.calculus import ONE, Number

Source = tuple[Any, ...]
"""Rank of a ground rule, then the keys of its rows."""
Step = tuple[int, int, int, "Number | None"]
History = tuple[Step, ...]
OFF: Source = (-1,)
"""Source of facts whose rules are all off at this site."""
BEFORE = -1
"""Round of what stands before the first round of a stratum."""
NEVER = -2
END = 1 << 60
"""A round after all others."""
FIRST: History = ((0, ONE, ONE, None),)


def at(history: History, round_: int) -> Step | None:
    """What is said as of a round."""
    for step in reversed(history):
        if step[0] <= round_:
            return step
    return None


def spliced(old: History, round_: int, said: tuple[int, int, Number | None] | None) -> History:
    """A history that says this from ``round_`` on, until its own next step; None: nothing yet."""
    after = tuple(step for step in old if step[0] > round_)
    if said is None:
        return after
    before = tuple(step for step in old if step[0] < round_)
    new = before if before and before[-1][1:] == said else (*before, (round_, *said))
    while after and after[0][1:] == said:
        after = after[1:]
    return new + after


def union(histories: Iterable[History]) -> History:
    """History of the best of each end; numbers are left to the single histories."""
    found = list(histories)
    if len(found) == 1 and found[0][0][3] is None:
        return found[0]
    rounds = sorted({step[0] for h in found for step in h})
    out: list[Step] = []
    for r in rounds:
        steps = [step for h in found if (step := at(h, r)) is not None]
        s, p = max(x[1] for x in steps), max(x[2] for x in steps)
        if not out or out[-1][1:3] != (s, p):
            out.append((r, s, p, None))
    return tuple(out)


def differ(old: History, new: History) -> int:
    """First round in which two histories say different things; `NEVER` when they agree."""
    if old == new:
        return NEVER
    for x, y in zip(old, new, strict=False):
        if x != y:
            return min(x[0], y[0])
    n = min(len(old), len(new))
    return (old + new[n:])[n][0] if len(old) <= n else old[n][0]

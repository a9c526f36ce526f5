"""Limits that leaves are compared with: a value that goes past one tells at once what becomes of the comparison.

So a scan of few changes need not run most comparisons, nor ask which of them a changed value leads to.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from expert.columns import layout as at
from expert.columns.expand import Item
from expert.columns.memory import Memory
from expert.columns.plan import Plan
from expert.values.interval import ONE


def flat(lists: Sequence[Sequence[int]]) -> tuple[np.ndarray, np.ndarray]:
    """Lists as offsets and one list.

    >>> first, all = flat([[3, 4], [], [5]])
    >>> first.tolist(), all.tolist()
    ([0, 2, 2, 3], [3, 4, 5])
    """
    first = np.cumsum([0, *(len(x) for x in lists)]).astype(np.int64)
    return first, np.array([y for x in lists for y in x], np.int64)


def put_leaf_readers(plan: Plan, of_leaf: Sequence[Sequence[int]], of: Sequence[Sequence[int]], memory: Memory) -> None:
    """Who reads each leaf, and which of them only ask on which side of a limit it is.

    Parameters
    ----------
    of_leaf, of : sequence
        Operations that read each leaf, and each operation. Beside a comparison that only asks for a side stand its
        negations, as if they read the leaf, and they are told of no more by the comparison.
    """
    readers: list[list[int]] = []
    turns: list[float] = []
    rows: list[tuple[int, int]] = []
    marked: list[list[int]] = []

    def add(i: int, turn: float, below: bool, told: list[int]) -> None:
        readers[-1].append(i)
        turns.append(turn)
        rows.append((max(plan.order[i].slot, 0), ONE if below else 0))
        marked.append(told)

    for leaf, mine in zip(plan.leaves, of_leaf, strict=True):
        readers.append([])
        for i in mine:
            turn, below = _turn(plan.order[i], leaf)
            negations = [] if math.isnan(turn) else [j for j in of[i] if plan.order[j].op == at.OP_NOT]
            add(i, turn, below, [j for j in of[i] if j not in negations])
            for j in negations:
                add(j, turn, not below, list(of[j]))
    leaf_first, leaf_readers = flat(readers)
    first, told = flat(marked)
    turned = np.zeros((len(rows), at.T_SIZE), np.int64)
    if rows:
        turned[:, : at.T_FIRST] = rows
    turned[:, at.T_FIRST], turned[:, at.T_END] = first[:-1], first[1:]
    memory.put(
        leaf_first=leaf_first,
        leaf_readers=leaf_readers,
        leaf_turns=np.array(turns, np.float64),
        turned=turned,
        turned_readers=told,
    )


def _turn(x: Item, leaf: Item) -> tuple[float, bool]:
    """The value below which, and only below which, an operation finds something else, and whether it holds there; nan
    if there is more to it than one constant limit."""
    if x.op == at.OP_COMPARE and x.params[0] < 4 and not any(y.layers for y in x.args):
        a, b = (y.same or y for y in x.args)
        how, first = x.params[0], a is leaf
        limit = b if first else a
        if limit.op < 0 and limit.leaf is None:
            strict = how in (0, 3) if first else how in (1, 2)
            return limit.value if strict else math.nextafter(limit.value, math.inf), (how < 2) == first
    return math.nan, False

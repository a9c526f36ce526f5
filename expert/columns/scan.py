"""One scan as one call: its samples, its leaves, and all that stands on them."""

from __future__ import annotations

from expert.columns import memory as m
from expert.columns.compiled import plain
from expert.columns.kernel import infer
from expert.columns.leaves import leaves
from expert.columns.memory import ints1


@plain
def scan(table, time, late, number, new, begin, whole):
    """Run one scan.

    Parameters
    ----------
    time, late : (1,) int64
    number : int
        Of the scan.
    new : (7, samples) int64
        See `expert.columns.leaves.leaves`; ``begin`` and ``whole`` also.

    Returns
    -------
    tuple of int
        The sample for which its variable has no room, and nothing was worked out, or -1; the number of the loop that
        did not come to rest, or -1.
    """
    settings = ints1(table, m.I_SETTINGS)
    settings[m.SETTING_NUMBER], settings[m.SETTING_EVENTS] = number, 0
    full = leaves(table, time[0], new, begin, whole)
    if full >= 0:
        return full, -1
    return -1, infer(table, time, late, not whole, False)

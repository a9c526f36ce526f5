"""Rules at work: `for`, strength, facts and what refutes them, the machines that raise."""

from __future__ import annotations

import numpy as np

from expert.columns import layout as at
from expert.columns import memory as m
from expert.columns.compiled import plain
from expert.columns.exact import ONE, round_half_even
from expert.columns.memory import ints2, small2

MISSING_IN_A_ROW = 2
MISSING_SHARE = 20


@plain
def hold_begin(times, mask, first, k, duration, period):
    """Start of a hold at scan number ``k``: (time, number of the first scan in it).

    ``times``: ring of scan times; ``first``: number of the oldest scan that counts. Scans that never ran are left out,
    up to two in a row and max(2, 5 %) in total; see `expert.engine.hold`.
    """
    now = times[k & mask]
    allowed = max(MISSING_IN_A_ROW, duration // period // MISSING_SHARE)
    total = np.int64(0)
    later = now
    begin = at.NONE
    j = k - 1
    while j >= first:
        if later <= now - duration:
            break
        earlier = times[j & mask]
        inside = (later - max(earlier, now - duration - period)) // period - 1
        total += max(0, inside)
        too_long = inside > 0 and (later - earlier) // period - 1 > MISSING_IN_A_ROW
        if too_long or total > allowed:
            begin = later
            break
        later = earlier
        j -= 1
    if begin == at.NONE:
        begin = max(now - duration, later)
    n = k
    while n > first and times[(n - 1) & mask] >= begin:
        n -= 1
    return begin, n


@plain
def hold(h, past, least, k, mask, now, begin, n, s, p):
    """`for`: the least of both ends over the scans since ``n``; returns the held interval.

    ``past``: rings of past ends of this rule, support and plausibility; ``least``: queues of scan numbers with growing
    ends, for each.
    """
    (low, high), (least_s, least_p) = past, least
    low[k & mask], high[k & mask] = s, p
    head, tail = h[at.H_SHEAD], h[at.H_STAIL]
    while tail > head and low[least_s[(tail - 1) & mask] & mask] >= s:
        tail -= 1
    least_s[tail & mask] = k
    while least_s[head & mask] < n:
        head += 1
    h[at.H_SHEAD], h[at.H_STAIL] = head, tail + 1
    held = low[least_s[head & mask] & mask]
    head, tail = h[at.H_PHEAD], h[at.H_PTAIL]
    while tail > head and high[least_p[(tail - 1) & mask] & mask] >= p:
        tail -= 1
    least_p[tail & mask] = k
    while least_p[head & mask] < n:
        head += 1
    h[at.H_PHEAD], h[at.H_PTAIL] = head, tail + 1
    most = high[least_p[head & mask] & mask]
    late = begin > now - h[at.H_LENGTH]
    if s == 0:
        h[at.H_START] = at.NONE
    else:
        since = now if h[at.H_START] == at.NONE else h[at.H_START]
        h[at.H_START] = max(since, begin) if late else since
    return min(0 if late else held, most), most


@plain
def hold_rings(table, row):
    """A hold, its past ends (support, plausibility), its queues of least values, where it begins at each scan."""
    h = ints2(table, m.I_HOLDS)[row]
    past = small2(table, m.I_PAST_S)[row], small2(table, m.I_PAST_P)[row]
    least = ints2(table, m.I_LEAST_S)[row], ints2(table, m.I_LEAST_P)[row]
    return h, past, least, (ints2(table, m.I_BEGINS)[h[at.H_ROW]], ints2(table, m.I_FIRSTS)[h[at.H_ROW]])


@plain
def tell_event(events, settings, t, row, did, s, p, raised):
    """Put down what a machine did; the columns of `expert.columns.core.Event`."""
    k = settings[m.SETTING_EVENTS]
    events[k, 0], events[k, 1], events[k, 2], events[k, 3], events[k, 4], events[k, 5] = t, row, did, s, p, raised
    settings[m.SETTING_EVENTS] = k + 1


@plain
def attenuated(s, strength):
    """Support times a rule's strength, rounded once."""
    return s if strength == ONE else round_half_even(np.int64(s) * strength, ONE)


@plain
def step(r, now, s, p, disputed, late, period):
    """Advance a rule's machine to scan ``now``; return what it did, or -1. See `expert.engine.raising.Machine`."""
    if r[at.R_STATE] == at.NORMAL:
        if s < r[at.R_THRESHOLD] or disputed:
            return -1
        r[at.R_STATE], r[at.R_RAISED_AT], r[at.R_LATE], r[at.R_STEPPED] = at.RAISED, now, late, now
        r[at.R_CLEARING] = r[at.R_HELD] = at.NONE
        r[at.R_OPEN] = 0
        return at.EVENT_RAISED
    if now - r[at.R_STEPPED] > (MISSING_IN_A_ROW + 1) * period:
        r[at.R_CLEARING] = at.NONE
    r[at.R_STEPPED] = now
    before = r[at.R_STATE]
    if p < r[at.R_CLEAR]:
        if r[at.R_CLEARING] == at.NONE:
            r[at.R_CLEARING] = now
        r[at.R_HELD], r[at.R_OPEN] = at.NONE, 0
        if now - r[at.R_CLEARING] >= r[at.R_CLEAR_FOR]:
            r[at.R_STATE], r[at.R_CLEARING] = at.NORMAL, at.NONE
            return at.EVENT_CLEARED
        r[at.R_STATE] = at.CLEARING
        return at.EVENT_CLEARING if before != at.CLEARING else -1
    r[at.R_CLEARING] = at.NONE
    if s < r[at.R_CLEAR]:
        if r[at.R_HELD] == at.NONE:
            r[at.R_HELD] = now
        r[at.R_STATE] = at.HELD
        r[at.R_OPEN] = 1 if now - r[at.R_HELD] >= r[at.R_MAX_HOLD] else 0
        return at.EVENT_HELD if before != at.HELD else -1
    r[at.R_STATE], r[at.R_HELD], r[at.R_OPEN] = at.RAISED, at.NONE, 0
    return at.EVENT_RESUMED if before != at.RAISED else -1

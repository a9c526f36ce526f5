"""``lag(x, D)``: looking back at numbers, and remembering what will be looked back at."""

from __future__ import annotations

from expert.columns import layout as at
from expert.columns import memory as m
from expert.columns.compiled import plain
from expert.columns.features import unknown
from expert.columns.memory import floats3, ints1, ints2, ints3


@plain
def look_back(node, arg, n, table):
    """``lag(x, D)``: the number as the newest scan at least D ago saw it."""
    num, fac, meta = floats3(table, m.I_NUM), ints3(table, m.I_FAC), ints3(table, m.I_META)
    place, size = ints1(table, m.I_PLACE), ints2(table, m.I_SIZE)
    factor, ends = ints3(table, m.I_FACTOR), floats3(table, m.I_ENDS)
    times, number = ints1(table, m.I_TIMES), ints1(table, m.I_SETTINGS)[m.SETTING_NUMBER]
    old_num, old_fac, old_meta = floats3(table, m.I_LAG_NUM), ints3(table, m.I_LAG_FAC), ints3(table, m.I_LAG_META)
    old_size, old_factor = ints2(table, m.I_LAG_SIZE), ints3(table, m.I_LAG_FACTOR)
    old_ends = floats3(table, m.I_LAG_ENDS)
    to, row, duration = node[at.N_SLOT], node[at.N_A], node[at.N_B]
    oldest = ints1(table, m.I_LAG_FIRST)[row]
    mask = len(times) - 1
    for t in range(n):
        limit = times[(number + t) & mask] - duration
        low, high = oldest, number + t + 1
        while low < high:  # one past the newest scan that is old enough
            mid = (low + high) // 2
            if times[mid & mask] <= limit:
                low = mid + 1
            else:
                high = mid
        found = low - 1
        if place[to] >= 0:
            size[to, t] = 0
        if found < oldest:
            unknown(num, fac, meta, to, t, at.NONE, at.WHY_NO_SCAN, 0, 0)
            continue
        here = found >= number
        j = found - number if here else found & mask
        for i in range(3):
            num[i, to, t] = num[i, arg, j] if here else old_num[i, row, j]
        for i in range(2):
            fac[i, to, t] = fac[i, arg, j] if here else old_fac[i, row, j]
        for i in range(len(meta)):
            meta[i, to, t] = meta[i, arg, j] if here else old_meta[i, row, j]
        if place[to] >= 0:
            size[to, t] = size[arg, j] if here else old_size[row, j]
            a, b = place[to], place[arg]
            for k in range(size[to, t]):
                for i in range(2):
                    factor[i, a + k, t] = factor[i, b + k, j] if here else old_factor[i, a + k, j]
                    ends[i, a + k, t] = ends[i, b + k, j] if here else old_ends[i, a + k, j]


@plain
def store(node, n, table):
    """Remember what a lag will look back at."""
    num, fac, meta = floats3(table, m.I_NUM), ints3(table, m.I_FAC), ints3(table, m.I_META)
    place, size = ints1(table, m.I_PLACE), ints2(table, m.I_SIZE)
    factor, ends = ints3(table, m.I_FACTOR), floats3(table, m.I_ENDS)
    number = ints1(table, m.I_SETTINGS)[m.SETTING_NUMBER]
    old_num, old_fac, old_meta = floats3(table, m.I_LAG_NUM), ints3(table, m.I_LAG_FAC), ints3(table, m.I_LAG_META)
    old_size, old_factor = ints2(table, m.I_LAG_SIZE), ints3(table, m.I_LAG_FACTOR)
    old_ends = floats3(table, m.I_LAG_ENDS)
    row, frm, to = node[at.N_A], node[at.N_B], node[at.N_SLOT]
    mask = len(ints1(table, m.I_TIMES)) - 1
    for t in range(n):
        j = (number + t) & mask
        for i in range(3):
            old_num[i, row, j] = num[i, frm, t]
        for i in range(2):
            old_fac[i, row, j] = fac[i, frm, t]
        for i in range(len(meta)):
            old_meta[i, row, j] = meta[i, frm, t]
        if place[to] >= 0:
            old_size[row, j] = size[frm, t]
            for k in range(size[frm, t]):
                for i in range(2):
                    old_factor[i, place[to] + k, j] = factor[i, place[frm] + k, t]
                    old_ends[i, place[to] + k, j] = ends[i, place[frm] + k, t]

"""Leaves over a stretch of scans, read straight from a history's columns.

A variable that is sampled once a scan and always good is copied and summed as a whole; one that is only good and in
order is walked through without judging its samples; every other goes scan by scan (`expert.columns.leaves`).
"""

from __future__ import annotations

import numpy as np

from expert.columns import layout as at
from expert.columns import memory as m
from expert.columns.compiled import plain
from expert.columns.exact import ratio
from expert.columns.features import complete, held_value, move_window, window
from expert.columns.leaves import evaluate, take
from expert.columns.memory import bytes1, bytes2, floats2, floats3, ints1, ints2, ints3, small2
from expert.columns.rings import NO_NOTE, forget

F_SOURCE, F_ARRIVAL, F_COUNT, F_QUALITY, F_NOTE = range(5)
F_SIZE = 5
"""Rows of a feed's table for each variable: addresses and lengths of a history's columns, without notes where there are
none."""


@plain
def arrived(feed, cursor, until, more):
    """How many samples of each variable arrive by a time, from where the cursors stand, into ``more``."""
    for i in range(len(cursor)):
        arrival = ints1(feed, F_SIZE * i + F_ARRIVAL)
        low, high = cursor[i], len(arrival)
        step = 1024
        if low + step < high and arrival[low + step] > until:
            high = low + step
        while low < high:
            mid = (low + high) // 2
            if arrival[mid] <= until:
                low = mid + 1
            else:
                high = mid
        more[i] = low - cursor[i]


@plain
def _counted(v, rows):
    """Whether all leaves of a variable come from counts and sums of them, and its newest sample is not after now."""
    if v[at.V_HOURLY] >= 0 or v[at.V_SIMPLE] == 0 or v[at.V_HEAD] == v[at.V_TAIL] or v[at.V_NEXT] != v[at.V_HEAD]:
        return False
    counted = True
    for j in range(v[at.V_LEAVES], v[at.V_LEAVES_END]):
        counted = counted and rows[j, at.L_COUNTED] == 1
    return counted


@plain
def _settled(v, groups):
    """Whether the windows of a variable stand where the last scan left them."""
    for i in range(v[at.V_GROUPS], v[at.V_GROUPS_END]):
        g = groups[i]
        if g[at.G_CHANGES] != v[at.V_CHANGES] or g[at.G_START] < v[at.V_TAIL] or g[at.G_SUMS] == 1:
            return False
    return True


# ---------------------------------------------------------------- once a scan


@plain
def _even_step(times, since):
    """Distance of the scans, if it is the same from the scan before the stretch on; else 0."""
    step = times[0] - since
    odd = np.int64(0)
    for t in range(1, len(times)):
        odd |= (times[t] - times[t - 1]) ^ step
    return step if odd == 0 else np.int64(0)


@plain
def _regular(v, groups, ring, source, arrival, count, quality, k, end, times, step, latest, before):
    """Whether each scan takes in one good sample, a period after the one before, and windows are complete.

    ``step``: of the scans; ``before``: newest arrival that the scan before the stretch took in.
    """
    n, period, head = len(times), v[at.V_PERIOD], v[at.V_HEAD]
    if end - k != n or step != period or arrival[k] <= before:
        return False
    first = source[k]
    if first - ring[v[at.V_OFFSET] + ((head - 1) & v[at.V_MASK])] != period or (first - v[at.V_ORIGIN]) % period != 0:
        return False
    if first > times[0] or times[0] - first > period:
        return False
    for i in range(v[at.V_GROUPS], v[at.V_GROUPS_END]):
        g = groups[i]
        size = g[at.G_END] - g[at.G_START]
        whole = complete(v, g, g[at.G_N], size, times[0] - step - g[at.G_LENGTH])
        if not whole or size != g[at.G_EXPECTED] or g[at.G_END] != head:
            return False
    uneven, negative = np.int64(0), np.int64(0)
    for t in range(n):
        uneven |= source[k + t] ^ (first + t * period)
        negative |= (latest[t] - arrival[k + t]) | (arrival[k + t] - source[k + t])
    for t in range(1, n):
        negative |= arrival[k + t] - latest[t - 1] - 1
    least = most = count[k]
    for t in range(n):
        least, most = min(least, count[k + t]), max(most, count[k + t])
    bad = np.uint8(0)
    for t in range(n):
        bad |= quality[k + t]
    return uneven == 0 and negative >= 0 and bad == 0 and least >= v[at.V_LOW] and most <= v[at.V_HIGH]


@plain
def _near_an_end(v, source, count, k, n):
    """Remember the newest sample near an end of the range."""
    floor, ceiling = v[at.V_FLOOR], v[at.V_CEILING]
    near = np.int64(0)
    for t in range(n):
        near |= (count[k + t] - floor - 1) | (ceiling - 1 - count[k + t])
    if near < 0:
        t = n - 1
        while floor < count[k + t] < ceiling:
            t -= 1
        v[at.V_EDGE] = max(v[at.V_EDGE], source[k + t])


@plain
def _sum(g, ring, offset, mask, low, count, k, n, out):
    """Sums of a complete window, which takes one sample in and lets one go in every scan."""
    total, start, many = g[at.G_SX] + g[at.G_N] * low, g[at.G_START], g[at.G_EXPECTED]
    for t in range(min(n, many)):
        total += count[k + t] - ring[offset + ((start + t) & mask)]
        out[t] = total
    for t in range(many, n):
        total += count[k + t] - count[k + t - many]
        out[t] = total
    g[at.G_SX] = total - g[at.G_N] * low
    g[at.G_START] += n
    g[at.G_END] += n


@plain
def _oldest(v, ring, source, k, times):
    """The oldest sample that forgetting after each scan, with one more sample each, leaves (`rings.forget`)."""
    offset, mask, tail, head, n = v[at.V_OFFSET], v[at.V_MASK], v[at.V_TAIL], v[at.V_HEAD], len(times)
    t, keep, period = 0, v[at.V_KEEP], v[at.V_PERIOD]
    first, last = ring[offset + (tail & mask)], ring[offset + ((head - 1) & mask)]
    if (
        v[at.V_UNALIGNED] < first and last - first == (head - 1 - tail) * period
    ):  # no gap, so there is nothing to look for
        kept = max(1, (keep - times[0] + source[k]) // period + 1)
    else:
        old = tail
        while t < n and old < head:
            while old < head and ring[offset + (old & mask)] < times[t] - keep:
                old += 1
            if old == head:
                break
            if old - tail > 256 or (old - tail) * 4 > head + t + 1 - tail:
                tail = old
            t += 1
        if t == n:
            return tail
        kept = 1  # samples that are not too old: from here on as many at every scan
        while kept <= t and source[k + t - kept] >= times[t] - keep:
            kept += 1
    most = min(kept + 257, kept * 4 // 3 + 1)
    t = max(t, most + tail - head - 1)
    if t >= n:
        return tail
    apart = most - kept
    return head + t + (n - 1 - t) // apart * apart + 1 - kept


@plain
def _copy(into, values, to, start, n):
    for t in range(n):
        into[to + t] = values[start + t]


@plain
def _whole(v, rows, groups, ring, column, k, times, level, certain):
    """Leaves of a variable that is sampled once a scan; what is soon forgotten never enters the ring."""
    n, low = len(times), v[at.V_LOW]
    source, count = column[0], column[2]
    offset, mask, head = v[at.V_OFFSET], v[at.V_MASK], v[at.V_HEAD]
    _near_an_end(v, source, count, k, n)
    for j in range(v[at.V_LEAVES], v[at.V_LEAVES_END]):
        slot = rows[j, at.L_SLOT]
        certain[0, slot] = at.COUNTED
        out = level[slot]
        if rows[j, at.L_KIND] == at.LEAF_VALUE:
            for t in range(n):
                out[t] = count[k + t]
        else:
            _sum(groups[rows[j, at.L_GROUP]], ring[2], offset, mask, low, count, k, n, out)
    v[at.V_TAIL] = _oldest(v, ring[0], source, k, times)
    begin = max(0, v[at.V_TAIL] - head)
    place = (head + begin) & mask
    many = n - begin
    fits = min(many, mask + 1 - place)
    for c in range(3):
        _copy(ring[c], column[c], offset + place, k + begin, fits)
        _copy(ring[c], column[c], offset, k + begin + fits, many - fits)
    ring[3][offset + place : offset + place + fits] = NO_NOTE
    ring[3][offset : offset + many - fits] = NO_NOTE
    v[at.V_HEAD] = v[at.V_NEXT] = head + n


# ---------------------------------------------------------------- good and in order


@plain
def _plain(v, ring, source, arrival, count, quality, k, end, times, latest):
    """Whether the samples of a stretch need no judgement: good, in order, on the grid, none after its scan."""
    last = ring[v[at.V_OFFSET] + ((v[at.V_HEAD] - 1) & v[at.V_MASK])]
    t = 0
    for i in range(k, end):
        s, x = source[i], count[i]
        while latest[t] < arrival[i]:
            t += 1
        if quality[i] != 0 or x < v[at.V_LOW] or x > v[at.V_HIGH] or s > arrival[i] or s <= last:
            return False
        if s > times[t] or (s - v[at.V_ORIGIN]) % v[at.V_PERIOD] != 0:
            return False
        last = s
    return True


@plain
def _walk(v, rows, widths, groups, ring, column, k, end, times, latest, num, fac, meta, certain):
    """Leaves of a variable whose samples need no judgement."""
    source, arrival, count, note = ring
    offset, mask, period, keep = v[at.V_OFFSET], v[at.V_MASK], v[at.V_PERIOD], v[at.V_KEEP]
    top, bottom, low = v[at.V_NUM], v[at.V_DEN], v[at.V_LOW]
    for j in range(v[at.V_LEAVES], v[at.V_LEAVES_END]):
        certain[0, rows[j, at.L_SLOT]] = at.FILLED
    for t in range(len(times)):
        now, head = times[t], v[at.V_HEAD]
        while k < end and column[1][k] <= latest[t]:
            place = offset + (head & mask)
            source[place], arrival[place], count[place] = column[0][k], column[1][k], column[2][k]
            note[place] = NO_NOTE
            if count[place] <= v[at.V_FLOOR] or count[place] >= v[at.V_CEILING]:
                v[at.V_EDGE] = max(v[at.V_EDGE], source[place])
            head += 1
            k += 1
        v[at.V_HEAD] = v[at.V_NEXT] = head
        for i in range(v[at.V_GROUPS], v[at.V_GROUPS_END]):
            move_window(groups[i], v, source, count, note, now)
        place = offset + ((head - 1) & mask)
        fresh = note[place] == NO_NOTE and now - source[place] <= period
        for j in range(v[at.V_LEAVES], v[at.V_LEAVES_END]):
            slot = rows[j, at.L_SLOT]
            if rows[j, at.L_KIND] == at.LEAF_VALUE:
                if fresh:
                    x = (count[place] * top) / bottom
                    num[0, slot, t] = num[1, slot, t] = num[2, slot, t] = x
                    fac[0, slot, t] = fac[1, slot, t] = 1
                else:
                    certain[0, slot] = at.OPEN
                    held_value(v, 0.0, source, count, note, now, num, fac, meta, slot, t)
                continue
            g = groups[rows[j, at.L_GROUP]]
            n = g[at.G_N]
            if complete(v, g, n, head - g[at.G_START], now - g[at.G_LENGTH]):
                x = ratio(g[at.G_SX] + n * low, top, n, bottom)
                num[0, slot, t] = num[1, slot, t] = num[2, slot, t] = x
                fac[0, slot, t] = fac[1, slot, t] = 1
            else:
                certain[0, slot] = at.OPEN
                window(at.MEAN, False, v, g, widths[j], source, count, note, now, num, fac, meta, slot, t)
        if source[offset + (v[at.V_TAIL] & mask)] < now - keep:
            forget(v, source, arrival, count, note, now)


# ---------------------------------------------------------------- all variables


@plain
def stretch(table, times, latest, since, before, feed, cursor, more):
    """Take in the samples of a stretch and work out all its leaves; the cursors move on.

    Parameters
    ----------
    times, latest : (scans,) int64
        Scan times; the newest arrival that each scan takes in.
    since, before : int
        Time of the scan before and the newest arrival that it took in.
    feed : (variables * F_SIZE, 4) int64
        Where the columns lie.
    cursor, more : (variables,) int64
        Next sample of each variable, and how many are taken in.
    """
    variables, rows, groups = ints2(table, m.I_VARIABLES), ints2(table, m.I_LEAVES), ints2(table, m.I_GROUPS)
    baselines, widths = ints2(table, m.I_BASELINES), floats2(table, m.I_WIDTHS)
    hour, mean, excluded = ints2(table, m.I_HOUR), floats2(table, m.I_MEAN), ints2(table, m.I_EXCLUDED)
    base, rank, settings = floats2(table, m.I_BASE), ints1(table, m.I_RANK), ints1(table, m.I_SETTINGS)
    ring = ints1(table, m.I_SOURCE), ints1(table, m.I_ARRIVAL), ints1(table, m.I_COUNT), ints1(table, m.I_NOTE)
    num, fac, meta = floats3(table, m.I_NUM), ints3(table, m.I_FAC), ints3(table, m.I_META)
    first, readers = ints1(table, m.I_LEAF_FIRST), ints1(table, m.I_LEAF_READERS)
    dirty, certain, level = ints2(table, m.I_DIRTY)[0], bytes2(table, m.I_CERTAIN), small2(table, m.I_LEVEL)
    told, step = len(meta) > 0, _even_step(times, since)
    for i in range(len(variables)):
        v = variables[i]
        at_ = F_SIZE * i
        source, arrival, count = ints1(feed, at_ + F_SOURCE), ints1(feed, at_ + F_ARRIVAL), ints1(feed, at_ + F_COUNT)
        quality, why = bytes1(feed, at_ + F_QUALITY), ints1(feed, at_ + F_NOTE)
        column = source, arrival, count
        k = cursor[i]
        end = cursor[i] = k + more[i]
        if not told and _counted(v, rows) and _settled(v, groups):
            if _regular(v, groups, ring[0], source, arrival, count, quality, k, end, times, step, latest, before):
                _whole(v, rows, groups, ring, column, k, times, level, certain)
                continue
            if _plain(v, ring[0], source, arrival, count, quality, k, end, times, latest):
                _walk(v, rows, widths, groups, ring, column, k, end, times, latest, num, fac, meta, certain)
                continue
        for j in range(v[at.V_LEAVES], v[at.V_LEAVES_END]):
            certain[0, rows[j, at.L_SLOT]] = at.OPEN
        for t in range(len(times)):
            while k < end and arrival[k] <= latest[t]:
                n = why[k] if len(why) else 0
                take(
                    variables,
                    i,
                    ring[0],
                    ring[1],
                    ring[2],
                    ring[3],
                    source[k],
                    arrival[k],
                    count[k],
                    quality[k],
                    n,
                    rank,
                )
                k += 1
            evaluate(
                v, t, times[t], True, rows, widths, groups, baselines, hour, mean, excluded, base, settings, ring[0],
                ring[1], ring[2], ring[3], num, fac, meta, first, readers, dirty,
            )  # fmt: skip

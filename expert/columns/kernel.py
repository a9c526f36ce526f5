"""The two passes of a stretch of scans: leaves from samples, then everything above them in order.

The same code runs one scan (*live*) and a whole stretch of scans (*batch*): every value is a row of an array over the
scans of the stretch. In a stretch of one, what no changed value leads to is left as it stands.

The entry functions take one table of addresses and shapes (`expert.columns.memory`) instead of sixty arrays, which
would take longer to hand over than a scan takes; what they call gets the arrays it needs.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from expert.columns import layout as at
from expert.columns import memory as m
from expert.columns.conditions import compare, compared, counted, graded, negated, scored, some
from expert.columns.exact import ONE, discounted, fraction_less, ratio
from expert.columns.features import complete, held_value, move_window, put, tell, unknown, window, z_score
from expert.columns.inference import attenuated, hold, hold_begin, step
from expert.columns.memory import bytes2, floats2, floats3, ints1, ints2, ints3, small2
from expert.columns.numbers import aggregate, arithmetic
from expert.columns.rings import NO_NOTE, close_hours, forget, median_and_spread, take_in
from expert.columns.since import age, is_bad, since_change, stood_still

MAX_ROUNDS = 10_000

# ---------------------------------------------------------------- leaves


@njit(cache=True)
def _leaf(leaf, width, v, groups, known, base, source, count, note, num, fac, meta, now, t):
    """Evaluate one leaf at one scan; ``known``, ``base``: of all baselines."""
    kind, slot = leaf[at.L_KIND], leaf[at.L_SLOT]
    if kind == at.LEAF_VALUE:
        held_value(v, width[0], source, count, note, now, num, fac, meta, slot, t)
    elif kind == at.LEAF_WINDOW or kind == at.LEAF_Z:
        function, within = leaf[at.L_FUNCTION], leaf[at.L_BOUNDED] == 1
        g = groups[leaf[at.L_GROUP]]
        window(function, within, v, g, width, source, count, note, now, num, fac, meta, slot, t)
        if kind == at.LEAF_Z:
            b = leaf[at.L_BASE]
            z_score(function, known[b, at.B_KNOWN], base[b], leaf[at.L_LENGTH], num, fac, meta, slot, t)
    elif kind == at.LEAF_BASELINE:
        b = leaf[at.L_BASE]
        if known[b, at.B_KNOWN]:
            put(num, fac, meta, slot, t, base[b, 0], base[b, 0], base[b, 0], 1, 1)
        else:
            unknown(num, fac, meta, slot, t, at.NONE, at.WHY_NO_BASELINE, 0, 0)
    elif kind == at.LEAF_SINCE:
        since_change(v, source, count, note, now, num, fac, meta, slot, t)
    elif kind == at.LEAF_AGE:
        age(v, source, note, now, num, fac, meta, slot, t)
    elif kind == at.LEAF_BAD:
        bad, why, detail = is_bad(v, source, note, now)
        truth = 1.0 if bad else 0.0
        put(num, fac, meta, slot, t, truth, truth, truth, 1, 1)
        tell(meta, slot, t, at.NONE, why, detail, 0)
    else:
        stood_still(kind == at.LEAF_REPEATS, v, source, count, note, now, num, fac, meta, slot, t)


@njit(cache=True)
def _prepare(v, groups, baselines, hour, mean, excluded, base, source, count, note, settings, now):
    """What the leaves of one variable stand on besides its newest sample: its baseline, its windows."""
    b = v[at.V_HOURLY]
    if b >= 0:
        row, guard, span = baselines[b], settings[m.SETTING_GUARD], settings[m.SETTING_SPAN]
        if row[at.B_FIXED] == 0:
            close_hours(v, row, hour[b], mean[b], source, count, note, now, guard, span)
            median_and_spread(row, hour[b], mean[b], excluded[b], base[b], now, guard, span)
    for i in range(v[at.V_GROUPS], v[at.V_GROUPS_END]):
        move_window(groups[i], v, source, count, note, now)


@njit(cache=True)
def _append(v, source, arrival, count, note, new, k):  # what `take_in` does with a good sample that is the newest
    """Put a sample behind the others where there is nothing to judge; False when there is."""
    s, x, head = new[2, k], new[4, k], v[at.V_HEAD]
    if new[5, k] != 0 or x < v[at.V_LOW] or x > v[at.V_HIGH] or s > new[3, k] or head == v[at.V_TAIL]:
        return False
    offset, mask = v[at.V_OFFSET], v[at.V_MASK]
    if source[offset + ((head - 1) & mask)] >= s or (s - v[at.V_ORIGIN]) % v[at.V_PERIOD] != 0:
        return False
    place = offset + (head & mask)
    source[place], arrival[place], count[place], note[place] = s, new[3, k], x, NO_NOTE
    v[at.V_HEAD] = head + 1
    if x <= v[at.V_FLOOR] or x >= v[at.V_CEILING]:
        v[at.V_EDGE] = max(s, v[at.V_EDGE])
    return True


@njit(cache=True)
def _plain(v, rows, groups, source, new, k, end, times):
    """Whether a variable's stretch needs no judgement: good samples in order, held values, means."""
    if v[at.V_HOURLY] >= 0 or v[at.V_SIMPLE] == 0 or v[at.V_HEAD] == v[at.V_TAIL] or v[at.V_NEXT] != v[at.V_HEAD]:
        return False
    offset, mask = v[at.V_OFFSET], v[at.V_MASK]
    for j in range(v[at.V_LEAVES], v[at.V_LEAVES_END]):
        mean = rows[j, at.L_KIND] == at.LEAF_WINDOW and rows[j, at.L_FUNCTION] == at.MEAN and rows[j, at.L_BOUNDED] == 0
        if rows[j, at.L_KIND] != at.LEAF_VALUE and not mean:
            return False
    for i in range(v[at.V_GROUPS], v[at.V_GROUPS_END]):
        g = groups[i]
        if g[at.G_CHANGES] != v[at.V_CHANGES] or g[at.G_START] < v[at.V_TAIL] or g[at.G_SUMS] == 1:
            return False
    last = source[offset + ((v[at.V_HEAD] - 1) & mask)]
    for i in range(k, end):
        s, x = new[2, i], new[4, i]
        if new[5, i] != 0 or x < v[at.V_LOW] or x > v[at.V_HIGH] or s > new[3, i] or s <= last:
            return False
        if s > times[new[1, i]] or (s - v[at.V_ORIGIN]) % v[at.V_PERIOD] != 0:
            return False
        last = s
    return True


@njit(cache=True)
def _plain_stretch(v, rows, widths, groups, source, arrival, count, note, num, fac, meta, new, k, end, times):
    """Held values and means of a variable over a stretch that needs no judgement (`_plain`)."""
    offset, mask, period, keep = v[at.V_OFFSET], v[at.V_MASK], v[at.V_PERIOD], v[at.V_KEEP]
    top, bottom, low = v[at.V_NUM], v[at.V_DEN], v[at.V_LOW]
    head = v[at.V_HEAD]
    for t in range(len(times)):
        now = times[t]
        while k < end and new[1, k] <= t:
            place = offset + (head & mask)
            source[place], arrival[place], count[place], note[place] = new[2, k], new[3, k], new[4, k], NO_NOTE
            if count[place] <= v[at.V_FLOOR] or count[place] >= v[at.V_CEILING]:
                v[at.V_EDGE] = max(v[at.V_EDGE], source[place])
            head += 1
            k += 1
        v[at.V_HEAD] = v[at.V_NEXT] = head
        for i in range(v[at.V_GROUPS], v[at.V_GROUPS_END]):
            g = groups[i]
            n, total, start = g[at.G_N], g[at.G_SX], g[at.G_START]
            for j in range(g[at.G_END], head):
                n += 1
                total += count[offset + (j & mask)] - low
            since = now - g[at.G_LENGTH]
            while start < head and source[offset + (start & mask)] <= since:
                place = offset + (start & mask)
                if note[place] == NO_NOTE:
                    n -= 1
                    total -= count[place] - low
                start += 1
            g[at.G_N], g[at.G_SX], g[at.G_START], g[at.G_END] = n, total, start, head
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
                    held_value(v, 0.0, source, count, note, now, num, fac, meta, slot, t)
                continue
            g = groups[rows[j, at.L_GROUP]]
            n = g[at.G_N]
            if complete(v, g, n, head - g[at.G_START], now - g[at.G_LENGTH]):
                x = ratio(g[at.G_SX] + n * low, top, n, bottom)
                num[0, slot, t] = num[1, slot, t] = num[2, slot, t] = x
                fac[0, slot, t] = fac[1, slot, t] = 1
            else:
                window(at.MEAN, False, v, g, widths[j], source, count, note, now, num, fac, meta, slot, t)
        if source[offset + (v[at.V_TAIL] & mask)] < now - keep:
            forget(v, source, arrival, count, note, now)


@njit(cache=True)
def leaves(table, times, start, new, ordered, whole):
    """Take in samples and work out all leaves of a stretch.

    Parameters
    ----------
    times : (scans,) int64
    start : (variables + 1,) int64
        With ``ordered``: first sample of each variable.
    new : (7, samples) int64
        Variable, scan that takes it in, source, arrival, count, quality, note. Without ``ordered`` there is one scan
        and the samples lie in any order.
    whole : bool
        Mark everything as changed.
    """
    variables, rows, groups = ints2(table, m.I_VARIABLES), ints2(table, m.I_LEAVES), ints2(table, m.I_GROUPS)
    baselines, widths = ints2(table, m.I_BASELINES), floats2(table, m.I_WIDTHS)
    hour, mean, excluded = ints2(table, m.I_HOUR), floats2(table, m.I_MEAN), ints2(table, m.I_EXCLUDED)
    base, rank, settings = floats2(table, m.I_BASE), ints1(table, m.I_RANK), ints1(table, m.I_SETTINGS)
    source, arrival = ints1(table, m.I_SOURCE), ints1(table, m.I_ARRIVAL)
    count, note = ints1(table, m.I_COUNT), ints1(table, m.I_NOTE)
    num, fac, meta = floats3(table, m.I_NUM), ints3(table, m.I_FAC), ints3(table, m.I_META)
    first, readers = ints1(table, m.I_LEAF_FIRST), ints1(table, m.I_LEAF_READERS)
    dirty = bytes2(table, m.I_DIRTY)[0]
    told = len(meta) > 0
    if not ordered:
        for k in range(new.shape[1]):
            v = variables[new[0, k]]
            if not _append(v, source, arrival, count, note, new, k):
                take_in(v, source, arrival, count, note, new[2, k], new[3, k], new[4, k], new[5, k], new[6, k], rank)
    for i in range(len(variables)):
        v = variables[i]
        k = start[i] if ordered else 0
        if ordered and not told and _plain(v, rows, groups, source, new, k, start[i + 1], times):
            _plain_stretch(
                v, rows, widths, groups, source, arrival, count, note, num, fac, meta, new, k, start[i + 1], times
            )
            continue
        for t in range(len(times)):
            now = times[t]
            if ordered:
                while k < start[i + 1] and new[1, k] <= t:
                    if not _append(v, source, arrival, count, note, new, k):
                        s, x = new[2, k], new[4, k]
                        take_in(v, source, arrival, count, note, s, new[3, k], x, new[5, k], new[6, k], rank)
                    k += 1
            offset, mask, tail, head = v[at.V_OFFSET], v[at.V_MASK], v[at.V_TAIL], v[at.V_HEAD]
            newest = v[at.V_NEXT]
            while newest < head and source[offset + (newest & mask)] <= now:
                newest += 1
            while newest > tail and source[offset + ((newest - 1) & mask)] > now:
                newest -= 1
            v[at.V_NEXT] = newest
            if v[at.V_HOURLY] >= 0 or v[at.V_GROUPS] < v[at.V_GROUPS_END]:
                _prepare(v, groups, baselines, hour, mean, excluded, base, source, count, note, settings, now)
            place = offset + ((newest - 1) & mask)
            fresh = (
                newest > tail and v[at.V_SIMPLE] and note[place] == NO_NOTE and now - source[place] <= v[at.V_PERIOD]
            )
            for j in range(v[at.V_LEAVES], v[at.V_LEAVES_END]):
                slot = rows[j, at.L_SLOT]
                lo, hi, cn, cd = num[1, slot, t], num[2, slot, t], fac[0, slot, t], fac[1, slot, t]
                seen = meta[at.M_AT, slot, t] if told else at.NONE
                if fresh and rows[j, at.L_KIND] == at.LEAF_VALUE:  # what `held_value` makes of a fresh, certain sample
                    x = (count[place] * v[at.V_NUM]) / v[at.V_DEN]
                    num[0, slot, t] = num[1, slot, t] = num[2, slot, t] = x
                    fac[0, slot, t] = fac[1, slot, t] = 1
                    if told:
                        meta[at.M_AT, slot, t], meta[at.M_WHY, slot, t] = source[place], at.WHY_NOTHING
                        meta[at.M_N, slot, t] = meta[at.M_M, slot, t] = at.NONE
                else:
                    _leaf(rows[j], widths[j], v, groups, baselines, base, source, count, note, num, fac, meta, now, t)
                if whole:
                    continue
                same = (
                    lo == num[1, slot, t] and hi == num[2, slot, t] and cn == fac[0, slot, t] and cd == fac[1, slot, t]
                )
                if not same or (told and seen != meta[at.M_AT, slot, t]):
                    for k2 in range(first[j], first[j + 1]):
                        dirty[readers[k2]] = 1
            if tail < head and source[offset + (tail & mask)] < now - v[at.V_KEEP]:
                forget(v, source, arrival, count, note, now)


# ---------------------------------------------------------------- looking back


@njit(cache=True)
def _look_back(node, arg, n, table):
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


@njit(cache=True)
def _store(node, n, table):
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


# ---------------------------------------------------------------- rules, facts, machines


@njit(cache=True)
def _rule(node, when, r, n, s, p, table):
    """A rule: its condition, held, weakened by its strength."""
    held, out = node[at.N_B], node[at.N_SLOT]
    strength, row = r[at.R_STRENGTH], r[at.R_HOLD]
    if row < 0:
        if strength == ONE:
            for t in range(n):
                s[out, t], p[out, t] = s[when, t], p[when, t]
        else:
            for t in range(n):
                s[out, t], p[out, t] = attenuated(s[when, t], strength), p[when, t]
        return
    h = ints2(table, m.I_HOLDS)[row]
    low, high = small2(table, m.I_PAST_S)[row], small2(table, m.I_PAST_P)[row]
    least_s, least_p = ints2(table, m.I_LEAST_S)[row], ints2(table, m.I_LEAST_P)[row]
    times, number = ints1(table, m.I_TIMES), ints1(table, m.I_SETTINGS)[m.SETTING_NUMBER]
    begins, firsts = ints2(table, m.I_BEGINS)[h[at.H_ROW]], ints2(table, m.I_FIRSTS)[h[at.H_ROW]]
    mask = len(times) - 1
    for t in range(n):
        k = number + t
        a, b = hold(
            h, low, high, least_s, least_p, k, mask, times[k & mask], begins[t], firsts[t], s[when, t], p[when, t]
        )
        s[held, t], p[held, t] = a, b
        s[out, t], p[out, t] = attenuated(a, strength), b


@njit(cache=True)
def _seen(node, args, n, s, p, refuted):
    """A fact: its best argument, and what readers see of it after its refuters."""
    row, raw, to = node[at.N_B], node[at.N_C], node[at.N_SLOT]
    some(args, raw, n, s, p)
    for t in range(n):
        high = p[raw, t]
        if row >= 0:
            high = min(high, ONE - refuted[row, t])
        s[to, t], p[to, t] = min(s[raw, t], high), high


@njit(cache=True)
def _firm(node, args, n, s, p, refuted):
    """A fact as it would be seen if nothing that is disputed had support."""
    raw, seen, row, to = args[0], args[1], node[at.N_B], node[at.N_SLOT]
    for t in range(n):
        disputed = s[raw, t] > min(p[raw, t], ONE - refuted[row, t])
        s[to, t], p[to, t] = (0 if disputed else s[seen, t]), p[seen, t]


@njit(cache=True)
def _machine(node, r, args, n, s, p, active, refuted, times, mask, late, settings, events):
    """A rule's machine, on its own certainty capped by the refuters of what it concludes."""
    row, fact, doubt, held, to = node[at.N_A], node[at.N_B], node[at.N_C], node[at.N_D], node[at.N_SLOT]
    out = r[at.R_OUT]
    for t in range(n):
        low, high, disputed = s[out, t], p[out, t], False
        if fact >= 0 and refuted[fact, t] > 0:
            against = ONE - refuted[fact, t]
            best = most = np.int32(0)
            for i in args:
                best, most = max(best, s[i, t]), max(most, p[i, t])
            disputed = best > min(most, against)
            high = min(high, against)
            low = min(low, high)
        if doubt >= 0 and low >= r[at.R_THRESHOLD] and not disputed:
            disputed = attenuated(min(s[doubt, t], s[held, t]), r[at.R_STRENGTH]) < r[at.R_THRESHOLD]
        s[to, t], p[to, t] = low, high
        if r[at.R_STATE] == at.NORMAL and (low < r[at.R_THRESHOLD] or disputed):
            active[row, t] = 2 if disputed else 0
            continue
        now = times[(settings[m.SETTING_NUMBER] + t) & mask]
        did = step(r, now, low, high, disputed, late[t], settings[m.SETTING_PERIOD])
        active[row, t] = (2 if disputed else 0) + (1 if r[at.R_STATE] != at.NORMAL else 0)
        if did >= 0:
            k = settings[m.SETTING_EVENTS]
            events[k, 0], events[k, 1], events[k, 2], events[k, 3], events[k, 4] = t, row, did, low, high
            events[k, 5] = r[at.R_RAISED_AT]
            settings[m.SETTING_EVENTS] = k + 1


@njit(cache=True)
def _least(x, to, args, n):
    """Least of some rows, scan by scan; a loop over scans inside one over rows runs many scans at a time."""
    out = x[to]
    first = x[args[0]]
    for t in range(n):
        out[t] = first[t]
    for k in range(1, len(args)):
        row = x[args[k]]
        for t in range(n):
            out[t] = min(out[t], row[t])


@njit(cache=True)
def _most(x, to, args, n):
    """Largest of some rows, scan by scan; nought of none."""
    out = x[to]
    for t in range(n):
        out[t] = 0
    for k in args:
        row = x[k]
        for t in range(n):
            out[t] = max(out[t], row[t])


@njit(cache=True)
def _discount(s, p, to, t, xn, xd, yn, yd):
    """Discount a comparison by the smaller factor of its sides."""
    if fraction_less(yn, yd, xn, xd):
        xn, xd = yn, yd
    s[to, t], p[to, t] = discounted(s[to, t], p[to, t], xn, xd)


@njit(cache=True)
def _holds(table, n):
    """Where the holds of every length begin, for each scan; rules of one length share it."""
    times, spans, settings = ints1(table, m.I_TIMES), ints2(table, m.I_SPANS), ints1(table, m.I_SETTINGS)
    begins, firsts = ints2(table, m.I_BEGINS), ints2(table, m.I_FIRSTS)
    mask = len(times) - 1
    for g in range(len(spans)):
        for t in range(n):
            begins[g, t], firsts[g, t] = hold_begin(
                times, mask, spans[g, 1], settings[m.SETTING_NUMBER] + t, spans[g, 0], settings[m.SETTING_PERIOD]
            )


@njit(cache=True, inline="always")
def _quick(i, nodes, operands, num, fac, s, p):
    """One of the commonest operations at one scan: (whether it was one, whether its result changed)."""
    op, to, k, end = nodes[i, at.N_OP], nodes[i, at.N_SLOT], nodes[i, at.N_ARGS], nodes[i, at.N_END]
    if op == at.OP_COMPARE:
        how, x, y = nodes[i, at.N_A], operands[k], operands[k + 1]
        if nodes[i, at.N_B] == 0 or fac[0, x, 0] < fac[1, x, 0] or fac[0, y, 0] < fac[1, y, 0]:
            return False, False
        if how >= 2:
            x, y = y, x
        if how == 0 or how == 2:
            low, high = num[2, x, 0] < num[1, y, 0], not num[1, x, 0] >= num[2, y, 0]
        else:
            low, high = num[2, x, 0] <= num[1, y, 0], not num[1, x, 0] > num[2, y, 0]
        a, b = np.int32(ONE if low else 0), np.int32(ONE if high else 0)
    elif op == at.OP_ALL:
        a, b = s[operands[k], 0], p[operands[k], 0]
        for j in range(k + 1, end):
            a, b = min(a, s[operands[j], 0]), min(b, p[operands[j], 0])
    elif op == at.OP_ANY or op == at.OP_FACT:
        a, b = np.int32(0), np.int32(0)
        for j in range(k, end):
            a, b = max(a, s[operands[j], 0]), max(b, p[operands[j], 0])
    elif op == at.OP_NOT:
        a, b = np.int32(ONE - p[operands[k], 0]), np.int32(ONE - s[operands[k], 0])
    else:
        return False, False
    changed = a != s[to, 0] or b != p[to, 0]
    s[to, 0], p[to, 0] = a, b
    return True, changed


@njit(cache=True)
def infer(table, scan_times, late, partial):
    """All operations over a stretch; the number of the loop that did not come to rest, or -1.

    ``partial``: there is one scan, and only what a changed value leads to is run. A loop (positive recursion) starts
    from nothing and runs until no fact of it changes.
    """
    nodes, operands, loops = ints2(table, m.I_NODES), ints1(table, m.I_ARGS), ints2(table, m.I_LOOPS)
    consts, weights = floats2(table, m.I_CONSTS), ints1(table, m.I_WEIGHTS)
    first, readers = ints1(table, m.I_FIRST), ints1(table, m.I_READERS)
    rules, times = ints2(table, m.I_RULES), ints1(table, m.I_TIMES)
    num, fac, meta = floats3(table, m.I_NUM), ints3(table, m.I_FAC), ints3(table, m.I_META)
    place, size = ints1(table, m.I_PLACE), ints2(table, m.I_SIZE)
    factor, ends = ints3(table, m.I_FACTOR), floats3(table, m.I_ENDS)
    s, p, active = small2(table, m.I_S), small2(table, m.I_P), bytes2(table, m.I_ACTIVE)
    refuted, settings = small2(table, m.I_REFUTED), ints1(table, m.I_SETTINGS)
    model_s, model_p = small2(table, m.I_MODEL_S), small2(table, m.I_MODEL_P)
    events, dirty, always = ints2(table, m.I_EVENTS), bytes2(table, m.I_DIRTY)[0], bytes2(table, m.I_DIRTY)[1]
    n, mask = len(scan_times), len(times) - 1
    for t in range(n):
        times[(settings[m.SETTING_NUMBER] + t) & mask] = scan_times[t]
    _holds(table, n)
    loop, rounds, changing, inside = 0, 0, False, False
    before_s, before_p = np.zeros(n, np.int32), np.zeros(n, np.int32)
    i = 0
    while True:
        if inside and i == loops[loop, 1]:
            if changing and rounds < MAX_ROUNDS:
                i, rounds, changing = loops[loop, 0], rounds + 1, False
            elif changing:
                return loop
            else:
                loop, inside = loop + 1, False
        if i == len(nodes):
            return -1
        if not inside and loop < len(loops) and loops[loop, 0] == i:
            inside, rounds, changing = True, 0, False
            if partial and not dirty[i : loops[loop, 1]].any():
                i, loop, inside = loops[loop, 1], loop + 1, False
                continue
            for j in range(i, loops[loop, 1]):
                dirty[j] = 0
                s[nodes[j, at.N_SLOT], :n] = 0
                p[nodes[j, at.N_SLOT], :n] = 0
        if partial and not inside:
            if dirty[i] == 0:
                i += 1
                continue
            dirty[i] = always[i]
            done, changed = _quick(i, nodes, operands, num, fac, s, p)
            if done:
                if changed:
                    for k in range(first[i], first[i + 1]):
                        dirty[readers[k]] = 1
                i += 1
                continue
        node = nodes[i]
        op, to = node[at.N_OP], node[at.N_SLOT]
        lo, hi, cn, cd = np.nan, np.nan, np.int64(0), np.int64(0)
        low, high, seen = np.int32(0), np.int32(0), np.int64(0)
        numeric = op == at.OP_ARITHMETIC or op == at.OP_AGGREGATE or op == at.OP_LAG
        if partial and not inside:
            if numeric:
                lo, hi, cn, cd = num[1, to, 0], num[2, to, 0], fac[0, to, 0], fac[1, to, 0]
                seen = meta[at.M_AT, to, 0] if len(meta) else at.NONE
            elif op == at.OP_MACHINE:
                low = np.int32(active[node[at.N_A], 0])
            else:
                low, high = s[to, 0], p[to, 0]
        if inside:
            before_s[:], before_p[:] = s[to, :n], p[to, :n]
        args = operands[node[at.N_ARGS] : node[at.N_END]]
        if op == at.OP_COMPARE:
            x, y, how = args[0], args[1], node[at.N_A]
            if node[at.N_B] == 0:
                compare(how, x, y, to, n, num, fac, place, size, factor, ends, s, p)
            else:  # an unknown side makes every comparison false, which leaves [0, 1]
                if how >= 2:
                    x, y = y, x
                if how == 0 or how == 2:
                    for t in range(n):
                        s[to, t] = ONE if num[2, x, t] < num[1, y, t] else 0
                        p[to, t] = 0 if num[1, x, t] >= num[2, y, t] else ONE
                else:
                    for t in range(n):
                        s[to, t] = ONE if num[2, x, t] <= num[1, y, t] else 0
                        p[to, t] = 0 if num[1, x, t] > num[2, y, t] else ONE
                for t in range(n):
                    if fac[0, x, t] < fac[1, x, t] or fac[0, y, t] < fac[1, y, t]:
                        _discount(s, p, to, t, fac[0, x, t], fac[1, x, t], fac[0, y, t], fac[1, y, t])
        elif op == at.OP_ALL:
            _least(s, to, args, n)
            _least(p, to, args, n)
        elif op == at.OP_ANY or op == at.OP_FACT:
            _most(s, to, args, n)
            _most(p, to, args, n)
        elif op == at.OP_NOT:
            negated(args[0], to, n, s, p)
        elif op == at.OP_RULE:
            _rule(node, args[0], rules[node[at.N_A]], n, s, p, table)
        elif op == at.OP_SEEN:
            _seen(node, args, n, s, p, refuted)
        elif op == at.OP_MACHINE:
            row, r = node[at.N_A], rules[node[at.N_A]]
            out = r[at.R_OUT]
            quiet = r[at.R_STATE] == at.NORMAL and node[at.N_B] < 0
            if quiet:
                most = np.int32(0)
                for t in range(n):
                    most = max(most, s[out, t])
                quiet = most < r[at.R_THRESHOLD]
            if quiet:
                for t in range(n):
                    s[to, t], p[to, t] = s[out, t], p[out, t]
                active[row, :n] = 0
            else:
                _machine(node, r, args, n, s, p, active, refuted, times, mask, late, settings, events)
        elif op == at.OP_KTH:
            counted(node[at.N_A], args, to, n, s, p)
        elif op == at.OP_SCORE:
            scored(args, weights[node[at.N_ARGS] : node[at.N_END]], node[at.N_A], to, n, s, p)
        elif op == at.OP_GRADED:
            graded(args[0], consts[i, 0], consts[i, 1], to, n, num, fac, place, size, factor, ends, s, p)
        elif op == at.OP_CERTAINTY:
            compared(node[at.N_A], args[0], node[at.N_B], to, n, s, p)
        elif op == at.OP_RAISED:
            for t in range(n):
                on = False
                for k in args:
                    on = on or active[k, t] & 1 == 1
                s[to, t] = p[to, t] = ONE if on else 0
        elif op == at.OP_MODEL:
            for t in range(n):
                a, b = model_s[node[at.N_A], t], model_p[node[at.N_A], t]
                if node[at.N_B] >= 0:
                    a = np.int32(ONE if a >= node[at.N_B] else 0)
                    b = np.int32(ONE if b >= node[at.N_B] else 0)
                s[to, t], p[to, t] = a, b
        elif op == at.OP_TRUTH:
            for t in range(n):
                s[to, t] = p[to, t] = ONE if num[0, args[0], t] == 1.0 else 0
        elif op == at.OP_REFUTED:
            for t in range(n):
                most = np.int32(0)
                for k in args:
                    most = max(most, s[k, t])
                refuted[node[at.N_B], t] = most
        elif op == at.OP_FIRM:
            _firm(node, args, n, s, p, refuted)
        elif op == at.OP_ARITHMETIC:
            for t in range(n):
                arithmetic(node[at.N_A], args, to, num, fac, meta, place, size, factor, ends, t)
        elif op == at.OP_AGGREGATE:
            for t in range(n):
                aggregate(
                    node[at.N_A],
                    args,
                    to,
                    consts[i, 0],
                    consts[i, 1],
                    num,
                    fac,
                    meta,
                    place,
                    size,
                    factor,
                    ends,
                    t,
                )
        elif op == at.OP_LAG:
            _look_back(node, args[0], n, table)
        else:
            _store(node, n, table)
        if inside:
            for t in range(n):
                changing = changing or s[to, t] != before_s[t] or p[to, t] != before_p[t]
            if partial:
                for k in range(first[i], first[i + 1]):
                    if readers[k] >= loops[loop, 1]:
                        dirty[readers[k]] = 1
        elif partial and op != at.OP_STORE:
            changed = op == at.OP_REFUTED or op == at.OP_SEEN
            if numeric:
                same = lo == num[1, to, 0] and hi == num[2, to, 0] and cn == fac[0, to, 0] and cd == fac[1, to, 0]
                changed = not same or place[to] >= 0 or (len(meta) > 0 and seen != meta[at.M_AT, to, 0])
            elif op == at.OP_MACHINE:
                changed = low != active[node[at.N_A], 0]
                if rules[node[at.N_A], at.R_STATE] >= at.HELD:
                    dirty[i] = 1  # time alone may move it
            elif not changed:
                changed = low != s[to, 0] or high != p[to, 0]
            if changed:
                for k in range(first[i], first[i + 1]):
                    dirty[readers[k]] = 1
        i += 1

"""Leaves from samples: held values, windows, times since, one scan after the other."""

from __future__ import annotations

from expert.columns import layout as at
from expert.columns import memory as m
from expert.columns.compiled import inlined, plain
from expert.columns.exact import ONE
from expert.columns.features import held_value, move_window, put, tell, unknown, window, z_score
from expert.columns.marks import mark
from expert.columns.memory import floats1, floats2, floats3, ints1, ints2, ints3, small2
from expert.columns.rings import NO_NOTE, close_hours, forget, median_and_spread, take_in, worth_forgetting
from expert.columns.since import age, is_bad, since_change, stood_still


@plain
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


@plain
def _prepare(v, groups, baselines, hour, mean, excluded, base, source, count, note, settings, now):
    """What the leaves of one variable stand on besides its newest sample: its baseline, its windows."""
    b = v[at.V_HOURLY]
    if b >= 0:
        row, guard, span = baselines[b], settings[m.SETTING_GUARD], settings[m.SETTING_SPAN]
        if row[at.B_FIXED] != at.GIVEN:
            close_hours(v, row, hour[b], mean[b], source, count, note, now, guard, span)
            median_and_spread(row, hour[b], mean[b], excluded[b], base[b], now, guard, span)
    for i in range(v[at.V_GROUPS], v[at.V_GROUPS_END]):
        move_window(groups[i], v, source, count, note, now)


@inlined
def take(variables, i, source, arrival, count, note, s, a, x, quality, n, rank):
    """Take a sample in; what `take_in` does with a good one a period after one on the grid is done at once.

    Return whether it was such a one.
    """
    head, period = variables[i, at.V_HEAD], variables[i, at.V_PERIOD]
    offset, mask = variables[i, at.V_OFFSET], variables[i, at.V_MASK]
    last = source[offset + ((head - 1) & mask)]
    fits = head > variables[i, at.V_TAIL] and s - last == period and variables[i, at.V_UNALIGNED] < last
    if fits and quality == 0 and s <= a and variables[i, at.V_FLOOR] < x < variables[i, at.V_CEILING]:
        place = offset + (head & mask)
        source[place], arrival[place], count[place], note[place] = s, a, x, NO_NOTE
        variables[i, at.V_HEAD] = head + 1
        return True
    take_in(variables[i], source, arrival, count, note, s, a, x, quality, n, rank)
    return False


@plain
def evaluate(
    v, t, now, whole, rows, widths, groups, baselines, hour, mean, excluded, base, settings, source, arrival, count,
    note, num, fac, meta, first, readers, dirty,
):  # fmt: skip
    """All leaves of one variable at one scan, whose samples have been taken in.

    Unless ``whole``, what a changed leaf leads to is marked in ``dirty``.
    """
    told = len(meta) > 0
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
    fresh = newest > tail and v[at.V_SIMPLE] and note[place] == NO_NOTE and now - source[place] <= v[at.V_PERIOD]
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
        same = lo == num[1, slot, t] and hi == num[2, slot, t] and cn == fac[0, slot, t] and cd == fac[1, slot, t]
        if not same or (told and seen != meta[at.M_AT, slot, t]):
            for k in range(first[j], first[j + 1]):
                mark(dirty, readers[k])
    if tail < head and source[offset + (tail & mask)] < now - v[at.V_KEEP]:
        forget(v, source, arrival, count, note, now)


@inlined
def _held(
    variables, i, seen, count, told, rows, num, fac, meta, first, readers, turns, turned, turned_readers, s, p, dirty
):  # fmt: skip
    """Held values of a variable that is plain and whose newest sample is fresh and certain.

    A comparison is decided where the value has gone past the limit that it compares with, and left alone elsewhere.
    """
    variables[i, at.V_NEXT] = variables[i, at.V_HEAD]
    x = (count * variables[i, at.V_NUM]) / variables[i, at.V_DEN]
    for j in range(variables[i, at.V_LEAVES], variables[i, at.V_LEAVES_END]):
        slot, before = rows[j, at.L_SLOT], num[1, rows[j, at.L_SLOT], 0]
        certain = fac[0, slot, 0] == 1 and fac[1, slot, 0] == 1 and before == num[2, slot, 0]
        moved = before != x or not certain
        if moved:
            num[0, slot, 0] = num[1, slot, 0] = num[2, slot, 0] = x
            fac[0, slot, 0] = fac[1, slot, 0] = 1
        if told:
            moved = moved or meta[at.M_AT, slot, 0] != seen
            meta[at.M_AT, slot, 0], meta[at.M_WHY, slot, 0] = seen, at.WHY_NOTHING
            meta[at.M_N, slot, 0] = meta[at.M_M, slot, 0] = at.NONE
        if moved:
            for k in range(first[j], first[j + 1]):
                turn = turns[k]
                if not certain or turn != turn:
                    mark(dirty, readers[k])
                elif (before < turn) != (x < turn):
                    to, below = turned[k, at.T_SLOT], turned[k, at.T_BELOW]
                    s[to, 0] = p[to, 0] = below if x < turn else ONE - below
                    for q in range(turned[k, at.T_FIRST], turned[k, at.T_END]):
                        mark(dirty, turned_readers[q])


@plain
def _fresh(variables, i, now, source, note):
    """Place of the newest sample where only held values are read; -1 where it is not fresh and certain."""
    if variables[i, at.V_PLAIN] != 1 or variables[i, at.V_HEAD] <= variables[i, at.V_TAIL]:
        return -1
    place = variables[i, at.V_OFFSET] + ((variables[i, at.V_HEAD] - 1) & variables[i, at.V_MASK])
    fresh = 0 <= now - source[place] <= variables[i, at.V_PERIOD] and note[place] == NO_NOTE
    return place if fresh else -1


@plain
def leaves(table, now, new, begin, whole):
    """Take in samples and work out all leaves of one scan.

    Parameters
    ----------
    now : int
        ms.
    new : (7, samples) int64
        Variable, nothing, source, arrival, count, quality, note; in any order.
    begin : int
        The first sample that is not yet taken in.
    whole : bool
        Do not look for what has changed.

    Returns
    -------
    int
        The sample for which its variable has no room, and nothing was worked out; else -1.
    """
    variables, rows, groups = ints2(table, m.I_VARIABLES), ints2(table, m.I_LEAVES), ints2(table, m.I_GROUPS)
    baselines, widths = ints2(table, m.I_BASELINES), floats2(table, m.I_WIDTHS)
    hour, mean, excluded = ints2(table, m.I_HOUR), floats2(table, m.I_MEAN), ints2(table, m.I_EXCLUDED)
    base, rank, settings = floats2(table, m.I_BASE), ints1(table, m.I_RANK), ints1(table, m.I_SETTINGS)
    source, arrival = ints1(table, m.I_SOURCE), ints1(table, m.I_ARRIVAL)
    count, note = ints1(table, m.I_COUNT), ints1(table, m.I_NOTE)
    num, fac, meta = floats3(table, m.I_NUM), ints3(table, m.I_FAC), ints3(table, m.I_META)
    first, readers = ints1(table, m.I_LEAF_FIRST), ints1(table, m.I_LEAF_READERS)
    turns, turned = floats1(table, m.I_LEAF_TURNS), ints2(table, m.I_TURNED)
    turned_readers = ints1(table, m.I_TURNED_READERS)
    s, p = small2(table, m.I_S), small2(table, m.I_P)
    dirty, told, number = ints2(table, m.I_DIRTY)[0], len(meta) > 0, settings[m.SETTING_NUMBER]
    for k in range(begin, new.shape[1]):
        i = new[0, k]
        if variables[i, at.V_HEAD] - variables[i, at.V_TAIL] > variables[i, at.V_MASK]:
            return k
        at_source, a, x, quality = new[2, k], new[3, k], new[4, k], new[5, k]
        taken = take(variables, i, source, arrival, count, note, at_source, a, x, quality, new[6, k], rank)
        if taken and variables[i, at.V_PLAIN] == 1 and 0 <= now - at_source <= variables[i, at.V_PERIOD]:
            _held(
                variables, i, at_source, x, told, rows, num, fac, meta, first, readers, turns, turned, turned_readers,
                s, p, dirty,
            )  # fmt: skip
            variables[i, at.V_DONE] = number
        else:
            variables[i, at.V_DONE] = at.NONE
    for i in range(len(variables)):
        done = variables[i, at.V_DONE] == number
        place = -1 if done else _fresh(variables, i, now, source, note)
        if place >= 0:
            _held(
                variables, i, source[place], count[place], told, rows, num, fac, meta, first, readers, turns, turned,
                turned_readers, s, p, dirty,
            )  # fmt: skip
        if done or place >= 0:
            if worth_forgetting(variables, i, source, now):
                forget(variables[i], source, arrival, count, note, now)
            continue
        evaluate(
            variables[i], 0, now, whole, rows, widths, groups, baselines, hour, mean, excluded, base, settings, source,
            arrival, count, note, num, fac, meta, first, readers, dirty,
        )  # fmt: skip
    return -1

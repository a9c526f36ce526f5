"""Conditions that are plainly true or false in every scan of a stretch: a byte a scan, no intervals.

Most conditions of most stretches are of this kind, and bytes are worked on sixty-four at a time. Whoever needs a row of
them as an interval gets it widened; a row of unknown or graded conditions never becomes one of bytes.
"""

from __future__ import annotations

import numpy as np

from expert.columns import layout as at
from expert.columns import memory as m
from expert.columns.compiled import plain
from expert.columns.exact import ONE, ratio
from expert.columns.inference import attenuated, hold_rings, step, tell_event
from expert.columns.memory import bytes2, ints1, ints2

KEPT = 3
"""Periods before a hold's own length that its past is kept for; see `expert.engine.hold.Hold.record`."""
BYTES, WIDE = 0, 1
"""Rows of the table of forms: whether a condition's bytes, its interval can be read."""


@plain
def widen(slot, n, form, crisp, s, p):
    """Write a condition's bytes out as an interval, where that has not been done."""
    if form[WIDE, slot] == 0:
        form[WIDE, slot] = 1
        row, low, high = crisp[slot], s[slot], p[slot]
        for t in range(n):
            x = np.int32(row[t]) * np.int32(ONE)
            low[t] = x
            high[t] = x


@plain
def fill(slot, n, certain, level, scale, num, fac):
    """Write a number's counts out as floats, where that has not been done."""
    if certain[0, slot] != at.COUNTED:
        return
    certain[0, slot] = at.FILLED
    top, bottom, many = scale[slot, 0], scale[slot, 1], scale[slot, 2]
    row = level[slot]
    for t in range(n):
        x = ratio(np.int64(row[t]), top, many, bottom)
        num[0, slot, t] = num[1, slot, t] = num[2, slot, t] = x
        fac[0, slot, t] = fac[1, slot, t] = 1


@plain
def open_operands(i, n, nodes, operands, rules, form, crisp, s, p, certain, level, scale, num, fac):
    """Make all that an operation reads readable for the ways that know of no bytes."""
    op, k, end = nodes[i, at.N_OP], nodes[i, at.N_ARGS], nodes[i, at.N_END]
    if op == at.OP_RAISED or op == at.OP_MODEL:
        return
    if op == at.OP_STORE:
        fill(nodes[i, at.N_B], n, certain, level, scale, num, fac)
        return
    numeric = op == at.OP_ARITHMETIC or op == at.OP_AGGREGATE or op == at.OP_LAG
    if numeric or op == at.OP_COMPARE or op == at.OP_GRADED or op == at.OP_TRUTH:
        for j in range(k, end):
            fill(operands[j], n, certain, level, scale, num, fac)
        return
    for j in range(k, end):
        widen(operands[j], n, form, crisp, s, p)
    if op == at.OP_MACHINE:
        widen(rules[nodes[i, at.N_A], at.R_OUT], n, form, crisp, s, p)
        widen(nodes[i, at.N_D], n, form, crisp, s, p)
        if nodes[i, at.N_C] >= 0:
            widen(nodes[i, at.N_C], n, form, crisp, s, p)


@plain
def mark_wide(i, nodes, rules, form):
    """Say that an operation has written intervals."""
    op = nodes[i, at.N_OP]
    if op == at.OP_STORE or op == at.OP_REFUTED or op == at.OP_ARITHMETIC or op == at.OP_AGGREGATE or op == at.OP_LAG:
        return
    to, other = nodes[i, at.N_SLOT], -1
    form[BYTES, to], form[WIDE, to] = 0, 1
    if op == at.OP_RULE and rules[nodes[i, at.N_A], at.R_HOLD] >= 0:
        other = nodes[i, at.N_B]
    elif op == at.OP_SEEN:
        other = nodes[i, at.N_C]
    if other >= 0:
        form[BYTES, other], form[WIDE, other] = 0, 1


# ---------------------------------------------------------------- comparisons


@plain
def _first_count(slot, limit, strict, scale):
    """Smallest count whose number is above a limit, or, unless ``strict``, at it; one past the largest if none is.

    The number grows with its count, rounded as it is.
    """
    top, bottom, many = scale[slot, 0], scale[slot, 1], scale[slot, 2]
    low, high = scale[slot, 3], scale[slot, 4] + 1
    while low < high:
        mid = (low + high) // 2
        x = ratio(mid, top, many, bottom)
        if x > limit or (not strict and x == limit):
            high = mid
        else:
            low = mid + 1
    return low


@plain
def _compare(i, n, nodes, operands, certain, level, scale, first, num, fac, out):
    """A comparison of numbers that are certain all along; False where they are not."""
    k = nodes[i, at.N_ARGS]
    x, y, how = operands[k], operands[k + 1], nodes[i, at.N_A]
    if certain[0, x] == at.OPEN or certain[0, y] == at.OPEN:
        return False
    if certain[0, x] == at.CONSTANT and certain[0, y] == at.COUNTED and how < 4:
        x, y, how = y, x, (how + 2) % 4
    if certain[0, x] == at.COUNTED and certain[0, y] == at.CONSTANT and how < 4:
        if first[i, 0] == 0:
            first[i, 0] = 1
            first[i, 1] = _first_count(x, num[0, y, 0], how == 1 or how == 2, scale)
        limit = np.int32(first[i, 1])
        row = level[x]
        if how >= 2:
            for t in range(n):
                out[t] = row[t] >= limit
        else:
            for t in range(n):
                out[t] = row[t] < limit
        return True
    fill(x, n, certain, level, scale, num, fac)
    fill(y, n, certain, level, scale, num, fac)
    a, b = num[0, x], num[0, y]
    if how == 0:
        for t in range(n):
            out[t] = a[t] < b[t]
    elif how == 1:
        for t in range(n):
            out[t] = a[t] <= b[t]
    elif how == 2:
        for t in range(n):
            out[t] = a[t] > b[t]
    elif how == 3:
        for t in range(n):
            out[t] = a[t] >= b[t]
    elif how == 4:
        for t in range(n):
            out[t] = a[t] == b[t]
    else:
        for t in range(n):
            out[t] = a[t] != b[t]
    return True


# ---------------------------------------------------------------- the calculus


@plain
def _all(operands, k, end, n, crisp, out):
    row = crisp[operands[k]]
    for t in range(n):
        out[t] = row[t]
    for j in range(k + 1, end):
        row = crisp[operands[j]]
        for t in range(n):
            out[t] &= row[t]


@plain
def _any(operands, k, end, n, crisp, out):
    for t in range(n):
        out[t] = 0
    for j in range(k, end):
        row = crisp[operands[j]]
        for t in range(n):
            out[t] |= row[t]


@plain
def _count(least, operands, k, end, n, crisp, out):
    for t in range(n):
        out[t] = 0
    for j in range(k, end):
        row = crisp[operands[j]]
        for t in range(n):
            out[t] += row[t]
    for t in range(n):
        out[t] = out[t] >= least


@plain
def _certainty(op, limit, row, n, out):
    """A certainty of nought or one against a limit in millionths; ``op`` as in COMPARISONS; False for others."""
    nought, one = 0 < limit, ONE < limit
    if op == 1:
        nought, one = 0 <= limit, ONE <= limit
    elif op == 2:
        nought, one = 0 > limit, ONE > limit
    elif op == 3:
        nought, one = 0 >= limit, ONE >= limit
    elif op != 0:
        return False
    for t in range(n):
        out[t] = one if row[t] else nought
    return True


# ---------------------------------------------------------------- machines


@plain
def _machine(row, r, n, out, active, times, mask, late, settings, events):
    """A rule's machine on bytes: it is stepped where something may happen, and told the time where nothing does."""
    number = settings[m.SETTING_NUMBER]
    t = 0
    while t < n:
        if r[at.R_STATE] == at.NORMAL:
            begin = t
            while t < n and out[t] == 0:
                t += 1
            active[row, begin:t] = 0
            if t == n:
                return
        elif r[at.R_STATE] == at.RAISED and out[t]:
            begin = t
            while t < n and out[t]:
                t += 1
            active[row, begin:t] = 1
            r[at.R_STEPPED] = times[(number + t - 1) & mask]
            if t == n:
                return
        now = times[(number + t) & mask]
        x = np.int32(ONE) if out[t] else np.int32(0)
        did = step(r, now, x, x, False, late[t], settings[m.SETTING_PERIOD])
        active[row, t] = 0 if r[at.R_STATE] == at.NORMAL else 1
        if did >= 0:
            tell_event(events, settings, t, row, did, x, x, r[at.R_RAISED_AT])
        t += 1


# ---------------------------------------------------------------- holds


@plain
def _past_zero(low, high, first, number, mask):
    """Number of the newest scan before the stretch that was not true; -1 without one; -2 where one was neither."""
    for k in range(number - 1, first - 1, -1):
        a, b = low[k & mask], high[k & mask]
        if a != b or (a != 0 and a != ONE):
            return -2
    for k in range(number - 1, first - 1, -1):
        if low[k & mask] == 0:
            return k
    return -1


@plain
def _hold(h, n, period, begins, firsts, times, mask, number, past, least, row, out):
    """`for` on bytes; False where a scan is missing or what was before is not plainly true or false.

    ``past, least``: rings of `expert.columns.inference.hold_rings`, left as `hold` would leave them.
    """
    (low, high), (least_s, least_p) = past, least
    for t in range(n):
        if begins[t] > times[(number + t) & mask] - h[at.H_LENGTH] or (t > 0 and firsts[t] < firsts[t - 1]):
            return False
    zero = _past_zero(low, high, firsts[0], number, mask)
    if zero == -2:
        return False
    for t in range(n):
        x = row[t]
        if x == 0:
            zero = number + t
        out[t] = zero < firsts[t]
    begin = n - 1
    while begin >= 0 and row[begin]:
        begin -= 1
    if begin == n - 1:
        h[at.H_START] = at.NONE
    elif begin >= 0 or h[at.H_START] == at.NONE:
        h[at.H_START] = times[(number + begin + 1) & mask]
    start, cut = n - 1, times[(number + n - 1) & mask] - h[at.H_LENGTH] - KEPT * period
    while start > 0 and times[(number + start) & mask] > cut:
        start -= 1
    for t in range(start, n):
        x = np.int32(row[t]) * np.int32(ONE)
        low[(number + t) & mask] = x
        high[(number + t) & mask] = x
    newest = number + n - 1
    tail = 0
    if row[n - 1] and zero >= firsts[n - 1]:
        least_s[0] = least_p[0] = zero
        tail = 1
    least_s[tail] = least_p[tail] = newest
    h[at.H_SHEAD] = h[at.H_PHEAD] = 0
    h[at.H_STAIL] = h[at.H_PTAIL] = tail + 1
    return True


@plain
def _rule(node, r, n, form, crisp, s, p, table):
    """A rule whose condition is plainly true or false, with its hold and strength; False where a hold is not."""
    when, held, out = ints1(table, m.I_ARGS)[node[at.N_ARGS]], node[at.N_B], node[at.N_SLOT]
    strength, row = r[at.R_STRENGTH], r[at.R_HOLD]
    source = crisp[when]
    if row >= 0:
        h, past, least, (begins, firsts) = hold_rings(table, row)
        settings, times = ints1(table, m.I_SETTINGS), ints1(table, m.I_TIMES)
        number, period, mask = settings[m.SETTING_NUMBER], settings[m.SETTING_PERIOD], len(times) - 1
        if not _hold(h, n, period, begins, firsts, times, mask, number, past, least, source, crisp[held]):
            return False
        form[BYTES, held], form[WIDE, held] = 1, 0
        source = crisp[held]
    if strength == ONE:
        form[BYTES, out], form[WIDE, out] = 1, 0
        row_out = crisp[out]
        for t in range(n):
            row_out[t] = source[t]
        return True
    form[BYTES, out], form[WIDE, out] = 0, 1
    weak = np.int32(attenuated(np.int32(ONE), strength))
    low_out, high_out = s[out], p[out]
    for t in range(n):
        x = np.int32(source[t])
        low_out[t] = x * weak
        high_out[t] = x * np.int32(ONE)
    return True


@plain
def crisp_step(i, n, nodes, operands, rules, num, fac, certain, level, scale, first, form, crisp, s, p, late, table):
    """Run an operation on bytes over the stretch, if all that it reads allows it; whether it was run."""
    node = nodes[i]
    op, to, k, end = node[at.N_OP], node[at.N_SLOT], node[at.N_ARGS], node[at.N_END]
    out = crisp[to]
    if op == at.OP_COMPARE:
        if not _compare(i, n, nodes, operands, certain, level, scale, first, num, fac, out):
            return False
    elif op == at.OP_MACHINE:
        r = rules[node[at.N_A]]
        source = r[at.R_OUT]
        plain = node[at.N_B] < 0 and node[at.N_C] < 0 and 0 < r[at.R_THRESHOLD] <= ONE and 0 < r[at.R_CLEAR] <= ONE
        if not plain or form[BYTES, source] == 0:
            return False
        row = crisp[source]
        for t in range(n):
            out[t] = row[t]
        times, settings = ints1(table, m.I_TIMES), ints1(table, m.I_SETTINGS)
        active, events = bytes2(table, m.I_ACTIVE), ints2(table, m.I_EVENTS)
        _machine(node[at.N_A], r, n, row, active, times, len(times) - 1, late, settings, events)
    else:
        known = op == at.OP_ALL or op == at.OP_ANY or op == at.OP_FACT or op == at.OP_NOT or op == at.OP_KTH
        if not (known or op == at.OP_RULE or op == at.OP_CERTAINTY or (op == at.OP_SEEN and node[at.N_B] < 0)):
            return False
        for j in range(k, end):
            if form[BYTES, operands[j]] == 0:
                return False
        if op == at.OP_ALL:
            _all(operands, k, end, n, crisp, out)
        elif op == at.OP_NOT:
            row = crisp[operands[k]]
            for t in range(n):
                out[t] = row[t] ^ 1
        elif op == at.OP_KTH:
            if end - k > 255:
                return False
            _count(node[at.N_A], operands, k, end, n, crisp, out)
        elif op == at.OP_CERTAINTY:
            if not _certainty(node[at.N_A], node[at.N_B], crisp[operands[k]], n, out):
                return False
        elif op == at.OP_RULE:
            return _rule(node, rules[node[at.N_A]], n, form, crisp, s, p, table)
        else:
            _any(operands, k, end, n, crisp, out)
            if op == at.OP_SEEN and node[at.N_C] != to:
                _any(operands, k, end, n, crisp, crisp[node[at.N_C]])
                form[BYTES, node[at.N_C]], form[WIDE, node[at.N_C]] = 1, 0
    form[BYTES, to], form[WIDE, to] = 1, 0
    return True

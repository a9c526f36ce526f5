"""What a leaf makes of its samples: held values, windows, z scores, times since.

The counterpart of `expert.engine.numbers` and `expert.engine.windows`, over rings of plain arrays and with sums that
move along with the window; sums are exact integers, so a running one and a fresh one are the same.
"""

from __future__ import annotations

import math

import numpy as np
from numba import uint64

from expert.columns import layout as at
from expert.columns.compiled import plain
from expert.columns.exact import add_product, least, most, multiply, ratio, scaled, subtract, wide_ratio
from expert.columns.rings import NO_NOTE, before

NAN = math.nan
TEN_YEARS = 315_360_000.0
SAFE = 4.0e18


@plain
def put(num, fac, meta, slot, t, v, lo, hi, cn, cd):
    """Write a number without anything to say of it."""
    num[0, slot, t], num[1, slot, t], num[2, slot, t] = v, lo, hi
    fac[0, slot, t], fac[1, slot, t] = cn, cd
    if len(meta):
        meta[at.M_AT, slot, t] = at.NONE
        meta[at.M_N, slot, t] = at.NONE
        meta[at.M_M, slot, t] = at.NONE
        meta[at.M_WHY, slot, t] = at.WHY_NOTHING


@plain
def tell(meta, slot, t, seen, why, a, b):
    """Write what is to be said of a number: source time of its newest sample, reason, two details."""
    if len(meta):
        meta[at.M_AT, slot, t] = seen
        meta[at.M_WHY, slot, t] = why
        meta[at.M_A, slot, t] = a
        meta[at.M_B, slot, t] = b


@plain
def unknown(num, fac, meta, slot, t, seen, why, a, b):
    """Write a number that is not known."""
    put(num, fac, meta, slot, t, NAN, NAN, NAN, 1, 1)
    tell(meta, slot, t, seen, why, a, b)


@plain
def bounded(num, fac, meta, slot, t, lo, hi):
    """Put bounds to a number that stands there; unknown when a bound is not finite."""
    if math.isfinite(lo) and math.isfinite(hi):
        num[1, slot, t], num[2, slot, t] = least(lo, hi), most(lo, hi)
    else:
        seen = meta[at.M_AT, slot, t] if len(meta) else at.NONE
        unknown(num, fac, meta, slot, t, seen, at.WHY_OVERFLOW, 0, 0)


@plain
def age_factor(v, age):
    """Linear from 1 at the sampling period to 0 at the maximal age, as a fraction."""
    period, oldest = v[at.V_PERIOD], v[at.V_MAX_AGE]
    if age <= period:
        return 1, 1
    if oldest <= period:
        return 0, 1
    return max(0, oldest - age), oldest - period


@plain
def edges(v, source, count, note, i, j, since, now):
    """Whether samples are missing next to the (low, high) end of the range; see `expert.engine.memory.Series.edges`."""
    offset, mask, tail = v[at.V_OFFSET], v[at.V_MASK], v[at.V_TAIL]
    if v[at.V_ANALOG] == 0:
        return False, False
    start = i
    while start > tail and (start == i or note[offset + (start & mask)] != NO_NOTE):
        start -= 1
    if start >= j or v[at.V_EDGE] < source[offset + (start & mask)]:
        return False, False
    floor, ceiling = v[at.V_FLOOR], v[at.V_CEILING]
    near = False
    first = -1
    for k in range(start, j):
        place = offset + (k & mask)
        if note[place] == NO_NOTE:
            if first < 0:
                first = k
            near |= count[place] <= floor or count[place] >= ceiling
    if not near:
        return False, False
    low = high = False
    k, known = i - 1, False
    if first < i:
        k, known = first, True
    following = first + 1 if known else first
    while True:
        after = following
        while after < j and note[offset + (after & mask)] != NO_NOTE:
            after += 1
        ends = after >= j
        begin = max(source[offset + (k & mask)], since) if known else since
        end = now if ends else source[offset + (after & mask)]
        later = j if ends else after
        if later > max(k + 1, i) or (end - begin) * 2 > v[at.V_PERIOD] * 3:
            if known:
                low |= count[offset + (k & mask)] <= floor
                high |= count[offset + (k & mask)] >= ceiling
            if not ends:
                low |= count[offset + (after & mask)] <= floor
                high |= count[offset + (after & mask)] >= ceiling
        if ends:
            return low, high
        k, known, following = after, True, after + 1


@plain
def held_value(v, width, source, count, note, now, num, fac, meta, slot, t):
    """The newest sample, held: unknown when it is bad or stale, discounted by its age."""
    i = v[at.V_NEXT] - 1
    if i < v[at.V_TAIL]:
        unknown(num, fac, meta, slot, t, at.NONE, at.WHY_NO_DATA, 0, 0)
        return
    place = v[at.V_OFFSET] + (i & v[at.V_MASK])
    seen = source[place]
    if note[place] != NO_NOTE:
        unknown(num, fac, meta, slot, t, seen, at.WHY_BAD, note[place], 0)
        return
    cn, cd = age_factor(v, now - seen)
    if cn <= 0:
        unknown(num, fac, meta, slot, t, seen, at.WHY_STALE, now - seen, 0)
        return
    x = ratio(count[place], v[at.V_NUM], 1, v[at.V_DEN])
    put(num, fac, meta, slot, t, x, x, x, cn, cd)
    tell(meta, slot, t, seen, at.WHY_NOTHING, 0, 0)
    lo, hi = x - width, x + width
    if width > 0.0:
        bounded(num, fac, meta, slot, t, lo, hi)
    if v[at.V_ANALOG] and (now - seen) * 2 > v[at.V_PERIOD] * 3 and not math.isnan(num[1, slot, t]):
        low, high = count[place] <= v[at.V_FLOOR], count[place] >= v[at.V_CEILING]
        if low:
            lo = least(lo, ratio(v[at.V_LOW], v[at.V_NUM], 1, v[at.V_DEN]))
        if high:
            hi = most(hi, ratio(v[at.V_HIGH], v[at.V_NUM], 1, v[at.V_DEN]))
        if low or high:
            bounded(num, fac, meta, slot, t, lo, hi)


@plain
def _add_squares(g, v, s, x, sign):
    """Add a good sample to sums of squares and times, or take it away; sums wrap, what is made of them fits."""
    tick = (s - v[at.V_ORIGIN]) // v[at.V_PERIOD]
    g[at.G_SXX] += sign * x * x
    g[at.G_ST] += sign * tick
    g[at.G_STT] += sign * tick * tick
    g[at.G_STX] += sign * tick * x


@plain
def move_window(g, v, source, count, note, now):
    """Bring a window's ends and sums to ``now``."""
    offset, mask, low = v[at.V_OFFSET], v[at.V_MASK], v[at.V_LOW]
    end, since, squares = v[at.V_NEXT], now - g[at.G_LENGTH], g[at.G_SUMS] == 1
    if g[at.G_CHANGES] != v[at.V_CHANGES] or g[at.G_START] < v[at.V_TAIL]:
        g[at.G_CHANGES] = v[at.V_CHANGES]
        g[at.G_START] = before(source, offset, mask, v[at.V_TAIL], v[at.V_HEAD], since)
        g[at.G_END] = g[at.G_START]
        g[at.G_N : at.G_STX + 1] = 0
    n, total, start = g[at.G_N], g[at.G_SX], g[at.G_START]
    for k in range(g[at.G_END], end):
        place = offset + (k & mask)
        if note[place] == NO_NOTE:
            x = count[place] - low
            n += 1
            total += x
            if squares:
                _add_squares(g, v, source[place], x, 1)
    g[at.G_END] = max(end, start)
    while start < end and source[offset + (start & mask)] <= since:
        place = offset + (start & mask)
        if note[place] == NO_NOTE:
            x = count[place] - low
            n -= 1
            total -= x
            if squares:
                _add_squares(g, v, source[place], x, -1)
        start += 1
    g[at.G_N], g[at.G_SX], g[at.G_START] = n, total, start


@plain
def _first_and_last(v, count, note, i, j):
    """Counts of the first and the last good sample."""
    offset, mask = v[at.V_OFFSET], v[at.V_MASK]
    while note[offset + (i & mask)] != NO_NOTE:
        i += 1
    k = j - 1
    while note[offset + (k & mask)] != NO_NOTE:
        k -= 1
    return count[offset + (i & mask)], count[offset + (k & mask)]


@plain
def _extremes(v, count, note, i, j):
    """Smallest and largest count, largest fall and largest climb over the good samples."""
    offset, mask = v[at.V_OFFSET], v[at.V_MASK]
    first = True
    low = high = fall = climb = np.int64(0)
    for k in range(i, j):
        place = offset + (k & mask)
        if note[place] == NO_NOTE:
            x = count[place]
            if first:
                low, high, first = x, x, False
            low, high = min(low, x), max(high, x)
            fall, climb = max(fall, high - x), max(climb, x - low)
    return low, high, fall, climb


@plain
def _std(v, g, count, note, i, j, n):
    """Population standard deviation: square root of one exact quotient."""
    reach = float(v[at.V_HIGH] - v[at.V_LOW])
    sn, sd = v[at.V_NUM] * v[at.V_NUM], v[at.V_DEN] * v[at.V_DEN]
    if reach * reach * n * n < SAFE and float(n) * n * sd < SAFE:
        return math.sqrt(ratio(n * g[at.G_SXX] - g[at.G_SX] * g[at.G_SX], sn, n * n, sd))
    h = low = uint64(0)
    total = np.int64(0)
    offset, mask = v[at.V_OFFSET], v[at.V_MASK]
    for k in range(i, j):
        place = offset + (k & mask)
        if note[place] == NO_NOTE:
            x = count[place] - v[at.V_LOW]
            total += x
            h, low = add_product(h, low, x, x)
    h, low = scaled(h, low, n)
    sh, sl = multiply(total, total)
    sign, h, low = subtract(h, low, sh, sl)
    dh, dl = multiply(n, n)
    return math.sqrt(wide_ratio(sign, h, low, sn, dh, dl, sd))


@plain
def _slope(v, g, source, count, note, i, j, n, since):
    """Least-squares slope over time, house units per second."""
    reach = float(v[at.V_HIGH] - v[at.V_LOW])
    ticks = float(g[at.G_LENGTH] // v[at.V_PERIOD] + 1)
    if v[at.V_UNALIGNED] <= since and reach * ticks * n * n < SAFE and ticks * ticks * n * n < SAFE:
        num = n * g[at.G_STX] - g[at.G_ST] * g[at.G_SX]
        den = n * g[at.G_STT] - g[at.G_ST] * g[at.G_ST]
        return ratio(num, 1000 * v[at.V_NUM], den, v[at.V_PERIOD] * v[at.V_DEN])
    offset, mask = v[at.V_OFFSET], v[at.V_MASK]
    first, step = np.int64(-1), np.int64(0)
    for k in range(i, j):
        place = offset + (k & mask)
        if note[place] == NO_NOTE:
            if first < 0:
                first = source[place]
            a, b = source[place] - first, step
            while b:
                a, b = b, a % b
            step = a
    th = tl = xh = xl = uint64(0)
    st = sx = np.int64(0)
    for k in range(i, j):
        place = offset + (k & mask)
        if note[place] == NO_NOTE:
            tick, x = (source[place] - first) // step, count[place] - v[at.V_LOW]
            st += tick
            sx += x
            th, tl = add_product(th, tl, tick, tick)
            xh, xl = add_product(xh, xl, tick, x)
    nh, nl = scaled(xh, xl, n)
    ph, pl = multiply(st, sx)
    sign, nh, nl = subtract(nh, nl, ph, pl)
    dh, dl = scaled(th, tl, n)
    ph, pl = multiply(st, st)
    _, dh, dl = subtract(dh, dl, ph, pl)
    return wide_ratio(sign, nh, nl, 1000 * v[at.V_NUM], dh, dl, step * v[at.V_DEN])


@plain
def _feature(function, v, g, source, count, note, i, j, n, since):
    """A window feature of at least one (two, where it needs them) good samples, in house units."""
    sn, sd = v[at.V_NUM], v[at.V_DEN]
    if function == at.MEAN:
        return ratio(g[at.G_SX] + n * v[at.V_LOW], sn, n, sd)
    if function == at.STD:
        return _std(v, g, count, note, i, j, n)
    if function == at.SLOPE:
        return _slope(v, g, source, count, note, i, j, n, since)
    if function == at.CHANGE:
        first, last = _first_and_last(v, count, note, i, j)
        return ratio(last - first, sn, 1, sd)
    low, high, fall, climb = _extremes(v, count, note, i, j)
    if function == at.MIN:
        return ratio(low, sn, 1, sd)
    if function == at.MAX:
        return ratio(high, sn, 1, sd)
    if function == at.RANGE:
        return ratio(high - low, sn, 1, sd)
    return ratio(fall if function == at.DROP else climb, sn, 1, sd)


@plain
def _possible(function, v, g, count, note, i, j, n, missing):
    """Bounds of a feature with ``missing`` samples anywhere in the range; NaN where nothing useful can be said."""
    sn, sd, bottom, top = v[at.V_NUM], v[at.V_DEN], v[at.V_LOW], v[at.V_HIGH]
    if function == at.MEAN:
        total = g[at.G_SX] + n * bottom
        return ratio(total + missing * bottom, sn, n + missing, sd), ratio(total + missing * top, sn, n + missing, sd)
    if function == at.SLOPE:
        return NAN, NAN
    span = top - bottom
    if function == at.CHANGE:
        return ratio(-span, sn, 1, sd), ratio(span, sn, 1, sd)
    if function == at.STD:
        return 0.0, ratio(span, sn, 2, sd)
    low, high, fall, climb = _extremes(v, count, note, i, j)
    if function == at.MIN:
        return ratio(bottom, sn, 1, sd), ratio(low if n else top, sn, 1, sd)
    if function == at.MAX:
        return ratio(high if n else bottom, sn, 1, sd), ratio(top, sn, 1, sd)
    if function == at.RANGE:
        outer = max(top - low, high - bottom) if n and missing == 1 else span
        return ratio(high - low if n else 0, sn, 1, sd), ratio(outer, sn, 1, sd)
    seen = (fall if function == at.DROP else climb) if n else np.int64(0)
    return ratio(seen, sn, 1, sd), ratio(span, sn, 1, sd)


@plain
def complete(v, g, n, size, since):
    """Whether a window has a good sample at every tick of the variable's grid, so that nothing can be missing in it."""
    whole = n >= g[at.G_EXPECTED] and n == size and v[at.V_UNALIGNED] <= since
    return whole and g[at.G_LENGTH] == g[at.G_EXPECTED] * v[at.V_PERIOD]


@plain
def window(function, within, v, g, width, source, count, note, now, num, fac, meta, slot, t):
    """``f(x, T)`` with its coverage; ``within``: missing samples go to the ends of the range instead of discounting.

    ``width[1]``, ``width[2]``: least coverage as a fraction.
    """
    offset, mask = v[at.V_OFFSET], v[at.V_MASK]
    i, j, n = g[at.G_START], v[at.V_NEXT], g[at.G_N]
    i = min(i, j)
    expected = g[at.G_EXPECTED]
    since = now - g[at.G_LENGTH]
    seen = at.NONE
    if n > 0:
        k = j - 1
        while note[offset + (k & mask)] != NO_NOTE:
            k -= 1
        seen = source[offset + (k & mask)]
    enough = n > 0 and not (n < 2 and function >= at.SIDED)
    sure = width[0] if function < at.SIDED else 0.0
    if within:
        missing = max(expected - n, j - i - n)
        x = _feature(function, v, g, source, count, note, i, j, n, since) if enough else NAN
        lo = hi = x
        if missing > 0 or not enough:
            lo, hi = _possible(function, v, g, count, note, i, j, n, max(1, missing))
        if math.isnan(lo):
            unknown(num, fac, meta, slot, t, seen, at.WHY_COVERAGE, n, expected)
        elif enough and missing <= 0 and not math.isfinite(x):
            unknown(num, fac, meta, slot, t, seen, at.WHY_OVERFLOW, 0, 0)
        else:
            put(num, fac, meta, slot, t, x, lo, hi, 1, 1)
            tell(meta, slot, t, seen, at.WHY_NOTHING, 0, 0)
            if sure > 0.0:
                bounded(num, fac, meta, slot, t, lo - sure, hi + sure)
    elif n == 0 or n * width[2] < width[1] * expected:
        unknown(num, fac, meta, slot, t, seen, at.WHY_COVERAGE, n, expected)
    elif not enough:
        unknown(num, fac, meta, slot, t, seen, at.WHY_COVERAGE, n, 2)
    else:
        x = _feature(function, v, g, source, count, note, i, j, n, since)
        cn = min(n, expected)
        if not math.isfinite(x):
            unknown(num, fac, meta, slot, t, seen, at.WHY_OVERFLOW, 0, 0)
        else:
            put(num, fac, meta, slot, t, x, x, x, cn, expected)
            tell(meta, slot, t, seen, at.WHY_NOTHING, 0, 0)
            if sure > 0.0:
                bounded(num, fac, meta, slot, t, x - sure, x + sure)
            if v[at.V_EDGE] != at.NONE and not complete(v, g, n, j - i, since):
                _widen(function, v, g, source, count, note, now, i, j, n, num, fac, meta, slot, t)
    if len(meta):
        meta[at.M_N, slot, t], meta[at.M_M, slot, t] = n, expected
        if meta[at.M_WHY, slot, t] == at.WHY_OVERFLOW:
            meta[at.M_N, slot, t] = meta[at.M_M, slot, t] = at.NONE


@plain
def _widen(function, v, g, source, count, note, now, i, j, n, num, fac, meta, slot, t):
    """Bounds when samples are missing next to an end of the range."""
    low, high = edges(v, source, count, note, i, j, now - g[at.G_LENGTH], now)
    if not (low or high) or math.isnan(num[1, slot, t]):
        return
    missing = max(1, max(g[at.G_EXPECTED] - n, j - i - n))
    bottom, top = _possible(function, v, g, count, note, i, j, n, missing)
    lo, hi = num[1, slot, t], num[2, slot, t]
    if math.isnan(bottom):
        seen = meta[at.M_AT, slot, t] if len(meta) else at.NONE
        unknown(num, fac, meta, slot, t, seen, at.WHY_COVERAGE, n, g[at.G_EXPECTED])
        return
    if low or function >= at.SIDED:
        lo = least(bottom, lo)
    if high or function >= at.SIDED:
        hi = most(top, hi)
    bounded(num, fac, meta, slot, t, lo, hi)


@plain
def z_score(function, known, base, length, num, fac, meta, slot, t):
    """Turn the window feature that stands in a slot into a z score against the baseline (median, spread)."""
    if math.isnan(num[1, slot, t]):
        return
    why = at.WHY_NOTHING
    if not known:
        why = at.WHY_NO_BASELINE
    elif base[1] == 0.0:
        why = at.WHY_DIVISION
    if why != at.WHY_NOTHING:
        num[:, slot, t] = NAN
        fac[:, slot, t] = 1
        if len(meta):
            meta[at.M_WHY, slot, t] = why
        return
    for k in range(3):
        x = num[k, slot, t]
        if function == at.MEAN:
            x = (x - base[0]) / base[1]
        elif function == at.STD:
            x = x / (base[1] / 1.35)
        elif function == at.SLOPE:
            x = x * (length / 1000) / base[1]
        else:
            x = x / base[1]
        num[k, slot, t] = x
    bounded(num, fac, meta, slot, t, num[1, slot, t], num[2, slot, t])

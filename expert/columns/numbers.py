"""Numbers above the leaves: arithmetic, aggregates over a set, looking back.

A number may carry layers: wider bounds that hold with a larger factor, which come from a set of which one member is old
(see `expert.engine.results.Num`). ``layers`` holds, for every slot that can have them, how many there are, their
factors and their bounds.
"""

from __future__ import annotations

import math

import numpy as np

from expert.columns import layout as at
from expert.columns.compiled import making, plain
from expert.columns.exact import exact_sum, fraction_less, least, most
from expert.columns.features import NAN, bounded, put, tell, unknown


@making
def copy(num, fac, meta, frm, to, t):
    """Copy a number without its layers."""
    num[:, to, t] = num[:, frm, t]
    fac[:, to, t] = fac[:, frm, t]
    if len(meta):
        meta[:, to, t] = meta[:, frm, t]


@plain
def at_level(num, fac, place, size, factor, ends, slot, t, cn, cd):
    """Tightest bounds of a number that hold with a factor of ``cn / cd`` at least: (found, low, high)."""
    if not fraction_less(fac[0, slot, t], fac[1, slot, t], cn, cd):
        return True, num[1, slot, t], num[2, slot, t]
    if place[slot] >= 0:
        for k in range(place[slot], place[slot] + size[slot, t]):
            if not fraction_less(factor[0, k, t], factor[1, k, t], cn, cd):
                return True, ends[0, k, t], ends[1, k, t]
    return False, NAN, NAN


@making
def levels(fac, place, size, factor, slots, t):
    """All factors of some numbers, smallest first, as an array (2, n)."""
    n = 0
    for slot in slots:
        n += 1
        if place[slot] >= 0:
            n += size[slot, t]
    found = np.empty((2, n), np.int64)
    n = 0
    for slot in slots:
        more = size[slot, t] if place[slot] >= 0 else 0
        for k in range(-1, more):
            cn = fac[0, slot, t] if k < 0 else factor[0, place[slot] + k, t]
            cd = fac[1, slot, t] if k < 0 else factor[1, place[slot] + k, t]
            j = n
            while j > 0 and fraction_less(cn, cd, found[0, j - 1], found[1, j - 1]):
                j -= 1
            if j > 0 and not fraction_less(found[0, j - 1], found[1, j - 1], cn, cd):
                continue
            for i in range(n, j, -1):
                found[:, i] = found[:, i - 1]
            found[0, j], found[1, j] = cn, cd
            n += 1
    return found[:, :n]


@plain
def layered(place, size, slots, t):
    """Whether one of some numbers has layers."""
    for slot in slots:  # noqa: SIM110 - a generator cannot be compiled
        if place[slot] >= 0 and size[slot, t] > 0:
            return True
    return False


@plain
def _ends(op, lo, hi):
    """Bounds of an operation's result from those of its operands, and the reason why there are none."""
    a, b = lo[0], hi[0]
    if op == 4:
        inside = a <= 0.0 and 0.0 <= b
        return (0.0 if inside else least(abs(a), abs(b))), most(abs(a), abs(b)), at.WHY_NOTHING
    if op == 5:
        if a < 0:
            return NAN, NAN, at.WHY_NEGATIVE_ROOT
        return math.sqrt(a), math.sqrt(b), at.WHY_NOTHING
    if op >= 6:
        x, y = a, b
        for k in range(1, len(lo)):
            x = least(x, lo[k]) if op == 6 else most(x, lo[k])
            y = least(y, hi[k]) if op == 6 else most(y, hi[k])
        return x, y, at.WHY_NOTHING
    if len(lo) == 1:
        if op == 1:
            return -b, -a, at.WHY_NOTHING
        return a, b, at.WHY_NOTHING
    c, d = lo[1], hi[1]
    if op == 0:
        return a + c, b + d, at.WHY_NOTHING
    if op == 1:
        return a - d, b - c, at.WHY_NOTHING
    if op == 3 and c <= 0 and 0 <= d:
        return NAN, NAN, at.WHY_DIVISION
    if op == 2:
        w, x, y, z = a * c, a * d, b * c, b * d
    else:
        w, x, y, z = a / c, a / d, b / c, b / d
    return least(least(least(w, x), y), z), most(most(most(w, x), y), z), at.WHY_NOTHING


@plain
def _point(op, xs):
    """The operation on exact numbers; NaN where it has no result."""
    a = xs[0]
    if op == 4:
        return abs(a)
    if op == 5:
        return math.sqrt(a) if a >= 0 else NAN
    if op >= 6:
        for k in range(1, len(xs)):
            a = least(a, xs[k]) if op == 6 else most(a, xs[k])
        return a
    if len(xs) == 1:
        return -a if op == 1 else a
    b = xs[1]
    if op == 3:
        return a / b if b != 0 else NAN
    if op == 0:
        return a + b
    return a - b if op == 1 else a * b


@making
def arithmetic(op, slots, to, num, fac, meta, place, size, factor, ends, t):
    """``+ - * / abs sqrt min max`` on bounds; unknown in, unknown out; see `expert.engine.numbers.arithmetic`."""
    if place[to] >= 0:
        size[to, t] = 0
    for slot in slots:
        if math.isnan(num[1, slot, t]):
            copy(num, fac, meta, slot, to, t)
            return
    cn, cd, seen, exact = fac[0, slots[0], t], fac[1, slots[0], t], at.NONE, True
    lo, hi, xs = np.empty(len(slots)), np.empty(len(slots)), np.empty(len(slots))
    for k in range(len(slots)):
        slot = slots[k]
        lo[k], hi[k], xs[k] = num[1, slot, t], num[2, slot, t], num[0, slot, t]
        exact = exact and not math.isnan(xs[k])
        if fraction_less(fac[0, slot, t], fac[1, slot, t], cn, cd):
            cn, cd = fac[0, slot, t], fac[1, slot, t]
        if len(meta):
            seen = max(seen, meta[at.M_AT, slot, t])
    low, high, why = _ends(op, lo, hi)
    x = _point(op, xs) if exact else NAN
    if why == at.WHY_NOTHING and exact and math.isnan(x):
        why = at.WHY_DIVISION if op == 3 else at.WHY_NEGATIVE_ROOT
    if why == at.WHY_NOTHING and exact and not math.isfinite(x):
        why = at.WHY_OVERFLOW
    if why != at.WHY_NOTHING:
        unknown(num, fac, meta, to, t, seen, why, 0, 0)
        return
    put(num, fac, meta, to, t, x, low, high, cn, cd)
    tell(meta, to, t, seen, at.WHY_NOTHING, 0, 0)
    bounded(num, fac, meta, to, t, low, high)
    if place[to] >= 0 and not math.isnan(num[1, to, t]) and layered(place, size, slots, t):
        found = levels(fac, place, size, factor, slots, t)
        for i in range(1, found.shape[1]):
            for k in range(len(slots)):
                known, lo[k], hi[k] = at_level(
                    num, fac, place, size, factor, ends, slots[k], t, found[0, i], found[1, i]
                )
                if not known:
                    return
            low, high, why = _ends(op, lo, hi)
            if why != at.WHY_NOTHING or not _add_layer(
                place, size, factor, ends, to, t, found[0, i], found[1, i], low, high
            ):
                return


@making
def _over(function, xs):
    """Aggregate of some floats."""
    if function == 2 or function == 4:
        total = exact_sum(xs)
        return total if function == 4 else total / len(xs)
    if function == 3:
        ordered = np.sort(xs)
        k = len(ordered) // 2
        return ordered[k] if len(ordered) % 2 else (ordered[k - 1] + ordered[k]) / 2
    low = high = xs[0]
    for x in xs[1:]:
        low = x if x < low else low
        high = x if x >= high else high
    if function == 5:
        return high - low
    return low if function == 0 else high


@plain
def _over_ends(function, lo, hi):
    """Bounds of an aggregate from the bounds of the members."""
    if function == 5:
        return most(0.0, _over(1, lo) - _over(0, hi)), _over(1, hi) - _over(0, lo)
    return _over(function, lo), _over(function, hi)


@making
def aggregate(function, slots, to, bottom, top, num, fac, meta, place, size, factor, ends, t):
    """Over the members of a set; a lost or old member may be anywhere in its range ``bottom..top`` (NaN: no range).

    See `expert.engine.combine.aggregate` and `Reference._aggregate`.
    """
    if place[to] >= 0:
        size[to, t] = 0
    n = len(slots)
    lo, hi, xs = np.empty(n), np.empty(n), np.empty(n)
    some, fresh, first_lost = False, True, -1
    for slot in slots:
        lost = math.isnan(num[1, slot, t])
        some = some or not lost
        fresh = fresh and not lost and fac[0, slot, t] >= fac[1, slot, t]
        if lost and first_lost < 0:
            first_lost = slot
    ranged = not math.isnan(bottom) and some and not fresh
    if first_lost >= 0 and not ranged:
        copy(num, fac, meta, first_lost, to, t)
        return
    cn = cd = np.int64(1)
    seen, exact = at.NONE, 0
    for k in range(n):
        slot = slots[k]
        if math.isnan(num[1, slot, t]):
            lo[k], hi[k] = bottom, top
            continue
        lo[k], hi[k] = num[1, slot, t], num[2, slot, t]
        if not math.isnan(num[0, slot, t]):
            xs[exact] = num[0, slot, t]
            exact += 1
        if fraction_less(fac[0, slot, t], fac[1, slot, t], cn, cd):
            cn, cd = fac[0, slot, t], fac[1, slot, t]
        if len(meta):
            seen = max(seen, meta[at.M_AT, slot, t])
    low, high = _over_ends(function, lo, hi)
    x = _over(function, xs[:exact]) if exact else NAN
    put(num, fac, meta, to, t, x, low, high, cn, cd)
    tell(meta, to, t, seen, at.WHY_NOTHING, 0, 0)
    if len(meta):
        meta[at.M_N, to, t], meta[at.M_M, to, t] = exact, n
    bounded(num, fac, meta, to, t, low, high)
    if len(meta) and math.isnan(num[1, to, t]):
        meta[at.M_N, to, t] = meta[at.M_M, to, t] = at.NONE
    if math.isnan(num[1, to, t]) or place[to] < 0:
        return
    if ranged and cn < cd:
        _ranged_layers(function, slots, to, bottom, top, num, fac, place, size, factor, ends, t)
    elif not ranged and layered(place, size, slots, t):
        found = levels(fac, place, size, factor, slots, t)
        for i in range(1, found.shape[1]):
            for k in range(n):
                known, lo[k], hi[k] = at_level(
                    num, fac, place, size, factor, ends, slots[k], t, found[0, i], found[1, i]
                )
                if not known:
                    return
            low, high = _over_ends(function, lo, hi)
            if not _add_layer(place, size, factor, ends, to, t, found[0, i], found[1, i], low, high):
                return


@plain
def _add_layer(place, size, factor, ends, to, t, cn, cd, low, high):
    """Put one more layer to a number; False when its bounds are none."""
    if not (math.isfinite(low) and math.isfinite(high)):
        return False
    k = place[to] + size[to, t]
    factor[0, k, t], factor[1, k, t], ends[0, k, t], ends[1, k, t] = cn, cd, low, high
    size[to, t] += 1
    return True


@making
def _ranged_layers(function, slots, to, bottom, top, num, fac, place, size, factor, ends, t):
    """Layers of an aggregate: with a larger factor, the members that are too old for it may be anywhere."""
    found = levels(fac, place, size, factor, slots, t)
    steps = found.shape[1]
    whole = found[0, steps - 1] >= found[1, steps - 1]
    lo, hi = np.empty(len(slots)), np.empty(len(slots))
    for i in range(1, steps if whole else steps + 1):
        cn, cd = (found[0, i], found[1, i]) if i < steps else (np.int64(1), np.int64(1))
        for k in range(len(slots)):
            slot = slots[k]
            lost = math.isnan(num[1, slot, t]) or fraction_less(fac[0, slot, t], fac[1, slot, t], cn, cd)
            lo[k], hi[k] = (bottom, top) if lost else (num[1, slot, t], num[2, slot, t])
        low, high = _over_ends(function, lo, hi)
        if not _add_layer(place, size, factor, ends, to, t, cn, cd, low, high):
            return

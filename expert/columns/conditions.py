"""Conditions: comparisons, soft thresholds, the calculus, over a stretch of scans at a time."""

from __future__ import annotations

import math

import numpy as np

from expert.columns.compiled import making, plain
from expert.columns.exact import ONE, discounted, fraction_less, least, millionths, most, round_half_even
from expert.columns.numbers import at_level, levels


@plain
def _crisp(op, a, b, c, d):
    """Crisp comparison of ``[a, b]`` with ``[c, d]``."""
    if op >= 4:
        if a == b and b == c and c == d:
            s, p = ONE, ONE
        elif a <= d and c <= b:
            s, p = 0, ONE
        else:
            s, p = 0, 0
        return (s, p) if op == 4 else (ONE - p, ONE - s)
    if op == 0:
        sure, possible = b < c, a < d
    elif op == 1:
        sure, possible = b <= c, a <= d
    elif op == 2:
        sure, possible = a > d, b > c
    else:
        sure, possible = a >= d, b >= c
    return (ONE if sure else 0), (ONE if possible else 0)


@making
def compare(op, x, y, to, n, num, fac, place, size, factor, ends, s, p):
    """``x op y`` of two numbers with bounds, discounted by the smaller factor."""
    layers = place[x] >= 0 or place[y] >= 0
    for t in range(n):
        a, b, c, d = num[1, x, t], num[2, x, t], num[1, y, t], num[2, y, t]
        if math.isnan(a) or math.isnan(c):
            s[to, t], p[to, t] = 0, ONE
            continue
        cn, cd = fac[0, x, t], fac[1, x, t]
        if fac[0, y, t] < fac[1, y, t] and fraction_less(fac[0, y, t], fac[1, y, t], cn, cd):
            cn, cd = fac[0, y, t], fac[1, y, t]
        low, high = _crisp(op, a, b, c, d)
        s[to, t], p[to, t] = discounted(low, high, cn, cd)
        if layers and cn < cd:
            slots = np.array([x, y])
            found = levels(fac, place, size, factor, slots, t)
            for i in range(1, found.shape[1]):
                fn, fd = found[0, i], found[1, i]
                known, a, b = at_level(num, fac, place, size, factor, ends, x, t, fn, fd)
                known2, c, d = at_level(num, fac, place, size, factor, ends, y, t, fn, fd)
                if not (known and known2):
                    break
                low, high = _crisp(op, a, b, c, d)
                low, high = discounted(low, high, fn, fd)
                s[to, t], p[to, t] = max(s[to, t], low), min(p[to, t], high)


@plain
def _grade(x, zero, one):
    return millionths(least(1.0, most(0.0, (x - zero) / (one - zero))))


@plain
def graded(x, zero, one, to, n, num, fac, place, size, factor, ends, s, p):
    """Certainty of a soft threshold: 0 at ``zero``, 1 at ``one``."""
    for t in range(n):
        a, b = num[1, x, t], num[2, x, t]
        if math.isnan(a):
            s[to, t], p[to, t] = 0, ONE
            continue
        u = _grade(a, zero, one)
        w = u if a == b else _grade(b, zero, one)
        s[to, t], p[to, t] = discounted(min(u, w), max(u, w), fac[0, x, t], fac[1, x, t])
        if place[x] >= 0 and size[x, t] > 0:
            for k in range(place[x], place[x] + size[x, t]):
                u, w = _grade(ends[0, k, t], zero, one), _grade(ends[1, k, t], zero, one)
                low, high = discounted(min(u, w), max(u, w), factor[0, k, t], factor[1, k, t])
                s[to, t], p[to, t] = max(s[to, t], low), min(p[to, t], high)


@plain
def some(args, to, n, s, p):
    """OR: largest of both ends."""
    for t in range(n):
        low = high = np.int32(0)
        for i in args:
            low, high = max(low, s[i, t]), max(high, p[i, t])
        s[to, t], p[to, t] = low, high


@plain
def negated(x, to, n, s, p):
    """NOT: what is left of both ends, changed over."""
    for t in range(n):
        s[to, t], p[to, t] = ONE - p[x, t], ONE - s[x, t]


@plain
def _reaches(s, p, limit):
    return (ONE if s >= limit else 0), (ONE if p >= limit else 0)


@plain
def compared(op, x, limit, to, n, s, p):
    """A certainty against a limit in millionths, as crisp ends; ``op`` as in COMPARISONS."""
    for t in range(n):
        low, high = s[x, t], p[x, t]
        if op == 3:
            a, b = _reaches(low, high, limit)
        elif op == 2:
            a, b = _reaches(low, high, limit + 1)
        else:
            c, d = _reaches(low, high, limit if op == 0 else limit + 1)
            a, b = ONE - d, ONE - c
            if op == 4:
                c, d = _reaches(low, high, limit)
                a, b = min(a, c), min(b, d)
        s[to, t], p[to, t] = a, b


@plain
def scored(args, weights, limit, to, n, s, p):
    """Weighted mean of both ends, each rounded once; ``limit`` (or -1) maps it to crisp ends."""
    total = np.int64(0)
    for w in weights:
        total += w
    for t in range(n):
        low = high = np.int64(0)
        for k in range(len(args)):
            low += weights[k] * s[args[k], t]
            high += weights[k] * p[args[k], t]
        a, b = min(ONE, round_half_even(low, total)), min(ONE, round_half_even(high, total))
        if limit >= 0:
            a, b = _reaches(a, b, limit)
        s[to, t], p[to, t] = a, b


@making
def counted(k, args, to, n, s, p):
    """At least ``k`` of them: the k-th largest of each end."""
    many = len(args)
    lows, highs = np.empty(many, np.int32), np.empty(many, np.int32)
    for t in range(n):
        for i in range(many):
            low, high = s[args[i], t], p[args[i], t]
            j = i
            while j > 0 and lows[j - 1] < low:
                lows[j] = lows[j - 1]
                j -= 1
            lows[j] = low
            j = i
            while j > 0 and highs[j - 1] < high:
                highs[j] = highs[j - 1]
                j -= 1
            highs[j] = high
        s[to, t], p[to, t] = lows[k - 1], highs[k - 1]

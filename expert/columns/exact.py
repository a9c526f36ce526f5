"""Exact arithmetic in machine integers: one rounding per result, the same everywhere.

The reference evaluator has Python's unbounded integers; here the same results come from 64 and, where a product does
not fit, 128 bits. Every function is compiled on first use and kept on disk.
"""

from __future__ import annotations

import math

import numpy as np
from numba import uint64

from expert.columns.compiled import making, plain

ONE = 1_000_000
TWO53 = 9_007_199_254_740_992.0
LOW32 = 0xFFFFFFFF


@plain
def least(a: float, b: float) -> float:
    """The smaller of two floats; of equal ones (two zeros) the first, as Python's ``min``."""
    return b if b < a else a


@plain
def most(a: float, b: float) -> float:
    """The larger of two floats; of equal ones the first, as Python's ``max``."""
    return b if b > a else a


@plain
def fraction_less(a: int, b: int, c: int, d: int) -> bool:
    """Whether ``a / b < c / d``; all non-negative, ``b, d > 0``."""
    if b == d:
        return a < c
    h1, l1 = multiply(a, d)
    h2, l2 = multiply(c, b)
    return less(h1, l1, h2, l2)


@plain
def round_half_even(n: int, d: int) -> int:
    """``n / d`` to the nearest integer, ties to even; ``n >= 0``, ``d > 0``, both below 2^62.

    >>> int(round_half_even(5, 2)), int(round_half_even(7, 2))
    (2, 4)
    """
    q = n // d
    rest = 2 * (n - q * d)
    if rest > d or (rest == d and q % 2 == 1):
        q += 1
    return q


@plain
def discounted(s: int, p: int, cn: int, cd: int) -> tuple[int, int]:
    """An interval discounted by ``cn / cd``, each end rounded once."""
    if cn >= cd:
        return s, p
    return round_half_even(s * cn, cd), ONE - round_half_even((ONE - p) * cn, cd)


@plain
def millionths(x: float) -> int:
    """A number in 0..1 in millionths, half to even on its exact binary value.

    The product with a million is rounded; what the rounding left out decides a tie.
    """
    p = x * 1e6
    whole = np.rint(p)
    d = p - whole
    if d == 0.5 or d == -0.5:
        high = float(np.float32(x))
        low = x - high
        error = (high * 1e6 - p) + low * 1e6
        if error > 0.0:
            whole = math.floor(p) + 1.0
        elif error < 0.0:
            whole = math.floor(p)
    return min(ONE, max(0, int(whole)))


@plain
def multiply(a: int, b: int) -> tuple[int, int]:
    """Product of two non-negative integers below 2^63 as (high, low) halves of 64 bits."""
    x, y = uint64(a), uint64(b)
    mask, half = uint64(LOW32), uint64(32)
    x0, x1, y0, y1 = x & mask, x >> half, y & mask, y >> half
    low = x0 * y0
    mid = x1 * y0 + (low >> half)
    carry = (mid & mask) + x0 * y1
    return x1 * y1 + (mid >> half) + (carry >> half), (carry << half) | (low & mask)


@plain
def less(ah: int, al: int, bh: int, bl: int) -> bool:
    """Whether the first number of two halves is smaller than the second."""
    return ah < bh or (ah == bh and al < bl)


@plain
def _normalised(h: int, low: int) -> tuple[int, int, int]:
    """A positive number shifted up until its highest bit is bit 127, and by how much."""
    one, top = uint64(1), uint64(63)
    shift = 0
    if h == uint64(0):
        h, low, shift = low, uint64(0), 64
    while (h >> top) == uint64(0):
        h = (h << one) | (low >> top)
        low = low << one
        shift += 1
    return h, low, shift


@plain
def divide(nh: int, nl: int, dh: int, dl: int) -> float:
    """Quotient of two positive numbers of 128 bits, correctly rounded.

    Long division gives 55 bits; the rest is a sticky bit, so that the last step rounds once, half to even.
    """
    one, top, zero = uint64(1), uint64(63), uint64(0)
    ah, al, sa = _normalised(nh, nl)
    bh, bl, sb = _normalised(dh, dl)
    q = zero
    over = False
    for _ in range(55):
        q = q << one
        if over or not less(ah, al, bh, bl):
            borrow = one if al < bl else zero
            al = al - bl
            ah = ah - bh - borrow
            q = q | one
        over = (ah >> top) != zero
        ah = (ah << one) | (al >> top)
        al = al << one
    sticky = over or ah != zero or al != zero
    bits = 55
    if (q >> uint64(54)) == zero:  # the first bit was nought: one more is needed
        bits = 54
    drop = bits - 53
    rest = q & ((one << uint64(drop)) - one)
    half = one << uint64(drop - 1)
    q = q >> uint64(drop)
    if rest > half or (rest == half and (sticky or (q & one) == one)):
        q = q + one
    return math.ldexp(float(q), drop - 54 + sb - sa)


@plain
def ratio(n: int, a: int, d: int, b: int) -> float:
    """``(n * a) / (d * b)`` with one rounding; ``a, d, b > 0``."""
    x, y = float(n) * float(a), float(d) * float(b)
    if -TWO53 < x < TWO53 and y < TWO53:
        return (n * a) / (d * b)
    if n == 0:
        return 0.0
    nh, nl = multiply(abs(n), a)
    dh, dl = multiply(d, b)
    q = divide(nh, nl, dh, dl)
    return -q if n < 0 else q


@plain
def scaled(h: int, low: int, factor: int) -> tuple[int, int]:
    """A number of 128 bits times one of 63 bits, as far as it fits (the plan checks that it does)."""
    high, first = multiply_full(low, uint64(factor))
    return high + h * uint64(factor), first


@plain
def multiply_full(x: int, y: int) -> tuple[int, int]:
    """Product of two unsigned numbers of 64 bits as (high, low)."""
    mask, half = uint64(LOW32), uint64(32)
    x0, x1, y0, y1 = x & mask, x >> half, y & mask, y >> half
    low = x0 * y0
    mid = x1 * y0 + (low >> half)
    carry = (mid & mask) + x0 * y1
    return x1 * y1 + (mid >> half) + (carry >> half), (carry << half) | (low & mask)


@making
def exact_sum(values: np.ndarray) -> float:
    """Correctly rounded sum of some floats (Shewchuk's partials, as in Python's ``math.fsum``).

    Source of the method: Shewchuk, Adaptive precision floating-point arithmetic (1997).
    """
    partials = np.empty(len(values) + 1, np.float64)
    n = 0
    for v in values:
        x = v
        k = 0
        for j in range(n):
            y = partials[j]
            if abs(x) < abs(y):
                x, y = y, x
            high = x + y
            low = y - (high - x)
            if low != 0.0:
                partials[k] = low
                k += 1
            x = high
        n = k
        if x != 0.0:
            partials[n] = x
            n += 1
    if n == 0:
        return 0.0
    n -= 1
    high = partials[n]
    low = 0.0
    while n > 0:
        x = high
        n -= 1
        y = partials[n]
        high = x + y
        low = y - (high - x)
        if low != 0.0:
            break
    if n > 0 and ((low < 0.0 and partials[n - 1] < 0.0) or (low > 0.0 and partials[n - 1] > 0.0)):
        y = low * 2.0
        x = high + y
        if y == x - high:
            high = x
    return high


@plain
def add_product(h: int, low: int, a: int, b: int) -> tuple[int, int]:
    """A number of 128 bits plus ``a b``; ``a, b >= 0``."""
    ph, pl = multiply(a, b)
    new = low + pl
    carry = uint64(1) if new < pl else uint64(0)
    return h + ph + carry, new


@plain
def subtract(ah: int, al: int, bh: int, bl: int) -> tuple[int, int, int]:
    """Difference of two numbers of 128 bits as (sign, high, low)."""
    if ah == bh and al == bl:
        return 0, uint64(0), uint64(0)
    sign = 1
    if less(ah, al, bh, bl):
        ah, al, bh, bl = bh, bl, ah, al
        sign = -1
    borrow = uint64(1) if al < bl else uint64(0)
    return sign, ah - bh - borrow, al - bl


@plain
def wide_ratio(sign: int, nh: int, nl: int, a: int, dh: int, dl: int, b: int) -> float:
    """``sign (n a) / (d b)`` with one rounding; ``n`` and ``d`` of 128 bits, ``d, a, b > 0``."""
    if sign == 0:
        return 0.0
    nh, nl = scaled(nh, nl, a)
    dh, dl = scaled(dh, dl, b)
    q = divide(nh, nl, dh, dl)
    return -q if sign < 0 else q

"""Times since something: the last change, the last good sample, and how long a value has stood still."""

from __future__ import annotations

from expert.columns import layout as at
from expert.columns.compiled import plain
from expert.columns.features import TEN_YEARS, age_factor, bounded, put, tell, unknown
from expert.columns.rings import NO_NOTE


@plain
def _good_before(v, note, k):
    """Sequence number of the newest good sample not after ``k``, or one below the oldest."""
    offset, mask, tail = v[at.V_OFFSET], v[at.V_MASK], v[at.V_TAIL]
    while k >= tail and note[offset + (k & mask)] != NO_NOTE:
        k -= 1
    return k


@plain
def since_change(v, source, count, note, now, num, fac, meta, slot, t):
    """Seconds since the value last changed; see `expert.engine.numbers.since_change`."""
    offset, mask, tail = v[at.V_OFFSET], v[at.V_MASK], v[at.V_TAIL]
    last = v[at.V_NEXT] - 1
    i = _good_before(v, note, last)
    if i < tail:
        unknown(num, fac, meta, slot, t, at.NONE, at.WHY_NO_DATA, 0, 0)
        return
    seen = source[offset + (i & mask)]
    cn, cd = age_factor(v, now - seen)
    if cn <= 0:
        unknown(num, fac, meta, slot, t, seen, at.WHY_STALE, now - seen, 0)
        return
    first = i
    hidden = last if last > i else tail - 1
    older = _good_before(v, note, i - 1)
    while older >= tail and count[offset + (older & mask)] == count[offset + (i & mask)]:
        if hidden < tail and older < first - 1 and v[at.V_COUNTER] == 0:
            hidden = first
        first, older = older, _good_before(v, note, older - 1)
    x = (now - source[offset + (first & mask)]) / 1000
    lo = x if hidden < tail else (now - source[offset + (hidden & mask)]) / 1000
    put(num, fac, meta, slot, t, x, x, x, cn, cd)
    if older < tail:
        tell(meta, slot, t, seen, at.WHY_AT_LEAST, 0, 0)
        bounded(num, fac, meta, slot, t, lo, TEN_YEARS)
        return
    tell(meta, slot, t, seen, at.WHY_NOTHING, 0, 0)
    gap = source[offset + (first & mask)] - source[offset + (older & mask)]
    bounded(num, fac, meta, slot, t, lo, x + max(0, gap - v[at.V_PERIOD]) / 1000)


@plain
def stood_still(counted, v, source, count, note, now, num, fac, meta, slot, t):
    """Seconds, or with ``counted`` samples, for which the value has been exactly the newest; 0 while that is
    missing."""
    offset, mask, tail = v[at.V_OFFSET], v[at.V_MASK], v[at.V_TAIL]
    i = v[at.V_NEXT] - 1
    if i < tail:
        unknown(num, fac, meta, slot, t, at.NONE, at.WHY_NO_DATA, 0, 0)
        return
    place = offset + (i & mask)
    seen = source[place]
    x = 0.0
    cn, _ = age_factor(v, now - seen)
    if note[place] == NO_NOTE and cn > 0:
        first = i
        while first > tail:
            older = offset + ((first - 1) & mask)
            if note[older] != NO_NOTE or count[older] != count[place]:
                break
            first -= 1
        x = float(i - first + 1) if counted else (seen - source[offset + (first & mask)]) / 1000
    put(num, fac, meta, slot, t, x, x, x, 1, 1)
    tell(meta, slot, t, seen, at.WHY_NOTHING, 0, 0)


@plain
def age(v, source, note, now, num, fac, meta, slot, t):
    """Seconds since the source time of the newest good sample."""
    i = _good_before(v, note, v[at.V_NEXT] - 1)
    if i < v[at.V_TAIL]:
        unknown(num, fac, meta, slot, t, at.NONE, at.WHY_NO_DATA, 0, 0)
        return
    seen = source[v[at.V_OFFSET] + (i & v[at.V_MASK])]
    x = (now - seen) / 1000
    put(num, fac, meta, slot, t, x, x, x, 1, 1)
    tell(meta, slot, t, seen, at.WHY_NOTHING, 0, 0)


@plain
def is_bad(v, source, note, now):
    """Whether the newest sample is bad, stale or was never there: (bad, reason, detail)."""
    i = v[at.V_NEXT] - 1
    if i < v[at.V_TAIL]:
        return True, at.WHY_NO_DATA, 0
    place = v[at.V_OFFSET] + (i & v[at.V_MASK])
    if note[place] != NO_NOTE:
        return True, at.WHY_BAD, note[place]
    old = now - source[place]
    cn, _ = age_factor(v, old)
    return (True, at.WHY_STALE, old) if cn <= 0 else (False, at.WHY_NOTHING, 0)

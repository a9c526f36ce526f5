"""Samples of every variable in rings of plain arrays: taking in, forgetting, closing hours.

The counterpart of `expert.engine.memory` and `expert.engine.baseline`; a sequence number ``k`` of a variable lies at
``offset + (k & mask)``.
"""

from __future__ import annotations

import numpy as np

from expert.columns import layout as at
from expert.columns.compiled import inlined, making, plain

GOOD, UNCERTAIN, BAD = 0, 1, 2
NO_NOTE, NOTE_BAD, NOTE_UNCERTAIN, NOTE_SKEW, NOTE_RANGE, FREE_NOTES = range(6)
FIXED_NOTES = ("", "bad", "uncertain", "skew", "range")
"""Notes that the kernel itself writes; those of samples come behind them."""
HOUR = 3_600_000
MIN_HOURS = 24


@plain
def before(source, offset, mask, tail, head, t):
    """One past the last sequence number with a source time <= ``t``."""
    low, high = tail, head
    while low < high:
        mid = (low + high) // 2
        if source[offset + (mid & mask)] <= t:
            low = mid + 1
        else:
            high = mid
    return low


@plain
def take_in(v, source, arrival, count, note, s, a, x, quality, n, rank):
    """Insert one sample into the ring of the variable row ``v``; of several with one source time the later arrival
    wins.

    ``note``: the ring's notes, NO_NOTE where the sample is good; ``rank``: order of notes by their text.
    """
    verdict = NO_NOTE
    if quality == BAD:
        verdict = n if n != NO_NOTE else NOTE_BAD
    elif quality == UNCERTAIN and v[at.V_UNCERTAIN_OK] == 0:
        verdict = n if n != NO_NOTE else NOTE_UNCERTAIN
    elif s > a + v[at.V_SKEW]:
        verdict = NOTE_SKEW
    elif x < v[at.V_LOW] or x > v[at.V_HIGH]:
        verdict = NOTE_RANGE
    if verdict == NOTE_SKEW and s - a > v[at.V_KEEP]:
        return
    offset, mask, tail, head = v[at.V_OFFSET], v[at.V_MASK], v[at.V_TAIL], v[at.V_HEAD]
    k = head
    if head > tail and source[offset + ((head - 1) & mask)] >= s:
        k = before(source, offset, mask, tail, head, s - 1)
        place = offset + (k & mask)
        if source[place] == s:
            if not _supersedes(arrival[place], count[place], note[place], a, x, verdict, rank):
                return
            arrival[place], count[place], note[place] = a, x, verdict
            v[at.V_CHANGES] += 1
            _mark(v, s, x, verdict)
            return
        v[at.V_CHANGES] += 1
        for j in range(head, k, -1):
            to, frm = offset + (j & mask), offset + ((j - 1) & mask)
            source[to], arrival[to], count[to], note[to] = source[frm], arrival[frm], count[frm], note[frm]
    place = offset + (k & mask)
    source[place], arrival[place], count[place], note[place] = s, a, x, verdict
    v[at.V_HEAD] = head + 1
    if v[at.V_ORIGIN] == at.NONE:
        v[at.V_ORIGIN] = s
    _mark(v, s, x, verdict)


@plain
def _mark(v, s, x, verdict):
    """Remember where windows must look closer: values near an end of the range, times off the grid."""
    if verdict == NO_NOTE and (x <= v[at.V_FLOOR] or x >= v[at.V_CEILING]) and s > v[at.V_EDGE]:
        v[at.V_EDGE] = s
    if (s - v[at.V_ORIGIN]) % v[at.V_PERIOD] != 0 and s > v[at.V_UNALIGNED]:
        v[at.V_UNALIGNED] = s


@plain
def _supersedes(old_arrival, old_count, old_note, a, x, verdict, rank):
    if a != old_arrival:
        return a > old_arrival
    if old_note != NO_NOTE and verdict != NO_NOTE:
        return rank[verdict] > rank[old_note]
    if old_note != NO_NOTE or verdict != NO_NOTE:
        return old_note == NO_NOTE
    return x > old_count


@inlined
def worth_forgetting(variables, i, source, now):
    """Whether `forget` drops something of a variable, by one look at one sample: a quarter of all, or 256, is old."""
    tail = variables[i, at.V_TAIL]
    size = variables[i, at.V_HEAD] - tail
    old = source[variables[i, at.V_OFFSET] + ((tail + min(size // 4, 256)) & variables[i, at.V_MASK])]
    return size > 1 and old < now - variables[i, at.V_KEEP]


@plain
def forget(v, source, arrival, count, note, now):
    """Drop what is older than the variable's reach, when it is worth it; the newest good sample always stays."""
    offset, mask, tail, head = v[at.V_OFFSET], v[at.V_MASK], v[at.V_TAIL], v[at.V_HEAD]
    size = head - tail
    if size == 0 or source[offset + (tail & mask)] >= now - v[at.V_KEEP]:
        return
    cut = min(before(source, offset, mask, tail, head, now - v[at.V_KEEP] - 1) - tail, size - 1)
    if not (cut > 256 or cut * 4 > size):
        return
    new = tail + cut
    for k in range(new, head):
        if note[offset + (k & mask)] == NO_NOTE:
            v[at.V_TAIL] = new
            return
    for k in range(new - 1, tail - 1, -1):
        frm = offset + (k & mask)
        if note[frm] == NO_NOTE:
            to = offset + ((new - 1) & mask)
            source[to], arrival[to], count[to], note[to] = source[frm], arrival[frm], count[frm], note[frm]
            v[at.V_TAIL] = new - 1
            v[at.V_CHANGES] += 1
            return
    v[at.V_TAIL] = new


@plain
def close_hours(v, b, hour, mean, source, count, note, now, guard, span):
    """Close every hour that ended before the guard; ``hour``, ``mean``: the row's ring of hourly means."""
    offset, mask, tail, head = v[at.V_OFFSET], v[at.V_MASK], v[at.V_TAIL], v[at.V_HEAD]
    if head == tail:
        return
    first = source[offset + (tail & mask)]
    start = b[at.B_UPTO] if b[at.B_UPTO] != at.NONE else first // HOUR * HOUR
    start = max(start, (now - guard - span) // HOUR * HOUR)
    size = len(hour)
    while start + HOUR <= now - guard:
        i = before(source, offset, mask, tail, head, start - 1)
        j = before(source, offset, mask, tail, head, start + HOUR - 1)
        total = np.int64(0)
        n = np.int64(0)
        for k in range(i, j):
            place = offset + (k & mask)
            if note[place] == NO_NOTE:
                total += count[place]
                n += 1
        b[at.B_UPTO] = start + HOUR
        if n >= b[at.B_LEAST]:
            hour[b[at.B_END] % size] = start
            mean[b[at.B_END] % size] = (total * v[at.V_NUM]) / (n * v[at.V_DEN])
            b[at.B_END] += 1
            b[at.B_STALE] = 1
        while b[at.B_FIRST] < b[at.B_END] and hour[b[at.B_FIRST] % size] < start - span:
            b[at.B_FIRST] += 1
            b[at.B_STALE] = 1
        start += HOUR


@making
def median_and_spread(b, hour, mean, excluded, base, now, guard, span):
    """Bring ``base`` (median, inter-quartile range) up to date; B_KNOWN says whether there is one.

    ``excluded``: sorted starts of the hours that do not count, padded with NONE at the front.
    """
    if b[at.B_FIXED]:
        return
    end = (now - guard) // HOUR * HOUR
    if b[at.B_AT] == end and b[at.B_STALE] == 0:
        return
    b[at.B_AT], b[at.B_STALE] = end, 0
    size = len(hour)
    used = np.empty(b[at.B_END] - b[at.B_FIRST], np.float64)
    n = 0
    for k in range(b[at.B_FIRST], b[at.B_END]):
        h = hour[k % size]
        if end - span <= h < end:
            where = np.searchsorted(excluded, h)
            if where == len(excluded) or excluded[where] != h:
                used[n] = mean[k % size]
                n += 1
    b[at.B_KNOWN] = 0
    if n < MIN_HOURS:
        return
    ordered = np.sort(used[:n])
    low, high = _quartile(ordered, 1), _quartile(ordered, 3)
    base[0], base[1] = _quartile(ordered, 2), high - low
    b[at.B_KNOWN] = 1


@plain
def _quartile(ordered, quarter):
    position = (len(ordered) - 1) * quarter
    k, rest = position // 4, position % 4
    low = ordered[k]
    return low if rest == 0 else low + (ordered[k + 1] - low) * (rest / 4)

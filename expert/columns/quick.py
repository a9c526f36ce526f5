"""The commonest operations at one scan: without loops over scans, hardly a call."""

from __future__ import annotations

import numpy as np

from expert.columns import layout as at
from expert.columns import memory as m
from expert.columns.compiled import inlined, plain
from expert.columns.exact import ONE
from expert.columns.inference import step, tell_event
from expert.columns.marks import between, mark, trailing_zeros

FEW = 8
"""Up to this many members, the k-th largest is found by comparing each with each."""


@inlined
def quick(i, nodes, operands, num, fac, s, p):
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
    elif op == at.OP_KTH and end - k <= FEW:
        sure, possible, least = 0, 0, nodes[i, at.N_A]
        for j in range(k, end):
            sure += s[operands[j], 0] == ONE
            possible += p[operands[j], 0] != 0
        a = b = np.int32(ONE if sure >= least else 0)
        for j in range(k, end if sure < least <= possible else k):
            low, high = s[operands[j], 0], p[operands[j], 0]
            over, above = 0, 0
            for h in range(k, end):
                over += s[operands[h], 0] >= low
                above += p[operands[h], 0] >= high
            if over >= least:
                a = max(a, low)
            if above >= least:
                b = max(b, high)
    else:
        return False, False
    changed = a != s[to, 0] or b != p[to, 0]
    s[to, 0], p[to, 0] = a, b
    return True, changed


@plain
def run_quick(
    i, end, nodes, operands, num, fac, s, p, rules, active, now, late, settings, events, dirty, first, readers,
):  # fmt: skip
    """Run what is dirty from operation ``i`` on and is common; return the first that is not common, or ``end``.

    A word of marks is taken out as a whole, so that which operation is next need not wait for what the last one did.
    """
    while i < end:
        w = i >> 6
        word = dirty[w] & between(i, end)
        dirty[w] ^= word
        while word != 0:
            i = (w << 6) + trailing_zeros(word)
            word &= word - 1
            if nodes[i, at.N_OP] == at.OP_MACHINE and nodes[i, at.N_B] < 0 and nodes[i, at.N_C] < 0:
                up = nodes[i, at.N_A]
                was = active[up, 0]
                if quick_machine(nodes[i], rules[up], s, p, active, now, late, settings, events):
                    mark(dirty, i)
                done, changed = True, was != active[up, 0]
            else:
                done, changed = quick(i, nodes, operands, num, fac, s, p)
            if not done:
                dirty[w] |= word
                return i
            if changed:
                for k in range(first[i], first[i + 1]):
                    reader = readers[k]
                    if reader >> 6 == w and reader < end:
                        word |= np.int64(1) << (reader & 63)
                    else:
                        mark(dirty, reader)
        i = (w + 1) << 6
    return end


@inlined
def quick_machine(node, r, s, p, active, now, late, settings, events):
    """A machine whose conclusion nothing refutes; whether time alone may move it."""
    out, to, row = r[at.R_OUT], node[at.N_SLOT], node[at.N_A]
    low, high = s[out, 0], p[out, 0]
    s[to, 0], p[to, 0] = low, high
    if r[at.R_STATE] == at.NORMAL and low < r[at.R_THRESHOLD]:
        active[row, 0] = 0
        return False
    did = step(r, now, low, high, False, late, settings[m.SETTING_PERIOD])
    active[row, 0] = 1 if r[at.R_STATE] != at.NORMAL else 0
    if did >= 0:
        tell_event(events, settings, 0, row, did, low, high, r[at.R_RAISED_AT])
    return r[at.R_STATE] >= at.HELD

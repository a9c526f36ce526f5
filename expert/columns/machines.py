"""Rules, facts and machines over a stretch of scans."""

from __future__ import annotations

import numpy as np

from expert.columns import layout as at
from expert.columns import memory as m
from expert.columns.compiled import plain
from expert.columns.conditions import some
from expert.columns.exact import ONE
from expert.columns.inference import attenuated, hold, hold_rings, step, tell_event
from expert.columns.memory import ints1


@plain
def rule(node, when, r, n, s, p, table):
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
    h, past, least, (begins, firsts) = hold_rings(table, row)
    times, number = ints1(table, m.I_TIMES), ints1(table, m.I_SETTINGS)[m.SETTING_NUMBER]
    mask = len(times) - 1
    for t in range(n):
        k = number + t
        a, b = hold(h, past, least, k, mask, times[k & mask], begins[t], firsts[t], s[when, t], p[when, t])
        s[held, t], p[held, t] = a, b
        s[out, t], p[out, t] = attenuated(a, strength), b


@plain
def seen(node, args, n, s, p, refuted):
    """A fact: its best argument, and what readers see of it after its refuters."""
    row, raw, to = node[at.N_B], node[at.N_C], node[at.N_SLOT]
    some(args, raw, n, s, p)
    for t in range(n):
        high = p[raw, t]
        if row >= 0:
            high = min(high, ONE - refuted[row, t])
        s[to, t], p[to, t] = min(s[raw, t], high), high


@plain
def firm(node, args, n, s, p, refuted):
    """A fact as it would be seen if nothing that is disputed had support."""
    raw, seen, row, to = args[0], args[1], node[at.N_B], node[at.N_SLOT]
    for t in range(n):
        disputed = s[raw, t] > min(p[raw, t], ONE - refuted[row, t])
        s[to, t], p[to, t] = (0 if disputed else s[seen, t]), p[seen, t]


@plain
def machine(node, r, args, n, s, p, active, refuted, times, mask, late, settings, events):
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
            tell_event(events, settings, t, row, did, low, high, r[at.R_RAISED_AT])

"""Everything above the leaves, over a stretch of scans: conditions, rules, facts and machines in order.

The same code runs one scan (*live*) and a whole stretch of scans (*batch*): every value is a row of an array over the
scans of the stretch. In a stretch of one, what no changed value leads to is left as it stands.

The entry functions take one table of addresses and shapes (`expert.columns.memory`) instead of sixty arrays, which
would take longer to hand over than a scan takes; what they call gets the arrays it needs.
"""

from __future__ import annotations

import numpy as np

from expert.columns import layout as at
from expert.columns import memory as m
from expert.columns.compiled import plain
from expert.columns.conditions import compare, compared, counted, graded, negated, scored
from expert.columns.crisp import WIDE, crisp_step, mark_wide, open_operands
from expert.columns.exact import ONE, discounted, fraction_less
from expert.columns.inference import hold_begin
from expert.columns.lags import look_back, store
from expert.columns.machines import firm, machine, rule, seen
from expert.columns.marks import any_marked, mark, unmark
from expert.columns.memory import bytes2, floats2, floats3, ints1, ints2, ints3, small2
from expert.columns.numbers import aggregate, arithmetic
from expert.columns.quick import run_quick

MAX_ROUNDS = 10_000


@plain
def _least(x, to, args, n):
    """Least of some rows, scan by scan; a loop over scans inside one over rows runs many scans at a time."""
    out = x[to]
    first = x[args[0]]
    for t in range(n):
        out[t] = first[t]
    for k in range(1, len(args)):
        row = x[args[k]]
        for t in range(n):
            out[t] = min(out[t], row[t])


@plain
def _most(x, to, args, n):
    """Largest of some rows, scan by scan; nought of none."""
    out = x[to]
    for t in range(n):
        out[t] = 0
    for k in args:
        row = x[k]
        for t in range(n):
            out[t] = max(out[t], row[t])


@plain
def _discount(s, p, to, t, xn, xd, yn, yd):
    """Discount a comparison by the smaller factor of its sides."""
    if fraction_less(yn, yd, xn, xd):
        xn, xd = yn, yd
    s[to, t], p[to, t] = discounted(s[to, t], p[to, t], xn, xd)


@plain
def _holds(table, n):
    """Where the holds of every length begin, for each scan; rules of one length share it."""
    times, spans, settings = ints1(table, m.I_TIMES), ints2(table, m.I_SPANS), ints1(table, m.I_SETTINGS)
    begins, firsts = ints2(table, m.I_BEGINS), ints2(table, m.I_FIRSTS)
    mask = len(times) - 1
    for g in range(len(spans)):
        for t in range(n):
            begins[g, t], firsts[g, t] = hold_begin(
                times, mask, spans[g, 1], settings[m.SETTING_NUMBER] + t, spans[g, 0], settings[m.SETTING_PERIOD]
            )


@plain
def infer(table, scan_times, late, partial, packed):
    """All operations over a stretch; the number of the loop that did not come to rest, or -1.

    ``partial``: there is one scan, and only what a changed value leads to is run. ``packed``: what is plainly true or
    false all along is kept in bytes (`expert.columns.crisp`). A loop (positive recursion) starts
    from nothing and runs until no fact of it changes.
    """
    nodes, operands, loops = ints2(table, m.I_NODES), ints1(table, m.I_ARGS), ints2(table, m.I_LOOPS)
    consts, weights = floats2(table, m.I_CONSTS), ints1(table, m.I_WEIGHTS)
    first, readers = ints1(table, m.I_FIRST), ints1(table, m.I_READERS)
    rules, times = ints2(table, m.I_RULES), ints1(table, m.I_TIMES)
    num, fac, meta = floats3(table, m.I_NUM), ints3(table, m.I_FAC), ints3(table, m.I_META)
    place, size = ints1(table, m.I_PLACE), ints2(table, m.I_SIZE)
    factor, ends = ints3(table, m.I_FACTOR), floats3(table, m.I_ENDS)
    s, p, active = small2(table, m.I_S), small2(table, m.I_P), bytes2(table, m.I_ACTIVE)
    refuted, settings = small2(table, m.I_REFUTED), ints1(table, m.I_SETTINGS)
    model_s, model_p = small2(table, m.I_MODEL_S), small2(table, m.I_MODEL_P)
    events, dirty, always = ints2(table, m.I_EVENTS), ints2(table, m.I_DIRTY)[0], ints2(table, m.I_DIRTY)[1]
    certain, level, scale = bytes2(table, m.I_CERTAIN), small2(table, m.I_LEVEL), ints2(table, m.I_SCALE)
    above, form, crisp = ints2(table, m.I_ABOVE), bytes2(table, m.I_FORM), bytes2(table, m.I_CRISP)
    n, mask = len(scan_times), len(times) - 1
    if packed:
        form[:] = 0
        form[WIDE, 0] = 1
    for t in range(n):
        times[(settings[m.SETTING_NUMBER] + t) & mask] = scan_times[t]
    for w in range(len(dirty)):
        dirty[w] |= always[w]
    _holds(table, n)
    loop, rounds, changing, inside = 0, 0, False, False
    before_s, before_p = small2(table, m.I_BEFORE)[0], small2(table, m.I_BEFORE)[1]
    i = 0
    while True:
        if inside and i == loops[loop, 1]:
            if changing and rounds < MAX_ROUNDS:
                i, rounds, changing = loops[loop, 0], rounds + 1, False
            elif changing:
                return loop
            else:
                loop, inside = loop + 1, False
        if i == len(nodes):
            return -1
        if not inside and loop < len(loops) and loops[loop, 0] == i:
            inside, rounds, changing = True, 0, False
            if partial and not any_marked(dirty, i, loops[loop, 1]):
                i, loop, inside = loops[loop, 1], loop + 1, False
                continue
            for j in range(i, loops[loop, 1]):
                unmark(dirty, j)
                s[nodes[j, at.N_SLOT], :n] = 0
                p[nodes[j, at.N_SLOT], :n] = 0
                if packed:
                    mark_wide(j, nodes, rules, form)
        if partial and not inside:
            end = loops[loop, 0] if loop < len(loops) else len(nodes)
            i = run_quick(
                i, end, nodes, operands, num, fac, s, p, rules, active, scan_times[0], late[0], settings, events, dirty,
                first, readers,
            )  # fmt: skip
            if i == end:
                continue
        if packed:
            if not inside and crisp_step(
                i, n, nodes, operands, rules, num, fac, certain, level, scale, above, form, crisp, s, p, late, table
            ):
                i += 1
                continue
            open_operands(i, n, nodes, operands, rules, form, crisp, s, p, certain, level, scale, num, fac)
            mark_wide(i, nodes, rules, form)
        node = nodes[i]
        op, to = node[at.N_OP], node[at.N_SLOT]
        lo, hi, cn, cd = np.nan, np.nan, np.int64(0), np.int64(0)
        low, high, told_at = np.int32(0), np.int32(0), np.int64(0)
        numeric = op == at.OP_ARITHMETIC or op == at.OP_AGGREGATE or op == at.OP_LAG
        if partial and not inside:
            if numeric:
                lo, hi, cn, cd = num[1, to, 0], num[2, to, 0], fac[0, to, 0], fac[1, to, 0]
                told_at = meta[at.M_AT, to, 0] if len(meta) else at.NONE
            elif op == at.OP_MACHINE:
                low = np.int32(active[node[at.N_A], 0])
            else:
                low, high = s[to, 0], p[to, 0]
        if inside:
            for t in range(n):
                before_s[t], before_p[t] = s[to, t], p[to, t]
        args = operands[node[at.N_ARGS] : node[at.N_END]]
        if op == at.OP_COMPARE:
            x, y, how = args[0], args[1], node[at.N_A]
            if node[at.N_B] == 0:
                compare(how, x, y, to, n, num, fac, place, size, factor, ends, s, p)
            else:  # an unknown side makes every comparison false, which leaves [0, 1]
                if how >= 2:
                    x, y = y, x
                if how == 0 or how == 2:
                    for t in range(n):
                        s[to, t] = ONE if num[2, x, t] < num[1, y, t] else 0
                        p[to, t] = 0 if num[1, x, t] >= num[2, y, t] else ONE
                else:
                    for t in range(n):
                        s[to, t] = ONE if num[2, x, t] <= num[1, y, t] else 0
                        p[to, t] = 0 if num[1, x, t] > num[2, y, t] else ONE
                for t in range(n):
                    if fac[0, x, t] < fac[1, x, t] or fac[0, y, t] < fac[1, y, t]:
                        _discount(s, p, to, t, fac[0, x, t], fac[1, x, t], fac[0, y, t], fac[1, y, t])
        elif op == at.OP_ALL:
            _least(s, to, args, n)
            _least(p, to, args, n)
        elif op == at.OP_ANY or op == at.OP_FACT:
            _most(s, to, args, n)
            _most(p, to, args, n)
        elif op == at.OP_NOT:
            negated(args[0], to, n, s, p)
        elif op == at.OP_RULE:
            rule(node, args[0], rules[node[at.N_A]], n, s, p, table)
        elif op == at.OP_SEEN:
            seen(node, args, n, s, p, refuted)
        elif op == at.OP_MACHINE:
            row, r = node[at.N_A], rules[node[at.N_A]]
            out = r[at.R_OUT]
            quiet = r[at.R_STATE] == at.NORMAL and node[at.N_B] < 0
            if quiet:
                most = np.int32(0)
                for t in range(n):
                    most = max(most, s[out, t])
                quiet = most < r[at.R_THRESHOLD]
            if quiet:
                for t in range(n):
                    s[to, t], p[to, t] = s[out, t], p[out, t]
                active[row, :n] = 0
            else:
                machine(node, r, args, n, s, p, active, refuted, times, mask, late, settings, events)
        elif op == at.OP_KTH:
            counted(node[at.N_A], args, to, n, s, p)
        elif op == at.OP_SCORE:
            scored(args, weights[node[at.N_ARGS] : node[at.N_END]], node[at.N_A], to, n, s, p)
        elif op == at.OP_GRADED:
            graded(args[0], consts[i, 0], consts[i, 1], to, n, num, fac, place, size, factor, ends, s, p)
        elif op == at.OP_CERTAINTY:
            compared(node[at.N_A], args[0], node[at.N_B], to, n, s, p)
        elif op == at.OP_RAISED:
            for t in range(n):
                on = False
                for k in args:
                    on = on or active[k, t] & 1 == 1
                s[to, t] = p[to, t] = ONE if on else 0
        elif op == at.OP_MODEL:
            for t in range(n):
                a, b = model_s[node[at.N_A], t], model_p[node[at.N_A], t]
                if node[at.N_B] >= 0:
                    a = np.int32(ONE if a >= node[at.N_B] else 0)
                    b = np.int32(ONE if b >= node[at.N_B] else 0)
                s[to, t], p[to, t] = a, b
        elif op == at.OP_TRUTH:
            for t in range(n):
                s[to, t] = p[to, t] = ONE if num[0, args[0], t] == 1.0 else 0
        elif op == at.OP_REFUTED:
            for t in range(n):
                most = np.int32(0)
                for k in args:
                    most = max(most, s[k, t])
                refuted[node[at.N_B], t] = most
        elif op == at.OP_FIRM:
            firm(node, args, n, s, p, refuted)
        elif op == at.OP_ARITHMETIC:
            for t in range(n):
                arithmetic(node[at.N_A], args, to, num, fac, meta, place, size, factor, ends, t)
        elif op == at.OP_AGGREGATE:
            for t in range(n):
                aggregate(
                    node[at.N_A],
                    args,
                    to,
                    consts[i, 0],
                    consts[i, 1],
                    num,
                    fac,
                    meta,
                    place,
                    size,
                    factor,
                    ends,
                    t,
                )
        elif op == at.OP_LAG:
            look_back(node, args[0], n, table)
        else:
            store(node, n, table)
        if inside:
            for t in range(n):
                changing = changing or s[to, t] != before_s[t] or p[to, t] != before_p[t]
            if partial:
                for k in range(first[i], first[i + 1]):
                    if readers[k] >= loops[loop, 1]:
                        mark(dirty, readers[k])
        elif partial and op != at.OP_STORE:
            changed = op == at.OP_REFUTED or op == at.OP_SEEN
            if numeric:
                same = lo == num[1, to, 0] and hi == num[2, to, 0] and cn == fac[0, to, 0] and cd == fac[1, to, 0]
                changed = not same or place[to] >= 0 or (len(meta) > 0 and told_at != meta[at.M_AT, to, 0])
            elif op == at.OP_MACHINE:
                changed = low != active[node[at.N_A], 0]
                if rules[node[at.N_A], at.R_STATE] >= at.HELD:
                    mark(dirty, i)  # time alone may move it
            elif not changed:
                changed = low != s[to, 0] or high != p[to, 0]
            if changed:
                for k in range(first[i], first[i + 1]):
                    mark(dirty, readers[k])
        i += 1

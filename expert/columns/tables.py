"""The plan as arrays: what the kernels read and never change, and fresh memory for what they do."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction

import numpy as np

from expert.columns import layout as at
from expert.columns.expand import Item
from expert.columns.memory import Memory
from expert.columns.plan import UNKNOWN_SLOT, Plan
from expert.columns.rings import FIXED_NOTES, HOUR
from expert.columns.turns import flat, put_leaf_readers
from expert.engine.memory import EDGE_SHARE, Series
from expert.values.interval import ONE
from expert.values.types import Variable

SMALLEST_RING = 64
LARGEST = 1 << 40
"""Numerators, denominators and counts beyond this do not fit the kernels' integers."""


class TooFine(ValueError):
    """A variable whose resolution or unit does not fit the kernels' integers; the message names it."""


def power_of_two(n: int) -> int:
    """Smallest power of two that is not below ``n``.

    >>> power_of_two(65)
    128
    """
    return 1 << max(0, n - 1).bit_length()


def put_code(plan: Plan, memory: Memory) -> None:
    """Operations with their operands as slots."""
    nodes = np.full((len(plan.order), at.N_SIZE), -1, np.int64)
    args: list[int] = []
    weights: list[int] = []
    consts = np.full((len(plan.order), 2), math.nan)
    for i, x in enumerate(plan.order):
        slots = _operands(plan, x)
        nodes[i, at.N_OP], nodes[i, at.N_SLOT] = x.op, max(x.slot, 0)
        nodes[i, at.N_ARGS], nodes[i, at.N_END] = len(args), len(args) + len(slots)
        nodes[i, at.N_A : at.N_D + 1] = x.params
        if x.op == at.OP_STORE:
            lag = x.args[0]
            nodes[i, at.N_SLOT], nodes[i, at.N_A], nodes[i, at.N_B] = lag.slot, lag.params[0], lag.args[0].slot
        if x.op == at.OP_COMPARE:
            nodes[i, at.N_B] = int(x.params[0] < 4 and not any(y.layers for y in x.args))
        args += slots
        weights += x.weights if x.weights else [0] * len(slots)
        consts[i] = x.consts
    of, of_leaf = _readers(plan)
    first, readers = flat(of)
    memory.put(
        nodes=nodes,
        args=np.array(args, np.int64),
        weights=np.array(weights, np.int64),
        consts=consts,
        loops=np.array(plan.loops, np.int64).reshape(-1, 2),
        first=first,
        readers=readers,
    )
    put_leaf_readers(plan, of_leaf, of, memory)


def _operands(plan: Plan, x: Item) -> list[int]:
    slots = [y.slot for y in x.args]
    for key in x.facts:
        fact = plan.facts.get(key)
        if fact is not None:
            slots.append(fact.firm.slot if x.firm and fact.firm is not None else fact.seen.slot)
    if x.op == at.OP_FACT and x.params[0] == 2:
        slots.append(UNKNOWN_SLOT)
    if x.op == at.OP_SEEN and plan.off_seen(x):
        slots.append(UNKNOWN_SLOT)
    if x.op == at.OP_RAISED:
        slots = [r.row for name in x.rules for r in plan.by_id.get(name, ()) if r.machine is not None]
    if x.op == at.OP_FIRM:
        fact = plan.refuted[x.params[1]]
        slots = [fact.raw, fact.seen.slot]
    return slots


def _readers(plan: Plan) -> tuple[list[list[int]], list[list[int]]]:
    """Who reads what each operation, and each leaf, writes."""
    from expert.columns.plan import _reads

    number = {id(x): i for i, x in enumerate(plan.order)}
    leaf = {id(x): i for i, x in enumerate(plan.leaves)}
    of: list[list[int]] = [[] for _ in plan.order]
    of_leaf: list[list[int]] = [[] for _ in plan.leaves]
    for i, x in enumerate(plan.order):
        for y in _reads(plan, x):
            y = y.same or y
            if id(y) in number:
                of[number[id(y)]].append(i)
            elif id(y) in leaf:
                of_leaf[leaf[id(y)]].append(i)
    return of, of_leaf


# ---------------------------------------------------------------- variables


def put_samples(plan: Plan, names: Sequence[str], series: Mapping[str, Series], stretch: int, memory: Memory) -> None:
    """Rings and leaves; ``names``: variables in the order of their rows, `sort_leaves` first; without leaves, their
    hourly means are kept."""
    site = plan.program.site
    table = np.zeros((len(names), at.V_SIZE), np.int64)
    leaves = np.full((len(plan.leaves), at.L_SIZE), -1, np.int64)
    widths = np.zeros((len(plan.leaves), 3))
    groups: list[list[int]] = []
    baselines: list[list[int]] = []
    offset = 0
    by_name: dict[str, list[int]] = {}
    for i, x in enumerate(plan.leaves):
        assert x.leaf is not None
        by_name.setdefault(x.leaf[1], []).append(i)
    for row, name in enumerate(names):
        variable, scale, keep = series[name].variable, series[name].scale, series[name].keep
        size = power_of_two(max(SMALLEST_RING, min(4096, keep // variable.period + 2 * stretch)))
        _constants(table[row], variable, scale, keep, offset, size)
        offset += size
        mine = by_name.get(name, [])
        if mine:
            table[row, at.V_LEAVES], table[row, at.V_LEAVES_END] = mine[0], mine[-1] + 1
        table[row, at.V_GROUPS] = len(groups)
        windows: dict[int, int] = {}
        for i in mine:
            _leaf_row(plan, i, row, variable, windows, groups, baselines, leaves, widths, scale)
        table[row, at.V_GROUPS_END] = len(groups)
        if not mine:
            baselines.append(_hourly_row(row, variable, site.min_coverage))
        table[row, at.V_HOURLY] = leaves[mine, at.L_BASE].max() if mine else len(baselines) - 1
        table[row, at.V_PLAIN] = table[row, at.V_SIMPLE] and int((leaves[mine, at.L_KIND] == at.LEAF_VALUE).all())
    hours = site.baseline_span // HOUR + 8
    n = max(1, len(baselines))
    memory.put(
        variables=table,
        leaves=leaves,
        groups=np.array(groups, np.int64).reshape(-1, at.G_SIZE),
        baselines=np.array(baselines, np.int64).reshape(-1, at.B_SIZE),
        widths=widths,
        hour=np.full((n, hours), at.NONE, np.int64),
        mean=np.zeros((n, hours)),
        excluded=np.full((n, hours), at.NONE, np.int64),
        base=np.zeros((n, 2)),
        source=np.zeros(offset, np.int64),
        arrival=np.zeros(offset, np.int64),
        count=np.zeros(offset, np.int64),
        note=np.zeros(offset, np.int64),
        rank=ranks(FIXED_NOTES),
        settings=np.array([site.baseline_guard, site.baseline_span, site.period, 0, 0], np.int64),
    )


def ranks(notes: Sequence[str]) -> np.ndarray:
    """Place of each note in the order of their texts."""
    order = sorted(range(len(notes)), key=lambda i: notes[i])
    out = np.zeros(len(notes), np.int64)
    out[order] = np.arange(len(notes))
    return out


def sort_leaves(plan: Plan) -> list[str]:
    """Put leaves of one variable next to each other; return the variables in that order."""
    names = sorted({x.leaf[1] for x in plan.leaves if x.leaf is not None})
    rank = {name: i for i, name in enumerate(names)}
    plan.leaves.sort(key=lambda x: (rank[x.leaf[1]] if x.leaf else 0, x.slot))
    return names


def _constants(v: np.ndarray, variable: Variable, scale: Fraction, keep: int, offset: int, size: int) -> None:
    low, high = variable.quantise(variable.valid[0]), variable.quantise(variable.valid[1])
    margin = (high - low) // EDGE_SHARE
    if max(abs(low), abs(high), scale.numerator, scale.denominator) > LARGEST >> 8:
        raise TooFine(f"{variable.id}: resolution {variable.resolution} {variable.unit} is too fine for its range")
    v[at.V_PERIOD], v[at.V_MAX_AGE], v[at.V_SKEW], v[at.V_KEEP] = variable.period, variable.max_age, variable.skew, keep
    v[at.V_LOW], v[at.V_HIGH], v[at.V_FLOOR], v[at.V_CEILING] = low, high, low + margin, high - margin
    v[at.V_NUM], v[at.V_DEN] = scale.numerator, scale.denominator
    v[at.V_ANALOG], v[at.V_COUNTER] = int(variable.kind == "analog"), int(variable.kind == "counter")
    v[at.V_UNCERTAIN_OK] = int(variable.uncertainty is not None)
    v[at.V_OFFSET], v[at.V_MASK] = offset, size - 1
    small = max(abs(low), abs(high)) * scale.numerator < 1 << 53 and scale.denominator < 1 << 53
    v[at.V_SIMPLE] = int(small and variable.uncertainty is None)
    v[at.V_EDGE] = v[at.V_UNALIGNED] = v[at.V_ORIGIN] = v[at.V_DONE] = at.NONE


def _leaf_row(
    plan: Plan,
    i: int,
    row: int,
    variable: Variable,
    windows: dict[int, int],
    groups: list[list[int]],
    baselines: list[list[int]],
    leaves: np.ndarray,
    widths: np.ndarray,
    scale: Fraction,
) -> None:
    x = plan.leaves[i]
    assert x.leaf is not None
    kind, _, duration, function, within = x.leaf
    leaf = leaves[i]
    leaf[at.L_KIND], leaf[at.L_SLOT], leaf[at.L_FUNCTION], leaf[at.L_BOUNDED] = kind, x.slot, function, int(within)
    leaf[at.L_LENGTH] = duration
    coverage = plan.program.site.min_coverage
    width = 0.0
    if variable.uncertainty is not None:
        width = float(Fraction(variable.uncertainty) * scale / Fraction(variable.resolution))
    widths[i] = width, coverage.numerator, coverage.denominator
    if duration:
        if duration not in windows:
            windows[duration] = len(groups)
            group = [0] * at.G_SIZE
            group[at.G_VAR], group[at.G_LENGTH] = row, duration
            group[at.G_EXPECTED], group[at.G_CHANGES] = max(1, duration // variable.period), -1
            groups.append(group)
        leaf[at.L_GROUP] = windows[duration]
        if function in (at.STD, at.SLOPE):
            groups[windows[duration]][at.G_SUMS] = 1
    leaf[at.L_COUNTED] = int(_is_counted(kind, function, within, variable, duration))
    if kind in (at.LEAF_Z, at.LEAF_BASELINE):
        if not baselines or baselines[-1][at.B_VAR] != row:
            baselines.append(_hourly_row(row, variable, coverage))
        leaf[at.L_BASE] = len(baselines) - 1


def _hourly_row(row: int, variable: Variable, coverage: Fraction) -> list[int]:
    base = [0] * at.B_SIZE
    base[at.B_VAR], base[at.B_UPTO], base[at.B_AT], base[at.B_STALE] = row, at.NONE, at.NONE, 1
    base[at.B_LEAST] = max(1, int(coverage * (HOUR // variable.period)))
    return base


def _is_counted(kind: int, function: int, within: bool, variable: Variable, duration: int) -> bool:
    """Whether a leaf is a count, or a sum of counts, that four bytes hold, divided by the same number every time."""
    if kind != at.LEAF_VALUE and (kind != at.LEAF_WINDOW or function != at.MEAN or within):
        return False
    many = max(1, duration // variable.period)
    return many * max(abs(variable.quantise(end)) + 1 for end in variable.valid) < 1 << 31


def _scales(plan: Plan, scale: np.ndarray) -> None:
    """How counted numbers come from their counts, and between which ends these lie."""
    for x in plan.leaves:
        assert x.leaf is not None
        _, name, duration, _, _ = x.leaf
        variable = plan.scope.variables[name]
        unit = Fraction(variable.resolution) * plan.scope.units[variable.unit]
        many = max(1, duration // variable.period)
        low, high = (many * variable.quantise(end) for end in variable.valid)
        if max(abs(low), abs(high), unit.numerator, unit.denominator) < LARGEST:
            scale[x.slot] = unit.numerator, unit.denominator, many, low, high


# ---------------------------------------------------------------- memory


def put_values(plan: Plan, stretch: int, told: bool, memory: Memory) -> None:
    """Memory for the results of a stretch; ``told``: also for what a record says of numbers."""
    numbers, conditions = max(1, plan.numbers), plan.conditions
    memory.put(
        num=np.full((3, numbers, stretch), math.nan),
        fac=np.ones((2, numbers, stretch), np.int64),
        meta=np.full((at.M_SIZE if told else 0, numbers, stretch), at.NONE, np.int64),
        place=np.full(numbers, -1, np.int64),
        size=np.zeros((numbers, stretch), np.int64),
        factor=np.ones((2, max(1, plan.layers), stretch), np.int64),
        ends=np.zeros((2, max(1, plan.layers), stretch)),
        s=np.zeros((conditions, stretch), np.int32),
        p=np.zeros((conditions, stretch), np.int32),
        active=np.zeros((max(1, len(plan.rules)), stretch), np.uint8),
        refuted=np.zeros((max(1, len(plan.refuted)), stretch), np.int32),
        certain=np.zeros((1, numbers), np.uint8),
        level=np.zeros((numbers, stretch), np.int32),
        scale=np.ones((numbers, 5), np.int64),
        above=np.zeros((max(1, len(plan.order)), 2), np.int64),
        form=np.zeros((2, conditions), np.uint8),
        crisp=np.zeros((conditions, stretch), np.uint8),
    )
    memory.p[UNKNOWN_SLOT] = ONE
    for x in plan.constants:
        memory.num[:, x.slot] = x.value
        memory.certain[0, x.slot] = at.CONSTANT
    _scales(plan, memory.scale)
    if told:
        memory.meta[at.M_WHY] = at.WHY_NOTHING
    offset = 0
    for x in [*plan.leaves, *plan.order]:
        if x.numeric and x.layers and x.op != at.OP_STORE:
            memory.place[x.slot], offset = offset, offset + x.layers


def put_state(plan: Plan, scans: int, stretch: int, memory: Memory) -> None:
    """Fresh machines, holds and rings of ``scans`` past scans (a power of two)."""
    rules = np.full((max(1, len(plan.rules)), at.R_SIZE), at.NONE, np.int64)
    holds: list[list[int]] = []
    spans: dict[tuple[int, int], int] = {}
    for r in plan.rules:
        rule = r.ground.rule
        row = rules[r.row]
        row[at.R_WHEN], row[at.R_OUT], row[at.R_HOLD] = r.when.slot, r.out.slot, -1
        row[at.R_STRENGTH], row[at.R_THRESHOLD], row[at.R_CLEAR] = rule.strength, rule.threshold, rule.clear_below
        row[at.R_CLEAR_FOR], row[at.R_MAX_HOLD] = rule.clear_for, rule.max_hold
        row[at.R_STATE], row[at.R_LATE], row[at.R_OPEN] = at.NORMAL, 0, 0
        if rule.hold:
            row[at.R_HOLD] = len(holds)
            hold = [0] * at.H_SIZE
            hold[at.H_LENGTH], hold[at.H_START] = rule.hold, at.NONE
            hold[at.H_ROW] = spans.setdefault((rule.hold, 0), len(spans))
            holds.append(hold)
    lags = [x for x in plan.order if x.op == at.OP_LAG]
    n, m, told = max(1, len(holds)), max(1, len(lags)), at.M_SIZE
    layers = max(1, plan.layers)
    memory.put(
        rules=rules,
        holds=np.array(holds, np.int64).reshape(-1, at.H_SIZE),
        spans=np.array(list(spans), np.int64).reshape(-1, 2),
        times=np.zeros(scans, np.int64),
        past_s=np.zeros((n, scans), np.int32),
        past_p=np.zeros((n, scans), np.int32),
        least_s=np.zeros((n, scans), np.int64),
        least_p=np.zeros((n, scans), np.int64),
        lag_first=np.zeros(m, np.int64),
        lag_num=np.full((3, m, scans), math.nan),
        lag_fac=np.ones((2, m, scans), np.int64),
        lag_meta=np.full((told, m, scans), at.NONE, np.int64),
        lag_size=np.zeros((m, scans), np.int64),
        lag_factor=np.ones((2, layers, scans), np.int64),
        lag_ends=np.zeros((2, layers, scans)),
        begins=np.zeros((max(1, len(spans)), stretch), np.int64),
        firsts=np.zeros((max(1, len(spans)), stretch), np.int64),
    )


def longest_look_back(plan: Plan) -> int:
    """The longest hold or lag, ms."""
    holds = [r.ground.rule.hold for r in plan.rules]
    lags = [x.params[1] for x in plan.order if x.op == at.OP_LAG]
    return max([0, *holds, *lags])

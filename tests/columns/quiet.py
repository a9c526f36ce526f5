"""Long quiet streams: every variable good and in time, with one trouble at most, so that whole stretches are plain."""

from __future__ import annotations

import json
import re
from typing import Any

from expert.language.ast import Program
from expert.values.types import Sample, ScanInput
from tests.columns.agree import all_agree
from tests.columns.conditions import ALL, Draw
from tests.columns.generate import FILES, case
from tests.columns.streams import _value
from tests.engine.build import MINUTE, T0, program, rule

PERIODS = {"a.f": MINUTE // 2, "a.s": 3 * MINUTE}


LAG = re.compile(r"lag\(((?:[^()]|\([^()]*\))+), \d+ \w+\)")


def without_lags(seed: int) -> Program:
    """A generated program that does not look back: what is looked back at is never run quickly."""
    found = case(seed)
    return program(*(LAG.sub(r"\1", r) for r in found.rules), installed=found.installed, files=FILES)


def _crisp_when(d: Draw, below: tuple[str, ...], depth: int = 0) -> Any:
    """A condition that is plainly true or false on good samples."""
    kind = d.of("value", "value", "mean", "fact", "fact", "certainty", "pair", "all", "any", "not", "least")
    if kind in ("fact", "certainty") and not below:
        kind = "value"
    if depth == 2 and kind in ("all", "any", "not", "least"):
        kind = "mean"
    limit, op = d.int(40, 60), d.of("<", "<=", ">", ">=")
    if kind == "value":
        return f"{d.of('a.x', 'a.y', 'a.x')} {op} {limit} kPa"
    if kind == "mean":
        return f"mean({d.of('a.x', 'a.y')}, {d.of(3, 5, 12)} min) {op} {limit} kPa"
    if kind == "pair":
        return f"a.x {d.of(op, '==', '!=')} {d.of('a.y', 'mean(a.y, 4 min)')}"
    if kind == "fact":
        return d.of(*below)
    if kind == "certainty":
        return f"{d.of(*below)} {op} {d.of('0.5', '0.8', '1')}"
    parts = [_crisp_when(d, below, depth + 1) for _ in range(d.int(2, 4))]
    if kind == "not":
        return {"not": parts[0]}
    return {"at_least": d.int(1, len(parts)), "of": parts} if kind == "least" else {kind: parts}


def crisp_program(seed: int) -> Program:
    """Rules in three layers, some with a hold or a strength, two for some facts; nothing in them is graded."""
    d = Draw(seed)
    rules, below = [], ()
    for layer in (("a", "b", "c"), ("d", "gate"), ("shade",)):
        for fact in layer:
            for _ in range(d.of(1, 1, 2)):
                options = [f"for: {d.int(1, 9)} min"] if d.chance(50) else []
                options += [f"clear_for: {d.int(1, 5)} min"] if d.chance(30) else []
                options += ['strength: "0.9"'] if d.chance(15) else []
                when = json.dumps(_crisp_when(d, below))
                rules.append(rule(f"r{len(rules)}", when, *options, conclude=fact))
        below = (*below, *layer)
    return program(*rules, files=FILES)


def limits_program(seed: int) -> Program:
    """Rules over limits that values stand on, written from either side, and over how many of them hold."""
    d = Draw(seed)
    rules = []
    for fact in ("a", "b", "c", "d"):
        parts = [_limit(d) for _ in range(d.int(1, 4))]
        when = {"at_least": d.int(1, len(parts)), "of": parts}
        options = [f"clear_for: {d.int(2, 6)} min"] if d.chance(70) else []
        rules.append(rule(f"r{fact}", json.dumps(when), *options, conclude=fact))
    return program(*rules, files=FILES)


def _limit(d: Draw) -> Any:
    limit, name, op = f"{d.int(49, 51)} kPa", d.of("a.x", "a.y"), d.of("<", "<=", ">", ">=")
    atom = f"{name} {op} {limit}" if d.chance(50) else f"{limit} {op} {name}"
    return {"not": atom} if d.chance(30) else atom


def limits_inputs(seed: int, minutes: int) -> tuple[ScanInput, ...]:
    """A scan a minute with values that rest on a limit, or a count beside it."""
    d = Draw(seed)
    now, scans = {"a.x": 50, "a.y": 50}, []
    for k in range(minutes):
        now = {name: d.int(48, 52) if d.chance(25) else x for name, x in now.items()}
        time = T0 + k * MINUTE
        scans.append(ScanInput(time, time, tuple(Sample(name, time, time, x) for name, x in now.items())))
    return tuple(scans)


def limits_agree(seed: int, minutes: int = 60) -> None:
    """Rules over limits that values stand on, through every evaluator."""
    try:
        all_agree(limits_program(seed), limits_inputs(seed, minutes), 25, Draw(seed).of(None, 30))
    except AssertionError as e:
        raise AssertionError(f"limits({seed}): {e}") from e


def quiet_inputs(seed: int, minutes: int) -> tuple[ScanInput, ...]:
    """A scan a minute; on every second seed one variable loses one sample or has a late one."""
    d = Draw(seed)
    samples: list[Sample] = []
    wrong, at = (d.of(*ALL), d.int(20, minutes - 10)) if seed % 2 else ("", 0)
    for name in ALL:
        last = 0 if name in ("a.n", "a.w") else -1
        period = PERIODS.get(name, MINUTE)
        for k in range(minutes * MINUTE // period):
            last = _value(d, name, last)
            source = T0 + k * period
            low, high = (20, 80) if name == "a.f" else (0, 100)
            count = min(max(last, low), high) if name not in ("a.f", "a.s") else last
            late = 0
            if name == wrong and k * period == at * MINUTE // period * period:
                if d.chance(50):
                    continue
                late = 3 * MINUTE
            samples.append(Sample(name, source, source + late, count))
    samples.sort(key=lambda s: (s.arrival, s.source, s.variable))
    times = [T0 + k * MINUTE for k in range(minutes)]
    return tuple(ScanInput(t, t, tuple(s for s in samples if t - MINUTE < s.arrival <= t)) for t in times)


def quiet_agree(seed: int, minutes: int = 110) -> None:
    """A generated program and a crisp one on a quiet stream through every evaluator; an error names its number."""
    d = Draw(seed)
    inputs, stretch, restart = quiet_inputs(seed, minutes), d.int(25, 60), d.of(None, 50, 71)
    try:
        all_agree(without_lags(seed), inputs, stretch, restart, case(seed).baselines)
        all_agree(crisp_program(seed), inputs, stretch, restart)
    except AssertionError as e:
        raise AssertionError(f"quiet({seed}): {e}") from e

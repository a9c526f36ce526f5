"""Rules that the columns leave to the reference, to run beside those that they do not.

Rows, numbers of facts, evidence that adds up, registered features, rules in shadow, promises.
"""

from __future__ import annotations

import json

from tests.columns.conditions import OPS, RECORDED, SAMPLES, Draw, atom, condition, level, options
from tests.engine.build import rule

PAIR = "match: {i: job, j: job where j.after == i.id}"
ROW = "match: {j: job}"


def relational_rules(d: Draw) -> list[str]:
    """All of them, once each, with other limits every time."""
    return [*_chains(d), *_quantified(d), *_evidence(d), *_others(d)]


def _chains(d: Draw) -> list[str]:
    n = d.int(1, 3)
    after = "end(job: j, at: end(job: i).at + j.duration)"
    return [
        rule("j0", f'"j.duration > {n} min"', ROW, conclude="late(job: j)"),
        rule("j1", '"late(job: i)"', PAIR, conclude="late(job: j)"),
        rule("j2", '"j.step >= 0"', ROW, conclude="end(job: j, at: j.duration)"),
        rule("j3", '"end(job: i)"', PAIR, conclude=after),
        rule("j4", f'"end(job: j).at > {2 * n} min"', ROW, conclude="cool_here"),
    ]


def _quantified(d: Draw) -> list[str]:
    n = d.int(1, 3)
    some = {"k": f"job where k.duration > {n} min"}
    found = [
        {"exists": some},
        {"none": some, "that": f"k.due > {d.int(1, 3)} min"},
        {"all": {"k": f"job where k.step <= {n}"}, "that": f"k.due > {d.int(0, 2)} min"},
        {"at_least": 2, "of": some, "where": f"k.due > {d.int(0, 2)} min"},
        f"count(k in job where k.duration > {n} min) >= {d.int(1, 2)}",
    ]
    found += [
        f"{f}(k.due for k in job where k.duration > {n} min) {d.of(*OPS)} {d.int(1, 4)} min"
        for f in ("sum", "min", "max", "mean")
    ]
    return [rule(f"k{i}", json.dumps(when), *options(d), conclude="cool_here") for i, when in enumerate(found)]


def _evidence(d: Draw) -> list[str]:
    return [
        rule("e0", json.dumps(f"{d.of('a.x', 'a.y')} {level(d)}"), 'strength: "0.8"', conclude="proof"),
        rule("e1", json.dumps(f"mean(pumps.t) > {d.int(40, 60)} degC"), 'strength: "0.7"', conclude="proof"),
        rule("e2", "a.w > 0", 'strength: "0.6"', conclude="adds"),
        rule("e3", "a.v rises 30 kPa to 70 kPa", 'strength: "0.9"', conclude="adds"),
        rule("e4", json.dumps({"any": ["proof", "adds"]}), conclude="cool_here"),
    ]


def _others(d: Draw) -> list[str]:
    promise = f"a.y {d.of('>', '<')} {d.int(40, 60)} kPa within {d.int(1, 3)} min"
    return [
        rule("f0", json.dumps(condition(d, 0, 1, recorded=True)), *options(d), conclude="cool_here"),
        *(
            rule(f"f{i}", json.dumps(RECORDED[f](d)), *options(d), conclude="cool_here")
            for i, f in enumerate(RECORDED, 1)
        ),
        rule("g0", json.dumps(atom(d, 0, False)), "status: shadow", conclude="shade"),
        rule("g1", json.dumps({"any": ["shade", atom(d, 0, False)]}), conclude="cool_here"),
        rule("g2", json.dumps(SAMPLES["value"](d)), f"expect: {json.dumps(promise)}", conclude="cool_here"),
    ]

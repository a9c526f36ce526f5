"""Which operators do something in the campaign: ``python -m tests.columns.activity [CASES]``.

An operator is active in a program that contains it when one of its nodes takes two different values over the scans, at
least one of them known. What a rule says besides its condition (`for`, strength, ...) is active when it changes what
the rule says or does in some scan.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from expert.engine.nodes import roots, walk
from expert.engine.session import Session
from expert.language import ast
from expert.values.types import ScanRecord
from tests.columns.generate import Case, case

UNKNOWN = [0, 1_000_000]
NAMED = {
    ast.Window: lambda n: ("bounds " if n.bounded else "") + n.function,
    ast.ZScore: lambda n: n.function,
    ast.SetAggregate: lambda n: f"{n.function} of a set",
    ast.Feature: lambda n: n.function,
    ast.PairFeature: lambda n: n.function,
    ast.RowAggregate: lambda n: f"{n.function} of rows",
    ast.Quantifier: lambda n: f"{n.function} of rows",
    ast.Arithmetic: lambda n: n.op,
    ast.Compare: lambda n: n.op,
    ast.Certainty: lambda n: f"fact {n.op}",
    ast.AtLeast: lambda n: "at least of a set" if n.set else "at least",
}
"""What tells operators of one kind apart."""


def name_of(node: ast.Node) -> str | None:
    """What an operator is called; None for what is no operator."""
    if isinstance(node, ast.Number):
        return None
    name = NAMED.get(type(node))
    return name(node) if name else type(node).__name__.lower()


def records_of(found: Case) -> list[ScanRecord]:
    """What the reference says of a case."""
    session = Session(found.program())
    for name, normal in found.baselines.items():
        if name in session.memory.series:
            session.set_baseline(name, *normal)
    return [session.scan(x) for x in found.inputs]


def _said(value: Any) -> Any:
    """What matters of a recorded value; None where it is unknown or a text."""
    if isinstance(value, list):
        return None if value[:2] == UNKNOWN else tuple(value[:2])
    if not isinstance(value, dict) or ("v" not in value and "lo" not in value):
        return None
    return value.get("v"), value.get("lo")


def _moves(values: Sequence[Any]) -> bool:
    return len({_said(value) for value in values}) > 1


def _nodes(program: ast.Program, records: Sequence[ScanRecord]) -> Iterator[tuple[str, bool]]:
    table = Session(program).table
    names: dict[int, str] = {}
    for rule in program.rules.values():
        for root in roots(rule):
            for node in walk(root):
                if (name := name_of(node)) is not None:
                    names[table.index(node)] = name
    series: dict[str, list[Any]] = {}
    for record in records:
        for key, value in record.nodes.items():
            if not key.startswith("rule:"):
                series.setdefault(key, []).append(value)
    for key, values in series.items():
        name = names.get(int(key.partition("@")[0]))
        if name is not None:
            fixed = name == "baseline" and _said(values[0]) is not None  # other programs have other baselines
            yield name, fixed or _moves(values)


def _rules(program: ast.Program, records: Sequence[ScanRecord]) -> Iterator[tuple[str, bool]]:
    for rule in program.rules.values():
        said = [
            x for r in records for k, x in r.nodes.items() if k == f"rule:{rule.id}" or k.startswith(f"rule:{rule.id}[")
        ]
        states = {f.state for r in records for f in r.firings if f.rule == rule.id}
        if rule.hold:
            yield "for", any(x["held"] != x["when"] for x in said)
        if rule.strength < 1_000_000:
            yield "strength", any(x["out"][0] != x["held"][0] for x in said)
        if rule.clear_for:
            yield "clear_for", "clearing" in states
        if rule.max_hold < 4 * 3_600_000:
            yield "max_hold", any(e.open_question for r in records for e in r.episodes if e.rule == rule.id)
        if rule.threshold != 500_000:
            yield "threshold", bool(states - {"normal"})
        if rule.clear_below != rule.threshold:
            yield "clear_below", bool(states & {"clearing", "held"}) or len(states) > 1
        if rule.conclude is not None and rule.conclude.refutes:
            yield "refute", len({tuple(x["out"]) for x in said}) > 1
        if rule.for_each:
            yield "for_each", len({tuple(x["out"]) for x in said}) > 1
        if rule.match:
            yield "match", bool(said)
        if rule.kind == "alarm":
            yield "alarm", bool(states - {"normal"})
        if rule.expect:
            yield "expect", any(e.rule == rule.id for r in records for e in r.expectations)
        if rule.status == "shadow":
            yield "shadow", len({tuple(x["out"]) for x in said}) > 1


def _facts(program: ast.Program, records: Sequence[ScanRecord]) -> Iterator[tuple[str, bool]]:
    for name, fact in program.facts.items():
        seen = {(f.certainty.s, f.certainty.p) for r in records for f in r.facts if f.type == name}
        if fact.evidence is not None and seen:
            yield f"evidence {fact.evidence}", len(seen) > 1
        if fact.number_field is not None and seen:
            yield "number of a fact", len({f.value for r in records for f in r.facts if f.type == name}) > 1
        if name == "proof_here" and "t.y0" in program.rules:
            yield "recursion", len(seen) > 1


def active_in(found: Case) -> dict[str, bool]:
    """Every operator of a case's program, and whether it is active there."""
    program, records = found.program(), records_of(found)
    out: dict[str, bool] = {"never installed": True} if found.installed is not None else {}
    for part in (_nodes, _rules, _facts):
        for name, active in part(program, records):
            out[name] = out.get(name, False) or active
    return out


def table(cases: int) -> list[tuple[str, int, int]]:
    """Operator, programs that contain it, programs in which it is active; one case in five is relational."""
    contain: Counter[str] = Counter()
    active: Counter[str] = Counter()
    for seed in range(cases):
        for name, moves in active_in(case(seed, relational=seed % 5 == 4)).items():
            contain[name] += 1
            active[name] += moves
    return [(name, contain[name], active[name]) for name in sorted(contain)]


def main(arguments: Sequence[str]) -> int:
    """Print the table."""
    cases = int(arguments[0]) if arguments else 200
    print(f"{'operator':<22} {'in':>5} {'active':>7}   of {cases} programs")
    for name, contain, active in table(cases):
        print(f"{name:<22} {contain:>5} {active:>7} {100 * active / cases:>6.1f} %")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

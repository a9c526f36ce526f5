"""Which operators decided something in a generated program: came out true here and false there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from expert.compat.crisp import conditions, is_leaf, is_row_test
from expert.engine.nodes import NodeTable, walk
from expert.language import ast
from expert.values.types import ScanRecord

NODES = (
    "leaf",
    "row comparison",
    "fact",
    "fact, fields left open",
    "all",
    "any",
    "not",
    "not over derived",
    "at least",
    "at least of a set",
)
RULES = ("for each", "match", "join of rows", "recursion", "several rules")
OPERATORS = (*NODES, *RULES)


def active(program: ast.Program, records: Iterable[ScanRecord]) -> set[str]:
    """Operators of a program that were active in these scans."""
    seen: dict[str, set[bool]] = {}
    found: set[str] = set()
    table = NodeTable(program)
    for record in records:
        results: dict[str, set[bool]] = {}
        for key, result in record.nodes.items():
            if isinstance(result, list):
                results.setdefault(key.partition("@")[0], set()).add(result[0] > 0)
        for rule in program.rules.values():
            for node, _ in conditions(rule):
                for kind in _kinds(node, program):
                    seen.setdefault(kind, set()).update(results.get(table.name(node)[0], ()))
            fired = {v["out"][0] > 0 for k, v in record.nodes.items() if k.split("[")[0] == f"rule:{rule.id}"}
            for kind in _rule_kinds(rule):
                seen.setdefault(kind, set()).update(fired)
        found.update(_chained(program, record))
    return found | {kind for kind, results in seen.items() if len(results) == 2}


def _kinds(node: ast.Cond, program: ast.Program) -> Iterator[str]:
    if is_row_test(node):
        yield "row comparison"
    elif is_leaf(node):
        yield "leaf"
    elif isinstance(node, ast.FactRef):
        yield "fact" if len(node.args) == len(program.facts[node.type].fields) else "fact, fields left open"
    elif isinstance(node, ast.Not):
        yield "not over derived" if any(isinstance(n, ast.FactRef) for n in walk(node)) else "not"
    elif isinstance(node, ast.AtLeast):
        yield "at least" if node.set is None else "at least of a set"
    else:
        yield "all" if isinstance(node, ast.All) else "any"


def _rule_kinds(rule: ast.Rule) -> Iterator[str]:
    if rule.for_each:
        yield "for each"
    if rule.match:
        yield "match" if len(rule.match) == 1 else "join of rows"


def _chained(program: ast.Program, record: ScanRecord) -> Iterator[str]:
    """Facts that several rules conclude, and facts that others of their own type lead to."""
    by_fact: dict[str, set[str]] = {}
    for f in record.firings:
        by_fact.setdefault(f.concludes, set()).add(f.rule)
        conclusion: Any = program.rules[f.rule].conclude
        if any(k != f.concludes and k.split("(")[0] == conclusion.type for k in f.justification):
            yield "recursion"
    if any(len(rules) > 1 for rules in by_fact.values()):
        yield "several rules"


def table_of(counts: Counter[str], programs: int) -> str:
    """Share of the programs in which each operator was active."""
    return "\n".join(f"{counts[name] / programs:7.1%}  {name}" for name in OPERATORS)

"""Which rules the columns can run: those that need no row and no number of a fact, nor anything that does.

The others (*relational* rules) run scan by scan on what the columns found.
"""

from __future__ import annotations

from collections.abc import Iterator

from expert.compile.closure import closed_over
from expert.compile.reads import Read
from expert.engine.nodes import foreseen, roots, walk
from expert.language import ast


def relational_rules(program: ast.Program, rounds: bool = True, promises: bool = False) -> frozenset[str]:
    """Ids of the rules that match rows, conclude a number or accumulate evidence, or depend on one that does
    or on another pack.

    A fact that such a rule concludes or refutes belongs to them whole: every rule that concludes, refutes or reads it.
    So does, where ``rounds`` matter, a fact that such a rule reads in its own stratum: the round of a derivation counts
    from the first round of all of them. With ``promises``, what a rule expects counts as read by it, too.
    """
    some = [name for name, rule in program.rules.items() if _relational(program, rule, promises)]
    imported = frozenset(name for name, fact in program.facts.items() if fact.imported)
    reads = {name: list(_reads(rule, promises)) for name, rule in program.rules.items()}
    return closed_over(program, some, imported, reads, rounds)


def _roots(rule: ast.Rule, promises: bool) -> Iterator[ast.Node]:
    yield from roots(rule)
    if promises:
        yield from foreseen(rule)


def _relational(program: ast.Program, rule: ast.Rule, promises: bool) -> bool:
    conclusion = rule.conclude
    if rule.match or rule.status != "live" or (conclusion is not None and conclusion.number is not None):
        return True
    if conclusion is not None and program.facts[conclusion.type].evidence is not None:
        return True
    return any(not _columnar(n) for root in _roots(rule, promises) for n in walk(root))


def _columnar(node: ast.Node) -> bool:
    from expert.columns.expand import COLUMNAR

    return type(node) in COLUMNAR


def _reads(rule: ast.Rule, promises: bool) -> Iterator[Read]:
    """What a rule reads anywhere, also in its sentences and of earlier scans."""
    for root in _roots(rule, promises):
        for node in walk(root):
            if isinstance(node, ast.FactRef):
                yield Read(node.type, False, "", node.span)
            elif isinstance(node, ast.Raised):
                yield Read(node.rule, True, "", node.span)

"""Which rules the columns can run: those that need no row and no number of a fact, nor anything that does.

The others (*relational* rules) run scan by scan on what the columns found.
"""

from __future__ import annotations

from collections.abc import Iterator

from expert.engine.nodes import roots, walk
from expert.language import ast


def relational_rules(program: ast.Program, rounds: bool = True) -> frozenset[str]:
    """Ids of the rules that match rows, conclude a number or accumulate evidence, or depend on one that does
    or on another pack.

    A fact that such a rule concludes or refutes belongs to them whole: every rule that concludes, refutes or reads it.
    So does, where ``rounds`` matter, a fact that such a rule reads in its own stratum: the round of a derivation counts
    from the first round of all of them.
    """
    layers = [{g.rule.id for g in layer} for layer in program.strata]
    concludes: dict[str, set[str]] = {}
    touches: dict[str, set[str]] = {}
    needs: dict[str, set[str]] = {}
    for name, rule in program.rules.items():
        own = {f"rule {name}"}
        if rule.conclude is not None:
            own.add(f"fact {rule.conclude.type}")
            concludes.setdefault(f"fact {rule.conclude.type}", set()).add(name)
        touches[name] = own
        needs[name] = own | set(_reads(rule))
    tainted = {x for name, rule in program.rules.items() if _relational(program, rule) for x in touches[name]}
    tainted |= {f"fact {name}" for name, fact in program.facts.items() if fact.imported}
    while True:
        more = {x for name in program.rules if not needs[name].isdisjoint(tainted) for x in touches[name]}
        for layer in layers if rounds else ():
            read = {x for name in layer if f"rule {name}" in tainted for x in needs[name]}
            more |= {x for fact in read for name in concludes.get(fact, set()) & layer for x in touches[name]}
        if more <= tainted:
            return frozenset(name for name in program.rules if f"rule {name}" in tainted)
        tainted |= more


def _relational(program: ast.Program, rule: ast.Rule) -> bool:
    conclusion = rule.conclude
    if rule.match or rule.status != "live" or (conclusion is not None and conclusion.number is not None):
        return True
    if conclusion is not None and program.facts[conclusion.type].evidence is not None:
        return True
    return any(not _columnar(n) for root in roots(rule) for n in walk(root))


def _columnar(node: ast.Node) -> bool:
    from expert.columns.expand import COLUMNAR

    return type(node) in COLUMNAR


def _reads(rule: ast.Rule) -> Iterator[str]:
    for root in roots(rule):
        for node in walk(root):
            if isinstance(node, ast.FactRef):
                yield f"fact {node.type}"
            elif isinstance(node, ast.Raised):
                yield f"rule {node.rule}"

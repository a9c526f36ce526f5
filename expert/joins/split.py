"""Which rules of a session's program the joins run, and why the reference evaluator keeps the others over rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from expert.compile.closure import closed_over
from expert.compile.reads import rule_reads
from expert.engine.nodes import NodeTable, children, roots, walk
from expert.joins.owned import types_over_rows
from expert.language import ast
from expert.language.ast import Node, Program, Rule

JOINED = (
    ast.All, ast.Any, ast.Arithmetic, ast.AtLeast, ast.Certainty, ast.Compare, ast.FactRef, ast.FactValue, ast.Graded,
    ast.Not, ast.Number, ast.RowField, ast.Score,
)  # fmt: skip
"""What the joins evaluate where it depends on rows or on facts of rules over rows."""


def joined_rules(program: Program, table: NodeTable, dead: frozenset[str] = frozenset()) -> frozenset[str]:
    """Ids of the rules that the joins run beside a session's other evaluators.

    Left out is what `left_to_reference` names, and all that depends on it.

    Parameters
    ----------
    dead : frozenset of str
        Further rules to leave out: a condition on their rows was removed at grounding.
    """
    owned = after_rows(program)
    why_not = left_to_reference(program, table)
    left = {name for name in owned if name in why_not or name in dead}
    return owned - closed_over(program, left)


def left_to_reference(program: Program, table: NodeTable) -> dict[str, str]:
    """Rules over rows that the joins cannot run, each with the reason.

    What counts or looks for other rows, and what looks back at rows, needs a memory of its own for every row; evidence,
    rules in shadow, and what other packs say of rows are no facts of the joins.
    """
    owned = after_rows(program)
    types = _made_of(program, owned)
    found = {}
    for name in sorted(owned):
        rule = program.rules[name]
        found[name] = next(_reasons(program, table, rule, types, owned), "")
    return {name: why for name, why in found.items() if why}


def after_rows(program: Program) -> frozenset[str]:
    """Ids of the rules that match rows, and of those that depend on what such rules conclude."""
    return closed_over(program, (name for name, rule in program.rules.items() if rule.match))


def _made_of(program: Program, owned: frozenset[str]) -> frozenset[str]:
    """Fact types that these rules conclude, and those about rows that nobody does."""
    made: set[str] = set()
    others: set[str] = {name for name, declared in program.facts.items() if declared.imported}
    for name, rule in program.rules.items():
        if rule.conclude is not None:
            (made if name in owned else others).add(rule.conclude.type)
    return frozenset(made | (types_over_rows(program) - others))


def _reasons(
    program: Program, table: NodeTable, rule: Rule, types: frozenset[str], owned: frozenset[str]
) -> Iterator[str]:
    if rule.status == "shadow":
        yield "in shadow"
    conclusion = rule.conclude
    if conclusion is not None and program.facts[conclusion.type].evidence is not None:
        yield f"evidence for {conclusion.type} adds up"
    for read in rule_reads(rule, program.site):
        if read.state and read.name in owned:
            yield f"raised({read.name}) is known when that rule's machine was stepped"
    rows = {m.binding for m in rule.match}

    def depends(node: Node) -> bool:
        i = table.index(node)
        return bool(table.reads[i] & types) or not rows.isdisjoint(table.free[i])

    for root in roots(rule, texts=False):
        for node in _outermost(root, depends):
            yield f"{getattr(node, 'text', '') or type(node).__name__} depends on rows"
        for node in walk(root):
            if isinstance(node, ast.FactRef) and node.type not in types and depends(node):
                yield f"{node.type} comes from another pack"


def _outermost(node: Node, depends: Callable[[Node], bool]) -> Iterator[Node]:
    """Nodes that depend on rows and are none of those that the joins evaluate."""
    if not depends(node):
        return
    if not isinstance(node, JOINED):
        yield node
        return
    for child in children(node):
        yield from _outermost(child, depends)

"""The crisp fragment of a program: what an engine that knows only true and false can judge.

Leaves (comparisons of samples, windows, model answers) are judged by us and handed over as facts; so are rows and the
members of sets. What is left to the other engine is the chaining: joins by bindings, comparisons of row fields, AND,
OR, counting, negation of lower strata, recursion.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from math import comb, isfinite
from typing import Any

from expert.engine.nodes import NodeTable, plain, roots, walk
from expert.engine.reference import Reference, World
from expert.language import ast, units
from expert.values.interval import FALSE, ONE, TRUE

Cell = str | float
Rows = Mapping[str, Mapping[str, Mapping[str, Any]]]
LeafKey = tuple[str, tuple[str, ...]]
"""Number of a node, and the values of the bindings it reads (members, or keys of rows)."""

MAX_CHOICES = 200
"""Ways to choose the k of a count; more of them are outside, since some engines have to write them out."""
ROW_OPERATORS = ("+", "-", "*", "abs", "min", "max")


class OutsideFragment(ValueError):
    """A program, or what a scan saw, is not crisp; the message says where."""


@dataclass(frozen=True)
class Given:
    """Facts that the other engine starts from.

    ``leaves``: those that are true. ``rows``: relation -> key -> field -> text, or number in house units; only the
    fields that rules compare. ``table``: numbers of the leaves.
    """

    table: NodeTable
    leaves: frozenset[LeafKey]
    rows: Mapping[str, Mapping[str, Mapping[str, Cell]]]
    sets: Mapping[str, tuple[str, ...]]


def layers(program: ast.Program) -> list[list[ast.Rule]]:
    """Rules that conclude facts, by stratum from the bottom, in order of their ids."""
    out = []
    for layer in program.strata:
        rules = {g.rule.id: g.rule for g in layer if g.rule.conclude is not None}
        out.append([rules[name] for name in sorted(rules)])
    return out


def is_row_test(node: ast.Node) -> bool:
    """Whether a condition compares fields of rows with each other and with numbers only."""
    if not isinstance(node, ast.Compare):
        return False
    below = [n for n in walk(node) if n is not node]
    plain = all(
        isinstance(n, ast.Number | ast.RowField) or (isinstance(n, ast.Arithmetic) and n.op in ROW_OPERATORS)
        for n in below
    )
    return plain and any(isinstance(n, ast.RowField) for n in below)


def is_leaf(node: ast.Cond) -> bool:
    """Whether a condition is handed over as a fact."""
    return not isinstance(node, ast.All | ast.Any | ast.Not | ast.AtLeast | ast.FactRef) and not is_row_test(node)


def domains_of(rule: ast.Rule) -> dict[str, str]:
    """Bindings of a rule: ``@set`` or ``#relation``."""
    return {b: f"@{s}" for b, s in rule.for_each} | {m.binding: f"#{m.relation}" for m in rule.match}


def conditions(rule: ast.Rule) -> Iterator[tuple[ast.Cond, dict[str, str]]]:
    """Every condition node of a rule down to its leaves, with the bindings that may stand in it."""
    todo = [(rule.when, domains_of(rule))]
    todo += [(m.where, domains_of(rule)) for m in rule.match if m.where is not None]
    while todo:
        node, domains = todo.pop()
        yield node, domains
        if isinstance(node, ast.All | ast.Any):
            todo += [(item, domains) for item in node.items]
        elif isinstance(node, ast.Not):
            todo.append((node.item, domains))
        elif isinstance(node, ast.AtLeast):
            counted = {node.binding: f"@{node.set}"} if node.set is not None and node.binding is not None else {}
            todo += [(item, domains | counted) for item in node.items]


# ---------------------------------------------------------------- what is outside


def supported(program: ast.Program) -> list[str]:
    """What of a program is outside the crisp fragment, one phrase each; empty when all of it is inside."""
    found = [f"fact {name}: imported" for name, f in sorted(program.facts.items()) if f.imported]
    for ground in (g for layer in program.strata for g in layer):
        if ground.off or ground.coverage != 1:
            found.append(f"rule {ground.rule.id}: the site lacks variables that it reads")
    for name in sorted(program.rules):
        rule = program.rules[name]
        if rule.conclude is not None:
            found += [f"rule {name}: {reason}" for reason in _outside(rule, program)]
    return list(dict.fromkeys(found))


def _outside(rule: ast.Rule, program: ast.Program) -> Iterator[str]:
    if rule.hold:
        yield "holds for a time (for)"
    if rule.strength != ONE:
        yield "has a strength"
    if rule.conclude is not None and rule.conclude.refutes:
        yield "refutes"
    if rule.conclude is not None and rule.conclude.number is not None:
        yield "concludes a number"
    for node, _ in conditions(rule):
        if isinstance(node, ast.Raised):
            yield "reads the state of a rule (raised)"
        elif is_leaf(node) and any(isinstance(n, ast.FactRef) for n in walk(node)):
            yield f"{_kind(node)} of facts"
        elif isinstance(node, ast.AtLeast) and node.filter is not None:
            yield "picks members by their attributes"
        elif isinstance(node, ast.AtLeast):
            n = len(node.items) if node.set is None else len(program.site.sets[node.set])
            if comb(n, node.k) > MAX_CHOICES:
                yield f"counts {node.k} of {n}"


def _kind(node: ast.Cond) -> str:
    if isinstance(node, ast.Score):
        return "score"
    if isinstance(node, ast.Quantifier):
        return node.function
    return "certainty" if isinstance(node, ast.Certainty) else "number"


# ---------------------------------------------------------------- what is handed over


def given(program: ast.Program, world: World) -> Given:
    """What a scan sees, as facts.

    Parameters
    ----------
    world : World
        What the scan may look at (``Session.world``); its facts are not looked at.

    Raises
    ------
    OutsideFragment
        When the program is outside the fragment, a leaf is neither true nor false, or a row lacks a value.
    """
    outside = supported(program)
    if outside:
        raise OutsideFragment("not crisp: " + "; ".join(outside))
    sets = {name: tuple(members) for name, members in program.site.sets.items()}
    return Given(world.table, frozenset(_true_leaves(program, world)), _cells(program, world.rows), sets)


def _true_leaves(program: ast.Program, world: World) -> Iterator[LeafKey]:
    evaluator = Reference(world)
    for rule in (r for layer in layers(program) for r in layer):
        for node, domains in conditions(rule):
            if not is_leaf(node):
                continue
            name, free, _ = world.table.name(node)
            for values in product(*[_domain(domains[b], program, world.rows) for b in free]):
                x = evaluator.cond(node, dict(zip(free, values, strict=True)))
                if x not in (TRUE, FALSE):
                    raise OutsideFragment(f"rule {rule.id}: {node.text or name} is neither true nor false")
                if x == TRUE:
                    yield name, tuple(plain(v) for v in values)


def _domain(kind: str, program: ast.Program, rows: Rows) -> list[str]:
    if kind.startswith("@"):
        return list(program.site.sets[kind[1:]])
    return [f"{kind}:{key}" for key in rows.get(kind[1:], {})]


def compared_fields(program: ast.Program) -> dict[str, frozenset[str]]:
    """Relation -> fields that rules compare."""
    found: dict[str, set[str]] = {name: set() for name in program.site.relations}
    for rule in (r for layer in layers(program) for r in layer):
        relation = {m.binding: m.relation for m in rule.match}
        for root in roots(rule, texts=False):
            for node in walk(root):
                if isinstance(node, ast.RowField):
                    found[relation[node.binding]].add(node.field)
    return {name: frozenset(fields) for name, fields in found.items()}


def _cells(program: ast.Program, rows: Rows) -> dict[str, dict[str, dict[str, Cell]]]:
    out: dict[str, dict[str, dict[str, Cell]]] = {}
    for name, fields in compared_fields(program).items():
        kinds = program.site.relations[name].fields
        out[name] = {
            key: {f: _cell(row.get(f), kinds[f], f"{name} {key}: {f}", program) for f in sorted(fields)}
            for key, row in rows.get(name, {}).items()
        }
    return out


def _cell(raw: Any, kind: str, place: str, program: ast.Program) -> Cell:
    if raw is None:
        raise OutsideFragment(f"row {place} has no value")
    if kind == "text":
        return str(raw)
    if not isinstance(raw, int | float) or isinstance(raw, bool) or not isfinite(raw):
        raise OutsideFragment(f"row {place} is no number")
    factor = Fraction(1) if kind == "number" else units.factor(kind, program.site.unit_definitions)
    return float(Fraction(raw) * factor)

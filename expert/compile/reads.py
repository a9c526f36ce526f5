"""What a rule reads of other rules: facts and states, each plainly or only once it is settled."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from expert.language import ast


@dataclass(frozen=True, slots=True)
class Read:
    """One reading.

    ``name``: fact type, or rule id for a ``state``; ``strict``: what is done with it that needs it settled before
    (``negates {}``), or ''.
    """

    name: str
    state: bool
    strict: str
    span: ast.Span


def rule_reads(rule: ast.Rule, site: ast.Site) -> Iterator[Read]:
    """Everything a rule reads that other rules conclude."""
    outer = "holds {} with for" if rule.hold else ""
    yield from condition_reads(rule.when, outer, site)
    for match in rule.match:
        if match.where is not None:
            yield from condition_reads(match.where, "", site)
    if rule.conclude is not None and rule.conclude.number is not None:
        yield from number_reads(rule.conclude.number, "", site)


def condition_reads(node: ast.Cond, strict: str, site: ast.Site) -> Iterator[Read]:
    """Readings of a condition; ``strict``: why everything in it must be settled before."""
    if isinstance(node, (ast.All, ast.Any)):
        for item in node.items:
            yield from condition_reads(item, strict, site)
    elif isinstance(node, ast.Not):
        yield from condition_reads(node.item, strict or "negates {}", site)
    elif isinstance(node, ast.Score):
        for _, item in node.terms:
            yield from condition_reads(item, strict or "scores {}", site)
    elif isinstance(node, ast.AtLeast):
        for item in node.items:
            yield from condition_reads(item, strict or "counts {}", site)
    elif isinstance(node, ast.Quantifier):
        yield from _quantified(node, strict, site)
    elif isinstance(node, ast.FactRef):
        yield Read(node.type, False, strict, node.span)
    elif isinstance(node, ast.Certainty):
        above = "" if node.op in (">", ">=") else f"compares {{}} with {node.op}"
        yield Read(node.fact.type, False, strict or above, node.span)
    elif isinstance(node, ast.Raised):
        yield Read(node.rule, True, strict or "reads {} by raised()", node.span)
    elif isinstance(node, ast.Compare):
        yield from number_reads(node.left, strict or "compares the number of {}", site)
        yield from number_reads(node.right, strict or "compares the number of {}", site)
    elif isinstance(node, ast.Graded):
        yield from number_reads(node.arg, strict or "compares the number of {}", site)


def _quantified(node: ast.Quantifier, strict: str, site: ast.Site) -> Iterator[Read]:
    """More facts can only help an ``exists`` and the ``that`` of an ``all``; everything else must be settled before."""
    why = {"exists": "", "at_least": "counts {}"}.get(node.function, "negates {}")
    if node.where is not None:
        yield from condition_reads(node.where, strict or why, site)
    if node.that is not None:
        yield from condition_reads(node.that, strict or ("" if node.function == "all" else why), site)


def number_reads(node: ast.Expr, strict: str, site: ast.Site) -> Iterator[Read]:
    """Readings of a number. What stands inside ``lag`` is read from earlier scans and ties nothing."""
    if isinstance(node, ast.Arithmetic):
        for arg in node.args:
            yield from number_reads(arg, strict, site)
    elif isinstance(node, ast.SetAggregate):
        yield from number_reads(node.arg, strict or "aggregates {}", site)
    elif isinstance(node, ast.RowAggregate):
        if node.arg is not None:
            yield from number_reads(node.arg, "aggregates {}", site)
        if node.where is not None:
            yield from condition_reads(node.where, "counts {}" if node.arg is None else "aggregates {}", site)
    elif isinstance(node, ast.FactValue):
        yield Read(node.fact.type, False, strict, node.span)
    elif isinstance(node, (ast.ZScore, ast.Baseline)):
        exclude = site.variables[node.ref.variable].exclude
        if exclude is not None:
            yield Read(exclude, False, f"reads {{}} for the baseline of {node.ref.variable}", node.span)


def readers(rules: Mapping[str, ast.Rule], site: ast.Site) -> dict[str, list[Read]]:
    """Rule id -> what it reads."""
    return {name: list(rule_reads(rule, site)) for name, rule in rules.items()}

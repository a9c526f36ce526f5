"""Resolving conditions: names, dimensions of comparisons, soft terms, models, states of rules."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any as Anything

from expert.language import ast
from expert.language.choosing import conjuncts, most_members, picks_members, resolve_choice
from expert.language.diagnostics import did_you_mean
from expert.language.durations import format_duration
from expert.language.numbers import (
    TEXT,
    Type,
    describe,
    is_zero,
    origin,
    resolve_literal,
    resolve_number,
    resolve_variable,
)
from expert.language.scope import Scope, resolve_fact, within
from expert.language.units import TIME, Dimension, UnitError, in_words


def resolve_condition(node: ast.Cond, scope: Scope) -> ast.Cond:
    """The condition with names resolved and literals in house units; errors go to the scope's sink."""
    return _RESOLVERS[type(node)](node, scope)


def _compare(node: ast.Compare, scope: Scope) -> ast.Cond:
    left, a = resolve_number(node.left, scope)
    if a is None and isinstance(node.right, ast.Word):
        return replace(node, left=left)  # one mistake: an attribute where it does not belong
    right, b = resolve_number(node.right, scope)
    out = replace(node, left=left, right=right)
    if a is None or b is None:
        return out
    if TEXT in (a, b):
        if a != b:
            text, other = (node.left, b) if a == TEXT else (node.right, a)
            scope.sink.error("E0206", f"{text.text} is a text, compared with {describe(other)}", node.span)
        elif node.op not in ("==", "!="):
            scope.sink.error("E0206", "texts are compared with == or != only", node.span)
        return out
    if a != b and not is_zero(node.left) and not is_zero(node.right):
        _mismatch(node, left, right, a, b, scope)
    return out


def _mismatch(node: ast.Compare, left: ast.Expr, right: ast.Expr, a: Type, b: Type, scope: Scope) -> None:
    swapped = isinstance(node.left, ast.Number) and not isinstance(node.right, ast.Number)
    other, wrong, wrong_type, other_type = (right, node.left, a, b) if swapped else (left, node.right, b, a)
    assert isinstance(other_type, Dimension) and isinstance(wrong_type, Dimension)
    unit, declared = origin(other, scope)
    side = "right" if swapped else "left"
    fits = bool(unit) and scope.units.dimension_of(unit) == other_type
    notes = [
        f"{side} side is {in_words(other_type)}"
        + (f" [{unit}]" if fits else "")
        + (f": {declared}" if declared else "")
    ]
    help = ""
    if isinstance(wrong, ast.Number):
        wanted = unit if fits else scope.units.house_unit(other_type)
        help = f"write {_digits(wrong)} {wanted}".rstrip()
        if wrong_type == other_type / TIME and isinstance(other, (ast.Ref, ast.Window)):
            name = other.text if isinstance(other, ast.Ref) else other.ref.text
            help += f", or use slope({name}, ...) on the {side}"
    scope.sink.error("E0207", "unit mismatch", wrong.span, label=describe(wrong_type), notes=notes, help=help)


def _digits(node: ast.Number) -> str:
    return node.text.removesuffix(node.unit).strip() if node.unit else node.text


def _graded(node: ast.Graded, scope: Scope) -> ast.Cond:
    arg, t = resolve_number(node.arg, scope)
    if t == TEXT:
        scope.sink.error("E0206", f"{node.arg.text} is a text, not a number", node.arg.span)
        return replace(node, arg=arg)
    if node.term:
        return _term(node, arg, t, scope)
    zero = replace(node.zero, unit=node.zero.unit or node.one.unit)
    ends = []
    for end in (zero, node.one):
        resolved, own = resolve_literal(end, scope)
        if own is not None and t is not None and own != t and not is_zero(end):
            unit, _ = origin(arg, scope)
            fits = bool(unit) and scope.units.dimension_of(unit) == t
            assert isinstance(t, Dimension)
            wanted = unit if fits else scope.units.house_unit(t)
            scope.sink.error(
                "E0207",
                "unit mismatch",
                end.span,
                label=describe(own),
                notes=[f"left side is {describe(t)}"],
                help=f"write {_digits(end)} {wanted}".rstrip(),
            )
        ends.append(resolved)
    if ends[0].value == ends[1].value:
        scope.sink.error("E0213", "both ends are equal", node.span)
    return replace(node, arg=arg, zero=ends[0], one=ends[1])


def _term(node: ast.Graded, arg: ast.Expr, t: Type, scope: Scope) -> ast.Cond:
    if t is None:
        return replace(node, arg=arg)
    target = _target(arg)
    mine = [x for x in scope.site.terms if x.applies_to == target]
    term = next((x for x in mine if x.name == node.term), None)
    if term is not None:
        zero = ast.Number(value=term.zero, unit=term.unit, span=node.span)
        one = ast.Number(value=term.one, unit=term.unit, span=node.span)
        return replace(node, arg=arg, zero=zero, one=one)
    elsewhere = sorted({x.applies_to for x in scope.site.terms if x.name == node.term})
    scope.sink.error(
        "E0308",
        f"no soft term {node.term} for {target or 'a computed number'}",
        node.span,
        notes=[f"{node.term} is declared for {', '.join(elsewhere)}"] if elsewhere else [],
        help=did_you_mean(node.term, [x.name for x in mine]) or "write rises A to B, or add the term to terms.yaml",
    )
    return replace(node, arg=arg)


def _target(arg: ast.Expr) -> str:
    """What a soft term must apply to, to fit an expression."""
    if isinstance(arg, ast.ZScore):
        return arg.function
    if isinstance(arg, ast.Ref):
        return arg.variable
    if isinstance(arg, ast.Window) and arg.function in ("mean", "min", "max"):
        return arg.ref.variable
    if isinstance(arg, ast.Lag):
        return _target(arg.arg)
    if isinstance(arg, ast.SetAggregate) and arg.function in ("mean", "min", "max", "median"):
        return _target(arg.arg)
    return ""


def _fact(node: ast.FactRef, scope: Scope) -> ast.Cond:
    return resolve_fact(node, scope) or node


def _certainty(node: ast.Certainty, scope: Scope) -> ast.Cond:
    return replace(node, fact=resolve_fact(node.fact, scope) or node.fact)


def _model(node: ast.ModelProbability, scope: Scope) -> ast.Cond:
    spec = scope.site.models.get(node.model)
    if spec is None:
        scope.unknown(
            "E0310", "model", node.model, within(node, node.model), scope.site.models, "declare it in models.yaml"
        )
        return node
    if node.ahead not in spec.horizons:
        offered = ", ".join(format_duration(h) for h in spec.horizons)
        scope.sink.error(
            "E0319",
            f"model {node.model} does not look {format_duration(node.ahead)} ahead",
            node.span,
            help=f"it looks {offered} ahead",
        )
    limit, own = resolve_literal(node.limit, scope)
    target = scope.site.variables.get(spec.target)
    wanted = None if target is None else _quiet(target.unit, scope)
    if target is not None and own is not None and wanted is not None and own != wanted:
        scope.sink.error(
            "E0207",
            "unit mismatch",
            node.limit.span,
            label=describe(own),
            notes=[f"the model predicts {target.id} [{target.unit}]: {scope.declared(target)}"],
            help=f"write {_digits(node.limit)} {target.unit}",
        )
    return replace(node, limit=limit)


def _quiet(unit: str, scope: Scope) -> Dimension | None:
    """Dimension of a declared unit; a wrong one has been reported at its declaration."""
    try:
        return scope.units.dimension_of(unit)
    except UnitError:
        return None


def _raised(node: ast.Raised, scope: Scope) -> ast.Cond:
    if node.rule not in scope.rules:
        scope.unknown("E0312", "rule", node.rule, within(node, node.rule), scope.rules)
    elif not scope.rules[node.rule]:
        scope.sink.error("E0312", f"{node.rule} refutes; it is never raised", node.span)
    return node


def _bad(node: ast.Bad, scope: Scope) -> ast.Cond:
    ref = resolve_variable(node.ref, scope, "bad")
    return node if ref is None else replace(node, ref=ref)


def _items(node: Anything, scope: Scope) -> ast.Cond:
    return replace(node, items=tuple(resolve_condition(i, scope) for i in node.items))


def _not(node: ast.Not, scope: Scope) -> ast.Cond:
    return replace(node, item=resolve_condition(node.item, scope))


def _score(node: ast.Score, scope: Scope) -> ast.Cond:
    return replace(node, terms=tuple((w, resolve_condition(c, scope)) for w, c in node.terms))


def _at_least(node: ast.AtLeast, scope: Scope) -> ast.Cond:
    if node.set is None or node.binding is None:
        return _items(node, scope)
    if node.set in scope.site.relations:
        that = node.items[0] if node.items else None
        rows = ast.Quantifier(function="at_least", relation=node.set, binding=node.binding, k=node.k, that=that)
        return _quantifier(replace(rows, where=node.filter, span=node.span, text=node.text), scope)
    members = scope.site.sets.get(node.set)
    if members is None:
        scope.unknown("E0302", "set", node.set, node.span, scope.site.sets, "declare it in equipment.yaml")
        return node
    if node.k > len(members):
        scope.sink.error("E0323", f"at least {node.k} of {len(members)} {node.set} can never hold", node.span)
    if not node.items:
        help = f"add where: ..., or {node.k} of {len(members)} hold always"
        scope.sink.error("E0121", f"at_least over {node.set} has no where", node.span, help=help)
    with scope.bound(node.binding, f"@{node.set}"):
        items = tuple(resolve_condition(i, scope) for i in node.items)
        parts = conjuncts(node.filter)
        seen = [resolve_condition(c, scope) for c in parts if not picks_members(c, scope)]
        if seen and items:
            items = (ast.All(items=(*seen, items[0]), span=node.span, text=node.text),)
        asked = [c for c in parts if picks_members(c, scope)]
        chosen = [c for c in (resolve_choice(c, scope) for c in asked) if c is not None]
        filter_ = chosen[0] if len(chosen) == 1 else ast.All(items=tuple(chosen), span=node.span) if chosen else None
        out = replace(node, items=items, filter=filter_)
    if len(chosen) == len(asked) and asked and most_members(out, scope) < node.k <= len(members):
        scope.sink.error("E0323", f"at least {node.k} {node.set} chosen like this can never hold", node.span)
    return out


def _quantifier(node: ast.Quantifier, scope: Scope) -> ast.Cond:
    with scope.row(node) as known:
        if not known:
            return node
        where = None if node.where is None else resolve_condition(node.where, scope)
        that = None if node.that is None else resolve_condition(node.that, scope)
    return replace(node, where=where, that=that)


_RESOLVERS: dict[type, Callable[[Anything, Scope], ast.Cond]] = {
    ast.Compare: _compare,
    ast.Graded: _graded,
    ast.FactRef: _fact,
    ast.Certainty: _certainty,
    ast.ModelProbability: _model,
    ast.Raised: _raised,
    ast.Bad: _bad,
    ast.All: _items,
    ast.Any: _items,
    ast.Not: _not,
    ast.Score: _score,
    ast.AtLeast: _at_least,
    ast.Quantifier: _quantifier,
}

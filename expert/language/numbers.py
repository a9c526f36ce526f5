"""Resolving numeric expressions: names, dimensions, literals in house units."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any as Anything
from typing import Literal

from expert.language import ast
from expert.language.calls import ONE_VARIABLE
from expert.language.durations import format_duration
from expert.language.expression import bare_word
from expert.language.scope import UNKNOWN, Scope, resolve_fact, resolve_ref
from expert.language.units import NUMBER, TIME, Dimension, UnitError, in_words
from expert.values.features import FEATURES, Setting
from expert.values.pairs import PAIRS
from expert.values.types import Variable

TextType = Literal["text"]
TEXT: TextType = "text"
Type = Dimension | TextType | None  # None: unknown, reported already
Resolved = tuple[ast.Expr, Type]


def resolve_number(node: ast.Expr, scope: Scope) -> Resolved:
    """The expression with names resolved and literals in house units, and its dimension."""
    return _RESOLVERS[type(node)](node, scope)


def is_zero(node: ast.Expr) -> bool:
    """A plain 0 fits every dimension."""
    return isinstance(node, ast.Number) and node.value == 0 and not node.unit


def describe(t: Type) -> str:
    """A type in words."""
    return "a text" if t == TEXT else in_words(t) if isinstance(t, Dimension) else "something unknown"


def origin(node: ast.Expr, scope: Scope) -> tuple[str, str]:
    """Unit and place of declaration of the first variable in an expression, or ''."""
    variable = _first_variable(node, scope)
    return ("", "") if variable is None else (variable.unit, scope.declared(variable))


def _first_variable(node: ast.Expr, scope: Scope) -> Variable | None:
    if isinstance(node, ast.Ref):
        return scope.site.variables.get(node.variable)
    inner: tuple[Anything, ...] = ()
    if isinstance(node, ast.Arithmetic):
        inner = node.args
    elif isinstance(node, (ast.Lag, ast.SetAggregate, ast.RowAggregate)):
        inner = (node.arg,)
    elif hasattr(node, "ref"):
        inner = (node.ref,)
    return next((v for v in (_first_variable(a, scope) for a in inner) if v is not None), None)


def resolve_literal(node: ast.Number, scope: Scope) -> tuple[ast.Number, Dimension | None]:
    """A literal in house units and its dimension."""
    dimension = scope.unit_dimension(node.unit, node.span)
    if dimension is None:
        return node, None
    return replace(node, value=scope.units.to_house(Fraction(repr(node.value)), node.unit)), dimension


def _name(node: ast.Ref, scope: Scope) -> Resolved:
    found = resolve_ref(node, scope)
    if found is None:
        return node, None
    if isinstance(found, ast.RowField):
        return found, _row_type(found, scope)
    return found, _variable_dimension(found, scope)


def _row_type(node: ast.RowField, scope: Scope) -> Type:
    relation = scope.site.relations[scope.bindings[node.binding][1:]]
    kind = relation.fields[node.field]
    if kind == "text":
        return TEXT
    return NUMBER if kind == "number" else scope.unit_dimension(kind, node.span)


def _variable_dimension(ref: ast.Ref, scope: Scope) -> Dimension | None:
    try:
        return scope.units.dimension_of(scope.site.variables[ref.variable].unit)
    except UnitError:  # reported at its declaration
        return None


def resolve_variable(ref: ast.Ref, scope: Scope, where: str) -> ast.Ref | None:
    """A name that must be a variable (not a row's field)."""
    found = resolve_ref(ref, scope)
    if isinstance(found, ast.RowField):
        scope.sink.error("E0206", f"{where} takes a variable, not the field of a row", ref.span)
        return None
    return found


def _period_fits(node: ast.Window | ast.Feature | ast.PairFeature | ast.ZScore, ref: ast.Ref, scope: Scope) -> bool:
    variable = scope.site.variables[ref.variable]
    if node.duration >= variable.period or variable.id in scope.site.overridden:
        return True  # at a plant that samples more slowly the node is removed when the program is grounded
    scope.sink.error(
        "E0210",
        f"a window of {format_duration(node.duration)} holds no sample of {variable.id}",
        node.span,
        notes=[f"its sampling period is {format_duration(variable.period)}: {scope.declared(variable)}"],
        help=f"write at least {format_duration(variable.period)}",
    )
    return False


def _window(node: ast.Window, scope: Scope) -> Resolved:
    ref = resolve_variable(node.ref, scope, node.function)
    if ref is None or not _period_fits(node, ref, scope):
        return node, None
    dimension = _variable_dimension(ref, scope)
    if dimension is not None and node.function == "slope":
        dimension = dimension / TIME
    return replace(node, ref=ref), dimension


def _feature(node: ast.Feature, scope: Scope) -> Resolved:
    declared = FEATURES[node.function]
    ref = resolve_variable(node.ref, scope, node.function)
    if ref is None or not _period_fits(node, ref, scope):
        return node, None
    variable = scope.site.variables[ref.variable]
    if not _analog(node, variable, "an analog variable", scope):
        return node, None
    settings = _settings(node, declared.settings, scope)
    if settings is None:
        return node, None
    values = tuple(s.value for s in settings)
    unfit = declared.unfit(variable.period, node.duration, values)
    if unfit and variable.id not in scope.site.overridden:
        note = f"its sampling period is {format_duration(variable.period)}: {scope.declared(variable)}"
        scope.sink.error("E0214", f"{node.function} of {variable.id}: {unfit}", node.span, notes=[note])
    dimension = _variable_dimension(ref, scope) if declared.power else NUMBER
    return replace(node, ref=ref, settings=settings), dimension


def _analog(node: ast.Feature | ast.PairFeature, variable: Variable, takes: str, scope: Scope) -> bool:
    """Whether a feature may read a variable; reported where not."""
    if variable.kind != "analog":
        message = f"{node.function} takes {takes}, but {variable.id} is a {variable.kind}"
        scope.sink.error("E0212", message, node.span)
    return variable.kind == "analog"


def _settings(
    node: ast.Feature | ast.PairFeature, declared: Sequence[Setting], scope: Scope
) -> tuple[ast.Number, ...] | None:
    """The settings of a feature in house units; None, and reported, where one has a wrong unit."""
    settings = []
    for given, setting in zip(node.settings, declared, strict=True):
        resolved, own = resolve_literal(given, scope)
        wanted = scope.units.dimension_of(setting.unit)
        if own is not None and own != wanted:
            notes = [f"{setting.name} of {node.function} is {in_words(wanted)}"]
            help = f"write {setting.example}"
            scope.sink.error("E0207", "unit mismatch", given.span, label=in_words(own), notes=notes, help=help)
            return None
        settings.append(resolved)
    return tuple(settings)


def _pair(node: ast.PairFeature, scope: Scope) -> Resolved:
    declared = PAIRS[node.function]
    refs = [resolve_variable(ref, scope, node.function) for ref in (node.ref, node.other)]
    one, other = refs
    if one is None or other is None or not all(_period_fits(node, r, scope) for r in (one, other)):
        return node, None
    first, second = (scope.site.variables[r.variable] for r in (one, other))
    if not all(_analog(node, variable, "analog variables", scope) for variable in (first, second)):
        return node, None
    settings = _settings(node, declared.settings, scope)
    if settings is None:
        return node, None
    at_plant = first.id in scope.site.overridden or second.id in scope.site.overridden
    unfit = declared.unfit(first.period, node.duration, tuple(s.value for s in settings))
    if first.period != second.period:
        unfit = "samples are paired, so both must be sampled at the same period"
    if unfit and not at_plant:
        told = [f"{v.id} is sampled every {format_duration(v.period)}: {scope.declared(v)}" for v in (first, second)]
        notes = told if first.period != second.period else told[:1]
        message = f"{node.function} of {first.id} and {second.id}: {unfit}"
        scope.sink.error("E0214", message, node.span, notes=notes)
    return replace(node, ref=one, other=other, settings=settings), NUMBER


def _z(node: ast.ZScore, scope: Scope) -> Resolved:
    ref = resolve_variable(node.ref, scope, node.function)
    if ref is None or not _period_fits(node, ref, scope):
        return node, None
    variable = scope.site.variables[ref.variable]
    if variable.kind != "analog":
        scope.sink.error(
            "E0212", f"{node.function} compares with what is normal, but {variable.id} is a {variable.kind}", node.span
        )
        return node, None
    return replace(node, ref=ref), NUMBER


def _of_variable(node: Anything, scope: Scope) -> Resolved:
    name = next(name for name, kind in ONE_VARIABLE.items() if kind is type(node))
    ref = resolve_variable(node.ref, scope, name)
    if ref is None:
        return node, None
    variable = scope.site.variables[ref.variable]
    if isinstance(node, ast.Since) and variable.kind == "analog":
        counters = [v.id for v in scope.site.variables.values() if v.kind != "analog"]
        scope.sink.error(
            "E0212",
            f"minutes_since takes a counter or a switch, but {variable.id} is analog",
            node.span,
            help=f"such variables are {', '.join(sorted(counters)[:6])}" if counters else "",
        )
        return node, None
    if isinstance(node, ast.Repeats):
        return replace(node, ref=ref), NUMBER
    dimension = _variable_dimension(ref, scope) if isinstance(node, ast.Baseline) else TIME
    return replace(node, ref=ref), dimension


def _lag(node: ast.Lag, scope: Scope) -> Resolved:
    arg, t = _must_be_number(node.arg, scope)
    if node.duration < scope.site.settings["period"]:
        scope.sink.error(
            "E0210",
            "a lag is at least one period",
            node.span,
            notes=[f"the program's period is {format_duration(scope.site.settings['period'])}"],
        )
    return replace(node, arg=arg), t


def _must_be_number(node: ast.Expr, scope: Scope) -> tuple[ast.Expr, Dimension | None]:
    resolved, t = resolve_number(node, scope)
    if t == TEXT:
        scope.sink.error("E0206", f"{node.text} is a text, not a number", node.span)
        return resolved, None
    return resolved, t


def _aggregate(node: ast.SetAggregate, scope: Scope) -> Resolved:
    if scope.bindings.get(node.set) == UNKNOWN:
        return node, None
    if node.set in scope.bindings:
        scope.sink.error(
            "E0314",
            f"{node.set} is one member, {node.function} needs the whole set",
            node.span,
            help=f"write {node.function}({scope.bindings[node.set][1:]}.property)",
        )
        return node, None
    if node.set not in scope.site.sets:
        scope.unknown("E0302", "set", node.set, node.span, scope.site.sets, "declare it in equipment.yaml")
        return node, None
    with scope.bound(node.binding, f"@{node.set}"):
        arg, t = _must_be_number(node.arg, scope)
    return replace(node, arg=arg), t


def _over_rows(node: ast.RowAggregate, scope: Scope) -> Resolved:
    from expert.language.resolve import resolve_condition  # conditions hold numbers, and these numbers a condition

    with scope.row(node) as known:
        if not known:
            return node, None
        where = None if node.where is None else resolve_condition(node.where, scope)
        if node.arg is None:
            return replace(node, where=where), NUMBER
        arg, t = _must_be_number(node.arg, scope)
    return replace(node, arg=arg, where=where), t


def _arithmetic(node: ast.Arithmetic, scope: Scope) -> Resolved:
    pairs = [_must_be_number(a, scope) for a in node.args]
    args, types = tuple(a for a, _ in pairs), [t for _, t in pairs]
    out = replace(node, args=args)
    if any(t is None for t in types):
        return out, None
    dims = [t for t in types if t is not None]
    if node.op == "*":
        return out, dims[0] * dims[1]
    if node.op == "/":
        if isinstance(args[1], ast.Number) and args[1].value == 0:
            scope.sink.error("E0208", "division by zero", node.span)
            return out, None
        return out, dims[0] / dims[1]
    if node.op == "sqrt":
        return out, dims[0].root()
    return out, _same(node, args, dims, scope)


def _same(node: ast.Arithmetic, args: tuple[ast.Expr, ...], dims: list[Dimension], scope: Scope) -> Dimension | None:
    first: Dimension | None = None
    for arg, dim in zip(args, dims, strict=True):
        if is_zero(arg):
            continue
        if first is None:
            first = dim
        elif dim != first:
            word = {"+": "added to", "-": "subtracted from"}.get(node.op, "compared with")
            scope.sink.error("E0207", "unit mismatch", arg.span, label=f"{in_words(dim)} {word} {in_words(first)}")
            return None
    return first if first is not None else dims[0]


def _fact_value(node: ast.FactValue, scope: Scope) -> Resolved:
    fact = resolve_fact(node.fact, scope)
    if fact is None:
        return node, None
    declared = scope.facts[fact.type]
    if declared.number_field is None:
        scope.sink.error("E0324", f"fact {fact.type} has no number", node.span, help="give it number: in facts.yaml")
        return node, None
    if declared.number_field != node.field:
        scope.unknown("E0306", f"number of {fact.type}:", node.field, node.span, [declared.number_field])
        return node, None
    return replace(node, fact=fact), scope.unit_dimension(declared.unit, node.span)


def _row_field(node: ast.RowField, scope: Scope) -> Resolved:
    return node, _row_type(node, scope)


def _word(node: ast.Word, scope: Scope) -> Resolved:
    scope.sink.error("E0135", "a condition stands where a number is needed", node.span, help=bare_word(node.value))
    return node, None


_RESOLVERS: dict[type, Callable[[Anything, Scope], Resolved]] = {
    ast.Number: resolve_literal,
    ast.Ref: _name,
    ast.RowField: _row_field,
    ast.Word: _word,
    ast.Window: _window,
    ast.Feature: _feature,
    ast.PairFeature: _pair,
    ast.ZScore: _z,
    ast.Baseline: _of_variable,
    ast.Since: _of_variable,
    ast.Age: _of_variable,
    ast.Unchanged: _of_variable,
    ast.Repeats: _of_variable,
    ast.Lag: _lag,
    ast.SetAggregate: _aggregate,
    ast.RowAggregate: _over_rows,
    ast.Arithmetic: _arithmetic,
    ast.FactValue: _fact_value,
}

"""``expect:`` of a rule: what is to be seen, and within what time, if the rule is right.

expect: hot_metal.temperature < 1470 degC within 140 min
expect: {burden_slip: within 60 min, or: blast.pressure back_to normal within 60 min}
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any as Anything

from expert.language import ast
from expert.language.diagnostics import Sink
from expert.language.durations import format_duration
from expert.language.expression import Parser, report
from expert.language.lexer import ExpressionError
from expert.language.numbers import resolve_variable
from expert.language.raw import RawExpected, RawRule
from expert.language.resolve import resolve_condition
from expert.language.schema import Table, kind
from expert.language.scope import Scope
from expert.language.source import Text
from expert.language.strict_yaml import Broken, Mapping, YamlNode

FORM = "write expect: condition within 60 min"


def read_expected(t: Table, sink: Sink) -> list[RawExpected]:
    """The alternatives of a rule's ``expect``, as written."""
    node = t.get("expect")
    if node is None:
        return []
    if isinstance(node, Text):
        return _listed([_parsed(node, sink)])
    if isinstance(node, Mapping):
        return _listed(_mapping(node, t, sink))
    if not isinstance(node, Broken):
        sink.error("E0122", f"expect must be a text or a mapping, not {kind(node)}", node.span, help=FORM)
    return []


def _listed(found: list[RawExpected | None]) -> list[RawExpected]:
    return [x for x in found if x is not None]


def _mapping(node: Mapping, t: Table, sink: Sink) -> list[RawExpected | None]:
    """``{fact: within 60 min, or: ...}``."""
    out: list[RawExpected | None] = []
    named = [(k, v) for k, v in node.entries if k.value != "or"]
    if len(named) != 1:
        help = "write {fact: within 60 min, or: condition within 60 min}"
        sink.error("E0122", "expect names one fact; what else may be seen stands behind or:", node.span, help=help)
    for key, value in named[:1]:
        out.append(_of_fact(key, value, sink))
    inner = Table(node, "expect", sink, [k.value for k, _ in node.entries])
    return out + [_parsed(text, sink) for text in inner.texts("or")]


def _of_fact(key: Text, value: YamlNode, sink: Sink) -> RawExpected | None:
    """``fact: within 60 min``."""
    if not isinstance(value, Text):
        if not isinstance(value, Broken):
            sink.error("E0122", f"expected within 60 min, not {kind(value)}", value.span)
        return None
    try:
        p = Parser(key)
        when = p.condition(p.whole())
        within = _within(Parser(value))
        return RawExpected(when, None, within, f"{key.value} {value.value}", key.span)
    except ExpressionError as e:
        report(e, sink)
        return None


def _parsed(text: Text, sink: Sink) -> RawExpected | None:
    """``condition within 60 min``, or ``variable back_to normal within 60 min``."""
    try:
        p = Parser(text)
        found = p.either()
        back = None
        if isinstance(found, ast.Ref) and p.take("back_to"):
            p.expect("normal", "'normal'")
            back = found
        when = p.condition(found) if back is None else None
        return RawExpected(when, back, _within(p), " ".join(text.value.split()), text.span)
    except ExpressionError as e:
        report(e, sink)
        return None


def _within(p: Parser) -> int:
    if not p.take("within"):
        raise p.unexpected("'within' and a duration", FORM)
    within = p.duration(p.sum())
    if p.token.kind != "end":
        raise p.unexpected("the end", "what else may be seen stands behind or:")
    return within


def resolve_expected(raw: RawRule, scope: Scope) -> tuple[ast.Expected, ...]:
    """The alternatives with names and units resolved; errors go to the scope's sink."""
    if raw.expect and raw.refute is not None:
        scope.sink.error(
            "E0331", "a refuter is never raised, so there is no time to expect anything from", raw.keys["expect"]
        )
    out = []
    for x in raw.expect:
        when = _normal(x.back, scope) if x.back is not None else x.when and resolve_condition(x.when, scope)
        if x.within < scope.site.settings["period"]:
            period = format_duration(scope.site.settings["period"])
            scope.sink.error(
                "E0331",
                f"no scan runs within {format_duration(x.within)} of a rise",
                x.span,
                notes=[f"the program's period is {period}"],
                help=f"write at least {period}",
            )
        if when is not None:
            out.append(ast.Expected(when=when, within=x.within, text=x.text, span=x.span))
    return tuple(out)


def _normal(ref: ast.Ref, scope: Scope) -> ast.Cond | None:
    """The variable lies in its normal range, as its declaration gives it."""
    found = resolve_variable(ref, scope, "back_to normal")
    if found is None:
        return None
    variable = scope.site.variables[found.variable]
    if variable.normal is None:
        scope.sink.error(
            "E0331",
            f"{variable.id} has no normal range to come back to",
            ref.span,
            notes=[f"declared without normal: {scope.declared(variable)}"],
            help=f"add normal: [low, high] there, or write {ref.text} < ... {variable.unit} within ...",
        )
        return None
    ends = []
    for op, end in ((">=", variable.normal[0]), ("<=", variable.normal[1])):
        written = f"{end:g} {variable.unit}".rstrip()
        house = scope.units.to_house(Fraction(repr(end)), variable.unit)
        right = ast.Number(value=house, unit=variable.unit, span=ref.span, text=written)
        sign: Anything = op
        ends.append(ast.Compare(op=sign, left=found, right=right, span=ref.span, text=f"{ref.text} {op} {written}"))
    return ast.All(items=tuple(ends), span=ref.span, text=f"{ref.text} back_to normal")

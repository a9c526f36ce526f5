"""What names mean at one place of a rule, and the errors for names that mean nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from expert.language import ast
from expert.language.diagnostics import Sink, did_you_mean
from expert.language.raw import RawSite
from expert.language.units import Dimension, UnitError, Units
from expert.values.types import Variable

UNKNOWN = "?"


@dataclass
class Scope:
    """Names of a site and its packs, and the bindings of the rule at hand.

    ``bindings``: name -> ``@set`` for a member, ``#relation`` for a row, ``?`` for something reported already.
    """

    site: RawSite
    facts: Mapping[str, ast.FactType]
    rules: Mapping[str, bool]
    sink: Sink
    fact_places: Mapping[str, ast.Span] = field(default_factory=dict)
    bindings: dict[str, str] = field(default_factory=dict)

    @property
    def units(self) -> Units:
        """The site's units."""
        return self.site.units

    @contextmanager
    def bound(self, binding: str, meaning: str) -> Iterator[None]:
        """Bind a name for a while."""
        before = dict(self.bindings)
        self.bindings[binding] = meaning
        try:
            yield
        finally:
            self.bindings = before

    @contextmanager
    def row(self, node: ast.Quantifier | ast.RowAggregate) -> Iterator[bool]:
        """Bind the rows of a relation for a while; false when there is no such relation (reported)."""
        self.new_name(node.binding, node.span)
        known = node.relation in self.site.relations
        if node.relation in self.site.sets:
            help = f"write at_least: 1, of: {{{node.binding}: {node.relation}}}, where: ..."
            if isinstance(node, ast.RowAggregate):
                help = f"write {node.function}({node.relation}.property)" if node.arg is not None else ""
            self.sink.error("E0311", f"{node.relation} is a set, not a relation", node.span, help=help)
        elif not known:
            self.unknown(
                "E0311",
                "relation",
                node.relation,
                within(node, node.relation),
                self.site.relations,
                "declare it in relations.yaml",
            )
        with self.bound(node.binding, f"#{node.relation}" if known else UNKNOWN):
            yield known

    def new_name(self, binding: str, span: ast.Span) -> None:
        """Report a name for a member or a row that means something else already."""
        objects = {v.split(".", 1)[0] for v in self.site.variables}
        if binding in self.bindings or binding in objects or binding in self.site.sets:
            what = "bound already" if binding in self.bindings else "the name of a variable's object or of a set"
            self.sink.error("E0325", f"{binding} is {what}", span, help="choose another name")

    def unit_dimension(self, unit: str, span: ast.Span) -> Dimension | None:
        """Dimension of a unit; None after reporting an unknown one."""
        try:
            return self.units.dimension_of(unit)
        except UnitError as e:
            self.sink.error("E0201", str(e), span, help=e.help)
            return None

    def declared(self, variable: Variable) -> str:
        """``file:line`` of a variable's declaration."""
        place = self.site.places.get(f"variable {variable.id}")
        return f"{place.file}:{place.line}" if place else "site"

    def unknown(self, code: str, what: str, name: str, span: ast.Span, known: Iterable[str], help: str = "") -> None:
        """Report a name that is not known, with the nearest one that is."""
        self.sink.error(code, f"unknown {what} {name}", span, help=did_you_mean(name, known) or help)


def within(node: ast.Node, word: str) -> ast.Span:
    """Place of a word inside a node that stands on one line, else of the whole node."""
    at = node.text.find(word)
    if at < 0 or node.span.length != len(node.text):
        return node.span
    return ast.Span(node.span.file, node.span.line, node.span.column + at, len(word))


def resolve_ref(node: ast.Ref, scope: Scope) -> ast.Ref | ast.RowField | None:
    """A dotted name as a variable, a member's property or a row's field; None after reporting."""
    head, _, rest = node.variable.partition(".")
    meaning = scope.bindings.get(head)
    if meaning == UNKNOWN:
        return None
    if meaning is None and scope.bindings.get("_") == f"@{head}":
        return _member(node, "_", head, rest, scope)
    if meaning is not None and meaning.startswith("@"):
        return _member(node, head, meaning[1:], rest, scope)
    if meaning is not None:
        return _row_field(node, head, meaning[1:], rest, scope)
    variable = scope.site.variables.get(node.variable)
    if variable is None:
        _unknown_variable(node, head, rest, scope)
        return None
    if variable.of is not None:
        scope.sink.error(
            "E0315",
            f"{node.variable} is a variable of every member of {variable.of}",
            node.span,
            help=f"write max({node.variable}), or for_each: x in {variable.of} and x.{rest}",
        )
        return None
    return ast.Ref(variable=node.variable, span=node.span, text=node.text)


def _member(node: ast.Ref, binding: str, set_: str, rest: str, scope: Scope) -> ast.Ref | None:
    family = f"{set_}.{rest}"
    if family not in scope.site.variables:
        if rest in scope.site.attribute_kinds.get(set_, {}):
            help = f"it says which members are meant: of: {{t: {set_} where t.{rest} == ...}}"
            scope.sink.error("E0327", f"{rest} is an attribute of {set_}, no number", node.span, help=help)
            return None
        properties = [v.id.split(".", 1)[1] for v in scope.site.variables.values() if v.of == set_]
        shown = set_ if binding == "_" else f"{binding} (of {set_})"
        scope.sink.error(
            "E0304", f"{shown} has no property {rest or '?'}", node.span, help=did_you_mean(rest, properties)
        )
        return None
    return ast.Ref(variable=family, binding=binding, span=node.span, text=node.text)


def _row_field(node: ast.Ref, binding: str, relation: str, rest: str, scope: Scope) -> ast.RowField | None:
    fields = scope.site.relations[relation].fields
    if rest not in fields:
        scope.sink.error(
            "E0304", f"{binding} (of {relation}) has no field {rest or '?'}", node.span, help=did_you_mean(rest, fields)
        )
        return None
    return ast.RowField(binding=binding, field=rest, span=node.span, text=node.text)


def _unknown_variable(node: ast.Ref, head: str, rest: str, scope: Scope) -> None:
    if head in scope.site.sets:
        properties = [v.id for v in scope.site.variables.values() if v.of == head]
        scope.unknown("E0304", "property", node.variable, node.span, properties)
        return
    objects = {v.split(".", 1)[0] for v in scope.site.variables}
    if rest and head not in objects and len(head) <= 2:
        bound = sorted(b for b in scope.bindings if b != "_")
        scope.sink.error(
            "E0303",
            f"{head} is not bound",
            node.span,
            notes=[f"bound here: {', '.join(bound)}"] if bound else [],
            help=f"add for_each: {head} in <set>, or match: {{{head}: <relation>}}",
        )
        return
    scope.unknown("E0301", "variable", node.variable, node.span, scope.site.variables)


def resolve_fact(node: ast.FactRef, scope: Scope) -> ast.FactRef | None:
    """A fact with its fields in the declared order and bindings marked ``$``; None after reporting."""
    declared = scope.facts.get(node.type)
    if declared is None:
        _unknown_fact(node, scope)
        return None
    given: dict[str, str] = {}
    for field_, value in node.args:
        resolved = _field(declared, field_, value, node, scope)
        if resolved is not None:
            given[field_] = resolved
    if len(given) < len(node.args):
        return None
    args = tuple((f, given[f]) for f in declared.fields if f in given)
    return ast.FactRef(type=node.type, args=args, span=node.span, text=node.text)


def _unknown_fact(node: ast.FactRef, scope: Scope) -> None:
    help = did_you_mean(node.type, scope.facts)
    if not help:
        help = "declare it in facts.yaml of the pack"
    scope.sink.error("E0305", f"unknown fact {node.type}", within(node, node.type), help=help)


def _value(node: ast.FactRef, field: str, value: str) -> ast.Span:
    at = node.text.find(value, node.text.find(f"{field}:") + len(field) + 1)
    if at < 0 or node.span.length != len(node.text):
        return node.span
    return ast.Span(node.span.file, node.span.line, node.span.column + at, len(value))


def _field(declared: ast.FactType, name: str, value: str, node: ast.FactRef, scope: Scope) -> str | None:
    if name not in declared.fields:
        number = declared.number_field
        help = f"read it as {node.type}(...).{number}" if name == number else did_you_mean(name, declared.fields)
        help = help or f"{node.type} has no fields"
        scope.sink.error("E0306", f"fact {node.type} has no field {name}", within(node, name), help=help)
        return None
    allowed = declared.fields[name]
    meaning = scope.bindings.get(value)
    if meaning == UNKNOWN:
        return f"${value}"
    domain = allowed[0] if len(allowed) == 1 and allowed[0][:1] in ("@", "#") else ""
    if domain and meaning is not None:
        if meaning != domain:
            scope.sink.error(
                "E0314",
                f"{value} ranges over {meaning[1:]}, but {name} of {node.type} is one of {domain[1:]}",
                _value(node, name, value),
            )
            return None
        return f"${value}"
    if domain.startswith("#"):
        rows = sorted(b for b, m in scope.bindings.items() if m == domain)
        scope.sink.error(
            "E0303",
            f"{value} is not bound to a row of {domain[1:]}",
            _value(node, name, value),
            help=did_you_mean(value, rows) or f"add match: {{{value}: {domain[1:]}}}",
        )
        return None
    known = scope.site.sets.get(domain[1:], ()) if domain else allowed
    if known and value not in known:
        scope.unknown("E0307", f"value of {name}:", value, _value(node, name, value), known)
        return None
    return f"${value}" if not known and meaning is not None else value

"""Checking rules: every name means something, every comparison has one dimension, every rule fits its kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from expert.language import ast
from expert.language.advice import check_advice
from expert.language.diagnostics import Sink, did_you_mean
from expert.language.expecting import resolve_expected
from expert.language.numbers import TEXT, describe, resolve_number
from expert.language.pack import check_fact_types
from expert.language.raw import RawPack, RawRule, RawSite
from expert.language.resolve import resolve_condition
from expert.language.scope import UNKNOWN, Scope, resolve_fact
from expert.language.templates import read_templates
from expert.language.units import in_words

Conclusion = tuple[ast.FactRef, dict[str, ast.Expr]]


def check_program(
    site: RawSite, packs: Sequence[RawPack], sink: Sink
) -> tuple[dict[str, ast.FactType], dict[str, ast.Rule], dict[str, ast.Action]]:
    """Resolve everything; rules with errors are left out of the result.

    Returns
    -------
    facts, rules, actions
        By name; rules in the order of their ids.
    """
    facts, places = _facts(site, packs, sink)
    raw_rules = [r for p in packs for r in p.rules]
    ids = {r.id: r.refute is None for r in raw_rules if r.id}
    scope = Scope(site, facts, ids, sink, places)
    _fact_numbers(facts, places, scope)
    actions = _actions(site, scope)
    rules: dict[str, ast.Rule] = {}
    for raw in raw_rules:
        rule = check_rule(raw, replace(scope, bindings={}))
        if rule is None:
            continue
        if rule.id in rules:
            first = rules[rule.id].span
            note = f"first in {first.file}:{first.line}"
            sink.error("E0125", f"rule {rule.id} is defined twice", rule.span, notes=[note])
        else:
            rules[rule.id] = rule
    return facts, dict(sorted(rules.items())), actions


def _facts(site: RawSite, packs: Sequence[RawPack], sink: Sink) -> tuple[dict[str, ast.FactType], dict[str, ast.Span]]:
    facts: dict[str, ast.FactType] = {}
    places: dict[str, ast.Span] = {}
    for pack in packs:
        check_fact_types(pack, site.sets, site.relations, sink)
        imported = {t.value.rsplit("/", 1)[-1] for t in pack.imports}
        for name, fact in pack.facts.items():
            if name in facts and shape(fact) == shape(facts[name]):
                if name in imported and fact.max_age:
                    facts[name] = replace(facts[name], max_age=fact.max_age)
                continue
            if name in facts and not facts[name].imported and name not in imported:
                first = places[name]
                note = f"first in {first.file}:{first.line}"
                sink.error("E0125", f"fact {name} is defined twice", pack.fact_places[name], notes=[note])
            elif name not in facts or facts[name].imported:
                facts[name] = replace(fact, imported=name in imported)
                places[name] = pack.fact_places[name]
            if fact.max_age and name not in imported:
                message = f"fact {name} has a max_age, but is not imported"
                sink.error("E0326", message, pack.fact_places[name], help="what a pack concludes itself is never old")
        for exported in [*pack.exports, *pack.imports]:
            short = exported.value.rsplit("/", 1)[-1]
            if short not in facts:
                help = did_you_mean(short, facts) or "declare its shape in facts.yaml"
                sink.error("E0305", f"unknown fact {short}", exported.span, help=help)
    for name in _heard_only(packs):
        if name in facts:
            facts[name] = replace(facts[name], imported=True)
    return dict(sorted(facts.items())), places


def _heard_only(packs: Sequence[RawPack]) -> set[str]:
    """Fact types that a pack imports and no other pack of the program concludes; the site may declare their shape."""
    heard = {id(p): {t.value.rsplit("/", 1)[-1] for t in p.imports} for p in packs}
    own = {
        said[0].type
        for p in packs
        for r in p.rules
        for said in (r.conclude, r.refute)
        if said is not None and said[0].type not in heard[id(p)]
    }
    return set().union(*heard.values()) - own


def shape(fact: ast.FactType) -> ast.FactType:
    """What must agree when two folders declare one fact; titles may differ."""
    return replace(fact, title={}, value_titles={}, imported=False, exporter="", max_age=0)


def _fact_numbers(facts: Mapping[str, ast.FactType], places: Mapping[str, ast.Span], scope: Scope) -> None:
    for name, fact in facts.items():
        if fact.number_field is not None:
            scope.unit_dimension(fact.unit, places[name])


def _actions(site: RawSite, scope: Scope) -> dict[str, ast.Action]:
    actions = {}
    for name, raw in sorted(site.actions.items()):
        blocked = [resolve_fact(f, scope) for f, _ in raw.blocked_by if f.type in scope.facts]
        kept = tuple(f for f in blocked if f is not None)
        actions[name] = replace(raw.action, blocked_by=kept, contradicts=tuple(t.value for t in raw.contradicts))
    return actions


def check_rule(raw: RawRule, scope: Scope) -> ast.Rule | None:
    """One rule, resolved; None when it has errors (all of them are reported)."""
    before = len(scope.sink.found)
    bindings = _bindings(raw, scope)
    match = _match(raw, scope)
    when = None if raw.when is None else resolve_condition(raw.when, scope)
    conclude = _conclusion(raw, scope)
    advise = check_advice(raw, scope)
    because, parts = read_templates(raw, scope)
    expect = resolve_expected(raw, scope)
    _fits_kind(raw, scope)
    if raw.broken or when is None or len(scope.sink.found) > before:
        return None
    return ast.Rule(
        id=raw.id,
        title=raw.title,
        kind=raw.kind,
        when=when,
        conclude=conclude,
        advise=advise,
        for_each=bindings,
        match=match,
        severity=raw.severity,
        because=because,
        because_parts=parts,
        expect=expect,
        status=raw.texts["status"],  # type: ignore[arg-type]
        span=raw.span,
        yaml=raw.yaml,
        hold=raw.numbers["hold"],
        clear_for=raw.numbers["clear_for"],
        max_hold=raw.numbers["max_hold"],
        threshold=raw.numbers["threshold"],
        clear_below=raw.numbers["clear_below"],
        strength=raw.numbers["strength"],
        source=raw.texts["source"],
        owner=raw.texts["owner"],
        single_instrument=raw.texts["single_instrument"],
    )


def _bindings(raw: RawRule, scope: Scope) -> tuple[tuple[str, str], ...]:
    out = []
    for binding, name, span in raw.for_each:
        known = name in scope.site.sets
        if not known and name in scope.site.relations:
            help = f"write match: {{{binding}: {name}}}"
            scope.sink.error("E0302", f"{name} is a relation, not a set", span, help=help)
        elif not known:
            scope.unknown("E0302", "set", name, span, scope.site.sets, "declare it in equipment.yaml")
        _bind(binding, f"@{name}" if known else UNKNOWN, span, scope)
        out.append((binding, name))
    return tuple(out)


def _bind(binding: str, meaning: str, span: ast.Span, scope: Scope) -> None:
    scope.new_name(binding, span)
    scope.bindings[binding] = meaning


def _match(raw: RawRule, scope: Scope) -> tuple[ast.Match, ...]:
    out = []
    for m in raw.match:
        known = m.relation in scope.site.relations
        if not known:
            scope.unknown("E0311", "relation", m.relation, m.span, scope.site.relations, "declare it in relations.yaml")
        _bind(m.binding, f"#{m.relation}" if known else UNKNOWN, m.span, scope)
        where = None if m.where is None else resolve_condition(m.where, scope)
        out.append(ast.Match(binding=m.binding, relation=m.relation, where=where))
    return tuple(out)


def _conclusion(raw: RawRule, scope: Scope) -> ast.Conclusion | None:
    if raw.conclude is not None and raw.refute is not None:
        scope.sink.error(
            "E0317", "a rule concludes or refutes, not both", raw.keys["refute"], help="make two rules of it"
        )
    if raw.conclude is not None:
        return _concluded(raw.conclude, False, scope)
    return None if raw.refute is None else _concluded(raw.refute, True, scope)


def _concluded(written: Conclusion, refutes: bool, scope: Scope) -> ast.Conclusion | None:
    ref, numbers = written
    declared = scope.facts.get(ref.type)
    number_field = declared.number_field if declared else None
    number = numbers.get(number_field) if number_field else None
    args = ref.args
    if number_field and number is None:
        plain = dict(args).get(number_field)
        if plain is not None and plain.replace(".", "", 1).isdigit():
            number = ast.Number(value=float(plain), span=ref.span, text=plain)
        args = tuple(a for a in args if a[0] != number_field)
    fact = resolve_fact(replace(ref, args=args), scope)
    if fact is None or declared is None:
        return None
    for name, value in numbers.items():
        if name != number_field:
            code, known = ("E0206", True) if name in declared.fields else ("E0306", False)
            message = (
                f"{name} of {ref.type} takes a word or a binding" if known else f"fact {ref.type} has no field {name}"
            )
            scope.sink.error(code, message, value.span, help="" if known else did_you_mean(name, declared.fields))
    if declared.imported:
        scope.sink.error("E0317", f"{ref.type} is imported: another pack concludes it", ref.span)
    missing = [f for f in declared.fields if f not in dict(fact.args)]
    if missing and not refutes:
        scope.sink.error(
            "E0313",
            f"the conclusion leaves {', '.join(missing)} of {ref.type} open",
            ref.span,
            help=f"write {ref.type}({', '.join(f'{f}: ...' for f in declared.fields)})",
        )
    resolved = _number(declared, number, ref, refutes, scope)
    return ast.Conclusion(type=ref.type, args=fact.args, number=resolved, refutes=refutes, span=ref.span)


def _number(
    declared: ast.FactType, number: ast.Expr | None, ref: ast.FactRef, refutes: bool, scope: Scope
) -> ast.Expr | None:
    if declared.number_field is None:
        return None
    if number is None:
        if not refutes:
            scope.sink.error("E0313", f"the conclusion gives no {declared.number_field} of {ref.type}", ref.span)
        return None
    resolved, own = resolve_number(number, scope)
    wanted = scope.unit_dimension(declared.unit, number.span)
    if own is not None and wanted is not None and own != wanted:
        note = f"{declared.number_field} of {ref.type} is {in_words(wanted)} [{declared.unit}]"
        code, message = ("E0206", "a text where a number stands") if own == TEXT else ("E0207", "unit mismatch")
        scope.sink.error(code, message, number.span, label=describe(own), notes=[note])
    return resolved


def _fits_kind(raw: RawRule, scope: Scope) -> None:
    def wrong(code: str, message: str, key: str, help: str = "") -> None:
        scope.sink.error(code, message, raw.keys.get(key, raw.span), help=help)

    concludes = "conclude" in raw.keys or "refute" in raw.keys
    if raw.kind == "condition" and not concludes:
        wrong("E0317", "a condition concludes or refutes a fact", "kind", "add conclude: fact(field: value)")
    if raw.kind == "advice" and "advise" not in raw.keys:
        wrong("E0317", "an advice names an action", "kind", "add advise: [{action: ..., amount: ...}]")
    if raw.kind != "advice" and "advise" in raw.keys:
        wrong("E0317", f"a rule of kind {raw.kind} does not advise", "advise", "write kind: advice")
    if raw.kind == "alarm" and raw.severity < 1:
        wrong("E0316", "an alarm has a severity from 1 to 5", "severity", "add severity: 3")
    if "refute" in raw.keys and raw.kind != "condition":
        wrong("E0317", "only a condition refutes: a refuter is never raised", "refute", "write kind: condition")
    if "because" not in raw.keys and (raw.kind in ("alarm", "advice") or (raw.severity >= 3 and concludes)):
        what = f"a rule of kind {raw.kind}" if raw.kind != "condition" else f"a condition of severity {raw.severity}"
        wrong("E0316", f"{what} says why", "kind", "add because: {en: ..., zh: ...}")

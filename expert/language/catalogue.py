"""Catalogues of a site: soft terms, actions, models, relations."""

from __future__ import annotations

from expert.language import ast
from expert.language.calls import Z
from expert.language.diagnostics import Sink, did_you_mean
from expert.language.facts import parse_fact
from expert.language.raw import RawAction, RawSite
from expert.language.schema import Table, as_duration, as_mapping, as_text, check_name, entries, quantity, translations
from expert.language.source import Text
from expert.language.strict_yaml import YamlNode
from expert.language.units import NUMBER, Dimension, UnitError, in_words

TERM_KEYS = ("name", "applies_to", "zero", "one", "title", "source")
ACTION_KEYS = (
    "id",
    "title",
    "lever",
    "direction",
    "unit",
    "limit",
    "acts_in",
    "full_in",
    "review",
    "confirm",
    "blocked_by",
    "contradicts",
    "approve",
    "source",
)
MODEL_KEYS = ("id", "title", "target", "horizons", "expiry", "artifact", "source")
RELATION_KEYS = ("key", "fields", "field_titles", "title", "source")


def _tables(node: YamlNode, key: str, what: str, keys: tuple[str, ...], sink: Sink) -> list[Table]:
    mapping = as_mapping(node, f"{key} file", sink)
    if mapping is None:
        return []
    found = Table(mapping, f"{key} file", sink, (key,)).listing(key)
    inner = [as_mapping(n, what, sink) for n in found]
    return [Table(m, what, sink, keys) for m in inner if m is not None]


def read_terms(site: RawSite, node: YamlNode, sink: Sink) -> None:
    """``terms.yaml``: soft thresholds by name and what they apply to."""
    for t in _tables(node, "terms", "term", TERM_KEYS, sink):
        name, target = t.name("name"), t.word("applies_to", required=True)
        title = t.titles("title")
        dimension = _target_dimension(site, t, target, sink)
        ends = [_house(t.text(k, required=True), dimension, site, sink) for k in ("zero", "one")]
        if not name or dimension is None or None in ends:
            continue
        if ends[0] == ends[1]:
            sink.error("E0213", f"term {name} has equal ends", t.key_span("one"))
            continue
        if any(x.name == name and x.applies_to == target for x in site.terms):
            sink.error("E0125", f"term {name} for {target} is defined twice", t.key_span("name"))
            continue
        site.terms.append(
            ast.SoftTerm(
                name=name,
                applies_to=target,
                zero=ends[0][0],  # type: ignore[index]
                one=ends[1][0],  # type: ignore[index]
                unit=ends[0][1],  # type: ignore[index]
                title=title,
                source=t.word("source", "unverified"),
            )
        )


def _target_dimension(site: RawSite, t: Table, target: str, sink: Sink) -> Dimension | None:
    if target in Z:
        return NUMBER
    variable = site.variables.get(target)
    if variable is None:
        if target:
            sink.error(
                "E0301",
                f"a term applies to a variable or to one of {', '.join(Z)}, not to {target}",
                t.key_span("applies_to"),
                help=did_you_mean(target, [*site.variables, *Z], limit=0),
            )
        return None
    try:
        return site.units.dimension_of(variable.unit)
    except UnitError:
        return None


def _house(node: Text | None, dimension: Dimension | None, site: RawSite, sink: Sink) -> tuple[float, str] | None:
    found = None if node is None else quantity(node, sink)
    if found is None or node is None or dimension is None:
        return None
    value, unit = found
    try:
        own = site.units.dimension_of(unit)
    except UnitError as e:
        sink.error("E0201", str(e), node.span, help=e.help)
        return None
    if own != dimension:
        sink.error("E0207", "unit mismatch", node.span, label=in_words(own), notes=[f"needed: {in_words(dimension)}"])
        return None
    return float(value * site.units.factor(unit)), unit


def read_actions(site: RawSite, node: YamlNode, sink: Sink) -> None:
    """``actions.yaml``: what may be advised, how much and how it is confirmed."""
    for t in _tables(node, "actions", "action", ACTION_KEYS, sink):
        name = t.name("id")
        if name and name in site.actions:
            sink.error("E0125", f"action {name} is defined twice", t.key_span("id"))
            continue
        action = _action(site, t, name, sink)
        blocked = [(parse_fact(x, sink), x) for x in t.texts("blocked_by")]
        if name:
            site.actions[name] = RawAction(
                action, [(f, x) for f, x in blocked if f is not None], t.texts("contradicts")
            )
            site.places[f"action {name}"] = t.key_span("id")
    for raw in site.actions.values():
        for other in raw.contradicts:
            if other.value not in site.actions:
                sink.error(
                    "E0309", f"unknown action {other.value}", other.span, help=did_you_mean(other.value, site.actions)
                )


def _action(site: RawSite, t: Table, name: str, sink: Sink) -> ast.Action:
    unit = t.word("unit")
    node = t.text("unit")
    if node is not None:
        try:
            site.units.factor(unit)
        except UnitError as e:
            sink.error("E0201", str(e), node.span, help=e.help)
    direction = t.number("direction", -1, 1)
    limit = t.number("limit", 0)
    confirm = t.get("confirm")
    return ast.Action(
        id=name,
        title=t.titles("title"),
        lever=t.word("lever", required=True),
        direction=0 if direction is None else (direction > 0) - (direction < 0),
        unit=unit,
        limit=None if limit is None else float(limit),
        acts_in=t.duration("acts_in"),
        full_in=t.duration("full_in"),
        review=t.duration("review"),
        confirm=t.titles("confirm") if confirm is not None else {},
        approve=t.word("approve"),
        source=t.word("source", "unverified"),
    )


def read_models(site: RawSite, node: YamlNode, sink: Sink) -> None:
    """``models.yaml``: ports of models."""
    for t in _tables(node, "models", "model", MODEL_KEYS, sink):
        name, target = t.name("id"), t.word("target", required=True)
        if target and target not in site.variables:
            sink.error(
                "E0301", f"unknown variable {target}", t.key_span("target"), help=did_you_mean(target, site.variables)
            )
        horizons = tuple(as_duration(x, sink) for x in t.texts("horizons"))
        if not horizons:
            sink.error("E0121", f"model {name} has no horizons", t.span, help="add horizons: [2 h]")
        expiry = t.duration("expiry", required=True)
        title = t.titles("title")
        if name in site.models:
            sink.error("E0125", f"model {name} is defined twice", t.key_span("id"))
        elif name:
            site.models[name] = ast.ModelSpec(
                id=name, title=title, target=target, horizons=horizons, expiry=expiry, artifact=t.word("artifact")
            )


def read_relations(site: RawSite, node: YamlNode, sink: Sink) -> None:
    """``relations.yaml``: tables whose rows come and go."""
    mapping = as_mapping(node, "relations file", sink)
    if mapping is None:
        return
    declared = Table(mapping, "relations file", sink, ("relations",)).get("relations", required=True)
    for name, value in entries(declared, "relations", sink):
        inner = as_mapping(value, name.value, sink)
        if inner is None or not check_name(name, sink):
            continue
        t = Table(inner, "relation", sink, RELATION_KEYS)
        fields = _fields(site, t, sink)
        keys = t.texts("key")
        if not keys:
            sink.error("E0121", f"relation {name.value} has no key", name.span, help="add key: [id]")
        for key in keys:
            if key.value not in fields:
                sink.error("E0304", f"unknown field {key.value}", key.span, help=did_you_mean(key.value, fields))
        site.relations[name.value] = ast.Relation(
            name=name.value,
            key=tuple(k.value for k in keys),
            fields=fields,
            title=t.titles("title"),
            field_titles=_field_titles(t, fields, sink),
        )


def _field_titles(t: Table, fields: dict[str, str], sink: Sink) -> dict[str, dict[str, str]]:
    """Field -> language -> title, for the fields that have one."""
    titles: dict[str, dict[str, str]] = {}
    for field, value in entries(t.get("field_titles"), "field_titles", sink):
        if field.value not in fields:
            sink.error("E0304", f"unknown field {field.value}", field.span, help=did_you_mean(field.value, fields))
            continue
        titles[field.value] = {k: v.value for k, v in translations(value, field.value, sink).items()}
    return titles


def _fields(site: RawSite, t: Table, sink: Sink) -> dict[str, str]:
    fields: dict[str, str] = {}
    for field, value in entries(t.get("fields", required=True), "fields", sink):
        text = as_text(value, field.value, sink)
        if text is None or not check_name(field, sink):
            continue
        fields[field.value] = text.value
        if text.value in ("text", "number"):
            continue
        try:
            site.units.factor(text.value)
        except UnitError as e:
            sink.error("E0201", str(e), text.span, help=e.help or "or write text or number")
    return fields

"""Pack folder -> declarations: the pack itself, its facts, its rules."""

from __future__ import annotations

from collections.abc import Mapping as Dict

from expert.language import ast
from expert.language.diagnostics import Sink, did_you_mean
from expert.language.raw import RawPack
from expert.language.rules import read_rules
from expert.language.schema import NAME, Table, as_mapping, check_name, entries, translations
from expert.language.source import Text
from expert.language.strict_yaml import Mapping, YamlNode, read

PACK_KEYS = ("name", "version", "title", "owner", "exports", "imports", "source")
FACT_KEYS = ("title", "fields", "number", "evidence", "max_age", "source")
FIELD_KEYS = ("values", "order", "set", "relation", "titles")
NUMBER_KEYS = ("field", "unit", "combine")
EVIDENCE_KEYS = ("combine",)
ACCUMULATE = ("odds", "dempster")


def read_pack(files: Dict[str, str], prefix: str, sink: Sink) -> RawPack:
    """Read every YAML file of a pack but its tests; ``files``: shown name -> text, all below ``prefix``."""
    pack = RawPack()
    for name, text in sorted(files.items()):
        short = name[len(prefix) :]
        if short.endswith(".test.yaml"):
            continue
        node = read(text, name, sink)
        if short == "pack.yaml":
            _pack(pack, node, sink)
        elif node is not None and short.rsplit("/", 1)[-1] == "facts.yaml":
            read_facts(pack, node, sink)
        elif node is not None:
            read_rules(pack, node, name, sink)
    if f"{prefix}pack.yaml" not in files:
        report_no_pack(prefix, sink)
    return pack


def report_no_pack(prefix: str, sink: Sink) -> None:
    """Report a pack folder without ``pack.yaml``."""
    span = ast.Span(f"{prefix}pack.yaml", 0, 0, 0)
    sink.error("E0116", "the pack has no pack.yaml", span, help="add pack.yaml with name, version and title")


def _pack(pack: RawPack, node: YamlNode | None, sink: Sink) -> None:
    mapping = None if node is None else as_mapping(node, "pack.yaml", sink)
    if mapping is None:
        return
    t = Table(mapping, "pack", sink, PACK_KEYS)
    pack.name = t.name("name")
    pack.version = t.word("version", required=True)
    pack.title = t.titles("title")
    pack.owner = t.word("owner")
    pack.exports, pack.imports = t.texts("exports"), t.texts("imports")


def read_facts(pack: RawPack, node: YamlNode, sink: Sink) -> None:
    """``facts.yaml``: shapes of facts."""
    mapping = as_mapping(node, "facts file", sink)
    if mapping is None:
        return
    declared = Table(mapping, "facts file", sink, ("facts",)).get("facts", required=True)
    for name, value in entries(declared, "facts", sink):
        inner = as_mapping(value, name.value, sink)
        if inner is None or not check_name(name, sink, NAME):
            continue
        if name.value in pack.facts:
            first = pack.fact_places[name.value]
            sink.error(
                "E0125", f"fact {name.value} is defined twice", name.span, notes=[f"first in {first.file}:{first.line}"]
            )
            continue
        pack.facts[name.value] = _fact(name, Table(inner, "fact", sink, FACT_KEYS), sink)
        pack.fact_places[name.value] = name.span


def _fact(name: Text, t: Table, sink: Sink) -> ast.FactType:
    fields: dict[str, tuple[str, ...]] = {}
    value_field, order = None, None
    titles: dict[str, dict[str, str]] = {}
    for field, value in entries(t.get("fields"), "fields", sink):
        inner = as_mapping(value, f"field {field.value}", sink)
        if inner is None or not check_name(field, sink):
            continue
        allowed, own_order = _field(field, Table(inner, "field", sink, FIELD_KEYS), titles, sink)
        fields[field.value] = allowed
        if own_order and value_field:
            sink.error("E0125", f"fact {name.value} has two value fields", field.span, notes=[f"first: {value_field}"])
        elif own_order:
            value_field, order = field.value, own_order
    number = t.table("number", NUMBER_KEYS)
    combine = number.choice("combine", ("max", "min"), "max", required=True) if number else None
    evidence = t.table("evidence", EVIDENCE_KEYS)
    if evidence is not None and number is not None:
        sink.error("E0332", f"{name.value} carries a number: alternatives do not accumulate", t.key_span("evidence"))
    accumulates = evidence.choice("combine", ACCUMULATE, required=True) if evidence else None
    return ast.FactType(
        name=name.value,
        fields=fields,
        title=t.titles("title") if t.has("title") else {"en": name.value.replace("_", " "), "zh": name.value},
        value_field=value_field,
        order=order,  # type: ignore[arg-type]
        combine=combine,  # type: ignore[arg-type]
        number_field=number.name("field") if number else None,
        unit=number.word("unit") if number else "",
        evidence=accumulates or None,  # type: ignore[arg-type]
        max_age=t.duration("max_age"),
        value_titles=titles,
    )


def _field(field: Text, t: Table, titles: dict[str, dict[str, str]], sink: Sink) -> tuple[tuple[str, ...], str]:
    kinds = [k for k in ("values", "set", "relation") if t.has(k)]
    if len(kinds) > 1:
        sink.error("E0120", f"field {field.value} has both {kinds[0]} and {kinds[1]}", t.key_span(kinds[1]))
    order = t.choice("order", ("ordered", "exclusive"))
    if t.has("set"):
        return (f"@{t.word('set')}",), order
    if t.has("relation"):
        return (f"#{t.word('relation')}",), order
    node = t.get("values")
    if isinstance(node, Mapping):
        values = []
        for value, text in entries(node, "values", sink):
            values.append(value.value)
            titles[f"{field.value}={value.value}"] = {
                k: v.value for k, v in translations(text, f"value {value.value}", sink).items()
            }
        return tuple(values), order
    return tuple(v.value for v in t.texts("values")), order


def check_fact_types(pack: RawPack, sets: Dict[str, object], relations: Dict[str, object], sink: Sink) -> None:
    """Report facts over sets or relations that do not exist."""
    for name, fact in pack.facts.items():
        for values in fact.fields.values():
            if len(values) != 1 or values[0][:1] not in ("@", "#"):
                continue
            known, what, code = (sets, "set", "E0302") if values[0][0] == "@" else (relations, "relation", "E0311")
            if values[0][1:] not in known:
                sink.error(
                    code,
                    f"fact {name} is about unknown {what} {values[0][1:]}",
                    pack.fact_places[name],
                    help=did_you_mean(values[0][1:], known),
                )

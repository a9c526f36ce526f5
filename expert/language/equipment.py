"""``equipment.yaml`` -> sets, their members, and what never changes about a member (its attributes)."""

from __future__ import annotations

from expert.language.diagnostics import Sink, did_you_mean
from expert.language.raw import RawSite
from expert.language.schema import LANGUAGES, Table, as_mapping, as_text, check_name, entries, items, translations
from expert.language.source import Text
from expert.language.strict_yaml import Mapping, YamlNode

Members = list[tuple[Text, YamlNode]]


def read_equipment(site: RawSite, node: YamlNode, sink: Sink) -> None:
    """Read the sets; members first, since an attribute may name a member of a set further down."""
    mapping = as_mapping(node, "equipment.yaml", sink)
    if mapping is None:
        return
    sets = Table(mapping, "equipment file", sink, ("sets",)).get("sets")
    read: list[tuple[str, Table, Members]] = []
    for name, value in entries(sets, "sets", sink):
        inner = as_mapping(value, name.value, sink)
        if inner is None or not check_name(name, sink):
            continue
        t = Table(inner, "set", sink, ("title", "attributes", "members", "source"))
        site.set_titles[name.value] = t.titles("title")
        members = list(entries(t.get("members", required=True), "members", sink))
        site.sets[name.value] = tuple(member.value for member, _ in members)
        site.places[f"set {name.value}"] = name.span
        read.append((name.value, t, members))
    for set_, t, members in read:
        kinds = _kinds(site, t, sink)
        site.attribute_kinds[set_] = {k: v for k, v in kinds.items() if v}
        for member, value in members:
            _member(site, f"{set_}[{member.value}]", value, kinds, sink)


def _kinds(site: RawSite, t: Table, sink: Sink) -> dict[str, tuple[str, ...]]:
    """Attribute -> its values, ``('@sectors',)`` for the members of a set, () for one that is not understood."""
    node = t.get("attributes")
    found: dict[str, tuple[str, ...]] = {}
    for name, value in entries(node, "attributes", sink) if node is not None else ():
        inner = as_mapping(value, f"attribute {name.value}", sink)
        found[name.value] = ()
        if inner is None or not check_name(name, sink):
            continue
        if name.value in LANGUAGES:
            sink.error("E0325", f"{name.value} is a language already", name.span, help="choose another name")
            continue
        table = Table(inner, "attribute", sink, ("set", "values"))
        found[name.value] = _kind(site, table, sink)
    return found


def _kind(site: RawSite, t: Table, sink: Sink) -> tuple[str, ...]:
    if t.has("set") == t.has("values"):
        sink.error("E0121", "an attribute has either set or values", t.span, help="write {set: sectors}")
        return ()
    if t.has("values"):
        node = t.get("values")
        texts = [as_text(n, "value", sink) for n in items(node, "values", sink)] if node is not None else []
        return tuple(x.value for x in texts if x is not None)
    set_ = t.text("set")
    if set_ is not None and set_.value not in site.sets:
        sink.error("E0302", f"unknown set {set_.value}", set_.span, help=did_you_mean(set_.value, site.sets))
        return ()
    return () if set_ is None else (f"@{set_.value}",)


def _member(site: RawSite, key: str, node: YamlNode, kinds: dict[str, tuple[str, ...]], sink: Sink) -> None:
    found = translations(node, f"member {key}", sink, beside=tuple(kinds))
    site.members[key] = {k: v.value for k, v in found.items()}
    site.attributes[key] = {}
    if not isinstance(node, Mapping):
        return
    for name, kind in kinds.items():
        given = node.find(name)
        if given is None:
            sink.error("E0121", f"member {key} has no {name}", node.span, help=f"add {name}: ...")
            continue
        value = as_text(given, name, sink)
        allowed = allowed_values(site, kind)
        if value is None or not kind:
            continue
        if value.value not in allowed:
            sink.error("E0307", f"unknown value of {name}: {value.value}", value.span, help=_nearest(value, allowed))
        site.attributes[key][name] = value.value


def _nearest(value: Text, allowed: tuple[str, ...]) -> str:
    return did_you_mean(value.value, allowed) or f"it is one of {', '.join(allowed)}"


def allowed_values(site: RawSite, kind: tuple[str, ...]) -> tuple[str, ...]:
    """Values of a kind of attribute, the members of a set written out."""
    return site.sets[kind[0][1:]] if len(kind) == 1 and kind[0].startswith("@") else kind

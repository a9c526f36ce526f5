"""Site folder -> declarations: units, equipment, variables, terms, actions, models, relations."""

from __future__ import annotations

import difflib
from collections.abc import Mapping as Dict
from dataclasses import replace
from fractions import Fraction

from expert.language import ast
from expert.language.catalogue import read_actions, read_models, read_relations, read_terms
from expert.language.diagnostics import Sink, did_you_mean
from expert.language.equipment import read_equipment
from expert.language.pack import read_facts
from expert.language.raw import RawPack, RawSite
from expert.language.schema import (
    DOTTED,
    Table,
    as_mapping,
    as_number,
    as_range,
    as_text,
    items,
)
from expert.language.source import Text
from expert.language.strict_yaml import Mapping, YamlNode, read
from expert.language.units import UnitError, Units
from expert.values.types import Variable

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
SITE_KEYS = (
    "name",
    "title",
    "period",
    "min_coverage",
    "min_rule_coverage",
    "max_activations",
    "baseline",
    "time_zone",
    "owner",
    "source",
)
VARIABLE_KEYS = (
    "id",
    "of",
    "unit",
    "resolution",
    "period",
    "max_age",
    "valid",
    "normal",
    "uncertainty",
    "kind",
    "exclude",
    "skew",
    "title",
    "tag",
    "source",
)


_FILES = ("site", "units", "equipment", "terms", "actions", "models", "relations", "facts")


def is_site_file(name: str) -> bool:
    """True for the files of a site folder that the rule language reads.

    >>> is_site_file("variables_top.yaml"), is_site_file("views.yaml")
    (True, False)
    """
    stem = name.removesuffix(".yaml")
    return name.endswith(".yaml") and "/" not in name and (stem in _FILES or stem.startswith("variables"))


def misspelt_site_file(name: str) -> str | None:
    """The file that was probably meant, for a file that is not read."""
    close = difflib.get_close_matches(name.removesuffix(".yaml"), [*_FILES, "variables"], n=1, cutoff=0.8)
    return f"{close[0]}.yaml" if close else None


def read_site(files: Dict[str, str], prefix: str, sink: Sink) -> tuple[RawSite, RawPack]:
    """Read every YAML file of a site; ``files``: shown name -> text, all below ``prefix``.

    Returns
    -------
    RawSite, RawPack
        The second holds the facts that the site itself declares.
    """
    nodes = {name[len(prefix) :]: read(text, name, sink) for name, text in sorted(files.items())}
    site = RawSite(units=_units(nodes.get("units.yaml"), sink))
    site.definitions = tuple(t.value.strip() for t in _lines(nodes.get("units.yaml"), None))
    facts = RawPack()
    _settings(site, nodes.get("site.yaml"), f"{prefix}site.yaml", sink)
    equipment = nodes.get("equipment.yaml")
    if equipment is not None:
        read_equipment(site, equipment, sink)
    for name, node in nodes.items():
        if name.startswith("variables") and node is not None:
            _variables(site, node, sink)
    unreadable = any(n.startswith("variables") and node is None for n, node in nodes.items())
    for name, reader in (
        ("relations.yaml", read_relations),
        ("terms.yaml", read_terms),
        ("actions.yaml", read_actions),
        ("models.yaml", read_models),
    ):
        node = nodes.get(name)
        if node is not None and not unreadable:
            reader(site, node, sink)
    declared = nodes.get("facts.yaml")
    if declared is not None:
        read_facts(facts, declared, sink)
    return site, facts


def _lines(node: YamlNode | None, sink: Sink | None) -> list[Text]:
    if node is None:
        return []
    if isinstance(node, Mapping) and node.find("units") is not None:
        node = node.find("units")
    quiet = sink or Sink()
    found = [as_text(n, "unit definition", quiet) for n in items(node, "units", quiet)]  # type: ignore[arg-type]
    return [t for t in found if t is not None]


def _units(node: YamlNode | None, sink: Sink) -> Units:
    good: list[str] = []
    units = Units()
    for line in _lines(node, sink):
        try:
            units = Units([*good, line.value.strip()])
            good.append(line.value.strip())
        except UnitError as e:
            sink.error("E0202", str(e), line.span, help=e.help)
    return units


def _settings(site: RawSite, node: YamlNode | None, file: str, sink: Sink) -> None:
    if node is None:
        sink.error(
            "E0116", "the site has no site.yaml", ast.Span(file, 0, 0, 0), help="it names the site and its period"
        )
        return
    mapping = as_mapping(node, "site.yaml", sink)
    if mapping is None:
        return
    t = Table(mapping, "site", sink, SITE_KEYS)
    site.name = t.word("name", required=True)
    site.title = t.titles("title")
    period = t.duration("period", MINUTE, required=True)
    if period <= 0:
        sink.error("E0205", "the period must be longer than zero", t.key_span("period"))
        period = MINUTE
    site.settings = {"period": period, "span": 30 * DAY, "guard": 2 * HOUR, "max_exclude": 24 * HOUR}
    for key in ("min_coverage", "min_rule_coverage"):
        value = t.number(key, 0, 1)
        site.coverages[key] = Fraction(3, 5) if value is None else value
    most = t.number("max_activations", 1)
    site.settings["max_activations"] = 500_000 if most is None else int(most)
    base = t.table("baseline", ("span", "guard", "max_exclude"))
    if base is not None:
        for key in ("span", "guard", "max_exclude"):
            site.settings[key] = base.duration(key, site.settings[key])


def _variables(site: RawSite, node: YamlNode, sink: Sink) -> None:
    mapping = as_mapping(node, "variables file", sink)
    if mapping is None:
        return
    for item in Table(mapping, "variables file", sink, ("variables",)).listing("variables"):
        entry = as_mapping(item, "variable", sink)
        if entry is not None:
            _variable(site, Table(entry, "variable", sink, VARIABLE_KEYS), sink)


def _variable(site: RawSite, t: Table, sink: Sink) -> None:
    name = t.name("id", DOTTED)
    unit = t.text("unit", required=True)
    if unit is not None:
        check_unit(unit, unit.value.strip(), site.units, sink)
    period, max_age = _times(site, t, sink)
    ranges = {k: as_range(n, k, sink) for k in ("valid", "normal") if (n := t.get(k, k == "valid")) is not None}
    uncertainty = t.number("uncertainty", 0)
    exclude = t.text("exclude")
    variable = Variable(
        id=name,
        unit=unit.value.strip() if unit else "",
        resolution=_resolution(t, sink),
        period=period,
        max_age=max_age,
        valid=ranges.get("valid") or (0.0, 1.0),
        title=t.titles("title"),
        tag=t.word("tag"),
        normal=ranges.get("normal"),
        uncertainty=None if uncertainty is None else float(uncertainty),
        kind=t.choice("kind", ("analog", "counter", "switch"), "analog"),  # type: ignore[arg-type]
        exclude=exclude.value if exclude else None,
        skew=t.duration("skew", 5_000),
        of=_set_of(site, t, name, sink),
        source=t.word("source", "unverified"),
    )
    if not name or _defined(site, t, name, sink):
        return
    site.variables[name] = variable
    site.places[f"variable {name}"] = t.key_span("id")
    if exclude is not None:
        site.excludes[name] = exclude


def _defined(site: RawSite, t: Table, name: str, sink: Sink) -> bool:
    first = site.places.get(f"variable {name}")
    if first is not None:
        note = f"first in {first.file}:{first.line}"
        sink.error("E0125", f"variable {name} is defined twice", t.key_span("id"), notes=[note])
    return first is not None


def _set_of(site: RawSite, t: Table, name: str, sink: Sink) -> str | None:
    of = t.word("of") or None
    if of is not None and of not in site.sets:
        sink.error("E0302", f"unknown set {of}", t.key_span("of"), help=did_you_mean(of, site.sets))
    if name and of is not None and not name.startswith(f"{of}."):
        sink.error("E0127", f"a variable of {of} is called {of}.<property>, not {name}", t.key_span("id"))
    if of is not None and name.removeprefix(f"{of}.") in site.attribute_kinds.get(of, {}):
        sink.error("E0325", f"{name} is an attribute of {of}", t.key_span("id"), help="choose another name")
    return of


def _times(site: RawSite, t: Table, sink: Sink) -> tuple[int, int]:
    """Sampling period and maximal age, ms."""
    period = t.duration("period", site.settings.get("period", MINUTE))
    if period <= 0:
        sink.error("E0205", "the period must be longer than zero", t.key_span("period"))
        period = MINUTE
    max_age = t.duration("max_age", 10 * period)
    if max_age < period:
        sink.error("E0205", "max_age is shorter than the period", t.key_span("max_age"))
    return period, max_age


def _resolution(t: Table, sink: Sink) -> str:
    node = t.text("resolution", required=True)
    if node is None:
        return "1"
    value = as_number(node, sink)
    if value is not None and value <= 0:
        sink.error("E0205", "a resolution is larger than zero", node.span)
        return "1"
    return "1" if value is None else node.value.strip()


def check_unit(node: Text, unit: str, units: Units, sink: Sink) -> bool:
    """Report an unknown unit; true when it is known."""
    try:
        units.factor(unit)
        return True
    except UnitError as e:
        sink.error("E0201", str(e), node.span, help=e.help)
        return False


def override(site: RawSite, variables: Dict[str, Variable]) -> None:
    """Replace declarations by a site map's own (another unit, period or range)."""
    for name, variable in variables.items():
        site.variables[name] = replace(variable, id=name)
        site.overridden.add(name)


def finish_site(raw: RawSite, actions: dict[str, ast.Action]) -> ast.Site:
    """The site that the engine needs."""
    s = raw.settings
    return ast.Site(
        name=raw.name,
        title=raw.title,
        period=s["period"],
        variables=raw.variables,
        sets=raw.sets,
        set_titles=raw.set_titles,
        members=raw.members,
        attributes=raw.attributes,
        terms=tuple(raw.terms),
        actions=actions,
        models=raw.models,
        relations=raw.relations,
        min_coverage=raw.coverages["min_coverage"],
        min_rule_coverage=raw.coverages["min_rule_coverage"],
        baseline_span=s["span"],
        baseline_guard=s["guard"],
        max_exclude=s["max_exclude"],
        max_activations=s["max_activations"],
        unit_definitions=raw.definitions,
    )

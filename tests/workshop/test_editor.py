"""Schemas for editors: current, true of every file that ships, and false of files with a mistake."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from expert.compile import load_program
from expert.language.masking import mask
from expert.workshop.editor import schemas, write_schemas
from expert.workshop.scaffold import Wish, new_pack, new_rule
from kb.paths import plant_folder

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "schema" / "editor"
SITE = load_program([], plant_folder()).site
GENERAL = {name: json.loads(text) for name, text in schemas().items()}
NAMED = {name: json.loads(text) for name, text in schemas(SITE).items()}
KINDS: dict[str, Any] = {
    "string": str,
    "array": list,
    "object": dict,
    "integer": int,
    "number": (int, float),
}


def faults(schema: dict[str, Any], value: Any, root: dict[str, Any], at: str = "") -> list[str]:
    """Places that break the keywords that the schemas use."""
    if "$ref" in schema:
        return faults(root["$defs"][schema["$ref"].rsplit("/", 1)[1]], value, root, at)
    if "anyOf" in schema:
        every = [faults(s, value, root, at) for s in schema["anyOf"]]
        return [] if [] in every else [f"{at}: no form of {len(every)}"]
    kinds = schema.get("type", list(KINDS))
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if not any(isinstance(value, KINDS[k]) for k in kinds) or isinstance(value, bool):
        return [f"{at}: not {kinds}"]
    out = [f"{at}: not of {schema['enum']}"] if value not in schema.get("enum", [value]) else []
    if isinstance(value, str) and not re.search(schema.get("pattern", ""), value):
        out.append(f"{at}: not like {schema['pattern']}")
    if isinstance(value, (int, float)):
        low, high = schema.get("minimum", value), schema.get("maximum", value)
        inside = low <= value <= high and value > schema.get("exclusiveMinimum", value - 1)
        out += [] if inside else [f"{at}: out of range"]
    if isinstance(value, dict):
        known, rest = schema.get("properties", {}), schema.get("additionalProperties", {})
        out += [f"{at}: lacks {k}" for k in schema.get("required", []) if k not in value]
        out += [f"{at}: unknown {k}" for k in value if k not in known and rest is False]
        out += [f for k, v in value.items() for f in faults(known.get(k, rest or {}), v, root, f"{at}/{k}")]
    if isinstance(value, list):
        first, size = schema.get("prefixItems", []), len(value)
        out += [f"{at}: {size} items"] if not schema.get("minItems", 0) <= size <= schema.get("maxItems", size) else []
        items = [first[i] if i < len(first) else schema.get("items", {}) for i in range(size)]
        out += [f for i, v in enumerate(value) for f in faults(items[i], v, root, f"{at}/{i}")]
    return out


def kind_of(path: Path) -> str:
    """Which schema a file has."""
    if path.name.endswith(".test.yaml"):
        return "cases.json"
    stem = "variables" if path.stem.startswith("variables") else path.stem
    return f"{stem}.json" if f"{stem}.json" in GENERAL else "topic.json"


FILES = [
    p for f in ("rules", "kb/plant", "tests/data") for p in sorted((ROOT / f).rglob("*.yaml")) if p.stem != "units"
]


def test_the_committed_schemas_are_current(tmp_path: Path) -> None:
    """docs/schema/editor holds what the module writes (``GOLDEN_UPDATE=1`` writes it)."""
    if os.environ.get("GOLDEN_UPDATE"):
        write_schemas(FOLDER)
    committed = {p.name: p.read_text("utf-8") for p in FOLDER.iterdir()}
    assert schemas() == committed, "write them anew: python -m expert.workshop.editor docs/schema/editor"


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_files_that_load_satisfy_their_schema(path: Path) -> None:
    """Every file of the shipped packs and sites; those of the plant also the schema with its names.

    Colons in calls need no quotes for the loader, so they are hidden from YAML as the loader hides them.
    """
    value = yaml.safe_load(mask(path.read_text("utf-8")))
    name = kind_of(path)
    assert [] == faults(GENERAL[name], value, GENERAL[name])
    if "data" not in path.parts:
        assert [] == faults(NAMED[name], value, NAMED[name])


MISTAKES = [
    ("topic.json", "rules: [{id: a.b, title: {en: A, zh: 甲}, wen: x}]", "lacks when"),
    ("topic.json", "rules: [{id: a.b, title: {en: A}, when: x}]", "lacks zh"),
    ("topic.json", "rules: [{id: ab, title: {en: A, zh: 甲}, when: x}]", "not like"),
    ("topic.json", "rules: [{id: a.b, title: {en: A, zh: 甲}, when: x, severity: 6}]", "out of range"),
    ("topic.json", "rules: [{id: a.b, title: {en: A, zh: 甲}, when: x, for: 5}]", "not ['string']"),
    ("topic.json", "rules: [{id: a.b, title: {en: A, zh: 甲}, when: {none: x}}]", "no form"),
    ("topic.json", "rules: [{id: a.b, title: {en: A, zh: 甲}, when: x, for_each: s in sectr}]", "no form"),
    ("topic.json", "rules: [{id: a.b, title: {en: A, zh: 甲}, when: x, advise: [{action: blast_up_}]}]", "not of"),
    ("cases.json", "cases: [{name: a, rule: a.b, expect: up}]", "no form"),
    (
        "cases.json",
        "cases: [{name: a, rule: a.b, expect: quiet, given: {blast.presure: 3 kPa}}]",
        "unknown blast.presure",
    ),
    ("pack.json", "{name: Pack, version: 0.1.0, title: {en: A, zh: 甲}}", "not like"),
    ("facts.json", "facts: {late: {title: {en: A, zh: 甲}, fields: {by: {order: sorted}}}}", "not of"),
]


@pytest.mark.parametrize(("name", "text", "told"), MISTAKES)
def test_a_mistake_is_seen(name: str, text: str, told: str) -> None:
    """An editor underlines it while it is typed."""
    found = faults(NAMED[name], yaml.safe_load(text), NAMED[name])
    assert any(told in f for f in found), found


def test_variables_are_offered_with_what_they_are() -> None:
    """Title, unit and normal range show beside the name."""
    case = NAMED["cases.json"]["properties"]["cases"]["items"]["properties"]["given"]["properties"]
    assert "Hot blast pressure [kPa], normally 411 to 427" == case["blast.pressure"]["description"]
    assert "sectors[A].wall_temperature" in case


def test_new_files_point_at_their_schemas(tmp_path: Path) -> None:
    """The first line of every file of a new pack names a schema that is there, and plain YAML can read the file."""
    pack = tmp_path / "mine"
    new_pack(pack, {}, SITE)
    new_rule(pack, Wish("walls.hot", variable="sectors.wall_temperature"), load_program(pack, plant_folder()))
    for path in pack.glob("*.yaml"):
        first = path.read_text("utf-8").splitlines()[0]
        assert (pack / first.removeprefix("# yaml-language-server: $schema=")).is_file()
        name = kind_of(path)
        assert [] == faults(NAMED[name], yaml.safe_load(path.read_text("utf-8")), NAMED[name])

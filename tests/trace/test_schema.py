"""The published schemas are those of the code, and what is recorded satisfies them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hypothesis import given

from expert.trace.codec import dump, load
from expert.trace.schema import schemas
from expert.values.types import ScanRecord
from tests.trace.test_codec import hinted

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "tests" / "data" / "scan_record.json"


def faults(schema: dict[str, Any], value: Any, root: dict[str, Any], at: str = "$") -> list[str]:
    """Violations of the keywords that our schemas use."""
    if "$ref" in schema:
        return faults(root["$defs"][schema["$ref"].rsplit("/", 1)[1]], value, root, at)
    if "anyOf" in schema:
        every = [faults(s, value, root, at) for s in schema["anyOf"]]
        return [] if [] in every else [f"{at}: none of {len(every)} forms"]
    out = [f"{at}: not {schema[k]}" for k in ("const",) if k in schema and value != schema[k]]
    out += [f"{at}: not one of {schema['enum']}" for _ in "x" if "enum" in schema and value not in schema["enum"]]
    kinds: dict[str, tuple[type, ...]] = {
        "object": (dict,),
        "array": (list,),
        "string": (str,),
        "integer": (int,),
        "number": (int, float),
        "boolean": (bool,),
        "null": (type(None),),
    }
    if "type" in schema and type(value) not in kinds[schema["type"]]:
        return [*out, f"{at}: not {schema['type']}"]
    if isinstance(value, dict):
        known = schema.get("properties", {})
        out += [f"{at}: lacks {k}" for k in schema.get("required", []) if k not in value]
        extra = schema.get("additionalProperties", True)
        for k, v in value.items():
            if k not in known and extra is False:
                out.append(f"{at}: unknown {k}")
            out += faults(known.get(k, extra if isinstance(extra, dict) else {}), v, root, f"{at}.{k}")
    if isinstance(value, list):
        first = schema.get("prefixItems", [])
        if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value)):
            out.append(f"{at}: {len(value)} items")
        for i, v in enumerate(value):
            out += faults(first[i] if i < len(first) else schema.get("items", {}), v, root, f"{at}[{i}]")
    if type(value) is int and not schema.get("minimum", value) <= value <= schema.get("maximum", value):
        out.append(f"{at}: {value} out of range")
    return out


RECORD = json.loads(schemas()["scan_record.json"])


def test_the_committed_schemas_are_current() -> None:
    """docs/schema holds what `python -m expert.trace.schema docs/schema` writes."""
    committed = {p.name: p.read_text(encoding="utf-8") for p in (ROOT / "docs" / "schema").glob("*.json")}
    stale = sorted(n for n, text in schemas().items() if committed.get(n) != text) + sorted(
        set(committed) - set(schemas())
    )
    assert [] == stale, "write them anew: python -m expert.trace.schema docs/schema"


def test_the_recorded_sample_satisfies_its_schema() -> None:
    """The sample that travels with the project has the published form."""
    assert [] == faults(RECORD, json.loads(SAMPLE.read_text(encoding="utf-8")), RECORD)


def test_the_recorded_sample_is_canonical() -> None:
    """Reading and writing the sample changes no byte."""
    data = SAMPLE.read_bytes()
    assert data == dump(load(ScanRecord, data.rstrip(b"\n"))) + b"\n"


@given(hinted(ScanRecord))
def test_every_record_satisfies_the_schema(record: ScanRecord) -> None:
    """What the codec writes is what the schema describes."""
    assert [] == faults(RECORD, json.loads(dump(record)), RECORD)


def test_the_check_finds_a_fault() -> None:
    """The schema is not so loose that anything passes."""
    broken = {"v": 1, "program": "p", "sequence": "1", "input": {"time": 1, "run_at": 1}, "facts": [], "firings": []}
    assert ["$.sequence: not integer", "$: lacks episodes"] == sorted(faults(RECORD, broken, RECORD))

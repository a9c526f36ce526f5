"""JSON Schema of the shared types: `python -m expert.trace.schema FOLDER` writes one file per type.

The schemas describe what `expert.trace.codec` writes: samples and certainties as lists, documents with their version.
Rules and programs are given as the engine holds them; they travel as YAML and by their digest.
"""

from __future__ import annotations

import dataclasses
import json
import re
import sys
from pathlib import Path
from typing import Any

from expert.language.ast import Program, Rule
from expert.trace.codec import VERSION
from expert.values import types
from expert.values.interval import ONE, Interval

TRACED: list[type] = [
    t
    for t in vars(types).values()
    if isinstance(t, type) and dataclasses.is_dataclass(t) and t.__module__ == types.__name__
]
DIALECT = "https://json-schema.org/draft/2020-12/schema"
_MILLIONTHS = {"type": "integer", "minimum": 0, "maximum": ONE}


def schemas() -> dict[str, str]:
    """File name -> text of every schema."""
    out = {}
    for cls in [*TRACED, Interval, Rule, Program]:
        name = re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()
        document = _schema(cls)
        out[f"{name}.json"] = json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    return out


def _schema(cls: Any) -> dict[str, Any]:
    from pydantic import TypeAdapter  # slow to import, and needed for nothing else here

    schema = TypeAdapter(cls).json_schema()
    definitions = schema.pop("$defs", {})
    root = _as_written(cls.__name__, schema)
    if cls.__name__ == "ScanRecord":
        root["properties"]["v"] = {"const": VERSION}
        root["required"] = sorted([*root["required"], "v"])
    if definitions:
        root["$defs"] = {name: _as_written(name, d) for name, d in definitions.items()}
    return {"$schema": DIALECT, **root}


def _as_written(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    """The form that the codec writes instead of pydantic's."""
    if name == "Interval":
        return {
            "title": name,
            "description": "[support, plausibility] in millionths, support <= plausibility",
            "type": "array",
            "prefixItems": [_MILLIONTHS, _MILLIONTHS],
            "minItems": 2,
            "maxItems": 2,
        }
    if name == "Sample":
        order = [f.name for f in dataclasses.fields(types.Sample)]
        return {
            "title": name,
            "description": schema.get("description", ""),
            "type": "array",
            "prefixItems": [schema["properties"][field] for field in order],
            "minItems": len(schema["required"]),
            "maxItems": len(order),
        }
    if "properties" in schema:
        schema["additionalProperties"] = False
    return schema


def main(folder: str) -> None:
    """Write all schemas into a folder."""
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    for name, text in schemas().items():
        (target / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m expert.trace.schema FOLDER")
    main(sys.argv[1])

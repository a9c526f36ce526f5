"""What may stand under each key: JSON Schema by the loader's own tables of keys."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from expert.language.conditions import KEYS as CONDITION_KEYS
from expert.language.durations import MS
from expert.language.schema import DOTTED, LANGUAGES, NAME

Schema = dict[str, Any]

TEXT: Schema = {"type": ["string", "number"]}
WORD: Schema = {"type": "string"}
CERTAINTY: Schema = {"type": "number", "minimum": 0, "maximum": 1}
POSITIVE: Schema = {"type": "number", "exclusiveMinimum": 0}
DURATION: Schema = {"type": "string", "pattern": rf"^\s*[0-9]+(\.[0-9]+)?\s*({'|'.join(MS)})\s*$"}
NAMED: Schema = {"type": "string", "pattern": f"^{NAME.pattern}$"}
DOTTED_NAME: Schema = {"type": "string", "pattern": f"^{DOTTED.pattern}$"}
TITLES: Schema = {"$ref": "#/$defs/titles"}
CONDITION: Schema = {"$ref": "#/$defs/condition"}


def with_words(schema: Schema, words: str) -> Schema:
    """A schema with what an editor shows when one points at the key."""
    return {**schema, "description": words}


def one_of(words: Iterable[str]) -> Schema:
    """One of a few words."""
    return {"type": "string", "enum": list(words)}


def listing(item: Schema, at_least: int = 0) -> Schema:
    """A list of one kind of thing."""
    return {"type": "array", "items": item, **({"minItems": at_least} if at_least else {})}


def pair(first: Schema, second: Schema) -> Schema:
    """A list of exactly two."""
    return {"type": "array", "prefixItems": [first, second], "minItems": 2, "maxItems": 2}


def by_name(value: Schema, names: Mapping[str, str] | None = None) -> Schema:
    """A mapping from names to one kind of thing; with ``names`` (name -> words) no others may stand there."""
    if names is None:
        return {"type": "object", "additionalProperties": value}
    known = {k: with_words(value, words) if words else value for k, words in sorted(names.items())}
    return {"type": "object", "properties": known, "additionalProperties": False}


def table(keys: Collection[str], shapes: Mapping[str, Schema], required: Collection[str] = ()) -> Schema:
    """A mapping with the loader's keys; a key without a shape may hold anything."""
    out: Schema = {
        "type": "object",
        "properties": {k: shapes.get(k, {}) for k in keys},
        "additionalProperties": False,
    }
    return {**out, "required": sorted(required)} if required else out


def text_or_list() -> Schema:
    """One text, or several."""
    return {"anyOf": [WORD, listing(WORD)]}


def definitions() -> Schema:
    """What several schemas share: texts in every language, conditions."""
    titles = table(LANGUAGES, {k: with_words(TEXT, f"the text in {k}") for k in LANGUAGES}, LANGUAGES)
    evidence = table(
        ("at_least", "of"),
        {
            "at_least": with_words(CERTAINTY, "from which score on it holds; left out: the score is the certainty"),
            "of": with_words(listing(pair(POSITIVE, CONDITION), 1), "[weight, condition] each"),
        },
        ("of",),
    )
    several = listing(CONDITION, 1)
    rows = {"type": "object", "additionalProperties": WORD, "minProperties": 1, "maxProperties": 1}
    shapes = {
        "all": with_words({"anyOf": [several, rows]}, "every one of a list, or every row: {b: table where ...}"),
        "any": with_words(several, "one of them"),
        "not": with_words(CONDITION, "it does not hold"),
        "score": with_words(evidence, "weighted evidence; what is missing widens the certainty"),
        "at_least": with_words({"type": "integer", "minimum": 1}, "so many of a list, or of the members of a set"),
        "of": {"anyOf": [several, {"type": "object", "additionalProperties": WORD, "maxProperties": 1}]},
        "where": with_words(CONDITION, "what must hold for a member"),
        "exists": with_words(rows, "there is a row: {b: table where ...}"),
        "none": with_words(rows, "there is no row: {b: table where ...}"),
        "that": with_words(CONDITION, "what must hold for the rows"),
    }
    combined = {**table(CONDITION_KEYS, shapes), "minProperties": 1}
    return {"titles": titles, "condition": {"anyOf": [WORD, several, combined]}}

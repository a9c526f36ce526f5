"""The schema of every kind of file, as text."""

from __future__ import annotations

import json
from pathlib import Path

from expert.language import ast
from expert.language.catalogue import ACTION_KEYS, MODEL_KEYS, RELATION_KEYS, TERM_KEYS
from expert.language.pack import ACCUMULATE, EVIDENCE_KEYS, FACT_KEYS, FIELD_KEYS, NUMBER_KEYS, PACK_KEYS
from expert.language.rules import KINDS, RULE_KEYS
from expert.language.site import SITE_KEYS, VARIABLE_KEYS
from expert.testing.cases import CASE_KEYS, EXPECTATIONS
from expert.testing.cases import MODEL_KEYS as ANSWER_KEYS
from expert.workshop.editor.names import Names, names_of
from expert.workshop.editor.shapes import (
    CERTAINTY,
    CONDITION,
    DOTTED_NAME,
    DURATION,
    NAMED,
    TEXT,
    TITLES,
    WORD,
    Schema,
    by_name,
    definitions,
    listing,
    one_of,
    pair,
    table,
    text_or_list,
    with_words,
)

DIALECT = "https://json-schema.org/draft/2020-12/schema"
NUMBER: Schema = {"type": "number"}
QUANTITY: Schema = TEXT
SOURCE = with_words(WORD, "where it comes from; 'unverified' where nobody has checked")


def schemas(site: ast.Site | None = None) -> dict[str, str]:
    """File name -> text of every schema.

    Parameters
    ----------
    site : Site, optional
        Its variables, sets, actions, models and tables are offered by name, and no others are accepted.

    Examples
    --------
    >>> sorted(schemas())[:4]
    ['actions.json', 'cases.json', 'equipment.json', 'facts.json']
    """
    names = names_of(site)
    files = {
        "topic": ("Rules of one topic", _one("rules", _rule(names))),
        "cases": ("Cases of rules", _one("cases", _case(names))),
        "facts": ("Shapes of facts", _facts(names)),
        "pack": ("A pack", _pack()),
        "site": ("A site", _site()),
        "variables": ("Variables of a site", _one("variables", _variable())),
        "equipment": ("Sets of equipment", _equipment()),
        "terms": ("Soft terms", _one("terms", _term())),
        "actions": ("Catalogue of actions", _one("actions", _action())),
        "models": ("Ports of models", _one("models", _model())),
        "relations": ("Tables", table(("relations",), {"relations": by_name(_relation())}, ("relations",))),
    }
    out = {}
    for name, (title, schema) in files.items():
        document = {"$schema": DIALECT, "title": title, **schema, "$defs": definitions()}
        out[f"{name}.json"] = json.dumps(document, indent=1, ensure_ascii=False) + "\n"
    return out


def write_schemas(folder: Path, site: ast.Site | None = None) -> list[Path]:
    """Write all schemas into a folder; return the files."""
    folder.mkdir(parents=True, exist_ok=True)
    out = []
    for name, text in schemas(site).items():
        (folder / name).write_text(text, encoding="utf-8")
        out.append(folder / name)
    return out


def modeline(folder: Path, kind: str) -> str:
    """The first line of a new file that tells editors its schema; '' where the pack keeps none in ``.schema``."""
    there = (folder / ".schema" / f"{kind}.json").is_file()
    return f"# yaml-language-server: $schema=.schema/{kind}.json\n" if there else ""


def _one(key: str, item: Schema) -> Schema:
    """A file that holds one list."""
    return table((key,), {key: listing(item)}, (key,))


# ---------------------------------------------------------------- packs


def _rule(names: Names) -> Schema:
    step = table(("action", "amount"), {"action": names.action, "amount": QUANTITY}, ("action",))
    member = {"type": "string", "pattern": names.for_each}
    shapes = {
        "id": with_words(DOTTED_NAME, "<topic>.<finding>[.<stage>]; the topic is the file's name"),
        "title": TITLES,
        "kind": with_words(
            one_of(KINDS), "condition concludes or refutes; alarm needs a person; advice names an action"
        ),
        "severity": with_words({"type": "integer", "minimum": 0, "maximum": 5}, "from 3 on because is required"),
        "when": with_words(CONDITION, "the condition"),
        "for": with_words(DURATION, "it must have held that long"),
        "clear_for": with_words(DURATION, "it must have been known not to hold that long before the rule clears"),
        "max_hold": with_words(DURATION, "raised without data it becomes a question after this; default 4 h"),
        "threshold": with_words(CERTAINTY, "certainty at which the rule rises; default 0.5"),
        "clear_below": with_words(CERTAINTY, "certainty below which it may clear; default: threshold"),
        "strength": with_words(CERTAINTY, "how far the evidence carries; default 1"),
        "conclude": with_words(WORD, "one fact, every field given: hanging(stage: suspected)"),
        "refute": with_words(WORD, "a fact that this counts against"),
        "advise": with_words(listing(step, 1), "actions of the site's catalogue, within their limits"),
        "for_each": with_words({"anyOf": [member, listing(member, 1)]}, "s in sectors: one rule per member"),
        "match": with_words(by_name({"type": "string", "pattern": names.match}), "a: table where ...: one per rows"),
        "because": TITLES,
        "expect": with_words({"anyOf": [WORD, by_name(text_or_list())]}, "what is to be seen, and within what time"),
        "source": SOURCE,
        "owner": with_words(WORD, "who answers for it"),
        "single_instrument": with_words(WORD, "why one instrument is enough"),
    }
    return table(RULE_KEYS, shapes, ("id", "title", "when"))


def _facts(names: Names) -> Schema:
    values = {"anyOf": [text_or_list(), by_name(TITLES)]}
    field = table(
        FIELD_KEYS,
        {
            "values": with_words(values, "the words that may stand there"),
            "order": with_words(one_of(("ordered", "exclusive")), "of the one field that says how far or which"),
            "set": names.set,
            "relation": names.relation,
        },
    )
    number = table(
        NUMBER_KEYS,
        {"field": NAMED, "unit": WORD, "combine": with_words(one_of(("max", "min")), "of several derivations")},
        ("combine", "field"),
    )
    group = table(
        EVIDENCE_KEYS, {"combine": with_words(one_of(ACCUMULATE), "how independent rules add up")}, ("combine",)
    )
    shapes = {"title": TITLES, "fields": by_name(field), "number": number, "evidence": group, "source": SOURCE}
    fact = table(FACT_KEYS, shapes)
    return table(("facts",), {"facts": by_name(fact)}, ("facts",))


def _pack() -> Schema:
    shapes = {
        "name": NAMED,
        "version": with_words({"type": "string"}, "x.y.z; tuyere diff says what changes ask for"),
        "title": TITLES,
        "owner": WORD,
        "exports": with_words(text_or_list(), "facts that other packs may read"),
        "imports": with_words(text_or_list(), "facts of other packs: pack/fact"),
        "source": SOURCE,
    }
    return table(PACK_KEYS, shapes, ("name", "title", "version"))


def _case(names: Names) -> Schema:
    state = one_of(EXPECTATIONS)
    answer = table(
        ANSWER_KEYS,
        {"below": QUANTITY, "above": QUANTITY, "ahead": DURATION, "certainty": pair(CERTAINTY, CERTAINTY)},
        ("certainty",),
    )
    series = with_words(TEXT, "pieces: 412 kPa for 20 min, ramp to 440 kPa over 30 min, missing for 5 min")
    shapes = {
        "name": with_words(WORD, "what happens, in a few words"),
        "rule": DOTTED_NAME,
        "bind": with_words(by_name(TEXT), "which member or row; left out: any"),
        "run": with_words(DURATION, "default 30 min"),
        "every": with_words(DURATION, "default: the site's period"),
        "baseline": with_words(by_name(WORD, names.variables), "median +- inter-quartile range: 420 kPa +- 6 kPa"),
        "arrival": with_words(by_name(DURATION, names.variables), "samples come so much later"),
        "given": by_name(series, names.variables),
        "rows": by_name(listing({"type": "object"}), names.relations),
        "model": by_name(answer, names.models),
        "expect": {"anyOf": [state, by_name(state)]},
        "support": with_words(pair(CERTAINTY, CERTAINTY), "bounds of the support at the end"),
    }
    return table(CASE_KEYS, shapes, ("expect", "name", "rule"))


# ---------------------------------------------------------------- sites


def _site() -> Schema:
    base = table(("span", "guard", "max_exclude"), dict.fromkeys(("span", "guard", "max_exclude"), DURATION))
    shapes = {
        "name": WORD,
        "title": TITLES,
        "period": with_words(DURATION, "from scan to scan"),
        "min_coverage": with_words(CERTAINTY, "share of a window's samples that must be there"),
        "min_rule_coverage": with_words(CERTAINTY, "share of a rule's evidence that must be installed"),
        "baseline": with_words(base, "what counts as normal"),
        "time_zone": WORD,
        "owner": WORD,
        "source": SOURCE,
    }
    return table(SITE_KEYS, shapes, ("name", "period", "title"))


def _variable() -> Schema:
    span = pair(NUMBER, NUMBER)
    shapes = {
        "id": with_words(DOTTED_NAME, "object.property; of a set: set.property"),
        "of": with_words(WORD, "the set whose members have it"),
        "unit": TEXT,
        "resolution": with_words(TEXT, "the smallest step, as text"),
        "period": with_words(DURATION, "from sample to sample"),
        "max_age": with_words(DURATION, "older is stale"),
        "valid": with_words(span, "[low, high] of the instrument"),
        "normal": with_words(span, "5th and 95th percentile"),
        "uncertainty": with_words({"type": "number", "minimum": 0}, "a comparison is certain only beyond it"),
        "kind": one_of(("analog", "counter", "switch")),
        "exclude": with_words(WORD, "a fact: times when it held are not normal"),
        "skew": DURATION,
        "title": TITLES,
        "tag": with_words(WORD, "name at the control system"),
        "source": SOURCE,
    }
    return table(VARIABLE_KEYS, shapes, ("id", "resolution", "title", "unit", "valid"))


def _equipment() -> Schema:
    kind = table(("set", "values"), {"set": with_words(WORD, "members of a set"), "values": listing(TEXT, 1)})
    member = {"type": "object", "required": ["en", "zh"], "additionalProperties": TEXT}
    shapes = {
        "title": TITLES,
        "attributes": with_words(by_name(kind), "what never changes about a member; each member gives every one"),
        "members": by_name(member),
        "source": SOURCE,
    }
    one = table(("title", "attributes", "members", "source"), shapes)
    return table(("sets",), {"sets": by_name(one)})


def _term() -> Schema:
    shapes = {
        "name": NAMED,
        "applies_to": with_words(WORD, "a variable, or z, z_std, z_slope, z_range"),
        "zero": with_words(QUANTITY, "where the certainty is 0"),
        "one": with_words(QUANTITY, "where it is 1"),
        "title": TITLES,
        "source": SOURCE,
    }
    return table(TERM_KEYS, shapes, ("applies_to", "name", "one", "title", "zero"))


def _action() -> Schema:
    times = ("acts_in", "full_in", "review")
    shapes = {
        "id": NAMED,
        "title": TITLES,
        "lever": with_words(WORD, "what it moves"),
        "direction": {"enum": [-1, 0, 1]},
        "unit": TEXT,
        "limit": with_words({"type": "number", "minimum": 0}, "no advice goes beyond it"),
        **dict.fromkeys(times, DURATION),
        "confirm": TITLES,
        "blocked_by": with_words(text_or_list(), "facts that forbid it"),
        "contradicts": text_or_list(),
        "approve": with_words(WORD, "who must agree"),
        "source": SOURCE,
    }
    return table(ACTION_KEYS, shapes, ("id", "lever", "title"))


def _model() -> Schema:
    shapes = {
        "id": NAMED,
        "title": TITLES,
        "target": with_words(DOTTED_NAME, "the variable that it predicts"),
        "horizons": {"anyOf": [DURATION, listing(DURATION, 1)]},
        "expiry": with_words(DURATION, "an older answer counts as none"),
        "artifact": WORD,
        "source": SOURCE,
    }
    return table(MODEL_KEYS, shapes, ("expiry", "horizons", "id", "target", "title"))


def _relation() -> Schema:
    shapes = {
        "key": text_or_list(),
        "fields": with_words(by_name(TEXT), "text, number, or a unit"),
        "field_titles": by_name(TITLES),
        "title": TITLES,
        "source": SOURCE,
    }
    return table(RELATION_KEYS, shapes, ("fields", "key", "title"))

"""What another expert said, where a conclusion reads it: whose scan it was, and what it rests on over there."""

from __future__ import annotations

from collections.abc import Callable

from expert.engine.dependence import Dependence, import_name
from expert.explain import titles as t
from expert.explain.recorded import split_key
from expert.language import ast
from expert.texts import say
from expert.values.types import Export, Fact, ScanRecord

Rests = tuple[tuple[str, ...], ...]
Behind = Callable[[Export, str], list[str]]
"""Sentences about what a fact type of an export rests on at the exporter; the record is looked up by who knows it."""
MAX_RESTS = 6


def heard(record: ScanRecord, exporter: str, type_: str) -> Export | None:
    """What a scan read of an expert about a fact type."""
    return next((e for e in record.input.imports if e.pack == exporter and type_ in e.types), None)


def whose_scan(export: Export, lang: str) -> str:
    """Which scan of whom it was."""
    return say(lang, "said_by", pack=export.pack, n=export.sequence, time=t.clock(export.time))


def import_names(program: ast.Program, record: ScanRecord, lang: str) -> dict[str, str]:
    """Imports in words, by the names that they have among instruments."""
    named = {}
    for type_, fact in program.facts.items():
        if not fact.exporter:
            continue
        export = heard(record, fact.exporter, type_)
        told = [] if export is None else [f for f in export.facts if f.type == type_]
        best = min(told, key=lambda f: (-f.certainty.s, f.args), default=None)
        what = t.lowered(t.fact_text(program, type_, best.args if best is not None else (), lang), lang)
        whose = whose_scan(export, lang) if export is not None else say(lang, "why_no_export", detail=fact.exporter)
        named[import_name(fact)] = say(lang, "what_was_said", pack=fact.exporter, what=what, whose=whose)
    return named


def rests_text(sets: Rests, names: dict[str, str], lang: str) -> str:
    """Decisive instruments and imports by their names: singles, then pairs."""
    parts = []
    for lost in sets[:MAX_RESTS]:
        shown = [names.get(n, n) for n in lost]
        parts.append(shown[0] if len(shown) == 1 else say(lang, "rests_with", a=shown[0], b=shown[1]))
    more = len(sets) - MAX_RESTS
    return ", ".join([*parts, *([say(lang, "more", n=more)] if more > 0 else [])])


def strongest(record: ScanRecord, type_: str) -> Fact | None:
    """The surest fact of a type in a record."""
    found = [f for f in record.facts if f.type == type_ and f.by]
    return min(found, key=lambda f: (-f.certainty.s, f.args), default=None)


def resting_there(program: ast.Program, record: ScanRecord, type_: str, rise: Callable[[str], Rests], lang: str) -> str:
    """What a fact rested on in the exporter's own scan: as worked out at the rise, or else what its rule reads.

    ``rise``: what an episode rested on when it rose, by its id.
    """
    fact = strongest(record, type_)
    if fact is None:
        return say(lang, "there_not_so")
    rule_id, bindings = split_key(fact.by)
    rule = program.rules[rule_id]
    title = t.rule_title(program, rule, bindings, lang)
    firing = next((f for f in record.firings if (f.rule, f.bindings) == (rule_id, bindings)), None)
    sets = rise(firing.episode) if firing is not None else ()
    names = t.tags_of(program) | import_names(program, record, lang)
    if sets:
        return say(lang, "there_rests", title=title, what=rests_text(sets, names, lang))
    dependence = Dependence(program)
    read = (*dependence.instruments(rule, bindings), *dependence.imports(rule))
    return say(lang, "there_reads", title=title, what=rests_text(tuple((n,) for n in read), names, lang))

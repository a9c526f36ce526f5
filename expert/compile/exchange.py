"""What packs export to each other and import from each other."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from expert.language import ast
from expert.language.raw import RawPack

Exporters = Mapping[str, Collection[str]]
"""Name of a pack -> fact types that it exports."""
DEFAULT_MAX_AGE = 10 * 60_000
"""How long what another pack said counts where the importer does not say, ms (unverified)."""


def exported(facts: Mapping[str, ast.FactType], packs: Iterable[RawPack]) -> tuple[str, ...]:
    """Fact types that the packs export and conclude themselves."""
    names = {_split(text.value)[1] for pack in packs for text in pack.exports}
    return tuple(sorted(n for n in names if n in facts and not facts[n].imported))


def exporters_of(programs: Iterable[ast.Program]) -> dict[str, tuple[str, ...]]:
    """What each pack of some programs exports; a program of several packs speaks for each of them."""
    return {name: p.exports for p in programs for name in p.pack.split("+")}


def importers(packs: Sequence[RawPack]) -> list[tuple[int, int]]:
    """Pairs of packs, by index, of which the first imports what the second exports."""
    exporters = {p.name: {_split(text.value)[1] for text in p.exports} for p in packs}
    place = {p.name: i for i, p in enumerate(packs)}
    found = [
        (i, place[exporter])
        for i, pack in enumerate(packs)
        for text in pack.imports
        for exporter in [_exporter(pack.name, *_split(text.value), exporters)]
        if exporter
    ]
    return list(dict.fromkeys(found))


def _exporter(reader: str, wanted: str, name: str, exporters: Exporters) -> str:
    """The pack that an import is read from: the one in front of it, or the first by name; '' when nobody exports it."""
    return next((p for p in sorted(exporters) if name in exporters[p] and p != reader and wanted in ("", p)), "")


def connected(
    facts: Mapping[str, ast.FactType], packs: Sequence[RawPack], exporters: Exporters
) -> dict[str, ast.FactType]:
    """Fact types with the pack that each import is read from.

    An import without a pack in front is read from the first pack, by name, that exports it.
    """
    out = dict(facts)
    for pack in packs:
        for text in pack.imports:
            wanted, name = _split(text.value)
            if name not in out or not out[name].imported:
                continue
            fact = out[name]
            exporter = _exporter(pack.name, wanted, name, exporters)
            out[name] = replace(fact, exporter=exporter, max_age=fact.max_age or DEFAULT_MAX_AGE)
    return out


def _split(text: str) -> tuple[str, str]:
    """Pack and fact type of an import as written; the pack may be left out.

    >>> _split("furnace/cooling"), _split("cooling")
    (('furnace', 'cooling'), ('', 'cooling'))
    """
    pack, slash, name = text.rpartition("/")
    return (pack, name) if slash else ("", text)

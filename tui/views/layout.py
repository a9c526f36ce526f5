"""What the overview shows of a site: the verdict's facts, the indices, the variables that always matter.

It is data of the knowledge base (`kb/views/overview.yaml`); what a program does not have is left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import yaml

from expert.language.ast import Program
from kb.paths import data_file
from tui.texts import Words

HOUR = 3_600_000


@dataclass(frozen=True, slots=True)
class FactQuery:
    """A fact type with some of its arguments."""

    type: str
    args: tuple[tuple[str, str], ...] = ()

    @classmethod
    def parse(cls, text: str) -> FactQuery:
        """Read ``type(field: value, ...)``.

        >>> FactQuery.parse("index(name: descent, judged: level)").args
        (('name', 'descent'), ('judged', 'level'))
        """
        head, _, rest = text.partition("(")
        pairs = [p.partition(":") for p in rest.rstrip(") ").split(",") if p.strip()]
        return cls(head.strip(), tuple((k.strip(), v.strip()) for k, _, v in pairs))


@dataclass(frozen=True, slots=True)
class VerdictLayout:
    """The verdict fact: ``field`` holds its value, ``values`` the words; ``caution`` and ``bad`` ones are not calm."""

    type: str
    field: str
    values: dict[str, Words]
    caution: tuple[str, ...] = ()
    bad: tuple[str, ...] = ()
    level: FactQuery | None = None
    variation: FactQuery | None = None


@dataclass(frozen=True, slots=True)
class IndexLayout:
    """One index with the facts of its level and variation."""

    title: Words
    level: FactQuery | None
    variation: FactQuery | None


@dataclass(frozen=True, slots=True)
class Standing:
    """A row of WATCH: a variable, the minutes since a counter moved, or a model's outlook."""

    variable: str = ""
    since: str = ""
    model: str = ""
    ahead: int = 0
    title: Words | None = None
    normal: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Marker:
    """A change of a switch worth a word in EARLIER; ``value`` is the new state."""

    variable: str
    value: int
    title: Words


@dataclass(frozen=True, slots=True)
class Layout:
    """What the overview shows."""

    verdict: VerdictLayout | None = None
    indices: tuple[IndexLayout, ...] = ()
    standing: tuple[Standing, ...] = ()
    markers: tuple[Marker, ...] = ()

    def hidden(self) -> frozenset[str]:
        """Fact types that have a place of their own and are no abnormal states."""
        queries = [q for i in self.indices for q in (i.level, i.variation) if q]
        if self.verdict is not None:
            queries += [q for q in (self.verdict.level, self.verdict.variation) if q]
            queries.append(FactQuery(self.verdict.type))
        return frozenset(q.type for q in queries)


@lru_cache(maxsize=1)
def read_layout() -> Layout:
    """The layout that travels with the knowledge base."""
    text = data_file("views/overview.yaml").read_text(encoding="utf-8")
    return layout_of(yaml.safe_load(text))


def layout_of(data: Mapping[str, Any]) -> Layout:
    """A layout from plain YAML data."""
    v = data.get("verdict")
    verdict = None
    if v:
        verdict = VerdictLayout(
            v["fact"], v["field"], v["values"], tuple(v.get("caution", ())), tuple(v.get("bad", ())),
            _query(v.get("level")), _query(v.get("variation")),
        )  # fmt: skip
    return Layout(
        verdict,
        tuple(
            IndexLayout(i["title"], _query(i.get("level")), _query(i.get("variation"))) for i in data.get("indices", ())
        ),
        tuple(_standing(s) for s in data.get("standing", ())),
        tuple(Marker(m["variable"], int(m["value"]), m["title"]) for m in data.get("markers", ())),
    )


def _query(text: str | None) -> FactQuery | None:
    return FactQuery.parse(text) if text else None


def _standing(s: Mapping[str, Any]) -> Standing:
    normal = s.get("normal")
    return Standing(
        s.get("variable", ""),
        s.get("since", ""),
        s.get("model", ""),
        int(s.get("ahead_hours", 0) * HOUR),
        s.get("title"),
        (float(normal[0]), float(normal[1])) if normal else None,
    )


def fitted(layout: Layout, program: Program) -> Layout:
    """The layout without what the program does not have."""

    def has(query: FactQuery | None) -> FactQuery | None:
        return query if query is not None and query.type in program.facts else None

    verdict = layout.verdict
    if verdict is not None:
        verdict = (
            replace(verdict, level=has(verdict.level), variation=has(verdict.variation))
            if verdict.type in program.facts
            else None
        )
    indices = tuple(replace(i, level=has(i.level), variation=has(i.variation)) for i in layout.indices)
    return Layout(
        verdict,
        tuple(i for i in indices if i.level or i.variation),
        tuple(s for s in layout.standing if _known(s, program)),
        tuple(m for m in layout.markers if m.variable in program.site.variables),
    )


def _known(row: Standing, program: Program) -> bool:
    if row.model:
        return row.model in program.site.models
    name = row.variable or row.since
    installed = program.installed
    return name in program.site.variables and (installed is None or name in installed)

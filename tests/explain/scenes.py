"""Scans to explain: the sample pack at its hang, small programs of one rule, and cases of the furnace pack."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

from expert.compile import load_program
from expert.explain import Line, text_of, why, why_not
from expert.language.ast import Program
from expert.run.runner import Runner
from expert.testing.cases import load_cases
from expert.testing.play import play
from expert.values.types import ScanRecord
from kb.paths import plant_folder, shipped_packs
from tests.run.plant import MINUTE, ScriptedFeed, session

HANG = "descent.hanging.suspected"
PACK_CASES = (
    "descent.hanging.probable",
    "gas.channelling.confirmed",
    "thermal.cooling.confirmed",
    "thermal.silicon_outlook_low",
    "water.leak.confirmed",
    "schedule.late.by_predecessor",
    "gostop.verdict.back",
)
"""Rules of the shipped packs of which the first case that fires is explained."""


@lru_cache(maxsize=1)
def hang() -> tuple[Program, tuple[ScanRecord, ...]]:
    """The sample pack over 70 minutes: charging stops after minute 24, the pressure rises from minute 30 on."""
    runner = Runner(session(), ScriptedFeed(), (), None, MINUTE)
    records = tuple(r for m in range(1, 71) for r in runner.due(m * MINUTE))
    return runner.session.program, records


def rise(program: Program, records: Sequence[ScanRecord], rule: str) -> ScanRecord:
    """The scan in which a rule rose."""
    return next(r for r in records for f in r.firings if f.rule == rule and f.rising)


@lru_cache(maxsize=1)
def furnace() -> tuple[tuple[str, Program, ScanRecord], ...]:
    """Rule, program and record of a scan in which the rule is raised, of some rules of the shipped packs."""
    program = load_program(shipped_packs(), plant_folder())
    files = [f for pack in shipped_packs() for f in sorted(Path(pack).glob("*.test.yaml"))]
    out = []
    for case in _first_that_fire(load_cases(program, files)):
        played = play(program, case)
        raised = [r for r in played.records.values() if any(f.rule == case.rule for f in r.firings)]
        out.append((case.rule, played.program, raised[-1]))
    return tuple(out)


def _first_that_fire(cases):  # type: ignore[no-untyped-def]
    found = {}
    for case in cases:
        if case.rule in PACK_CASES and case.expect[-1][1] == "raised":
            found.setdefault(case.rule, case)
    return list(found.values())


def pages(lang: str, width: int, ascii_only: bool = False) -> Iterator[tuple[str, list[Line]]]:
    """Every page of the furnace scenes: why of what is raised, why not of every rule."""
    for _, program, record in furnace():
        for firing in record.firings:
            yield firing.rule, why(program, record, firing.rule, firing.bindings, lang, None, ascii_only, width)
        for rule in program.rules:
            yield rule, why_not(program, record, rule, lang, ascii_only, width)


def texts(lines: Sequence[Line]) -> list[str]:
    """Lines without roles."""
    return [text_of(line) for line in lines]


def evidence(lines: Sequence[Line]) -> list[str]:
    """The part of a page before the rule's own lines."""
    found = texts(lines)
    return found[: found.index("")] if "" in found else found

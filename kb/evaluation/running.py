"""Running a pack over the campaigns of many seeds, in processes of their own."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from expert.backtest.apart import make_evaluator
from expert.backtest.source import grid
from expert.backtest.tally import Result, Tally
from expert.compile import load_program
from expert.engine.nodes import family
from expert.language.ast import Program
from expert.run.pool import each
from expert.values.history import Column
from expert.values.types import Variable
from kb.backtests import Held
from kb.evaluation.campaign import Campaign, plan, play
from kb.evaluation.events import Episode, SeedRun
from kb.evaluation.naming import naming
from kb.evaluation.report import Report, summarize
from kb.furnace.conditions import CONDITIONS
from kb.furnace.mechanisms.outside import load_file
from kb.plants import DEMO_START

FURNACES = 20
SLOTS = 24
"""Slots of a furnace; twenty furnaces then have more than 400 clear events."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What is evaluated: packs at a site, on which conditions, with how many slots a furnace,
    and with which files of mechanisms from outside."""

    packs: tuple[Path, ...]
    site: Path
    conditions: tuple[str, ...]
    slots: int = SLOTS
    mechanisms: tuple[Path, ...] = ()


def committed(digest: str, furnaces: int = FURNACES) -> list[int]:
    """Seeds that follow from a program: whoever changes it gets others, so that nobody can tune on them.

    >>> committed("ab", 2) == committed("ab", 3)[:2], committed("ab", 2) == committed("ac", 2)
    (True, False)
    """
    chance = random.Random(f"evaluate/{digest}")
    return [chance.randrange(1001, 1 << 31) for _ in range(furnaces)]


def evaluate(
    setting: Setting, seeds: Sequence[int], workers: int = 1, progress: Callable[[int], None] | None = None
) -> list[SeedRun]:
    """Run the campaign of every seed; ``progress`` is called with the number of furnaces done."""
    out = []
    for run in each(_seed, [(setting, seed) for seed in seeds], workers):
        out.append(run)
        if progress is not None:
            progress(len(out))
    return out


def _seed(task: tuple[Setting, int]) -> SeedRun:
    setting, seed = task
    return judged(setting, drawn(setting, seed))


def drawn(setting: Setting, seed: int) -> Campaign:
    """The campaign that a seed draws."""
    load_mechanisms(setting)
    causes, end = plan(seed, DEMO_START, setting.slots, setting.conditions)
    return play(seed, DEMO_START, causes, end)


def load_mechanisms(setting: Setting) -> None:
    """Let this process know the mechanisms from outside.

    Raises
    ------
    ValueError
        When a file cannot be used.
    """
    for path in setting.mechanisms:
        load_file(path)


def judged(setting: Setting, campaign: Campaign) -> SeedRun:
    """What the packs say of a campaign."""
    program = program_for(setting, campaign)
    found = tuple(episodes(program, said(program, campaign)))
    return SeedRun(campaign.seed, campaign.first, campaign.end, campaign.events, campaign.labels, found)


def program_for(setting: Setting, campaign: Campaign) -> Program:
    """The packs for what a furnace measures, and how often: a plant's map says both."""
    variables = declared(load_program([], setting.site).site.variables, campaign.columns)
    return load_program(setting.packs, setting.site, installed=frozenset(campaign.columns), variables=variables)


def declared(variables: Mapping[str, Variable], columns: Mapping[str, Column]) -> dict[str, Variable]:
    """Declarations with the period at which the slowest member really samples, where that is longer than declared."""
    gaps: dict[str, int] = {}
    for name, column in columns.items():
        id_ = family(name)
        if id_ in variables and len(column) > 1:
            gaps[id_] = max(gaps.get(id_, 0), int(np.median(np.diff(np.sort(column.source)))))
    out = dict(variables)
    for id_, gap in gaps.items():
        v = variables[id_]
        if 2 * gap >= 3 * v.period:
            out[id_] = replace(v, period=gap, max_age=v.max_age * gap // v.period)
    return out


def said(program: Program, campaign: Campaign) -> Result:
    """What a program raises over a campaign, by the batch evaluator."""
    source = Held(campaign.columns, [program], grid(campaign.first, campaign.end - 1, program.site.period))
    evaluator = make_evaluator(program, "batch", [], [])
    tally = Tally(program, source.times[0])
    for part in source.parts():
        for stretch in evaluator.run(part):
            tally.take(stretch)
    return tally.result


def episodes(program: Program, result: Result) -> list[Episode]:
    """Episodes of a result with the conditions that they name."""
    names = naming(program)
    out = []
    for spell in result.spells:
        rule = result.rule(spell)
        inner = spell.key.partition("[")[2].rstrip("]")
        members = tuple(part.partition("=")[2] for part in inner.split(", ")) if inner else ()
        out.append(
            Episode(
                rule.id, names[rule.id], rule.severity, rule.kind, spell.raised, result.until(spell), members, spell.s
            )
        )
    return out


def summary(runs: Sequence[SeedRun]) -> Report:
    """The figures of some runs by the catalogue's neighbours and consequences."""
    return summarize(
        runs,
        {name: c.neighbours for name, c in CONDITIONS.items()},
        {name: c.consequences for name, c in CONDITIONS.items()},
    )

"""A pack over a campaign."""

from __future__ import annotations

import numpy as np
import pytest

from expert.compile import load_program
from expert.values.history import Column, make_column
from kb.evaluation.events import SeedRun
from kb.evaluation.naming import naming
from kb.evaluation.quiet import quiet
from kb.evaluation.running import Setting, committed, declared, evaluate, summary
from kb.paths import plant_folder, rules_folder

PACK = rules_folder() / "blast_furnace"
SETTING = Setting((PACK,), plant_folder(), ("C01", "C45"), 3)


@pytest.fixture(scope="module")
def runs() -> list[SeedRun]:
    """A short campaign on one furnace."""
    return evaluate(SETTING, [11])


def test_injected_causes_are_found(runs: list[SeedRun]) -> None:
    """Hangs and lost coal are named in their windows."""
    overall = summary(runs).overall
    assert (overall.clear, overall.clear) == (overall.events, overall.recall.hits)


def test_a_seed_says_the_same_again(runs: list[SeedRun]) -> None:
    """Campaign and episodes follow from seed and program."""
    assert runs == evaluate(SETTING, [11])


def test_rules_name_conditions_by_what_they_conclude() -> None:
    """A suspicion names as a confirmation does; a refuter and an index name nothing."""
    named = naming(load_program(PACK, plant_folder()))
    assert ("C01", "C01") == (named["descent.hanging.suspected"], named["descent.hanging.probable"])
    assert {"C03", "C04", "C06", "C09", "C10", "C12", "C15"} <= set(named.values())
    assert ("", "") == (named["descent.hanging.refuted_by_descent"], named["gostop.permeability.level"])


def test_a_furnace_declares_how_often_it_really_samples() -> None:
    """A tag read every three minutes has that period, and grows stale as much later; one read as declared stays."""
    known = load_program(PACK, plant_folder()).site.variables
    blast, top = known["blast.pressure"], known["top.pressure"]
    columns = {
        name: _column(period) for name, period in (("blast.pressure", 3 * blast.period), ("top.pressure", top.period))
    }
    found = declared(known, columns)
    assert (3 * blast.period, 3 * blast.max_age) == (found["blast.pressure"].period, found["blast.pressure"].max_age)
    assert top == found["top.pressure"]


def _column(period: int) -> Column:
    times = np.arange(9, dtype=np.int64) * period
    return make_column(times, times, times, np.zeros(9, np.uint8), np.zeros(9, np.int16), [""])


@pytest.mark.long
def test_four_causes_are_found_on_furnaces_that_nobody_tuned_on() -> None:
    """Two furnaces drawn from the program: the intervals of recall reach the targets; thirty days of ten are quiet."""
    setting = Setting((PACK,), plant_folder(), ("C01", "C05", "C21", "C45"), 20)
    seeds = committed(load_program(PACK, plant_folder()).digest, 2)
    overall = summary(evaluate(setting, seeds, workers=2)).overall
    assert overall.recall_severe.high >= 0.95
    assert overall.recall_rest.high >= 0.85
    assert overall.precision.value >= 0.8
    assert overall.first_named.value >= 0.85
    ten = committed(load_program(PACK, plant_folder()).digest, 10)
    assert quiet(setting, ten, 3, workers=2).per_three_days <= 1

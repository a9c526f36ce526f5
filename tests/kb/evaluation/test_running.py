"""A pack over a campaign."""

from __future__ import annotations

import pytest

from expert.compile import load_program
from kb.evaluation.events import SeedRun
from kb.evaluation.naming import naming
from kb.evaluation.quiet import quiet
from kb.evaluation.running import Setting, committed, evaluate, summary
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
    assert ("", "") == (named["descent.hanging.refuted_by_descent"], named["gostop.permeability.level"])


@pytest.mark.long
def test_four_causes_are_found_on_furnaces_that_nobody_tuned_on() -> None:
    """The acceptance of the first conditions on two furnaces drawn from the program, and normal days of them."""
    setting = Setting((PACK,), plant_folder(), ("C01", "C05", "C21", "C45"), 20)
    seeds = committed(load_program(PACK, plant_folder()).digest, 2)
    overall = summary(evaluate(setting, seeds, workers=2)).overall
    assert overall.recall_severe.value >= 0.95
    assert overall.recall_rest.value >= 0.85
    assert overall.precision.value >= 0.8
    assert overall.first_named.value >= 0.85
    assert quiet(setting, seeds, 2, workers=2).per_three_days <= 1

"""A pack over a campaign."""

from __future__ import annotations

import pytest

from expert.compile import load_program
from kb.evaluation.events import SeedRun
from kb.evaluation.naming import naming
from kb.evaluation.running import Setting, evaluate, summary
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

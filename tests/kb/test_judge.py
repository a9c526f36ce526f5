"""Judging the pack on the virtual furnace."""

from __future__ import annotations

import random

import pytest

from expert.compile import load_program
from expert.language.ast import Program
from kb.judge import KINDS, Finding, Judgement, NormalDay, cause_of, inject, judge
from kb.paths import plant_folder, rules_folder


@pytest.fixture(scope="module")
def program() -> Program:
    """The furnace pack."""
    return load_program(rules_folder() / "blast_furnace", plant_folder())


def test_a_hang_is_found_and_nothing_else_severe_is_said(program: Program) -> None:
    """The hang of a seed is raised within its window, after its onset."""
    finding = inject(program, "hang", 4, 7)
    assert (True, []) == (finding.found, finding.strangers)
    assert all(0 <= minutes <= 60 for minutes in finding.raised.values())


def test_a_cause_follows_from_its_seed() -> None:
    """The same seed gives the same cause, another seed another one."""
    assert cause_of("leak", 3, 11) == cause_of("leak", 3, 11)
    assert cause_of("leak", 3, 11) != cause_of("leak", 3, 12)


def test_too_few_seeds_are_refused() -> None:
    """A seed is needed for every kind and severity."""
    with pytest.raises(ValueError, match="20 seeds are needed"):
        judge([1, 2, 3])


def test_the_table_counts_by_kind() -> None:
    """What was found and what was not, with the times from the onset."""
    found = Finding("hang", 5, 3, 40, {"descent.hanging.suspected": 13})
    result = Judgement([found, Finding("hang", 6, 4, 40)], [NormalDay(7)])
    lines = result.text().splitlines()
    assert ["found 1 of 2: hang 1/2", "normal day, seed 7: 0 severe; episodes: none"] == lines[-2:]
    assert "descent.hanging.suspected 13" in lines[1] and "not found" in lines[2]


@pytest.mark.long
def test_sixteen_of_twenty_are_found_and_normal_days_are_quiet(program: Program) -> None:
    """The acceptance of the pack: twenty causes on seeds that no threshold was tuned on, three normal days."""
    seeds = random.Random(2026).sample(range(1001, 1_000_000), 23)
    result = judge(seeds[:20], normal_seeds=seeds[20:], program=program)
    assert result.found() >= 16, result.text()
    assert [] == [k for k in KINDS if result.found(k) < 3], result.text()
    assert [] == [s for d in result.days for s in d.severe], result.text()

"""What is played of a program: as much as the case's rule depends on."""

from __future__ import annotations

import pytest

from expert.compile import load_program
from expert.language.ast import Program
from expert.testing import Case, case_files, load_cases
from expert.testing.play import play
from kb.paths import plant_folder, rules_folder

FOLDER = rules_folder() / "blast_furnace"


@pytest.fixture(scope="module")
def program() -> Program:
    """The shipped furnace pack."""
    return load_program(FOLDER, plant_folder())


def case_of(program: Program, rule: str) -> Case:
    """The first case of a rule."""
    topic = FOLDER / f"{rule.partition('.')[0]}.test.yaml"
    return next(c for c in load_cases(program, case_files(topic)) if c.rule == rule)


def test_members_that_a_case_does_not_bind_are_not_played(program: Program) -> None:
    """A case about one tuyere asks nothing of the other ones."""
    played = play(program, case_of(program, "sensors_sets.tuyere.frozen"))
    spoke = {k for record in played.records.values() for k in record.nodes if k.startswith("rule:")}
    assert {"rule:sensors_sets.tuyere.frozen[t=T07]"} == spoke


def test_other_members_count_where_the_rule_compares_with_them(program: Program) -> None:
    """One sector against the middle of all: the others send their usual values."""
    case = case_of(program, "accretion.wall.suspected")
    record = play(program, case).records[case.run]
    fed = {s.variable for s in record.input.samples}
    assert {f"sectors[{s}].wall_temperature" for s in program.site.sets["sectors"]} <= fed


def test_a_plain_run_comes_to_the_same(program: Program) -> None:
    """Without severities nothing is said of what a rise rests on, and the rule does the same."""
    case = case_of(program, "bed.tight.suspected")
    assert play(program, case).moments == play(program, case, plainly=True).moments

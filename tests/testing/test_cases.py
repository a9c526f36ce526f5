"""Running case files: what passes, what fails and how it is told, what is missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from expert.compile import load_program
from expert.language.ast import Program
from expert.language.diagnostics import ProgramError
from expert.testing import CaseReport, case_files, load_cases, run_cases

DATA = Path(__file__).parent.parent / "data"

PRESSURE = """
  - name: pressure rises without a charge
    rule: descent.hanging.suspected
    run: 90 min
    baseline: {blast.pressure: 330 kPa +- 6 kPa, blast.volume: 5000 Nm3/min +- 50 Nm3/min}
    given:
      charge.count: every 8 min until 0 min, still
      blast.pressure: 330 kPa until 5 min, 350 kPa
      blast.volume: 5000 Nm3/min until 5 min, 4800 Nm3/min
      top.temperature: 150 degC
    expect: raised
"""
COLD = """
  - name: hot metal at 1440 degC
    rule: thermal.cooling
    given: {hot_metal.temperature: 1440 degC}
    expect: {expected}
"""


@pytest.fixture(scope="module")
def program() -> Program:
    """The sample pack at the sample site."""
    return load_program(DATA / "pack", DATA / "site")


def run(program: Program, folder: Path, cases: str, pattern: str | None = None) -> CaseReport:
    """Report on a case file with these cases."""
    file = folder / "x.test.yaml"
    file.write_text("cases:" + cases, encoding="utf-8")
    return run_cases(program, case_files(folder), pattern)


def mistakes(program: Program, folder: Path, cases: str) -> list[tuple[str, str]]:
    """Code and message of each mistake in a case file."""
    file = folder / "x.test.yaml"
    file.write_text("cases:" + cases, encoding="utf-8")
    with pytest.raises(ProgramError) as e:
        load_cases(program, [file])
    return [(d.code, d.message) for d in e.value.diagnostics]


def test_a_case_that_comes_out_as_expected_passes(program: Program, tmp_path: Path) -> None:
    """Samples, holds and baselines work as in a session."""
    assert [True] == [r.passed for r in run(program, tmp_path, PRESSURE).results]


def test_a_failing_case_shows_expected_above_actual_with_the_evidence(program: Program, tmp_path: Path) -> None:
    """The text names file and line, what was expected, what came, and why."""
    report = run(program, tmp_path, COLD.replace("{expected}", "quiet"))
    text = report.text()
    lines = [line.strip() for line in text.splitlines()]
    assert "expected  quiet at 30 min" == lines[1]
    assert lines[2].startswith("actual    raised at 30 min, certainty [1.00, 1.00]")
    assert "x.test.yaml:2" in lines[0]
    assert "1440 degC" in text and "timeline" in lines


def test_support_at_the_end_is_checked(program: Program, tmp_path: Path) -> None:
    """A support outside its bounds fails the case."""
    report = run(program, tmp_path, COLD.replace("{expected}", "raised") + "    support: [0.1, 0.9]\n")
    assert "expected  support 0.10 to 0.90 at the end" == report.failed[0].lines[0]


def test_a_rise_before_a_quiet_end_fails(program: Program, tmp_path: Path) -> None:
    """Quiet means quiet all the way."""
    case = """
  - name: hot metal cold for a while
    rule: thermal.cooling
    run: 3 h
    every: 5 min
    given:
      hot_metal.temperature: 1440 degC until 5 min, 1500 degC
      sectors.wall_temperature: 150 degC
    model: {silicon_outlook: {below: 0.35 %, ahead: 2 h, certainty: [0, 0]}}
    expect: quiet
"""
    report = run(program, tmp_path, case)
    assert "expected  never raised" == report.failed[0].lines[0]


def test_rules_without_a_firing_and_a_quiet_case_are_named(program: Program, tmp_path: Path) -> None:
    """A rule with a firing case alone is still without cases."""
    report = run(program, tmp_path, PRESSURE)
    assert "descent.hanging.suspected" in report.without_cases
    assert len(program.rules) == len(report.without_cases)
    assert not report.ok


def test_a_pattern_selects_cases_and_rules(program: Program, tmp_path: Path) -> None:
    """Only what contains the pattern counts."""
    cases = PRESSURE + COLD.replace("{expected}", "raised")
    report = run(program, tmp_path, cases, pattern="thermal.cooling")
    assert (1, ["thermal.cooling"]) == (report.rules, [r.case.rule for r in report.results])


def test_the_json_form_counts(program: Program, tmp_path: Path) -> None:
    """Scripts find rules, failed and without_cases as numbers."""
    found = run(program, tmp_path, COLD.replace("{expected}", "quiet")).as_json()
    n = len(program.rules)
    assert (n, 1, 1, n) == (found["rules"], found["cases"], found["failed"], found["without_cases"])
    assert "thermal.cooling" == found["failures"][0]["rule"]


def test_a_model_s_answer_is_given_by_its_interval(program: Program, tmp_path: Path) -> None:
    """An answer that may go either way leaves the rule possible."""
    case = """
  - name: the model is not sure
    rule: thermal.cooling
    given: {hot_metal.temperature: 1500 degC, sectors.wall_temperature: 150 degC}
    model: {silicon_outlook: {below: 0.35 %, ahead: 2 h, certainty: [0.5, 0.9]}}
    expect: possible
"""
    assert [] == [line for r in run(program, tmp_path, case).results for line in r.lines]


def test_mistakes_are_named_with_the_nearest_name(program: Program, tmp_path: Path) -> None:
    """All mistakes of a file come at once, each with its code."""
    case = """
  - name: wrong in four places
    rule: thermal.cooling
    bind: {s: A}
    given: {hot_metal.temperatur: 1440 degC, top.temperature: warm}
    expect: raisd
"""
    assert [
        ("E0303", "thermal.cooling binds no s"),
        ("E0301", "unknown variable hot_metal.temperatur"),
        ("E0501", "'warm' is not a piece of a series"),
        ("E0123", "'raisd' is not one of raised, held, clearing, possible, quiet"),
    ] == mistakes(program, tmp_path, case)


def test_a_case_of_an_unknown_rule_is_a_mistake(program: Program, tmp_path: Path) -> None:
    """A case must name a rule of the program."""
    case = COLD.replace("{expected}", "raised").replace("thermal.cooling", "thermal.colling")
    assert [("E0312", "unknown rule thermal.colling")] == mistakes(program, tmp_path, case)

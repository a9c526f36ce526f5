"""Mutants of rules, and whether cases notice them."""

from __future__ import annotations

from pathlib import Path

import pytest

from expert.compile import load_program
from expert.language.ast import Program
from expert.testing import case_files, load_cases
from expert.testing.mutants import mutants_and_equals, mutants_of
from expert.testing.mutation import _one_by_one, _together, mutation_report
from kb.paths import plant_folder, rules_folder

DATA = Path(__file__).parent.parent / "data"
RULE = """rules:
  - id: topic.hot
    title: {{en: Hot, zh: 热}}
    when: {condition}
    {more}
    conclude: hot_wall(sector: A)
"""


def pack(root: Path, condition: str, cases: str = "", more: str = "strength: 1") -> Program:
    """A pack of one rule with its cases."""
    for name in ("pack.yaml", "facts.yaml"):
        (root / name).write_bytes((DATA / "pack" / name).read_bytes())
    (root / "topic.yaml").write_text(RULE.format(condition=condition, more=more), "utf-8")
    (root / "topic.test.yaml").write_text("cases:" + cases, "utf-8")
    return load_program(root, DATA / "site")


def words(program: Program) -> list[str]:
    """What is done to the rule."""
    return [m.words for m in mutants_of(program.rules["topic.hot"], program.site)]


MADE = [
    (
        "top.temperature > 200 degC",
        [
            "top.temperature > 200 degC: > becomes <",
            "200 degC becomes 150 degC (lower) in top.temperature > 200 degC",
            "200 degC becomes 250 degC (higher) in top.temperature > 200 degC",
        ],
    ),
    (
        "z(blast.pressure, 60 min) is high",
        [
            "z(blast.pressure, 60 min) is high: one width earlier",
            "z(blast.pressure, 60 min) is high: one width later",
            "z(blast.pressure, 60 min) is high becomes is low",
        ],
    ),
    (
        "slope(top.temperature, 60 min) falls -1 to -2 degC/min",
        [
            "slope(top.temperature, 60 min) falls -1 to -2 degC/min: one width earlier",
            "slope(top.temperature, 60 min) falls -1 to -2 degC/min: one width later",
            "slope(top.temperature, 60 min) falls -1 to -2 degC/min: turned round",
        ],
    ),
    (
        "slipping and not probe_fault",
        [
            "all becomes any",
            "without slipping",
            "without not probe_fault",
            "slipping becomes not slipping",
            "not probe_fault becomes probe_fault",
        ],
    ),
    (
        "{score: {at_least: 0.6, of: [[30, slipping], [10, probe_fault]]}}",
        [
            "0.6 becomes 0.45 in score of (slipping, probe_fault)",
            "0.6 becomes 0.75 in score of (slipping, probe_fault)",
            "without the evidence slipping",
            "weight 30 becomes 60 of slipping",
            "without the evidence probe_fault",
            "weight 10 becomes 20 of probe_fault",
            "slipping becomes not slipping",
            "probe_fault becomes not probe_fault",
        ],
    ),
    (
        "{none: {b: operation where b.step == 2}, that: b.due > 60 min}",
        [
            "none b: operation where b.step == 2 that b.due > 60 min: none becomes exists",
            "without where b.step == 2",
            "without that b.due > 60 min",
            "b.step == 2: == becomes !=",
            "2 becomes 1.5 (lower) in b.step == 2",
            "2 becomes 2.5 (higher) in b.step == 2",
            "b.due > 60 min: > becomes <",
            "60 min becomes 45 min (lower) in b.due > 60 min",
            "60 min becomes 75 min (higher) in b.due > 60 min",
        ],
    ),
    (
        "slipping >= 0.4",
        [
            "slipping >= 0.4: >= becomes <=",
            "0.4 becomes 0.3 in slipping >= 0.4",
            "0.4 becomes 0.5 in slipping >= 0.4",
        ],
    ),
    (
        "{at_least: 2, of: {s: sectors}, where: s.wall_temperature > 0.5 * max(sectors.wall_temperature)}",
        [
            "at least 2 becomes at least 1",
            "at least 2 becomes at least 3",
            "s.wall_temperature > 0.5 * max(sectors.wall_temperature): > becomes <",
            "0.5 becomes 0.375 (lower)",
            "0.5 becomes 0.625 (higher)",
        ],
    ),
]


@pytest.mark.parametrize(("condition", "expected"), MADE, ids=[c[:30] for c, _ in MADE])
def test_mutants_of_a_condition(condition: str, expected: list[str], tmp_path: Path) -> None:
    """Each place of a condition is changed once for each way to get it wrong."""
    assert expected == words(pack(tmp_path, condition))


def test_a_limit_on_a_level_moves_by_half_its_normal_range() -> None:
    """A quarter of 1475 degC would be a mistake that nobody makes."""
    program = load_program(rules_folder() / "blast_furnace", plant_folder())
    found = [m.words for m in mutants_of(program.rules["thermal.cooling.suspected"], program.site)]
    assert "1475 degC becomes 1455 degC (lower) in mean(hot_metal.temperature, 2 h) < 1475 degC" in found


EQUAL = [
    ("top.temperature > 5000 degC", "no value in the instruments' ranges gets to either limit"),
    ("top.temperature > 200 degC and top.temperature > 300 degC", "another limit on the same quantity decides"),
    ("top.temperature < 200 degC or top.temperature < 150 degC", "another limit on the same quantity decides"),
]


@pytest.mark.parametrize(("condition", "why"), EQUAL, ids=[c for c, _ in EQUAL])
def test_changes_that_provably_change_nothing_are_left_out(condition: str, why: str, tmp_path: Path) -> None:
    """Nobody is asked for a case that cannot be; what is left out is said with its reason."""
    program = pack(tmp_path, condition)
    mutants, equals = mutants_and_equals(program.rules["topic.hot"], program.site)
    assert {why} == {e.why for e in equals}
    assert not {e.words for e in equals} & {m.words for m in mutants}


def test_limits_that_differ_in_meaning_are_no_equals(tmp_path: Path) -> None:
    """Two directions, two windows and limits within reach: every change counts."""
    condition = "mean(top.temperature, 10 min) > 200 degC and top.temperature > 150 degC and top.temperature < 300 degC"
    program = pack(tmp_path, condition)
    assert [] == mutants_and_equals(program.rules["topic.hot"], program.site)[1]


HOLD = """
  - name: hot for long
    rule: topic.hot
    run: 20 min
    given: {top.temperature: "100 degC until 5 min, 260 degC"}
    expect: {9 min: quiet, 10 min: raised, end: raised}
  - name: nearly hot
    rule: topic.hot
    given: {top.temperature: 190 degC}
    expect: quiet
"""


def test_what_no_case_notices_is_listed(tmp_path: Path) -> None:
    """The rise pins `for`, the quiet case pins the limit from below; nothing stands between 200 and 250 degC."""
    program = pack(tmp_path, "top.temperature > 200 degC", HOLD, "for: 5 min")
    report = mutation_report(program, case_files(tmp_path))
    names = {"data/topic.yaml": "here.yaml"}
    assert ["200 degC becomes 250 degC (higher) in top.temperature > 200 degC"] == [
        m.words for m in report.scores[0].survivors
    ]
    assert (5, 4, True) == (report.mutants, report.killed, report.ok)
    assert "1 rules, 5 mutants: 4 noticed (80.0 %)" in report.text(names)
    assert "to show: what it says between 200 degC and 250 degC" in report.text(names)


def test_below_four_fifths_is_not_enough(tmp_path: Path) -> None:
    """Without the quiet case one more survives."""
    cut = HOLD[: HOLD.index("  - name: nearly")]
    report = mutation_report(pack(tmp_path, "top.temperature > 200 degC", cut, "for: 5 min"), case_files(tmp_path))
    assert (3, False) == (report.killed, report.ok)


def test_a_topic_below_four_fifths_is_named(tmp_path: Path) -> None:
    """A strong topic does not make up for a weak one."""
    program = pack(tmp_path, "top.temperature > 200 degC", HOLD[: HOLD.index("  - name: nearly")], "for: 5 min")
    report = mutation_report(program, case_files(tmp_path))
    assert ({"topic": (3, 5)}, ["topic"]) == (report.topics, report.weak)
    assert "below 80 %: topic" in report.text({})


def test_rules_for_which_there_was_no_time_are_named(tmp_path: Path) -> None:
    """A bound on the time leaves rules out, and says which."""
    program = pack(tmp_path, "top.temperature > 200 degC", HOLD)
    report = mutation_report(program, case_files(tmp_path), seconds=0)
    assert ((), ("topic.hot",)) == (report.scores, report.left)
    assert "no time for 1 rules: topic.hot" in report.text({})


def test_cases_that_fail_on_the_rule_itself_are_said(tmp_path: Path) -> None:
    """What a mutant does means nothing then."""
    report = mutation_report(pack(tmp_path, "top.temperature > 300 degC", HOLD), case_files(tmp_path))
    assert (["topic.hot"], False) == (report.broken, report.ok)
    assert "cases fail without any mutation: topic.hot" in report.text({})


@pytest.mark.parametrize(
    "rule", ["descent.charging_stopped", "water.leak.suspected", "sensors.rod.south", "bed.tight.suspected"]
)
def test_together_and_one_by_one_agree(rule: str) -> None:
    """Mutants that stand beside the rule do what they would do in its place."""
    folder = rules_folder() / "blast_furnace"
    program = load_program(folder, plant_folder())
    mutants = mutants_of(program.rules[rule], program.site)
    for case in [c for c in load_cases(program, case_files(folder)) if c.rule == rule][:2]:
        assert list(_one_by_one(program, case, mutants)) == list(_together(program, case, mutants))


def test_recursive_rules_take_their_own_place() -> None:
    """Rules over tables that read what they conclude."""
    folder = rules_folder() / "schedule"
    report = mutation_report(load_program(folder, plant_folder()), case_files(folder), "late.by_predecessor")
    assert ["schedule.late.by_predecessor"] == [s.rule for s in report.scores]
    assert [] == report.broken

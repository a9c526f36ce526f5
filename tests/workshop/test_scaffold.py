"""New packs and rules check and test clean, and nothing is ever written over."""

from __future__ import annotations

from pathlib import Path

import pytest

from expert.compile import load_program
from expert.testing import case_files, run_cases
from expert.testing.mutation import mutation_report
from expert.workshop.sample import suitable
from expert.workshop.scaffold import ScaffoldError, Wish, new_pack, new_rule
from kb.paths import plant_folder

SITE = plant_folder()


def made(tmp_path: Path) -> Path:
    """A pack as the command makes it."""
    new_pack(tmp_path / "my_pack", {})
    return tmp_path / "my_pack"


def test_a_rule_for_every_suitable_variable_checks_and_tests_clean(tmp_path: Path) -> None:
    """Whatever variable is chosen, both cases pass: one of each period, alone and of a set, with a unit and without."""
    pack = made(tmp_path)
    program = load_program(pack, SITE)
    every = suitable(program.site.variables.values())
    variables = list({(v.period, v.of is None, v.unit == "1"): v for v in every}.values())
    assert {True, False} == {v.of is None for v in variables}
    for i, variable in enumerate(variables):
        new_rule(pack, Wish(f"sample.rule_{i}", variable=variable.id), program)
    report = run_cases(load_program(pack, SITE), case_files([pack]), None)
    assert 2 * len(variables) == len(report.results)
    assert ((), ()) == (tuple(report.failed), tuple(report.without_cases)), report.text()


@pytest.mark.parametrize("variable", ["blast.pressure", "hot_metal.silicon", "sectors.wall_temperature"])
def test_its_cases_notice_small_mistakes(variable: str, tmp_path: Path) -> None:
    """Limit, direction and hold of the sample rule are pinned by its cases."""
    pack = made(tmp_path)
    new_rule(pack, Wish("sample.rule", variable=variable), load_program(pack, SITE))
    report = mutation_report(load_program(pack, SITE), case_files([pack]))
    assert (5, 5) == (report.mutants, report.killed), report.text({})


def test_what_stands_in_a_file_stays(tmp_path: Path) -> None:
    """A second rule of the topic is put behind the first, comments and all; the first text is a prefix of the new."""
    pack = made(tmp_path)
    new_rule(pack, Wish("blast.first"), load_program(pack, SITE))
    for name in ("blast.yaml", "blast.test.yaml", "facts.yaml"):
        (pack / name).write_text("# mine\n" + (pack / name).read_text("utf-8").rstrip("\n"), "utf-8")
    before = {p.name: p.read_text("utf-8") for p in pack.iterdir()}
    new_rule(pack, Wish("blast.second"), load_program(pack, SITE))
    assert all((pack / name).read_text("utf-8").startswith(text) for name, text in before.items())
    assert ["blast.first", "blast.second"] == sorted(load_program(pack, SITE).rules)


def test_a_file_in_another_form_is_left_alone(tmp_path: Path) -> None:
    """Nothing can be put behind a file in flow form: it is said so, and no file of the pack changes."""
    pack = made(tmp_path)
    new_rule(pack, Wish("blast.first"), load_program(pack, SITE))
    (pack / "blast.test.yaml").write_text("cases: []\n", "utf-8")
    before = {p.name: p.read_text("utf-8") for p in pack.iterdir()}
    with pytest.raises(ScaffoldError, match="add there by hand"):
        new_rule(pack, Wish("blast.second"), load_program(pack, SITE))
    assert before == {p.name: p.read_text("utf-8") for p in pack.iterdir()}


def test_a_taken_name_of_a_fact_is_not_used_again(tmp_path: Path) -> None:
    """Two rules of one finding in two topics conclude two facts."""
    pack = made(tmp_path)
    for topic in ("blast", "top"):
        new_rule(pack, Wish(f"{topic}.high"), load_program(pack, SITE))
    assert {"high", "top_high"} <= set(load_program(pack, SITE).facts)


@pytest.mark.parametrize(
    ("wish", "message"),
    [
        (Wish("high"), "with dots between"),
        (Wish("facts.high"), "another purpose"),
        (Wish("blast.high"), "exists already"),
        (Wish("blast.other", variable="blast.presure"), "did you mean blast.pressure"),
        (Wish("blast.other", variable="charge.count"), "no normal range"),
    ],
)
def test_a_wish_that_cannot_be_met_says_why(wish: Wish, message: str, tmp_path: Path) -> None:
    """Bad id, taken id, unknown or unsuitable variable."""
    pack = made(tmp_path)
    new_rule(pack, Wish("blast.high"), load_program(pack, SITE))
    with pytest.raises(ScaffoldError, match=message):
        new_rule(pack, wish, load_program(pack, SITE))


def test_a_pack_that_exists_is_not_made_again(tmp_path: Path) -> None:
    """Nor is one with a badly formed name."""
    made(tmp_path)
    with pytest.raises(ScaffoldError, match="exists already"):
        new_pack(tmp_path / "my_pack", {})
    with pytest.raises(ScaffoldError, match="not a name"):
        new_pack(tmp_path / "My Pack", {})

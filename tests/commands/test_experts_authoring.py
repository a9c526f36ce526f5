"""check, lint, test, try and backtest of packs that import from each other."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.commands.experts import MAP, PACKS, record
from tui.main import cli

BOTH = (str(PACKS / "melter"), str(PACKS / "shop"))


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve minutes; the pressure rises in the fifth."""
    return record(tmp_path_factory.mktemp("authoring") / "rec")


def ask(*arguments: object) -> Result:
    """Call the command line in this process."""
    return CliRunner().invoke(cli, [str(a) for a in arguments])


def test_check_and_lint_take_each_for_a_program() -> None:
    """Though each concludes what the other imports, which in one program would be a mistake."""
    assert "no mistakes: rules 3, packs 2, programs melter" in ask("check", *BOTH).output
    assert "nothing found: rules 3, packs 2" in ask("lint", *BOTH).output


def test_mistakes_of_all_packs_come_at_once(tmp_path: Path) -> None:
    """Each with its place."""
    for name in ("melter", "shop"):
        (tmp_path / name).mkdir()
        for file in (PACKS / name).iterdir():
            text = file.read_text("utf-8").replace("kind: alarm", "kind: alarms")
            (tmp_path / name / file.name).write_text(text, "utf-8")
    done = ask("check", tmp_path / "melter", tmp_path / "shop")
    assert 1 == done.exit_code
    assert "melter/press.yaml:11:11" in done.output
    assert "shop/plan.yaml:4:11" in done.output


def test_cases_of_an_importer_run_the_exporter_along(tmp_path: Path) -> None:
    """What it says is read a scan later, as in a run; all cases of both are told together."""
    done = ask("test", *BOTH, "--json", tmp_path / "out.json")
    assert (0, "3 rules, 6 cases: 6 passed, 0 failed") == (done.exit_code, done.output.strip())
    assert 6 == json.loads((tmp_path / "out.json").read_text("utf-8"))["cases"]


def test_mutation_wants_one_of_them() -> None:
    """It says so instead of trying rules whose imports nobody exports."""
    done = ask("test", *BOTH, "--mutate")
    assert 2 == done.exit_code
    assert "name one of them" in done.output


def test_a_rule_that_imports_is_tried_with_its_exporter(recording: Path) -> None:
    """It is raised when the run raises it."""
    packs = [x for pack in BOTH for x in ("--rules", pack)]
    done = ask("try", "press.eased", "--on", recording, "--map", MAP, *packs)
    assert 0 == done.exit_code, done.output
    assert "02:09" in done.output


@pytest.mark.parametrize("evaluator", ["reference", "batch"])
def test_a_backtest_lets_experts_read_each_other(recording: Path, tmp_path: Path, evaluator: str) -> None:
    """Each pack has its report, with the episodes of a run, whichever evaluator is asked for."""
    asked = ("backtest", BOTH[1], recording, "--map", MAP, "--with", BOTH[0], "--evaluator", evaluator)
    done = ask(*asked, "--json", tmp_path / "out.json")
    assert 0 == done.exit_code, done.output
    assert done.output.index("shop / rec") < done.output.index("melter / rec")
    result = json.loads((tmp_path / "out.json").read_text("utf-8"))
    begin = result["from"]
    minutes = {x["rule"]: (x["raised"] - begin) // 60_000 for x in result["list"] + result["experts"]["melter"]["list"]}
    assert {"press.some": 5, "plan.slower": 8, "press.eased": 9} == minutes


def test_weeks_are_not_verified_where_all_is_run_scan_by_scan(recording: Path) -> None:
    """There is nothing to hold it against."""
    done = ask("backtest", BOTH[1], recording, "--map", MAP, "--with", BOTH[0], "--verify-weeks", 1)
    assert 2 == done.exit_code
    assert "nothing for --verify-weeks" in done.output

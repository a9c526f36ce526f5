"""`tuyere why`, `why-not`, `track` and `replay` over the traces of several experts."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from expert.run.past import PastRun
from kb.experts import open_together, team
from tests.commands.experts import GROUPS, MAP, Quick, record
from tui.main import cli


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The traces of two experts."""
    folder = tmp_path_factory.mktemp("past")
    recorded = Quick(record(folder / "rec"), MAP)
    desks = open_together(recorded, team(recorded, GROUPS, folder / "dir"))
    for _ in desks.run_until(1 << 60):
        pass
    desks.close("end")
    return folder / "dir"


def ask(*arguments: object) -> Result:
    """Call the command line in this process."""
    return CliRunner().invoke(cli, [str(a) for a in arguments], terminal_width=100)


def text(result: Result) -> str:
    """What it said, without the breaks of lines."""
    return " ".join(result.output.split())


def test_why_lists_the_episodes_of_each(root: Path) -> None:
    """Every expert's folder is a heading."""
    said = ask("why", "--trace", root).output
    assert said.index(f"{root / 'melter'}:") < said.index("press.some") < said.index(f"{root / 'shop'}:")
    assert "plan.slower" in said


def test_why_says_what_another_expert_said_and_what_that_rests_on(root: Path) -> None:
    """Its loss would undo the finding; the exporter's scan is named, its instrument, and how to open it."""
    said = text(ask("why", "plan.slower", "--trace", root))
    assert "what expert melter said: pressure is up (some) (scan 8 of expert melter at 02:07)" in said
    assert "lost, it would no longer stand" in said
    assert "Pressure is up: rests on PT-101" in said
    assert f"tuyere why press.some --trace {root / 'melter'} --at 2026-03-03T02:07" in said
    opened = ask("why", "press.some", "--trace", root / "melter", "--at", "2026-03-03T02:07")
    assert "Pressure is up" in opened.output


def test_why_without_the_exporters_trace_still_names_its_scan(root: Path, tmp_path: Path) -> None:
    """What it rested on there is not at hand, and nothing is made up."""
    shutil.copytree(root / "shop", tmp_path / "shop")
    said = text(ask("why", "plan.slower", "--trace", tmp_path / "shop"))
    assert "scan 8 of expert melter at 02:07" in said
    assert "PT-101" not in said


def test_an_import_counts_among_what_a_finding_rests_on(root: Path) -> None:
    """The record has it by the names of pack and fact, beside instruments."""
    rises = {f.rule: f.rests_on for n in ("melter", "shop") for r in PastRun(root / n).records() for f in r.firings
             if f.rising}  # fmt: skip
    assert {
        "press.some": (("blast.pressure",),),
        "plan.slower": (("melter/pressed",),),
        "press.eased": (("blast.volume",), ("shop/slower",)),
    } == rises


def test_why_not_finds_the_expert_that_has_the_rule(root: Path) -> None:
    """And says which there are when none has it."""
    assert "Pressure is up: raised since 02:05" in ask("why-not", "press.some", "--trace", root).output
    said = ask("why-not", "press.much", "--trace", root)
    assert (2, True) == (said.exit_code, "none of the experts' runs has a rule press.much" in text(said))


def test_a_command_for_one_run_names_the_folders(root: Path) -> None:
    """`track` is of one expert."""
    said = ask("track", "--trace", root)
    assert 2 == said.exit_code
    assert f"name one: --trace {root / 'melter'}, --trace {root / 'shop'}" in text(said)


def test_replay_proves_each_by_itself(root: Path, tmp_path: Path) -> None:
    """What was read of the other is on record."""
    done = ask("replay", root, "--json", tmp_path / "out.json")
    assert 0 == done.exit_code
    result = json.loads((tmp_path / "out.json").read_text("utf-8"))
    assert (26, True, {"melter", "shop"}) == (result["scans"], result["identical"], set(result["experts"]))

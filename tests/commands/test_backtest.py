"""`tuyere backtest` as an author calls it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from expert.columns.batch import Batch
from tests.commands.tool import ROOT, tuyere
from tui.commands import backtest as command
from tui.main import main

PACK = str(ROOT / "rules" / "blast_furnace")


@pytest.fixture(scope="module")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Columns of half a day."""
    folder = tmp_path_factory.mktemp("plant")
    done = tuyere("simulate", "--days", "0.3", "--campaign", "--columns", "--out", "columns", cwd=folder)
    assert (0, "") == (done.returncode, done.stderr)
    return folder


RULE = """rules:
  - id: blast.high
    title: {{en: Blast pressure high, zh: 风压高}}
    kind: condition
    severity: 2
    when: blast.pressure > {limit} kPa
    conclude: blast_high
"""


@pytest.fixture(scope="module")
def versions(plant: Path) -> tuple[str, str]:
    """A pack of one rule, and the same with a lower limit."""
    for name, limit in (("old", 432), ("new", 430)):
        assert 0 == tuyere("new", "pack", name, cwd=plant).returncode
        (plant / name / "blast.yaml").write_text(RULE.format(limit=limit), "utf-8")
        (plant / name / "facts.yaml").write_text("facts:\n  blast_high: {title: {en: High, zh: 高}}\n", "utf-8")
    return "new", "old"


def test_a_pack_over_columns(plant: Path) -> None:
    """Table, time line and JSON with the same figures."""
    done = tuyere("backtest", PACK, "columns", "--json", "out.json", cwd=plant)
    assert (0, "") == (done.returncode, done.stderr)
    out = json.loads((plant / "out.json").read_text("utf-8"))
    assert "never raised" in done.stdout
    assert f"scans {out['scans']} in" in done.stdout
    assert out["episodes"] == sum(r["episodes"] for r in out["rules"].values()) == len(out["list"])
    assert 0 < out["memory_mb"] < 1500


def test_two_versions_over_the_same_columns(plant: Path, versions: tuple[str, str]) -> None:
    """What the change does, in both languages; the sum of the JSON fits."""
    new, old = versions
    line = ("backtest", new, "columns", "--against", old, "--json", "diff.json")
    done = tuyere(*line, cwd=plant)
    assert (0, "") == (done.returncode, done.stderr)
    change = json.loads((plant / "diff.json").read_text("utf-8"))["against"]
    assert f"would have raised {change['more']} more and {change['fewer']} fewer" in done.stdout
    assert change["more"] == len(change["only_new"]) > 0
    assert "少触发" in tuyere(*line, "--lang", "zh", cwd=plant).stdout


def test_a_recording_with_its_map(tmp_path: Path) -> None:
    """The same command over a plant's CSV."""
    assert 0 == tuyere("simulate", "--days", "0.05", "--out", "rec", cwd=tmp_path).returncode
    mapping = str(ROOT / "kb" / "maps" / "simulated.yaml")
    done = tuyere("backtest", PACK, "rec", "--map", mapping, "--from", "2026-03-03T02:30", cwd=tmp_path)
    assert (0, "") == (done.returncode, done.stderr)
    assert "2026-03-03 02:30" in done.stdout


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (("nowhere",), "there is no recording nowhere"),
        (("columns", "--from", "soon"), "'soon' is not a time"),
        (("columns", "--rule", "descent.slp"), "did you mean descent.slip?"),
        (("columns", "--from", "2030-01-01"), "no scan lies in this time"),
        (("columns", "--verify-weeks", "3"), "there are 0 whole weeks, not 3"),
    ],
)
def test_wrong_use(plant: Path, line: tuple[str, ...], said: str) -> None:
    """Exit code 2 and what to do."""
    done = tuyere("backtest", PACK, *line, cwd=plant)
    assert (2, True) == (done.returncode, said in done.stderr), done.stderr


def test_an_interrupt_gives_what_is_known(
    plant: Path, versions: tuple[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 130, and a table of what was run by then."""

    def stop(done: int, total: int, episodes: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "_progress", lambda lang: stop)
    monkeypatch.setitem(Batch.__init__.__kwdefaults__, "stretch", 100)  # the first of several
    with pytest.raises(SystemExit) as ended:
        main(["backtest", str(plant / versions[0]), str(plant / "columns"), "--lang", "en"])
    assert 130 == ended.value.code
    out = capsys.readouterr().out
    assert "interrupted: what follows is what was known by then" in out
    assert "scans 100 in" in out


def test_progress_does_not_count_the_start(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """What came before the first scans is not how fast the others are; elsewhere than on a terminal a line in 30 s."""
    clock = iter([100.0, 110.0, 140.0])
    monkeypatch.setattr(command.time, "monotonic", lambda: next(clock))
    tell = command._progress("en")
    for done in (10, 20, 50):
        tell(done, 90, 7)
    assert "55 %  scans 50 of 90, episodes 7, 40 s left\n" == capsys.readouterr().err

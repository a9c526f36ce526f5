"""`tuyere evaluate` as a user calls it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.commands.tool import tuyere
from tui.main import main


def test_table_and_json_have_the_same_figures(tmp_path: Path) -> None:
    """One furnace, two causes; the seeds and the program are in the JSON."""
    arguments = ["--seeds", "3..3", "--conditions", "C01", "--slots", "2", "--json", "out.json"]
    done = tuyere("evaluate", *arguments, cwd=tmp_path)
    assert (0, "") == (done.returncode, done.stderr)
    out = json.loads((tmp_path / "out.json").read_text("utf-8"))
    assert ([3], 2, {"C01"}) == (out["seeds"], out["overall"]["events"], set(out["conditions"]))
    assert f"events 2, clear {out['overall']['clear']}" in done.stdout


MECHANISM = """from kb.furnace.mechanisms.profile import Term, told

TERMS = (Term("top_heat", -60.0, rise=9.0), Term("used", 3.0, rise=9.0))
ENTRIES = (told("U01", "cold_top", TERMS, window=60, lasts=(40, 60)),)
"""


def test_a_mechanism_from_a_file_is_an_event_that_no_rule_can_know(tmp_path: Path) -> None:
    """Its events are called unknown; the shift's load of a day without a cause stands below."""
    (tmp_path / "warm.py").write_text(MECHANISM, "utf-8")
    options = ["--seeds", "3", "--slots", "1", "--mechanism", "warm.py", "--quiet-days", "1", "--json", "out.json"]
    done = tuyere("evaluate", *options, "--lang", "zh", cwd=tmp_path)
    assert (0, "") == (done.returncode, done.stderr)
    out = json.loads((tmp_path / "out.json").read_text("utf-8"))
    assert ({"unknown"}, 1) == (set(out["conditions"]), out["misnamed"]["of"])
    assert (1, 1.0) == (out["quiet"]["furnaces"], out["quiet"]["days"])
    assert "无异常 1 天" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["--mechanism", __file__], "ENTRIES"),
        (["--seeds", "9..2"], "9..2"),
        (["--seeds", "some"], "some"),
        (["--conditions", "C99"], "C99"),
    ],
)
def test_wrong_use_is_said(arguments: list[str], word: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 2 and the word that does not fit."""
    with pytest.raises(SystemExit) as stopped:
        main(["evaluate", *arguments])
    assert 2 == stopped.value.code
    assert word in capsys.readouterr().err

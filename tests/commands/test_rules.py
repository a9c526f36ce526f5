"""`tuyere check` and `tuyere test`."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.commands.tool import ROOT, tuyere

WRONG = """rules:
  - id: top.warm
    title: {en: Top is warm, zh: 炉顶偏热}
    kind: note
    when: top.temprature > 150 kPa
"""


def test_check_of_the_shipped_packs_is_clean(tmp_path: Path) -> None:
    """No mistakes, exit code 0, and the counts as JSON."""
    done = tuyere("check", "--json", "out.json", cwd=tmp_path)
    assert (0, "") == (done.returncode, done.stderr)
    assert 0 == json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))["errors"]


def test_check_shows_the_place_of_a_mistake(tmp_path: Path) -> None:
    """A wrong name is shown with file, line and the nearest known name; exit code 1, no traceback."""
    (tmp_path / "top.yaml").write_text(WRONG, encoding="utf-8")
    done = tuyere("check", "top.yaml", cwd=tmp_path)
    assert 1 == done.returncode
    assert "top.yaml:5:11: error[E0301]" in done.stdout
    assert "did you mean top.temperature?" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


def test_a_pack_with_mistakes_does_not_run(tmp_path: Path) -> None:
    """`run` with a wrong rule says what is wrong and ends with 2."""
    (tmp_path / "top.yaml").write_text(WRONG, encoding="utf-8")
    done = tuyere("run", "--plain", "--rules", "top.yaml", cwd=tmp_path)
    assert 2 == done.returncode
    assert "did you mean top.temperature?" in done.stderr


def test_test_runs_the_cases_of_a_pack(tmp_path: Path) -> None:
    """Every rule of the schedule pack has its cases and they pass; the keys that scripts rely on are there."""
    done = tuyere("test", str(ROOT / "rules" / "schedule"), "--json", "out.json", cwd=tmp_path)
    assert 0 == done.returncode, done.stdout
    result = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    assert (0, 0) == (result["failed"], result["without_cases"])
    assert 1 <= result["rules"]


def test_a_rule_without_cases_is_a_finding(tmp_path: Path) -> None:
    """A pack whose rule has no case ends with exit code 1."""
    (tmp_path / "top.yaml").write_text(WRONG.replace("temprature > 150 kPa", "temperature > 150 degC"), "utf-8")
    done = tuyere("test", "top.yaml", cwd=tmp_path)
    assert 1 == done.returncode
    assert "top.warm" in done.stdout


def test_a_folder_that_is_not_there_is_wrong_use(tmp_path: Path) -> None:
    """Exit code 2 with the name of what is missing."""
    done = tuyere("check", "nowhere", cwd=tmp_path)
    assert 2 == done.returncode
    assert "nowhere" in done.stderr


def test_lint_of_the_shipped_packs_is_clean(tmp_path: Path) -> None:
    """Nothing found, exit code 0."""
    done = tuyere("lint", "--json", "out.json", cwd=tmp_path)
    assert (0, "") == (done.returncode, done.stderr), done.stdout
    assert 0 == json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))["findings"]


def test_lint_shows_the_place_of_a_finding(tmp_path: Path) -> None:
    """A limit that the instrument cannot reach is shown with its place as the user knows it; exit code 1."""
    text = WRONG.replace("temprature > 150 kPa", "temperature > 9000 degC")
    (tmp_path / "top.yaml").write_text(text, encoding="utf-8")
    done = tuyere("lint", "top.yaml", "--json", "out.json", cwd=tmp_path)
    assert (1, True) == (done.returncode, "top.yaml:5:11: warning[L101]" in done.stdout)
    found = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))["diagnostics"]
    assert [("L101", "warning")] == [(d["code"], d["severity"]) for d in found]


def test_watch_checks_again_after_a_change_until_interrupted(tmp_path: Path) -> None:
    """The first screen, the one after a file was saved, and 130 after Ctrl-C."""
    good = WRONG.replace("temprature > 150 kPa", "temperature > 150 degC")
    file = tmp_path / "top.yaml"
    file.write_text(good, "utf-8")
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    command = [sys.executable, "-m", "tui.main", "check", "--watch", "top.yaml"]
    with subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        assert "no mistakes: rules 1" in running.stdout.readline()
        file.write_text(WRONG, "utf-8")
        assert any("did you mean top.temperature?" in line for line in running.stdout)
        running.send_signal(signal.SIGINT)
        assert 130 == running.wait(timeout=60)

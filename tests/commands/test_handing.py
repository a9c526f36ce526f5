"""`tuyere handover`: the page of a shift from a trace alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from expert.run.log import RunLog
from tests.tui.scripted import ScriptedDesk
from tui.main import cli


def ask(*arguments: object) -> Result:
    """Run the command in this process."""
    return CliRunner().invoke(cli, ["handover", *map(str, arguments)])


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The trace of a hang whose advice was done, up to 02:36."""
    folder = tmp_path_factory.mktemp("run")
    desk = ScriptedDesk(0)
    log = RunLog(folder, "site/pack")
    log.begin(desk.program, {"seed": 7})
    log.snapshot(desk.runner.session, [])
    desk.runner.log = log
    desk.go_to(32)
    desk.event("done", "blast_down", value=10.0, who="Wang")
    desk.go_to(36)
    desk.close()
    return folder


def test_the_page_tells_what_the_screen_tells(run: Path) -> None:
    """What stands, what is held, what was done and when it acts."""
    said = ask(run, "--lang", "en")
    assert said.exit_code == 0, said.output
    for words in ("SHIFT HANDOVER", "Hanging, probable", "no data since 02:32", "done 02:33, acts 02:34-02:38"):
        assert words in said.output
    assert max(map(len, said.output.splitlines())) <= 80


def test_in_chinese_as_html_too(run: Path, tmp_path: Path) -> None:
    """The same in the other language, and as a page that can be printed."""
    target = tmp_path / "page.html"
    said = ask(run, "--lang", "zh", "--html", target).output
    assert "交接班" in said and "缺数据保持 (1)" in said
    assert "缺数据保持 (1)" in target.read_text(encoding="utf-8")


def test_at_a_time_and_of_a_shorter_shift(run: Path) -> None:
    """As it stood then, of so many hours."""
    said = ask(run, "--at", "2026-03-03T02:28", "--shift", "0.1", "--lang", "en").output
    assert "02:22-02:28 (6 min)" in said and "done 02:33" not in said


def test_a_time_before_the_run_is_wrong_use(run: Path) -> None:
    """It says that the run has no scan that early."""
    said = ask(run, "--at", "2026-03-01T00:00")
    assert (2, True) == (said.exit_code, "no scan that early" in said.output)

"""Rows of tables from CSV files, and a rule over them."""

from __future__ import annotations

from pathlib import Path

import pytest

from expert.compile import load_program
from expert.language.diagnostics import ProgramError
from expert.workshop.trial import trial_lines, trials_of, watch
from kb.paths import data_file, plant_folder, shipped_packs
from kb.tables import read_rows
from kb.trials import rule_over_recording

SITE = load_program([], plant_folder()).site
MIN = 60_000
HEAD = "at,id,order,step,resource,release,duration,due\n"
ROWS = (
    HEAD
    + ",p1,P,1,BOF 1,30,55,60\n,p2,P,2,LF 1,40,30,100\n"
    + "2026-03-02T00:05,p1,P,1,BOF 1,0,40,60\n2026-03-02T00:10,p2\n"
)
START = 1_772_409_600_000


def table(folder: Path, text: str) -> Path:
    """A file of operations."""
    file = folder / "operation.csv"
    file.write_text(text, "utf-8")
    return file


def test_rows_come_with_their_times(tmp_path: Path) -> None:
    """Without a time first; a row with nothing but its key goes."""
    rows = read_rows(table(tmp_path, ROWS), SITE)
    assert [None, None, START + 5 * MIN, START + 10 * MIN] == [at for at, _ in rows]
    assert ["p1", "p2", "p1", "p2"] == [r.key for _, r in rows]
    assert [False, False, False, True] == [r.values is None for _, r in rows]
    assert 55.0 == (rows[0][1].values or {})["duration"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (HEAD.replace("due", "du") + ",p1,P,1,BOF 1,30,55,60\n", "operation has no field du"),
        (HEAD + ",p1,P,one,BOF 1,30,55,60\n", "step is 'one'; a number was expected"),
        (HEAD + ",p1,P,1,BOF 1,soon,55,60\n", "release is 'soon'; a number in min was expected"),
        (HEAD + "early,p1,P,1,BOF 1,30,55,60\n", "'early' is not a time"),
        ("order,step\nP,1\n", "operation.csv has no column id"),
    ],
)
def test_a_mistake_names_its_place(text: str, told: str, tmp_path: Path) -> None:
    """One message with file and line, never a row that is half right."""
    with pytest.raises(ProgramError) as e:
        read_rows(table(tmp_path, text), SITE)
    assert told in str(e.value)
    assert "operation.csv:" in str(e.value)


def test_a_file_that_is_called_otherwise_is_refused(tmp_path: Path) -> None:
    """The nearest table is named."""
    file = tmp_path / "operations.csv"
    file.write_text(ROWS, "utf-8")
    with pytest.raises(ProgramError, match="did you mean operation"):
        read_rows(file, SITE)


def test_a_rule_over_tables_is_tried_as_rows_come_and_go(tmp_path: Path) -> None:
    """Late from the start, in time from minute 5 on, gone at minute 10; one scan before the first change."""
    rule = "schedule.late.by_predecessor"
    mapping = data_file("maps/simulated.yaml")
    file = table(tmp_path, ROWS)
    program, records = rule_over_recording(rule, shipped_packs(), plant_folder(), None, mapping, tables=[file])
    trials = trials_of(program, rule)
    assert [] == trials
    watch(program, trials, records, rule)
    (trial,) = trials
    assert (("a", "p1"), ("b", "p2")) == trial.bindings
    assert "#..... " == "".join(trial.marks)
    assert [(START + 4 * MIN, START + 5 * MIN)] == trial.episodes
    assert "#..... " == "".join(trial.tracks[0].marks)
    assert any("holds 14%" in line for line in trial_lines(trials))


def test_a_table_without_times_is_one_scan(tmp_path: Path) -> None:
    """The demonstration's orders as they are."""
    rule = "schedule.late.own"
    file = table(tmp_path, data_file("demo/orders.csv").read_text("utf-8"))
    mapping = data_file("maps/simulated.yaml")
    program, records = rule_over_recording(rule, shipped_packs(), plant_folder(), None, mapping, tables=[file])
    trials = trials_of(program, rule)
    watch(program, trials, records, rule)
    assert [1] * 9 == [len(t.times) for t in trials]

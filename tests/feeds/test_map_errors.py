"""Mistakes in maps and recordings: all at once, with place and the nearest known name."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.feeds.plant import HEAD, PRESSURE, failure

DATA = "t,p,q\n2023-02-09 13:00,0.41,1\n"


def test_all_mistakes_come_in_one_run(tmp_path: Path) -> None:
    """An unknown variable, a wrong dimension and an unknown unit are reported together, each with its place."""
    columns = (
        "    columns:\n"
        "      p: {variable: blast.presure, unit: MPa}\n"
        "      q: {variable: blast.volume, unit: kPa}\n"
        "      r: {variable: gas.co, unit: pct}\n"
    )
    assert """map.yaml:6:21: error[E0301] unknown variable blast.presure
    6 |       p: {variable: blast.presure, unit: MPa}
      |                     ^^^^^^^^^^^^^
      = help: did you mean blast.pressure?

map.yaml:7:41: error[E0207] blast.volume cannot be in kPa
    7 |       q: {variable: blast.volume, unit: kPa}
      |                                         ^^^ a pressure
      = blast.volume is a gas flow [Nm3/min]

map.yaml:8:35: error[E0201] unknown unit pct
    8 |       r: {variable: gas.co, unit: pct}""" in failure(tmp_path, HEAD + columns, a_csv=DATA)


def test_missing_columns_of_all_files_come_at_once(tmp_path: Path) -> None:
    """Every column that a file lacks is named with the most similar one that it has."""
    columns = "    columns: {pres: {variable: blast.pressure, unit: MPa}}\n"
    text = HEAD.replace("time: t", "time: time") + columns
    said = failure(tmp_path, text, a_csv="timee,press\n1,2\n")
    assert ["a.csv has no column time", "a.csv has no column pres"] == [
        line.split("] ")[1] for line in said.splitlines() if "error[E0403]" in line
    ]
    assert "did you mean press?" in said


def test_mistakes_of_map_and_recording_come_together(tmp_path: Path) -> None:
    """A misspelt variable does not hide that another column is missing."""
    columns = "    columns: {p: {variable: blast.presure, unit: MPa}, co: {variable: gas.co, unit: '%'}}\n"
    said = failure(tmp_path, HEAD + columns, a_csv=DATA)
    assert ["E0301", "E0403"] == [line.partition("error[")[2][:5] for line in said.splitlines() if "error[" in line]


def test_a_wrong_delimiter_is_suspected(tmp_path: Path) -> None:
    """One single column is most likely the wrong delimiter."""
    assert "its only column is 't;p'; is the delimiter right?" in failure(tmp_path, HEAD + PRESSURE, a_csv="t;p\n1;2\n")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ("", "error[E0402] a.csv is empty"),
        ("t,p\n", "error[E0402] a.csv has no rows"),
        ("t,p\n1\n", "error[E0402] no row of a.csv has 2 cells like its header"),
        (b"\x1f\x8b\x08\x00", "error[E0401] a.csv cannot be read beyond row 0"),
        ("t,p\nyesterday,1\n", "error[E0404] no row of a.csv has a readable time"),
    ],
)
def test_a_file_without_data_is_an_error(tmp_path: Path, data: str | bytes, said: str) -> None:
    """An empty, header-only, unreadable or timeless file ends the run with its name."""
    assert said in failure(tmp_path, HEAD + PRESSURE, a_csv=data)


def test_an_unreadable_time_is_shown_with_what_was_expected(tmp_path: Path) -> None:
    """The first time of the file stands in the message, and what to write."""
    said = failure(tmp_path, HEAD + PRESSURE, a_csv="t,p\n09.02.2023 13:00,1\n")
    assert "the first one is '09.02.2023 13:00', expected ISO 8601" in said
    assert "add format: with a pattern such as %d.%m.%Y %H:%M" in said


def test_a_missing_file_names_the_nearest(tmp_path: Path) -> None:
    """A file that is not in the folder is answered with the most similar one."""
    said = failure(tmp_path, HEAD.replace("a.csv", "proces.csv") + PRESSURE, process_csv=DATA)
    assert "error[E0401] no file proces.csv in data" in said
    assert "did you mean process.csv?" in said


def test_a_missing_recording_is_named(tmp_path: Path) -> None:
    """A folder that does not exist is an error of its own."""
    from expert.feeds import FeedError, load_recording
    from tests.feeds.plant import SETS, UNITS, VARIABLES

    (tmp_path / "map.yaml").write_text(HEAD + PRESSURE)
    with pytest.raises(FeedError, match=r"nowhere: error\[E0401\] the recording does not exist"):
        load_recording(tmp_path / "nowhere", tmp_path / "map.yaml", VARIABLES, UNITS, SETS)


def test_a_file_that_the_map_does_not_have_is_an_error(tmp_path: Path) -> None:
    """A single file among several of the map is found by its name."""
    from expert.feeds import FeedError, load_recording
    from tests.feeds.plant import SETS, UNITS, VARIABLES

    (tmp_path / "c.csv").write_text(DATA)
    (tmp_path / "map.yaml").write_text(
        HEAD + PRESSURE + HEAD.partition("files:\n")[2].replace("a.csv", "b.csv") + PRESSURE
    )
    with pytest.raises(FeedError, match=r"the map has no file c\.csv"):
        load_recording(tmp_path / "c.csv", tmp_path / "map.yaml", VARIABLES, UNITS, SETS)


def test_a_missing_map_is_named(tmp_path: Path) -> None:
    """A map that does not exist is an error with its path."""
    from expert.feeds import FeedError, load_recording
    from tests.feeds.plant import SETS, UNITS, VARIABLES

    with pytest.raises(FeedError, match=r"map\.yaml: error\[E0116\] map no such file"):
        load_recording(tmp_path, tmp_path / "map.yaml", VARIABLES, UNITS, SETS)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "E0103"),
        ("- a\n", "a map must be a mapping"),
        ("time_zone: UTC\n", "map has no files"),
        ("files: []\n", "map has no time_zone"),
        ("time_zone: Asia/Shanghi\n" + HEAD.partition("\n")[2] + PRESSURE, "did you mean Asia/Shanghai?"),
        (HEAD + PRESSURE + "    colums: {}\n", "unknown key colums in a file"),
        (HEAD + "    stamp: start\n" + PRESSURE, "a row stamped at the start of its interval needs averaging"),
        (HEAD + "    stamp: middle\n" + PRESSURE, "stamp is 'middle', not one of instant, start, end"),
        (HEAD + "    encoding: klingon\n" + PRESSURE, "unknown encoding klingon"),
        (HEAD + "    columns: {p: {variable: blast.pressure}}\n", "column has no unit"),
        (HEAD + "    columns: {p: {variable: sectors.wall, unit: degC}}\n", "name the member: sectors[...].wall"),
        (HEAD + "    columns: site\n", "columns must be a mapping"),
        (HEAD, "file has no columns"),
        (HEAD + "    period: 1 h\n    max_age: 30 min\n" + PRESSURE, "max_age of blast.pressure is below its period"),
        (HEAD + "    quality: {column: q}\n" + PRESSURE, "quality has no good"),
        (HEAD + PRESSURE + "    compute: {gas.use: {value: p **, unit: '%'}}\n", "error[E0406] this is no arithmetic"),
        (HEAD + PRESSURE + "    compute: {blast.pressure: {value: p * 2, unit: kPa}}\n", "is mapped twice in one file"),
        (
            HEAD + '    columns:\n      p: {variable: "sectors[A].wall", unit: degC, period: 1 h}\n'
            '      q: {variable: "sectors[B].wall", unit: degC, period: 2 h}\n',
            "period of sectors.wall is given in two ways",
        ),
    ],
)  # fmt: skip
def test_a_wrong_map_is_explained(tmp_path: Path, text: str, said: str) -> None:
    """Each mistake has a message that says what to do."""
    assert said in failure(tmp_path, text, a_csv=DATA)

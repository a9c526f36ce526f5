"""What a recording's cells, stamps and gaps become."""

from __future__ import annotations

import gzip
import random
from itertools import pairwise
from pathlib import Path

import pytest

from expert.feeds import RecordingFeed
from tests.feeds.plant import HEAD, HOUR, MINUTE, PRESSURE, START, load, rows

THREE = "t,p\n2023-02-09 13:00:00,0.41\n2023-02-09 13:01:00,0.4105\n2023-02-09 13:02:00,0.42\n"


def test_a_value_is_an_exact_number_of_resolutions(tmp_path: Path) -> None:
    """0.4105 MPa are 4105 times 0.1 kPa: decimal text is converted without binary fractions."""
    r = load(tmp_path, HEAD + PRESSURE, a_csv=THREE)
    assert [(0, 0, 4100, "good", ""), (1, 1, 4105, "good", ""), (2, 2, 4200, "good", "")] == rows(r, "blast.pressure")


def test_half_a_resolution_rounds_to_even(tmp_path: Path) -> None:
    """Between two counts the even one is taken, as everywhere."""
    data = "t,p\n2023-02-09 13:00,0.41005\n2023-02-09 13:01,0.41015\n"
    assert [4100, 4102] == [x[2] for x in rows(load(tmp_path, HEAD + PRESSURE, a_csv=data), "blast.pressure")]


def test_a_unit_may_carry_a_number(tmp_path: Path) -> None:
    """33.16 in units of 10000 Nm3/h are 5527 Nm3/min."""
    columns = "    columns: {v: {variable: blast.volume, unit: 10000 Nm3/h}}\n"
    r = load(tmp_path, HEAD + columns, a_csv="t,v\n2023-02-09 13:00,33.16\n")
    assert [5527] == [x[2] for x in rows(r, "blast.volume")]


def test_scale_and_offset_apply_before_the_unit(tmp_path: Path) -> None:
    """A gauge in 4..20 mA, or kelvin, is mapped by a number times scale plus offset."""
    columns = '    columns: {k: {variable: metal.temperature, unit: degC, offset: "-273.15"}}\n'
    r = load(tmp_path, HEAD + columns, a_csv="t,k\n2023-02-09 13:00,1773.15\n")
    assert [1500] == [x[2] for x in rows(r, "metal.temperature")]


def test_a_mean_is_known_at_the_end_of_its_hour(tmp_path: Path) -> None:
    """A row stamped at the start of its hour is true and known one hour later."""
    stamp = "    stamp: start\n    averaging: 1 h\n    delay: 2 min\n"
    r = load(tmp_path, HEAD + stamp + PRESSURE, a_csv="t,p\n2023-02-09 13:00,0.41\n")
    assert [(60, 62, 4100, "good", "")] == rows(r, "blast.pressure")


def test_a_stamp_at_the_end_needs_no_shift(tmp_path: Path) -> None:
    """A row stamped at the end of its interval is true at its stamp."""
    r = load(tmp_path, HEAD + "    stamp: end\n" + PRESSURE, a_csv="t,p\n2023-02-09 13:00,0.41\n")
    assert [(0, 0, 4100, "good", "")] == rows(r, "blast.pressure")


def test_a_shifted_column_is_older_than_its_row(tmp_path: Path) -> None:
    """A column that reports the hour before keeps the row's arrival."""
    columns = "    columns: {p: {variable: blast.pressure, unit: MPa, shift: 1 h}}\n"
    r = load(tmp_path, HEAD + columns, a_csv="t,p\n2023-02-09 13:00,0.41\n")
    assert [(-60, 0, 4100, "good", "")] == rows(r, "blast.pressure")


def test_an_arrival_column_is_used(tmp_path: Path) -> None:
    """An assay is known when it was released, not when it was taken."""
    data = "t,p,known\n2023-02-09 13:00,0.41,2023-02-09 13:30\n2023-02-09 13:05,0.42,\n"
    r = load(tmp_path, HEAD + "    arrival: known\n" + PRESSURE, a_csv=data)
    assert [(0, 30, 4100, "good", "")] == rows(r, "blast.pressure")
    assert {"unreadable arrival": 1} == r.counts


@pytest.mark.parametrize(
    ("cell", "sample", "cause"),
    [
        ("", (None, "bad", "missing"), "missing"),
        ("NaN", (None, "bad", "missing"), "missing"),
        ("0", (None, "bad", "missing"), "placeholder"),
        ("-9.5", (None, "bad", "missing"), "placeholder"),
        ("Error", (None, "bad", "missing"), "placeholder"),
        ("0.9", (9000, "bad", "range"), "range"),
        ("1e30", (None, "bad", "range"), "range"),
        ("4,1", (None, "bad", "type"), "not a number"),
        ("1e99999999999", (None, "bad", "type"), "not a number"),
        ("0x10", (None, "bad", "type"), "not a number"),
        ("Bad Input", (None, "bad", "status"), "status: signal fault"),
    ],
)
def test_a_bad_cell_has_its_cause(tmp_path: Path, cell: str, sample: tuple[int, str, str], cause: str) -> None:
    """What is no usable number becomes a bad sample, counted by cause, and never a zero."""
    columns = (
        "    status: {Bad Input: signal fault}\n"
        '    columns: {p: {variable: blast.pressure, unit: MPa, missing: ["0", -10 to -1, Error]}}\n'
    )
    r = load(tmp_path, HEAD + columns, a_csv=f't,p\n2023-02-09 13:00,"{cell}"\n')
    assert [(0, 0, *sample)] == rows(r, "blast.pressure")
    assert ({cause: 1}, {("a.csv", "p", cause): 1}) == (r.counts, dict(r.details))


def test_an_ignored_cell_makes_no_sample(tmp_path: Path) -> None:
    """Where nothing was measured the value before still holds, so nothing is said."""
    columns = '    columns: {m: {variable: metal.temperature, unit: degC, ignore: ["0"]}}\n'
    r = load(tmp_path, HEAD + columns, a_csv="t,m\n2023-02-09 13:00,1500\n2023-02-09 13:20,0\n")
    assert ([(0, 0, 1500, "good", "")], {"ignored": 1}) == (rows(r, "metal.temperature"), r.counts)


def test_a_recording_may_narrow_a_range(tmp_path: Path) -> None:
    """A range of the recording replaces that of the declaration, for this run only."""
    columns = "    columns: {m: {variable: metal.temperature, unit: degC, valid: [1400, 1600]}}\n"
    r = load(tmp_path, HEAD + columns, a_csv="t,m\n2023-02-09 13:00,1390\n")
    assert [(0, 0, 1390, "bad", "range")] == rows(r, "metal.temperature")
    assert (1400.0, 1600.0) == r.variables["metal.temperature"].valid


def test_a_period_of_the_file_holds_for_its_variables(tmp_path: Path) -> None:
    """Hourly means make the period one hour and the value known for three, and leave others alone."""
    r = load(tmp_path, HEAD + "    period: 1 h\n" + PRESSURE, a_csv=THREE)
    found = [(r.variables[n].period, r.variables[n].max_age) for n in ("blast.pressure", "gas.co")]
    assert [(HOUR, 3 * HOUR), (MINUTE, 10 * MINUTE)] == found


def test_a_quality_column_judges_the_value_beside_it(tmp_path: Path) -> None:
    """Good, uncertain, and anything else is bad with the word as cause."""
    quality = "    quality: {column: q, good: [Good], uncertain: [Local]}\n"
    data = "t,p,q\n2023-02-09 13:00,0.41,Good\n2023-02-09 13:01,0.41,Local\n2023-02-09 13:02,0.41,Fail\n"
    r = load(tmp_path, HEAD + quality + PRESSURE, a_csv=data)
    assert [(4100, "good", ""), (4100, "uncertain", "uncertain"), (None, "bad", "status")] == [
        x[2:] for x in rows(r, "blast.pressure")
    ]
    assert {"quality: Fail": 1} == r.counts


def test_a_formula_follows_its_columns(tmp_path: Path) -> None:
    """A computed variable is no better than its inputs; a division by zero is bad, not infinite."""
    columns = (
        '    columns: {co: {variable: gas.co, unit: "%"}, co2: {variable: gas.co2, unit: "%", missing: ["-1"]}}\n'
        '    compute: {gas.use: {value: "100 * co2 / (co + co2)", unit: "%"}}\n'
    )
    data = "t,co,co2\n2023-02-09 13:00,25,25\n2023-02-09 13:01,25,-1\n2023-02-09 13:02,0,0\n"
    r = load(tmp_path, HEAD + columns, a_csv=data)
    assert [(5000, "good", ""), (None, "bad", "missing"), (None, "bad", "compute")] == [
        x[2:] for x in rows(r, "gas.use")
    ]
    assert {"placeholder": 1, "bad input of a formula": 1, "division by zero": 1} == r.counts


def test_a_formula_may_use_an_unmapped_column(tmp_path: Path) -> None:
    """Columns that are no variable themselves serve as inputs, also with names that are no words."""
    columns = '    compute: {gas.use: {value: "`use, share` * 100", unit: "%"}}\n'
    r = load(tmp_path, HEAD + columns, a_csv='t,"use, share"\n2023-02-09 13:00,0.5\n')
    assert [(0, 0, 5000, "good", "")] == rows(r, "gas.use")


def test_a_decimal_comma_is_read(tmp_path: Path) -> None:
    """Semicolons between cells and commas in numbers, as a German spreadsheet writes them."""
    form = "    delimiter: semicolon\n    decimal: comma\n    format: '%d.%m.%Y %H:%M'\n"
    r = load(tmp_path, HEAD + form + PRESSURE, a_csv="t;p\n09.02.2023 13:00;0,41\n")
    assert [(0, 0, 4100, "good", "")] == rows(r, "blast.pressure")


def test_another_encoding_is_read(tmp_path: Path) -> None:
    """Column names in GBK are found when the map says so."""
    form = "    encoding: gbk\n    columns: {热风压力: {variable: blast.pressure, unit: kPa}}\n"
    r = load(tmp_path, HEAD + form, a_csv="t,热风压力\n2023-02-09 13:00,410\n".encode("gbk"))
    assert [(0, 0, 4100, "good", "")] == rows(r, "blast.pressure")


def test_date_and_clock_may_stand_apart(tmp_path: Path) -> None:
    """Several time columns are read as one text."""
    head = HEAD.replace("time: t", "time: [day, clock]")
    r = load(tmp_path, head + PRESSURE, a_csv="day,clock,p\n2023-02-09,13:00,0.41\n")
    assert [(0, 0, 4100, "good", "")] == rows(r, "blast.pressure")


def test_held_values_fill_empty_cells_for_a_while(tmp_path: Path) -> None:
    """A historian that writes changes only is repeated up to the given age, then missing."""
    columns = "    columns: {p: {variable: blast.pressure, unit: MPa, hold: 2 min}}\n"
    data = "t,p\n" + "".join(f"2023-02-09 13:0{i},{'0.41' if i == 1 else ''}\n" for i in range(5))
    r = load(tmp_path, HEAD + columns, a_csv=data)
    assert [None, 4100, 4100, 4100, None] == [x[2] for x in rows(r, "blast.pressure")]
    assert (2, {"missing": 2}) == (r.held, r.counts)


def test_missing_rows_leave_bad_marks(tmp_path: Path) -> None:
    """A stop shows as bad samples at the expected times, until the value is unknown anyway."""
    data = "t,p\n2023-02-09 13:00,0.41\n2023-02-09 13:03,0.42\n2023-02-09 15:00,0.43\n"
    r = load(tmp_path, HEAD + "    every: 1 min\n" + PRESSURE, a_csv=data)
    bad = [x[0] for x in rows(r, "blast.pressure") if x[3] == "bad"]
    assert ([1, 2, *range(4, 14)], {"no row": 12}) == (bad, r.counts)


def test_a_repeated_reading_counts_once(tmp_path: Path) -> None:
    """Of rows with one time bad wins, then the larger value."""
    data = "t,p\n" + "".join(f"2023-02-09 13:0{m},{v}\n" for m, v in ((0, "0.41"), (0, "0.42"), (1, ""), (1, "0.42")))
    r = load(tmp_path, HEAD + PRESSURE, a_csv=data)
    assert [4200, None] == [x[2] for x in rows(r, "blast.pressure")]
    assert {"missing": 1, "duplicate": 2} == r.counts


def test_a_later_reading_of_the_same_time_stays_a_revision(tmp_path: Path) -> None:
    """With another arrival time both readings are kept: the engine must not know the second before it came."""
    data = "t,p,k\n2023-02-09 13:00,0.41,2023-02-09 13:10\n2023-02-09 13:00,0.42,2023-02-09 13:40\n"
    r = load(tmp_path, HEAD + "    arrival: k\n" + PRESSURE, a_csv=data)
    assert [(0, 10, 4100), (0, 40, 4200)] == [x[:3] for x in rows(r, "blast.pressure")]


def test_shuffled_rows_give_the_same_recording(tmp_path: Path) -> None:
    """The order of rows does not matter; how many were out of order is counted."""
    lines = [f"2023-02-09 13:{i:02d},0.4{i:02d}\n" for i in range(60)]
    sorted_ = load(tmp_path, HEAD + PRESSURE, a_csv="t,p\n" + "".join(lines))
    random.Random(1).shuffle(lines)
    shuffled = load(tmp_path, HEAD + PRESSURE, a_csv="t,p\n" + "".join(lines))
    assert list(sorted_.samples) == list(shuffled.samples)
    assert (0, True) == (sorted_.reordered, shuffled.counts["out of order"] > 30)


def test_rows_that_cannot_be_read_are_counted(tmp_path: Path) -> None:
    """Unreadable times and rows with too few or too many cells are left out, and the rest is used."""
    data = THREE + "not a time,0.41\n2023-02-09 13:03\n2023-02-09 13:04,0.41,9\n\n2023-02-09 13:05,0.4"
    r = load(tmp_path, HEAD + PRESSURE, a_csv=data)
    assert [0, 1, 2, 5] == [x[0] for x in rows(r, "blast.pressure")]
    assert {"unreadable time": 1, "row of another length": 2} == r.counts


def test_a_gzipped_file_is_told_by_its_content(tmp_path: Path) -> None:
    """Compression needs no special name."""
    r = load(tmp_path, HEAD + PRESSURE, a_csv=gzip.compress(THREE.encode()))
    assert 3 == len(rows(r, "blast.pressure"))


def test_a_truncated_gzip_is_read_to_where_it_breaks(tmp_path: Path) -> None:
    """The rows before the cut are used; that the rest is missing is counted and said."""
    lines = "".join(f"2023-02-09 {h:02d}:{m:02d},0.4{(h * m) % 97:02d}\n" for h in range(24) for m in range(60))
    whole = gzip.compress(("t,p\n" + lines).encode())
    r = load(tmp_path, HEAD + PRESSURE, a_csv=whole[: len(whole) // 2])
    assert 100 < len(rows(r, "blast.pressure")) < 1440
    assert 1 == r.counts["rest of a damaged file"]
    assert ["a.csv cannot be read beyond row"] == [n[:31] for n in r.notes]


def test_a_file_with_binary_rubbish_does_not_stop_the_run(tmp_path: Path) -> None:
    """Bytes that are no text end as counted rows or cells."""
    rubbish = bytes(range(256)) * 8
    r = load(tmp_path, HEAD + PRESSURE, a_csv=THREE.encode() + rubbish + b"\n2023-02-09 13:05,0.41\n")
    assert {0, 1, 2} <= {x[0] for x in rows(r, "blast.pressure")}
    assert sum(r.counts.values()) >= 1


def test_the_hour_that_comes_twice_is_read_in_order(tmp_path: Path) -> None:
    """When clocks are set back the second pass of the hour is one hour later; a skipped hour is unreadable."""
    head = HEAD.replace("Asia/Shanghai", "Europe/Berlin")
    clocks = ["2023-10-29 02:00", "2023-10-29 02:30", "2023-10-29 02:00", "2023-10-29 02:30", "2023-03-26 02:30"]
    r = load(tmp_path, head + PRESSURE, a_csv="t,p\n" + "".join(f"{c},0.41\n" for c in clocks))
    times = [s.source for s in r.samples]
    assert [30, 30, 30] == [(b - a) // MINUTE for a, b in pairwise(times)]
    assert {"unreadable time": 1} == r.counts


def test_times_may_be_seconds_since_the_epoch(tmp_path: Path) -> None:
    """Epoch seconds, with fractions, need no zone."""
    r = load(tmp_path, HEAD + "    format: epoch s\n" + PRESSURE, a_csv=f"t,p\n{START // 1000}.5,0.41\n")
    assert [START + 500] == [s.source for s in r.samples]


def test_a_time_with_an_offset_needs_no_zone(tmp_path: Path) -> None:
    """An offset in the text goes before the map's zone."""
    r = load(tmp_path, HEAD + PRESSURE, a_csv="t,p\n2023-02-09T05:00:00Z,0.41\n")
    assert [START] == [s.source for s in r.samples]


def test_several_files_of_one_form_are_one_series(tmp_path: Path) -> None:
    """A star in the file's name takes all that match, in the order of their names."""
    head = HEAD.replace("a.csv", '"a*.csv"')
    r = load(tmp_path, head + PRESSURE, a2_csv="t,p\n2023-02-09 14:00,0.42\n", a1_csv="t,p\n2023-02-09 13:00,0.41\n")
    assert [0, 60] == [x[0] for x in rows(r, "blast.pressure")]


def test_a_long_file_has_one_reading_per_row(tmp_path: Path) -> None:
    """Names in the map and, with `columns: site`, the site's own; unknown names are counted."""
    long = "    long: {name: tag, value: v}\n    columns: site\n"
    data = "t,tag,v\n2023-02-09 13:00,blast.pressure,410\n2023-02-09 13:00,sectors[B].wall,65\n2023-02-09 13:01,x,1\n"
    r = load(tmp_path, HEAD + long, a_csv=data)
    assert ([4100], [650]) == tuple([x[2] for x in rows(r, n)] for n in ("blast.pressure", "sectors[B].wall"))
    assert (frozenset({"blast.pressure", "sectors[B].wall"}), {"unknown variable": 1}) == (r.installed, r.counts)


def test_tags_of_a_long_file_are_mapped(tmp_path: Path) -> None:
    """A historian's export has tags; the map gives each its variable and unit."""
    long = "    long: {name: tag, value: v}\n    columns: {PT-101.PV: {variable: blast.pressure, unit: MPa}}\n"
    r = load(tmp_path, HEAD + long, a_csv="t,tag,v\n2023-02-09 13:00,PT-101.PV,0.41\n")
    assert [(0, 0, 4100, "good", "")] == rows(r, "blast.pressure")


def test_what_the_map_has_is_installed(tmp_path: Path) -> None:
    """A mapped variable without data is installed; one that the map lacks is not; unused columns are listed."""
    columns = '    columns: {p: {variable: "sectors[A].wall", unit: degC}, c: {variable: gas.co, unit: "%"}}\n'
    r = load(tmp_path, HEAD + columns, a_csv="t,p,c,spare\n2023-02-09 13:00,60,,\n")
    assert frozenset({"sectors[A].wall", "gas.co"}) == r.installed
    assert {"a.csv": ["spare"]} == r.unmapped


def test_samples_come_by_arrival(tmp_path: Path) -> None:
    """All variables' samples are merged in the order in which they could be known."""
    text = HEAD + PRESSURE + "  - {file: b.csv, time: t, delay: 90 s, columns: {c: {variable: gas.co, unit: '%'}}}\n"
    r = load(tmp_path, text, a_csv=THREE, b_csv="t,c\n2023-02-09 13:00,25\n2023-02-09 13:01,26\n")
    order = [(s.variable, (s.arrival - START) // 1000) for s in r.samples]
    pressure, co = "blast.pressure", "gas.co"
    assert [(pressure, 0), (pressure, 60), (co, 90), (pressure, 120), (co, 150)] == order


def test_a_feed_hands_out_what_has_arrived(tmp_path: Path) -> None:
    """Each call gives the new samples up to its time; the warm-up's part is left out."""
    r = load(tmp_path, HEAD + PRESSURE, a_csv=THREE)
    feed = RecordingFeed(r)
    assert [1, 0, 2] == [len(feed.advance(START + m * MINUTE)) for m in (0, 0, 9)]
    assert [2] == [len(RecordingFeed(r, after=START).advance(START + HOUR))]


def test_the_only_file_may_be_named_itself(tmp_path: Path) -> None:
    """`--recording FILE` works when the map has one file, whatever its name."""
    from expert.feeds import load_recording
    from tests.feeds.plant import SETS, UNITS, VARIABLES

    (tmp_path / "export.csv").write_text(THREE)
    (tmp_path / "map.yaml").write_text(HEAD + PRESSURE)
    r = load_recording(tmp_path / "export.csv", tmp_path / "map.yaml", VARIABLES, UNITS, SETS)
    assert (3, START, START + 2 * MINUTE) == (len(r), r.start, r.end)

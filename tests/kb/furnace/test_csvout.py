"""CSV of simulated days."""

from __future__ import annotations

import csv
from pathlib import Path

from kb.furnace import Cause, VirtualFurnace
from kb.furnace.csvout import write_csv

MINUTE = 60_000
HOUR = 60 * MINUTE


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_sample_is_written(tmp_path: Path) -> None:
    """The table has one line per sample that arrived."""
    samples, _ = write_csv(tmp_path / "out", VirtualFurnace(1, 0), 3 * HOUR)
    assert len(VirtualFurnace(1, 0).advance(3 * HOUR)) == samples == len(rows(tmp_path / "out" / "samples.csv"))


def test_values_are_exact_decimals(tmp_path: Path) -> None:
    """Values read as the count times the resolution, times as ISO."""
    write_csv(tmp_path, VirtualFurnace(1, 0), HOUR)
    first = next(s for s in VirtualFurnace(1, 0).advance(HOUR) if s.variable == "blast.pressure")
    row = next(r for r in rows(tmp_path / "samples.csv") if r["variable"] == "blast.pressure")
    assert (f"{(first.count or 0) / 10:.1f}", "1970-01-01T00:00", "good") == (
        row["value"], row["source"][:16], row["quality"],
    )  # fmt: skip


def test_bad_sample_has_no_value(tmp_path: Path) -> None:
    """A lost reading is an empty field, never a zero."""
    cause = Cause("dropout", 30 * MINUTE, 20 * MINUTE, tag="top.pressure", silent=False)
    write_csv(tmp_path, VirtualFurnace(1, 0, [cause]), HOUR)
    bad = [r["value"] for r in rows(tmp_path / "samples.csv") if r["quality"] == "bad"]
    assert [""] * 20 == bad


def test_labels_are_written(tmp_path: Path) -> None:
    """Labels stand beside the samples, an open one without end."""
    cause = Cause("hang", HOUR, 40 * MINUTE)
    _, count = write_csv(tmp_path, VirtualFurnace(1, 0, [cause]), HOUR + 20 * MINUTE)
    expected = {"condition": "C01", "start": "1970-01-01T01:00:00.000Z", "end": "", "severity": "4", "where": ""}
    assert (1, [expected]) == (count, rows(tmp_path / "labels.csv"))

"""A folder of columns: what is written comes back, and what is damaged is refused."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from expert.feeds import FeedError
from expert.feeds.columns import MANIFEST, ColumnFolder, joined, write_columns
from expert.values.history import Column, History, history_of
from expert.values.types import Sample, ScanInput
from tests.feeds.plant import MINUTE, START, VARIABLES


def _history() -> History:
    samples = [
        Sample("blast.pressure", START + i * MINUTE, START + i * MINUTE + 500, i, "good" if i % 3 else "uncertain")
        for i in range(20)
    ]
    samples += [Sample("gas.co", START + i * MINUTE, START + i * MINUTE + 900, None, "bad", "status") for i in range(9)]
    return history_of([ScanInput(START + 99 * MINUTE, START + 99 * MINUTE, tuple(samples))])


def _write(folder: Path) -> None:
    whole, border = _history(), START + 7 * MINUTE
    parts = [(border, whole.between(None, border).columns), (START + 99 * MINUTE, whole.between(border, None).columns)]
    write_columns(folder, parts, VARIABLES)


def test_columns_come_back(tmp_path: Path) -> None:
    """Times, values, qualities and notes of all parts."""
    _write(tmp_path)
    folder = ColumnFolder(tmp_path, VARIABLES)
    back = joined(columns for _, columns in folder.read())
    assert {n: c.samples(n) for n, c in _history().columns.items()} == {n: c.samples(n) for n, c in back.items()}
    assert (START + 500, START + 19 * MINUTE + 500) == (folder.manifest.start, folder.manifest.end)


def test_only_variables_of_the_site_are_read(tmp_path: Path) -> None:
    """What the site does not have was never installed."""
    _write(tmp_path)
    folder = ColumnFolder(tmp_path, {"gas.co": VARIABLES["gas.co"]})
    assert frozenset({"gas.co"}) == folder.installed
    assert {"gas.co"} == {name for _, columns in folder.read() for name in columns}


def test_another_resolution_is_refused(tmp_path: Path) -> None:
    """A count means nothing without its resolution."""
    _write(tmp_path)
    data = json.loads((tmp_path / MANIFEST).read_text("utf-8"))
    data["variables"]["gas.co"] = ["%", "0.5"]
    (tmp_path / MANIFEST).write_text(json.dumps(data), "utf-8")
    with pytest.raises(FeedError, match=r"gas.co is stored in 0.5 %, the site has 0.01 %"):
        ColumnFolder(tmp_path, VARIABLES)


@pytest.mark.parametrize("text", ["", "[]", '{"format": 9}', '{"format": 1, "parts": [], "variables": 3}'])
def test_a_damaged_manifest_is_refused(tmp_path: Path, text: str) -> None:
    """One message with the file's name."""
    (tmp_path / MANIFEST).write_text(text, "utf-8")
    with pytest.raises(FeedError, match=MANIFEST):
        ColumnFolder(tmp_path, VARIABLES)


def test_a_damaged_part_is_refused(tmp_path: Path) -> None:
    """A file that was cut, and one that is missing."""
    _write(tmp_path)
    folder = ColumnFolder(tmp_path, VARIABLES)
    part = tmp_path / "0001.npz"
    part.write_bytes(part.read_bytes()[:200])
    with pytest.raises(FeedError, match=r"0001\.npz"):
        list(folder.read())
    part.unlink()
    with pytest.raises(FeedError, match=r"0001\.npz"):
        list(folder.read())


def test_nothing_cannot_be_written(tmp_path: Path) -> None:
    """A folder without samples would have no time."""
    with pytest.raises(ValueError, match="without samples"):
        write_columns(tmp_path, [(START, {"gas.co": Column(*(np.empty(0, np.int64),) * 5)})], VARIABLES)  # type: ignore[arg-type]

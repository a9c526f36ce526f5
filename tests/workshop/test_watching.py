"""Checking again when a file changes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from expert.workshop.watching import changes, stamp


class _Enough(Exception):
    """Ends a test's watching, as Ctrl-C ends a user's."""


def test_the_start_and_every_change_count_once() -> None:
    """Looks that see the same yield nothing."""
    states = iter([1, 1, 2, 2, 2, 3])
    pauses: list[int] = []

    def pause() -> None:
        pauses.append(1)
        if len(pauses) == 6:
            raise _Enough

    seen = 0
    with pytest.raises(_Enough):
        for _ in changes(lambda: next(states), pause):
            seen += 1
    assert (3, 6) == (seen, len(pauses))


def test_a_stamp_sees_saved_added_and_removed_files(tmp_path: Path) -> None:
    """Another size, another time of change, another name; files that are not YAML do not matter."""
    file = tmp_path / "a.yaml"
    file.write_text("a: 1\n", "utf-8")
    stamps = [stamp([tmp_path])]
    (tmp_path / "notes.txt").write_text("x", "utf-8")
    assert stamps[0] == stamp([tmp_path])
    os.utime(file, ns=(1, 1))
    stamps.append(stamp([tmp_path]))
    (tmp_path / "b.yaml").write_text("b: 1\n", "utf-8")
    stamps.append(stamp([tmp_path]))
    file.unlink()
    stamps.append(stamp([tmp_path]))
    assert 4 == len(set(stamps))

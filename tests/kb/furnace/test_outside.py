"""Mechanisms from files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kb.furnace import Cause, VirtualFurnace
from kb.furnace.mechanisms import REGISTRY
from kb.furnace.mechanisms.outside import load_file
from kb.furnace.twin import clear_at, twin

MINUTE = 60_000
UNSEEN = sorted((Path(__file__).parent / "unseen").glob("*.py"))


@pytest.fixture(autouse=True)
def registry() -> Iterator[None]:
    """The registry as it was, afterwards."""
    before = dict(REGISTRY)
    yield
    REGISTRY.clear()
    REGISTRY.update(before)


@pytest.mark.parametrize("file", UNSEEN, ids=lambda p: p.stem)
def test_unseen_mechanism_shows_and_is_labelled(file: Path) -> None:
    """What a file adds moves at least two instruments beyond doubt and gets its own label."""
    (entry,) = load_file(file)
    cause = Cause(entry.kind, 300 * MINUTE, 60 * MINUTE, 4)
    furnace = VirtualFurnace(3, 0, [cause])
    furnace.skip(340 * MINUTE)
    clear = clear_at(twin(3, 0, [cause], 0, 360 * MINUTE), cause.onset, entry.window * MINUTE)
    assert (True, True) == (clear is not None, any(x.condition == entry.condition for x in furnace.labels))


def test_file_may_be_named_twice() -> None:
    """Loading the same file again changes nothing."""
    first = load_file(UNSEEN[0])
    assert [e.kind for e in first] == [e.kind for e in load_file(UNSEEN[0])]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("ENTRIES = ()", "has no ENTRIES"),
        ("ENTRIES = ('hang',)", "has no ENTRIES"),
        ("1 / 0", "does not run: ZeroDivisionError"),
    ],
)
def test_unusable_file_is_refused(tmp_path: Path, text: str, message: str) -> None:
    """The message says what is wrong with the file."""
    (tmp_path / "odd.py").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=message):
        load_file(tmp_path / "odd.py")


def test_missing_file_is_named(tmp_path: Path) -> None:
    """A path without a file is an error."""
    with pytest.raises(ValueError, match="no mechanism file"):
        load_file(tmp_path / "none.py")

"""Bugs that were put into the columns on purpose: the campaign must find every one of them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PATCHES = sorted((Path(__file__).parent / "bugs").glob("*.patch"))
QUICK = ("hold_begins_a_scan_late", "score_without_weights")
"""Bugs that `make test` looks for; `make check-long` looks for all."""


def patched(source: str, patch: str) -> str:
    """A source with the one hunk of a patch; the place is found by its text, for lines move."""
    lines = patch.splitlines(keepends=True)[3:]
    old = "".join(x[1:] for x in lines if x[0] in " -")
    new = "".join(x[1:] for x in lines if x[0] in " +")
    assert 1 == source.count(old)
    assert old != new
    return source.replace(old, new)


def target(patch: str) -> str:
    """The file that a patch changes."""
    return patch.splitlines()[1].removeprefix("+++ b/").strip()


def hunt(folder: Path, patch: str) -> subprocess.CompletedProcess[str]:
    """Play the fixed cases on a copy of the engine with a bug; kernels run as plain Python."""
    shutil.copytree(ROOT / "expert", folder / "expert", ignore=shutil.ignore_patterns("__pycache__"))
    file = folder / target(patch)
    file.write_text(patched(file.read_text(encoding="utf-8"), patch), encoding="utf-8")
    return subprocess.run(
        [sys.executable, "-m", "tests.columns.plain"],
        cwd=folder,
        env={**os.environ, "NUMBA_DISABLE_JIT": "1", "PYTHONPATH": f"{folder}{os.pathsep}{ROOT}"},
        capture_output=True,
        text=True,
        check=False,
    )


def found(folder: Path, patch: str) -> None:
    """The bug is found, and by a disagreement."""
    done = hunt(folder, patch)
    assert (1, "AssertionError") == (done.returncode, done.stdout[:14]), done.stdout[-400:] + done.stderr[-400:]


def test_there_are_thirty() -> None:
    """As many as were promised, each in one place of one file, and applying to the code as it is."""
    assert 30 <= len(PATCHES)
    for path in PATCHES:
        patch = path.read_text(encoding="utf-8")
        assert 1 == patch.count("\n@@ "), path.name
        source = (ROOT / target(patch)).read_text(encoding="utf-8")
        assert source != patched(source, patch), path.name


@pytest.mark.parametrize("name", QUICK)
def test_a_bug_is_found(name: str, tmp_path: Path) -> None:
    """One bug, one red campaign."""
    path = next(p for p in PATCHES if p.stem == name)
    found(tmp_path, path.read_text(encoding="utf-8"))


@pytest.mark.long
@pytest.mark.parametrize("path", PATCHES, ids=lambda p: p.stem)
def test_every_bug_is_found(path: Path, tmp_path: Path) -> None:
    """None slips through."""
    found(tmp_path, path.read_text(encoding="utf-8"))


@pytest.mark.long
def test_without_a_bug_nothing_is_found() -> None:
    """The same cases on the code as it is, as plain Python."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.columns.plain"],
        cwd=ROOT,
        env={**os.environ, "NUMBA_DISABLE_JIT": "1", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (0, "") == (done.returncode, done.stdout)

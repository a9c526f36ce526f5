"""Every command in the documents is executed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")])
BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
TUYERE = f'"{sys.executable}" -m tui.main'


def commands(document: Path) -> list[str]:
    """The shell lines of a document, blocks of ``sh`` only."""
    return [line for block in BLOCK.findall(document.read_text(encoding="utf-8")) for line in block.splitlines()]


def as_here(line: str) -> str:
    """The line as it can run in a test: the environment is there already, and a hurried reader runs one hour."""
    line = re.sub(r"^(?:\.venv/bin/)?tuyere\b", lambda _: TUYERE, line)
    checked = re.match(r"\.venv/bin/python -m pytest (.*)$", line)
    if checked:  # the tests need the whole checkout, and change nothing in it
        return f'cd "{ROOT}" && "{sys.executable}" -m pytest -p no:cacheprovider {checked.group(1)}'
    made = re.match(r'make run(?: ARGS="(.*)")?$', line)
    if made:
        line = f"{TUYERE} run {made.group(1) or '--plain --hours 1'}"
    return re.sub(r"--hours \d+", "--hours 1", line) if "--rules" not in line else line


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda p: p.name)
def test_every_command_of_a_document_runs(document: Path, tmp_path: Path) -> None:
    """One after the other in one folder, each ends without an error."""
    lines = commands(document)
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "LC_ALL": "C.UTF-8", "PYTHONUTF8": "1"}
    for name in ("rules", "tests", "kb/plant"):
        if any(f"{name}/" in line for line in lines):
            shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", "golden"))
    for line in lines:
        done = subprocess.run(
            ["bash", "-c", as_here(line)],
            cwd=tmp_path,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert done.returncode == 0, f"{document.name}: {line}\n{done.stdout[-2000:]}{done.stderr[-2000:]}"


def test_make_knows_every_target_that_documents_name() -> None:
    """`make X` in any document names a target that there is."""
    named = {t for d in DOCUMENTS for t in re.findall(r"(?:^|`)make ([a-z-]+)", d.read_text(encoding="utf-8"), re.M)}
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    assert set() == named - targets

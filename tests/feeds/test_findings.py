"""The page of findings over the real recording says what a run over it says."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from kb.paths import data_file
from kb.recordings import recorded

ROOT = Path(__file__).parents[2]
FOLDER = Path(os.environ.get("TUYERE_DATA", ROOT.parent / "shared" / "data")) / "bf_cn2023"
PAGE = ROOT / "docs" / "findings-bf_cn2023.md"


@pytest.mark.long
@pytest.mark.skipif(not FOLDER.is_dir(), reason="the recording is not part of the product")
def test_findings_are_what_a_run_finds() -> None:
    """Both tables and the number of rules that are on."""
    desk = recorded(FOLDER, data_file("maps/bf_cn2023.yaml"), trace=None)
    for _ in desk.run_until(desk.end or 0):
        pass
    page = PAGE.read_text(encoding="utf-8")
    lost = {cause: int(n) for cause, n in re.findall(r"^\| ([a-z ]+) \| (\d+) \|$", page, re.M)}
    rose = {rule: int(n) for n, rule in re.findall(r"^\| (\d+) \| \d \| ([a-z_.]+) \|$", page, re.M)}
    assert desk.skipped == lost
    assert desk.raised == rose
    assert desk.notes[0].split(" are on")[0] in page

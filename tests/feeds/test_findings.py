"""The page of findings over the real recording says what a run over it says."""

from __future__ import annotations

import re

import pytest

from kb.paths import data_file
from kb.recordings import recorded
from tests.feeds.real import FOLDER, NEEDS_RECORDING, ROOT

PAGE = ROOT / "docs" / "findings-bf_cn2023.md"


@pytest.mark.long
@NEEDS_RECORDING
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

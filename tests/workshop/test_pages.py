"""The pages of rules are current."""

from __future__ import annotations

import os
from pathlib import Path

from click.testing import CliRunner

from tui.main import cli

PAGES = Path(__file__).resolve().parents[2] / "docs" / "rules"


def written(folder: Path) -> dict[str, str]:
    """All pages below a folder by name."""
    return {p.relative_to(folder).as_posix(): p.read_text("utf-8") for p in sorted(folder.rglob("*.md"))}


def test_the_committed_pages_are_current(tmp_path: Path) -> None:
    """docs/rules holds what `tuyere pages --out docs/rules` writes (``GOLDEN_UPDATE=1`` writes it)."""
    target = PAGES if os.environ.get("GOLDEN_UPDATE") else tmp_path
    done = CliRunner().invoke(cli, ["pages", "--out", str(target)], catch_exceptions=False)
    assert 0 == done.exit_code
    assert written(target) == written(PAGES), "write them anew: tuyere pages --out docs/rules"


def test_a_page_shows_condition_source_and_cases() -> None:
    """In the author's words, nested as they are."""
    page = (PAGES / "blast_furnace" / "descent.md").read_text("utf-8")
    assert "- `minutes_since(charge.count) > 15 min`" in page
    assert "    - 20: `z(blast.pressure, 10 min) is high`" in page
    assert "Source: signs: operating procedures of a 1780 m3 furnace (F1)" in page
    assert "| the level between charges is no slip | quiet at 40 min |" in page

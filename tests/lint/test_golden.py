"""Every lint finds what it is for, reads well, and keeps quiet about what is only nearly wrong.

A case is a folder with a topic beside the sample pack's ``pack.yaml`` and ``facts.yaml``, and ``expected.txt``.
``GOLDEN_UPDATE=1`` writes the texts anew; read the difference.
"""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import pytest

from expert.compile import as_shown, load_program
from expert.language.codes import CODES
from expert.language.diagnostics import render
from expert.lint import lint_program
from kb.paths import plant_folder, shipped_packs

HERE = Path(__file__).parent / "golden"
DATA = Path(__file__).parents[1] / "data"
CASES = sorted(p.name for p in HERE.iterdir() if p.is_dir() and not p.name.startswith("_"))


def found(case: str, root: Path) -> str:
    """The findings of a case as text, places relative to ``root``."""
    shutil.copytree(DATA / "site", root / "site")
    shutil.copytree(HERE / case, root / "pack", ignore=shutil.ignore_patterns("*.txt"))
    for name in ("pack.yaml", "facts.yaml"):
        if not (root / "pack" / name).exists():
            shutil.copy(DATA / "pack" / name, root / "pack" / name)
    program = load_program(root / "pack", root / "site", root=root)
    text = render(*as_shown(lint_program(program), root / "pack", root / "site", root))
    return text + "\n" if text else "nothing found\n"


@pytest.mark.parametrize("case", CASES)
def test_finding_text(case: str, tmp_path: Path) -> None:
    """The findings of the case read as expected."""
    expected = HERE / case / "expected.txt"
    actual = found(case, tmp_path)
    if os.environ.get("GOLDEN_UPDATE"):
        expected.write_text(actual, encoding="utf-8")
    assert expected.read_text(encoding="utf-8") == actual


def test_every_lint_is_shown() -> None:
    """Every code of lint has a case."""
    texts = [(HERE / c / "expected.txt").read_text(encoding="utf-8") for c in CASES]
    seen = {code for text in texts for code in re.findall(r"warning\[(L\d+)\]", text)}
    assert [] == sorted(c for c in CODES if c.startswith("L") and c not in seen)


def test_near_misses_are_no_findings(tmp_path: Path) -> None:
    """A lint that misses something is fine, one that accuses a good rule is not."""
    assert "nothing found\n" == found("near_misses", tmp_path)


def test_the_shipped_packs_are_clean() -> None:
    """Nothing is found in what travels with the product."""
    assert [] == lint_program(load_program(shipped_packs(), plant_folder()))


def test_an_export_or_a_screen_is_a_reader(tmp_path: Path) -> None:
    """A step of reasoning that is exported or shown is used."""
    shutil.copytree(HERE / "fact_without_a_reader", tmp_path / "pack")
    shutil.copy(DATA / "pack" / "facts.yaml", tmp_path / "pack" / "facts.yaml")
    text = (DATA / "pack" / "pack.yaml").read_text("utf-8")
    (tmp_path / "pack" / "pack.yaml").write_text(text, "utf-8")
    program = load_program(tmp_path / "pack", DATA / "site")
    assert ["L106"] == [d.code for d in lint_program(program)]
    assert [] == lint_program(program, shown={"probe_fault"})
    lines = [x for x in text.splitlines() if not x.startswith("exports")]
    (tmp_path / "pack" / "pack.yaml").write_text("\n".join([*lines, "exports: [probe_fault]", ""]), "utf-8")
    assert [] == lint_program(load_program(tmp_path / "pack", DATA / "site"))

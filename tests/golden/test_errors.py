"""Every mistake an author can make gets a readable error: small bad packs beside the text they give.

A case is a folder with the pack's files that differ from the sample pack (``pack.yaml`` and ``facts.yaml`` of
``tests/data/pack``), optionally a ``site/`` folder with files that differ from ``tests/data/site``, and
``expected.txt``. ``pack.absent`` takes the file away. ``GOLDEN_UPDATE=1`` writes the texts anew; read the difference.
"""

import os
import re
import shutil
from pathlib import Path

import pytest

from expert.compile import ProgramError, load_program
from expert.language.codes import CODES

HERE = Path(__file__).parent
DATA = HERE.parent / "data"
CASES = sorted(p.name for p in HERE.iterdir() if p.is_dir() and not p.name.startswith("_"))


def build(case: Path, root: Path) -> str:
    """The errors of a case as text, places relative to ``root``."""
    shutil.copytree(DATA / "site", root / "site")
    (root / "pack").mkdir()
    for name in ("pack.yaml", "facts.yaml"):
        shutil.copy(DATA / "pack" / name, root / "pack" / name)
    for path in sorted(case.rglob("*.yaml")):
        name = path.relative_to(case)
        target = root / name if name.parts[0] == "site" else root / "pack" / name
        shutil.copy(path, target)
    for path in case.glob("*.absent"):
        (root / "pack" / f"{path.stem}.yaml").unlink()
    try:
        load_program(root / "pack", root / "site", root=root)
    except ProgramError as e:
        return e.render() + "\n"
    return "no error\n"


@pytest.mark.parametrize("case", CASES)
def test_error_text(case: str, tmp_path: Path) -> None:
    """The errors of the case read as expected."""
    expected = HERE / case / "expected.txt"
    actual = build(HERE / case, tmp_path)
    if os.environ.get("GOLDEN_UPDATE"):
        expected.write_text(actual, encoding="utf-8")
    assert expected.read_text(encoding="utf-8") == actual


def test_every_code_is_shown() -> None:
    """Every code of the rule language is shown by at least one case."""
    texts = [(HERE / c / "expected.txt").read_text(encoding="utf-8") for c in CASES]
    seen = {code for text in texts for code in re.findall(r"error\[(E\d+)\]", text)}
    assert [] == sorted(c for c in set(CODES) - seen if c < "E04")

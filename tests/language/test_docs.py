"""The examples of the rule writers' guide load."""

import re
from pathlib import Path

from expert.compile import check
from expert.language.calls import FUNCTIONS
from expert.language.rules import RULE_KEYS

ROOT = Path(__file__).parent.parent.parent
GUIDE = ROOT / "docs" / "rules.md"


def test_examples_load(tmp_path: Path) -> None:
    """Every YAML block of the guide, written to the file named in its first line, makes one pack without findings."""
    blocks = re.findall(r"```yaml\n# (\S+)\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    assert len(blocks) >= 5
    for name, text in blocks:
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert [] == check(tmp_path, ROOT / "tests" / "data" / "site", root=tmp_path)


def test_every_key_is_explained() -> None:
    """The table of keys names every key of a rule."""
    text = GUIDE.read_text(encoding="utf-8")
    assert [] == [k for k in RULE_KEYS if f"`{k}`" not in text]


def test_every_function_is_explained() -> None:
    """The guide names every function."""
    text = GUIDE.read_text(encoding="utf-8")
    assert [] == sorted(f for f in FUNCTIONS if not re.search(rf"`{f}[`(]", text))

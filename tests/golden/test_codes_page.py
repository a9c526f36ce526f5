"""``docs/codes.md`` explains every code of the rule language and of lint with an example from the golden cases."""

import os
import re
from pathlib import Path

from expert.language.codes import CODES

HERE = Path(__file__).parent
LINT = HERE.parent / "lint" / "golden"
PAGE = HERE.parent.parent / "docs" / "codes.md"
GROUPS = {"E01": "Source and YAML", "E02": "Types and units", "E03": "Logic", "L1": "Lint"}


def examples() -> dict[str, str]:
    """Code -> the shortest example text among the golden cases."""
    found: dict[str, str] = {}
    for path in sorted([*HERE.glob("*/expected.txt"), *LINT.glob("*/expected.txt")]):
        for block in path.read_text(encoding="utf-8").strip().split("\n\n"):
            code = re.search(r"(?:error|warning)\[([EL]\d+)\]", block)
            if code and len(block) < len(found.get(code.group(1), block + " ")):
                found[code.group(1)] = block
    return found


def page() -> str:
    """The page as it should be."""
    shown = examples()
    out = ["# Diagnostic codes", "", "Each code has one meaning, for ever. Examples are real output of the checker."]
    for prefix, title in GROUPS.items():
        out += ["", f"## {title}"]
        for code, meaning in sorted(CODES.items()):
            if code.startswith(prefix):
                out += ["", f"### {code}: {meaning}", "", "```text", shown[code], "```"]
    return "\n".join(out) + "\n"


def test_page_is_current() -> None:
    """The page matches the registry and the golden texts (``GOLDEN_UPDATE=1`` writes it)."""
    if os.environ.get("GOLDEN_UPDATE"):
        PAGE.write_text(page(), encoding="utf-8")
    assert page() == PAGE.read_text(encoding="utf-8")

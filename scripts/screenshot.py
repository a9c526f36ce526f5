"""Draw the pictures of the documents: `python scripts/screenshot.py` writes docs/screenshots/*.svg.

The same seed and plant time give the same picture; fonts are named, not fetched.
"""

from __future__ import annotations

import asyncio
import re
import sys
from pathlib import Path
from unittest.mock import patch

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from kb import plants  # noqa: E402  the checkout itself, not an installed copy
from kb.desk import Desk  # noqa: E402
from tui.app import TuyereApp  # noqa: E402

MINUTE = 60_000
FONTS = "ui-monospace, 'Cascadia Mono', 'DejaVu Sans Mono', Menlo, monospace"
PICTURES = (
    ("overview", 100, 30, "en", 22, ()),
    ("why", 100, 36, "en", 22, ("w",)),
    ("overview-zh", 80, 24, "zh", 22, ()),
    ("overview-large", 160, 50, "en", 22, ()),
)
"""Name, width, height in cells, language, minutes after the start of the demonstration, keys."""


def standing(minutes: int) -> Desk:
    """The demonstration at a plant time; its clock stands still."""
    wall = [0.0]
    desk = plants.virtual(seed=plants.DEFAULT_SEED, trace=None, speed=60.0, wall=lambda: wall[0])
    for _ in desk.run_until(plants.DEMO_START + minutes * MINUTE):
        pass
    wall[0] = float(minutes)
    return desk


async def draw(name: str, width: int, height: int, lang: str, minutes: int, keys: tuple[str, ...]) -> str:
    """One picture as SVG."""
    app = TuyereApp(standing(minutes), lang, False)
    async with app.run_test(size=(width, height)) as pilot:
        while app.frame is None:
            await pilot.pause(0.1)
        await pilot.press(*keys)
        await pilot.pause(2.0)
        svg = app.export_screenshot(title=app.frame.overview.name)
        app.pump.stop("end")
    return without_fetched_fonts(svg)


def without_fetched_fonts(svg: str) -> str:
    """The picture with fonts of the reader's machine."""
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)
    return re.sub(r"font-family: ?[^;]*;", f"font-family: {FONTS};", svg)


def main() -> None:
    """Write all pictures."""
    folder = ROOT / "docs" / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    for name, *rest in PICTURES:
        with patch("tui.pump.since_start", lambda: 2.5):  # a figure of the machine would change the picture
            svg = asyncio.run(draw(name, *rest))  # type: ignore[arg-type]
        (folder / f"{name}.svg").write_text(svg, encoding="utf-8")
        print(f"docs/screenshots/{name}.svg")


if __name__ == "__main__":
    main()

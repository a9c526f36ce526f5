"""Two packs that read each other at the shipped plant, and a short recording for them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from expert.language.ast import Program
from expert.trace import TraceReader
from kb.experts import RecordedPlant
from tests.commands.tool import ROOT

PACKS = ROOT / "tests" / "data" / "plant_experts"
GROUPS = [[PACKS / "melter"], [PACKS / "shop"]]
NAMES = ("melter", "shop")
MAP = ROOT / "kb" / "maps" / "simulated.yaml"
BEGIN = datetime(2026, 3, 3, 2, 0, tzinfo=UTC)


def record(folder: Path, minutes: int = 12) -> Path:
    """A recording in which the pressure rises from minute 5 on."""
    folder.mkdir()
    rows = ["source,arrival,variable,value,quality"]
    for minute in range(minutes + 1):
        at = (BEGIN + timedelta(minutes=minute)).isoformat()
        for name, value in (("blast.pressure", 415 if minute >= 5 else 340), ("blast.volume", 5500 + minute % 3)):
            rows.append(f"{at},{at},{name},{value},good")
    (folder / "samples.csv").write_text("\n".join(rows) + "\n", "utf-8")
    return folder


class Quick(RecordedPlant):
    """Loads each set of packs once, as that takes longer than to run them."""

    def programs(self, groups: Sequence[Sequence[Path]]) -> list[Program]:
        """See `Plant`."""
        key = repr(groups)
        loaded = self.__dict__.setdefault("loaded", {})
        if key not in loaded:
            loaded[key] = super().programs(groups)
        return list(loaded[key])


def heads(root: Path) -> dict[str, list[str]]:
    """Chain hashes of every scan of both traces."""
    return {n: [e.hash for e in TraceReader(root / n).entries(0, ("scan",))] for n in NAMES}

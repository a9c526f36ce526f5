"""Labels come from the hidden state."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from kb import furnace as package
from kb.furnace import Cause, Label, VirtualFurnace

MINUTE = 60_000
HOUR = 60 * MINUTE
ONSET = 360 * MINUTE


def labels(cause: Cause, hours: int = 16) -> list[tuple[str, int, int | None, int, str]]:
    """Labels of a run in minutes after the onset."""
    furnace = VirtualFurnace(3, 0, [cause])
    furnace.history(hours * HOUR)
    return [
        (x.condition, (x.start - ONSET) // MINUTE, x.end and (x.end - ONSET) // MINUTE, x.severity, x.where)
        for x in furnace.labels
    ]


def test_hang_is_labelled_while_the_bed_is_hung() -> None:
    """C01 lasts from the stop to the slip."""
    assert ("C01", 0, 30, 4, "") in labels(Cause("hang", ONSET, 30 * MINUTE))


def test_channel_is_labelled_with_its_sector() -> None:
    """C05 carries the sector and ends soon after the cause."""
    found = [x for x in labels(Cause("channel", ONSET, 30 * MINUTE, sector="C")) if x[0] == "C05"]
    assert [("C05", 0, "C", True)] == [(x[0], x[1], x[4], 30 <= (x[2] or 0) <= 45) for x in found]


def test_leak_is_labelled_while_water_flows() -> None:
    """C21 lasts as long as the leak."""
    assert ("C21", 0, 240, 4, "A") in labels(Cause("leak", ONSET, 240 * MINUTE, sector="A"))


def test_coal_stop_is_labelled_and_later_the_cold() -> None:
    """C45 at once, C08 hours later when the heat stock is low."""
    found = labels(Cause("pci_stop", ONSET, 60 * MINUTE, severity=4))
    cold = [x for x in found if x[0] == "C08" and x[1] >= 150]
    assert (True, True) == (("C45", 0, 60, 3, "") in found, bool(cold))


def test_deep_cold_is_one_severity_worse() -> None:
    """A long stop chills to severity 4."""
    assert 4 in {x[3] for x in labels(Cause("pci_stop", ONSET, 90 * MINUTE, severity=5)) if x[0] == "C08"}


def test_sensor_fault_is_labelled_with_its_tag() -> None:
    """C52 carries the tag."""
    cause = Cause("freeze", ONSET, 30 * MINUTE, tag="top.pressure")
    assert ("C52", 0, 30, 2, "top.pressure") in labels(cause)


def test_label_is_open_while_its_condition_lasts() -> None:
    """Half-way through a hang its label has no end yet."""
    furnace = VirtualFurnace(3, 0, [Cause("hang", ONSET, 50 * MINUTE)])
    furnace.history(ONSET + 20 * MINUTE)
    assert Label("C01", ONSET, None, 4) in furnace.labels


@pytest.mark.parametrize("file", sorted(Path(package.__file__).parent.glob("*.py")), ids=lambda p: p.stem)
def test_furnace_knows_no_rules(file: Path) -> None:
    """Modules import the standard library, numpy, yaml, expert.values, kb.physics and each other only."""
    names = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module or "")
    ours = {name for name in names if name.split(".")[0] in ("expert", "kb", "rules", "tui")}
    allowed = ("expert.values", "kb.physics", "kb.furnace")
    assert set() == {name for name in ours if not name.startswith(allowed)}

"""Each told condition shows in the tags that the knowledge base names, with its sign, and grows with severity."""

from __future__ import annotations

import numpy as np
import pytest

from kb.furnace import Cause
from kb.furnace.mechanisms import PLACES, REGISTRY

MINUTE = 60_000
ONSET = 360 * MINUTE
EXPECTED: dict[str, tuple[int, int, dict[str, int]]] = {
    "slips": (5, 60, {"top.temperature": 1, "top_gas.utilisation": -1, "stockline.south": 1}),
    "collapse": (5, 90, {"stockline.south": 1, "top.temperature": 1, "sectors[A].uptake_temperature": 1}),
    "low_line": (20, 100, {"stockline.south": 1, "stockline.north": 1, "top.temperature": 1}),
    "edge_flow": (60, 240, {"cooling.heat_load": 1, "top_gas.utilisation": -1, "pressure_drop.upper": -1}),
    "centre_flow": (90, 400, {"cooling.heat_load": -1, "pressure_drop.upper": 1, "top.temperature": -1}),
    "cooling": (300, 540, {"hot_metal.temperature": -1, "hot_metal.silicon": -1, "hot_metal.sulphur": 1}),
    "heating": (180, 360, {"hot_metal.temperature": 1, "hot_metal.silicon": 1, "blast.pressure": 1}),
    "chill": (200, 480, {"hot_metal.temperature": -1, "hot_metal.sulphur": 1, "cooling.heat_load": -1}),
    "tilt": (30, 120, {"stockline.south": 1, "stockline.north": -1, "sectors[C].uptake_temperature": 1}),
    "zone_rise": (200, 540, {"top.temperature": 1, "pressure_drop.total": 1, "top_gas.utilisation": -1}),
    "tight": (15, 60, {"pressure_drop.total": 1, "permeability.index": -1, "blast.pressure": 1}),
    "top_hot": (10, 50, {"top.temperature": 1, "sectors[A].uptake_temperature": 1}),
    "top_cold": (60, 200, {"top.temperature": -1, "sectors[D].uptake_temperature": -1}),
    "surge": (2, 50, {"top.pressure": 1, "blast.pressure": 1}),
    "top_valve": (3, 30, {"top.pressure": -1, "blast.pressure": -1}),
    "gas_use": (20, 200, {"top_gas.utilisation": -1, "top_gas.co2": -1, "top_gas.co": 1}),
    "blower": (2, 15, {"blast.volume": -1, "blast.pressure": -1, "top.pressure": -1}),
    "char": (90, 200, {"pci.rate": 1, "raft.temperature": -1, "pressure_drop.lower": 1}),
    "oxygen_loss": (3, 20, {"oxygen.flow": -1, "raft.temperature": -1, "oxygen.enrichment": -1}),
    "stove": (30, 120, {"blast.temperature": -1, "raft.temperature": -1}),
    "humidity": (30, 150, {"blast.humidity": 1, "raft.temperature": -1}),
    "stop_restart": (30, 90, {"blast.volume": -1, "blast.pressure": -1, "top.pressure": -1, "pci.rate": -1}),
    "scaffold": (240, 540, {"sectors[A].wall_temperature": -1, "pressure_drop.upper": 1, "top_gas.utilisation": -1}),
    "peel": (5, 30, {"sectors[A].wall_temperature": 1, "sectors[A].heat_flux": 1, "cooling.heat_load": 1}),
    "dead_man": (300, 560, {"pressure_drop.lower": 1, "hot_metal.sulphur": 1}),
    "liquids": (60, 130, {"pressure_drop.lower": 1, "hearth.iron_gap": 1, "blast.pressure": 1}),
    "hole_stuck": (60, 130, {"pressure_drop.lower": 1, "hearth.iron_gap": 1}),
    "runaway": (5, 140, {"pressure_drop.lower": -1, "hearth.iron_gap": -1}),
    "high_sulphur": (150, 400, {"hot_metal.sulphur": 1}),
    "high_silicon": (150, 400, {"hot_metal.silicon": 1}),
    "low_silicon": (150, 400, {"hot_metal.silicon": -1}),
    "silicon_sulphur": (150, 400, {"hot_metal.silicon": 1, "hot_metal.sulphur": 1}),
    "tuyere_leak": (60, 200, {"cooling.makeup_water": 1, "top_gas.h2": 1}),
    "stave_leak": (60, 200, {"cooling.makeup_water": 1, "top_gas.h2": 1, "sectors[A].wall_temperature": -1}),
    "overload": (30, 120, {"sectors[A].wall_temperature": 1, "cooling.heat_load": 1}),
    "materials": (90, 300, {"pressure_drop.upper": 1, "top_gas.utilisation": -1}),
    "alkali": (300, 560, {"pressure_drop.lower": 1, "top_gas.utilisation": -1}),
    "charging": (15, 50, {"stockline.south": 1, "top.temperature": 1, "top_gas.utilisation": -1}),
}
"""Kind: minutes after the onset between which the means are compared, and the sign by tag."""


def cause(kind: str, severity: int = 3) -> Cause:
    """A cause of this kind in its first place, for its first reason, of middling length."""
    entry = REGISTRY[kind]
    place = PLACES[entry.place][0] if entry.place else ""
    at = {"sector" if entry.place == "sector" else "place": place}
    return Cause(kind, ONSET, sum(entry.lasts) // 2 * MINUTE, severity, **at)


SIGNS = [(kind, tag, sign) for kind, (_, _, tags) in EXPECTED.items() for tag, sign in tags.items()]


@pytest.mark.parametrize(("kind", "tag", "sign"), SIGNS)
def test_effect_has_the_expected_sign(effect, kind: str, tag: str, sign: int) -> None:
    """The mean difference to the twin has the sign of the knowledge base."""
    first, last, _ = EXPECTED[kind]
    assert effect(cause(kind), tag, first, last) * sign > 0.0


@pytest.mark.parametrize("kind", list(EXPECTED))
def test_effect_grows_with_severity(effect, kind: str) -> None:
    """Severity 5 moves the leading tag more than severity 1, in the same direction."""
    first, last, tags = EXPECTED[kind]
    tag, sign = next(iter(tags.items()))
    small, large = (sign * effect(cause(kind, severity), tag, first, last) for severity in (1, 5))
    assert 0.0 < small < large


@pytest.mark.parametrize("kind", list(EXPECTED))
def test_nothing_differs_before_the_onset(furnace_run, kind: str) -> None:
    """Up to the onset every sample is that of the twin."""
    plain, ours = furnace_run(3), furnace_run(3, (cause(kind),))
    before = {name: times < ONSET for name, times in plain.times.items()}
    differing = [n for n, b in before.items() if not np.array_equal(plain.values[n][b], ours.values[n][: b.sum()])]
    assert [] == differing


@pytest.mark.parametrize("kind", [k for k in EXPECTED if k not in ("cooling", "heating", "chill")])
def test_condition_is_labelled_once(furnace_run, kind: str) -> None:
    """The label of the condition begins within its window and is one."""
    labels = [x for x in furnace_run(3, (cause(kind),)).labels if x.condition == REGISTRY[kind].condition]
    starts = [(x.start - ONSET) // MINUTE for x in labels if x.start >= ONSET]
    assert (1, True) == (len(starts), 0 <= starts[0] <= REGISTRY[kind].window)


@pytest.mark.parametrize(("kind", "condition"), [("cooling", "C08"), ("heating", "C09"), ("chill", "C10")])
def test_thermal_condition_is_read_from_the_heat(furnace_run, kind: str, condition: str) -> None:
    """The label appears when the heat stock is there, hours after the cause began."""
    found = [x.start for x in furnace_run(3, (cause(kind, 4),)).labels if x.condition == condition and x.start > ONSET]
    assert 60 * MINUTE < min(found) - ONSET <= REGISTRY[kind].window * MINUTE


def test_two_at_once_add_up(effect, furnace_run) -> None:
    """A tight bed and a hot top together show both."""
    plain, both = furnace_run(3), furnace_run(3, (cause("tight"), cause("top_hot")))
    moved = {n: both.mean(n, 15, 45) - plain.mean(n, 15, 45) for n in ("pressure_drop.total", "top.temperature")}
    alone = effect(cause("tight"), "pressure_drop.total", 15, 45), effect(cause("top_hot"), "top.temperature", 15, 45)
    assert alone == pytest.approx(tuple(moved.values()), rel=0.05)

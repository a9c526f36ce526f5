"""Furnaces drawn from the wide spread."""

from __future__ import annotations

import numpy as np

from kb.furnace import VirtualFurnace
from kb.furnace.catalogue import load_variables
from kb.furnace.instruments import ALWAYS, lacks
from kb.furnace.mechanisms import NORMALS
from kb.furnace.scenario import hard_normal
from kb.furnace.traits import draw_traits


def test_gains_spread_from_0_6_to_1_5() -> None:
    """Over many seeds the gains fill the range and do not leave it."""
    gains = [draw_traits(seed, wide=True).bed_gain for seed in range(200)]
    assert (True, True) == (0.6 <= min(gains) < 0.65, 1.4 < max(gains) <= 1.5)


def test_usual_furnace_keeps_its_narrow_spread() -> None:
    """Without `wide` gains stay within 0.8-1.25 and told mechanisms keep their pace."""
    drawn = [draw_traits(seed) for seed in range(200)]
    assert all(0.8 <= t.heat_gain <= 1.25 and t.pace == 1.0 for t in drawn)


def test_some_furnaces_lack_some_tags() -> None:
    """A drawn furnace sends less than the whole list, another one something else."""
    whole = VirtualFurnace(1, 0).measured
    lacking = [set(whole) - set(VirtualFurnace(seed, 0, wide=True).measured) for seed in (1, 2, 3)]
    assert all(0 < len(x) < 0.3 * len(whole) for x in lacking) and lacking[0] != lacking[1]


def test_no_furnace_lacks_blast_and_charges() -> None:
    """Without these a furnace is not run."""
    assert not [(s, tag) for s in range(50) for tag in ALWAYS if lacks(s, tag)]


def test_sampling_differs_by_tag() -> None:
    """Some tags of a drawn furnace are read every second or third minute."""
    history = VirtualFurnace(2, 0, wide=True).history(360 * 60_000)
    counts = {len(h.source) for name, h in history.items() if not name.startswith(("stockline", "hot_metal"))}
    assert {120, 180, 360} <= counts


def test_noise_spreads() -> None:
    """The noise of one tag differs between drawn furnaces by more than half, and stays within 0.7-1.5 of usual."""

    def noise(seed: int, wide: bool) -> float:
        furnace = VirtualFurnace(seed, 0, variables={"cooling.flow": load_variables()["cooling.flow"]}, wide=wide)
        return float(np.std(np.diff(furnace.history(3 * 86_400_000)["cooling.flow"].count)))

    ratios = [noise(seed, True) / noise(seed, False) for seed in (4, 5, 6, 7, 8)]
    assert 0.65 < min(ratios) and max(ratios) < 1.6 and max(ratios) / min(ratios) > 1.2


def test_hard_normals_are_no_conditions() -> None:
    """Days of blast moves, calibrations and rod service leave no label but that of a planned stop and the heat."""
    causes = hard_normal(5, 0, 8)
    furnace = VirtualFurnace(5, 0, causes)
    furnace.skip(9 * 86_400_000)
    assert {"C54"} >= {x.condition for x in furnace.labels} - {"C08", "C09"}


def test_every_hard_normal_comes_up() -> None:
    """A month holds all seven of them."""
    causes = hard_normal(5, 0, 30)
    found = {c.kind if not c.is_instrument else c.tag.split(".")[0] for c in causes}
    assert {*NORMALS, "top_gas", "stockline", "stop_restart"} == found

"""Furnaces drawn from the wide spread."""

from __future__ import annotations

from kb.furnace.traits import draw_traits


def test_gains_spread_from_0_6_to_1_5() -> None:
    """Over many seeds the gains fill the range and do not leave it."""
    gains = [draw_traits(seed, wide=True).bed_gain for seed in range(200)]
    assert (True, True) == (0.6 <= min(gains) < 0.65, 1.4 < max(gains) <= 1.5)


def test_usual_furnace_keeps_its_narrow_spread() -> None:
    """Without `wide` gains stay within 0.8-1.25 and told mechanisms keep their pace."""
    drawn = [draw_traits(seed) for seed in range(200)]
    assert all(0.8 <= t.heat_gain <= 1.25 and t.pace == 1.0 for t in drawn)

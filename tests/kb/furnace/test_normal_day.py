"""A furnace without causes behaves like a real one on a normal day."""

from __future__ import annotations

import numpy as np
import pytest

from kb.furnace.report import REFERENCE, sigmas

DAY = 86_400_000


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_sigmas_are_those_of_a_real_furnace(seed: int) -> None:
    """Each main signal's sigma over a month lies within 25 % of the reference."""
    off = {name: value / REFERENCE[name] for name, value in sigmas(seed).items()}
    assert {} == {name: ratio for name, ratio in off.items() if not 0.75 <= ratio <= 1.25}


def test_silicon_correlates_like_real_assays(furnace_run) -> None:
    """Successive assays correlate by about 0.65."""
    x = furnace_run(4, hours=720).values["hot_metal.silicon"]
    assert 0.65 == pytest.approx(np.corrcoef(x[1:], x[:-1])[0, 1], abs=0.1)


def test_charges_come_every_eight_minutes(furnace_run) -> None:
    """The median interval between charges is 7.5-12 min."""
    run = furnace_run(4, hours=24)
    steps = run.times["charge.count"][1:][np.diff(run.values["charge.count"]) > 0]
    assert 7.5 * 60_000 <= float(np.mean(np.diff(steps))) <= 12 * 60_000


def test_stockline_is_a_sawtooth(furnace_run) -> None:
    """Between charges the level falls by 0.08-0.11 m/min, at a charge it jumps up by about 0.7 m."""
    run = furnace_run(4, hours=24)
    steps = np.diff(run.values["stockline.south"])
    falling, jumps = steps[np.abs(steps) < 0.3], steps[steps < -0.3]
    assert (True, True) == (0.08 <= 3.0 * falling.mean() <= 0.11, -0.78 <= jumps.mean() <= -0.6)


def test_level_has_no_slope_over_hours(furnace_run) -> None:
    """Charging holds the stockline: its hourly means stay within 0.2 m."""
    level = furnace_run(4, hours=24).values["stockline.south"].reshape(24, -1).mean(axis=1)
    assert float(np.ptp(level)) < 0.2


def test_casts_last_90_to_150_minutes(furnace_run) -> None:
    """Casts last 90-150 min, with 10-20 min between."""
    open_ = furnace_run(4, hours=48).values["taphole.open"]
    edges = np.flatnonzero(np.diff(open_))
    lengths = np.diff(edges)[open_[edges[:-1] + 1] == 1.0]
    gaps = np.diff(edges)[open_[edges[:-1] + 1] == 0.0]
    assert (True, True) == (90 <= lengths.min() <= lengths.max() <= 151, 9 <= gaps.min() <= gaps.max() <= 21)


def test_stoves_change_every_45_to_60_minutes(furnace_run) -> None:
    """Changes come every 45-60 min and cost pressure and volume."""
    run = furnace_run(4, hours=48)
    changing = run.values["stove.changing"]
    starts = np.flatnonzero(np.diff(changing) > 0)
    pressure = run.values["blast.pressure"]
    dip = pressure[changing == 1.0].mean() - pressure[changing == 0.0].mean()
    assert (True, True) == (45 <= np.diff(starts).min() <= np.diff(starts).max() <= 61, -10.0 <= dip <= -4.0)


def test_equalising_spikes_follow_the_charges(furnace_run) -> None:
    """Top pressure spikes 5-8 times an hour."""
    pressure = furnace_run(4, hours=48).values["top.pressure"]
    spikes = np.sum(np.diff(pressure) > 2.0) / 48.0
    assert 5.0 <= spikes <= 8.0


def test_normal_ranges_fit(furnace_run) -> None:
    """The median of every variable with a normal range lies inside it."""
    run = furnace_run(4, hours=720)
    outside = {}
    for instrument in run.furnace._instruments:
        variable = instrument.variable
        median = float(np.median(run.values[instrument.name]))
        if variable.normal and not variable.normal[0] <= median <= variable.normal[1]:
            outside[instrument.name] = median
    assert {} == outside


def test_top_gas_closes(furnace_run) -> None:
    """CO, CO2, H2 and N2 add up to 100 %."""
    run = furnace_run(4, hours=24)
    total = sum(run.values[f"top_gas.{x}"] for x in ("co", "co2", "h2", "n2"))
    assert float(np.abs(total - 100.0).max()) < 1.0


def test_slips_stay_small_and_rare(furnace_run) -> None:
    """Between zero and two small slips a day on average."""
    level = furnace_run(4, hours=720).values["stockline.south"]
    slips = np.diff(level)[np.diff(level) > 0.25]
    assert (True, True) == (0.0 < len(slips) / 30.0 <= 2.0, bool(slips.max() < 0.95))

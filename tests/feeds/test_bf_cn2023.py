"""The map of a real furnace fits its recording; runs only where that recording lies beside the checkout."""

from __future__ import annotations

import pytest

from expert.feeds import Recording, load_recording
from expert.language.units import Units
from kb.furnace.catalogue import load_members, load_variables
from kb.paths import data_file
from tests.feeds.real import FOLDER, NEEDS_RECORDING

HOUR = 3_600_000
pytestmark = NEEDS_RECORDING


@pytest.fixture(scope="module")
def recording() -> Recording:
    units = Units(("Nm3 = [normal_volume]",))
    return load_recording(FOLDER, data_file("maps/bf_cn2023.yaml"), load_variables(), units, load_members())


def test_every_mapped_variable_has_data(recording: Recording) -> None:
    """No column of the map is empty."""
    assert recording.installed == frozenset(n for n, s in recording.series.items() if s.good.mean() > 0.9)


def test_most_of_the_recording_is_good(recording: Recording) -> None:
    """Less than one sample in a hundred is bad, and each has a known cause."""
    causes = {"missing", "placeholder", "range", "no row", "bad input of a formula", "ignored", "duplicate"}
    assert causes >= set(recording.counts)
    assert sum(recording.bad.values()) < 0.01 * len(recording)


def test_hourly_means_are_known_at_the_end_of_their_hour(recording: Recording) -> None:
    """The first row, stamped 13:00 in Shanghai, is known at 06:00 UTC."""
    first = recording.series["blast.pressure"].sample(0)
    assert (1_675_922_400_000, 1_675_922_400_000, 4100) == (first.source, first.arrival, first.count)


def test_the_permeability_index_has_the_unit_of_the_map(recording: Recording) -> None:
    """The plant's own index is its blast volume by its pressure drop in the unit that the map gives it."""
    index, volume, drop = (
        recording.series[n].count / scale
        for n, scale in (("permeability.index", 100), ("blast.volume", 1), ("pressure_drop.total", 10))
    )
    good = recording.series["permeability.index"].good
    assert abs(float((index[good] * drop[good] / volume[good]).mean()) - 1) < 0.02


def test_utilisation_follows_from_the_analyses(recording: Recording) -> None:
    """Gas utilisation of a furnace in operation lies between 40 and 50 %."""
    use = recording.series["top_gas.utilisation"]
    share = ((use.count[use.good] > 4000) & (use.count[use.good] < 5000)).mean()
    assert share > 0.95


def test_the_run_is_hourly(recording: Recording) -> None:
    """Variables of the process table have a period of one hour, and scans are asked for hourly."""
    assert (HOUR, HOUR, 3 * HOUR) == (
        recording.scan_period,
        recording.variables["blast.pressure"].period,
        recording.variables["sectors.uptake_temperature"].max_age,
    )

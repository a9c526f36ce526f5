"""Features come from what has arrived, newest revision each, exactly summed."""

from __future__ import annotations

import random

import pytest

from kb.models.dataset import DAY, examples, furnace
from kb.models.features import FEATURES, HOUR, KEEP, METAL, TARGET, VARIABLES, Series, Store, outcome, vector
from kb.models.silicon import HORIZON, MODEL, SiliconPort

MINUTE = 60_000
NAMES = [f.name for f in FEATURES]


def store() -> Store:
    return Store(dict.fromkeys(VARIABLES, "0.001"))


def feature(held: Store, t: int, name: str) -> float | None:
    return vector(held, t)[NAMES.index(name)]


def test_live_features_equal_training_features_bit_by_bit() -> None:
    """Fed sample by sample and minute by minute, a port's store gives the very numbers of the training rows."""
    days, seed = 4, 41
    rows = {row.t: row.values for row in examples(seed, days)}
    port, plant, live = SiliconPort(), furnace(seed, days), {}
    for now in range(0, days * DAY, 20 * MINUTE):
        port.observe(plant.advance(now))
        port.answer(now, now, [(MODEL, "below", 0.35, HORIZON)])
        if now in rows:
            live[now] = tuple(vector(port.store, now))
    assert len(rows) > 30
    assert rows == live


def test_a_sample_counts_up_to_the_feature_time_only() -> None:
    """A source time after T is not read, even when the sample is there already."""
    held = store()
    held.take(TARGET, HOUR, HOUR, 400)
    held.take(TARGET, HOUR + 1, HOUR, 900)
    assert 0.4 == feature(held, HOUR, f"{TARGET}.last")


def test_mean_is_exact_over_its_window() -> None:
    """A window is open at its start and closed at its end; the integers are summed and divided once."""
    held = store()
    for source, count in ((0, 1_000_000), (1, 100), (HOUR // 2, 101), (HOUR, 101), (HOUR + 1, 1_000_000)):
        held.take("pci.rate", source, source, count)
    assert (100 + 101 + 101) / 3_000 == feature(held, HOUR, "pci.rate.mean.0-1h")


def test_mean_of_the_last_takes_the_newest_by_source_time() -> None:
    """Assays that arrive in another order than they were sampled count by when they were sampled."""
    held = store()
    for source, count in ((3, 30), (1, 1_000), (4, 40), (2, 20)):
        held.take(TARGET, source * MINUTE, HOUR, count)
    assert 90 / 3_000 == feature(held, HOUR, f"{TARGET}.mean_last.3")


@pytest.mark.parametrize(("variable", "hours"), [(TARGET, 4), (METAL, 3)])
def test_old_sample_is_no_last_value(variable: str, hours: int) -> None:
    """A newest sample counts until it is too old to speak for the furnace now; then the feature is missing."""
    held = store()
    held.take(variable, 0, 0, 400)
    found = [feature(held, t, f"{variable}.mean_last.3") for t in (hours * HOUR, hours * HOUR + 1)]
    assert [0.4, None] == found


def test_bad_sample_does_not_make_the_last_one_younger() -> None:
    """A bad assay keeps nothing alive."""
    held = store()
    held.take(TARGET, 0, 0, 400)
    held.take(TARGET, 3 * HOUR, 3 * HOUR, None)
    assert None is feature(held, 5 * HOUR, f"{TARGET}.last")


def test_nothing_arrived_is_missing_not_zero() -> None:
    """Without samples every feature is missing."""
    assert [None] * len(FEATURES) == vector(store(), HOUR)


@pytest.mark.parametrize(
    ("revisions", "expected"),
    [
        ([(5, 400), (6, 500)], 0.5),
        ([(6, 500), (5, 400)], 0.5),
        ([(5, 400), (5, 500)], 0.5),
        ([(5, 500), (5, 400)], 0.5),
        ([(5, 500), (5, None)], None),
        ([(5, None), (5, 500)], None),
        ([(5, 500), (6, None)], None),
        ([(5, None), (6, 500)], 0.5),
    ],
)
def test_the_later_arrival_is_the_revision(revisions: list[tuple[int, int | None]], expected: float | None) -> None:
    """Same source time: the later arrival counts; equal arrivals: bad wins, then the larger value."""
    series = Series("0.001")
    for arrival, count in revisions:
        series.take(0, arrival, count)
    assert expected == series.mean_last(1, 10)


def test_order_of_taking_does_not_matter() -> None:
    """Any order of the same samples leaves the same numbers."""
    rows = [(i * MINUTE % (3 * HOUR), i, 300 + i % 7 if i % 5 else None) for i in range(200)]
    found = []
    for seed in (1, 2):
        shuffled, series = list(rows), Series("0.001")
        random.Random(seed).shuffle(shuffled)
        for row in shuffled:
            series.take(*row)
        found.append((series.sources, series.counts))
    assert found[0] == found[1]


def test_pruning_changes_no_feature() -> None:
    """What is forgotten is older than any feature reads."""
    held, full = store(), store()
    for variable in VARIABLES:
        for source in range(0, 40 * HOUR, 20 * MINUTE):
            for s in (held, full):
                s.take(variable, source, source, source // MINUTE)
    held.prune(40 * HOUR)
    assert len(held.series["pci.rate"].sources) < len(full.series["pci.rate"].sources)
    assert vector(full, 40 * HOUR) == vector(held, 40 * HOUR)


def test_assays_stay_for_a_day() -> None:
    """The long memory of the laboratory's variables covers their longest window."""
    assert (True, True) == (KEEP[TARGET] >= 25 * HOUR, KEEP[METAL] >= 25 * HOUR)


def test_outcome_is_the_mean_of_the_second_hours_assays() -> None:
    """The target of T is the mean of what was sampled in (T + 1 h, T + 2 h]."""
    held = store()
    for source, count in ((HOUR, 100), (HOUR + 1, 400), (2 * HOUR, 500), (2 * HOUR + 1, 900)):
        held.take(TARGET, source, source, count)
    assert 0.45 == outcome(held, 0)


def test_hour_without_assays_has_no_outcome() -> None:
    """Between casts nothing is sampled: there is no outcome, and none is made up."""
    assert None is outcome(store(), 0)

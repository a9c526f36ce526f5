"""Registered window features: exact where they can be, recorded where they cannot, the same from lists and arrays."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from expert.compile import load_program_from_sources
from expert.engine.session import Session
from expert.explain import why
from expert.language.printer import print_condition
from expert.values.features import FEATURES, Samples, WindowFeature, register
from expert.values.types import ScanRecord
from tests.engine.build import MINUTE, T0, Bench, bytes_of, good, program, rule, run_of, state
from tests.explain.scenes import evidence

SWING = rule("one", "band_rms(a.x, 20 min, 0.001 Hz, 0.005 Hz) > 3 kPa", "for: 2 min")
COUNTS = st.lists(st.integers(0, 100), min_size=6, max_size=40)


def samples(counts: list[int], *settings: float, period: int = MINUTE) -> Samples:
    """A complete window."""
    times = [T0 + i * period for i in range(len(counts))]
    return Samples(times, counts, Fraction(1, 10), period, len(counts), settings)


def wave(i: int) -> int:
    """A swing of ten minutes."""
    return 50 + round(10 * math.sin(2 * math.pi * i / 10))


def play(bench: Bench, minutes: int) -> list[ScanRecord]:
    """A swing of ten minutes on a.x."""
    return [bench.scan(i, [good("a.x", i, wave(i))]) for i in range(minutes)]


# ---------------------------------------------------------------- the functions


@given(COUNTS)
def test_arrays_and_lists_give_the_same_bits(counts: list[int]) -> None:
    """One function serves a scan and a stretch of years."""
    for name, settings in (("residual", ()), ("autocorrelation", (120.0,)), ("band_rms", (0.001, 0.008))):
        a = samples(counts, *settings)
        b = replace(a, times=np.array(a.times), counts=np.array(counts, dtype=np.int64))
        assert FEATURES[name].compute(a) == FEATURES[name].compute(b)


@given(COUNTS)
def test_the_residual_is_what_least_squares_leaves(counts: list[int]) -> None:
    """Against NumPy, to its rounding."""
    t = np.arange(len(counts))
    left = np.array(counts) - np.polyval(np.polyfit(t, counts, 1), t)
    assert math.isclose(FEATURES["residual"].compute(samples(counts)) or 0.0, left.std() / 10, abs_tol=1e-7)


@given(st.integers(0, 50), st.integers(-3, 3), st.integers(6, 40))
def test_a_straight_line_has_no_residual(start: int, step: int, n: int) -> None:
    """Exactly none: sums are exact."""
    assert 0.0 == FEATURES["residual"].compute(samples([start + step * i for i in range(n)]))


@given(COUNTS)
def test_all_bands_together_are_the_standard_deviation(counts: list[int]) -> None:
    """What swings, swings somewhere in the spectrum."""
    whole = FEATURES["band_rms"].compute(samples(counts, 0.0, 1.0))
    assert math.isclose(whole or 0.0, np.std(counts) / 10, abs_tol=1e-9)


def test_a_band_sees_its_own_swing_only() -> None:
    """A swing of ten minutes lies between 0.0015 and 0.002 Hz."""
    window = [wave(i) for i in range(60)]
    inside, outside = (
        FEATURES["band_rms"].compute(samples(window, *band)) for band in ((0.0015, 0.002), (0.003, 0.008))
    )
    assert 0.68 < (inside or 0) < 0.75 and (outside or 0) < 0.05


def test_autocorrelation_finds_the_length_of_a_swing() -> None:
    """One after a whole swing, minus one after half of it, nothing where nothing moves."""
    window = [wave(i) for i in range(60)]
    found = [FEATURES["autocorrelation"].compute(samples(window, s)) for s in (600.0, 300.0)]
    assert found[0] > 0.99 and found[1] < -0.99  # type: ignore[operator]
    assert FEATURES["autocorrelation"].compute(samples([50] * 10, 120.0)) is None


def test_samples_of_one_time_have_no_trend() -> None:
    """Undefined, not zero."""
    assert FEATURES["residual"].compute(Samples([T0, T0, T0], [1, 2, 3], Fraction(1), MINUTE, 3)) is None


# ---------------------------------------------------------------- in scans


def test_an_inexact_feature_is_recorded_with_the_input() -> None:
    """Whoever derives the scan again finds the number there; a scan without the feature records none."""
    records = play(Bench(SWING), 25)
    key, value = records[-1].input.computed[0]
    assert (value, 1) == (records[-1].nodes[key]["v"], len(records[-1].input.computed))
    assert () == Bench(rule("one", "residual(a.x, 5 min) > 3 kPa")).play("a.x", [1, 2, 3, 4, 5]).input.computed


def nudged(record: ScanRecord, by: float) -> ScanRecord:
    """The record's input as another machine's last bits would have it."""
    computed = tuple((k, v + by) for k, v in record.input.computed)
    return replace(record, input=replace(record.input, computed=computed))


def again(records: list[ScanRecord]) -> list[ScanRecord]:
    """The scans derived again from their recorded inputs."""
    session = Session(program(SWING))
    return [session.scan(r.input) for r in records]


def test_a_replay_gives_the_same_bytes() -> None:
    """From the recorded inputs."""
    records = play(Bench(SWING), 25)
    assert [bytes_of(r) for r in records] == [bytes_of(r) for r in again(records)]
    assert "raised" == state(records[-1])


def test_another_machines_last_bits_are_taken_as_recorded() -> None:
    """Within the tolerance the recorded number is used, everywhere."""
    records = [nudged(r, 1e-12) for r in play(Bench(SWING), 25)]
    derived = again(records)
    assert [r.input for r in records] == [r.input for r in derived]
    key, value = records[-1].input.computed[0]
    assert value == derived[-1].nodes[key]["v"]


def test_a_recorded_number_that_is_wrong_is_not_taken() -> None:
    """Beyond the tolerance the bytes differ, and a replay says so."""
    records = [nudged(r, 1e-3) for r in play(Bench(SWING), 25)]
    assert records[-1].input != again(records)[-1].input


def test_a_restart_changes_no_byte() -> None:
    """The feature of a window needs nothing but its samples."""
    whole = [bytes_of(r) for r in play(Bench(SWING), 25)]
    bench = Bench(SWING)
    play(bench, 15)
    bench.session = Session.restore(bench.program, json.loads(json.dumps(bench.session.snapshot())))
    assert whole[15:] == [bytes_of(bench.scan(i, [good("a.x", i, wave(i))])) for i in range(15, 25)]


def test_a_plant_that_samples_too_slowly_does_without() -> None:
    """The condition is removed like one whose variable was never installed."""
    slow = replace(program(SWING).site.variables["a.x"], period=5 * MINUTE)
    loaded = load_program_from_sources(program(SWING).sources, variables={"a.x": slow})
    assert [(0, True)] == [(g.coverage, g.off) for layer in loaded.strata for g in layer]


def test_missing_samples_next_to_an_end_of_the_range_make_it_unknown() -> None:
    """Nobody knows how far it went there."""
    bench = Bench(rule("one", "residual(a.x, 5 min) > 2 kPa"))
    record = bench.play("a.x", [99, 80, 99, None, 80])
    assert [0, 1_000_000] == record.nodes["rule:t.one"]["when"]


def test_why_says_what_it_is() -> None:
    """The window and the band in the reader's words, in both languages."""
    bench = Bench(SWING)
    record = play(bench, 25)[-1]
    pages = {
        lang: "\n".join(evidence(why(bench.program, record, "t.one", (), lang, width=120))) for lang in ("en", "zh")
    }
    assert "X (swing from 0.001 Hz to 0.005 Hz in 20 min)" in pages["en"]
    assert "20/20 samples" in pages["en"]
    assert "X（20 min 内 0.001 Hz 至 0.005 Hz 的波动）" in pages["zh"]


def test_it_is_printed_as_it_is_written() -> None:
    """The printer and the parser agree."""
    when = program(SWING).rules["t.one"].when
    assert "band_rms(a.x, 20 min, 0.001 Hz, 0.005 Hz) > 3 kPa" == print_condition(when)


def test_over_the_members_of_a_set() -> None:
    """A feature stands wherever a window does."""
    bench = Bench(rule("one", "max(residual(pumps.t, 5 min)) > 3 degC"))
    for i in range(5):
        record = bench.scan(i, [good(f"pumps[{m}].t", i, 50 + (i % 2) * (10 if m == "B" else 0)) for m in "ABC"])
    assert "raised" == state(record)


# ---------------------------------------------------------------- a feature of one's own


@pytest.fixture()
def own() -> Iterator[None]:
    """A feature that only this test knows."""
    register(
        WindowFeature(
            name="mean_square", compute=lambda w: float(sum(int(x) ** 2 for x in w.counts)) / len(w.counts), power=0,
            least=2, words={"en": "mean square in {T}", "zh": "{T} 均方"}, doc="for the test",
        )
    )  # fmt: skip
    yield
    del FEATURES["mean_square"]


def test_a_registered_feature_is_part_of_the_language(own: None) -> None:
    """No other place has to know of it."""
    bench = Bench(rule("one", "mean_square(a.x, 3 min) > 100"))
    assert "raised" == state(bench.play("a.x", [11, 11, 11]))


def test_a_name_is_registered_once() -> None:
    """Neither twice, nor for windows of one sample."""
    with pytest.raises(ValueError, match="residual is registered already"):
        register(FEATURES["residual"])
    with pytest.raises(ValueError, match="needs at least two samples, not 1"):
        register(replace(FEATURES["residual"], name="other", least=1))


def test_run_of_a_feature_needs_its_fewest_samples() -> None:
    """Fewer than it asks for: unknown, with the count."""
    record = Bench(rule("one", "autocorrelation(a.x, 5 min, 2 min) > 0.5")).scan(2, run_of("a.x", [50, 51, 53]))
    assert "coverage|3/4" in [n["why"] for n in record.nodes.values() if isinstance(n, dict) and "why" in n]

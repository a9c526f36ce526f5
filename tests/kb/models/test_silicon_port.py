"""The port of the silicon model: nothing from the future, honest intervals, silence where it knows nothing."""

from __future__ import annotations

import dataclasses
import json
import random
import statistics
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from expert.texts import LANGUAGES, keys
from expert.trace.canonical import canonical
from expert.values.interval import ONE
from expert.values.types import ModelAnswer, Sample
from kb.furnace import Cause, History, VirtualFurnace
from kb.models.features import HOUR, METAL, TARGET, VARIABLES
from kb.models.scores import live
from kb.models.silicon import GRID, HORIZON, MODEL, SiliconPort
from tests.kb.models.conftest import DAY, MINUTE, MONTH, SEED, cut, only, samples

LOW = (MODEL, "below", 0.35, HORIZON)
PROCESS = tuple(v for v in VARIABLES if v not in (TARGET, METAL))


def ask(port: SiliconPort, now: int) -> ModelAnswer:
    return port.answer(now, now, [LOW])[0]


def run(port: SiliconPort, arriving: Sequence[Sample], hours: int, step: int = 10 * MINUTE) -> list[ModelAnswer]:
    """Answers at every step of the hours after the month."""
    out, i = [], 0
    for now in range(MONTH + step, MONTH + hours * HOUR + 1, step):
        j = i
        while j < len(arriving) and arriving[j].arrival <= now:
            j += 1
        port.observe(arriving[i:j])
        out.append(ask(port, now))
        i = j
    return out


def unknown(answer: ModelAnswer) -> bool:
    return (answer.support, answer.plausibility, answer.value, answer.low, answer.high) == (0, ONE, None, None, None)


# ---------------------------------------------------------------- what it says


def test_answer_of_a_warm_port(warm: SiliconPort) -> None:
    """A value inside its interval, a narrow probability, no reason, and the file that it came from."""
    a = ask(warm, MONTH)
    assert (True, True, "", warm.artifact.digest) == (
        a.low < a.value < a.high,
        0 <= a.support < a.plausibility <= a.support + 5_000,
        a.reason,
        a.artifact,
    )


def test_each_question_gets_its_answer(warm: SiliconPort) -> None:
    """Answers come in the order of the questions, with their words unchanged."""
    asked = [(MODEL, "above", 0.7, HORIZON), LOW, (MODEL, "below", 0.1 + 0.2, HORIZON)]
    assert asked == [(a.model, a.op, a.limit, a.ahead) for a in warm.answer(MONTH, MONTH, asked)]


def test_above_mirrors_below(warm: SiliconPort) -> None:
    """The probabilities of both sides of a limit complete each other."""
    below, above = warm.answer(MONTH, MONTH, [LOW, (MODEL, "above", 0.35, HORIZON)])
    assert (ONE - below.plausibility, ONE - below.support) == (above.support, above.plausibility)


def test_answer_is_json(warm: SiliconPort) -> None:
    """An answer goes on record as it is."""
    assert canonical(dataclasses.asdict(ask(warm, MONTH)))


def test_interval_never_reaches_below_zero(warm: SiliconPort) -> None:
    """Ends of the interval stay where silicon can be."""
    for errors in (warm.ridge, warm.ar1):
        for _ in range(60):
            errors.learn(2.0, 0.1)
    assert 0.0 == ask(warm, MONTH).low


def test_lost_coal_makes_low_silicon_likely(warm: SiliconPort, day: Callable[..., list[Sample]]) -> None:
    """Hours after coal injection has failed, the model says more than 80 % for silicon below 0.35 %."""
    stop = Cause("pci_stop", MONTH + 30 * MINUTE, 50 * MINUTE, severity=5)
    said = run(warm, day(8, stop), 8)
    assert max(a.support for a in said) > 800_000


# ---------------------------------------------------------------- nothing from the future


def test_what_has_not_arrived_changes_nothing(month: dict[str, History]) -> None:
    """With everything that arrives after T scrambled, every forecast up to T stays the same to the bit."""
    until, random_ = 3 * DAY, random.Random(1)
    arriving = samples(cut(month, 4 * DAY))
    scrambled = [dataclasses.replace(s, count=random_.randrange(3_000)) if s.arrival > until else s for s in arriving]
    plain, other = SiliconPort(), SiliconPort()
    plain.observe(arriving)
    other.observe(scrambled)
    made = [[f for f in port._made if f.t <= until] for port in (plain, other)]
    assert (True, True) == (len(made[0]) > 800, list(plain._made) != list(other._made))
    assert made[0] == made[1]


def test_assay_counts_from_its_arrival_on(warm: SiliconPort) -> None:
    """An assay sampled before T but reported after it moves the next forecast, not that of T."""
    t = MONTH + GRID
    usual = ask(warm, t).value
    state = warm.snapshot()
    warm.observe([Sample(TARGET, t - 25 * MINUTE, t + 1, 900)])
    ahead = SiliconPort()
    ahead.restore(state)
    ahead.observe([Sample(TARGET, t - 25 * MINUTE, t + 1, 900)])
    assert (usual, True) == (ask(ahead, t).value, ask(warm, t + GRID).value > usual + 0.02)


def test_batches_of_samples_do_not_matter(month: dict[str, History], day: Callable[..., list[Sample]]) -> None:
    """One call with everything shuffled and many calls in order leave the same state."""
    arriving = samples(cut({n: only(h, h.source > MONTH - 3 * DAY) for n, h in month.items()}, MONTH))
    single, many = SiliconPort(), SiliconPort()
    shuffled = list(arriving)
    random.Random(2).shuffle(shuffled)
    single.observe(shuffled)
    for s in arriving:
        many.observe([s])
    assert canonical(single.snapshot()) == canonical(many.snapshot())


def test_warm_up_equals_living_through_it(month: dict[str, History]) -> None:
    """The quick way and sample by sample say the same."""
    short = cut(month, 5 * DAY)
    quick, slow = SiliconPort(), SiliconPort()
    quick.warm_up(short)
    slow.observe(samples(short))
    assert (ask(slow, 5 * DAY), slow.snapshot()) == (ask(quick, 5 * DAY), quick.snapshot())


def test_warm_up_ends_where_the_run_begins(month: dict[str, History]) -> None:
    """History that overlaps the run is left out from the run's start on."""
    whole, part = SiliconPort(), SiliconPort()
    whole.warm_up(month, before=3 * DAY + 1)
    part.warm_up(cut(month, 3 * DAY))
    assert part.snapshot() == whole.snapshot()


def test_late_scan_gets_the_forecast_of_its_own_time(warm: SiliconPort, day: Callable[..., list[Sample]]) -> None:
    """A scan that runs hours late is answered with what was predicted for its time, not for now."""
    arriving = day(3)
    in_time = SiliconPort()
    in_time.restore(warm.snapshot())
    on_time = [a.value for a in run(in_time, arriving, 3)]
    warm.observe(arriving)
    late = [
        warm.answer(now, MONTH + 3 * HOUR, [LOW])[0].value
        for now in range(MONTH + 10 * MINUTE, MONTH + 3 * HOUR + 1, 10 * MINUTE)
    ]
    assert on_time == late


# ---------------------------------------------------------------- honest


@pytest.mark.parametrize("rough", [False, True])
def test_intervals_cover_on_unseen_furnaces(rough: bool, capsys: pytest.CaptureFixture[str]) -> None:
    """Over a month each of two furnaces that nobody trained on, 90 % intervals hold at least 85 % of the outcomes."""
    model = SiliconPort().artifact
    rows = [row for seed in (51, 52) for row in live(model, seed, 30, rough) if row.answer.value is not None]
    held = statistics.fmean(row.answer.low <= row.truth <= row.answer.high for row in rows)
    with capsys.disabled():
        print(f"\n{'rough' if rough else 'quiet'} month: {held:.3f} of {len(rows)} outcomes inside the 90 % interval")
    assert held >= 0.85


def test_errors_are_learned_when_the_laboratory_has_reported(warm: SiliconPort, day: Any) -> None:
    """An hour's prediction is judged three hours later, once, by the mean of the assays of its second hour."""
    judged = []
    warm.on_outcome = lambda pending, truth: judged.append((pending.forecast.t, truth))
    arriving = day(12)
    run(warm, arriving, 12)
    expected = {}
    for t in range(MONTH + HOUR, MONTH + 10 * HOUR, HOUR):
        assays = [s.count / 1000 for s in arriving if s.variable == TARGET and t + HOUR < s.source <= t + 2 * HOUR]
        if assays:
            expected[t] = statistics.fmean(assays)
    assert expected == pytest.approx({t: y for t, y in judged if t in expected}, abs=6e-5)


# ---------------------------------------------------------------- silent


def test_nothing_arrived_yet(warm: SiliconPort) -> None:
    """A port that has seen nothing knows nothing and says so."""
    a = ask(SiliconPort(), MONTH)
    assert (True, "no data") == (unknown(a), a.reason)


def test_cold_start_has_too_few_errors(month: dict[str, History]) -> None:
    """After a day there are predictions but not yet the errors to judge them by."""
    port = SiliconPort()
    port.warm_up(cut(month, DAY))
    a = ask(port, DAY)
    assert (True, "few residuals") == (unknown(a), a.reason.partition("|")[0])


def test_stale_assays_widen(warm: SiliconPort, day: Callable[..., list[Sample]]) -> None:
    """When the laboratory is silent for more than four hours, anything is possible, with the age as reason."""
    said = run(warm, day(6, without=(TARGET,)), 6)
    assert (True, "target stale|6 h") == (unknown(said[-1]), said[-1].reason)


def test_bad_assays_do_not_count_as_news(warm: SiliconPort, day: Callable[..., list[Sample]]) -> None:
    """Assays with a bad status are as good as none."""
    spoilt = [
        dataclasses.replace(s, count=None, quality="bad", note="status") if s.variable == TARGET else s for s in day(6)
    ]
    assert "target stale|6 h" == run(warm, spoilt, 6)[-1].reason


@pytest.mark.parametrize("quality", ["bad", "uncertain"])
def test_doubtful_outliers_are_not_read(warm: SiliconPort, quality: Any) -> None:
    """A value that is not good moves nothing."""
    before = ask(warm, MONTH).value
    warm.observe([Sample("pci.rate", MONTH + 1, MONTH + 2, 0, quality, "range")])
    assert before == pytest.approx(ask(warm, MONTH + GRID).value, abs=0.02)


def test_input_outside_the_training_widens(warm: SiliconPort, day: Callable[..., list[Sample]]) -> None:
    """A flame temperature that no training furnace had: anything is possible, and the reason names it."""
    cold = [dataclasses.replace(s, count=1_800) if s.variable == "raft.temperature" else s for s in day(2)]
    said = run(warm, cold, 2)
    assert (True, "outside training|raft.temperature") == (unknown(said[-1]), said[-1].reason)


def test_domain_returns_with_the_input(warm: SiliconPort, day: Callable[..., list[Sample]]) -> None:
    """Once the strange values have left the windows, the model answers again."""
    cold = [
        dataclasses.replace(s, count=1_800) if s.variable == "raft.temperature" and s.source < MONTH + HOUR else s
        for s in day(7)
    ]
    said = run(warm, cold, 7)
    assert (True, False) == (any(unknown(a) for a in said), unknown(said[-1]))


def test_other_horizon_is_refused(warm: SiliconPort) -> None:
    """Asked for another time ahead, it says what it can do."""
    a = warm.answer(MONTH, MONTH, [(MODEL, "below", 0.35, 4 * HOUR)])[0]
    assert (True, "other horizon|2 h") == (unknown(a), a.reason)


def test_scan_before_the_first_forecast_gets_none(warm: SiliconPort) -> None:
    """A time for which no forecast is kept is unknown, not answered with another time's."""
    a = warm.answer(MONTH - DAY, MONTH, [LOW])[0]
    assert (True, "no forecast") == (unknown(a), a.reason)


def test_used_up_miscoverage_is_silent(warm: SiliconPort) -> None:
    """When its errors give no bounded interval any more, the model says nothing."""
    warm.ridge.alpha = 0
    a = ask(warm, MONTH)
    assert (True, "no bound") == (unknown(a), a.reason)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_reason_has_words(lang: str) -> None:
    """Each reason code that the port can give is a sentence in both languages."""
    codes = (
        "no data", "target stale", "outside training", "few residuals", "no bound", "other horizon", "no forecast",
        "inputs missing", "own history", "own history does better",
    )  # fmt: skip
    assert [] == [c for c in codes if "why_" + c.replace(" ", "_") not in keys(lang)]


# ---------------------------------------------------------------- with less


def test_one_missing_input_is_named(warm: SiliconPort, day: Callable[..., list[Sample]]) -> None:
    """Without flame temperature the model goes on with its usual value and says so."""
    said = run(warm, day(3, without=("raft.temperature",)), 3)[-1]
    assert (False, "inputs missing|raft.temperature") == (unknown(said), said.reason)


def test_most_inputs_missing_leaves_the_assays(warm: SiliconPort, day: Callable[..., list[Sample]]) -> None:
    """Without any process signal the answer is AR(1)'s, judged by its own errors."""
    said = run(warm, day(3, without=PROCESS), 3)[-1]
    value = warm.artifact.ar1(warm.store.series[TARGET].mean_last(1, MONTH + 3 * HOUR) or 0.0)
    expected = value, warm.ar1.band(value).low
    assert (f"own history|{', '.join(PROCESS)}", expected) == (
        said.reason, pytest.approx((said.value, said.low), abs=2e-4)
    )  # fmt: skip


def test_fallback_when_ridge_does_worse(warm: SiliconPort) -> None:
    """When the assays alone have clearly done better lately, the answer is theirs."""
    for i in range(200):
        warm.ridge.learn(0.4, 0.4 + 0.3 * (-1) ** i)
    a = ask(warm, MONTH)
    assert ("own history does better", warm._made[0].ar1) == (a.reason, a.value)


# ---------------------------------------------------------------- going on


def test_restored_port_continues_identically(warm: SiliconPort, day: Callable[..., list[Sample]]) -> None:
    """Killed at some scan and restored through JSON, a port gives the same answers and ends in the same state."""
    arriving = day(6)
    middle = MONTH + 3 * HOUR
    run(warm, [s for s in arriving if s.arrival <= middle], 3)
    again = SiliconPort()
    again.restore(json.loads(canonical(warm.snapshot())))
    rest = [s for s in arriving if s.arrival > middle]
    first, second = run(warm, rest, 6), run(again, rest, 6)
    assert (first, canonical(warm.snapshot())) == (second, canonical(again.snapshot()))


def test_port_restored_from_an_older_snapshot_catches_up(warm: SiliconPort, day: Callable[..., list[Sample]]) -> None:
    """Shown what arrived since the snapshot, without a scan in between, it says the same as the one that ran on."""
    arriving, again = day(4), SiliconPort()
    again.restore(json.loads(canonical(warm.snapshot())))
    expected = run(warm, arriving, 4)[-1]
    again.observe(arriving)
    assert expected == ask(again, MONTH + 4 * HOUR)


def test_errors_of_another_artifact_are_left_behind(warm: SiliconPort) -> None:
    """After a new training the old errors say nothing: the port keeps its samples and starts to collect."""
    state = warm.snapshot() | {"artifact": "another"}
    fresh = SiliconPort()
    fresh.restore(state)
    ask(fresh, MONTH)
    assert "few residuals|0" == ask(fresh, MONTH + GRID).reason


def test_two_furnaces_two_stories() -> None:
    """Another seed gives other answers; the same seed the same."""
    found = []
    for seed in (61, 61, 62):
        port = SiliconPort()
        port.warm_up(VirtualFurnace(seed, 0).history(6 * DAY))
        found.append(ask(port, 6 * DAY))
    assert (True, False) == (found[0] == found[1], found[0] == found[2])


def test_seed_of_these_tests_was_not_trained_on() -> None:
    """The furnaces of this file are unseen."""
    assert set() == {SEED, 51, 52} & set(SiliconPort().artifact.card["training"]["seeds"])

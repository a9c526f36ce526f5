"""Expectations: what a rise promised is scored by what is known, and by nothing else."""

from __future__ import annotations

import json

import pytest

from expert.engine.ledger import KEPT
from expert.engine.session import Session
from expert.values.types import Expectation, Row, ScanInput, ScanRecord
from tests.engine.build import MINUTE, T0, Bench, bytes_of, good, program, rule, run_of

ONE = rule("one", "a.x > 50 kPa", "expect: a.y > 50 kPa within 5 min")


def play(bench: Bench, y: list[int | None], x: list[int] | None = None) -> list[ScanRecord]:
    """Minute by minute: a.y as given, and a.x that raises the rule at minute 0."""
    xs = x or [60] * len(y)
    return [
        bench.scan(i, [*run_of("a.x", [xs[i]], i), *run_of("a.y", [v], i)])
        for i, v in enumerate(y)
    ]  # fmt: skip


def states(records: list[ScanRecord]) -> list[str]:
    """State of the only expectation of each record; '' where there is none."""
    return [r.expectations[0].state if r.expectations else "" for r in records]


def test_it_is_right_when_it_is_seen_in_time() -> None:
    """The expectation is decided at the scan that sees it, and is gone after that."""
    records = play(Bench(ONE), [40, 40, 40, 60, 60])
    assert ["open", "open", "open", "right", ""] == states(records)
    expected = Expectation("t.one", (), T0, T0 + 5 * MINUTE, "right", T0 + 3 * MINUTE, 0)
    assert (expected,) == records[3].expectations


def test_it_is_seen_in_time_at_the_deadline() -> None:
    """The deadline itself still counts."""
    assert "right" == states(play(Bench(ONE), [40] * 5 + [60]))[5]


def test_it_is_wrong_when_it_was_known_not_to_hold_all_along() -> None:
    """Only at the deadline, and though the condition holds later."""
    assert ["open"] * 5 + ["wrong", ""] == states(play(Bench(ONE), [40] * 6 + [60]))


def test_unknown_never_counts_as_a_miss() -> None:
    """One scan that could not know leaves it undecided."""
    assert "undecided" == states(play(Bench(ONE), [40, 40, None, 40, 40, 40]))[5]


def test_data_that_come_back_can_still_show_it() -> None:
    """Undecided is said at the deadline, not before."""
    assert "right" == states(play(Bench(ONE), [40, None, None, 40, 60]))[4]


def test_what_holds_already_proves_nothing() -> None:
    """It counts only once it was seen not to hold."""
    assert ["open"] * 5 + ["undecided"] == states(play(Bench(ONE), [60] * 6))
    assert ["open", "open", "right"] == states(play(Bench(ONE), [60, 40, 60]))


def test_scans_that_never_ran_leave_it_undecided() -> None:
    """More than two in a row could have seen it."""
    bench = Bench(ONE)
    for minute, state in ((0, "open"), (3, "open"), (5, "wrong")):
        record = bench.scan(minute, [good("a.x", minute, 60), good("a.y", minute, 40)])
        assert state == record.expectations[0].state
    bench = Bench(ONE)
    bench.scan(0, [good("a.x", 0, 60), good("a.y", 0, 40)])
    assert "undecided" == bench.scan(6, [good("a.y", 6, 40)]).expectations[0].state


def test_any_alternative_is_enough() -> None:
    """Each has its own time; which one it was is recorded."""
    two = rule("one", "a.x > 50 kPa", "expect: {b: within 2 min, or: a.y > 50 kPa within 5 min}")
    records = play(Bench(two, rule("b", "a.v > 50 kPa", conclude="b")), [40, 40, 40, 40, 60])
    assert ("right", 1) == (records[4].expectations[0].state, records[4].expectations[0].seen)
    late = Bench(two, rule("b", "a.v > 50 kPa", conclude="b"))
    for minute, v in enumerate([40, 40, 40, 60, 60, 60]):
        record = late.scan(minute, [good("a.x", minute, 60), good("a.y", minute, 40), good("a.v", minute, v)])
    assert "wrong" == record.expectations[0].state


def test_it_outlives_the_episode_and_may_be_said_twice() -> None:
    """A rise that has cleared is still held to its word; every rise is scored by itself."""
    records = play(Bench(ONE), [40] * 8, [60, 40, 60, 40, 40, 40, 40, 40])
    assert [1, 1, 2, 2, 2, 2, 1, 1] == [len(r.expectations) for r in records]
    assert [(8, 2)] == [(len(records), t.wrong) for t in records[7].tracks]


def test_rows_that_went_leave_it_undecided() -> None:
    """What was said of a row cannot be wrong when the row is gone."""
    of_row = rule(
        "one", "j.due > 5 min", "match: {j: job}", "expect: j.due < 3 min within 3 min", conclude="late(job: j)"
    )
    bench = Bench(of_row)
    bench.scan(0, rows=[Row("job", "k", {"id": "k", "due": 9})])
    bench.scan(1, rows=[Row("job", "k", None)])
    record = [bench.scan(m) for m in (2, 3)][-1]
    assert ("undecided", (("j", "k"),)) == (record.expectations[0].state, record.expectations[0].bindings)


def test_what_the_site_never_had_is_not_expected() -> None:
    """An expectation of which nothing can be seen is not opened; the rule rises all the same."""
    bench = Bench(ONE, installed=["a.x"])
    record = bench.scan(0, [good("a.x", 0, 60)])
    assert (1, (), 0) == (len(record.firings), record.expectations, bench.session.ledger.track("t.one").said)


def test_the_track_record_counts_ninety_days() -> None:
    """What was said before that is forgotten."""
    bench = Bench(ONE)
    play(bench, [40] * 6)
    track = bench.session.ledger.track("t.one")
    assert (1, 0, 1, 0, 0.0) == (track.said, track.right, track.wrong, track.undecided, track.share)
    bench.scan(KEPT // MINUTE - 1)
    assert 1 == bench.session.ledger.track("t.one").said
    bench.scan(KEPT // MINUTE)
    assert (0, None) == ((later := bench.session.ledger.track("t.one")).said, later.share)


def test_a_lag_in_an_expectation_looks_back_before_the_rise() -> None:
    """What it was some time ago is known though the rule rose only now."""
    back = rule("one", "a.x > 50 kPa", "expect: a.y > lag(a.y, 2 min) + 10 kPa within 2 min")
    records = play(Bench(back), [40, 40, 40, 40, 60], [40, 40, 40, 60, 60])
    assert ["", "", "", "open", "right"] == states(records)


@pytest.mark.parametrize("stop", range(1, 8))
def test_a_restart_goes_on_with_open_expectations(stop: int) -> None:
    """The snapshot carries them, and the track record, to the byte."""
    y = [40, None, 40, 60, 40, 40, 40, 40]
    straight = [bytes_of(r) for r in play(Bench(ONE), y, [60, 40, 60, 40, 60, 40, 40, 40])]
    bench = Bench(ONE)
    play(bench, y[:stop], [60, 40, 60, 40, 60, 40, 40, 40][:stop])
    bench.session = Session.restore(bench.program, json.loads(json.dumps(bench.session.snapshot())))
    rest = [
        bench.scan(i, [*run_of("a.x", [[60, 40, 60, 40, 60, 40, 40, 40][i]], i), *run_of("a.y", [y[i]], i)])
        for i in range(stop, 8)
    ]
    assert straight[stop:] == [bytes_of(r) for r in rest]


# ---------------------------------------------------------------- status

SHADOW = rule("one", "a.x > 50 kPa", "status: shadow", "severity: 2", "expect: a.y > 50 kPa within 2 min")


def test_a_rule_in_shadow_is_recorded_and_scored_but_shown_to_nobody() -> None:
    """No firing, no episode, no support; what it would have said is under shadow."""
    records = play(Bench(SHADOW), [40, 40, 60])
    assert [((), (), [0])] * 3 == [(r.firings, r.episodes, [f.certainty.s for f in r.facts]) for r in records]
    assert ["raised"] * 3 == [r.shadow[0].state for r in records]
    assert ["open", "open", "right"] == states(records)


def test_advice_in_shadow_advises_nothing() -> None:
    """It stands on no board."""
    advice = rule("one", "a.x > 50 kPa", "kind: advice", "status: shadow", "advise: [{action: up, amount: 5 %}]",
                  "because: {en: It is so., zh: 如此。}", conclude=None)  # fmt: skip
    record = Bench(advice).play("a.x", [60])
    assert ((), 1) == (record.advice, len(record.shadow))


@pytest.mark.parametrize("status", ["shadow", "quarantine"])
def test_what_only_untrusted_rules_say_is_unknown_to_others(status: str) -> None:
    """Neither true nor false, like a fact whose rules are all off."""
    bench = Bench(rule("one", "a.x > 50 kPa", f"status: {status}"), rule("two", "a", conclude="b"))
    record = bench.play("a.x", [60])
    assert [0, 1_000_000, "rules off"] == record.nodes[bench.session.table.key(bench.program.rules["t.two"].when, {})]


def test_a_live_rule_beside_one_in_shadow_decides_alone() -> None:
    """The other says nothing of the fact."""
    bench = Bench(SHADOW, rule("two", "a.y > 50 kPa"))
    assert [(0, 0)] == [(f.certainty.s, f.certainty.p) for f in play(bench, [40])[0].facts]


def test_a_refuter_in_shadow_refutes_nothing() -> None:
    """The finding stands undisputed."""
    refuter = "  - " + "\n    ".join(
        ["id: t.no", "title: {en: Not so, zh: 否}", "when: a.y > 50 kPa", "status: shadow", "refute: a"]
    ) + "\n"  # fmt: skip
    record = play(Bench(rule("one", "a.x > 50 kPa"), refuter), [60])[0]
    assert ["raised"] == [f.state for f in record.firings if not f.disputed]


def test_a_rule_in_quarantine_is_not_evaluated() -> None:
    """It says nothing, not even to the record."""
    bench = Bench(rule("one", "a.x > 50 kPa", "status: quarantine", "expect: a.y > 50 kPa within 5 min"))
    record = play(bench, [40])[0]
    assert ((), (), (), False) == (record.firings, record.shadow, record.expectations, "rule:t.one" in record.nodes)


def test_a_disputed_rule_in_shadow_does_not_rise() -> None:
    """It is refuted like one that is live."""
    no = "  - " + "\n    ".join(["id: t.no", "title: {en: Not so, zh: 否}", "when: a.y > 50 kPa", "refute: a"]) + "\n"
    assert () == play(Bench(SHADOW, no), [60])[0].shadow


def test_an_expectation_does_not_change_what_is_concluded() -> None:
    """Firings, facts and what they rest on are the same with and without one."""
    plain, more = Bench(rule("one", "a.x > 50 kPa", "severity: 2")), Bench(
        rule("one", "a.x > 50 kPa", "severity: 2", "expect: b and a.y > 50 kPa within 5 min"),
        rule("b", "a.v > 50 kPa", conclude="b"),
    )  # fmt: skip
    a, b = play(plain, [40, 60]), play(more, [40, 60])
    assert [r.firings for r in a] == [r.firings for r in b]


def test_a_scan_of_a_session_gives_its_program_time_only() -> None:
    """Deadlines are plant time: a scan that runs late decides as one that ran at once."""
    at_once, late = Session(program(ONE)), Session(program(ONE))
    for minute in range(6):
        samples = (*run_of("a.x", [60], minute), *run_of("a.y", [40], minute))
        t = T0 + minute * MINUTE
        first = at_once.scan(ScanInput(t, t, samples))
        second = late.scan(ScanInput(t, t + 30 * MINUTE, samples, caught_up=True))
        assert first.expectations == second.expectations


@pytest.mark.parametrize("promise", ["b >= 0.6 within 5 min", "a.x / a.y < 1.3 within 5 min", "a.w > 0 within 5 min"])
def test_a_number_without_a_unit_may_be_promised(promise: str) -> None:
    """The word behind it is not its unit."""
    expected = Bench(rule("one", "a.x > 50 kPa", f'expect: "{promise}"')).program.rules["t.one"].expect
    assert [5 * MINUTE] == [x.within for x in expected]

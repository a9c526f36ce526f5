"""Raising: a machine per rule and binding that never changes a fact, and never clears without data."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from expert.engine.raising import Machine
from expert.values.interval import FALSE, ONE, TRUE, UNKNOWN, Interval
from expert.values.types import OperatorEvent, Row, ScanRecord
from tests.engine.build import T0, Bench, fact, good, out, program, rule, run_of, state

MINUTE = 60_000


def states(bench: Bench, values: list[int | None], first: int = 0) -> list[str]:
    """State of rule t.one after each minute."""
    return [state(bench.scan(first + i, run_of("a.x", [v], first + i))) for i, v in enumerate(values)]


def test_the_whole_life_of_an_episode() -> None:
    """Normal, raised, held, raised, clearing, normal: one id, and one record of its end."""
    bench = Bench(rule("one", "a.x > 50 kPa", "clear_for: 2 min"))
    records = [bench.scan(i, run_of("a.x", [v], i)) for i, v in enumerate([40, 60, None, 60, 40, 40, 40, 40])]
    assert ["normal", "raised", "held", "raised", "clearing", "clearing", "normal", "normal"] == [
        state(r) for r in records
    ]
    ids = {e.id for r in records for e in r.episodes}
    assert 1 == len(ids)
    assert [0, 1, 1, 1, 1, 1, 1, 0] == [len(r.episodes) for r in records]
    assert [None] * 5 + [T0 + 6 * MINUTE] == [e.cleared for r in records for e in r.episodes]
    assert [T0 + MINUTE] * 6 == [e.raised for r in records for e in r.episodes]
    assert [False, True, False, False, False, False, False, False] == [
        any(f.rising for f in r.firings) for r in records
    ]


def test_a_second_rise_is_a_new_episode() -> None:
    """The id tells rises apart."""
    bench = Bench(rule("one", "a.x > 50 kPa"))
    records = [bench.scan(i, run_of("a.x", [v], i)) for i, v in enumerate([60, 40, 60])]
    first, last = records[0].episodes[0].id, records[2].episodes[0].id
    assert first != last


def test_raising_never_changes_the_fact() -> None:
    """Held or clearing, the fact says what the condition says."""
    bench = Bench(rule("one", "a.x > 50 kPa", "clear_for: 10 min"))
    bench.play("a.x", [60])
    assert (UNKNOWN, "held") == (fact(r := bench.play("a.x", [None], 1), "a"), state(r))
    assert (FALSE, "clearing") == (fact(r := bench.play("a.x", [40], 2), "a"), state(r))


def test_support_at_the_threshold_raises() -> None:
    """Reached is enough; one millionth less is not."""
    bench = Bench(rule("one", "a.x rises 40 kPa to 60 kPa", 'threshold: "0.75"', 'clear_below: "0.25"'))
    assert ["normal", "raised", "raised", "normal"] == states(bench, [54, 55, 45, 44])


def test_between_the_thresholds_it_stays() -> None:
    """Support at or above the clear threshold keeps it raised, below it is held."""
    bench = Bench(rule("one", "a.u rises 40 kPa to 60 kPa", 'threshold: "0.75"', 'clear_below: "0.5"'))
    seen = [state(bench.scan(i, [good("a.u", i, v)])) for i, v in enumerate([58, 53, 51, 47])]
    assert ["raised", "raised", "held", "normal"] == seen


def test_missing_data_never_clears() -> None:
    """A day without data later it is still held, and since max_hold an open question."""
    bench = Bench(rule("one", "a.x > 50 kPa", "max_hold: 4 h"))
    bench.play("a.x", [60])
    questions = []
    for hour in range(1, 25):
        record = bench.scan(hour * 60)
        assert "held" == state(record)
        questions.append(record.episodes[0].open_question)
    assert [False] * 4 + [True] * 20 == questions


def test_an_open_question_ends_with_data() -> None:
    """Data that support it make it raised again, data against it clear it."""
    for value, wanted in ((60, "raised"), (40, "normal")):
        bench = Bench(rule("one", "a.x > 50 kPa", "max_hold: 1 min"))
        bench.play("a.x", [60, None, None])
        record = bench.play("a.x", [value], 3)
        assert (wanted, False) == (state(record), record.episodes[0].open_question)


def test_clear_for_starts_anew() -> None:
    """Plausibility at or above the clear threshold, or unknown, starts the time again."""
    for interruption in (60, None):
        bench = Bench(rule("one", "a.x > 50 kPa", "clear_for: 2 min"))
        seen = states(bench, [60, 40, 40, interruption, 40, 40, 40])
        assert ["clearing", "clearing", "normal"] == seen[4:]


def test_time_without_scans_does_not_clear() -> None:
    """After an hour in which nobody looked, the time to clear starts again; two missing scans are bridged."""
    for gap, wanted in ((3, "normal"), (60, "clearing")):
        bench = Bench(rule("one", "a.x > 50 kPa", "clear_for: 3 min"))
        bench.play("a.x", [60, 40])
        assert wanted == state(bench.play("a.x", [40], 1 + gap))


STEPS = st.lists(st.sampled_from([TRUE, FALSE, UNKNOWN, Interval(400_000, 600_000)]), max_size=40)


@given(STEPS, st.integers(0, 4))
def test_a_machine_clears_only_after_knowing_for_clear_for(xs: list[Interval], minutes: int) -> None:
    """Whatever happens: in the whole of clear_for before it clears, every scan knew that it did not hold."""
    r = program(rule("one", "a.x > 50 kPa", f"clear_for: {minutes} min")).rules["t.one"]
    machine = Machine()
    for now, x in enumerate(xs):
        active = machine.active
        rose, cleared = machine.step(r, "t.one", now * MINUTE, x, False, False, MINUTE)
        assert rose == (not active and x.s >= r.threshold)
        if cleared:
            assert all(y.p < r.clear_below for y in xs[now - minutes : now + 1])
        if active and not cleared:
            assert machine.active


def test_it_works_per_binding() -> None:
    """Every pump has its own machine and its own episode."""
    bench = Bench(rule("one", "p.t > 100 degC", "for_each: p in pumps", "clear_for: 5 min", conclude="hot(pump: p)"))
    bench.scan(0, [good("pumps[A].t", 0, 120), good("pumps[B].t", 0, 120), good("pumps[C].t", 0, 80)])
    record = bench.scan(1, [good("pumps[A].t", 1, 80), good("pumps[B].t", 1, 120)])
    assert {"A": "clearing", "B": "raised"} == {f.bindings[0][1]: f.state for f in record.firings}


def test_a_row_that_goes_is_false() -> None:
    """Its episode clears after clear_for and says so on the way; raised() stays true until then."""
    bench = Bench(
        rule("one", "j.duration > 5 min", "match: {j: job}", "clear_for: 2 min", conclude="late(job: j)"),
        rule("latched", "raised(t.one)", conclude="b"),
    )
    row = {"id": "A", "after": "", "step": 1, "duration": 10.0, "due": 0.0}
    records = [bench.scan(0, rows=[Row("job", "A", row)]), bench.scan(1, rows=[Row("job", "A", None)])]
    records += [bench.scan(2), bench.scan(3), bench.scan(4)]
    found = [[(e.state, e.certainty.p, e.cleared) for e in r.episodes if e.rule == "t.one"] for r in records]
    assert [("raised", ONE, None)] == found[0]
    assert [("clearing", 0, None)] == found[1] == found[2]
    assert [("normal", 0, T0 + 3 * MINUTE)] == found[3]
    assert [] == found[4]
    assert [ONE, ONE, ONE, 0, 0] == [out(r, "latched")[0] for r in records]


def test_latched_state_of_a_rule_that_is_off_is_unknown() -> None:
    """A rule without its variables is neither raised nor not raised."""
    bench = Bench(rule("one", "a.x > 50 kPa"), rule("two", "raised(t.one)", conclude="b"), installed=["a.y"])
    assert (0, ONE) == out(bench.scan(0), "two")


def test_latched_state_of_a_rule_whose_refuter_stands_high() -> None:
    """raised() is read when the refuters of what the rule concludes are known, however high they stand."""
    bench = Bench(
        rule("one", "a.x > 50 kPa"),
        rule("low", "a.y > 50 kPa", conclude="b"),
        "  - id: t.against\n    title: {en: n, zh: n}\n    when: {not: b}\n    refute: a\n",
        rule("latched", "raised(t.one)", conclude="c"),
    )
    seen = [out(bench.scan(m, [good("a.x", m, 60), good("a.y", m, y)]), "latched") for m, y in enumerate((40, 60, 60))]
    assert [(0, 0), (ONE, ONE), (ONE, ONE)] == seen


def test_latched_state_of_a_rule_that_shares_its_fact() -> None:
    """Another rule for the same fact further up does not delay it."""
    bench = Bench(
        rule("one", "a.x > 50 kPa"),
        rule("low", "a.y > 50 kPa", conclude="b"),
        rule("high", "{not: b}", conclude="a"),
        rule("latched", "raised(t.one)", conclude="c"),
    )
    assert (ONE, ONE) == out(bench.scan(0, [good("a.x", 0, 60), good("a.y", 0, 60)]), "latched")


def test_acknowledgement_hangs_on_the_episode() -> None:
    """An acknowledged episode says since when; what is acknowledged and not open leaves no trace."""
    bench = Bench(rule("one", "a.x > 50 kPa"))
    id_ = bench.play("a.x", [60]).episodes[0].id
    events = [OperatorEvent(T0 + 70_000, "ack", id_), OperatorEvent(T0 + 70_000, "ack", "nobody")]
    record = bench.scan(2, run_of("a.x", [60], 2), events=events)
    assert T0 + 70_000 == record.episodes[0].acknowledged
    assert {id_} == set(bench.session.acknowledged)


def firing_rules(record: ScanRecord) -> set[str]:
    """Rules that fired."""
    return {f.rule for f in record.firings}


def test_strength_and_hold_come_before_the_machine() -> None:
    """It is raised on what is left after `for` and strength."""
    weak = Bench(rule("one", "a.x > 50 kPa", 'strength: "0.4"'))
    assert set() == firing_rules(weak.play("a.x", [60]))
    held = Bench(rule("one", "a.x > 50 kPa", "for: 1 min"))
    assert set() == firing_rules(held.play("a.x", [60]))
    assert {"t.one"} == firing_rules(held.play("a.x", [60], 1))

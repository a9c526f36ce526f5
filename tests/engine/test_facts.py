"""Facts: several rules for one, refuters and disputes, exclusive values, what was never installed."""

from __future__ import annotations

import json

import pytest

from expert.values.interval import FALSE, ONE, TRUE, UNKNOWN, Interval
from expert.values.types import ModelAnswer, Row, ScanRecord
from tests.engine.build import MINUTE, Bench, bad, fact, good, out, rule, run_of, state

REFUTER = "  - id: t.against\n    title: {en: n, zh: n}\n    when: a.y rises 0 kPa to 100 kPa\n    refute: a\n"
PLAIN = rule("one", "a.x > 50 kPa", "severity: 2")


def both(bench: Bench, x: int, y: int, minute: int = 0) -> ScanRecord:
    """One scan with a value of a.x and one of a.y."""
    return bench.scan(minute, [good("a.x", minute, x), good("a.y", minute, y)])


def test_several_rules_for_one_fact_are_its_best_argument() -> None:
    """max of both ends."""
    bench = Bench(rule("one", "a.x > 50 kPa", 'strength: "0.4"'), rule("two", "a.y > 50 kPa", 'strength: "0.7"'))
    assert Interval(700_000, ONE) == fact(both(bench, 60, 60), "a")
    assert Interval(400_000, ONE) == fact(both(bench, 60, 40, 1), "a")
    assert FALSE == fact(both(bench, 40, 40, 2), "a")


def test_a_refuter_caps_what_readers_see() -> None:
    """[min(s, 1-r), min(p, 1-r)], marked as disputed."""
    bench = Bench(PLAIN, REFUTER, rule("two", "a", conclude="b"))
    record = both(bench, 60, 30)
    assert (700_000, 700_000) == out(record, "two")
    assert [True] == [f.disputed for f in record.facts if f.type == "a"]
    assert Interval(700_000, 700_000) == fact(record, "a")


def test_a_disputed_fact_is_not_raised() -> None:
    """However much support is left; once undisputed it rises."""
    bench = Bench(PLAIN, REFUTER)
    assert ["normal", "normal", "raised"] == [
        state(both(bench, 60, 100)),
        state(both(bench, 60, 30, 1)),
        state(both(bench, 60, 0, 2)),
    ]


def test_a_refuter_without_data_refutes_nothing() -> None:
    """Only what is known to refute counts."""
    bench = Bench(PLAIN, REFUTER)
    record = bench.scan(0, [good("a.x", 0, 60), bad("a.y", 0)])
    assert (TRUE, "raised") == (fact(record, "a"), state(record))


def test_a_refuter_has_no_machine() -> None:
    """It is never raised itself."""
    bench = Bench(PLAIN, REFUTER)
    assert {"t.one"} >= {f.rule for f in both(bench, 60, 100).firings}


ALARM = rule(
    "alarm", "{any: [a, a.v > 50 kPa]}", "kind: alarm", "severity: 3", "because: {en: x, zh: x}", conclude=None
)
ADVICE = rule(
    "advice",
    "a",
    "kind: advice",
    "advise: [{action: down, amount: 10 %}]",
    "because: {en: x, zh: x}",
    conclude=None,
)


def test_a_disputed_fact_carries_no_alarm() -> None:
    """An alarm that leans on it waits; one with another reason does not."""
    bench = Bench(PLAIN, REFUTER, ALARM)
    assert "normal" == state(both(bench, 60, 30), "alarm")
    record = bench.scan(1, [*run_of("a.x", [60], 1), *run_of("a.y", [30], 1), *run_of("a.v", [60], 1)])
    assert "raised" == state(record, "alarm")


def test_a_disputed_fact_carries_no_advice() -> None:
    """Neither a new one, nor one that stood before the dispute."""
    bench = Bench(PLAIN, REFUTER, ADVICE)
    assert 1 == len(both(bench, 60, 0).advice)
    record = both(bench, 60, 30, 1)
    assert ("raised", 0) == (state(record, "advice"), len(record.advice))
    assert 1 == len(both(bench, 60, 0, 2).advice)


def test_exclusive_values_in_conflict_are_noted() -> None:
    """Two exclusive values above the threshold."""
    bench = Bench(
        rule("one", "a.x > 50 kPa", conclude="level(grade: low)"),
        rule("two", "a.y > 50 kPa", conclude="level(grade: high)"),
    )
    assert () == both(bench, 60, 40).notes
    assert ("conflict|level(grade=high)|level(grade=low)",) == both(bench, 60, 60, 1).notes


def test_closed_world_over_rules_open_world_over_data() -> None:
    """What no rule reaches is false, what lacks data is unknown."""
    bench = Bench(rule("one", "a.x > 50 kPa"), rule("reads", "hot(pump: A)", conclude="b"))
    record = bench.scan(0)
    assert (UNKNOWN, FALSE) == (fact(record, "a"), fact(record, "b"))


def test_never_installed_is_removed_and_weights_are_renormalised() -> None:
    """A score goes on without what the site never had."""
    when = "{score: {of: [[3, a.x > 50 kPa], [1, a.y > 50 kPa]]}}"
    bench = Bench(rule("one", when), installed=["a.x"])
    assert (ONE, ONE) == out(bench.play("a.x", [60]))


def test_a_rule_below_the_least_coverage_is_off_and_its_fact_unknown() -> None:
    """60 % of the weight must be there."""
    when = "{score: {of: [[1, a.x > 50 kPa], [3, a.y > 50 kPa]]}}"
    bench = Bench(rule("one", when), rule("two", "{not: a}", conclude="b"), installed=["a.x"])
    record = bench.play("a.x", [60])
    assert UNKNOWN == fact(record, "a")
    assert (0, ONE) == out(record, "two")
    assert "rules off" == next(f.reason for f in record.facts if f.type == "a")


def test_a_fact_of_one_member_without_instruments_is_unknown() -> None:
    """Pump C has no sensor here: whether it is hot is unknown, not false; the others are as they are."""
    bench = Bench(
        rule("warm", "p.t > 100 degC", "for_each: p in pumps", conclude="hot(pump: p)"),
        rule("any", "hot", conclude="a"),
        rule("cold", '{not: "hot(pump: C)"}', conclude="b"),
        installed=["pumps[A].t", "pumps[B].t"],
    )
    record = bench.scan(0, [good("pumps[A].t", 0, 80), good("pumps[B].t", 0, 80)])
    assert (FALSE, UNKNOWN) == (fact(record, "hot(pump=A)"), fact(record, "hot(pump=C)"))
    assert [(0, ONE), (0, ONE)] == [out(record, "any"), out(record, "cold")]
    assert (ONE, ONE) == out(bench.scan(1, [good("pumps[A].t", 1, 120)]), "any")


def test_a_count_with_too_few_members_left_is_removed() -> None:
    """At least two of three pumps, of which one is installed: the node goes, it is not false."""
    inner = '{at_least: 2, of: {p: pumps}, where: "p.t > 100 degC"}'
    when = f"{{any: [a.x > 50 kPa, a.y > 50 kPa, {{not: {inner}}}]}}"
    bench = Bench(rule("one", when), installed=["a.x", "a.y", "pumps[A].t"])
    record = bench.scan(0, [good("a.x", 0, 40), good("a.y", 0, 40), good("pumps[A].t", 0, 80)])
    assert (0, 0) == out(record)


MODEL = '"model(outlook).below(50 kPa, ahead: 2 h)"'


def answer(s: int, p: int, reason: str = "") -> ModelAnswer:
    """What the model says of being below 50 kPa in two hours."""
    return ModelAnswer("outlook", 2 * 60 * MINUTE, "below", 50.0, s, p, reason=reason)


@pytest.mark.parametrize(("s", "p"), [(700_000, 600_000), (-1, ONE), (0, ONE + 1)])
def test_an_impossible_answer_of_a_model_is_unknown(s: int, p: int) -> None:
    """A model that is broken widens; it raises no error and invents nothing."""
    bench = Bench(rule("one", MODEL))
    record = bench.scan(0, models=[answer(s, p)])
    assert (0, ONE) == out(record)
    assert "no model" in json.dumps(record.nodes)


def test_questions_to_models() -> None:
    """What the program asks: model, side, limit in the target's unit, how far ahead."""
    bench = Bench(rule("one", MODEL), rule("two", '"model(outlook).above(60 kPa, ahead: 2 h) >= 0.5"', conclude="b"))
    wanted = [("outlook", "above", 60.0, 120 * MINUTE), ("outlook", "below", 50.0, 120 * MINUTE)]
    assert wanted == bench.session.questions()


@pytest.mark.parametrize("value", ["abc", None, float("nan"), float("inf"), True])
def test_a_field_that_is_no_number_is_unknown(value: object) -> None:
    """A bad table makes no traceback and no zero."""
    bench = Bench(rule("one", "j.duration > 5 min", "match: {j: job}", conclude="late(job: j)"))
    row = {"id": "A", "after": "", "step": 1, "duration": value, "due": 0.0}
    assert (0, ONE) == out(bench.scan(0, rows=[Row("job", "A", row)]), "one[j=A]")


def test_an_empty_text_compares_as_unknown() -> None:
    """No text is neither equal nor different."""
    bench = Bench(rule("one", "j.after != j.id", "match: {j: job}", conclude="late(job: j)"))
    row = {"id": "A", "after": None, "step": 1, "duration": 1.0, "due": 0.0}
    assert (0, ONE) == out(bench.scan(0, rows=[Row("job", "A", row)]), "one[j=A]")


def test_rows_of_an_unknown_relation_are_counted_and_left_out() -> None:
    """Nothing is kept that no rule can read."""
    bench = Bench(PLAIN)
    record = bench.scan(0, rows=[Row("nothing", "A", {"id": "A"})])
    assert ({"unknown relation": 1}, {}) == (record.counts, bench.session.rows)

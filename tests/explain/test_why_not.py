"""Why not: what is missing, by how much, and what would be enough."""

from __future__ import annotations

from expert.explain import why_not
from expert.values.types import ScanRecord
from tests.engine.build import Bench, bad, good, rule
from tests.explain.scenes import texts


def page(bench: Bench, record: ScanRecord, lang: str = "en", width: int = 100) -> list[str]:
    """Why not of rule ``t.one``."""
    return texts(why_not(bench.program, record, "t.one", lang, width=width))


def test_a_limit_from_below_is_short() -> None:
    """The distance has the unit and the direction of the limit."""
    bench = Bench(rule("one", "a.x > 50 kPa"))
    expected = [
        "one: not raised. Support 0.00, needs 0.50.",
        "  x X   42 kPa > 50 kPa, 8 kPa short   a.x  good, 00:01",
        "Smallest change that would raise it:",
        "  X > 50 kPa (+8 kPa)",
    ]
    assert expected == page(bench, bench.scan(1, [good("a.x", 1, 42)]))


def test_a_limit_from_above_is_passed() -> None:
    """Too high, not short."""
    bench = Bench(rule("one", "a.x < 50 kPa"))
    lines = page(bench, bench.scan(1, [good("a.x", 1, 62)]))
    assert "  x X   62 kPa < 50 kPa, 12 kPa too high   a.x  good, 00:01" == lines[1]
    assert "  X < 50 kPa (-12 kPa)" == lines[-1]


def test_chinese_pages_tell_the_same() -> None:
    """The same distances."""
    bench = Bench(rule("one", "a.x > 50 kPa"))
    lines = page(bench, bench.scan(1, [good("a.x", 1, 42)]), "zh")
    assert "  x X   42 kPa > 50 kPa，还差 8 kPa   a.x  正常，00:01" == lines[1]
    assert ["使其报出的最小变化：", "  X > 50 kPa（+8 kPa）"] == lines[2:]


def test_a_lost_signal_has_to_come_back() -> None:
    """With the value it has to come back with; the rule is possible meanwhile."""
    bench = Bench(rule("one", '["a.x > 50 kPa", "a.y > 10 kPa"]'))
    bench.scan(1, [good("a.x", 1, 42), good("a.y", 1, 20)])
    lines = page(bench, bench.scan(2, [bad("a.x", 2), good("a.y", 2, 20)]))
    assert "one: not raised. Support 0.00, needs 0.50. Data are missing; it could reach 1.00." == lines[0]
    assert "  ? X   > 50 kPa   a.x  bad signal (status bad)" == lines[1]
    assert "  a.x back with X > 50 kPa" == lines[-1]


def test_a_hold_says_how_long_is_left() -> None:
    """The condition holds; nothing has to change but time."""
    bench = Bench(rule("one", "a.x > 50 kPa", "for: 10 min"))
    lines = page(bench, bench.play("a.x", [0, 60, 60, 60]))
    assert "Its condition holds; 8 min more until it counts." == lines[-1]


def test_a_change_must_last_as_long_as_the_hold() -> None:
    """What `for` asks for is part of the answer."""
    bench = Bench(rule("one", "a.x > 50 kPa", "for: 10 min"))
    assert "  X > 50 kPa (+8 kPa); for 10 min" == page(bench, bench.scan(1, [good("a.x", 1, 42)]))[-1]


def test_a_refuted_rule_names_what_speaks_against_it() -> None:
    """It would be raised but for that."""
    bench = Bench(rule("one", "a.x > 10 kPa"), rule("against", "a.y > 10 kPa", "refute: a", conclude=None))
    lines = page(bench, bench.scan(1, [good("a.x", 1, 50), good("a.y", 1, 50)]))
    assert "Its condition holds, but something speaks against it: against." == lines[-1]


def test_a_rule_that_is_off_lists_what_is_not_installed() -> None:
    """Why it is off, and for want of what."""
    bench = Bench(rule("one", '["a.x > 10 kPa", "a.y > 10 kPa", "a.v > 10 kPa"]'), installed=["a.x", "a.u"])
    expected = [
        "one: off at this site; 33 % of its evidence is installed, 60 % are needed.",
        "not here   V, Y",
    ]
    assert expected == page(bench, bench.scan(1, [good("a.x", 1, 50)]))


def test_a_rule_over_rows_without_rows_says_so() -> None:
    """It is not off; there is nothing to look at."""
    bench = Bench(rule("one", "r.due > 10 min", "match: {r: job}", conclude="late(job: r)"))
    assert ["one: nothing to look at; no rows of its tables fit."] == page(bench, bench.scan(1))


def test_the_nearest_member_comes_first() -> None:
    """In full; the others by name with how far they are."""
    bench = Bench(rule("one", "p.t > 80 degC", "for_each: p in pumps", conclude="hot(pump: p)"))
    samples = [good(f"pumps[{m}].t", 1, v) for m, v in (("A", 20), ("B", 70), ("C", 40))]
    lines = page(bench, bench.scan(1, samples))
    assert "one B: not raised. Support 0.00, needs 0.50." == lines[0]
    assert "  T B > 80 degC (+10 degC)" in lines
    assert "others     A 0.00, C 0.00" == lines[-1]


def test_a_raised_rule_says_since_when() -> None:
    """Nothing is missing."""
    bench = Bench(rule("one", "a.x > 10 kPa"))
    assert ["one: raised since 00:01. Support 1.00."] == page(bench, bench.scan(1, [good("a.x", 1, 50)]))


def test_a_clearing_rule_says_that_it_is_clearing() -> None:
    """Raised still, though its support is gone."""
    bench = Bench(rule("one", "a.x > 10 kPa", "clear_for: 5 min"))
    bench.scan(1, [good("a.x", 1, 50)])
    expected = ["one: raised since 00:01. Support 0.00. It is clearing."]
    assert expected == page(bench, bench.scan(2, [good("a.x", 2, 5)]))


def test_a_missing_conclusion_says_what_it_would_take() -> None:
    """One step deeper than the fact itself."""
    bench = Bench(rule("b", "a.x > 50 kPa", conclude="b"), rule("one", "b"))
    lines = page(bench, bench.scan(1, [good("a.x", 1, 42)]))
    assert ["  B holds", "  for B: X > 50 kPa (+8 kPa)"] == lines[-2:]


def test_what_is_not_in_the_way_is_not_opened() -> None:
    """A fault that is rightly absent needs no evidence."""
    bench = Bench(rule("b", "a.x > 50 kPa", conclude="b"), rule("one", '["a.y > 50 kPa", {not: b}]'))
    lines = page(bench, bench.scan(1, [good("a.x", 1, 42), good("a.y", 1, 42)]))
    assert "  + not: B   0.00   t.b" in lines
    assert not any("42 kPa > 50 kPa" in line and "X" in line for line in lines)


def test_a_score_says_how_much_is_short() -> None:
    """And the change names how far the weight lets it go."""
    score = '{score: {at_least: 0.6, of: [[30, "a.x rises 20 kPa to 40 kPa"], [10, "a.y > 10 kPa"]]}}'
    bench = Bench(rule("one", score))
    lines = page(bench, bench.scan(1, [good("a.x", 1, 25), good("a.y", 1, 50)]))
    assert "  x score   0.44 >= 0.60, 0.16 short" == lines[1]
    assert "  X >= 30 kPa (+5 kPa)" == lines[-1]


def test_a_hold_with_a_weak_past_says_the_most_it_can_take() -> None:
    """There was some support for long, too little for most of it: the record knows no more."""
    bench = Bench(rule("one", "a.x rises 0 kPa to 100 kPa", "for: 3 min"))
    lines = page(bench, bench.play("a.x", [20, 20, 20, 20, 20, 80]))
    assert "Its condition holds; at most 3 min more until it counts." == lines[-1]

"""What a conclusion rests on: the smallest sets of instruments whose loss would undo it."""

from __future__ import annotations

from expert.values.types import Row
from tests.engine.build import Bench, good, rule

SEVERE = ("severity: 2",)


def rests(bench: Bench, name: str = "one", **values: int) -> tuple[tuple[str, ...], ...]:
    """What rule t.<name> rests on when it rises; ``x=60`` is a.x, ``A=120`` the temperature of pump A."""
    samples = [good(f"pumps[{k}].t" if k in "ABC" else f"a.{k}", 0, v) for k, v in values.items()]
    record = bench.scan(0, samples)
    return next(f.rests_on for f in record.firings if f.rule == f"t.{name}")


def test_one_instrument() -> None:
    """Without it nothing is left."""
    assert (("a.x",),) == rests(Bench(rule("one", "a.x > 50 kPa", *SEVERE)), x=60)


def test_each_of_two_needed() -> None:
    """AND rests on each of them alone."""
    bench = Bench(rule("one", "{all: [a.x > 50 kPa, a.y > 50 kPa]}", *SEVERE))
    assert (("a.x",), ("a.y",)) == rests(bench, x=60, y=60)


def test_redundant_instruments_are_a_pair() -> None:
    """OR rests on both together."""
    bench = Bench(rule("one", "{any: [a.x > 50 kPa, a.y > 50 kPa]}", *SEVERE))
    assert (("a.x", "a.y"),) == rests(bench, x=60, y=60)


def test_what_does_not_speak_for_it_is_left_out() -> None:
    """The other branch is false: it rests on the one that holds."""
    bench = Bench(rule("one", "{any: [a.x > 50 kPa, a.y > 50 kPa]}", *SEVERE))
    assert (("a.x",),) == rests(bench, x=60, y=40)


def test_two_of_three_rest_on_pairs() -> None:
    """With three of three speaking for it, any two must go."""
    bench = Bench(rule("one", "{at_least: 2, of: [a.x > 50 kPa, a.y > 50 kPa, a.v > 50 kPa]}", *SEVERE))
    assert (("a.v", "a.x"), ("a.v", "a.y"), ("a.x", "a.y")) == rests(bench, x=60, y=60, v=60)


def test_through_other_rules() -> None:
    """The instruments of the facts it was concluded from count."""
    bench = Bench(rule("low", "a.x > 50 kPa", conclude="b"), rule("one", "{all: [b, a.y > 50 kPa]}", *SEVERE))
    assert (("a.x",), ("a.y",)) == rests(bench, x=60, y=60)


def test_two_ways_to_a_fact() -> None:
    """Two rules with an instrument each for one fact below it."""
    bench = Bench(
        rule("low", "a.x > 50 kPa", conclude="b"),
        rule("high", "a.y > 50 kPa", conclude="b"),
        rule("one", "b", *SEVERE),
    )
    assert (("a.x", "a.y"),) == rests(bench, x=60, y=60)


def test_losing_a_refuters_instrument_undoes_nothing() -> None:
    """A conclusion does not rest on what speaks against it."""
    refuter = "  - id: t.against\n    title: {en: n, zh: n}\n    when: a.y > 50 kPa\n    refute: a\n"
    assert (("a.x",),) == rests(Bench(rule("one", "a.x > 50 kPa", *SEVERE), refuter), x=60, y=40)


def test_members_by_their_own_names() -> None:
    """A rule per pump rests on that pump's sensor; a count over pumps on pairs of them."""
    own = Bench(rule("one", "p.t > 100 degC", "for_each: p in pumps", *SEVERE, conclude="hot(pump: p)"))
    assert (("pumps[B].t",),) == rests(own, B=120)
    when = '{at_least: 2, of: {p: pumps}, where: "p.t > 100 degC"}'
    count = Bench(rule("one", when, *SEVERE))
    pairs = (("pumps[A].t", "pumps[B].t"), ("pumps[A].t", "pumps[C].t"), ("pumps[B].t", "pumps[C].t"))
    assert pairs == rests(count, A=120, B=120, C=120)


def test_a_lower_rule_over_members_counts_for_all_of_them() -> None:
    """A rule for one pump that reads a fact of any pump names all the sensors that speak for it."""
    bench = Bench(
        rule("warm", "p.t > 100 degC", "for_each: p in pumps", conclude="hot(pump: p)"),
        rule("one", "{all: [hot, p.t < 200 degC]}", "for_each: p in pumps", *SEVERE, conclude="level(grade: low)"),
    )
    record = bench.scan(0, [good(f"pumps[{p}].t", 0, v) for p, v in (("A", 90), ("B", 120), ("C", 90))])
    found = {f.bindings[0][1]: f.rests_on for f in record.firings if f.rule == "t.one"}
    assert (("pumps[A].t",), ("pumps[B].t",)) == found["A"]


def test_tables_are_no_instruments() -> None:
    """A conclusion from rows rests on no instrument."""
    bench = Bench(rule("one", "j.duration > 5 min", "match: {j: job}", *SEVERE, conclude="late(job: j)"))
    row = {"id": "A", "after": "", "step": 1, "duration": 10.0, "due": 0.0}
    record = bench.scan(0, rows=[Row("job", "A", row)])
    assert () == record.firings[0].rests_on


def test_only_a_rise_is_explained_this_way() -> None:
    """It is worked out when the rule rises, not in every scan."""
    bench = Bench(rule("one", "a.x > 50 kPa", *SEVERE))
    assert (("a.x",),) == rests(bench, x=60)
    assert [()] == [f.rests_on for f in bench.scan(1).firings]


def test_looking_does_not_touch() -> None:
    """Working it out changes neither facts nor holds nor machines."""
    plain, severe = (
        Bench(rule("one", "a.x > 50 kPa", "for: 1 min")),
        Bench(rule("one", "a.x > 50 kPa", "for: 1 min", *SEVERE)),
    )
    for minute in range(4):
        a, b = plain.scan(minute, [good("a.x", minute, 60)]), severe.scan(minute, [good("a.x", minute, 60)])
        assert (a.facts, a.nodes) == (b.facts, b.nodes)
    assert plain.session.snapshot()["holds"] == severe.session.snapshot()["holds"]


def test_what_was_seen_earlier_is_not_lost() -> None:
    """A lag looks back at samples that were there when their scan ran."""
    bench = Bench(rule("one", '{any: ["lag(a.x, 1 min) > 50 kPa", a.y > 50 kPa]}', *SEVERE))
    bench.scan(0, [good("a.x", 0, 60)])
    record = bench.scan(1, [good("a.x", 1, 60)])
    assert [()] == [f.rests_on for f in record.firings]


def test_a_hold_is_tried_on_earlier_scans_only() -> None:
    """What this scan saw does not stand beside what it would have seen."""
    bench = Bench(rule("low", "a.x > 50 kPa", "for: 2 min", conclude="b"), rule("one", "{not: b}", *SEVERE))
    bench.scan(0)
    record = bench.scan(1, [good("a.x", 1, 40)])
    assert [(("a.x",),)] == [f.rests_on for f in record.firings if f.rule == "t.one"]

"""Rules that ask for too much are stopped with one message, and leave no half-finished session behind."""

from __future__ import annotations

from types import MappingProxyType

import pytest

from expert.engine import fixpoint
from expert.engine.guards import Bindings, EndlessGrowth, JoinExplosion, growing
from expert.engine.profile import Profile
from expert.engine.session import SessionError
from tests.engine.build import SITE, Bench, rule
from tests.engine.test_recursion import job, late

FEW = {"site/site.yaml": SITE["site/site.yaml"] + "max_activations: 20\n"}
PAIRS = rule("pairs", "i.step > 0", "match: {i: job, j: job}", conclude="late(job: j)")
CHAIN = (
    rule("own", "j.duration > j.due", "match: {j: job}", conclude="late(job: j)"),
    rule("next", '"late(job: i)"', "match: {i: job, j: job where j.after == i.id}", conclude="late(job: j)"),
)


def test_a_join_without_end_is_stopped_where_the_site_says() -> None:
    """The message names the rule, its place, and how many bindings there were at each depth."""
    bench = Bench(PAIRS, files=FEW)
    with pytest.raises(JoinExplosion) as e:
        bench.scan(0, rows=[job(f"J{i}", 1) for i in range(7)])
    assert str(e.value) == (
        "rule t.pairs (pack/t.yaml:2) matches more than 20 combinations of rows in one scan; bindings so far: "
        "i in job: 3, j in job: 21. Tie the rows closer together with where, or raise max_activations in site.yaml"
    )


def test_a_join_within_the_limit_runs() -> None:
    """Four rows make sixteen pairs."""
    assert 4 == len(late(Bench(PAIRS, files=FEW).scan(0, rows=[job(f"J{i}", 1) for i in range(4)])))


def test_a_stopped_session_does_not_go_on() -> None:
    """Half a scan is in it: no further scan, and no snapshot that could be mistaken for a whole one."""
    bench = Bench(PAIRS, files=FEW)
    with pytest.raises(JoinExplosion):
        bench.scan(0, rows=[job(f"J{i}", 1) for i in range(7)])
    with pytest.raises(SessionError, match=r"a rule stopped this session within a scan: rule t\.pairs"):
        bench.scan(1)
    with pytest.raises(SessionError, match="a rule stopped this session"):
        bench.session.snapshot()


def test_a_stratum_that_does_not_rest_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    """The message names the rule that still grows, its place, and how it grew from round to round."""
    monkeypatch.setattr(fixpoint, "MAX_ROUNDS", 5)
    rows = [job("J0", 5, due=4), *(job(f"J{i}", 1, f"J{i - 1}") for i in range(1, 12))]
    with pytest.raises(EndlessGrowth) as e:
        Bench(*CHAIN).scan(0, rows=rows)
    assert str(e.value) == (
        "facts still change after 5 rounds of one scan: in rounds 1, 2, 4, 5 rule t.next (pack/t.yaml:7) "
        "changed 11, 1, 1, 1"
    )


def test_growth_of_many_rules_is_told_of_the_largest() -> None:
    """Three rules are named, the others counted."""
    rules = {r.id: r for r in Bench(*CHAIN).program.rules.values()}
    many = MappingProxyType({f"t.r{i}": rules["t.own"] for i in range(5)})
    text = growing(many, {name: [1, i] for i, name in enumerate(many)})
    assert text.count("rule t.own") == 3
    assert text.endswith("and 1 more rules")


def test_counting_stops_beyond_the_limit() -> None:
    """The limit itself is allowed."""
    bindings = Bindings(Bench(PAIRS).program.rules["t.pairs"], 2)
    bindings.count(0)
    bindings.count(0)
    with pytest.raises(JoinExplosion):
        bindings.count(0)


def test_a_profile_counts_what_each_rule_did() -> None:
    """Activations over all rounds, and the rounds; what is recorded is the same with and without."""
    rows = [job("A", 5, due=4), job("B", 1, "A"), job("C", 1, "B")]
    plain, measured = Bench(*CHAIN), Bench(*CHAIN)
    profile = measured.session.profile = Profile()
    assert plain.scan(0, rows=rows) == measured.scan(0, rows=rows)
    table = {row["rule"]: row for row in profile.table()}
    assert (3, 1) == (table["t.own"]["activations"], table["t.own"]["rounds"])
    assert (8, 4) == (table["t.next"]["activations"], table["t.next"]["rounds"])
    assert all(row["seconds"] > 0 for row in table.values())

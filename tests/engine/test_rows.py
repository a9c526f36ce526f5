"""Quantifiers and aggregates over rows: sound and tight under rows that only may match, and blind to their order."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from expert.engine.results import Num
from expert.engine.rows import aggregated, counted, quantified
from expert.values.interval import FALSE, TRUE, UNKNOWN, Interval
from expert.values.types import Row
from tests.engine.build import Bench, fact, good, out, rule
from tests.engine.test_recursion import job, late

ANSWERS = st.sampled_from([TRUE, FALSE, UNKNOWN])
PAIRS = st.lists(st.tuples(ANSWERS, ANSWERS), max_size=5)
NUMBERS = st.lists(st.tuples(ANSWERS, st.integers(-5, 5)), max_size=6)


def worlds(xs: Sequence[Interval]) -> list[tuple[bool, ...]]:
    """Every way the unknown answers may turn out."""
    return list(product(*[[x.s > 0] if x.s == x.p else [False, True] for x in xs]))


def crisp_answer(function: str, k: int, where: Sequence[bool], that: Sequence[bool]) -> bool:
    """The quantifier over rows of which everything is known."""
    hits = sum(t for w, t in zip(where, that, strict=True) if w)
    rows = sum(where)
    return {"exists": hits > 0, "none": hits == 0, "all": hits == rows, "at_least": hits >= k}[function]


@given(st.sampled_from(["exists", "none", "all", "at_least"]), st.integers(1, 3), PAIRS)
def test_a_quantifier_says_what_all_worlds_say(function: str, k: int, rows: list[tuple[Interval, Interval]]) -> None:
    """Certainly true where it is true however the unknown turns out, certainly false where it is never true."""
    found = {
        crisp_answer(function, k, where, that)
        for where in worlds([w for w, _ in rows])
        for that in worlds([t for _, t in rows])
    }
    expected = {(True,): TRUE, (False,): FALSE}.get(tuple(found), UNKNOWN)
    assert expected == quantified(function, k, rows)


@given(st.sampled_from(["sum", "min", "max", "mean"]), NUMBERS)
def test_an_aggregate_reaches_exactly_its_bounds(function: str, rows: list[tuple[Interval, int]]) -> None:
    """The bounds are the least and the largest number of any world; unknown where a world may have no rows."""
    found = []
    for chosen in worlds([w for w, _ in rows]):
        vs = [Fraction(v) for taken, (_, v) in zip(chosen, rows, strict=True) if taken]
        if function == "sum":
            found.append(float(sum(vs)))
        elif vs:
            found.append(float({"min": min, "max": max, "mean": lambda x: sum(x) / len(x)}[function](vs)))
        else:
            found.append(None)
    result = aggregated(function, [(w, Num(float(v), float(v), float(v))) for w, v in rows])
    known = [x for x in found if x is not None]
    expected = (None, None) if len(known) < len(found) else (min(known), max(known))
    assert expected == (result.lo, result.hi)


@given(NUMBERS)
def test_a_count_reaches_from_the_certain_to_the_possible(rows: list[tuple[Interval, int]]) -> None:
    """No fewer than certainly match, no more than may match."""
    found = [sum(chosen) for chosen in worlds([w for w, _ in rows])]
    result = counted([w for w, _ in rows])
    assert (min(found), max(found)) == (result.lo, result.hi)


@given(NUMBERS.flatmap(lambda rows: st.tuples(st.just(rows), st.permutations(rows))))
def test_the_order_of_rows_is_nothing(both: tuple[list[tuple[Interval, int]], list[tuple[Interval, int]]]) -> None:
    """Numbers that no float sums exactly come out alike in every order."""
    one, other = ([(w, Num(v / 10, v / 10, v / 10)) for w, v in rows] for rows in both)
    assert all(aggregated(f, one) == aggregated(f, other) for f in ("sum", "min", "max", "mean"))


WHENS = (
    '{exists: {k: job where k.duration > 5 min}, that: "late(job: k)"}',
    '{none: {k: job where k.duration > 5 min}, that: "late(job: k)"}',
    '{all: {k: job where k.duration > 5 min}, that: "late(job: k)"}',
    '{at_least: 2, of: {k: job where k.duration > 5 min}, where: "late(job: k)"}',
    '"sum(k.duration for k in job where late(job: k)) > 12 min"',
    '"count(k in job where late(job: k)) >= 2"',
)
OWN = rule("own", "j.duration > j.due", "match: {j: job}", conclude="late(job: j)")
ROWS = st.lists(
    st.builds(
        lambda name, duration, due: Row(
            "job", name, {"id": name, "after": "X", "step": 1, "duration": duration, "due": due}
        ),
        st.sampled_from("ABCDE"),
        st.one_of(st.none(), st.integers(3, 9)),
        st.one_of(st.none(), st.integers(3, 9)),
    ),
    max_size=5,
    unique_by=lambda r: r.key,
)


@given(ROWS.flatmap(lambda rows: st.tuples(st.just(rows), st.permutations(rows))))
def test_a_scan_does_not_depend_on_the_order_of_rows_and_rules(both: tuple[list[Row], list[Row]]) -> None:
    """Derived facts are quantified over, whatever came first."""
    rules = [OWN, *(rule(f"r{i}", when, conclude="a") for i, when in enumerate(WHENS))]
    first, second = Bench(*rules).scan(0, rows=both[0]), Bench(*reversed(rules)).scan(0, rows=both[1])
    assert (first.nodes, first.facts) == (second.nodes, second.facts)


@given(ROWS, st.sampled_from(range(len(WHENS))))
def test_a_field_that_gets_lost_only_widens(rows: list[Row], which: int) -> None:
    """An emptied field never raises a support or lowers a plausibility."""
    bench = Bench(OWN, rule("one", WHENS[which]))
    s, p = out(bench.scan(0, rows=rows))
    for i, row in enumerate(rows):
        assert row.values is not None
        lost = Row(row.relation, row.key, {**row.values, "duration": None})
        worse_s, worse_p = out(Bench(OWN, rule("one", WHENS[which])).scan(0, rows=[*rows[:i], lost, *rows[i + 1 :]]))
        assert worse_s <= s
        assert worse_p >= p


def test_a_condition_on_rows_reads_the_bindings_of_its_rule() -> None:
    """Jobs are late when one that comes right before them is."""
    bench = Bench(
        OWN,
        rule(
            "next",
            '{exists: {i: job where j.after == i.id}, that: "late(job: i)"}',
            "match: {j: job}",
            conclude="late(job: j)",
        ),
    )
    assert {"A", "B", "C"} == late(bench.scan(0, rows=[job("A", 5, due=4), job("B", 1, "A"), job("C", 1, "B")]))
    assert set() == late(bench.scan(1, rows=[job("A", 3, due=4)]))


def test_every_predecessor_may_be_asked_for_in_a_recursion() -> None:
    """`all` over fixed rows only gains by more facts: it may stand in a circle, and the circle needs a base."""
    bench = Bench(
        rule("own", "j.duration > j.due", "match: {j: job}", conclude="late(job: j)"),
        rule(
            "joined",
            '{all: [j.step > 1, {all: {i: job where i.id == j.after}, that: "late(job: i)"}]}',
            "match: {j: job}",
            conclude="late(job: j)",
        ),
    )
    rows = [job("A", 5, due=4), step(job("B", 1, "A"), 2), step(job("C", 1, "D"), 2), step(job("D", 1, "C"), 2)]
    assert {"A", "B"} == late(bench.scan(0, rows=rows))


def step(row: Row, n: int) -> Row:
    """The same job as the n-th step."""
    assert row.values is not None
    return Row(row.relation, row.key, {**row.values, "step": n})


@pytest.mark.parametrize("when", ["{none: {k: job}, that: a.x > 50 kPa}", '"count(k in job where a.x > 5 kPa) > 0"'])
@pytest.mark.parametrize("rows", [[], [job("A", 5)]])
def test_rows_of_a_variable_that_was_never_installed_are_left_out(when: str, rows: list[Row]) -> None:
    """The condition is removed, with and without rows, and the others go on without it."""
    bench = Bench(rule("one", f"{{all: [{when}, a.y > 5 kPa, a.y < 90 kPa]}}"), installed=["a.y"])
    assert TRUE == fact(bench.scan(0, [good("a.y", 0, 50)], rows=rows), "a")


def test_a_row_of_wrong_type_is_named_and_its_field_counts_as_empty() -> None:
    """One message with relation, row and field; what depends on the field is unknown."""
    bench = Bench(rule("one", "j.duration > 5 min", "match: {j: job}", conclude="late(job: j)"))
    row = Row("job", "A", {"id": "A", "after": "", "step": 1, "duration": "soon", "due": 9})
    record = bench.scan(0, rows=[row])
    assert {"row A of job: duration is 'soon', not a number [min]": 1} == record.counts
    assert UNKNOWN == fact(record, "late(job=A)")


@pytest.mark.parametrize(("values", "expected"), [((60, 90, 10), TRUE), ((60, 10, 10), FALSE)])
def test_members_of_a_set_may_be_picked_by_where(values: tuple[int, ...], expected: Interval) -> None:
    """Only those for which it holds are counted."""
    when = "{at_least: 2, of: {p: pumps where p.t > 50 degC}, where: p.t < 100 degC}"
    bench = Bench(rule("one", when))
    samples = [good(f"pumps[{p}].t", 0, v) for p, v in zip("ABC", values, strict=True)]
    assert expected == fact(bench.scan(0, samples), "a")

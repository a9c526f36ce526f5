"""Positive cycles of facts, and numbers by max through recursion over rows."""

from __future__ import annotations

from functools import lru_cache

from hypothesis import given
from hypothesis import strategies as st

from expert.values.interval import FALSE, TRUE
from expert.values.types import Fact, Row, ScanRecord
from tests.engine.build import Bench, fact, out, rule, run_of

RELATIONS = {
    "site/relations.yaml": """
relations:
  job:
    key: [id]
    title: {en: Job, zh: 工序}
    fields: {id: text, after: text, step: number, duration: min, due: min}
  link:
    key: [id]
    title: {en: Link, zh: 连}
    fields: {id: text, src: text, dst: text}
"""
}
FINISH = (
    rule("alone", "j.duration > -1 min", "match: {j: job}", conclude="end(job: j, at: j.duration)"),
    rule(
        "after",
        '"end(job: i)"',
        "match: {l: link, i: job where i.id == l.src, j: job where j.id == l.dst}",
        conclude="end(job: j, at: end(job: i).at + j.duration)",
    ),
)
LATE = (
    rule("own", "j.duration > j.due", "match: {j: job}", conclude="late(job: j)"),
    rule("next", '"late(job: i)"', "match: {i: job, j: job where j.after == i.id}", conclude="late(job: j)"),
)
NAMES = "ABCDEFG"
EDGES = st.sets(st.tuples(st.integers(0, 6), st.integers(0, 6)).filter(lambda e: e[0] != e[1]), max_size=10)
DURATIONS = st.lists(st.integers(0, 20), min_size=7, max_size=7)


def job(name: str, duration: float, after: str = "", due: float = 1e6) -> Row:
    """One row of the job relation; minutes."""
    return Row("job", name, {"id": name, "after": after, "step": 1, "duration": duration, "due": due})


def link(i: int, j: int) -> Row:
    """Job ``j`` waits for job ``i``."""
    return Row("link", f"{i}-{j}", {"id": f"{i}-{j}", "src": NAMES[i], "dst": NAMES[j]})


def finish(durations: list[int], edges: set[tuple[int, int]]) -> dict[str, Fact]:
    """The end facts of one scan, by job."""
    bench = Bench(*FINISH, files=RELATIONS)
    record = bench.scan(
        0, rows=[*(job(n, d) for n, d in zip(NAMES, durations, strict=True)), *(link(*e) for e in edges)]
    )
    return {f.args[0][1]: f for f in record.facts if f.type == "end"}


@given(DURATIONS, EDGES)
def test_max_recursion_is_the_longest_path(durations: list[int], edges: set[tuple[int, int]]) -> None:
    """On data without cycles: by brute force over all paths."""
    forward = {(min(e), max(e)) for e in edges}

    @lru_cache
    def end(j: int) -> int:
        return durations[j] + max((end(i) for i, k in forward if k == j), default=0)

    found = finish(durations, forward)
    assert {n: 60.0 * end(j) for j, n in enumerate(NAMES)} == {n: f.value for n, f in found.items()}
    assert {TRUE} == {f.certainty for f in found.values()}


@given(DURATIONS, EDGES)
def test_a_cycle_in_the_data_makes_the_values_behind_it_unknown(
    durations: list[int], edges: set[tuple[int, int]]
) -> None:
    """On it and after it unknown, with that reason; elsewhere the longest path, also when durations are zero."""
    before: dict[int, set[int]] = {j: {i for i, k in edges if k == j} for j in range(7)}
    for _ in range(7):
        before = {j: b.union(*(before[i] for i in b)) for j, b in before.items()}
    cyclic = {j for j in range(7) if j in before[j]}
    unknown = {j for j in range(7) if before[j] & cyclic or j in cyclic}

    @lru_cache
    def end(j: int) -> int:
        return durations[j] + max((end(i) for i, k in edges if k == j), default=0)

    for n, f in finish(durations, edges).items():
        j = NAMES.index(n)
        if j in unknown:
            assert (None, "cycle in the data") == (f.value, f.reason)
        else:
            assert (60.0 * end(j), "") == (f.value, f.reason)


def test_a_cycle_without_a_start_is_unknown_not_absent() -> None:
    """Two jobs that wait for each other, and nothing else to go by: facts with an unknown number, not silence."""
    only = (
        rule(
            "after",
            "j.duration > 0 min",
            "match: {i: job, j: job where j.after == i.id}",
            conclude="end(job: j, at: end(job: i).at + j.duration)",
        ),
    )
    record = Bench(*only).scan(0, rows=[job("A", 5, "B"), job("B", 5, "A")])
    assert [(TRUE, None), (TRUE, None)] == [(f.certainty, f.value) for f in record.facts]


def test_a_number_from_a_fact_that_nobody_concluded_is_unknown() -> None:
    """Unknown in, unknown out: the successor of a job without an end has an end that is not known."""
    only = (
        rule("alone", '"j.duration > 5 min"', "match: {j: job}", conclude="end(job: j, at: j.duration)"),
        rule(
            "after",
            "j.duration > 0 min",
            "match: {i: job, j: job where j.after == i.id}",
            conclude="end(job: j, at: end(job: i).at + j.duration)",
        ),
    )
    record = Bench(*only).scan(0, rows=[job("A", 1), job("B", 2, "A")])
    facts = {f.key: f for f in record.facts}
    assert (FALSE, TRUE) == (facts["end(job=A)"].certainty, facts["end(job=B)"].certainty)
    assert (None, "no value") == (facts["end(job=B)"].value, facts["end(job=B)"].reason)


def test_an_alternative_that_is_only_possible_widens_the_number() -> None:
    """It may push a maximum up, it does not hold it there."""
    rules = (
        rule("sure", "j.duration > 0 min", "match: {j: job}", conclude="end(job: j, at: j.duration)"),
        rule("maybe", "a.x > 50 kPa", "match: {j: job}", conclude="end(job: j, at: j.duration + 60 min)"),
        rule("over", '"end(job: j).at > j.due"', "match: {j: job}", conclude="late(job: j)"),
    )
    bench = Bench(*rules)
    record = bench.scan(0, rows=[job("A", 10, due=30)])
    assert (0, 1_000_000) == out(record, "over[j=A]")
    assert 600.0 == next(f.value for f in record.facts if f.type == "end")
    assert (0, 0) == out(bench.scan(1, run_of("a.x", [40], first=1)), "over[j=A]")
    assert (1_000_000, 1_000_000) == out(bench.scan(2, run_of("a.x", [60], first=2)), "over[j=A]")


def late(record: ScanRecord) -> set[str]:
    """Jobs that are certainly late."""
    return {f.args[0][1] for f in record.facts if f.type == "late" and f.certainty.s == 1_000_000}


def test_late_by_predecessor_to_the_end_of_the_order() -> None:
    """One late job makes all its successors late, and nobody else."""
    rows = [job("A", 5, due=4), job("B", 1, "A"), job("C", 1, "B"), job("D", 1, "X"), job("E", 1, "D")]
    assert {"A", "B", "C"} == late(Bench(*LATE).scan(0, rows=rows))


def test_deleting_the_base_of_a_cycle_deletes_the_cycle() -> None:
    """Facts that hold each other up hold nothing without a reason from outside."""
    bench = Bench(*LATE)
    circle = [job("A", 5, "C", due=4), job("B", 1, "A"), job("C", 1, "B")]
    assert {"A", "B", "C"} == late(bench.scan(0, rows=circle))
    assert set() == late(bench.scan(1, rows=[job("A", 3, "C", due=4)]))


def test_a_cycle_of_facts_over_samples_goes_with_its_base() -> None:
    """The same without rows: b because of c, c because of b, and b once because of a sample."""
    bench = Bench(
        rule("base", "a.x > 50 kPa", conclude="b"),
        rule("back", "c", conclude="b"),
        rule("forth", "b", conclude="c"),
    )
    assert TRUE == fact(bench.scan(0, run_of("a.x", [60])), "c")
    assert FALSE == fact(bench.scan(1, run_of("a.x", [40], first=1)), "c")


def test_a_match_may_read_facts_that_grow() -> None:
    """Rows are matched by facts of the same stratum, however many rounds those take."""
    bench = Bench(
        rule("own", "j.duration > j.due", "match: {j: job}", conclude="late(job: j)"),
        rule(
            "next",
            "j.duration > 0 min",
            'match: {i: "job where late(job: i)", j: "job where j.after == i.id"}',
            conclude="late(job: j)",
        ),
    )
    rows = [job("A", 5, due=4), job("B", 1, "A"), job("C", 1, "B"), job("D", 1, "X")]
    assert {"A", "B", "C"} == late(bench.scan(0, rows=rows))


def test_a_lag_reads_facts_of_higher_strata() -> None:
    """What a lag keeps is what the finished scan concluded, and reading it early spoils nothing for later readers."""
    bench = Bench(
        rule("first", '"lag(peak(grade: low).at, 1 min) > 20 kPa"', conclude="a"),
        rule("sets", "{any: [{not: a}, a.x > 0 kPa]}", conclude="peak(grade: low, at: a.x)"),
        rule("reads", '"peak(grade: low).at > 20 kPa"', conclude="b"),
    )
    records = [bench.scan(m, run_of("a.x", [x], first=m)) for m, x in enumerate((30, 10, 10))]
    assert [(0, 1_000_000), (1_000_000, 1_000_000), (0, 0)] == [out(r, "first") for r in records]
    assert [(1_000_000, 1_000_000), (0, 0), (0, 0)] == [out(r, "reads") for r in records]


def test_looking_for_cycles_makes_no_facts() -> None:
    """A number that reads what nobody concluded says so, whatever else the stratum computes."""
    rules = (
        rule("alone", '"j.duration > 5 min"', "match: {j: job}", conclude="end(job: j, at: j.duration)"),
        rule(
            "after",
            '"j.duration > 5 min"',
            "match: {i: job, j: job where j.after == i.id}",
            conclude="end(job: j, at: end(job: i).at + j.duration)",
        ),
        rule("low", '"a.x > 0 kPa"', conclude="peak(grade: low, at: peak(grade: high).at)"),
    )
    record = Bench(*rules).scan(0, run_of("a.x", [60]), rows=[job("A", 6), job("B", 7, "A")])
    reasons = {f.key: f.reason for f in record.facts}
    assert ("no such fact", "") == (reasons["peak(grade=low)"], reasons["end(job=B)"])

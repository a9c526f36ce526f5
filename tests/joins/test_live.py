"""A live session runs rules over rows by the joins, and keeps the bytes of the reference."""

from __future__ import annotations

import pytest
from hypothesis import Phase, given, settings

from expert.engine.guards import JoinExplosion
from expert.engine.nodes import NodeTable
from expert.engine.session import Session
from expert.joins.shown import Shown
from expert.joins.split import joined_rules, left_to_reference
from expert.values.types import Row, ScanInput
from tests.engine.build import SITE, T0, Bench, fact, good, program, rule
from tests.joins.strategies import FILES, NUMERIC_FILES, Change, changes, numeric_programs, programs


def _play(bench: Bench, scans: tuple[Change, ...]) -> None:
    for i, scan in enumerate(scans):
        if i == len(scans) - 1:
            bench._of = None  # the last scan is run by a twin that was restored just before
        bench.scan(scan.minute, scan.samples, rows=scan.rows)


@given(programs(), changes())
@settings(max_examples=60, deadline=None, phases=(Phase.explicit, Phase.generate))
def test_a_live_session_agrees_on_rows(rules: tuple[str, ...], scans: tuple[Change, ...]) -> None:
    """Records and snapshots, whatever the rules and however rows come and go, also after a restart."""
    _play(Bench(*rules, files=FILES), scans)


@given(numeric_programs(), changes())
@settings(max_examples=60, deadline=None, phases=(Phase.explicit, Phase.generate))
def test_a_live_session_agrees_on_numbers(rules: tuple[str, ...], scans: tuple[Change, ...]) -> None:
    """Numbers by max and min that depend on each other, cycles in the data included."""
    _play(Bench(*rules, files=NUMERIC_FILES), scans)


MATCH = "match: {j: job}"
PAIR = "match: {i: job, j: job where j.after == i.id}"


def _job(key: str, after: str = "", due: float = 9) -> Row:
    return Row("job", key, {"id": key, "after": after, "step": 1, "duration": 1, "due": due})


def test_what_only_the_reference_can_say_runs_beside_the_joins() -> None:
    """A rule that looks for other rows, and whoever reads it, stays with the reference; the others do not."""
    rules = (
        rule("one", '"j.due < 5 min"', MATCH, conclude="late(job: j)"),
        rule("two", '{exists: {k: "job where k.after == j.id"}}', MATCH, conclude="end(job: j, at: j.due)"),
        rule("three", '{all: ["end(job: j).at > 2 min", "late(job: j)"]}', MATCH, conclude="b"),
    )
    bench = Bench(*rules)
    table = NodeTable(bench.program)
    assert {"t.one"} == joined_rules(bench.program, table)
    assert ["t.two"] == list(left_to_reference(bench.program, table))
    bench.scan(0, rows=[_job("A", due=3), _job("B", "A")])
    assert fact(bench.scan(1, rows=[_job("B", "A", due=4)]), "b").s
    assert not fact(bench.scan(2, rows=[_job("B")]), "b").s


def test_a_cycle_goes_with_its_base() -> None:
    """Facts that support each other are gone when the row is that they began with."""
    bench = Bench(
        rule("one", '"j.due < 5 min"', MATCH, conclude="late(job: j)"),
        rule("two", "late(job: i)", PAIR, conclude="late(job: j)"),
    )
    record = bench.scan(0, rows=[_job("A", due=3), _job("B", "A"), _job("C", "B"), _job("B", "C")])
    record = bench.scan(1, rows=[_job("B", "A"), _job("C", "B")])
    assert fact(record, "late(job=C)").s
    record = bench.scan(2, rows=[_job("A"), _job("B", "C")])
    assert not fact(record, "late(job=C)").s


def test_holds_over_rows_go_on_after_a_restart() -> None:
    """The past of every row is in the snapshot, and is taken over from it."""
    bench = Bench(rule("one", '"j.due < 5 min"', MATCH, "for: 3 min", conclude="late(job: j)"))
    bench.scan(0, rows=[_job("A", due=3), _job("B")])
    bench.scan(1, rows=[_job("B", due=3)])
    bench._of = None
    bench.scan(2)
    record = bench.scan(3)
    assert fact(record, "late(job=A)").s
    assert not fact(record, "late(job=B)").s


def test_disputes_of_rows_come_and_go() -> None:
    """A refuter that appears later caps what machines of the rows see."""
    rules = (
        rule(
            "one",
            '"j.due < 5 min"',
            MATCH,
            "severity: 3",
            'because: {en: "{j.due}", zh: "{j.due}"}',
            conclude="late(job: j)",
        ),
        rule("two", "a.x > 50 kPa", conclude=None).rstrip("\n") + "\n    refute: late\n",
    )
    bench = Bench(*rules)
    bench.scan(0, [good("a.x", 0, 40)], rows=[_job("A", due=3), _job("B", due=3)])
    record = bench.scan(1, [good("a.x", 1, 60)])
    assert {f.disputed for f in record.firings if f.rule == "t.one"} == {True}
    assert not {f.disputed for f in bench.scan(2, [good("a.x", 2, 40)]).firings if f.rule == "t.one"} & {True}


def test_nothing_is_evaluated_where_no_row_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sample that no row is compared with asks no activation."""
    session = Session(program(rule("one", '"j.due < 5 min"', PAIR, conclude="late(job: j)")), "live")
    asked = []
    plain = Shown.activation
    monkeypatch.setattr(Shown, "activation", lambda self, rule, env: asked.append(env) or plain(self, rule, env))
    session.scan(ScanInput(T0, T0, rows=(_job("A"), _job("B", "A"), _job("C", "B"))))
    assert 2 == len(asked)
    session.scan(ScanInput(T0 + 60_000, T0 + 60_000, samples=(good("a.x", 1, 60),)))
    assert 2 == len(asked)
    session.scan(ScanInput(T0 + 120_000, T0 + 120_000, rows=(_job("C", "B", due=1),)))
    assert 3 == len(asked)


def test_an_explosion_names_the_rule_and_what_grew() -> None:
    """The joins stop where the reference stops, with its words."""
    of = program(
        rule("one", '"j.due < i.due"', "match: {i: job, j: job}", conclude="late(job: j)"),
        files={"site/site.yaml": SITE["site/site.yaml"] + "max_activations: 8\n"},
    )
    rows = tuple(_job(k) for k in "ABCD")
    said = []
    for evaluator in ("reference", "live"):
        with pytest.raises(JoinExplosion, match=r"rule t\.one \(pack/t.yaml:\d+\).*j in job: 9") as caught:
            Session(of, evaluator).scan(ScanInput(T0, T0, rows=rows))
        said.append(str(caught.value))
    assert said[0] == said[1]

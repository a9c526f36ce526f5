"""The reference evaluator, experta and clingo conclude the same facts from generated crisp programs."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from expert.compat import crisp, experta_bridge
from expert.compat.experta_bridge import ExpertaMissing, OutsideFragment, load_experta, run_crisp, supported
from expert.values.types import Row
from tests.engine.build import T0, Bench, bad, program, rule
from tests.oracle import strategies
from tests.oracle.activity import OPERATORS, active, table_of
from tests.oracle.asp import run_clingo
from tests.oracle.strategies import Seen

ROOT = Path(__file__).resolve().parents[2]
INPUTS = st.lists(strategies.seen(), min_size=1, max_size=2)


def opinions(rules: tuple[str, ...], inputs: list[Seen]) -> set[str]:
    """Compare the three on each input; return the operators that were active."""
    made = program(*rules, files={"pack/facts.yaml": strategies.FACTS})
    assert [] == supported(made)
    records = []
    for seen in inputs:
        bench = Bench(of=made)
        record = bench.scan(0, seen.samples, rows=seen.rows)
        world = bench.session.world(T0)
        records.append(record)
        assert {(0, 0), (1_000_000, 1_000_000)} >= {(f.certainty.s, f.certainty.p) for f in record.facts}
        concluded = frozenset(f.key for f in record.facts if f.certainty.s)
        assert run_clingo(made, crisp.given(made, world)) == concluded, "clingo, reference"
        assert run_crisp(made, world) == concluded, "experta, reference"
    return active(made, records)


@pytest.mark.parametrize("examples", [200, pytest.param(2000, marks=pytest.mark.long)])
def test_three_engines_agree(examples: int) -> None:
    """Same facts on every program and input, and every operator is active in at least one program of twenty."""
    counts: Counter[str] = Counter()
    passed: set[tuple[str, ...]] = set()

    @settings(max_examples=3 * examples)  # many are drawn twice
    @given(strategies.programs(), INPUTS)
    def compare(rules: tuple[str, ...], inputs: list[Seen]) -> None:
        if rules in passed or len(passed) == examples:
            return
        counts.update(opinions(rules, inputs))
        passed.add(rules)

    compare()
    print(f"{len(passed)} programs\n{table_of(counts, len(passed))}")
    assert len(passed) >= examples
    assert [] == [name for name in OPERATORS if counts[name] < 0.05 * len(passed)]


STALE = """
from tests.engine.build import T0, Bench, rule, run_of
from expert.compat.experta_bridge import run_crisp
bench = Bench(
    rule("gate", "a.x > 50 kPa", conclude="gate"),
    *(rule(f"r{n}", "a.y > 50 kPa", conclude="a") for n in range(9)),
    rule("late", "{all: [a.y > 50 kPa, {not: gate}]}", conclude="b"),
    rule("hot", "p.t > 50 degC", "for_each: p in pumps", conclude="hot(pump: p)"),
    rule("none", '{all: [p.t > 10 degC, {not: "hot(pump: p)"}]}', "for_each: p in pumps", conclude="c"),
)
heat = [s for p in "ABC" for s in run_of(f"pumps[{p}].t", [60])]
bench.scan(0, [*run_of("a.x", [60]), *run_of("a.y", [60]), *heat])
print(sorted(run_crisp(bench.program, bench.session.world(T0))))
"""


@pytest.mark.parametrize("seed", ["0", "1", "2", "3"])
def test_a_negated_fact_blocks_under_every_hash_seed(seed: str) -> None:
    """Experta forgets to take activations back when others tie with them; the bridge never makes it do so."""
    out = subprocess.run(
        [sys.executable, "-c", STALE],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert ("['a', 'gate', 'hot(pump=A)', 'hot(pump=B)', 'hot(pump=C)']\n", "") == (out.stdout, out.stderr)


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        (rule("one", "a.x > 1 kPa", "for: 5 min"), "rule t.one: holds for a time (for)"),
        (rule("one", "a.x > 1 kPa", 'strength: "0.5"'), "rule t.one: has a strength"),
        (rule("one", "b >= 0.4"), "rule t.one: certainty of facts"),
        (rule("one", "{score: {of: [[1, b], [2, c]]}}"), "rule t.one: score of facts"),
        (rule("one", "raised(t.two)") + rule("two", "b"), "rule t.one: reads the state of a rule (raised)"),
        (
            rule("one", "j.duration > 0 min", "match: {j: job}", conclude="end(job: j, at: j.duration)"),
            "rule t.one: concludes a number",
        ),
        (rule("one", "a.x > 1 kPa", "refute: b", conclude=None), "rule t.one: refutes"),
        (rule("one", '"end(job: j).at > 1 min"', "match: {j: job}"), "rule t.one: number of facts"),
    ],
)
def test_what_is_outside_is_named(made: str, reason: str) -> None:
    """One phrase for each reason why a rule cannot be judged."""
    assert [reason] == supported(program(made))


def test_a_program_without_a_variable_is_outside() -> None:
    """What was never installed is neither true nor false."""
    made = program(rule("one", "{any: [a.x > 1 kPa, a.y > 1 kPa]}"), installed=["a.x"])
    assert ["rule t.one: the site lacks variables that it reads"] == supported(made)


def test_an_unknown_leaf_is_refused() -> None:
    """A bad sample cannot be handed to an engine that knows only true and false."""
    bench = Bench(rule("one", "a.x > 50 kPa"))
    bench.scan(0, [bad("a.x", 0)])
    with pytest.raises(OutsideFragment, match=r"rule t\.one: a\.x > 50 kPa is neither true nor false"):
        run_crisp(bench.program, bench.session.world(T0))


def test_a_row_without_a_value_is_refused() -> None:
    """An empty field that a rule compares is unknown, too."""
    bench = Bench(rule("one", "j.duration > j.due", "match: {j: job}"))
    bench.scan(0, rows=[Row("job", "J", {"id": "J", "duration": 3})])
    with pytest.raises(OutsideFragment, match="row job J: due has no value"):
        run_crisp(bench.program, bench.session.world(T0))


def test_names_of_ours_mean_nothing_to_experta() -> None:
    """Bindings, fields and keys may be called what experta uses itself."""
    facts = {"pack/facts.yaml": "facts:\n  f: {title: {en: F, zh: F}, fields: {engine: {relation: job}}}\n"}
    made = program(rule("one", "self.step == 1", "match: {self: job}", conclude="f(engine: self)"), files=facts)
    bench = Bench(of=made)
    rows = {"__bind__": 1, 'a"\\, b': 1, "c": 2}
    bench.scan(0, rows=[Row("job", key, {"step": step}) for key, step in rows.items()])
    world = bench.session.world(T0)
    expected = {"f(engine=__bind__)", 'f(engine=a"\\, b)'}
    assert expected == run_crisp(made, world) == run_clingo(made, crisp.given(made, world))


def test_without_experta_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing package, or one that a missing dependency has emptied, is one clear error."""
    monkeypatch.setitem(sys.modules, "experta.engine", None)
    with pytest.raises(ExpertaMissing, match=r"experta 1\.9\.4 cannot be imported \(.+\); install the extra 'experta'"):
        load_experta()


def test_another_version_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The defects that the bridge works around were measured on one version."""
    monkeypatch.setattr(experta_bridge, "VERSION", "2.0")
    with pytest.raises(ExpertaMissing, match=r"experta 1\.9\.4 is installed, and its bridge is made for 2\.0"):
        load_experta()


def test_importing_experta_leaves_the_process_as_it_was() -> None:
    """No handler on the root logger, nothing left in `collections`, and nothing is imported before it is asked for."""
    code = (
        "import collections, logging, sys; from expert.compat import experta_bridge as b; "
        "before = 'experta' in sys.modules; b.load_experta(); "
        "print(before, logging.root.handlers, hasattr(collections, 'Mapping'))"
    )
    out = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert ("False [] False\n", "") == (out.stdout, out.stderr)

"""The smallest change is true: it is enough, no part of it is, and nothing nearer would do."""

from __future__ import annotations

import math
from itertools import combinations
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from expert.explain.changes import Change, smallest
from expert.explain.recorded import Recorded
from expert.explain.subjects import Move, Quantity
from expert.language import ast
from expert.values.interval import UNKNOWN
from expert.values.types import ScanRecord
from tests.engine.build import Bench, good, rule
from tests.explain.conditions import CONDITIONS, VALUES, VARIABLES, limits, meaning, trees, yaml

SLACK = 2e-6
"""Certainties are rounded to millionths after each step."""
FACT_RULES = (
    rule("b", "a.u rises 10 kPa to 90 kPa", conclude="b"),
    rule("c", "a.e > 50 kPa", conclude="c"),
)
Values = dict[str, int | None]


def scan(condition: Any, values: Values, *lines: str) -> tuple[Bench, ScanRecord]:
    """One scan of a rule with this condition while the variables show these values."""
    bench = Bench(rule("one", yaml(condition), *lines, conclude="a"), *FACT_RULES)
    record = bench.scan(1, [good(name, 1, value) for name, value in values.items() if value is not None])
    return bench, record


def settled(bench: Bench, record: ScanRecord, moves: tuple[Move, ...]) -> tuple[float, float]:
    """The rule's certainty after some moves, by the plain reading."""
    recorded = Recorded(bench.program, record)
    settings = {k: x for m in moves for k, x in m.settings.items()}
    when = bench.program.rules["t.one"].when

    def leaf(node: ast.Cond, env: Any) -> Any:
        key = recorded.table.key(node, env)
        return settings.get(key, recorded.cond(node, env) or UNKNOWN)

    return meaning(when, {}, leaf)


def parts_of(change: Change) -> list[tuple[Move, ...]]:
    """Everything that leaves something of a change out."""
    return [part for n in range(len(change.moves)) for part in combinations(change.moves, n)]


@given(CONDITIONS, VALUES)
def test_a_change_raises_the_rule_and_no_part_of_it_does(condition: Any, values: Values) -> None:
    """Setting what the change names brings the recomputed rule to its threshold; leaving anything out does not."""
    bench, record = scan(condition, values)
    for change in smallest(Recorded(bench.program, record), bench.program.rules["t.one"], (), True):
        assert settled(bench, record, change.moves)[0] >= 0.5 - SLACK
        for part in parts_of(change):
            assert settled(bench, record, part)[0] < 0.5 + SLACK


@given(CONDITIONS, VALUES)
def test_a_change_clears_the_rule_and_no_part_of_it_does(condition: Any, values: Values) -> None:
    """The same for `clears if`: plausibility falls below the clear limit."""
    bench, record = scan(condition, values)
    for change in smallest(Recorded(bench.program, record), bench.program.rules["t.one"], (), False):
        assert settled(bench, record, change.moves)[1] < 0.5 + SLACK
        for part in parts_of(change):
            assert settled(bench, record, part)[1] >= 0.5 - SLACK


def whole(move: Move) -> int:
    """The value that an instrument with a resolution of 1 kPa has to show for a move."""
    assert move.to is not None
    if not move.beyond:
        return math.ceil(move.to) if move.up else math.floor(move.to)
    return math.floor(move.to) + 1 if move.up else math.ceil(move.to) - 1


TWO_LOST = {"not": {"score": {"of": [[1, "a.x falls 57 kPa to 44 kPa"], [1, "a.y > 6 kPa"], [1, "a.y < 5 kPa"]]}}}


@given(CONDITIONS, VALUES)
@example(TWO_LOST, dict.fromkeys(VARIABLES))
def test_the_engine_agrees_with_a_change(condition: Any, values: Values) -> None:
    """A scan in which the instruments show what the change asks for raises the rule."""
    bench, record = scan(condition, values)
    for change in smallest(Recorded(bench.program, record), bench.program.rules["t.one"], (), True):
        if not all(isinstance(m.subject, Quantity) for m in change.moves):
            continue
        shown = {m.subject.expr.variable: 50 if m.to is None else whole(m) for m in change.moves}  # type: ignore[attr-defined]
        _, after = scan(condition, {**values, **shown})
        assert after.nodes["rule:t.one"]["when"][0] >= 500_000


UNIQUE = st.permutations(VARIABLES).flatmap(lambda names: st.tuples(*(limits(n) for n in names))).flatmap(
    lambda atoms: trees(st.sampled_from(atoms)).filter(lambda tree: all(yaml(tree).count(a) <= 1 for a in atoms))
)  # fmt: skip
"""Every variable stands in one place only, so that more of it helps or harms throughout."""
KNOWN = st.fixed_dictionaries({v: st.integers(0, 99) for v in VARIABLES})


@given(UNIQUE, KNOWN)
def test_nothing_nearer_would_do(condition: Any, values: Values) -> None:
    """Where one variable alone can raise the rule, its nearest value is found, and no larger change is offered."""
    bench, record = scan(condition, values)
    if record.nodes["rule:t.one"]["when"][0] >= 500_000:
        return
    expected = {}
    for name, value in values.items():
        assert value is not None
        for up, candidates in ((True, range(value + 1, 101)), (False, range(value - 1, -1, -1))):
            near = next((v for v in candidates if raised(condition, {**values, name: v})), None)
            if near is not None:
                expected[name, up] = near
    found = smallest(Recorded(bench.program, record), bench.program.rules["t.one"], (), True)
    if not expected:
        assert all(len(c.moves) > 1 for c in found)
        return
    assert all(len(c.moves) == 1 for c in found)
    actual = {(c.moves[0].subject.expr.variable, c.moves[0].up): whole(c.moves[0]) for c in found}  # type: ignore[attr-defined]
    assert expected == actual


def raised(condition: Any, values: Values) -> bool:
    """Whether the engine finds the condition to hold."""
    return bool(scan(condition, values)[1].nodes["rule:t.one"]["when"][0] >= 500_000)


def test_limits_on_one_quantity_move_together() -> None:
    """Two limits on one value are one change, to the farther of them."""
    bench, record = scan({"all": ["a.x > 10 kPa", "a.x > 20 kPa"]}, {"a.x": 5})
    (change,) = smallest(Recorded(bench.program, record), bench.program.rules["t.one"], (), True)
    assert [(20.0, True, True)] == [(m.to, m.up, m.beyond) for m in change.moves]


def test_a_soft_limit_is_met_where_the_threshold_is() -> None:
    """Half way up a ramp is enough for a threshold of one half."""
    bench, record = scan("a.x rises 20 kPa to 40 kPa", {"a.x": 5})
    (change,) = smallest(Recorded(bench.program, record), bench.program.rules["t.one"], (), True)
    assert [30.0] == [m.to for m in change.moves]


def test_the_weight_of_a_term_decides_how_far_it_has_to_go() -> None:
    """In a score, a heavy term has to move less than a light one."""
    score = {"score": {"at_least": 0.5, "of": [[30, "a.x rises 0 kPa to 60 kPa"], [10, "a.y rises 0 kPa to 60 kPa"]]}}
    bench, record = scan(score, {"a.x": 0, "a.y": 0})
    found = smallest(Recorded(bench.program, record), bench.program.rules["t.one"], (), True)
    assert [[40.0]] == [[m.to for m in c.moves] for c in found]


def test_a_set_of_more_than_two_is_found() -> None:
    """Where three quantities have to move, all three are named, each no farther than it must."""
    bench, record = scan(
        ["a.x > 10 kPa", "a.y < 20 kPa", "a.v rises 40 kPa to 60 kPa"], {"a.x": 5, "a.y": 50, "a.v": 9}
    )
    (change,) = smallest(Recorded(bench.program, record), bench.program.rules["t.one"], (), True)
    assert {"a.x": 10.0, "a.y": 20.0, "a.v": 50.0} == {m.subject.expr.variable: m.to for m in change.moves}  # type: ignore[attr-defined]


def test_what_holds_needs_no_change() -> None:
    """A rule that is at its threshold has nothing to be changed."""
    bench, record = scan("a.x > 10 kPa", {"a.x": 50})
    assert [] == smallest(Recorded(bench.program, record), bench.program.rules["t.one"], (), True)

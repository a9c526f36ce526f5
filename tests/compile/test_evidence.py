"""What counts as one source of two rules whose evidence adds up."""

from __future__ import annotations

import pytest

from expert.language.diagnostics import ProgramError
from tests.engine.build import program, rule

ROWS = "count(j in job where j.due > 5 min) > 2"


@pytest.mark.parametrize(
    ("first", "second", "source"),
    [
        ("a.x > 50 kPa", "mean(a.x, 5 min) > 50 kPa", "a.x"),
        ("max(pumps.t) > 50 degC", "{at_least: 1, of: {p: pumps}, where: p.t > 50 degC}", r"pumps\[A\].t"),
        ('"model(outlook).below(50 kPa, ahead: 2 h) >= 0.5"', "a.v > 50 kPa", "a.v"),
        ("raised(t.below)", "a.y > 50 kPa", "a.y"),
        ("not bad(a.x)", "a.x > 50 kPa", "a.x"),
        (ROWS, "{exists: {j: job where j.step > 1}}", "job"),
    ],
)
def test_one_source_may_not_count_twice(first: str, second: str, source: str) -> None:
    """Through windows, sets, models, states of rules and tables."""
    below = rule("below", "a.y > 60 kPa", conclude="b")
    with pytest.raises(ProgramError, match=f"E0332.*would count {source} twice as evidence for proof"):
        program(below, rule("one", first, conclude="proof"), rule("two", second, conclude="proof"))


def test_disjoint_sources_load() -> None:
    """Two instruments, a model of a third, a table."""
    loaded = program(
        rule("one", "a.x > 50 kPa and not b", conclude="proof"),
        rule("two", '"model(outlook).below(50 kPa, ahead: 2 h) >= 0.5"', conclude="proof"),
        rule("three", ROWS, conclude="proof"),
        rule("below", "a.y > 60 kPa", conclude="b"),
    )
    assert 4 == len(loaded.rules)


def test_a_rule_in_shadow_gives_no_evidence() -> None:
    """So it may look at what another looks at."""
    two = rule("two", "a.x > 60 kPa", "status: shadow", conclude="proof")
    assert 2 == len(program(rule("one", "a.x > 50 kPa", conclude="proof"), two).rules)

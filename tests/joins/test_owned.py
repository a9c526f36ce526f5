"""What the joins do not take on is refused by name, never evaluated otherwise."""

from __future__ import annotations

import pytest

from expert.joins.owned import owned_rules
from expert.joins.shape import NotJoinable
from tests.engine.build import FACTS, program, rule

MATCH = "match: {j: job}"


def test_a_rule_over_rows_in_shadow_is_refused() -> None:
    """What it concludes counts for nobody else."""
    with pytest.raises(NotJoinable, match=r"rule t\.one: in shadow"):
        owned_rules(program(rule("one", "j.due > 5 min", MATCH, "status: shadow", conclude="late(job: j)")))


def test_evidence_about_rows_is_refused() -> None:
    """It adds up over rules."""
    plain = "late: {title: {en: Late, zh: 晚}"
    facts = FACTS.replace(plain, f"{plain}, evidence: {{combine: odds}}")
    one = rule("one", "j.due > 5 min", MATCH, conclude="late(job: j)")
    with pytest.raises(NotJoinable, match=r"rule t\.one: evidence for late adds up"):
        owned_rules(program(one, files={"pack/facts.yaml": facts}))


def test_rules_in_shadow_that_see_no_row_are_left_alone() -> None:
    """They are the other evaluator's."""
    rules = rule("one", "j.due > 5 min", MATCH, conclude="late(job: j)"), rule("two", "a.x > 50 kPa", "status: shadow")
    assert frozenset({"t.one"}) == owned_rules(program(*rules))

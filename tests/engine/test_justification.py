"""The canonical justification of a fact: its derivation of the lowest naive round; it never goes in a circle."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from expert.explain.recorded import split_key
from expert.values.types import Row, ScanRecord
from tests.engine.build import Bench, rule

CLOSED = (
    rule("own", "j.duration > j.due", "match: {j: job}", conclude="late(job: j)"),
    rule("next", '"late(job: i)"', "match: {i: job, j: job where j.after == i.id}", conclude="late(job: j)"),
)
NAMES = "ABCDEF"


def scan(after: list[int], late: set[int]) -> ScanRecord:
    """Jobs that wait for one another, in circles or not; some are late by themselves."""
    rows = [
        Row("job", n, {"id": n, "after": NAMES[a], "step": 1, "duration": 10.0, "due": 5.0 if i in late else 1e6})
        for i, (n, a) in enumerate(zip(NAMES, after, strict=True))
    ]
    return Bench(*CLOSED).scan(0, rows=rows)


@given(st.lists(st.integers(0, 5), min_size=6, max_size=6), st.sets(st.integers(0, 5), max_size=3))
def test_following_justifications_ends_at_a_job_that_is_late_by_itself(after: list[int], late: set[int]) -> None:
    """From every late job back along its justification one comes to its base, in at most as many steps as jobs."""
    by = {dict(f.args)["job"]: f.by for f in scan(after, late).facts if f.type == "late" and f.certainty.s}
    for job in by:
        for _ in NAMES:
            rule_id, bindings = split_key(by[job])
            if rule_id.endswith("own"):
                break
            job = dict(bindings)["i"]
        assert rule_id.endswith("own")


def test_the_lower_round_wins_then_the_rule_id() -> None:
    """A job that is late by itself is justified so, though its predecessor's lateness would do too."""
    by = {dict(f.args)["job"]: f.by for f in scan([1, 0, 0, 0, 0, 0], {0, 1}).facts if f.type == "late"}
    assert ["own", "own"] == [split_key(by[j])[0].rsplit(".", 1)[-1] for j in "AB"]
    assert "next" in by["C"]


def test_a_fact_without_support_has_no_justification() -> None:
    """Nothing speaks for it."""
    assert {""} == {f.by for f in scan([1, 0, 0, 0, 0, 0], set()).facts if f.type == "late"}

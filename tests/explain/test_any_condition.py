"""Whatever a rule's condition is and whatever the instruments show, it can be explained."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from expert.explain import why, why_not
from expert.values.cells import cells
from tests.explain.conditions import CONDITIONS, VALUES
from tests.explain.scenes import texts
from tests.explain.test_changes import scan

Values = dict[str, int | None]


@given(CONDITIONS, VALUES, st.sampled_from(["en", "zh"]), st.integers(60, 120))
def test_both_pages_keep_to_the_width(condition: Any, values: Values, lang: str, width: int) -> None:
    """Why and why not of a random rule, raised or not, known or not."""
    bench, record = scan(condition, values, "for: 2 min", "strength: 0.9")
    pages = [
        *texts(why(bench.program, record, "t.one", (), lang, width=width)),
        *texts(why_not(bench.program, record, "t.one", lang, width=width)),
    ]
    assert [] == [line for line in pages if cells(line) > width]


@given(CONDITIONS, VALUES)
def test_the_marks_follow_the_record(condition: Any, values: Values) -> None:
    """A page of a rule that is raised says what the record says: support, state, episode."""
    bench, record = scan(condition, values)
    first = texts(why_not(bench.program, record, "t.one", "en"))[0]
    assert first.startswith("one: raised since" if record.firings and state(record) else "one: not raised")


def state(record: Any) -> bool:
    """Whether the rule is raised in a record."""
    return any(f.rule == "t.one" and f.state != "normal" for f in record.firings)

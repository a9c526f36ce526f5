"""Evidence of quantifiers and aggregates: the rows that were looked at, in both languages."""

from __future__ import annotations

import pytest

from expert.explain import text_of, why
from tests.engine.build import Bench, rule
from tests.engine.test_recursion import job

WHEN = (
    "{all: [{exists: {k: job where k.after == j.id}, that: k.duration > 5 min}, "
    "{none: {k: job where k.duration > 5 min}, that: k.due > 9 min}, "
    "{none: {k: job where k.duration > 50 min}}, {at_least: 1, of: {k: job where k.duration > 5 min}}, "
    "sum(k.duration for k in job where k.step == 1) > 14 min, count(k in job where k.due > 3 min) >= 1]}"
)
ENGLISH = """\
  + job: at least one
    + B duration   6 min > 5 min
  + job: none
    x A due   4 min > 9 min
    x B due   2 min > 9 min
  + job: none   no such rows
  + job: at least 1
    + job A
    + job B
  + sum of job duration   16 min > 14 min
  + number of job   1 >= 1"""
CHINESE = """\
  + 工序：至少一项
    + B duration   6 min > 5 min
  + 工序：一项也没有
    x A due   4 min > 9 min
    x B due   2 min > 9 min
  + 工序：一项也没有   没有符合的记录
  + 工序：至少 1 项
    + 工序 A
    + 工序 B
  + 工序 duration合计   16 min > 14 min
  + 工序数量   1 >= 1"""


@pytest.mark.parametrize(("lang", "expected"), [("en", ENGLISH), ("zh", CHINESE)])
def test_evidence_over_rows(lang: str, expected: str) -> None:
    """A quantifier is opened down to its rows, an aggregate says its number."""
    bench = Bench(rule("one", WHEN, "match: {j: job}", "severity: 2", conclude="late(job: j)"))
    record = bench.scan(0, rows=[job("A", 10, due=4), job("B", 6, "A", due=2)])
    page = "\n".join(text_of(line) for line in why(bench.program, record, "t.one", (("j", "A"),), lang))
    assert expected in page

"""What a rule promised, whether it came, and how often it was right, on the page of why."""

from __future__ import annotations

import pytest

from expert.explain import why
from expert.values.types import ScanRecord
from tests.engine.build import Bench, rule, run_of
from tests.explain.scenes import evidence

BACK = {
    "site/variables.yaml": """
variables:
  - {id: a.x, unit: kPa, resolution: "1", period: 1 min, max_age: 11 min, valid: [0, 100], title: {en: X, zh: X}}
  - {id: a.y, unit: kPa, resolution: "1", period: 1 min, max_age: 11 min, valid: [0, 100], normal: [20, 30],
     title: {en: Pressure, zh: 压力}}
""",
    "site/models.yaml": "models: []\n",
    "pack/facts.yaml": """
facts:
  a: {title: {en: A, zh: A}}
  b: {title: {en: Slip, zh: 滑料}}
  gate: {title: {en: G, zh: G}}
""",
    "site/equipment.yaml": "sets: {}\n",
}
ONE = rule(
    "one", "a.x > 50 kPa", "expect: {b: within 2 min, or: a.y back_to normal within 3 min}"
)  # fmt: skip


def page(y: list[int | None], lang: str = "en") -> list[str]:
    """Why of the rule after some minutes, from what it clears on."""
    bench = Bench(ONE, files=BACK)
    record: ScanRecord | None = None
    for minute, value in enumerate(y):
        record = bench.scan(minute, [*run_of("a.x", [60], minute), *run_of("a.y", [value], minute)])
    assert record is not None
    lines = evidence(why(bench.program, record, "t.one", (), lang, width=200))
    labels = ("expects", "so far", "预期", "以往")
    return [" ".join(line.split()) for line in lines if line.startswith(labels)]


@pytest.mark.parametrize(
    ("y", "came"),
    [
        ([40, 40, 25], "it did, at 00:02"),
        ([40, 40, 40, 40], "by 00:03 it did not"),
        ([40, None, 40, 40], "by 00:03 the data did not tell"),
    ],
)
def test_a_decided_expectation_is_told(y: list[int | None], came: str) -> None:
    """What was said when, and what came of it."""
    what = "slip by 00:02, or pressure >= 20 kPa and pressure <= 30 kPa by 00:03"
    assert f"expects said at 00:00 that {what}; {came}" == page(y)[0]


def test_an_open_expectation_is_told() -> None:
    """What is still to come, and by when."""
    assert page([40])[0].startswith("expects slip by 00:02, or pressure >= 20 kPa")


def test_the_track_record_is_told() -> None:
    """How often it was said in 90 days and how often it was right."""
    assert ["so far said this 1 times in 90 days, right 1 times, wrong 0 times"] == page([40, 25])[1:]


def test_a_chinese_reader_is_told_the_same() -> None:
    """Both in his words."""
    assert [
        "预期 00:00 曾预期：00:02 前滑料，或 00:03 前压力 >= 20 kPa 且 压力 <= 30 kPa；到 00:03 未出现",
        "以往 近 90 天报出 1 次，说对 0 次，说错 1 次",
    ] == page([40, 40, 40, 40], "zh")

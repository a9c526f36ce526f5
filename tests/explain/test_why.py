"""Why: the words of a page, and what is special about an episode."""

from __future__ import annotations

import pytest

from expert.explain import because_text, title_of, why
from expert.language.diagnostics import ProgramError
from expert.values.types import ModelAnswer, Row
from tests.engine.build import T0, Bench, bad, good, rule, run_of
from tests.explain.scenes import HANG, evidence, furnace, hang, rise, texts

HOUR = 3_600_000

HANG_IN_ENGLISH = """\
Hanging suspected
severity 3   raised 00:55   nearly certain [1.00, 1.00]   episode 4b14a2a216
No charge for 32 min while the pressure is 1.7 above normal.
because all of
  + time since charges last changed   31.5 min > 15 min
    charge.count  good, 00:54
  + score   0.67 >= 0.60   could reach 0.73
    +   20  blast pressure against normal (1 h mean)   z 1.7 (high from 1.5)
            blast.pressure  55/60 samples to 00:54  widens by 0.03
    +   20  blast volume against normal (1 h mean)   z -1.9 (low from -1.5)
            blast.volume  55/60 samples to 00:54  widens by 0.03
    x   15  top temperature (decrease within 30 min)
            6 degC (from 10, full at 40 degC)
            top.temperature  30/30 samples to 00:54
  + not: probe fault                  0.00   any of   descent.probe
    x no usable signal from charges   charge.count  signal good
    x top temperature unchanged for   0 min > 30 min
      top.temperature  good, 00:54
for 5 min: held since 00:50
rests on   blast.pressure, blast.volume, charge.count, top.temperature; lost, it
           would no longer stand
clears if  blast pressure against normal (1 h mean) z <= 1.2 (-0.5), or blast
           volume against normal (1 h mean) z >= -1.2 (+0.7), or a change of
           charges; for 5 min
rule       descent.hanging.suspected   pack/descent.yaml:2
source     test"""

HANG_IN_CHINESE = """\
疑似悬料
3级   00:55 报出   几乎确定 [1.00, 1.00]   事件 4b14a2a216
32 min 未下料，热风压力偏高 1.7。
依据（全部成立）
  + 距上次料批变化   31.5 min > 15 min   charge.count  正常，00:54
  + 得分   0.67 >= 0.60   最高可达 0.73
    +   20  热风压力偏离正常（1 h 均值）   z 1.7（1.5 起偏高）
            blast.pressure  55/60 个样本，至 00:54  区间放宽 0.03
    +   20  风量偏离正常（1 h 均值）       z -1.9（-1.5 起偏低）
            blast.volume  55/60 个样本，至 00:54  区间放宽 0.03
    x   15  炉顶温度（30 min 内减小）      6 degC（10 起计，40 degC 计满）
            top.temperature  30/30 个样本，至 00:54"""


def page(bench: Bench, record, name: str = "one", **more) -> list[str]:  # type: ignore[no-untyped-def]
    """Why of rule ``t.<name>`` before its own lines."""
    return evidence(why(bench.program, record, f"t.{name}", (), "en", **more))


def test_the_page_of_a_hang_in_english() -> None:
    """What holds, by how much, against which limit, by which instrument; what it rests on; what clears it."""
    program, records = hang()
    assert HANG_IN_ENGLISH.splitlines() == evidence(why(program, rise(program, records, HANG), HANG, (), "en"))


def test_the_page_of_a_hang_in_chinese() -> None:
    """The same in a foreman's words."""
    program, records = hang()
    lines = evidence(why(program, rise(program, records, HANG), HANG, (), "zh"))
    assert HANG_IN_CHINESE.splitlines() == lines[: len(HANG_IN_CHINESE.splitlines())]


def test_the_rules_own_lines_are_in_the_readers_language() -> None:
    """Texts of the other language are left out, the rest stands as it was written."""
    program, records = hang()
    lines = texts(why(program, rise(program, records, HANG), HANG, (), "en", width=200))
    own = lines[lines.index("") + 1 :]
    assert "title: {en: Hanging suspected}" in own
    assert "    - minutes_since(charge.count) > 15 min          # charging holds the level" in own
    assert not any(line.strip().startswith("zh:") for line in own)


def test_a_small_plot_stands_once_for_each_instrument() -> None:
    """With samples at hand, the page shows how each instrument moved."""
    program, records = hang()
    record = rise(program, records, HANG)

    def history(name: str, start: int, end: int) -> list[tuple[int, float | None]]:
        return [(start + (end - start) * i // 8, float(i)) for i in range(1, 9)]

    lines = texts(why(program, record, HANG, (), "en", history, True))
    assert 4 == sum(line.endswith("_.:-=+*#") for line in lines)


def test_the_reason_is_the_authors_sentence_with_values() -> None:
    """Durations, numbers with units."""
    program, records = hang()
    record = rise(program, records, HANG)
    assert "No charge for 32 min while the pressure is 1.7 above normal." == because_text(
        program, record, HANG, (), "en"
    )


def test_a_fact_is_opened_once() -> None:
    """A conclusion that is read twice is explained once, the second time it says where."""
    bench = Bench(rule("b", "a.x > 10 kPa", conclude="b"), rule("one", '["b >= 0.5", {any: [b, c]}]'))
    lines = page(bench, bench.scan(1, [good("a.x", 1, 50)]))
    assert 1 == sum("50 kPa > 10 kPa" in line for line in lines)
    assert "    + B   1.00   see above   t.b" in lines


def test_limits_on_one_certainty_are_one_line() -> None:
    """A band reads as a band."""
    bench = Bench(
        rule("b", "a.x rises 0 kPa to 100 kPa", conclude="b"), rule("one", '["b >= 0.2", "b < 0.6"]')
    )  # fmt: skip
    lines = page(bench, bench.scan(1, [good("a.x", 1, 50)]))
    assert any("0.50 >= 0.20 and < 0.60" in line for line in lines)


def test_both_directions_of_one_quantity_are_one_line() -> None:
    """Too low or too high: one value, two limits."""
    bench = Bench(rule("one", '{any: ["a.x falls 40 kPa to 20 kPa", "a.x rises 60 kPa to 80 kPa"]}'))
    lines = page(bench, bench.scan(1, [good("a.x", 1, 70)]))
    assert any("70 kPa -> 0.50 (from 60, full at 80 kPa), or (from 40, full at 20 kPa)" in line for line in lines)


def test_a_comparison_of_rounded_numbers_stays_true() -> None:
    """A value just above its limit is shown with as many decimals as it takes."""
    bench = Bench(rule("one", "mean(a.x, 10 min) > 20 kPa"))
    record = bench.play("a.x", [20] * 9 + [21], first=1)
    assert any("20.1 kPa > 20 kPa" in line for line in page(bench, record))


def test_a_held_episode_says_so() -> None:
    """Data are gone: it is held, with the time since when, and what would clear it."""
    bench = Bench(rule("one", "a.x > 10 kPa"))
    bench.scan(1, [good("a.x", 1, 50)])
    lines = page(bench, bench.scan(2, [bad("a.x", 2)]))
    assert "! held, no data since 00:02" in lines
    assert any(line.startswith("clears if  a.x back with X <= 10 kPa") for line in lines)


def test_a_clearing_episode_says_so() -> None:
    """It no longer holds; how long that has to last."""
    bench = Bench(rule("one", "a.x > 10 kPa", "clear_for: 5 min"))
    bench.scan(1, [good("a.x", 1, 50)])
    lines = page(bench, bench.scan(2, [good("a.x", 2, 5)]))
    assert "! clearing: it no longer holds, and ends after 5 min of that" in lines
    assert not any(line.startswith("clears if") for line in lines)


def test_an_episode_that_ended_says_when() -> None:
    """The record of its end."""
    bench = Bench(rule("one", "a.x > 10 kPa"))
    bench.scan(1, [good("a.x", 1, 50)])
    assert "! cleared 00:02" in page(bench, bench.scan(2, [good("a.x", 2, 5)]))


def test_an_episode_found_late_says_so() -> None:
    """A scan that was caught up."""
    bench = Bench(rule("one", "a.x > 10 kPa"))
    lines = page(bench, bench.scan(1, [good("a.x", 1, 50)], run_at=20))
    assert "! found late: the scans were caught up" in lines


def test_a_disputed_episode_says_what_speaks_against_it() -> None:
    """The refuter with its own evidence."""
    bench = Bench(
        rule("one", "a.x > 10 kPa"),
        rule("against", "a.y > 10 kPa", "refute: a", conclude=None),
    )
    bench.scan(1, [good("a.x", 1, 50), good("a.y", 1, 0)])
    lines = page(bench, bench.scan(2, [good("a.x", 2, 50), good("a.y", 2, 50)]))
    assert "! disputed: something speaks against it" in lines
    at = lines.index("what speaks against it")
    assert ["  + against   1.00   t.against", "    + Y   50 kPa > 10 kPa   a.y  good, 00:02"] == lines[at + 1 : at + 3]


def test_a_hold_that_is_not_over_says_how_long_is_left() -> None:
    """Asked before it rose."""
    bench = Bench(rule("one", "a.x > 10 kPa", "for: 5 min"))
    record = bench.play("a.x", [0, 0, 50, 50, 50])
    assert "for 5 min: held since 00:02, 3 min to go" in page(bench, record)


def test_a_model_is_quoted_with_its_interval() -> None:
    """A percentage, the prediction with its ends, and the reason when it hedges."""
    bench = Bench(rule("one", '"model(outlook).below(30 kPa, ahead: 2 h) >= 0.5"'))
    answer = ModelAnswer("outlook", 2 * HOUR, "below", 30.0, 610_000, 730_000, 27.0, 20.0, 34.0)
    lines = page(bench, bench.scan(1, models=[answer]), width=120)
    expected = (
        "  + chance of V below 30 kPa in 2 h   61-73 % >= 50 %   a.v  predicted 27 kPa (20 to 34 kPa)  model: outlook"
    )
    assert expected in lines


def test_a_model_that_knows_nothing_says_why() -> None:
    """Its reason in words."""
    bench = Bench(rule("one", '{any: ["model(outlook).below(30 kPa, ahead: 2 h) >= 0.5", "a.x > 10 kPa"]}'))
    answer = ModelAnswer("outlook", 2 * HOUR, "below", 30.0, 0, 1_000_000, reason="outside training|a.x")
    lines = page(bench, bench.scan(1, [good("a.x", 1, 50)], models=[answer]), width=120)
    assert any("model: outlook, inputs outside the training range: X" in line for line in lines)


def test_a_late_successor_names_operations_and_finish_times() -> None:
    """A join over rows: who waits for whom, and both times."""
    program, record = next((p, r) for name, p, r in furnace() if name == "schedule.late.by_predecessor")
    firing = next(f for f in record.firings if f.rule == "schedule.late.by_predecessor")
    assert "Late by its predecessor p2 (p1)" == title_of(program, firing.rule, firing.bindings, "en")
    lines = evidence(why(program, record, firing.rule, firing.bindings, "en"))
    assert any("finish time (p1)" in line and "85 min = p1 release + p1 duration" in line for line in lines)
    assert any("finish time (p1) + p2 duration" in line and "= p2 due time" in line for line in lines)


def test_a_site_without_an_instrument_says_so() -> None:
    """What was never installed is marked, named and left out of the score."""
    score = '{score: {at_least: 0.5, of: [[30, "a.x > 10 kPa"], [10, "a.y > 10 kPa"]]}}'
    bench = Bench(rule("one", score), installed=["a.x"])
    lines = page(bench, bench.scan(1, [good("a.x", 1, 50)]))
    assert "  + score   1.00 >= 0.50" in lines
    assert "    -   10  Y   not installed at this site" in lines
    assert "not here   Y (coverage 75 %)" in lines


def test_members_that_differ_are_named() -> None:
    """One reading for a set; a member without data stands out."""
    bench = Bench(rule("one", "max(mean(pumps.t, 5 min)) > 50 degC"))
    samples = [s for m in "AB" for s in run_of(f"pumps[{m}].t", [60] * 5, first=1)]
    lines = page(bench, bench.scan(5, samples))
    assert "    pumps.t  A 60, B 60, C ? degC  5/5 samples to 00:05, C only 0/5 samples" in lines


def test_rows_that_went_are_not_asked_for() -> None:
    """A conclusion about a row that was withdrawn ends; its last page has no evidence but no fault either."""
    bench = Bench(rule("one", "r.due > 10 min", "match: {r: job}", conclude="late(job: r)"))
    values = {"id": "j1", "after": "", "step": 1, "duration": 5.0, "due": 20.0}
    bench.scan(1, rows=[Row("job", "j1", values)])
    record = bench.scan(2, rows=[Row("job", "j1", None)])
    lines = evidence(why(bench.program, record, "t.one", (("r", "j1"),), "en"))
    assert "one j1" == lines[0]
    assert T0 < record.input.time


RELATIONS = """
relations:
  job:
    key: [id]
    title: {en: Job, zh: 工序}
    fields: {id: text, after: text, step: number, duration: min, due: min}
    field_titles: {due: {en: due time, zh: 交期}}
"""


def test_fields_of_rows_have_titles() -> None:
    """A field is named in the reader's words where the site gives them."""
    files = {"site/relations.yaml": RELATIONS}
    bench = Bench(rule("one", "r.due > 10 min", "match: {r: job}", conclude="late(job: r)"), files=files)
    record = bench.scan(1, rows=[Row("job", "j1", {"id": "j1", "after": "", "step": 1, "duration": 5.0, "due": 20.0})])
    shown = {lang: texts(why(bench.program, record, "t.one", (("r", "j1"),), lang)) for lang in ("en", "zh")}
    assert "  + j1 due time   20 min > 10 min" in shown["en"]
    assert "  + j1 交期   20 min > 10 min" in shown["zh"]


def test_a_title_of_an_unknown_field_is_an_error() -> None:
    """With the nearest name."""
    files = {"site/relations.yaml": RELATIONS.replace("{due: {en", "{du: {en")}
    with pytest.raises(ProgramError, match=r"unknown field du\b(.|\n)*did you mean due"):
        Bench(rule("one", "a.x > 10 kPa"), files=files)

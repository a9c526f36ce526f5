"""What `tuyere diff` makes of each kind of edit."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from expert.compile import load_program, shown_names
from expert.workshop.diff import Difference, compare_packs, difference_lines

DATA = Path(__file__).parents[1] / "data"
BASE = """rules:
  - id: topic.hang
    title: {en: Hang, zh: 悬}
    severity: 2
    when:
      all:
        - minutes_since(charge.count) > 15 min
        - score:
            at_least: 0.6
            of:
              - [30, z(blast.pressure, 60 min) is high]
              - [20, blast.volume < 3000 Nm3/min]
        - any: [top.temperature > 200 degC, model(silicon_outlook).below(0.35 %, ahead: 2 h) >= 0.75]
        - not: probe_fault
        - slope(top.temperature, 60 min) falls -0.2 to -1 degC/min
        - at_least: 2
          of: {s: sectors}
          where: s.wall_temperature > 100 degC
    for: 5 min
    conclude: hanging(stage: suspected)
    because: {en: "{blast.pressure}.", zh: "压力 {blast.pressure}。"}
    source: manual
  - id: topic.fault
    title: {en: Fault, zh: 故障}
    when: bad(charge.count) and blast.pressure > 100 kPa
    conclude: probe_fault
  - id: topic.no_hang
    title: {en: No hang, zh: 不悬}
    when: top.temperature > 300 degC
    refute: hanging
  - id: topic.act
    title: {en: Act, zh: 处理}
    kind: advice
    when: hanging >= 0.4
    advise: [{action: blast_down, amount: 10 %}]
    because: {en: "At {blast.pressure}.", zh: "压力 {blast.pressure}。"}
  - id: topic.late
    title: {en: Late, zh: 晚}
    match: {a: operation, b: operation where b.order == a.order}
    when: [late(operation: a), {exists: {c: operation where c.order == a.order}, that: c.due > 60 min}]
    conclude: late(operation: b, blame: predecessor)
"""


def compared(old: str, new: str, root: Path, facts: str = "", pack: str = "") -> Difference:
    """The difference of two versions of one topic; ``facts``, ``pack``: put behind the new version's own files."""
    for name, text in (("old", old), ("new", new)):
        (root / name).mkdir()
        for file in ("pack.yaml", "facts.yaml"):
            shutil.copy(DATA / "pack" / file, root / name / file)
        (root / name / "topic.yaml").write_text(text, "utf-8")
    for file, more in (("facts.yaml", facts), ("pack.yaml", pack)):
        with (root / "new" / file).open("a", encoding="utf-8") as f:
            f.write(more)
    programs = [load_program(root / n, DATA / "site") for n in ("old", "new")]
    return compare_packs(*programs)


EDITS = [
    ("> 15 min", "> 20 min", "major", "limit of minutes_since(charge.count): 15 min -> 20 min: fires less"),
    ("> 15 min", ">= 15 min", "patch", "minutes_since(charge.count): > -> >=: matches more"),
    ("> 15 min", "< 15 min", "major", "minutes_since(charge.count) > 15 min -> < 15 min: fires otherwise"),
    ("at_least: 0.6", "at_least: 0.5", "patch", "score at least: 0.6 -> 0.5: matches more"),
    ("[30, z", "[40, z", "major", "weight of z(blast.pressure, 60 min) is high: 30 -> 40: fires otherwise"),
    ("is high", "is low", "major", "z(blast.pressure, 60 min): is high -> is low: fires otherwise"),
    ("< 3000 Nm3", "< 3100 Nm3", "patch", "limit of blast.volume: 3000 Nm3/min -> 3100 Nm3/min: matches more"),
    ("any: [top", "all: [top", "major", "all of them instead of any: any of (top.temperature > 200 degC, "),
    (">= 0.75", ">= 0.8", "major", "certainty asked of model(silicon_outlook).below: 0.75 -> 0.8: fires less"),
    ("below(0.35 %", "below(0.4 %", "patch", "limit of model(silicon_outlook).below: 0.35 % -> 0.4 %: matches more"),
    ("        - not: probe_fault\n", "", "patch", "no longer: not probe_fault: matches more"),
    ("not: probe_fault", "not: slipping", "major", "no longer: not probe_fault: matches more"),
    ("-0.2 to -1", "-0.1 to -0.8", "patch", "falls -0.2 to -1 degC/min -> falls -0.1 to -0.8 degC/min: matches more"),
    ("at_least: 2", "at_least: 3", "major", "at least 2 -> at least 3: fires less"),
    ("> 100 degC", "> 90 degC", "patch", "limit of s.wall_temperature: 100 degC -> 90 degC: matches more"),
    ("for: 5 min", "for: 10 min", "major", "for: 5 min -> 10 min: fires less"),
    ("for: 5 min", "for: 5 min\n    strength: 0.9", "major", "strength: 1 -> 0.9: fires less"),
    ("severity: 2", "severity: 1", "major", "severity: 2 -> 1: less urgent"),
    ("severity: 2", "severity: 3", "patch", "severity: 2 -> 3: more urgent"),
    ("stage: suspected", "stage: confirmed", "major", "hanging(stage: confirmed): says something else"),
    ("source: manual", "expect: probe_fault within 30 min", "patch", "what it expects to be seen: keeps another score"),
    ("source: manual", "source: trial", "patch", "its source: worded otherwise"),
    ("en: Hang,", "en: Hung,", "patch", "its title: worded otherwise"),
    ("> 300 degC", "> 250 degC", "major", "refutes more, so what it speaks against is said less"),
    ("> 300 degC", "> 350 degC", "patch", "refutes less"),
    (">= 0.4", ">= 0.5", "major", "limit of certainty of hanging: 0.4 -> 0.5: fires less"),
    ("when: hanging >= 0.4", "when: hanging", "major", "hanging >= 0.4 -> hanging: fires otherwise"),
    ("amount: 10 %", "amount: 5 %", "major", "amount of blast_down: 10 % -> 5 %: people are told to do something else"),
    ("c.due > 60 min", "c.due > 50 min", "patch", "limit of c.due: 60 min -> 50 min: matches more"),
    (", that: c.due > 60 min", "", "patch", "exists that no longer only where c.due > 60 min: matches more"),
    ("exists: {c", "none: {c", "major", "also: none c: operation where c.order == a.order that c.due > 60 min"),
    ("c.order == a.order", "c.order == a.order and c.step > 1", "major", "also: c.step > 1: fires less"),
    (
        "b.order == a.order",
        "b.order == a.order and b.step > a.step",
        "major",
        "match b: also: b.step > a.step: fires less",
    ),
    ("id: topic.late", "id: topic.later", "major", "renamed from topic.late"),
    ("bad(charge.count) and ", "", "patch", "no longer: bad(charge.count): matches more"),
]


@pytest.mark.parametrize(("old", "new", "level", "told"), EDITS, ids=[f"{a} to {b}".strip() for a, b, *_ in EDITS])
def test_an_edit_is_told_and_graded(old: str, new: str, level: str, told: str, tmp_path: Path) -> None:
    """One edit of one place: its level, and its words."""
    assert 1 == BASE.count(old)
    found = compared(BASE, BASE.replace(old, new), tmp_path)
    assert level == found.level
    assert told in "\n".join(difference_lines(found))


SAME = [
    ("> 15 min", "> 900 s"),
    ("severity: 2", "severity:   2 # as it was"),
    ("- not: probe_fault", "- not probe_fault"),
    ("blast.volume < 3000 Nm3/min", "3000 Nm3/min > blast.volume"),
    ("bad(charge.count) and blast.pressure > 100 kPa", "blast.pressure > 0.1 MPa and bad(charge.count)"),
]


@pytest.mark.parametrize(("old", "new"), SAME)
def test_another_way_to_write_it_is_no_change(old: str, new: str, tmp_path: Path) -> None:
    """White space, units, order and brackets do not matter."""
    found = compared(BASE, BASE.replace(old, new), tmp_path)
    assert ["nothing changed in meaning"] == difference_lines(found)


def test_rules_that_come_and_go(tmp_path: Path) -> None:
    """A rule more is minor, one less is major, and it stands where it stood in the old pack."""
    cut = BASE[: BASE.index("  - id: topic.late")]
    assert ("minor", "0.2.0") == ((d := compared(cut, BASE, tmp_path)).level, d.asked)
    other = tmp_path / "other"
    other.mkdir()
    found = compared(BASE, cut, other)
    names = [shown_names(other / n, DATA / "site", other) for n in ("old", "new")]
    [change] = found.located(*names).changes
    assert ("major", "removed", "old/topic.yaml", 37) == (
        change.level,
        change.what,
        change.span.file,
        change.span.line,
    )


def test_who_reads_what_changed_is_named(tmp_path: Path) -> None:
    """Rules above a changed one see it through its facts."""
    found = compared(BASE, BASE.replace("> 100 kPa", "> 120 kPa"), tmp_path)
    assert ("topic.act", "topic.hang") == found.touched


def test_facts_and_exports(tmp_path: Path) -> None:
    """A fact more is minor, an import more is major."""
    text = "  stuck: {title: {en: Stuck, zh: 卡}}\n"
    found = compared(BASE, BASE, tmp_path, facts=text, pack="imports: [other/stuck]\n")
    assert [("major", "pack"), ("minor", "fact stuck")] == [(c.level, c.subject) for c in found.changes]


def test_a_version_that_is_high_enough_is_not_asked_for(tmp_path: Path) -> None:
    """The summary says which version the changes ask for, unless the pack has it."""
    found = compared(BASE, BASE.replace("severity: 2", "severity: 1"), tmp_path)
    assert "a major change asks for 1.0.0" in difference_lines(found)[-1]
    raised = Difference(found.changes, ("0.1.0", "1.0.0"))
    assert "rules: 0 removed, 0 added, 1 changed. major. version 0.1.0 -> 1.0.0" == difference_lines(raised)[-1]

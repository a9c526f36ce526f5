"""Counting over members that are picked by what never changes about them."""

from __future__ import annotations

import pytest

from expert.compile import ProgramError
from expert.explain import text_of, why
from expert.values.interval import FALSE, TRUE, UNKNOWN, Interval
from expert.values.types import ScanRecord
from tests.engine.build import Bench, fact, good, program, rule

LINES = """
sets:
  lines:
    title: {en: Lines, zh: 线}
    members: {east: {en: East, zh: 东}, west: {en: West, zh: 西}}
  pumps:
    title: {en: Pumps, zh: 泵}
    attributes: {line: {set: lines}, role: {values: [duty, spare]}}
    members:
      A: {en: A, zh: A, line: east, role: duty}
      B: {en: B, zh: B, line: east, role: spare}
      C: {en: C, zh: C, line: west, role: duty}
"""
FACTS = "facts:\n  warm: {title: {en: Warm, zh: 热}, fields: {line: {set: lines}}}\n"
FILES = {"site/equipment.yaml": LINES, "pack/facts.yaml": FACTS}
PUMPS = ("pumps[A].t", "pumps[B].t", "pumps[C].t")


def warm(k: int, where: str) -> str:
    """A rule for every line: at least ``k`` of its pumps are hot."""
    when = f"{{at_least: {k}, of: {{p: pumps where {where}}}, where: p.t > 100 degC}}"
    return rule("one", when, "for_each: s in lines", conclude="warm(line: s)")


def bench(text: str, installed: tuple[str, ...] | None = None) -> Bench:
    """The rule at a plant with two lines."""
    return Bench(of=program(text, files=FILES, installed=installed))


def scan(b: Bench, *values: int | None) -> ScanRecord:
    """One scan with the temperatures of the pumps; None: no sample."""
    return b.scan(0, [good(name, 0, v) for name, v in zip(PUMPS, values, strict=True) if v is not None])


def lines(record: ScanRecord) -> list[Interval]:
    """What is concluded of east and of west."""
    return [fact(record, "warm(line=east)"), fact(record, "warm(line=west)")]


def test_each_binding_counts_its_own_members() -> None:
    """A hot pump says something of its own line only."""
    assert [TRUE, FALSE] == lines(scan(bench(warm(1, "p.line == s")), 120, 80, 80))
    assert [FALSE, TRUE] == lines(scan(bench(warm(1, "p.line == s")), 80, 80, 120))


def test_a_silent_member_of_another_line_is_not_missed() -> None:
    """Only members that are meant can widen the answer."""
    assert [UNKNOWN, FALSE] == lines(scan(bench(warm(1, "p.line == s")), 80, None, 80))


def test_attributes_combine() -> None:
    """``and``, ``or``, ``not`` and ``!=`` pick members."""
    assert [FALSE, TRUE] == lines(scan(bench(warm(1, "p.line == s and not p.role == spare")), 80, 120, 120))
    assert [TRUE, FALSE] == lines(scan(bench(warm(1, "p.line != s")), 80, 80, 120))


def test_what_is_seen_beside_an_attribute_is_part_of_the_condition() -> None:
    """A measured condition behind the set's name does not pick members, it must hold for them."""
    record = scan(bench(warm(1, "p.line == s and p.t < 110 degC")), 120, 105, 120)
    assert [TRUE, FALSE] == lines(record)


def test_a_binding_with_too_few_members_is_off() -> None:
    """Two of one pump can never be hot: the rule is off for that line, and its coverage says so."""
    ground = [g for layer in program(warm(2, "p.line == s"), files=FILES).strata for g in layer]
    assert [("east", False), ("west", True)] == [(g.bindings[0][1], g.off) for g in ground]


def test_members_that_were_never_installed_do_not_count() -> None:
    """East without its only installed pump is off; an attribute alone never makes a condition."""
    ground = [
        g for layer in program(warm(1, "p.line == s"), files=FILES, installed=["pumps[C].t"]).strata for g in layer
    ]
    assert [("east", True), ("west", False)] == [(g.bindings[0][1], g.off) for g in ground]


def test_an_explanation_shows_the_members_that_are_meant() -> None:
    """West has one pump; the others are not in its evidence."""
    b = bench(warm(1, "p.line == s"))
    record = scan(b, 120, 120, 120)
    shown = "\n".join(text_of(line) for line in why(b.program, record, "t.one", (("s", "west"),), "en"))
    assert 1 == shown.count("120 degC")


def test_an_attribute_of_another_set_is_refused() -> None:
    """The values of the two sides must be of one kind."""
    with pytest.raises(ProgramError, match="E0314"):
        program(warm(1, "p.role == s"), files=FILES)

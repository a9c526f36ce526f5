"""Packs and sites become programs: strata, grounding, coverage, digest, rebuilding from sources."""

import shutil
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from expert.compile import ProgramError, check, describe_coverage, load_program, load_program_from_sources
from expert.language import ast

DATA = Path(__file__).parent.parent / "data"


@pytest.fixture(scope="module")
def program() -> ast.Program:
    """The sample pack at the test site, everything installed."""
    return load_program(DATA / "pack", DATA / "site")


def layer(program: ast.Program, rule: str) -> int:
    """Index of a rule's stratum."""
    return next(i for i, rules in enumerate(program.strata) for g in rules if g.rule.id == rule)


def test_sample_has_no_findings() -> None:
    """The sample pack is free of errors."""
    assert [] == check(DATA / "pack", DATA / "site")


def test_negated_fact_stands_below(program: ast.Program) -> None:
    """The rule that concludes a fact runs below the rule that negates it."""
    assert layer(program, "descent.probe") < layer(program, "descent.hanging.suspected")


def test_refuter_stands_below_readers(program: ast.Program) -> None:
    """A refuter runs below every reader of what it refutes."""
    assert layer(program, "descent.not_hanging") < layer(program, "descent.reduce")


def test_raised_stands_above(program: ast.Program) -> None:
    """A rule that reads a state runs above the rule whose state it is."""
    assert layer(program, "descent.hanging.suspected") < layer(program, "descent.hanging.confirmed")


def test_positive_recursion_shares_a_stratum(program: ast.Program) -> None:
    """Recursion over predecessors and over max values needs no layer of its own."""
    assert layer(program, "schedule.late.own") == layer(program, "schedule.late.predecessor")
    assert layer(program, "schedule.finish.own") == layer(program, "schedule.finish.after")


def test_rule_for_every_member(program: ast.Program) -> None:
    """A rule over a set is there once per member, in the order of names."""
    members = [g.bindings for rules in program.strata for g in rules if g.rule.id == "thermal.hot_wall"]
    assert [(("s", m),) for m in "ABCD"] == members


def test_literals_are_in_house_units(program: ast.Program) -> None:
    """A literal is converted once, when the program loads."""
    when = program.rules["thermal.hot_wall"].when
    assert isinstance(when, ast.All)
    slope = when.items[1]
    assert isinstance(slope, ast.Compare)
    assert isinstance(slope.right, ast.Number)
    assert float(Fraction("0.5") / 60) == slope.right.value


def test_soft_term_is_resolved(program: ast.Program) -> None:
    """``is cold`` becomes the ends that the site declares for that variable."""
    when = program.rules["thermal.cooling"].when
    assert isinstance(when, ast.Any)
    cold = when.items[0]
    assert isinstance(cold, ast.Graded)
    assert (1480.0, 1460.0, "cold") == (cold.zero.value, cold.one.value, cold.term)


def test_reason_parts_are_keyed_by_text(program: ast.Program) -> None:
    """Each part of a reason is resolved under its own text; a binding alone needs no expression."""
    rule = program.rules["thermal.hot_wall"]
    assert ["s.wall_temperature"] == list(rule.because_parts)


def test_rule_keeps_its_own_lines(program: ast.Program) -> None:
    """A rule knows its YAML, without the indentation of the list."""
    lines = program.rules["descent.hanging.suspected"].yaml.splitlines()
    assert "id: descent.hanging.suspected" == lines[0]
    assert "kind: condition" == lines[2]
    assert "source: test" == lines[-1]


def test_coverage_keeps_weights() -> None:
    """A score keeps the weight of installed evidence, siblings without weights count equal."""
    names = frozenset({"charge.count", "blast.pressure", "blast.volume"})
    found = load_program(DATA / "pack", DATA / "site", installed=names)
    rows = {key: (kept, off) for key, kept, off in describe_coverage(found)}
    assert (float((1 + Fraction(40, 55) + 1) / 3), False) == rows["descent.hanging.suspected"]
    assert (0.0, True) == rows["thermal.hot_wall[s=A]"]


def test_sources_rebuild_the_program(program: ast.Program) -> None:
    """The kept texts alone give the same program."""
    assert program == load_program_from_sources(program.sources)


def test_sources_keep_map_and_overrides() -> None:
    """What a site's map changed is kept with the sources."""
    plain = load_program(DATA / "pack", DATA / "site")
    other = replace(plain.site.variables["blast.pressure"], unit="bar")
    installed = frozenset({"blast.pressure", "blast.volume", "charge.count"})
    found = load_program(DATA / "pack", DATA / "site", installed=installed, variables={"blast.pressure": other})
    assert found == load_program_from_sources(found.sources)
    assert "bar" == found.site.variables["blast.pressure"].unit
    assert plain.digest != found.digest


def test_digest_ignores_places_and_white_space(tmp_path: Path, program: ast.Program) -> None:
    """Moving rules to other lines, or the folder elsewhere, changes no digest; a limit does."""
    shutil.copytree(DATA / "pack", tmp_path / "pack")
    topic = tmp_path / "pack" / "descent.yaml"
    text = topic.read_text(encoding="utf-8")
    topic.write_text("# moved\n\n" + text.replace("when:\n      all:", "when:\n\n      all:"), encoding="utf-8")
    assert program.digest == load_program(tmp_path / "pack", DATA / "site").digest
    topic.write_text(text.replace("15 min", "16 min"), encoding="utf-8")
    assert program.digest != load_program(tmp_path / "pack", DATA / "site").digest


def test_order_of_files_does_not_matter(program: ast.Program) -> None:
    """Sources in any order give the same program."""
    turned = dict(reversed(program.sources.items()))
    assert program.digest == load_program_from_sources(turned).digest


def test_two_packs_share_facts(tmp_path: Path) -> None:
    """A second pack reads the facts of the first one."""
    (tmp_path / "pack.yaml").write_text('name: more\nversion: "1"\ntitle: {en: More, zh: 更多}\n', encoding="utf-8")
    rule = "rules:\n  - id: extra.note\n    kind: note\n    title: {en: Note, zh: 注}\n    when: slipping\n"
    (tmp_path / "extra.yaml").write_text(rule, encoding="utf-8")
    found = load_program([DATA / "pack", tmp_path], DATA / "site")
    assert ("more+sample", True) == (found.pack, "extra.note" in found.rules)


def test_missing_folder_is_an_error(tmp_path: Path) -> None:
    """A folder that does not exist gives one clear finding."""
    with pytest.raises(ProgramError, match="no such folder"):
        load_program(tmp_path / "nothing", DATA / "site")


def test_empty_folder_is_an_error(tmp_path: Path) -> None:
    """A pack folder without pack.yaml is not silently an empty pack."""
    with pytest.raises(ProgramError, match=r"no pack\.yaml"):
        load_program(tmp_path, DATA / "site")


def test_findings_as_plain_json(tmp_path: Path) -> None:
    """A finding has a plain JSON form with file, place, code and text."""
    shutil.copytree(DATA / "pack", tmp_path / "pack")
    bad = "rules:\n  - {id: bad.rule, title: {en: Bad, zh: 坏}, when: slippin, conclude: slipping}\n"
    (tmp_path / "pack" / "bad.yaml").write_text(bad, encoding="utf-8")
    found = [d.as_json() for d in check(tmp_path / "pack", DATA / "site", root=tmp_path)]
    assert [("pack/bad.yaml", 2, "E0305")] == [(d["file"], d["line"], d["code"]) for d in found]

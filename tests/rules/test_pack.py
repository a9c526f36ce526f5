"""The shipped packs: every case passes, every rule has its cases, texts and sources are complete."""

from __future__ import annotations

import re

import pytest

from expert.compile import load_program
from expert.language.ast import Program
from expert.testing import case_files, run_cases
from expert.testing.mutation import mutation_report
from kb.orders import demo_orders
from kb.paths import plant_folder, rules_folder

PACKS = ("blast_furnace", "schedule")
CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture(scope="module", params=PACKS)
def pack(request: pytest.FixtureRequest) -> tuple[str, Program]:
    """A shipped pack and its program."""
    return request.param, load_program(rules_folder() / request.param, plant_folder())


def test_every_case_passes_and_no_rule_lacks_cases(pack: tuple[str, Program]) -> None:
    """All cases come out as expected; each rule has one where it fires and one where it stays quiet."""
    name, program = pack
    report = run_cases(program, case_files(rules_folder() / name))
    assert ([], ()) == ([r.case.name for r in report.failed], report.without_cases), report.text()


def test_texts_stand_in_both_languages(pack: tuple[str, Program]) -> None:
    """Titles and reasons are there in English and in Chinese, and the Chinese ones are Chinese."""
    _, program = pack
    texts = [t for r in program.rules.values() for t in (r.title, r.because) if t]
    assert [] == [t for t in texts if not t.get("en") or not CHINESE.search(t.get("zh", "")) or CHINESE.search(t["en"])]


def test_reasons_show_the_same_numbers_in_both_languages(pack: tuple[str, Program]) -> None:
    """A reason's parts are the same in both languages."""
    _, program = pack

    def parts(text: str) -> set[str]:
        return set(re.findall(r"\{([^{}]*)\}", text))

    differing = [r.id for r in program.rules.values() if r.because and parts(r.because["en"]) != parts(r.because["zh"])]
    assert [] == differing


def test_rules_name_source_and_owner(pack: tuple[str, Program]) -> None:
    """Each rule says where it comes from and who looks after it."""
    _, program = pack
    assert [] == [r.id for r in program.rules.values() if not r.source or not r.owner]


def test_conditions_of_the_furnace_have_an_advice_for_each_severe_one() -> None:
    """Every severe condition's fact is read by an advice."""
    program = load_program(rules_folder() / "blast_furnace", plant_folder())
    severe = {r.conclude.type for r in program.rules.values() if r.severity >= 4 and r.conclude is not None}
    advice = " ".join(r.yaml for r in program.rules.values() if r.kind == "advice")
    assert [] == [name for name in sorted(severe) if name not in advice]


def test_order_table_fits_its_relation() -> None:
    """The demonstration's orders have exactly the fields of the relation."""
    program = load_program(rules_folder() / "schedule", plant_folder())
    fields = set(program.site.relations["operation"].fields)
    assert [fields] * 9 == [set(row.values or {}) for row in demo_orders()]


@pytest.mark.parametrize(
    ("name", "part"), [("schedule", ""), ("blast_furnace", "water."), ("blast_furnace", "sensors.")]
)
def test_cases_notice_small_mistakes(name: str, part: str) -> None:
    """Of the mutants of some rules at least four of five fail a case; `make check-long` looks at all rules."""
    report = mutation_report(
        load_program(rules_folder() / name, plant_folder()), case_files(rules_folder() / name), part
    )
    assert report.ok, report.text({})


@pytest.mark.long
def test_cases_notice_small_mistakes_everywhere(pack: tuple[str, Program]) -> None:
    """In each topic at least four of five mutants fail one of the rule's cases, and every rule takes part."""
    name, program = pack
    report = mutation_report(program, case_files(rules_folder() / name))
    shares = {topic: killed / mutants for topic, (killed, mutants) in report.topics.items() if mutants}
    assert {} == {topic: share for topic, share in shares.items() if share < 0.8}, report.text({})
    assert ([], len(program.rules)) == (report.broken, len(report.scores))

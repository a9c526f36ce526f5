"""A chemical plant on the same engine: the pack loads, is written as it should be, and sees faults it never saw."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from expert.language.ast import Program
from expert.lint import lint_program
from expert.testing import case_files, run_cases
from expert.workshop.formatter import format_text
from tests.packs.tep.data import HERE, IQR_SHARE, ONSET, PACK, SHARED, column_of, load_pack, read_runs
from tests.packs.tep.score import detection, naming, score, watch

NEEDS_FILES = pytest.mark.skipif(not SHARED.is_dir(), reason="the Tennessee Eastman files are not here")
ROOT = HERE.parents[2]


@pytest.fixture(scope="module")
def program() -> Program:
    """The pack's program."""
    return load_pack()


def test_every_rule_has_cases_and_they_pass(program: Program) -> None:
    """Each rule has a case where it fires and one where it stays quiet."""
    report = run_cases(program, case_files(PACK))
    assert ([], ()) == ([r.case.name for r in report.failed], report.without_cases), report.text()


def test_pack_lints_clean(program: Program) -> None:
    """No rule is dead, double or without effect."""
    assert [] == lint_program(program)


@pytest.mark.parametrize("path", sorted(PACK.glob("*.yaml")), ids=lambda p: p.name)
def test_pack_stands_in_canonical_form(path: Path) -> None:
    """`tuyere fmt` would change nothing."""
    text = path.read_text(encoding="utf-8")
    assert text == format_text(text, path.name).text


def test_every_measurement_and_valve_of_the_description_is_declared(program: Program) -> None:
    """41 measurements and 12 valves; the one that the files lack is the agitator."""
    tags = {v.tag for v in program.site.variables.values()}
    assert {f"XMEAS({i})" for i in range(1, 42)} | {f"XMV({i})" for i in range(1, 13)} == tags
    assert ["agitator.speed"] == [k for k, v in program.site.variables.items() if column_of(v) is None]


def test_pack_runs_without_a_word_of_steel() -> None:
    """Loading and scanning the pack imports the engine alone: neither the plant of this product nor its screens."""
    code = (
        "import sys, numpy as np\n"
        "from tests.packs.tep.data import load_pack, prepared, scan_inputs\n"
        "program = load_pack()\n"
        "session = prepared(program)\n"
        "for i in scan_inputs(program, np.ones((3, 52))):\n"
        "    session.scan(i)\n"
        "print([m for m in sys.modules if m.split('.')[0] in ('kb', 'tui', 'rules')])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "[]" == done.stdout.strip()


def test_sources_import_the_engine_only() -> None:
    """No module of the pack's tools names another room than the engine."""
    found = set()
    for path in HERE.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                found.add((node.module or "").split(".")[0])
            elif isinstance(node, ast.Import):
                found |= {alias.name.split(".")[0] for alias in node.names}
    assert set() == found & {"kb", "tui", "rules"}


def test_part_named_right_counts_only_scans_that_name_one() -> None:
    """A scan without a named part counts neither for nor against."""
    from tests.packs.tep.score import Watched

    parts = (frozenset(), frozenset({"feed_a"}), frozenset({"feed_a", "reaction"}), frozenset({"reaction"}))
    seen = naming(Watched(np.ones(4, dtype=bool), parts), 6, 0)
    assert (0.6667, 1.33, "feed_a") == (seen["right"], seen["parts_at_once"], seen["most_named"])


@NEEDS_FILES
def test_normal_ranges_are_those_of_the_fault_free_training_run(program: Program) -> None:
    """The site's normal ranges hold median and quartile range of that run and nothing else."""
    rows = read_runs(SHARED / "tep_train.csv.xz", frozenset((0,)))[0]
    for variable in program.site.variables.values():
        column = column_of(variable)
        if column is None or variable.normal is None:
            continue
        low, high = variable.normal
        q1, median, q3 = np.percentile(rows[:, column], [25, 50, 75])
        assert abs((low + high) / 2 - median) < 0.02 * (q3 - q1), variable.id
        assert IQR_SHARE * (high - low) == pytest.approx(q3 - q1, rel=0.02), variable.id


@NEEDS_FILES
def test_lost_feed_is_found_at_once_and_named() -> None:
    """The loss of A is found within half an hour, and its part is among the named ones."""
    rows = read_runs(SHARED / "tep_test.csv.xz", frozenset((6,)))[6][ONSET - 40 : ONSET + 60]
    watched = watch(rows)
    seen = detection(watched.alarm, 40)
    assert seen["delay_min"] is not None and seen["delay_min"] <= 30
    assert naming(watched, 6, 40)["right"] > 0.9


@NEEDS_FILES
def test_fault_free_training_run_stays_quiet() -> None:
    """The first ten hours of the run that the limits come from raise nothing."""
    assert not watch(read_runs(SHARED / "tep_train.csv.xz", frozenset((0,)))[0][:200]).alarm.any()


@pytest.mark.long
@NEEDS_FILES
def test_scores_of_all_faults() -> None:
    """At most 5 % false alarms where limits were not made, and more faulty rows seen than by the yardstick."""
    result = score(SHARED / "tep_train.csv.xz", SHARED / "tep_test.csv.xz")
    assert result["false_alarms"]["pack"] <= 0.05
    assert result["false_alarms_before_faults"] <= 0.05
    mean = result["mean"]
    assert mean["pack"] > max(0.85, *(share for way, share in mean.items() if way.endswith("_matched")))
    assert 21 == len(result["faults"])

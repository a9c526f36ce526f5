"""`tuyere track`: what rules of a run promised, and how often it came."""

from __future__ import annotations

import json
from pathlib import Path

from expert.engine.session import Session
from expert.run.log import RunLog
from expert.run.past import PastRun
from expert.values.types import ScanInput
from tests.commands.tool import tuyere
from tests.engine.build import MINUTE, T0, program, rule, run_of

RULES = (
    rule("one", "a.x > 50 kPa", "expect: a.y > 50 kPa within 2 min"),
    rule("two", "a.x > 90 kPa", "status: shadow", "expect: a.y > 50 kPa within 2 min", conclude="b"),
    rule("silent", "a.v > 50 kPa", conclude="c"),
)


def recorded(folder: Path, *rules: str) -> None:
    """A trace of 60 minutes in which rule one rises 20 times and is right once."""
    session = Session(program(*rules))
    log = RunLog(folder, "test")
    log.begin(session.program, {})
    for minute in range(60):
        y = 60 if minute == 31 else 40
        samples = (*run_of("a.x", [60 if minute % 3 == 0 else 40], minute), *run_of("a.y", [y], minute))
        log.scan(session.scan(ScanInput(T0 + minute * MINUTE, T0 + minute * MINUTE, samples)))
    log.close("end")


def test_track_lists_rules_with_their_score_and_proposes_shadow(tmp_path: Path) -> None:
    """Often wrong first; a rule in shadow is marked; the same as JSON; a rule that expects nothing is not listed."""
    recorded(tmp_path / "run", *RULES)
    done = tuyere("track", "--trace", "run", "--json", "out.json", cwd=tmp_path)
    assert (0, "") == (done.returncode, done.stderr)
    first, second = done.stdout.splitlines()
    assert first.startswith("t.one  one: said this 20 times in 90 days, right 1 times, wrong 19 times")
    assert "status: shadow is proposed" in first
    assert "t.two  two [shadow]: said this 0 times in 90 days, right 0 times, wrong 0 times" == second
    rows = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))["tracks"]
    assert [("t.one", 20, True), ("t.two", 0, False)] == [(r["rule"], r["said"], r["proposed"]) for r in rows]


def test_the_trace_gives_the_same_record_as_the_session(tmp_path: Path) -> None:
    """Track records are in the scan records, so a trace needs no second run."""
    recorded(tmp_path / "run", *RULES)
    track = PastRun(tmp_path / "run").tracks()["t.one"]
    assert (20, 1, 19, 0) == (track.said, track.right, track.wrong, track.undecided)


def test_a_run_without_expectations_says_so(tmp_path: Path) -> None:
    """Nothing to list is no error."""
    recorded(tmp_path / "run", RULES[2])
    done = tuyere("track", "--trace", "run", cwd=tmp_path)
    assert (0, "", "no rule of this run expects anything\n") == (done.returncode, done.stdout, done.stderr)

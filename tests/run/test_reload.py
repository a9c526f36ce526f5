"""Other rules take over while a run goes on: between two scans, on record, and only when they check clean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from expert.compile import load_program_from_sources
from expert.engine.session import Evaluator, Session, SessionError
from expert.language.ast import Program
from expert.run.log import RunLog
from expert.run.past import PastRun
from expert.run.reload import RuleWatch
from expert.run.runner import Runner
from expert.trace import TraceError, canonical
from expert.trace.codec import to_json
from expert.values.types import Dropped
from tests.run.plant import MINUTE, ScriptedFeed, program, session

HANG = "descent.hanging.suspected"
RULES = "pack/descent.yaml"
PROBE = "descent.probe"
EVALUATORS: tuple[Evaluator, ...] = ("reference", "live")


def changed(of: str, to: str, base: Program | None = None) -> Program:
    """The sample program with one text in its rules replaced."""
    sources = dict((base or program()).sources)
    assert of in sources[RULES]
    return load_program_from_sources({**sources, RULES: sources[RULES].replace(of, to)})


def other_probe() -> Program:
    """Another limit for the probe."""
    return changed("unchanged(top.temperature) > 30 min", "unchanged(top.temperature) > 20 min")


def recorded(folder: Path, evaluator: Evaluator = "reference") -> Runner:
    """A run of the sample pack with its trace."""
    s = session(evaluator)
    log = RunLog(folder, f"{s.program.site.name}/{s.program.pack}")
    log.begin(s.program, {"plant": "scripted"})
    log.snapshot(s, ())
    return Runner(s, ScriptedFeed(), (), log, MINUTE)


def to_minute(runner: Runner, last: int) -> None:
    """Every scan in its time."""
    while runner.next_due <= last * MINUTE:
        list(runner.due(runner.next_due))


def hang_of(runner: Runner) -> str:
    """Id of the episode of the hang that stands."""
    return next(e.id for e in runner.records[-1].episodes if e.rule == HANG)


class Files:
    """Rule files as a watch sees them; a change is a new stamp."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self.texts = dict(texts)
        self.stamp = 0

    def write(self, of: str, to: str) -> None:
        """Replace a text in the rules."""
        self.texts[RULES] = self.texts[RULES].replace(of, to)
        self.stamp += 1

    def watch(self) -> RuleWatch:
        """A watch over these files."""
        return RuleWatch(lambda old: load_program_from_sources(self.texts), lambda: self.stamp)


# ---------------------------------------------------------------- the switch


def test_an_alarm_of_an_unchanged_rule_stands_through_a_switch() -> None:
    """Its episode keeps its id and its time of rise."""
    r = Runner(session(), ScriptedFeed(), start=MINUTE)
    to_minute(r, 57)
    before = hang_of(r)
    switch = r.switch(other_probe())
    to_minute(r, 58)
    assert before == hang_of(r)
    assert (r.session.program.digest, PROBE) == (r.records[-1].program, switch.dropped[0].name)


def test_an_alarm_of_a_changed_rule_is_closed_and_rises_anew() -> None:
    """The report names the episode that was closed."""
    r = Runner(session(), ScriptedFeed(), start=MINUTE)
    to_minute(r, 57)
    before = hang_of(r)
    switch = r.switch(changed("minutes_since(charge.count) > 15 min ", "minutes_since(charge.count) > 14 min "))
    to_minute(r, 66)
    assert (Dropped("rule", HANG, "changed", (before,)),) == switch.dropped
    assert before != hang_of(r)


def test_a_program_for_another_period_is_refused_and_the_old_one_stays() -> None:
    """Nothing is half switched."""
    r = Runner(session(), ScriptedFeed(), start=MINUTE)
    to_minute(r, 3)
    old = r.session
    other = replace(program(), site=replace(program().site, period=2 * MINUTE))
    with pytest.raises(SessionError, match="scan period"):
        r.switch(other)
    assert r.session is old


# ---------------------------------------------------------------- the trace


def test_a_switch_is_on_record(tmp_path: Path) -> None:
    """Old and new digest, what went on, what did not and why are read back from the trace alone."""
    r = recorded(tmp_path)
    to_minute(r, 57)
    old, before = r.session.program, hang_of(r)
    new = changed("id: descent.probe\n", "id: descent.sounding\n")
    switch = r.switch(new)
    to_minute(r, 62)
    past = PastRun(tmp_path)
    assert [switch] == past.switches()
    assert (old.digest, new.digest, 57 * MINUTE) == (switch.old, switch.new, switch.time)
    assert (("descent.sounding",), (PROBE, "removed")) == (
        switch.added,
        (switch.dropped[0].name, switch.dropped[0].why),
    )
    assert HANG in switch.kept
    assert before in past.episodes()


def test_replay_follows_a_switch(tmp_path: Path) -> None:
    """All scans before and after it have the same bytes, and what became of the state is worked out alike."""
    r = recorded(tmp_path)
    to_minute(r, 52)
    r.switch(other_probe())
    to_minute(r, 57)
    r.switch(program())
    to_minute(r, 62)
    found = list(PastRun(tmp_path).replay())
    assert (62, []) == (len(found), [d for _, d in found if d])


def test_each_scan_is_explained_by_its_own_program(tmp_path: Path) -> None:
    """A trace with a switch holds scans of two programs."""
    r = recorded(tmp_path)
    to_minute(r, 5)
    r.switch(other_probe())
    to_minute(r, 6)
    past = PastRun(tmp_path)
    assert program().digest == past.program_of(past.record(0)).digest
    assert other_probe().digest == past.program_of(past.record(-1)).digest == past.program.digest


def test_an_episode_that_a_switch_closed_has_an_end(tmp_path: Path) -> None:
    """It ended with the last scan of the old program."""
    r = recorded(tmp_path)
    to_minute(r, 57)
    before = hang_of(r)
    r.switch(changed("minutes_since(charge.count) > 15 min ", "minutes_since(charge.count) > 14 min "))
    to_minute(r, 59)
    assert 57 * MINUTE == PastRun(tmp_path).episodes()[before][0].cleared


def test_tracks_are_those_of_the_rules_at_work(tmp_path: Path) -> None:
    """A rule that was changed begins a new record, as in the session."""
    more = changed("severity: 3\n", "severity: 3\n    expect: probe_fault within 30 min\n")
    s = Session(more)
    s.set_baseline("blast.pressure", 330.0, 6.0)
    s.set_baseline("blast.volume", 5000.0, 50.0)
    log = RunLog(tmp_path, "test")
    log.begin(more, {})
    log.snapshot(s, ())
    r = Runner(s, ScriptedFeed(), (), log, MINUTE)
    to_minute(r, 57)
    before = PastRun(tmp_path).tracks()[HANG].said
    r.switch(changed("within 30 min", "within 31 min", more))
    to_minute(r, 58)
    assert (1, 0) == (before, PastRun(tmp_path).tracks()[HANG].said)


def test_the_evaluator_stays_over_a_switch_and_writes_the_same_bytes(tmp_path: Path) -> None:
    """A run that is live goes on live under the new program, and its trace is the reference's."""
    heads = []
    for evaluator in EVALUATORS:
        r = recorded(tmp_path / evaluator, evaluator)
        to_minute(r, 57)
        r.switch(other_probe())
        to_minute(r, 62)
        assert r.log is not None
        heads.append((r.log.head, r.session.evaluator == evaluator))
    assert ([True, True], heads[0][0]) == ([kept for _, kept in heads], heads[1][0])


def test_a_restart_goes_on_under_the_new_program(tmp_path: Path) -> None:
    """The next scan of a restored session has the bytes that the run itself would have written."""
    r = recorded(tmp_path)
    to_minute(r, 57)
    r.switch(other_probe())
    to_minute(r, 62)
    again, *_ = PastRun(tmp_path).restore()
    to_minute(r, 63)
    assert canonical(to_json(again.scan(r.records[-1].input))) == canonical(to_json(r.records[-1]))


def test_a_run_killed_right_after_the_switch_goes_on_under_the_new_program(tmp_path: Path) -> None:
    """The switch is on record and the snapshot after it is not: the restart follows the switch."""
    r = recorded(tmp_path)
    to_minute(r, 57)
    assert r.log is not None
    r.log.snapshot = lambda session, models: None  # type: ignore[method-assign]
    r.switch(other_probe())
    to_minute(r, 59)
    again, *_ = PastRun(tmp_path).restore()
    assert (other_probe().digest, 59 * MINUTE) == (again.program.digest, again.last)


def test_samples_known_to_a_scan_after_a_switch_include_those_before(tmp_path: Path) -> None:
    """The plots of an explanation do not begin at the switch."""
    r = recorded(tmp_path)
    to_minute(r, 40)
    r.switch(other_probe())
    to_minute(r, 49)
    past = PastRun(tmp_path)
    seen = past.history_of(past.record(-1))("blast.pressure", 20 * MINUTE, 49 * MINUTE)
    assert r.session.memory.history("blast.pressure", 20 * MINUTE, 49 * MINUTE) == seen


def test_a_switch_that_cannot_be_written_does_not_happen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing runs that is not on record."""
    r = recorded(tmp_path)
    to_minute(r, 3)

    def full(*_: object) -> None:
        raise TraceError("no space left")

    monkeypatch.setattr(r.log, "switch", full)
    with pytest.raises(TraceError):
        r.switch(other_probe())
    assert program().digest == r.session.program.digest


# ---------------------------------------------------------------- watching files


def test_changed_files_take_over_before_the_next_scan() -> None:
    """What is saved clean is at work from the next scan on."""
    r = Runner(session(), ScriptedFeed(), start=MINUTE)
    files = Files(program().sources)
    watch = files.watch()
    first = watch.check(r)
    files.write("unchanged(top.temperature) > 30 min", "unchanged(top.temperature) > 20 min")
    found = watch.check(r)
    assert first is None and found is not None
    assert found.switch is not None and other_probe().digest == r.session.program.digest == found.program.digest


def test_files_that_are_seen_again_are_not_loaded_again() -> None:
    """Only another stamp leads to another look inside."""
    r = Runner(session(), ScriptedFeed(), start=MINUTE)
    loads: list[Program] = []

    def load(old: Program) -> Program:
        loads.append(old)
        return old

    watch = RuleWatch(load, lambda: 1)
    assert ([None, None, None], 1) == ([watch.check(r) for _ in range(3)], len(loads))


def test_a_broken_file_keeps_the_old_program_and_says_why() -> None:
    """The errors are those of `tuyere check`; it is told once, and again when the file is mended."""
    r = Runner(session(), ScriptedFeed(), start=MINUTE)
    files = Files(program().sources)
    watch = files.watch()
    files.write("unchanged(top.temperature)", "unchanged(top.temprature)")
    broken, silent = watch.check(r), watch.check(r)
    files.write("unchanged(top.temprature)", "unchanged(top.temperature)")
    mended = watch.check(r)
    assert broken is not None and "E03" in broken.error and "top.temperature" in broken.error
    assert silent is None and program().digest == r.session.program.digest
    assert mended is not None and (None, "") == (mended.switch, mended.error)


def test_a_program_that_cannot_take_over_is_refused_in_words() -> None:
    """Rules may check clean and yet be for another grid."""
    r = Runner(session(), ScriptedFeed(), start=MINUTE)
    other = replace(program(), site=replace(program().site, period=2 * MINUTE), digest="f" * 64)
    found = RuleWatch(lambda old: other, lambda: 1).check(r)
    assert found is not None and "the scan period was" in found.error

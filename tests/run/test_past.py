"""Reading a run back: program, records, replay, restart, and a trace that was tampered with."""

from __future__ import annotations

from pathlib import Path

import pytest

from expert.engine.session import Evaluator
from expert.explain import text_of, why, why_not
from expert.run.log import RunLog
from expert.run.past import PastRun, differing
from expert.run.runner import Runner
from expert.trace import TraceError, canonical
from expert.trace.codec import to_json
from tests.run.plant import MINUTE, ScriptedFeed, session

HANG = "descent.hanging.suspected"
EVALUATORS: tuple[Evaluator, Evaluator] = ("reference", "live")


def record_run(folder: Path, minutes: int, close: bool = True, evaluator: Evaluator = "reference") -> Runner:
    """A recorded run of the sample pack."""
    s = session(evaluator)
    log = RunLog(folder, "test")
    log.begin(s.program, {"plant": "scripted"})
    log.snapshot(s, ())
    r = Runner(s, ScriptedFeed(), (), log, MINUTE)
    for minute in range(1, minutes + 1):
        list(r.due(minute * MINUTE))
    if close:
        log.close("end")
    return r


def test_the_program_is_rebuilt_from_the_trace_alone(tmp_path: Path) -> None:
    """Sources in the artifact store give the digest that the trace names."""
    r = record_run(tmp_path, 3)
    assert r.session.program.digest == PastRun(tmp_path).program.digest


def test_every_scan_replays_to_the_same_bytes(tmp_path: Path) -> None:
    """A replay finds no difference."""
    record_run(tmp_path, 50)
    assert [[]] * 50 == [differences for _, differences in PastRun(tmp_path).replay()]


def test_both_evaluators_write_the_same_trace(tmp_path: Path) -> None:
    """The chain hash over all entries does not tell who worked them out."""
    heads = []
    for evaluator in EVALUATORS:
        r = record_run(tmp_path / evaluator, 50, evaluator=evaluator)
        assert r.log is not None
        heads.append(r.log.head)
    assert heads[0] == heads[1]


@pytest.mark.parametrize(("first", "second"), [EVALUATORS, EVALUATORS[::-1]])
def test_a_run_of_one_evaluator_replays_with_the_other(tmp_path: Path, first: Evaluator, second: Evaluator) -> None:
    """Scan by scan the same bytes, either way round."""
    record_run(tmp_path, 50, evaluator=first)
    assert [[]] * 50 == [differences for _, differences in PastRun(tmp_path).replay(second)]


def test_why_from_the_trace_says_the_same_as_on_screen(tmp_path: Path) -> None:
    """The explanation of an episode is the same from the live session and from the trace."""
    live = record_run(tmp_path, 80)
    past = PastRun(tmp_path)
    episode, index = next(x for x in past.episodes().values() if x[0].rule == HANG)
    shown = next(r for r in live.records if r.sequence == past.record(index).sequence)
    on_screen = why(live.session.program, shown, HANG, (), "en", live.session.memory.history)
    from_trace = why(past.program, past.record(index), HANG, (), "en", past.history_of(past.record(index)))
    assert [text_of(line) for line in on_screen] == [text_of(line) for line in from_trace]
    assert any("charges" in text_of(line) for line in from_trace)
    assert episode.rule == HANG


def test_why_not_works_from_the_trace(tmp_path: Path) -> None:
    """A rule that did not fire says what is missing."""
    record_run(tmp_path, 10)
    past = PastRun(tmp_path)
    lines = [text_of(line) for line in why_not(past.program, past.record(-1), HANG, "en")]
    assert lines[0].startswith("Hanging suspected: not raised.")
    assert any("short" in line for line in lines)


def test_a_restored_session_that_lost_no_time_has_the_same_bytes(tmp_path: Path) -> None:
    """With no scan missed the continued run cannot be told from the whole one."""
    whole = [canonical(to_json(r)) for r in record_run(tmp_path / "whole", 50).records]
    record_run(tmp_path / "cut", 33, close=False).log.writer.close()  # type: ignore[union-attr]
    restored, _, _, run_at = PastRun(tmp_path / "cut").restore()
    feed = ScriptedFeed()
    feed.advance(run_at or 0)
    runner = Runner(restored, feed)
    rest = [canonical(to_json(runner.scan(m * MINUTE, m * MINUTE))) for m in range(34, 51)]
    assert whole[33:] == rest


def test_a_restart_may_change_the_evaluator(tmp_path: Path) -> None:
    """A run of the reference goes on live, with the bytes that the whole run has."""
    whole = [canonical(to_json(r)) for r in record_run(tmp_path / "whole", 50).records]
    record_run(tmp_path / "cut", 33, close=False).log.writer.close()  # type: ignore[union-attr]
    restored, _, _, run_at = PastRun(tmp_path / "cut").restore("live")
    feed = ScriptedFeed()
    feed.advance(run_at or 0)
    runner = Runner(restored, feed)
    assert whole[33:] == [canonical(to_json(runner.scan(m * MINUTE, m * MINUTE))) for m in range(34, 51)]


def test_a_tampered_trace_is_refused(tmp_path: Path) -> None:
    """A byte changed in the middle is an error that names the file."""
    record_run(tmp_path, 20)
    segment = next(tmp_path.glob("*.trace"))
    data = bytearray(segment.read_bytes())
    data[len(data) // 2] ^= 1
    segment.write_bytes(bytes(data))
    with pytest.raises(TraceError, match=segment.name):
        list(PastRun(tmp_path).records())


def test_a_missing_artifact_is_refused(tmp_path: Path) -> None:
    """Without the program's sources nothing is explained."""
    record_run(tmp_path, 2)
    for path in (tmp_path / "artifacts").rglob("*"):
        if path.is_file():
            path.unlink()
    with pytest.raises(TraceError):
        PastRun(tmp_path)


def test_differences_are_named_by_their_path() -> None:
    """A reader sees where two records part."""
    assert ["a.b[1]: 2 -> 3", "c: None -> 1"] == differing({"a": {"b": [1, 2]}}, {"a": {"b": [1, 3]}, "c": 1})

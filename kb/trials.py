"""One rule over a recording: only what it depends on is run, without a trace."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from expert.engine.session import Session
from expert.feeds import RecordingFeed
from expert.language.ast import Program
from expert.models.port import ModelPort
from expert.run.runner import Runner
from expert.testing.play import only
from expert.values.types import ScanRecord
from kb.models.silicon import SiliconPort
from kb.recordings import fill_history, load_plant, read


def rule_over_recording(
    rule: str, packs: Sequence[Path], site_folder: Path, path: Path, map_path: Path, warm_up: Path | None = None
) -> tuple[Program, Iterator[ScanRecord]]:
    """The part of a program that a rule depends on, and its scans over a recording, run as they are asked for.

    Parameters
    ----------
    path, map_path : Path
        The recording and how its columns map to variables.
    warm_up : Path, optional
        History under the same map, to know from the first scan on what is normal.

    Raises
    ------
    ProgramError
        When the map, the recording or a pack has mistakes.
    KeyError
        When there is no such rule.
    """
    site, recording, whole = load_plant(packs, site_folder, path, map_path)
    if rule not in whole.rules:
        raise KeyError(rule)
    program = only(whole, rule, whole.site.period)
    session = Session(program)
    models: list[ModelPort] = [SiliconPort(variables=site.variables)] if session.questions() else []
    if warm_up is not None:
        history = read(warm_up, map_path, site)
        fill_history(session, history, before=recording.start)
        for port in models:
            port.warm_up(history.series, before=recording.start)  # type: ignore[attr-defined]
    runner = Runner(session, RecordingFeed(recording), models, None, recording.start, keep=1)
    return program, _scans(runner, recording.end)


def _scans(runner: Runner, end: int) -> Iterator[ScanRecord]:
    while runner.next_due <= end:
        due = runner.next_due
        yield runner.scan(due, due)

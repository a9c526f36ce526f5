"""One rule over a recording: only what it depends on is run, without a trace."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from expert.compile import load_program
from expert.engine.profile import Profile
from expert.engine.session import Session
from expert.feeds import RecordingFeed
from expert.language.ast import Program
from expert.models.port import ModelPort
from expert.run.runner import Runner
from expert.testing.play import only
from expert.values.types import Sample, ScanRecord
from kb.models.silicon import SiliconPort
from kb.recordings import fill_history, load_plant, read
from kb.tables import Timed, read_rows

NO_TIME = 1_772_409_600_000
"""When the only scan takes place where no row has a time: a midnight, so that it falls on any grid."""


def rule_over_recording(
    rule: str,
    packs: Sequence[Path],
    site_folder: Path,
    path: Path | None,
    map_path: Path,
    warm_up: Path | None = None,
    tables: Sequence[Path] = (),
    profile: Profile | None = None,
) -> tuple[Program, Iterator[ScanRecord]]:
    """The part of a program that a rule depends on, and its scans over a recording, run as they are asked for.

    Parameters
    ----------
    path, map_path : Path
        The recording and how its columns map to variables; no recording: the tables alone.
    warm_up : Path, optional
        History under the same map, to know from the first scan on what is normal.
    tables : sequence of Path
        CSV files of rows, each called like its relation.
    profile : Profile, optional
        Where the cost of each rule is counted.

    Raises
    ------
    ProgramError
        When the map, the recording, a table or a pack has mistakes.
    KeyError
        When there is no such rule.
    """
    recording = None
    if path is None:
        whole = load_program(list(packs), site_folder)
        site = whole.site
    else:
        site, recording, whole = load_plant(packs, site_folder, path, map_path)
    if rule not in whole.rules:
        raise KeyError(rule)
    rows = [timed for table in tables for timed in read_rows(table, whole.site)]
    program = only(whole, rule, whole.site.period)
    session = Session(program)
    session.profile = profile
    if recording is None:
        times = [at for at, _ in rows if at is not None] or [NO_TIME]
        before = program.site.period if any(at is None for at, _ in rows) and times != [NO_TIME] else 0
        return program, _scans(Runner(session, _Nothing(), (), None, min(times) - before, keep=1), max(times), rows)
    models: list[ModelPort] = [SiliconPort(variables=site.variables)] if session.questions() else []
    if warm_up is not None:
        history = read(warm_up, map_path, site)
        fill_history(session, history, before=recording.start)
        for port in models:
            port.warm_up(history.series, before=recording.start)  # type: ignore[attr-defined]
    runner = Runner(session, RecordingFeed(recording), models, None, recording.start, keep=1)
    return program, _scans(runner, recording.end, rows)


class _Nothing:
    """A feed without samples."""

    def advance(self, until: int) -> Sequence[Sample]:
        """None has arrived."""
        return ()


def _scans(runner: Runner, end: int, rows: Sequence[Timed]) -> Iterator[ScanRecord]:
    """Every scan up to the first one not before the end; rows count from their time on."""
    left = list(rows)
    last = end + (-end) % runner.period
    while runner.next_due <= last:
        due = runner.next_due
        runner.feed_rows([row for at, row in left if at is None or at <= due])
        left = [(at, row) for at, row in left if at is not None and at > due]
        yield runner.scan(due, due)

"""One rule over a recording: only what it depends on is run, without a trace."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from expert.compile import load_program
from expert.engine.dependence import Dependence
from expert.engine.profile import Profile
from expert.engine.session import Session
from expert.feeds import Recording, RecordingFeed
from expert.language.ast import Program
from expert.models.port import ModelPort
from expert.run.board import Blackboard
from expert.run.experts import load_experts
from expert.run.runner import Runner
from expert.run.sharing import experts_among
from expert.testing.play import only
from expert.values.types import Sample, ScanRecord
from kb.models.silicon import SiliconPort
from kb.recordings import at_plant, fill_history, read
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
    groups = experts_among(packs, site_folder)
    recording = None
    if path is not None:
        recording = read(path, map_path, load_program([], site_folder).site)
    options = {} if recording is None else at_plant(recording)
    programs = (
        load_experts(groups, site_folder, **options)
        if len(groups) > 1
        else [load_program(list(packs), site_folder, **options)]
    )
    whole = next((p for p in programs if rule in p.rules), None)
    if whole is None:
        raise KeyError(rule)
    site = whole.site
    rows = [timed for table in tables for timed in read_rows(table, site)]
    if Dependence(whole).imports(whole.rules[rule]):
        program, beside, board = whole, [p for p in programs if p is not whole], Blackboard()
    else:
        program, beside, board = only(whole, rule, site.period), [], None
    history = read(warm_up, map_path, site) if warm_up is not None and recording is not None else None
    if recording is not None:
        start, end = recording.start, recording.end
    else:
        times = [at for at, _ in rows if at is not None] or [NO_TIME]
        before = site.period if any(at is None for at, _ in rows) and times != [NO_TIME] else 0
        start, end = min(times) - before, max(times)
    own, *others = (_runner(p, recording, history, start, board) for p in (program, *beside))
    own.session.profile = profile
    return program, _scans(own, end, rows, others)


def _runner(
    program: Program, recording: Recording | None, history: Recording | None, start: int, board: Blackboard | None
) -> Runner:
    """The runner of one program over the recording, or over nothing but rows."""
    session = Session(program)
    if recording is None:
        return Runner(session, _Nothing(), (), None, start, keep=1, board=board)
    models: list[ModelPort] = [SiliconPort(variables=program.site.variables)] if session.questions() else []
    if history is not None:
        fill_history(session, history, before=recording.start)
        for port in models:
            port.warm_up(history.series, before=recording.start)  # type: ignore[attr-defined]
    return Runner(session, RecordingFeed(recording), models, None, start, keep=1, board=board)


class _Nothing:
    """A feed without samples."""

    def advance(self, until: int) -> Sequence[Sample]:
        """None has arrived."""
        return ()


def _scans(runner: Runner, end: int, rows: Sequence[Timed], others: Sequence[Runner] = ()) -> Iterator[ScanRecord]:
    """Every scan up to the first one not before the end; rows count from their time on, for other experts too."""
    left = list(rows)
    last = end + (-end) % runner.period
    while runner.next_due <= last:
        due = runner.next_due
        new = [row for at, row in left if at is None or at <= due]
        for one in (*others, runner):
            one.feed_rows(new)
        for other in others:
            for _ in other.due(due):
                pass
        left = [(at, row) for at, row in left if at is not None and at > due]
        yield runner.scan(due, due)

"""A desk over a recording of a real plant."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from expert.compile import describe_coverage, load_program
from expert.engine.session import Evaluator, Session
from expert.feeds import Recording, RecordingFeed, load_recording
from expert.language.ast import Program, Site
from expert.language.units import units_of
from expert.models.port import ModelPort
from expert.run.board import Board
from expert.run.log import RunLog
from expert.run.past import PastRun
from expert.run.runner import Runner, first_scan
from expert.trace import TraceError
from kb.desk import Clock, Desk
from kb.models.silicon import SiliconPort
from kb.paths import plant_folder, rules_folder

PACK = "blast_furnace"
GOOD = 0


def recorded(
    path: Path,
    map_path: Path,
    *,
    trace: Path | None,
    warm_up: Path | None = None,
    packs: Sequence[Path] | None = None,
    evaluator: Evaluator = "reference",
) -> Desk:
    """Run packs over a recording.

    Parameters
    ----------
    path, map_path : Path
        The recording and how its columns map to variables.
    warm_up : Path, optional
        History under the same map, to know from the first scan on what is normal.
    packs : sequence of Path, optional
        Folders of rules; None: the furnace pack.

    Raises
    ------
    ProgramError
        When the map, the recording or a pack has mistakes (`FeedError` for the first two).
    """
    folders = recorded_packs() if packs is None else packs
    _, recording, program = load_plant(folders, plant_folder(), path, map_path)
    return over(recording, program, path, map_path, trace, warm_up, evaluator)


def over(
    recording: Recording,
    program: Program,
    path: Path,
    map_path: Path,
    trace: Path | None,
    warm_up: Path | None = None,
    evaluator: Evaluator = "reference",
    board: Board | None = None,
) -> Desk:
    """A fresh desk over a recording that was read; ``board``: where it reads other experts, when it is one of several.

    Raises
    ------
    ProgramError
        When the history has mistakes (`FeedError`).
    """
    session = Session(program, evaluator)
    port = SiliconPort(variables=program.site.variables)
    if warm_up is not None:
        history = read(warm_up, map_path, load_program([], plant_folder()).site)
        fill_history(session, history, before=recording.start)
        port.warm_up(history.series, before=recording.start)
    log = None
    models: list[ModelPort] = [port]
    if trace is not None:
        log = RunLog(trace, f"{program.site.name}/{program.pack}")
        first = None if board is None else first_scan(recording.start, program.site.period)
        log.begin(program, settings(path, map_path), first)
        log.snapshot(session, models)
    runner = Runner(session, RecordingFeed(recording), models, log, recording.start, board=board)
    return _desk(runner, recording, path, coverage_notes(program) + list(recording.notes))


def recorded_packs() -> list[Path]:
    """What runs over a recording when nothing else is named."""
    return [rules_folder() / PACK]


def resume_recorded(
    folder: Path, path: Path, map_path: Path, evaluator: Evaluator = "reference", board: Board | None = None
) -> Desk:
    """Go on with a run over a recording that was stopped or killed.

    ``board``: where it reads other experts, when it is one of several.

    Raises
    ------
    TraceError
        When the recording or the map is not the one that the trace was made with.
    """
    past = PastRun(folder)
    wanted, given = past.header["settings"], settings(path, map_path)
    for what in ("recording", "map"):
        if wanted.get(what) != given[what]:
            raise TraceError(f"{folder} was made with another {what}; go on with the same one, or start a new trace")
    recording = read(path, map_path, load_program([], plant_folder()).site)
    session, states, after, run_at = past.restore(evaluator)
    models: list[ModelPort] = [SiliconPort(variables=past.program.site.variables)]
    for port in models:
        port.restore(states[port.id])
        port.observe(after)
    log = RunLog(folder, past.origin, resume=True)
    runner = Runner(session, RecordingFeed(recording, after=run_at), models, log, recording.start, board=board)
    return _desk(runner, recording, path, [])


def _desk(runner: Runner, recording: Recording, path: Path, notes: Sequence[str]) -> Desk:
    title = recording.map.title or {}
    name = {lang: title.get(lang, path.name) for lang in ("en", "zh")}
    desk = Desk(runner, name, Clock(recording.start, time.time(), 0.0), end=recording.end, notes=notes)
    desk.counts.update(recording.skipped)
    if recording.reordered:
        desk.counts["out of order"] = recording.reordered
    return desk


def load_plant(packs: Sequence[Path], site_folder: Path, path: Path, map_path: Path) -> tuple[Site, Recording, Program]:
    """The declared site, a recording, and packs as a program for the plant that the recording shows.

    Raises
    ------
    ProgramError
        When the map, the recording or a pack has mistakes (`FeedError` for the first two).
    """
    packs = list(packs)
    site = load_program(packs, site_folder).site
    recording = read(path, map_path, site)
    return site, recording, load_program(packs, site_folder, **at_plant(recording))


def at_plant(recording: Recording) -> dict[str, Any]:
    """What `load_program` is to know of the plant that a recording shows."""
    return {
        "installed": recording.installed,
        "variables": recording.variables,
        "period": recording.scan_period or None,
    }


def read(path: Path, map_path: Path, site: Site) -> Recording:
    """A recording by its map, against the declarations of a site."""
    return load_recording(path, map_path, site.variables, units_of(site.unit_definitions), site.sets)


def fill_history(session: Session, history: Recording, before: int) -> None:
    """Give a session the samples of a recording that arrived before a time (ms), without running scans."""
    for name, series in history.series.items():
        kept = series.arrival < before
        order = series.source[kept].argsort(kind="stable")
        columns = (series.source, series.arrival, series.count, series.state == GOOD)
        source, arrival, count, good = (c[kept][order].tolist() for c in columns)
        session.load_history(name, source, arrival, count, good)


def coverage_notes(program: Program) -> list[str]:
    """What this plant cannot see: rules that are off, and rules with part of their evidence."""
    rows = describe_coverage(program)
    off = [key for key, _, is_off in rows if is_off]
    partly = [f"{key} {share:.0%}" for key, share, is_off in rows if not is_off and share < 1]
    notes = [f"{len(rows) - len(off)} of {len(rows)} rules are on at this plant"]
    if off:
        notes.append("off, too little of their evidence is installed: " + ", ".join(off))
    if partly:
        notes.append("on with part of their evidence: " + ", ".join(partly))
    return notes


def settings(path: Path, map_path: Path) -> dict[str, str]:
    """What the trace keeps of where the data came from: names and content hashes, no paths."""
    digest = hashlib.sha256()
    for file in sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]:
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return {
        "plant": "recording",
        "name": path.name,
        "recording": digest.hexdigest(),
        "map": hashlib.sha256(map_path.read_bytes()).hexdigest(),
    }

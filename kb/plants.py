"""Putting a desk together: the virtual furnace or a recording, warmed up, with models and trace."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from expert.compile import load_program
from expert.engine.session import Evaluator, Session
from expert.language.ast import Program
from expert.models.port import ModelPort
from expert.run.board import Board
from expert.run.log import RunLog
from expert.run.past import PastRun
from expert.run.runner import KEEP_WHOLE, Runner, first_scan
from expert.trace import TraceError
from kb.breakages import BREAKAGES
from kb.desk import Clock, Desk, FurnaceFeed, Wall
from kb.furnace import Cause, VirtualFurnace
from kb.furnace.causes import INSTRUMENT_KINDS
from kb.furnace.scenario import demo
from kb.models.silicon import SiliconPort
from kb.orders import demo_orders
from kb.paths import plant_folder, shipped_packs

DAY = 86_400_000
MINUTE = 60_000
WARM_UP = 31 * DAY
"""History before the first scan: the baseline's 30 days and its guard."""
PRE_ROLL = 15 * MINUTE
"""Scans before the first one that is shown, so that holds have settled."""
AT_HAND = 8 * 60
"""Scans that a restart has at hand again: those of a shift, one a minute."""
DEMO_START = int(datetime(2026, 3, 3, 2, 0, tzinfo=UTC).timestamp() * 1000)
DEFAULT_SEED = 7
VIRTUAL_NAME = {"en": "BF2 virtual furnace", "zh": "2号高炉（虚拟）"}


@dataclass(frozen=True, slots=True)
class Among:
    """What makes a desk one of several: its program, which was loaded for the others, and where it reads them."""

    program: Program
    board: Board


def run_folder(parent: Path, label: str) -> Path:
    """A folder name of its own for a run: nobody else's, even when two start in the same second."""
    stamp = datetime.now(UTC).strftime("%Y-%m-%dT%H%M%S")
    folder = parent / f"{stamp}-{label}"
    n = 1
    while True:
        try:
            folder.mkdir(parents=True)
            return folder
        except FileExistsError:
            n += 1
            folder = parent / f"{stamp}-{label}-{n}"


def virtual(
    *,
    seed: int,
    trace: Path | None,
    speed: float,
    causes: Sequence[Cause] | None = None,
    start: int = DEMO_START,
    packs: Sequence[Path] | None = None,
    wall: Wall = time.time,
    evaluator: Evaluator = "reference",
    among: Among | None = None,
) -> Desk:
    """A fresh virtual furnace with the demonstration's story (or other causes), warmed up, and its desk.

    ``packs``: folders of rules; None: the shipped ones. ``among``: this desk is one of several; whoever runs them runs
    the scans up to ``start``, too, as they read each other.

    Raises
    ------
    ProgramError
        When a pack has mistakes.
    TraceError
        When the trace folder cannot be used.
    """
    furnace = VirtualFurnace(seed, start - WARM_UP, demo(seed, start) if causes is None else causes)
    if among is not None:
        program = among.program
    else:
        folders = shipped_packs() if packs is None else packs
        program = load_program(folders, plant_folder(), installed=frozenset(furnace.measured))
    session = Session(program, evaluator)
    begin = start - PRE_ROLL
    history = furnace.history(begin)
    warm_up(session, history)
    models: list[ModelPort] = [SiliconPort(variables=program.site.variables)]
    for port in models:
        port.warm_up(history)  # type: ignore[attr-defined]
    log = None
    if trace is not None:
        log = RunLog(trace, origin(program))
        settings = {"plant": "virtual", "seed": seed, "start": start, "causes": [asdict(c) for c in furnace.causes]}
        log.begin(program, settings, None if among is None else first_scan(begin + 1, program.site.period))
        log.snapshot(session, models)
    board = None if among is None else among.board
    runner = Runner(session, FurnaceFeed(furnace), models, log, begin + 1, board=board)
    runner.feed_rows(demo_orders())
    desk = Desk(
        runner,
        VIRTUAL_NAME,
        Clock(start, wall(), speed),
        furnace=furnace,
        breakable=BREAKAGES,
        seed=seed,
        wall=wall,
    )
    if trace is not None:
        desk.clock.save(trace)
    if among is None:
        for _ in desk.run_until(start):
            pass
    return desk


def resume_virtual(
    folder: Path, wall: Wall = time.time, evaluator: Evaluator = "reference", board: Board | None = None
) -> Desk:
    """Go on with a run of the virtual furnace that was stopped or killed; its plant's clock ran on.

    ``board``: where it reads other experts, when it is one of several.

    Raises
    ------
    TraceError
        When the folder holds no such run.
    """
    past = PastRun(folder)
    settings = past.header["settings"]
    if settings.get("plant") != "virtual":
        raise TraceError(f"{folder} is a run over a recording; name it again with --recording and --map")
    session, model_states, after, run_at = past.restore(evaluator)
    start = settings["start"]
    furnace = VirtualFurnace(settings["seed"], start - WARM_UP, [Cause(**c) for c in settings["causes"]])
    for event in past.events():
        furnace.history(event["at"])
        furnace.inject(Cause(**event["cause"]))
    if run_at is not None and run_at > furnace.clock:
        furnace.history(run_at)
    models: list[ModelPort] = [SiliconPort(variables=past.program.site.variables)]
    for port in models:
        port.restore(model_states[port.id])
        port.observe(after)
    log = RunLog(folder, past.origin, resume=True)
    log.snapshot(session, models)
    runner = Runner(session, FurnaceFeed(furnace), models, log, board=board)
    for i in range(max(0, len(past) - AT_HAND), len(past)):
        record = past.record(i)
        runner.records.append(record if len(past) - i <= KEEP_WHOLE else replace(record, nodes={}))
    return Desk(
        runner,
        VIRTUAL_NAME,
        Clock.load(folder),
        furnace=furnace,
        breakable=BREAKAGES,
        seed=settings["seed"],
        wall=wall,
    )


def warm_up(session: Session, history: Any) -> None:
    """Fill a session's windows and baselines from a furnace's history."""
    for name, h in history.items():
        order = h.source.argsort(kind="stable")
        session.load_history(name, h.source[order], h.arrival[order], h.count[order], h.good[order])


def origin(program: Program) -> str:
    """Who writes a trace."""
    return f"{program.site.name}/{program.pack}"


def parse_cause(text: str, start: int) -> Cause:
    """A cause from ``KIND@HOUR[:SEVERITY[:WHERE]]``; WHERE is a sector or an instrument's variable.

    Raises
    ------
    ValueError
        When the text does not fit; the message says what was expected.

    >>> parse_cause("channel@1.5:4:B", 0).onset
    5400000
    """
    head, _, rest = text.partition(":")
    kind, at, hour = head.partition("@")
    severity, _, where = rest.partition(":")
    try:
        onset = start + int(float(hour) * 3_600_000)
        level = int(severity or 3)
    except ValueError as e:
        raise ValueError(f"{text!r} is not a cause; write KIND@HOUR[:SEVERITY[:WHERE]], e.g. hang@6:4") from e
    if not at:
        raise ValueError(f"{text!r} says not when; write KIND@HOUR[:SEVERITY[:WHERE]], e.g. hang@6:4")
    instrument = kind in INSTRUMENT_KINDS
    sector = "" if instrument else where or ("A" if kind in ("channel", "leak") else "")
    lasting = {"hang": 28, "channel": 30, "pci_stop": 45, "leak": 180}.get(kind, 40)
    return Cause(kind, onset, lasting * MINUTE, level, sector, where if instrument else "")

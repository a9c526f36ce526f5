"""Two experts that read each other, over one script of the plant; as a program: one of them in its own process."""

from __future__ import annotations

import sys
from pathlib import Path

from expert.engine.session import Session
from expert.language.ast import Program
from expert.run.board import Blackboard, Board, TraceBoard
from expert.run.experts import Experts, load_experts
from expert.run.log import RunLog
from expert.run.past import PastRun
from expert.run.runner import Runner
from tests.run.plant import DATA, MINUTE, ScriptedFeed

PACKS = DATA / "experts"
NAMES = ("furnace", "planner")
PATIENCE = 30.0


def programs() -> dict[str, Program]:
    """Both packs, loaded for each other."""
    return dict(zip(NAMES, load_experts([PACKS / n for n in NAMES], DATA / "site"), strict=True))


def script(minute: int) -> dict[str, float]:
    """The top cools down from minute 10 on, the pressure wanders, the blast is taken back for a while."""
    return {
        "top.temperature": 165.0 - max(0, min(minute, 40) - 10) * 2 + minute % 3,
        "blast.pressure": 330.0 + minute % 25,
        "blast.volume": 3900.0 if 33 <= minute < 36 else 5000.0,
        "charge.count": float(minute // 8),
    }


def open_runner(program: Program, folder: Path | None, board: Board | None) -> Runner:
    """A fresh expert, or one that goes on with the trace in its folder."""
    if folder is not None and any(folder.glob("*.trace")):
        past = PastRun(folder)
        session, _, _, run_at = past.restore()
        log = RunLog(folder, program.pack, resume=True)
        return Runner(session, ScriptedFeed(script, run_at or 0), (), log, board=board)
    session = Session(program)
    log = None
    if folder is not None:
        log = RunLog(folder, program.pack)
        log.begin(program, {"plant": "script"}, first=MINUTE)
        log.snapshot(session, ())
    return Runner(session, ScriptedFeed(script), (), log, start=MINUTE, board=board)


def together(root: Path, minutes: int, names: tuple[str, ...] = NAMES) -> dict[str, Runner]:
    """Run both in this process."""
    loaded, board = programs(), Blackboard()
    runners = {n: open_runner(loaded[n], root / n, board) for n in names}
    experts = Experts(runners)
    for minute in range(1, minutes + 1):
        for _ in experts.due(minute * MINUTE):
            pass
    return runners


def alone(name: str, root: Path, minutes: int) -> None:
    """Run one of them minute by minute, and say on standard output which scans are on record."""
    others = {n: root / n for n in NAMES if n != name}
    runner = open_runner(programs()[name], root / name, TraceBoard(others, PATIENCE))
    while runner.next_due <= minutes * MINUTE:
        due = runner.next_due
        runner.scan(due, due)
        print(due // MINUTE, flush=True)
    assert runner.log is not None
    runner.log.close("end")


if __name__ == "__main__":
    alone(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))

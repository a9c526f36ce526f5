"""Desks of several experts at one plant: packs that read each other, each with a session and a trace of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from expert.compile import load_program
from expert.engine.session import Evaluator
from expert.feeds import Recording
from expert.language.ast import Program
from expert.language.diagnostics import did_you_mean
from expert.run.board import Blackboard, Board, Peer, TraceBoard
from expert.run.experts import load_experts
from expert.run.past import PastRun
from expert.run.sharing import expert_folders, home_of
from expert.trace import TraceError
from expert.values.types import ScanRecord
from kb.desk import Desk
from kb.furnace import VirtualFurnace
from kb.furnace.scenario import demo
from kb.paths import plant_folder
from kb.plants import DEMO_START, WARM_UP, Among, resume_virtual, virtual
from kb.recordings import at_plant, over, read, resume_recorded


class Plant(Protocol):
    """What several experts watch."""

    def programs(self, groups: Sequence[Sequence[Path]]) -> list[Program]:
        """Groups of packs as programs that read each other at this plant."""
        ...

    def fresh(self, program: Program, trace: Path, board: Board) -> Desk:
        """A desk of one of them that begins."""
        ...

    def resumed(self, trace: Path, board: Board) -> Desk:
        """A desk of one of them that goes on with its trace."""
        ...

    def begin(self) -> int | None:
        """Until when scans run before anything is shown, ms."""
        ...


@dataclass(frozen=True)
class FurnacePlant:
    """The virtual furnace; every expert has its own copy, which measures the same."""

    seed: int
    speed: float = 0.0
    evaluator: Evaluator = "reference"

    def programs(self, groups: Sequence[Sequence[Path]]) -> list[Program]:
        """See `Plant`."""
        furnace = VirtualFurnace(self.seed, DEMO_START - WARM_UP, demo(self.seed, DEMO_START))
        return load_experts(groups, plant_folder(), installed=frozenset(furnace.measured))

    def fresh(self, program: Program, trace: Path, board: Board) -> Desk:
        """See `Plant`."""
        among = Among(program, board)
        return virtual(seed=self.seed, speed=self.speed, trace=trace, evaluator=self.evaluator, among=among)

    def resumed(self, trace: Path, board: Board) -> Desk:
        """See `Plant`."""
        return resume_virtual(trace, evaluator=self.evaluator, board=board)

    def begin(self) -> int | None:
        """See `Plant`."""
        return DEMO_START


@dataclass
class RecordedPlant:
    """A recording under a map, read once for all."""

    path: Path
    map_path: Path
    warm_up: Path | None = None
    evaluator: Evaluator = "reference"
    recording: Recording = field(init=False)

    def __post_init__(self) -> None:
        self.recording = read(self.path, self.map_path, load_program([], plant_folder()).site)

    def programs(self, groups: Sequence[Sequence[Path]]) -> list[Program]:
        """See `Plant`."""
        return load_experts(groups, plant_folder(), **at_plant(self.recording))

    def fresh(self, program: Program, trace: Path, board: Board) -> Desk:
        """See `Plant`."""
        return over(self.recording, program, self.path, self.map_path, trace, self.warm_up, self.evaluator, board)

    def resumed(self, trace: Path, board: Board) -> Desk:
        """See `Plant`."""
        return resume_recorded(trace, self.path, self.map_path, self.evaluator, board)

    def begin(self) -> int | None:
        """See `Plant`."""
        return None


class Desks:
    """Experts that run together in this process, scan after scan in order of plant time, by name at one time.

    Parameters
    ----------
    desks : mapping
        Name of the expert -> its desk.
    """

    def __init__(self, desks: Mapping[str, Desk]) -> None:
        self.desks = dict(sorted(desks.items()))
        for desk in self.desks.values():
            desk.twins = [d for d in self.desks.values() if d is not desk]

    @property
    def now(self) -> int:
        """Plant time of the one that is furthest, ms."""
        return max(d.now for d in self.desks.values())

    @property
    def speed(self) -> float:
        """Times real time, of all; 0: as fast as possible."""
        return next(iter(self.desks.values())).speed

    def run_until(self, until: int) -> Iterator[tuple[str, ScanRecord]]:
        """Run scans as fast as possible, each in its time, up to plant time ``until``; yield them with the expert."""
        while (name := self._next(until)) is not None:
            yield name, self.desks[name].step()

    def tick(self) -> Iterator[tuple[str, ScanRecord]]:
        """Run every scan that is due by now, oldest first; yield them with the expert."""
        now = self.now
        while (name := self._next(now)) is not None:
            yield name, self.desks[name].catch_up(now)

    def _next(self, until: int) -> str | None:
        """Whose scan is next, when it is due by a time."""
        ends = {n: until if d.end is None else min(until, d.end) for n, d in self.desks.items()}
        due = {n: d.runner.next_due for n, d in self.desks.items() if d.runner.next_due <= ends[n]}
        return min(due, key=lambda n: (due[n], n)) if due else None

    def share_clock(self) -> None:
        """Let all follow the clock of the first, so that they are at one plant time."""
        clock = next(iter(self.desks.values())).clock
        for desk in self.desks.values():
            desk.clock = clock
            if desk.trace_folder is not None:
                clock.save(desk.trace_folder)

    def close(self, reason: str = "end") -> None:
        """Close all traces; a second call does nothing."""
        for desk in self.desks.values():
            desk.close(reason)


@dataclass(frozen=True)
class Team:
    """Which experts there are: names by what they were loaded from, or by what a trace folder holds.

    ``programs`` and ``folders`` (of its packs) are empty where only traces tell.
    """

    names: tuple[str, ...]
    root: Path
    programs: Mapping[str, Program] = field(default_factory=dict)
    folders: Mapping[str, Sequence[Path]] = field(default_factory=dict)

    def named(self, wanted: str) -> str:
        """The expert that is meant: its name, or a pack that it runs.

        Raises
        ------
        KeyError
            When there is none; the message names the nearest.
        """
        found = next((n for n in self.names if wanted == n or wanted in n.split("+")), None)
        if found is None:
            raise KeyError(f"there is no expert {wanted}. {did_you_mean(wanted, self.names)}".rstrip())
        return found


def team(plant: Plant, groups: Sequence[Sequence[Path]], root: Path) -> Team:
    """The experts of some packs; without packs those whose traces are below a folder.

    Raises
    ------
    ProgramError
        When a pack has mistakes.
    TraceError
        When the folder holds traces of other experts than these packs make.
    """
    there = tuple(expert_folders(root))
    if not groups:
        gone = {x for n in there for x in _read_by(root / n)} - {pack for n in there for pack in n.split("+")}
        if gone:
            raise TraceError(
                f"{root} holds no trace of {', '.join(sorted(gone))}, which others read; name all packs again"
            )
        return Team(there, root)
    loaded = plant.programs(groups)
    programs = {p.pack: p for p in loaded}
    strange = [name for name in there if name not in programs]
    if strange:
        raise TraceError(
            f"{root} holds a trace of {', '.join(strange)}, but these packs make the experts "
            f"{', '.join(sorted(programs))}; take another folder"
        )
    if any(root.glob("*.trace")):
        raise TraceError(f"{root} holds a run of one program, not of several experts; take another folder")
    folders = {p.pack: group for p, group in zip(loaded, groups, strict=True)}
    return Team(tuple(sorted(programs)), root, programs, folders)


def open_together(plant: Plant, experts: Team) -> Desks:
    """All experts in this process, over one blackboard; each goes on with its trace where there is one.

    Raises
    ------
    TraceError
        When a trace cannot be gone on with.
    """
    board = Blackboard()
    for folder in expert_folders(experts.root).values():
        board.recall(folder)
    desks = Desks({name: _desk(plant, experts, name, board) for name in experts.names})
    if desks.speed > 0:
        desks.share_clock()
    for _ in desks.run_until(plant.begin() or 0):
        pass
    return desks


def open_alone(plant: Plant, experts: Team, name: str, patience: float, tell: Callable[[Peer], None]) -> Desk:
    """One of the experts in this process; the others are read from their traces, which other processes write.

    Raises
    ------
    TraceError
        When its own trace cannot be gone on with, or another's is damaged.
    """
    packs = {pack for n in experts.names if n != name for pack in n.split("+")}
    folders = {pack: home_of(experts.root, pack, experts.names) for pack in sorted(packs)}
    board = TraceBoard(folders, patience, closes=False, tell=tell)
    desk = _desk(plant, experts, name, board)
    for _ in desk.run_until(plant.begin() or 0):
        pass
    return desk


def _read_by(folder: Path) -> set[str]:
    """Packs that the program of a trace reads."""
    return {fact.exporter for fact in PastRun(folder).program.facts.values() if fact.exporter}


def _desk(plant: Plant, experts: Team, name: str, board: Board) -> Desk:
    folder = experts.root / name
    if any(folder.glob("*.trace")):
        return plant.resumed(folder, board)
    return plant.fresh(experts.programs[name], folder, board)

"""One running expert, as its screens see it: plant, program, session, models and trace behind one clock."""

from __future__ import annotations

import json
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from expert.engine.numbers import held_value
from expert.engine.profile import Profile
from expert.language.ast import Program, Site
from expert.run.board import Peer
from expert.run.log import RunLog
from expert.run.reload import Reload, RuleWatch
from expert.run.runner import Runner
from expert.values.types import OperatorEvent, Sample, ScanRecord
from kb.breakages import Breakage
from kb.furnace import Cause, VirtualFurnace

Wall = Callable[[], float]
KINDS = ("ack", "comment", "answer", "done", "mark", "shelve")
USABLE = ("good", "late", "revised", "old")
"""What may become of a sample that is no loss: `old` was superseded before it came."""


@dataclass(frozen=True, slots=True)
class Clock:
    """Plant time as a function of the wall clock; ``speed`` 0: as fast as possible."""

    plant: int
    wall: float
    speed: float

    def now(self, wall: float) -> int:
        """Plant time at a wall time, ms."""
        return self.plant + int((wall - self.wall) * 1000 * self.speed)

    def save(self, folder: Path) -> None:
        """Keep the anchor beside the trace, so that a restart knows how far the plant went on."""
        (folder / "clock.json").write_text(json.dumps(asdict(self)), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Clock:
        """Inverse of `save`."""
        return cls(**json.loads((folder / "clock.json").read_text(encoding="utf-8")))


class Desk:
    """One running expert.

    Parameters
    ----------
    runner : Runner
    name : dict
        Title of what is watched, by language.
    clock : Clock
    end : int, optional
        Plant time after which there is nothing more to scan (a recording's end), ms.
    furnace : VirtualFurnace, optional
        The plant to break, when it is a virtual one.
    seed : int, optional
        Of the virtual furnace.
    wall : callable
        Wall clock in seconds; tests put their own in.
    notes : sequence of str
        What the reader should know before the story: coverage, skipped values.

    Attributes
    ----------
    counts, scans, raised
        Samples by what became of them, scans run, and how often each rule rose since the desk was opened.
    peers
        What became of experts in other processes that a scan waited for.
    twins
        Desks of other experts over copies of the same furnace, which break with it.
    watch, reloads
        What looks at the rule files before a scan, when somebody wants that, and what came of it so far.
    """

    def __init__(
        self,
        runner: Runner,
        name: dict[str, str],
        clock: Clock,
        *,
        end: int | None = None,
        furnace: VirtualFurnace | None = None,
        breakable: Sequence[Breakage] = (),
        seed: int | None = None,
        wall: Wall = time.time,
        notes: Sequence[str] = (),
    ) -> None:
        self.runner = runner
        self.name = name
        self.clock = clock
        self.end = end
        self.furnace = furnace
        self.breakable = tuple(breakable)
        self.seed = seed
        self.notes = tuple(notes)
        self.counts: dict[str, int] = {}
        self.scans = 0
        self.raised: dict[str, int] = {}
        self.peers: list[Peer] = []
        self.twins: list[Desk] = []
        self.watch: RuleWatch | None = None
        self.reloads: list[Reload] = []
        self._share = 0.0
        self._wall = wall

    @property
    def program(self) -> Program:
        """The program at work."""
        return self.runner.session.program

    @property
    def site(self) -> Site:
        """The plant as the program knows it."""
        return self.program.site

    @property
    def log(self) -> RunLog | None:
        """The run's trace."""
        return self.runner.log

    @property
    def trace_folder(self) -> Path | None:
        """Folder of the run's trace."""
        return self.log.folder if self.log is not None else None

    @property
    def head(self) -> str:
        """Chain hash of the trace's newest entry, hex; '' without a trace."""
        return self.log.head if self.log is not None else ""

    @property
    def speed(self) -> float:
        """Times real time; 0: as fast as possible."""
        return self.clock.speed

    @property
    def records(self) -> deque[ScanRecord]:
        """The newest records, oldest first."""
        return self.runner.records

    @property
    def record(self) -> ScanRecord | None:
        """The newest record."""
        return self.records[-1] if self.records else None

    @property
    def now(self) -> int:
        """Plant time, ms: of the clock, or of the last scan when it runs as fast as possible."""
        if self.clock.speed > 0:
            return self.clock.now(self._wall())
        return self.record.input.time if self.record is not None else self.clock.plant

    def tick(self) -> list[ScanRecord]:
        """Run every scan that is due by now and return their records, oldest first."""
        now = self.now if self.end is None else min(self.now, self.end)
        if self.runner.next_due <= now:
            self._look_at_rules()
        return [self._count(record) for record in self.runner.due(now)]

    def catch_up(self, now: int) -> ScanRecord:
        """Run the next scan, which is due by plant time ``now``; marked when it is late."""
        due = self.runner.next_due
        self._look_at_rules()
        late = now - due >= self.runner.period
        return self._count(self.runner.scan(due, now if late else due, late))

    def _look_at_rules(self) -> None:
        """Take over rules that somebody changed, right before a scan, so that none is shown under other rules."""
        found = self.watch.check(self.runner) if self.watch is not None else None
        if found is not None:
            self.reloads.append(found)

    def _count(self, record: ScanRecord) -> ScanRecord:
        self.scans += 1
        self._share += self.data_share
        for firing in record.firings:
            if firing.rising:
                self.raised[firing.rule] = self.raised.get(firing.rule, 0) + 1
        for cause, n in record.counts.items():
            self.counts[cause] = self.counts.get(cause, 0) + n
        return record

    def run_until(self, until: int) -> Iterator[ScanRecord]:
        """Run scans as fast as possible, each in its time, up to plant time ``until``."""
        last = until if self.end is None else min(until, self.end)
        while self.runner.next_due <= last:
            yield self.step()

    def step(self) -> ScanRecord:
        """Run the next scan, in its time."""
        due = self.runner.next_due
        self._look_at_rules()
        return self._count(self.runner.scan(due, due))

    # ------------------------------------------------------------ looking

    def history(self, variable: str, start: int, end: int) -> list[tuple[int, float | None]]:
        """Samples of a ground variable with source time in (start, end]: (ms, value in its unit or None)."""
        return self.runner.session.memory.history(variable, start, end)

    def baseline(self, variable: str) -> tuple[float, float] | None:
        """Median and inter-quartile range of a ground variable in its unit, or None with too little history."""
        series = self.runner.session.memory.series.get(variable)
        if series is None:
            return None
        base = series.hourly.at(self.now, self.site.baseline_guard)
        factor = float(self.runner.session.units[series.variable.unit])
        return None if base is None else (base[0] / factor, base[1] / factor)

    @property
    def firings(self) -> int:
        """How often a rule rose since the desk was opened."""
        return sum(self.raised.values())

    @property
    def skipped(self) -> dict[str, int]:
        """Values that were skipped or bad, by cause."""
        return {k: n for k, n in sorted(self.counts.items()) if k not in USABLE}

    @property
    def mean_data_share(self) -> float:
        """Mean of `data_share` over the scans since the desk was opened."""
        return self._share / self.scans if self.scans else self.data_share

    @property
    def data_share(self) -> float:
        """Share of the installed variables that have a usable value, 0..1."""
        installed = self.program.installed
        series = self.runner.session.memory.series
        names = [n for n in series if installed is None or n in installed]
        if not names:
            return 0.0
        at = self.record.input.time if self.record is not None else self.now
        return sum(held_value(series[n], at).known for n in names) / len(names)

    # ------------------------------------------------------------ acting

    def event(self, kind: str, target: str, text: str = "", value: float | None = None, who: str = "") -> None:
        """Take in what a person said or did, as `OperatorEvent` names it; recorded with the next scan.

        Raises
        ------
        ValueError
            For an unknown kind.
        """
        if kind not in KINDS:
            raise ValueError(f"unknown kind of event {kind!r}; known: {', '.join(KINDS)}")
        self.runner.tell(OperatorEvent(self.runner.next_due, kind, target, who, text, value))  # type: ignore[arg-type]

    def break_it(self, id_: str) -> Cause:
        """Break the virtual furnace or one of its sensors; it is on record as an event of the plant.

        Raises
        ------
        KeyError
            When there is nothing of that name to break.
        """
        chosen = next((b for b in self.breakable if b.id == id_), None)
        if chosen is None or self.furnace is None:
            raise KeyError(id_)
        all_ = [f for d in (self, *self.twins) if (f := d.furnace) is not None]
        cause = chosen.cause(max(f.clock for f in all_))
        for desk in (self, *self.twins):
            cause = desk._inject(cause)
        return cause

    def _inject(self, cause: Cause) -> Cause:
        assert self.furnace is not None
        done = self.furnace.inject(cause)
        if self.log is not None:
            self.log.event({"kind": "inject", "at": self.furnace.clock, "cause": asdict(done)})
        return done

    def profile(self) -> Profile:
        """Count from here on what each rule costs that the reference runs; it goes on when other rules take over."""
        profile = Profile()
        self.runner.session.profile = profile
        return profile

    def close(self, reason: str = "end") -> None:
        """Close the trace; a second call does nothing."""
        if self.log is not None:
            self.log.close(reason)


class FurnaceFeed:
    """Samples of a virtual furnace."""

    def __init__(self, furnace: VirtualFurnace) -> None:
        self.furnace = furnace

    def advance(self, until: int) -> list[Sample]:
        """Samples that arrived since the last call, by arrival."""
        return self.furnace.advance(until) if until > self.furnace.clock else []

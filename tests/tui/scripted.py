"""A real desk over a small plant whose samples follow a script: a hang, a wall without signal, a stove change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from expert.compile import load_program
from expert.engine.session import Session
from expert.language.ast import Program
from expert.run.runner import Runner
from expert.values.types import ModelAnswer, Sample, Variable
from kb.desk import Clock, Desk

HERE = Path(__file__).parent / "plant"
MINUTE = 60_000
START = int(datetime(2026, 3, 3, 2, 0, tzinfo=UTC).timestamp() * 1000)
HISTORY = 90


@cache
def small_program() -> Program:
    """The program of `tests/tui/plant`."""
    return load_program(HERE / "pack", HERE / "site")


def at(minute: int) -> int:
    """Plant time at ``minute`` after 02:00, ms."""
    return START + minute * MINUTE


def charges(m: int) -> int:
    """One charge every 8 min, none between 02:08 and 02:40."""
    return m // 8 if m < 10 else 1 if m < 40 else 2 + (m - 40) // 8


def pressure(m: int) -> float:
    """Quiet, then a rise from 02:15, back to quiet at 02:40."""
    quiet = 419.0 + (m % 3) * 0.5
    return quiet + min(20.0, (m - 15) * 1.5) if 15 <= m < 40 else quiet


def wall(m: int) -> float | None:
    """Sector A: hot from 02:25, signal lost from 02:32 to 03:10, cool again after that."""
    if m < 20 or m > 70:
        return 90.0
    return None if m > 31 else min(118.0, 90.0 + (m - 20) * 5.0)


def reading(name: str, m: int) -> float | None:
    """Value of a variable at a minute; None: a bad sample."""
    return {
        "blast.pressure": pressure,
        "blast.volume": lambda m: 5600.0 + (m % 4) * 5,
        "charge.count": lambda m: float(charges(m) + 100),
        "stove.changing": lambda m: 1.0 if 5 <= m < 8 else 0.0,
        "sectors[A].wall_temperature": wall,
        "sectors[B].wall_temperature": lambda m: 88.0,
        "hot_metal.temperature": lambda m: 1500.0 + m % 7,
        "hot_metal.silicon": lambda m: 0.45,
    }[name](m)


@dataclass
class ScriptedFeed:
    """Every variable once in its period, arriving at once."""

    variables: dict[str, Variable]
    done: int = -HISTORY

    def advance(self, until: int) -> Sequence[Sample]:
        """Samples not later than ``until``."""
        out = []
        last = (until - START) // MINUTE
        for m in range(self.done + 1, last + 1):
            for name, v in self.variables.items():
                if m % max(1, v.period // MINUTE) == 0:
                    x = reading(name, m)
                    count = None if x is None else v.quantise(x)
                    quality = "bad" if x is None else "good"
                    out.append(Sample(name, at(m), at(m), count, quality, "" if x is not None else "missing"))  # type: ignore[arg-type]
        self.done = max(self.done, last)
        return out


class ScriptedModel:
    """Always the same outlook."""

    id = "silicon_outlook"

    def observe(self, samples: Sequence[Sample]) -> None:
        """Learn nothing."""

    def answer(self, time: int, run_at: int, questions: Sequence[tuple[str, str, float, int]]) -> list[ModelAnswer]:
        """22 to 31 % for whatever is asked."""
        return [
            ModelAnswer(m, ahead, op, limit, 220_000, 310_000, 0.41, 0.26, 0.56) for m, op, limit, ahead in questions
        ]  # type: ignore[arg-type]

    def snapshot(self) -> dict[str, object]:
        """Nothing to keep."""
        return {}

    def restore(self, state: dict[str, object]) -> None:
        """Nothing to restore."""


@dataclass(frozen=True)
class Fault:
    """Something to break."""

    id: str
    title: dict[str, str]


FAULTS = (
    Fault("hang", {"en": "the burden hangs", "zh": "悬料"}),
    Fault("freeze", {"en": "gauge freezes", "zh": "仪表卡死"}),
)


class WallClock:
    """A wall clock that a test moves."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


class ScriptedDesk(Desk):
    """A desk that remembers what was broken and closed."""

    def __init__(self, minute: int = 0, speed: float = 60.0) -> None:
        program = small_program()
        session = Session(program)
        for name, median, iqr in (
            ("blast.pressure", 419.5, 3.0),
            ("blast.volume", 5605.0, 20.0),
            ("sectors[A].wall_temperature", 90.0, 4.0),
            ("hot_metal.temperature", 1503.0, 12.0),
        ):
            session.set_baseline(name, median, iqr)
        variables = {n: s.variable for n, s in session.memory.series.items()}
        runner = Runner(session, ScriptedFeed(variables), [ScriptedModel()], None, START)
        self.wall_clock = WallClock()
        self.broken: list[str] = []
        self.told: list[tuple[str, str, float | None]] = []
        self.closed: list[str] = []
        super().__init__(
            runner,
            {"en": "Test furnace", "zh": "试验炉"},
            Clock(START, 1000.0, speed),
            breakable=FAULTS,  # type: ignore[arg-type]
            seed=7,
            wall=self.wall_clock,
        )
        self.go_to(minute)

    def go_to(self, minute: int) -> None:
        """Move the wall clock so that it is ``minute`` after 02:00 at the plant, and run what is due in its time."""
        for _ in self.run_until(at(minute)):
            pass
        if self.clock.speed:
            self.wall_clock.seconds = 1000.0 + minute * 60 / self.clock.speed

    def let_pass(self, minutes: int) -> None:
        """Move the wall clock only."""
        self.wall_clock.seconds += minutes * 60 / self.clock.speed

    def break_it(self, id_: str) -> Fault:  # type: ignore[override]
        """Remember it."""
        self.broken.append(id_)
        return next(f for f in FAULTS if f.id == id_)

    def event(self, kind: str, target: str, text: str = "", value: float | None = None, who: str = "") -> None:
        """Remember and hand on."""
        self.told.append((kind, target, value))
        super().event(kind, target, text, value, who)

    def close(self, reason: str = "end") -> None:
        """Remember."""
        self.closed.append(reason)
        super().close(reason)

"""A small plant for tests of running: the sample pack, a scripted feed, a simulated clock."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from expert.compile import load_program
from expert.engine.session import Evaluator, Session
from expert.language.ast import Program
from expert.trace import canonical
from expert.trace.codec import to_json
from expert.values.types import Sample, ScanInput

DATA = Path(__file__).parent.parent / "data"
MINUTE = 60_000
LAST_CHARGE = 24
PRESSURE_RISES = 30


def program() -> Program:
    """The sample pack at the sample site."""
    return load_program(DATA / "pack", DATA / "site")


def normal(minute: int) -> dict[str, float]:
    """What the instruments show: the charging stops after minute 24, the pressure rises from minute 30 on."""
    return {
        "blast.pressure": 330.0 if minute < PRESSURE_RISES else 352.0,
        "blast.volume": 5000.0 if minute < PRESSURE_RISES else 4800.0,
        "top.temperature": 150.0 + minute % 7,
        "charge.count": float(min(minute, LAST_CHARGE) // 8),
    }


class ScriptedFeed:
    """Sends one sample a minute of each variable of a script, ten seconds after it was true."""

    def __init__(self, script: Callable[[int], dict[str, float]] = normal, start: int = 0) -> None:
        self.program = program()
        self.script = script
        self.clock = start

    def advance(self, until: int) -> list[Sample]:
        """Samples that arrived in (last call, until]."""
        out = []
        for minute in range(self.clock // MINUTE - 1, until // MINUTE + 1):
            for name, value in self.script(minute).items():
                source = minute * MINUTE - 30_000
                arrival = source + 10_000
                if self.clock < arrival <= until:
                    v = self.program.site.variables[name]
                    out.append(Sample(name, source, arrival, v.quantise(value)))
        self.clock = max(self.clock, until)
        return out


def session(evaluator: Evaluator = "reference") -> Session:
    """A session whose normals are known."""
    s = Session(program(), evaluator)
    s.set_baseline("blast.pressure", 330.0, 6.0)
    s.set_baseline("blast.volume", 5000.0, 50.0)
    return s


def digests(shift: int) -> list[str]:
    """Hash of every scan's record of a plant whose charging stops ``shift`` minutes early."""
    own = session()
    feed = ScriptedFeed(lambda m: {**normal(m), "charge.count": float(min(m, LAST_CHARGE - shift) // 8)})
    times = range(MINUTE, 40 * MINUTE, MINUTE)
    records = [own.scan(ScanInput(now, now, tuple(feed.advance(now)))) for now in times]
    return [hashlib.sha256(canonical(to_json(r))).hexdigest() for r in records]

"""The hidden state of the furnace and its step of one minute."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from kb.furnace.burden import Stack
from kb.furnace.hearth import Hearth
from kb.furnace.heat import HeatStock, background
from kb.furnace.mechanisms import FAST_BLOWER, QUIET, Mechanism, Push
from kb.furnace.noise import Chances, Floats, Spec, Stream
from kb.furnace.traits import COAL, PRODUCTION, SPEED, Traits
from kb.furnace.walls import Sectors, Stoves

COLUMNS = (
    "level", "speed", "when", "jump", "charges", "flow", "bed_upper", "bed_lower", "changing", "saw", "coal",
    "coal_set", "heat", "make", "rate", "iron", "casts", "age", "spike", "top_heat", "used", "hung", "cold", "hot",
    "leak_A", "leak_B", "leak_C", "leak_D", "excess_A", "excess_B", "excess_C", "excess_D",
    "wall_A", "wall_B", "wall_C", "wall_D",
)  # fmt: skip
INDEX = {name: i for i, name in enumerate(COLUMNS)}

SLOW_BLOWER = 0.25  # operators trade blast for pressure drop when the bed is tight for hours
DRIVES: dict[str, Spec] = {
    "bed": Spec(slow=((0.014, 30.0), (0.026, 360.0))),
    "split": Spec(slow=((0.008, 240.0),)),
    "blast": Spec(white=0.002, slow=((0.004, 20.0), (0.0058, 300.0))),
    "descent": Spec(white=0.02, slow=((0.03, 45.0),)),
    "coal_set": Spec(slow=((1.85, 480.0),)),
    "heat_fast": Spec(slow=((1.0, 72.0),)),
    "heat_mid": Spec(slow=((1.0, 240.0),)),
    "heat_slow": Spec(slow=((1.0, 480.0),)),
}
CHANCES = ("chance.event", "chance.slip", "chance.spike")
Row = tuple[float, ...]
Told = dict[str, Floats]
"""Hidden quantities that only show, by name: arrays over the minutes of a run; absent is zero."""


class Drives:
    """Random inputs of the hidden state, per minute."""

    def __init__(self, seed: int) -> None:
        self._streams: dict[str, Stream | Chances] = {
            name: Stream(seed, f"drive.{name}", spec) for name, spec in DRIVES.items()
        }
        self._streams.update({name: Chances(seed, name) for name in CHANCES})

    def read(self, first: int, last: int) -> dict[str, Floats]:
        """Arrays of the minutes ``first <= m < last`` by name."""
        return {name: source.read(first, last) for name, source in self._streams.items()}


class HiddenState:
    """What is really so inside; causes push it, instruments look at it."""

    def __init__(self, traits: Traits) -> None:
        self.minute = 0
        self.mechanisms: list[Mechanism] = []
        self._stack = Stack(traits)
        self._hearth = Hearth()
        self._heat = HeatStock(traits)
        self._sectors = Sectors(traits)
        self._stoves = Stoves()
        self._pace = 1.0  # production relative to normal
        self._top_heat = self._used = 0.0
        self._told: dict[str, dict[int, float]] = {}

    def run(self, drives: dict[str, Floats]) -> tuple[Floats, Told]:
        """Rows of the next minutes, one per element of the drives, columns as in `COLUMNS`; and what causes tell."""
        columns = [drives[name].tolist() for name in (*DRIVES, *CHANCES)]
        first, self._told = self.minute, {}
        rows = np.array([self._step(*inputs) for inputs in zip(*columns, strict=True)]).reshape(-1, len(COLUMNS))
        return rows, {name: _spread(values, first, len(rows)) for name, values in self._told.items()}

    def _push(self) -> tuple[Push, bool]:
        active = [m for m in self.mechanisms if m.first <= self.minute < m.last] if self.mechanisms else []
        if not active:
            return QUIET, False
        push = Push()
        for m in active:
            m.apply(self.minute, push)
        return push, True

    def _step(
        self, bed: float, split: float, blast: float, descent: float, coal_set: float,
        fast: float, mid: float, slow: float, event: float, slip: float, spike: float,
    ) -> Row:  # fmt: skip
        push, disturbed = self._push()
        more = push.more
        self._stoves.step(event)
        lost = 1.0 - max(0.0, push.coal)
        flow = blast - SLOW_BLOWER * bed - FAST_BLOWER * 0.5 * (push.bed_upper + push.bed_lower)
        if self._stoves.changing:
            flow -= 0.018
        surplus, meant, missing = 0.0, 1.0, lost
        if more:
            self._note(more)
            flow += more.get("flow", 0.0)
            descent += more.get("speed", 0.0)
            surplus = _surplus(more)
            meant = max(0.0, 1.0 + more.get("coal_set", 0.0))
            missing = _missing(more, meant * push.coal)
        speed = SPEED * max(0.0, 1.0 + 0.9 * flow + descent + 0.1 * lost - 0.0005 * self._heat.deviation)
        self._stack.step(speed, push, event, slip)
        aim = (1.0 - 0.15 * push.hung) * max(0.0, 1.0 + flow + 0.1 * more.get("oxygen", 0.0))
        self._pace += (aim - self._pace) / 60.0
        hold, widen = more.get("hold_tap", 0.0) > 0.5, more.get("widen_tap", 0.0)
        self._hearth.step(self._pace * PRODUCTION / 60.0, event, hold, widen)
        self._heat.step(self.minute, missing, sum(push.leak), push.chill, background(slow, mid, fast), surplus)
        self._sectors.step(push, disturbed)
        self._breathe(push)
        set_point = meant * round(2.0 * (COAL + coal_set)) / 2.0
        lower = bed - split + push.bed_lower + 0.0008 * min(0.0, self._heat.deviation) - 0.03 * lost
        lower += 0.001 * (self._hearth.volume - 32.0)
        self.minute += 1
        return self._row(push, flow, bed + split + push.bed_upper, lower, set_point, self._spike(push, spike))

    def _note(self, more: dict[str, float]) -> None:
        for name, value in more.items():
            self._told.setdefault(name, {})[self.minute] = value

    def _breathe(self, push: Push) -> None:
        """Let the top gas follow: a fresh charge cools it, a low line and a hang warm it."""
        level = self._stack.level
        low = 40.0 * (level - 1.6) if level > 1.6 else 0.0
        fresh = -6.0 if self._stack.since <= 2 else 3.6
        self._top_heat += (low + push.top_heat - self._top_heat) / 8.0 + fresh * 0.5
        self._used += (push.used - self._used) / 4.0

    def _spike(self, push: Push, chance: float) -> float:
        """Kilopascal that top pressure jumps by in this minute: equalising when charging, causes, slips."""
        out = push.spike
        if self._stack.jump < 0.0:
            out += 2.5 + 3.0 * chance
        elif self._stack.jump > 0.0:
            out += 3.0 + 2.0 * chance
        if chance < push.spikes:
            out += 5.0 + 9.0 * chance / push.spikes
        return out

    def _row(self, push: Push, flow: float, upper: float, lower: float, set_point: float, spike: float) -> Row:
        stack, hearth, stoves, sectors, heat = self._stack, self._hearth, self._stoves, self._sectors, self._heat
        return (
            stack.level_before, stack.speed, stack.when, stack.jump, stack.charges, flow, upper, lower,
            stoves.changing, stoves.saw, set_point * max(0.0, push.coal), set_point, heat.temperature, self._pace,
            hearth.rate,
            hearth.iron, hearth.casts, hearth.age, spike, self._top_heat, self._used, push.hung, heat.cold,
            heat.hot, *push.leak, *sectors.excess, *sectors.wall,
        )  # fmt: skip


def _surplus(more: dict[str, float]) -> float:
    """Long-run gain of hot-metal temperature, degC: 35 per 100 degC of blast, -2.5 per g of moisture, and told heat."""
    return 0.35 * more.get("blast_temperature", 0.0) - 2.5 * more.get("humidity", 0.0) + more.get("heat", 0.0)


def _missing(more: dict[str, float], coal: float) -> float:
    """Share of the coal that the hearth lacks: what the blast could burn, less what comes."""
    return max(0.0, math.exp(min(0.0, more.get("flow", 0.0))) - max(0.0, coal))


def _spread(values: dict[int, float], first: int, length: int) -> Floats:
    out = np.zeros(length)
    out[np.fromiter(values, dtype=np.int64) - first] = list(values.values())
    return out


def columns(rows: Floats, names: Sequence[str]) -> list[Floats]:
    """Views of some columns of the rows."""
    return [rows[:, INDEX[name]] for name in names]

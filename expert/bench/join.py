"""The race *join*: load a shop's rows and conclude, then move single operations."""

from __future__ import annotations

import gc
import hashlib
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from expert.bench.join_engines import IDIOMS, ClipsJoin, Found, Joiner, Ours
from expert.bench.peer import PeerMissing
from expert.bench.race import Disagreement
from expert.bench.shop import Shop

TRIAL_ORDERS = 50


@dataclass(frozen=True)
class JoinPlan:
    """Orders, times to load, moves, and after how many moves the conclusions are compared."""

    orders: int
    loads: int
    moves: int
    compare_every: int


@dataclass(frozen=True)
class Join:
    """Milliseconds to load and infer and for a move, by engine."""

    plan: JoinPlan
    load: dict[str, float]
    move: dict[str, float]
    idioms: dict[str, str]
    missing: list[str]

    def as_json(self) -> list[dict[str, Any]]:
        """For the report: two groups of figures."""
        head = f"join: {self.plan.orders} orders"
        both = {"load and infer": ("ms", self.load), "a move": ("ms/move", self.move)}
        return [
            {"orders": self.plan.orders, "title": f"{head}, {what}", "unit": unit, "ms": ms, "idioms": self.idioms}
            for what, (unit, ms) in both.items()
        ]


def run_join(plan: JoinPlan, seed: int = 1) -> Join:
    """Race ours against CLIPS.

    Raises
    ------
    Disagreement
        When an engine's conclusions are not those computed from nothing.
    """
    makers: dict[str, Callable[[], Joiner]] = {"ours": Ours}
    missing = []
    try:
        idiom = _best_idiom(seed)
        makers["clips"] = lambda: ClipsJoin(idiom)
    except PeerMissing as e:
        missing.append(str(e))
    loads: dict[str, list[float]] = {name: [] for name in makers}
    moves: dict[str, list[float]] = {name: [] for name in makers}
    engines: dict[str, Joiner] = {}
    for _ in range(plan.loads):
        shop = Shop(plan.orders, seed)
        engines = _loaded(makers, shop, loads)
    for n, row in enumerate(shop.moves(plan.moves)):
        for name, engine in engines.items():
            moves[name].append(_seconds(partial(engine.move, row)))
        if n % plan.compare_every == plan.compare_every - 1:
            _compare(engines, shop, f"after move {n}")
    names = {key: e.name for key, e in engines.items()}
    return Join(
        plan,
        {names[k]: 1e3 * statistics.median(v) for k, v in loads.items()},
        {names[k]: 1e3 * statistics.median(v) for k, v in moves.items()},
        {e.name: e.idiom for e in engines.values()},
        missing,
    )


def _loaded(makers: dict[str, Callable[[], Joiner]], shop: Shop, loads: dict[str, list[float]]) -> dict[str, Joiner]:
    """New engines with all rows in, the time added, the conclusions compared."""
    engines = {name: make() for name, make in makers.items()}
    rows = shop.rows()
    for name, engine in engines.items():
        engine.prepare(rows)
        loads[name].append(_seconds(engine.load))
    _compare(engines, shop, "after loading")
    return engines


def _best_idiom(seed: int) -> str:
    """The idiom of CLIPS that moves fastest in a small shop."""
    times = {}
    for idiom in IDIOMS:
        shop = Shop(TRIAL_ORDERS, seed)
        engine = ClipsJoin(idiom)
        engine.prepare(shop.rows())
        engine.load()
        times[idiom] = statistics.median(_seconds(partial(engine.move, row)) for row in shop.moves(50))
    return min(times, key=lambda i: times[i])


def _seconds(work: Callable[[], None]) -> float:
    """Time of some work; without collecting cycles, as in `timeit`: that goes through every engine's objects."""
    gc.disable()
    try:
        start = time.perf_counter()
        work()
        return time.perf_counter() - start
    finally:
        gc.enable()


def _compare(engines: dict[str, Joiner], shop: Shop, when: str) -> None:
    wanted = shop.conclusions()
    for engine in engines.values():
        found = engine.conclusions()
        if _hash(found) != _hash(wanted):
            raise Disagreement(f"{engine.name} disagrees {when}: {_difference(found, wanted)}")


def _hash(found: Found) -> str:
    return hashlib.sha256(repr(sorted(found)).encode()).hexdigest()


def _difference(found: Found, wanted: Found) -> str:
    more, less = sorted(found - wanted)[:3], sorted(wanted - found)[:3]
    both = (("too much", more), ("missing", less))
    return "; ".join(f"{name}({', '.join(args)}) is {verb}" for verb, xs in both for name, *args in xs)

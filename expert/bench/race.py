"""Running engines side by side: in turns, so that noise hits all alike, and held to the same conclusions."""

from __future__ import annotations

import hashlib
import statistics
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from expert.bench.peer import Engine
from expert.bench.workload import Bools, Counts

TURNS = 5


class Disagreement(Exception):
    """Two engines concluded different things from the same scan; the message says where."""


@dataclass
class Lane:
    """An engine in a race, and how many of the scans it runs."""

    engine: Engine
    scans: int
    seconds: list[float] = field(default_factory=list)
    hashes: list[str] = field(default_factory=list)

    @property
    def ms(self) -> float:
        """Milliseconds a scan: median over the turns, each with the mean of its scans."""
        turns = [list(t) for t in np.array_split(self.seconds, min(TURNS, len(self.seconds)))]
        return 1e3 * statistics.median(statistics.fmean(t) for t in turns)


def fingerprint(conclusions: Bools) -> str:
    """Hash of the conclusions of one scan.

    >>> fingerprint(np.array([True, False])) == fingerprint(np.array([True, True]))
    False
    """
    return hashlib.sha256(np.packbits(conclusions).tobytes() + bytes([len(conclusions) % 8])).hexdigest()


def race(lanes: Sequence[Lane], values: Counts, expected: Bools) -> None:
    """Run every lane over its first scans, in turns.

    Parameters
    ----------
    lanes : sequence of Lane
        Filled with times and hashes.
    values : (scans, signals)
    expected : (scans, rules)
        Conclusions of the first engine, NumPy over the whole time axis.

    Raises
    ------
    Disagreement
        At the first scan whose conclusions have another hash.
    """
    wanted = [fingerprint(row) for row in expected]
    for turn in range(TURNS):
        for lane in lanes:
            for scan in range(lane.scans * turn // TURNS, lane.scans * (turn + 1) // TURNS):
                start = time.perf_counter()
                lane.engine.step(values[scan])
                lane.seconds.append(time.perf_counter() - start)
                found = lane.engine.conclusions()
                lane.hashes.append(fingerprint(found))
                if lane.hashes[-1] != wanted[scan]:
                    raise Disagreement(disagreement(lane.engine.name, scan, found, expected[scan]))


def disagreement(name: str, scan: int, found: Bools, expected: Bools) -> str:
    """Where an engine departs from NumPy over time."""
    rules = np.flatnonzero(found != expected)
    said = ", ".join(f"rule {r}: {bool(found[r])}, not {bool(expected[r])}" for r in rules[:3])
    more = f" and {len(rules) - 3} more" if len(rules) > 3 else ""
    return f"{name} disagrees in scan {scan}: {said}{more}"


def fastest(engines: Mapping[str, Engine], values: Counts) -> str:
    """Name of the engine that runs a few scans in the least time, of one engine's idioms."""
    times: dict[str, list[float]] = {name: [] for name in engines}
    for row in values:
        for name, engine in engines.items():
            start = time.perf_counter()
            engine.step(row)
            times[name].append(time.perf_counter() - start)
    return min(times, key=lambda name: statistics.median(times[name][1:]))

"""What the product does per second: simulator, recording, engine and trace, in one run, on this machine.

Rates depend on the machine; the ratios compare parts measured in the same run and travel better.
"""

from __future__ import annotations

import platform
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

MINUTE = 60_000
DAY = 86_400_000


class Stopwatch:
    """Seconds of a block."""

    seconds = 0.0


@contextmanager
def timed() -> Iterator[Stopwatch]:
    """Time a block by the wall clock, which is what a user waits for."""
    watch = Stopwatch()
    start = time.perf_counter()
    yield watch
    watch.seconds = max(time.perf_counter() - start, 1e-9)


def bench_simulator(minutes: int) -> dict[str, float]:
    """Plant minutes per second of the virtual furnace with all its instruments."""
    from kb.furnace import VirtualFurnace

    furnace = VirtualFurnace(seed=1, start=0)
    furnace.advance(30 * MINUTE)
    with timed() as watch:
        samples = furnace.advance((30 + minutes) * MINUTE)
    return {"minutes_per_s": minutes / watch.seconds, "samples_per_s": len(samples) / watch.seconds}


def bench_recording(folder: Path) -> dict[str, float]:
    """Rows per second of a simulated day read back as a recording."""
    from expert.feeds import load_recording
    from expert.language.units import Units
    from kb.furnace import VirtualFurnace
    from kb.furnace.catalogue import load_members, load_variables
    from kb.furnace.csvout import write_csv
    from kb.paths import data_file

    write_csv(folder, VirtualFurnace(seed=1, start=0), DAY)
    plan = data_file("maps/simulated.yaml")
    units = Units(("Nm3 = [normal_volume]",))
    with timed() as watch:
        recording = load_recording(folder, plan, load_variables(), units, load_members())
    return {"rows_per_s": recording.rows / watch.seconds}


def bench_engine(minutes: int) -> tuple[dict[str, float], list[bytes]]:
    """Scans per second of the furnace pack on the virtual furnace, and the records that came out."""
    from expert.compile import load_program
    from expert.engine.session import Session
    from expert.trace.codec import dump
    from expert.values.types import ScanInput
    from kb.furnace import VirtualFurnace
    from kb.paths import plant_folder, rules_folder

    furnace = VirtualFurnace(seed=1, start=0)
    with timed() as loading:
        program = load_program(rules_folder() / "blast_furnace", plant_folder(), installed=frozenset(furnace.measured))
    session = Session(program)
    inputs = [ScanInput(m * MINUTE, m * MINUTE, tuple(furnace.advance(m * MINUTE))) for m in range(1, minutes + 1)]
    with timed() as scanning:
        records = [session.scan(i) for i in inputs]
    with timed() as writing:
        payloads = [dump(r) for r in records]
    rates = {
        "load_s": loading.seconds,
        "scans_per_s": minutes / scanning.seconds,
        "records_encoded_per_s": minutes / writing.seconds,
        "bytes_per_record": sum(map(len, payloads)) / minutes,
    }
    return rates, payloads


def bench_trace(folder: Path, payloads: list[bytes]) -> dict[str, float]:
    """Appends per second without sync, with a sync per 64 and per entry; verification of what was written."""
    from expert.trace import TraceWriter, verify

    def append(name: str, group: int, times: int) -> float:
        with TraceWriter(folder / name, "bench") as trace, timed() as watch:
            for n in range(times):
                trace.append("scan", payloads[n % len(payloads)])
                if group and n % group == group - 1:
                    trace.sync()
        return times / watch.seconds

    out = {
        "appends_per_s": append("none", 0, 3000),
        "appends_per_s_sync_64": append("some", 64, 1920),
        "appends_per_s_sync_1": append("each", 1, 200),
    }
    stored = sum(p.stat().st_size for p in (folder / "none").glob("*.trace")) / 3000
    with timed() as watch:
        fault = verify(folder / "none")
    if fault is not None:
        raise SystemExit(f"bench: the trace just written is damaged: {fault}")
    with (folder / "raw").open("wb", buffering=0) as f, timed() as raw:
        for n in range(3000):
            f.write(payloads[n % len(payloads)])
    return {
        **out,
        "verified_per_s": 3000 / watch.seconds,
        "stored_bytes": stored,
        "raw_writes_per_s": 3000 / raw.seconds,
    }


def bench_product(minutes: int) -> dict[str, dict[str, Any]]:
    """Figures of each part, ``ratios`` between them, and ``where`` they were measured.

    Parameters
    ----------
    minutes : int
        Plant minutes for the engine.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        steps: list[tuple[str, Callable[[], dict[str, float]]]] = [
            ("simulator", lambda: bench_simulator(5_000)),
            ("recording", lambda: bench_recording(folder / "day")),
        ]
        figures: dict[str, dict[str, Any]] = {step: run() for step, run in steps}
        figures["engine"], payloads = bench_engine(minutes)
        figures["trace"] = bench_trace(folder, payloads)
    engine, trace = figures["engine"], figures["trace"]
    figures["ratios"] = {
        "scan_vs_real_time": engine["scans_per_s"] * 60,
        "append_vs_scan": engine["scans_per_s"] / trace["appends_per_s"],
        "encode_vs_scan": engine["scans_per_s"] / engine["records_encoded_per_s"],
        "append_vs_raw_write": trace["raw_writes_per_s"] / trace["appends_per_s"],
        "stored_vs_plain": trace["stored_bytes"] / engine["bytes_per_record"],
    }
    return {**figures, "where": {"python": platform.python_version(), "machine": platform.machine()}}


def lines(figures: dict[str, dict[str, Any]]) -> Iterator[str]:
    """The table of all figures.

    >>> list(lines({"engine": {"load_s": 1.25}, "where": {}}))
    ['engine     load_s                            1.250']
    """
    for group, values in figures.items():
        if group != "where":
            for key, value in values.items():
                yield f"{group:10s} {key:24s} " + (f"{value:14,.3f}" if value < 100 else f"{value:14,.0f}")

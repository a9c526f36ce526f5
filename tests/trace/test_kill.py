"""A writer killed at any moment loses nothing that it had acknowledged."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from expert.trace import TraceReader, verify
from expert.trace.frames import segments

WRITER = """
import sys
from expert.trace import TraceWriter

trace = TraceWriter(sys.argv[1], "BF2", resume=True, segment_bytes=20_000)
while True:
    n = trace.next_seq
    trace.append("scan", b"%d " % n * (n * 7919 % 400))
    if n % 3 == 0:
        trace.sync()
        print(n, flush=True)
"""


def kill_one(folder: Path, after: int) -> int:
    """Start a writer, kill it after so many acknowledgements, and return the last one read."""
    process = subprocess.Popen([sys.executable, "-c", WRITER, folder], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    acknowledged = -1
    for _ in range(after):
        acknowledged = int(process.stdout.readline())
    process.send_signal(signal.SIGKILL)
    rest = process.stdout.read().split("\n")[:-1]
    process.wait()
    return int(rest[-1]) if rest else acknowledged


def check(folder: Path, acknowledged: int) -> None:
    """Everything acknowledged can be read, in order, with its payload."""
    entries = list(TraceReader(folder))
    scans = [e for e in entries if e.kind == "scan"]
    assert len(entries) > acknowledged
    assert all(e.payload == b"%d " % e.seq * (e.seq * 7919 % 400) for e in scans)
    fault = verify(folder)
    assert fault is None or fault.torn


def test_nothing_acknowledged_is_lost(tmp_path: Path) -> None:
    """Three kills in a row: each writer goes on where the trace ends."""
    for after in (1, 9, 40):
        check(tmp_path, kill_one(tmp_path, after))


@pytest.mark.long
def test_nothing_acknowledged_is_lost_in_many_kills(tmp_path: Path) -> None:
    """Sixty kills at random moments, over several segments, each also with a half-written frame left behind."""
    draw = random.Random(7)
    for _ in range(60):
        check(tmp_path, kill_one(tmp_path, draw.randint(1, 60)))
        newest = segments(tmp_path)[-1]
        newest.write_bytes(newest.read_bytes() + newest.read_bytes()[60 : 60 + draw.randint(0, 50)])

"""A run that another process kills: one line for every scan that is on record."""

from __future__ import annotations

import sys
from pathlib import Path

from kb.furnace import Cause
from kb.plants import DEMO_START, virtual

SPEED = 60.0
WALL = 1_000_000.0
HANG_AFTER = 4 * 60_000


def main(folder: str, seed: int, scans: int) -> None:
    """Run scans at a simulated wall clock of one second a scan, and acknowledge each on standard output."""
    now = [WALL]
    causes = [Cause("hang", DEMO_START + HANG_AFTER, 26 * 60_000, severity=4)]
    desk = virtual(seed=seed, trace=Path(folder), speed=SPEED, causes=causes, wall=lambda: now[0])
    print("ready", flush=True)
    for _ in range(scans):
        now[0] += 1
        for record in desk.tick():
            print(record.sequence, record.input.time, flush=True)
    desk.close()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))

"""What the pack sees of each fault, beside principal components on the same rows.

    python -m tests.packs.tep.score [--fault 4 --fault 6] [--test FILE] [--json FILE]

Rules and limits come from the process description and the fault-free training run. A row counts as detected while the
pack's alarm stands; the delay runs to the first of six such rows in a row. A part is named right where a fact
`trouble(part)` names what the process description says of that fault. The yardstick is judged twice: with limits from
the fault-free training run alone, row by row, and with limits moved until its false alarms on the fault-free test run
are as many as the pack's (which no operator could do beforehand, so it flatters the yardstick). The pack looks back
over an hour or two and holds its alarm; so the yardstick is also given hourly means (`hour`).
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from expert.values.types import ScanRecord
from tests.packs.tep import pca
from tests.packs.tep.data import ONSET, SHARED, STEP, load_pack, prepared, read_runs, scan_inputs

Flags = NDArray[np.bool_]
ALARM = "plant.upset"
IN_A_ROW = 6
TRAINED_RATE = 0.01
"""False alarms that limits from training aim at."""
CONCERNED = {
    1: "feed_c_mix",
    2: "feed_c_mix",
    4: "reactor_cooling",
    5: "condenser_cooling",
    6: "feed_a",
    7: "feed_c_supply",
    8: "feed_c_mix",
    10: "feed_c_temperature",
    11: "reactor_cooling",
    12: "condenser_cooling",
    13: "reaction",
    14: "reactor_cooling",
    15: "condenser_cooling",
    21: "feed_c_supply",
}
"""Part that the process description gives a fault: 3 and 9 (temperature of D) have no rule, 16-20 are undisclosed."""
WAYS = ("pack", "t2_hour_matched", "spe_hour_matched", "t2_matched", "spe_matched", "t2_trained", "spe_trained")
UNDETECTABLE = (3, 9, 15)
"""Faults that leave no trace beyond the noise in these files, as the literature agrees."""


@dataclass(frozen=True)
class Watched:
    """One run as the pack saw it; ``parts``: the named ones of each scan."""

    alarm: Flags
    parts: tuple[frozenset[str], ...]


def watch(rows: NDArray[np.float64]) -> Watched:
    """Run the pack over a run."""
    program = load_pack()
    session = prepared(program)
    records = [session.scan(i) for i in scan_inputs(program, rows)]
    return Watched(np.array([_alarmed(r) for r in records]), tuple(_parts(r) for r in records))


def _alarmed(record: ScanRecord) -> bool:
    return any(e.rule == ALARM and e.cleared is None for e in record.episodes)


def _parts(record: ScanRecord) -> frozenset[str]:
    sure = (f for f in record.facts if f.type == "trouble" and f.certainty.s >= 500_000 and not f.disputed)
    return frozenset(dict(f.args)["part"] for f in sure)


def detection(flags: Flags, onset: int) -> dict[str, Any]:
    """Share of faulty rows flagged, and minutes from the fault to the first of six flagged rows in a row.

    >>> detection(np.array([False, False, True, True, True, True, True, True]), 1)["delay_min"]
    3.0
    """
    after = flags[onset:]
    starts = [i for i in range(len(after) - IN_A_ROW + 1) if after[i : i + IN_A_ROW].all()]
    return {"rate": round(float(after.mean()), 4), "delay_min": starts[0] * STEP / 60_000 if starts else None}


def naming(watched: Watched, fault: int, onset: int) -> dict[str, Any]:
    """How the parts named after the fault compare with the one that the description gives."""
    named = [p for p in watched.parts[onset:] if p]
    counts = {part: sum(part in p for p in named) for part in sorted(set().union(*named))}
    part = CONCERNED.get(fault)
    return {
        "part": part,
        "right": None if part is None or not named else round(counts.get(part, 0) / len(named), 4),
        "parts_at_once": round(sum(map(len, named)) / len(named), 2) if named else None,
        "most_named": max(counts, key=lambda p: counts[p]) if counts else None,
    }


@dataclass(frozen=True)
class Yardstick:
    """Principal components of rows and of hourly means, with limits by way of judging, e.g. ``t2_hour_matched``."""

    row: pca.Model
    hour: pca.Model
    limits: dict[str, float]

    @classmethod
    def build(cls, train: NDArray[np.float64], normal: NDArray[np.float64], rate: float) -> Yardstick:
        """Fit on the fault-free training run; match the rate on the fault-free test run."""
        row, hour, held = pca.Model.fit(train), pca.Model.fit(pca.hourly(train)[pca.HOUR :]), pca.held_out(train)
        seen, smooth = row.statistics(normal), hour.statistics(pca.hourly(normal))
        limits = {f"{name}_trained": pca.limit(held[name], TRAINED_RATE) for name in held}
        limits |= {f"{name}_matched": pca.limit(seen[name], rate) for name in seen}
        limits |= {f"{name}_hour_matched": pca.limit(smooth[name], rate) for name in smooth}
        return cls(row, hour, limits)

    def flags(self, rows: NDArray[np.float64]) -> dict[str, Flags]:
        """Rows above each limit."""
        values, smooth = self.row.statistics(rows), self.hour.statistics(pca.hourly(rows))
        found = {way: values[way.split("_")[0]] for way in self.limits} | {
            f"{n}_hour_matched": smooth[n] for n in smooth
        }
        return {way: found[way] > limit for way, limit in self.limits.items()}


def score(
    train: Path, test: Path, faults: Sequence[int] | None = None, onset: int = ONSET, normal_test: Path | None = None
) -> dict[str, Any]:
    """Everything that the table shows.

    Parameters
    ----------
    train, test : Path
        Training file (only its fault-free run is read) and testing file.
    faults : sequence of int, optional
        Only these (default: all of the testing file).
    onset : int
        Rows of a testing run before its fault.
    normal_test : Path, optional
        Where the fault-free test run stands, if not in ``test``.
    """
    fitted = read_runs(train, frozenset((0,)))[0]
    runs = read_runs(test, None if faults is None else frozenset(faults))
    normal = runs.pop(0, None)
    normal = read_runs(normal_test or test, frozenset((0,)))[0] if normal is None else normal
    calm = watch(normal)
    rate = float(calm.alarm.mean())
    yardstick = Yardstick.build(fitted, normal, rate)
    found: dict[str, Any] = {}
    before = []
    for fault, rows in sorted(runs.items()):
        watched = watch(rows)
        before.append(watched.alarm[:onset])
        found[str(fault)] = {
            "pack": detection(watched.alarm, onset),
            **{name: detection(flags, onset) for name, flags in yardstick.flags(rows).items()},
            "named": naming(watched, fault, onset),
            "undetectable": fault in UNDETECTABLE,
        }
    false = {"pack": rate} | {name: float(flags.mean()) for name, flags in yardstick.flags(normal).items()}
    return {
        "faults": found,
        "mean": _means(found),
        "false_alarms": {name: round(x, 4) for name, x in false.items()},
        "false_alarms_before_faults": round(float(np.concatenate(before).mean()), 4) if before and onset else None,
        "rows_normal": len(normal),
    }


def _means(found: dict[str, Any]) -> dict[str, float]:
    seen = [f for f in found.values() if not f["undetectable"]]
    means = {way: round(sum(f[way]["rate"] for f in seen) / len(seen), 4) for way in WAYS if seen}
    right = [f["named"]["right"] for f in seen if f["named"]["part"] is not None]
    return means | ({"named_right": round(sum(r or 0 for r in right) / len(right), 4)} if right else {})


def table(result: dict[str, Any]) -> str:
    """The result as plain lines."""
    ways = WAYS
    head = f"{'fault':>5} " + " ".join(f"{w:>16}" for w in ways) + "  right  at once  part / most named"
    lines = ["share of faulty rows detected, minutes to detection", head]
    for fault, f in result["faults"].items():
        cells = [f"{f[w]['rate']:7.1%} {_minutes(f[w]['delay_min']):>8}" for w in ways]
        n = f["named"]
        right = "-" if n["right"] is None else f"{n['right']:.0%}"
        at_once = "-" if n["parts_at_once"] is None else f"{n['parts_at_once']:.1f}"
        mark = "  (hardly detectable)" if f["undetectable"] else ""
        names = f"{n['part'] or 'not described'} / {n['most_named'] or 'none'}"
        lines.append(f"{fault:>5} " + " ".join(cells) + f"  {right:>5}  {at_once:>7}  {names}{mark}")
    means = result["mean"]
    if means:
        cells = [f"{means[w]:7.1%} {'':>8}" for w in ways]
        lines.append(
            f"{'mean':>5} " + " ".join(cells) + f"  {means.get('named_right', 0):>5.0%}  without {UNDETECTABLE}"
        )
    false = result["false_alarms"]
    lines.append(f"{'false':>5} " + " ".join(f"{false[w]:7.1%} {'':>8}" for w in ways) + "  on the fault-free test run")
    if result["false_alarms_before_faults"] is not None:
        lines.append(f"pack, rows before the faults: {result['false_alarms_before_faults']:.1%} false")
    return "\n".join(lines)


def _minutes(x: float | None) -> str:
    return "never" if x is None else f"{x:.0f} min"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--train", type=Path, default=SHARED / "tep_train.csv.xz")
    parser.add_argument("--test", type=Path, default=SHARED / "tep_test.csv.xz")
    parser.add_argument("--normal", type=Path, help="file with the fault-free test run, if it is another one")
    parser.add_argument("--onset", type=int, default=ONSET, help="rows before the fault begins")
    parser.add_argument("--fault", type=int, action="append", help="only this fault; may be repeated")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    result = score(given.train, given.test, given.fault, given.onset, given.normal)
    print(table(result))
    if given.json:
        given.json.write_text(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    main()

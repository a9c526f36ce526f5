"""The table of a bench: machine, milliseconds, ratios, and each target met or missed by how much."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

PACKAGES = ("numpy", "numba", "clipspy", "zen-engine", "rule-engine", "experta")


@dataclass(frozen=True)
class Target:
    """A ratio that is wanted, by its key in the JSON; ``at_most``: the ratio must stay below instead."""

    key: str
    text: str
    wanted: float
    at_most: bool = False

    def line(self, ratio: float | None) -> str:
        """One row of the table.

        >>> Target("a", "scan, 600 rules", 20).line(10.0)
        'scan, 600 rules                                          10.0x  wanted >= 20x    missed by 2.0x'
        """
        sign = "<=" if self.at_most else ">="
        head = f"{self.text:54s} {'-' if ratio is None else _times(ratio):>7s}  wanted {sign} {self.wanted:g}x"
        return f"{head:80s} {self.verdict(ratio)}"

    def met(self, ratio: float) -> bool:
        """Whether a ratio is good enough."""
        return ratio <= self.wanted if self.at_most else ratio >= self.wanted

    def verdict(self, ratio: float | None) -> str:
        """Met, or missed by which factor."""
        if ratio is None:
            return "not measured"
        if self.met(ratio):
            return "met"
        return f"missed by {_times(ratio / self.wanted if self.at_most else self.wanted / ratio)}"


TARGETS = (
    Target("scan_vs_clips", "scan, 600 rules, 13 % change, against CLIPS", 20),
    Target("scan_slow_vs_clips", "scan, 600 rules, 1 % change, against CLIPS", 4),
    Target("scan_3000_vs_clips", "scan, 3000 rules, 13 % change, against CLIPS", 20),
    Target("why_vs_zen_trace", "scan with a why-record, 600 rules, against zen's trace", 10),
    Target("backtest_vs_clips", "backtest, 600 rules, against CLIPS scan by scan", 100),
    Target("backtest_time_vs_clips", "backtest, 600 rules with window and `for`, against CLIPS", 20),
    Target("join_vs_clips", "join, 1000 orders, load and infer, against CLIPS", 3),
    Target("join_move_vs_clips", "join, 1000 orders, a move, against CLIPS", 1),
    Target("join_growth_per_move", "join, a move at 10,000 orders against 1000", 2, at_most=True),
)


def machine() -> dict[str, Any]:
    """What the figures were measured on."""
    return {
        "cpu": _cpu(),
        "cores": os.cpu_count(),
        "load": os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "versions": {p: v for p in PACKAGES if (v := _version(p)) is not None},
    }


def table(result: Mapping[str, Any]) -> str:
    """The whole report as text."""
    where = result["machine"]
    lines = [
        f"{where['cpu']}, {where['cores']} cores, load {where['load'] or 0:.1f}, Python {where['python']}",
        ", ".join(f"{k} {v}" for k, v in where["versions"].items()),
    ]
    for scan in result["scan"]:
        head = f"scan: {scan['rules']} rules, {100 * scan['change_share']:.1f} % of the conditions change"
        lines += ["", f"{head}, loaded in {scan['load_s']:.1f} s"]
        lines += _engines(scan["ms_per_scan"], scan["idioms"], "ms/scan")
    for group in (*result.get("backtest", ()), *result.get("join", ())):
        lines += ["", group["title"], *_engines(group["ms"], group["idioms"], group["unit"])]
    lines += ["", *_targets(result["ratios"])]
    return "\n".join([*lines, *([""] if result["missing"] else []), *result["missing"]])


def _engines(ms: Mapping[str, float], idioms: Mapping[str, str], unit: str) -> list[str]:
    order = sorted(ms, key=lambda name: ms[name])
    return [f"  {name:28s} {ms[name]:12.4f} {unit:8s} {idioms.get(name, '')}".rstrip() for name in order]


def _targets(ratios: Mapping[str, float]) -> Sequence[str]:
    known = {t.key for t in TARGETS}
    rest = [f"{key:54s} {_times(value):>7s}" for key, value in ratios.items() if key not in known]
    return [*(t.line(ratios.get(t.key)) for t in TARGETS), *rest]


def _times(ratio: float) -> str:
    return f"{ratio:.2f}x" if ratio < 10 and ratio != round(ratio, 1) else f"{ratio:.1f}x"


def _cpu() -> str:
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or "unknown processor"


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None

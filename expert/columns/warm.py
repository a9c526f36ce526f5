"""Compile the kernels now, so that nobody waits for it later: ``python -m expert.columns.warm``."""

from __future__ import annotations

import numpy as np

from expert.columns.core import NO_SAMPLES, Core
from expert.columns.feed import Feed
from expert.compile import load_program_from_sources
from expert.engine.session import Session
from expert.values.history import History

SOURCES = {
    "site/site.yaml": "name: W\ntitle: {en: Warm, zh: 暖}\nperiod: 1 min\n",
    "site/variables.yaml": (
        'variables:\n  - {id: a.x, unit: kPa, resolution: "1", period: 1 min, max_age: 11 min, valid: [0, 100],\n'
        "     title: {en: X, zh: X}}\n"
    ),
    "pack/pack.yaml": "name: w\nversion: 0.1.0\ntitle: {en: W, zh: 暖}\n",
    "pack/facts.yaml": "facts:\n  high: {title: {en: High, zh: 高}}\n",
    "pack/w.yaml": (
        "rules:\n  - id: w.high\n    title: {en: High, zh: 高}\n    when: a.x > 50 kPa\n    conclude: high\n"
    ),
}


def warm() -> int:
    """Run one scan each way, which compiles whatever is not compiled yet; return how many scans that were."""
    program = load_program_from_sources(SOURCES)
    core = Core(program, Session(program).memory.series, stretch=2)
    core.scan(0, False, NO_SAMPLES)
    times = np.array([60_000, 120_000], np.int64)
    core.run(times, np.zeros(2, np.int64), times, Feed(History(), core.names, core.note))
    return core.number


if __name__ == "__main__":
    warm()

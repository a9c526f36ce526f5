"""A month of a furnace that the silicon model was not trained on, and ports that lived through it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from expert.values.types import Sample
from kb.furnace import Cause, History, VirtualFurnace
from kb.models.features import HOUR, VARIABLES
from kb.models.silicon import SiliconPort

SEED = 33
DAY = 24 * HOUR
MONTH = 31 * DAY
MINUTE = 60_000


@pytest.fixture(scope="session")
def month() -> dict[str, History]:
    """History of the model's inputs over a month."""
    history = VirtualFurnace(SEED, 0).history(MONTH)
    return {name: history[name] for name in VARIABLES}


@pytest.fixture(scope="session")
def warm_state(month: dict[str, History]) -> dict[str, Any]:
    """State of a port after the month."""
    port = SiliconPort()
    port.warm_up(month)
    return port.snapshot()


@pytest.fixture
def warm(warm_state: dict[str, Any]) -> SiliconPort:
    """A port that has lived through the month."""
    port = SiliconPort()
    port.restore(warm_state)
    return port


@pytest.fixture(scope="session")
def day() -> Callable[..., list[Sample]]:
    """Samples of the hours after the month, with causes given as (kind, minute, length in minutes, ...)."""

    def after(hours: int, *causes: Cause, without: tuple[str, ...] = ()) -> list[Sample]:
        furnace = VirtualFurnace(SEED, 0, causes)
        furnace.history(MONTH)
        return [s for s in furnace.advance(MONTH + hours * HOUR) if s.variable not in without]

    return after


def cut(history: dict[str, History], until: int) -> dict[str, History]:
    """What of a history has arrived by then."""
    return {name: only(h, h.arrival <= until) for name, h in history.items()}


def only(h: History, kept: np.ndarray) -> History:
    """The samples that a mask keeps."""
    return History(h.source[kept], h.arrival[kept], h.count[kept], h.good[kept])


def samples(history: dict[str, History]) -> list[Sample]:
    """A history as samples by arrival."""
    rows = [
        Sample(name, s, a, c if g else None, "good" if g else "bad")
        for name, h in history.items()
        for s, a, c, g in zip(*(x.tolist() for x in (h.source, h.arrival, h.count, h.good)), strict=True)
    ]
    return sorted(rows, key=lambda s: s.arrival)

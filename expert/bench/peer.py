"""What every engine under measurement offers, and how a missing one is told."""

from __future__ import annotations

import importlib
from typing import Any, Protocol

import numpy as np

from expert.bench.workload import Bools


class PeerMissing(ImportError):
    """An engine to compare with is not installed; the message says what to install."""


class Engine(Protocol):
    """An engine at work on one workload.

    ``step`` is timed: it takes the values of all signals of the next scan and must end with all conclusions drawn.
    ``conclusions`` is not: it reads them out, one truth value for each rule.
    """

    name: str
    idiom: str

    def step(self, row: np.ndarray) -> None:
        """Take in one scan and conclude."""

    def conclusions(self) -> Bools:
        """Which rules hold after the newest step."""


def need(module: str, package: str) -> Any:
    """Import a peer.

    Raises
    ------
    PeerMissing
        When it is not installed.
    """
    try:
        return importlib.import_module(module)
    except ImportError as e:
        raise PeerMissing(f"{package} is not installed; pip install 'tuyere[bench]' adds it") from e

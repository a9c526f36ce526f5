"""The port through which a model answers the questions of a program."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from expert.values.types import ModelAnswer, Sample

Question = tuple[str, str, float, int]
"""Model, 'below' or 'above', limit in the target variable's unit, ms ahead."""


class ModelPort(Protocol):
    """A model beside the engine; its answers are inputs of the scan and go on record.

    A model that is stale, out of its domain or not yet calibrated answers ``[0, 1]`` with a reason.
    """

    id: str

    def observe(self, samples: Sequence[Sample]) -> None:
        """Take in what arrived since the last scan."""
        ...

    def answer(self, now: int, run_at: int, questions: Sequence[Question]) -> tuple[ModelAnswer, ...]:
        """Answer for a scan at ``now`` (ms), knowing only what has arrived by ``run_at``."""
        ...

    def snapshot(self) -> dict[str, Any]:
        """Exact state as plain JSON."""
        ...

    def restore(self, state: dict[str, Any]) -> None:
        """Inverse of `snapshot`."""
        ...

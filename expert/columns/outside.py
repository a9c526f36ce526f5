"""What a session keeps although no rule reads it, for the snapshot of a batch: samples and hourly means of other
variables, and what is sparse (rows, answers of models, what operators did).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from expert.columns import layout as at
from expert.columns.core import Core
from expert.columns.feed import Feed
from expert.columns.transfer import load_samples, save_samples
from expert.engine.intake import take_sparse
from expert.engine.session import Session
from expert.values.history import History
from expert.values.types import OperatorEvent, ScanInput


class Outside:
    """Goes along with the columns of a program.

    Parameters
    ----------
    core : Core
        The program's columns.
    session : Session
        The state to begin with; `save` brings it up to date.
    """

    def __init__(self, core: Core, session: Session) -> None:
        self._session = session
        kept = {core.names[row[at.B_VAR]] for row in core.memory.baselines if not row[at.B_FIXED]}
        self.names = session.memory.series.keys() - kept
        bare = replace(core.program, rules={}, strata=())
        self._core = Core(bare, session.memory.series, stretch=core.stretch, told=False, besides=self.names)
        load_samples(self._core, session)
        self._core.memory.baselines[:, at.B_FIXED] = at.HOURS_ONLY
        self._feed: Feed | None = None
        self._last = session.last
        self._acks: list[tuple[int, OperatorEvent]] = []

    def begin(self, history: History) -> None:
        """Go on with another piece of history."""
        self._feed = Feed(history, self._core.names, self._core.note)

    def run(self, times: np.ndarray, late: np.ndarray, latest: np.ndarray) -> None:
        """Take in what arrived in a stretch of scans."""
        assert self._feed is not None
        self._core.run(times, late, latest, self._feed)

    def take(self, inputs: Sequence[ScanInput | None], times: Sequence[int]) -> None:
        """Take in what is sparse, of the scans of a stretch."""
        for given, now in zip(inputs, times, strict=True):
            if given is not None:
                self._forget()  # what is over is forgotten at every scan, which the order of what stays shows
                take_sparse(self._session, given)
                self._acks += [(now, e) for e in given.events if e.kind == "ack"]
            self._last = now

    def _forget(self) -> None:
        if self._last is not None:
            take_sparse(self._session, ScanInput(self._last, self._last))

    def save(self) -> None:
        """Bring the session up to date, before what the program's columns know better is put over it."""
        save_samples(self._core, self._session)
        self._forget()

    def acknowledged(self) -> dict[str, int]:
        """When operators acknowledged the episodes that are up."""
        up = self._session.episodes
        found = {e: t for e, t in self._session.acknowledged.items() if e in up}
        for now, event in self._acks:
            if event.target in up and up[event.target].raised < now:
                found[event.target] = event.time
        return found

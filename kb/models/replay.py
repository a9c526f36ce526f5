"""A furnace's history as the samples of chosen variables in the order of their arrival."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class Readings(Protocol):
    """Samples of one variable; ``count`` means nothing where ``good`` is False."""

    @property
    def source(self) -> NDArray[np.int64]:
        """When it was true, ms UTC."""
        ...

    @property
    def arrival(self) -> NDArray[np.int64]:
        """When it could be known, ms UTC."""
        ...

    @property
    def count(self) -> NDArray[np.int64]:
        """Integer number of the variable's resolution."""
        ...

    @property
    def good(self) -> NDArray[np.bool_]:
        """Where the quality is good."""
        ...


def arrivals(history: Mapping[str, Readings], wanted: Collection[str]) -> Iterator[tuple[str, int, int, int | None]]:
    """Variable, source, arrival and count (None: bad) of every sample, by arrival, then by variable as wanted."""
    names = [name for name in wanted if name in history]
    if not names:
        return
    parts = [history[name] for name in names]
    which = np.repeat(np.arange(len(parts)), [len(p.source) for p in parts])
    arrival = np.concatenate([p.arrival for p in parts])
    order = np.argsort(arrival, kind="stable")
    columns = (
        which,
        np.concatenate([p.source for p in parts]),
        arrival,
        np.concatenate([p.count for p in parts]),
        np.concatenate([p.good for p in parts]),
    )
    for i, source, at, count, good in zip(*(c[order].tolist() for c in columns), strict=True):
        yield names[i], source, at, count if good else None

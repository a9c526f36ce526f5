"""What the silicon model looks at: numbers made from the samples that have arrived, the same in training and live.

A `Store` holds what has arrived. Features at a time T read samples with source time up to T from it; nobody can read
what has not arrived, because it is not there yet. Sums are exact integers of the variables' resolution, rounded once.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any

HOUR = 3_600_000
LONG = 26 * HOUR
"""How long samples stay that a feature of the newest ones reads."""
LABELLED = 3 * HOUR
"""How long after a prediction its outcome is read: horizon and up to 40 min of laboratory, rounded up."""
TARGET = "hot_metal.silicon"
METAL = "hot_metal.temperature"
FRESH: dict[str, int] = {TARGET: 4 * HOUR, METAL: 3 * HOUR}
"""Age of the newest sample after which it says nothing about the furnace now: the `max_age` of the plant, ms."""


@dataclass(frozen=True, slots=True)
class Feature:
    """One number of a variable.

    ``kind``: 'last', 'mean_last' (of the newest ``a``) or 'mean' (from ``a`` to ``b`` hours ago). The first two have
    no value when the newest sample is older than `FRESH`.

    >>> Feature("pci.rate", "mean", 2, 4).name
    'pci.rate.mean.2-4h'
    """

    variable: str
    kind: str
    a: int = 0
    b: int = 0

    @property
    def name(self) -> str:
        """Name in the artifact."""
        tail = {"mean": f".{self.a}-{self.b}h", "mean_last": f".{self.a}"}.get(self.kind, "")
        return f"{self.variable}.{self.kind}{tail}"


def _means(variable: str, *edges: int) -> list[Feature]:
    return [Feature(variable, "mean", a, b) for a, b in pairwise(edges)]


FEATURES: tuple[Feature, ...] = (
    Feature(TARGET, "last"),
    Feature(TARGET, "mean_last", 3),
    Feature(TARGET, "mean_last", 8),
    Feature(TARGET, "mean", 0, 24),
    Feature(METAL, "last"),
    Feature(METAL, "mean_last", 3),
    Feature(METAL, "mean_last", 8),
    *_means("pci.rate", 0, 1, 2, 3, 4, 6, 8),
    *_means("raft.temperature", 0, 1, 4),
    *_means("blast.temperature", 0, 1, 4),
    *_means("top_gas.utilisation", 0, 1, 4),
)
VARIABLES: tuple[str, ...] = tuple(dict.fromkeys(f.variable for f in FEATURES))
KEEP: dict[str, int] = {
    v: max((f.b + 1) * HOUR if f.kind == "mean" else LONG for f in FEATURES if f.variable == v) for v in VARIABLES
}
"""How long samples of a variable stay in the store, ms: its longest window and an hour more."""


class Series:
    """Samples of one variable by source time: newest revision each, bad ones without a value."""

    __slots__ = ("_denominator", "_numerator", "counts", "seen", "sources")

    def __init__(self, resolution: str) -> None:
        step = Fraction(resolution)
        self._numerator, self._denominator = step.numerator, step.denominator
        self.sources: list[int] = []
        self.counts: list[int] = []
        self.seen: dict[int, tuple[int, int | None]] = {}
        """Arrival and count (None: bad) of the revision in force, by source time."""

    def take(self, source: int, arrival: int, count: int | None) -> None:
        """Take in a sample; the later arrival is a revision, equal arrivals: bad wins, then the larger value."""
        known = self.seen.get(source)
        if known is not None:
            if (arrival, count is None, count or 0) <= (known[0], known[1] is None, known[1] or 0):
                return
            self._forget(source)
        self.seen[source] = (arrival, count)
        if count is None:
            return
        if not self.sources or source > self.sources[-1]:
            self.sources.append(source)
            self.counts.append(count)
            return
        at = bisect_left(self.sources, source)
        self.sources.insert(at, source)
        self.counts.insert(at, count)

    def _forget(self, source: int) -> None:
        at = bisect_left(self.sources, source)
        if at < len(self.sources) and self.sources[at] == source:
            del self.sources[at], self.counts[at]

    def prune(self, before: int) -> None:
        """Forget samples with source time before that."""
        at = bisect_left(self.sources, before)
        del self.sources[:at], self.counts[:at]
        self.seen = {s: x for s, x in self.seen.items() if s >= before}

    def mean(self, start: int, end: int) -> float | None:
        """Mean of the good samples with source time in (start, end]; None when there is none."""
        return self._mean(bisect_right(self.sources, start), bisect_right(self.sources, end))

    def mean_last(self, n: int, t: int) -> float | None:
        """Mean of the newest ``n`` good samples up to t, of fewer while there are not so many; None without any."""
        j = bisect_right(self.sources, t)
        return self._mean(max(0, j - n), j)

    def last(self, t: int) -> int | None:
        """Source time of the newest good sample up to t."""
        j = bisect_right(self.sources, t)
        return self.sources[j - 1] if j else None

    def _mean(self, i: int, j: int) -> float | None:
        if i >= j:
            return None
        return (sum(self.counts[i:j]) * self._numerator) / ((j - i) * self._denominator)


class Store:
    """What has arrived of the model's inputs, for as long as features can need it.

    Parameters
    ----------
    resolutions : mapping of str to str
        Resolution of each variable's counts, decimal text.

    Examples
    --------
    >>> store = Store({name: "0.001" for name in VARIABLES})
    >>> store.take("hot_metal.silicon", source=0, arrival=30 * 60_000, count=460)
    >>> vector(store, HOUR)[0]
    0.46
    """

    def __init__(self, resolutions: Mapping[str, str]) -> None:
        self.series = {name: Series(resolution) for name, resolution in resolutions.items()}
        self._pruned = 0

    def take(self, variable: str, source: int, arrival: int, count: int | None) -> None:
        """Take in what arrived; variables that no feature reads are passed over."""
        series = self.series.get(variable)
        if series is not None:
            series.take(source, arrival, count)

    def prune(self, now: int) -> None:
        """Once an hour, forget what no feature can need any more."""
        if now - self._pruned >= HOUR:
            self._pruned = now
            for name, series in self.series.items():
                series.prune(now - KEEP[name])

    def snapshot(self) -> dict[str, Any]:
        """Exact state as plain JSON."""
        held = {n: [[s, *x] for s, x in sorted(series.seen.items())] for n, series in self.series.items()}
        return {"pruned": self._pruned, "samples": held}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Inverse of `snapshot`, into an empty store."""
        for name, samples in state["samples"].items():
            for source, arrival, count in samples:
                self.take(name, source, arrival, count)
        self._pruned = state["pruned"]


def vector(store: Store, t: int, features: Sequence[Feature] = FEATURES) -> list[float | None]:
    """The features at time t (ms) from what the store holds; None where an input is missing."""
    return [_value(store.series[f.variable], f, t) for f in features]


def _value(series: Series, f: Feature, t: int) -> float | None:
    if f.kind == "mean":
        return series.mean(t - f.b * HOUR, t - f.a * HOUR)
    last = series.last(t)
    if last is None or t - last > FRESH[f.variable]:
        return None
    return series.mean_last(f.a if f.kind == "mean_last" else 1, t)


def outcome(store: Store, t: int) -> float | None:
    """What the prediction made at t was about: the mean of the assays sampled in (t + 1 h, t + 2 h].

    Read it at ``t + LABELLED`` or later, when the laboratory has reported; None when no assay was taken.
    """
    return store.series[TARGET].mean(t + HOUR, t + 2 * HOUR)

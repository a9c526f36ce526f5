"""Reproducible noise: every stream is keyed by (seed, tag, block), so a run with a fault and one without share it.

A block is one day of minutes. Correlated noise is a sum of Ornstein-Uhlenbeck processes; only their last
values pass from block to block.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
BLOCK = 1440  # minutes


def stream(seed: int, tag: str, block: int) -> np.random.Generator:
    """Independent generator of one tag and block."""
    key = np.random.SeedSequence([seed & 0xFFFFFFFF, seed >> 32 & 0xFFFFFFFF, zlib.crc32(tag.encode()), block])
    return np.random.Generator(np.random.PCG64(key))


@dataclass(frozen=True, slots=True)
class Spec:
    """Amplitudes of a noise: ``white`` sigma and pairs (sigma, correlation time in minutes)."""

    white: float = 0.0
    slow: tuple[tuple[float, float], ...] = ()


def correlate(innovations: Floats, keep: float, first: float) -> Floats:
    """First-order recursion ``x[i] = keep * x[i-1] + innovations[i]`` with ``x[-1] = first``, without a loop in Python.

    Doubles the reach of the sum in each pass until the rest is below the last bit.

    Examples
    --------
    >>> correlate(np.array([1.0, 0.0, 0.0]), 0.5, 2.0).tolist()
    [2.0, 1.0, 0.5]
    """
    out = innovations.copy()
    out[0] += keep * first
    reach, factor = 1, keep
    while reach < len(out) and factor > 1e-17:
        out[reach:] += factor * out[:-reach].copy()
        reach, factor = 2 * reach, factor * factor
    return out


@dataclass(slots=True)
class Stream:
    """Noise of one tag, read forward in minutes from the start of the run."""

    seed: int
    tag: str
    spec: Spec
    _block: int = -1
    _values: Floats = field(default_factory=lambda: np.empty(0))
    _last: list[float] = field(default_factory=list)

    def read(self, first: int, last: int) -> Floats:
        """Values of the minutes ``first <= m < last``; reads never go back behind the current block."""
        return _gather(self, first, last)

    def block(self, number: int) -> Floats:
        """All values of a block; blocks are made in order because the slow parts carry on."""
        while self._block < number:
            self._block += 1
            self._values = self._make(self._block)
        return self._values

    def _make(self, number: int) -> Floats:
        random = stream(self.seed, self.tag, number)
        if not self._last:
            self._last = [sigma * float(random.standard_normal()) for sigma, _ in self.spec.slow]
        else:
            random.standard_normal(len(self.spec.slow))
        total = self.spec.white * random.standard_normal(BLOCK)
        for i, (sigma, tau) in enumerate(self.spec.slow):
            keep = math.exp(-1.0 / tau)
            pushes = sigma * math.sqrt(1.0 - keep * keep) * random.standard_normal(BLOCK)
            part = correlate(pushes, keep, self._last[i])
            self._last[i] = float(part[-1])
            total += part
        return total


@dataclass(slots=True)
class Chances:
    """Uniform numbers in [0, 1) of one tag, one per minute."""

    seed: int
    tag: str
    _block: int = -1
    _values: Floats = field(default_factory=lambda: np.empty(0))

    def read(self, first: int, last: int) -> Floats:
        """Values of the minutes ``first <= m < last``."""
        return _gather(self, first, last)

    def block(self, number: int) -> Floats:
        """All values of a block."""
        if self._block != number:
            self._block, self._values = number, stream(self.seed, self.tag, number).random(BLOCK)
        return self._values


def _gather(source: Stream | Chances, first: int, last: int) -> Floats:
    parts: list[Floats] = []
    while first < last:
        number, offset = divmod(first, BLOCK)
        stop = min(last - number * BLOCK, BLOCK)
        parts.append(source.block(number)[offset:stop])
        first = number * BLOCK + stop
    return parts[0] if len(parts) == 1 else np.concatenate(parts or [np.empty(0)])


def draws(seed: int, tag: str, count: int) -> Sequence[float]:
    """Fixed uniform numbers of a furnace, for its individual traits."""
    return [float(x) for x in stream(seed, tag, 0).random(count)]

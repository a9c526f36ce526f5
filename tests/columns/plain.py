"""The kernels as plain Python: no compiler, so that a changed line acts at once.

Run as ``python -m tests.columns.plain`` with ``NUMBA_DISABLE_JIT=1``: plays a fixed set of cases and ends with 1 at the
first on which the evaluators do not agree, after printing it.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable

import numpy as np

CASES = range(5000, 5040)
"""Numbers of the cases; every fifth one has relational rules."""
QUIET = range(9000, 9006)
"""Numbers of quiet streams."""
LIMITS = range(9300, 9304)
"""Numbers of streams that stand on limits."""


def _view(dtype: type, dimensions: int) -> Callable[[np.ndarray, int], np.ndarray]:
    known: dict[tuple[int, ...], np.ndarray] = {}

    def view(table: np.ndarray, k: int) -> np.ndarray:
        place = tuple(table[k, : dimensions + 1].tolist())
        if place not in known:
            size = int(np.prod(place[1:])) * np.dtype(dtype).itemsize
            raw = (ctypes.c_uint8 * size).from_address(place[0]) if size else b""
            known[place] = np.frombuffer(raw, dtype).reshape(place[1:])
        return known[place]

    return view


def look_at_memory() -> None:
    """Let the kernels do without the compiler what only it can do; before they are imported."""
    from expert.columns import marks, memory

    kinds = {"ints": np.int64, "floats": np.float64, "small": np.int32, "bytes": np.uint8}
    for name in [n for n in vars(memory) if n[:-1] in kinds and n[-1] in "123"]:
        setattr(memory, name, _view(kinds[name[:-1]], int(name[-1])))
    marks.trailing_zeros = lambda word: (int(word) & -int(word)).bit_length() - 1


def main() -> int:
    """Play the cases."""
    look_at_memory()
    np.seterr(all="ignore")  # sums wrap as they do in compiled code
    from tests.columns.quiet import limits_agree, quiet_agree
    from tests.columns.test_campaign import agree

    cases = [lambda seed=seed, n=n: agree(seed, relational=n % 5 == 4) for n, seed in enumerate(CASES)]
    cases += [lambda seed=seed: quiet_agree(seed, 60) for seed in QUIET]
    cases += [lambda seed=seed: limits_agree(seed) for seed in LIMITS]
    for play in cases:
        try:
            play()
        except Exception as e:
            print(f"{type(e).__name__}: {e}")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""What a normal month of the virtual furnace looks like, beside what is known of a real one.

Run ``python -m kb.furnace.report [seed ...]``.
"""

from __future__ import annotations

import sys
import time

import numpy as np

from kb.furnace.catalogue import load_variables
from kb.furnace.simulator import VirtualFurnace

DAY = 86_400_000
# Long-term sigmas of a real 2650 m3 furnace (public data set, South China 2021); the permeability index, 0.43
# there, is scaled to Nm3/min/kPa. Hot metal: background 10, thermocouple 4 and warm-up within a cast, unverified.
REFERENCE: dict[str, float] = {
    "blast.volume": 61.0,
    "blast.pressure": 5.0,
    "blast.temperature": 28.0,
    "blast.humidity": 1.46,
    "pressure_drop.total": 4.5,
    "permeability.index": 0.43 / 0.6,
    "pci.rate": 2.0,
    "top.temperature": 24.0,
    "hot_metal.silicon": 0.110,
    "hot_metal.temperature": 12.0,
}


def sigmas(seed: int, days: int = 30) -> dict[str, float]:
    """Standard deviation of each reference signal over a run without causes, in the variable's unit."""
    variables = load_variables()
    wanted = {name: variables[name] for name in REFERENCE}
    history = VirtualFurnace(seed, 0, variables=wanted).history(days * DAY)
    return {name: float(np.std(history[name].count) * float(wanted[name].resolution)) for name in REFERENCE}


def main(seeds: list[int]) -> None:
    """Print a table of sigmas per seed and the time that a month takes."""
    began = time.perf_counter()
    VirtualFurnace(seeds[0], 0).history(30 * DAY)
    took = time.perf_counter() - began
    print(f"30 days, all instruments: {took:.2f} s, {30 * 1440 / took:,.0f} simulator minutes per second")
    table = {seed: sigmas(seed) for seed in seeds}
    print(f"{'sigma':24}{'real':>10}" + "".join(f"{f'seed {seed}':>10}" for seed in seeds))
    for name, real in REFERENCE.items():
        print(f"{name:24}{real:10.3f}" + "".join(f"{table[seed][name]:10.3f}" for seed in seeds))


if __name__ == "__main__":
    main([int(text) for text in sys.argv[1:]] or [1, 2, 3])

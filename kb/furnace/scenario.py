"""Stories for a demonstration: what goes wrong, when."""

from __future__ import annotations

from kb.furnace.causes import MINUTE, Cause
from kb.furnace.noise import draws
from kb.furnace.traits import SECTORS


def demo(seed: int, start: int) -> list[Cause]:
    """Causes for an eight-hour demonstration that starts at `start` (ms UTC).

    A hang comes first, so that something is seen soon; then a frozen instrument, a lost coal injection, a channel,
    a water leak, and a dropout. Times, sizes and places vary with the seed; the stories hardly overlap, only the
    slow cold that follows the coal stop runs under the later ones.

    Examples
    --------
    >>> [(c.kind, round(c.onset / 60_000)) for c in demo(1, 0)][0]
    ('hang', 4)
    """
    u = draws(seed, "scenario", 16)

    def minutes(i: int, low: int, high: int) -> int:
        return low + int((high - low) * u[i])

    def at(minute: int) -> int:
        return start + minute * MINUTE

    def sector(i: int) -> str:
        return SECTORS[int(4 * u[i])]

    frozen = ("top_gas.utilisation", "pressure_drop.upper", "cooling.flow")[int(3 * u[0])]
    lost = ("top_gas.h2", "blast.volume", f"sectors[{sector(1)}].uptake_temperature")[int(3 * u[2])]
    return [
        Cause("hang", at(4), minutes(3, 24, 32) * MINUTE, severity=3 + int(2 * u[4])),
        Cause("freeze", at(minutes(5, 75, 80)), 40 * MINUTE, tag=frozen),
        Cause("pci_stop", at(minutes(6, 125, 135)), minutes(7, 35, 50) * MINUTE, severity=4),
        Cause("channel", at(minutes(8, 205, 215)), minutes(9, 20, 35) * MINUTE, 3 + int(2 * u[10]), sector(11)),
        Cause("leak", at(minutes(12, 290, 300)), 90 * MINUTE, severity=4, sector=sector(13)),
        Cause("dropout", at(minutes(14, 410, 420)), 30 * MINUTE, tag=lost, silent=u[15] < 0.5),
    ]

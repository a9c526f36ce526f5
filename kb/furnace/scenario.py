"""Stories for a demonstration: what goes wrong, when."""

from __future__ import annotations

from kb.furnace.causes import MINUTE, Cause, Kind
from kb.furnace.mechanisms import NORMALS
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


DAY = 1440 * MINUTE
EVERY = 4 * DAY
"""One cause in the furnace and one in an instrument in each such span of a campaign; the project's choice."""
LENGTHS: dict[Kind, tuple[int, int]] = {
    "hang": (20, 60),
    "channel": (10, 60),
    "pci_stop": (30, 240),
    "leak": (90, 360),
    "freeze": (30, 240),
    "dropout": (10, 240),
}
"""Shortest and longest duration of a cause in a campaign, minutes."""
TAGS = ("top_gas.utilisation", "pressure_drop.upper", "cooling.flow", "top_gas.h2", "blast.volume", "blast.pressure")


def campaign(seed: int, start: int, days: float) -> list[Cause]:
    """Causes for a long run: in each four days one in the furnace and one in an instrument, at times of their own.

    Examples
    --------
    >>> [c.kind for c in campaign(1, 0, 8)][:2]
    ['pci_stop', 'freeze']
    """
    out: list[Cause] = []
    for i in range(int(days * DAY // EVERY)):
        u = draws(seed, f"campaign.{i}", 10)
        kind: Kind = ("hang", "channel", "pci_stop", "leak")[int(4 * u[0])]
        sector = SECTORS[int(4 * u[1])] if kind in ("channel", "leak") else ""
        out.append(Cause(kind, *_when(kind, start + i * EVERY, u[2], u[3]), 1 + int(5 * u[4]), sector))
        fault: Kind = "freeze" if u[5] < 0.5 else "dropout"
        when = _when(fault, start + i * EVERY, u[6], u[7])
        out.append(Cause(fault, *when, tag=TAGS[int(len(TAGS) * u[8])], silent=u[9] < 0.5))
    return out


NORMAL_EVERY = 6 * 60 * MINUTE
"""One hard normal in each such span of a hard-normal day; the project's choice."""
GAS_TAGS = ("top_gas.co", "top_gas.co2", "top_gas.h2", "top_gas.n2", "top_gas.utilisation")


def hard_normal(seed: int, start: int, days: float) -> list[Cause]:
    """What happens on hard normal days: nothing is wrong, and much is going on.

    Blast moves, ore changes, planned stops with their restart, a stove out, casts delayed, the gas analyser calibrated,
    a rod serviced; one of them every six hours.

    Examples
    --------
    >>> len({c.kind for c in hard_normal(1, 0, 10)}) > 4
    True
    """
    out: list[Cause] = []
    for i in range(int(days * DAY // NORMAL_EVERY)):
        u = draws(seed, f"hard.{i}", 4)
        at = start + i * NORMAL_EVERY + int(30 + 60 * u[0]) * MINUTE
        out += _normal(int(7 * u[1]), at, u[2], 1 + int(5 * u[3]))
    return out


def _normal(which: int, at: int, size: float, severity: int) -> list[Cause]:
    if which < 4:
        kind = tuple(NORMALS)[which]
        low, high = NORMALS[kind].lasts
        return [Cause(kind, at, (low + int((high - low) * size)) * MINUTE, severity)]
    if which == 4:
        lasting = (10 + int(20 * size)) * MINUTE
        return [Cause("dropout", at, lasting, tag=t, silent=False, service=True) for t in GAS_TAGS]
    if which == 5:
        rod = "stockline.south" if size < 0.5 else "stockline.north"
        return [Cause("dropout", at, (30 + int(90 * size)) * MINUTE, tag=rod, service=True)]
    return [Cause("stop_restart", at, (90 + int(120 * size)) * MINUTE, severity)]


def _when(kind: Kind, start: int, at: float, size: float) -> tuple[int, int]:
    """Onset and duration in ms, so that the cause ends within its span."""
    low, high = LENGTHS[kind]
    minutes = low + int((high - low) * size)
    return start + int(at * (EVERY // MINUTE - high)) * MINUTE, minutes * MINUTE

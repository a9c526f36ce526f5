"""Durations as authors write them (``15 min``) and as the engine counts them (integer ms)."""

from __future__ import annotations

import re
from fractions import Fraction

MS: dict[str, int] = {
    "ms": 1,
    "s": 1_000,
    "min": 60_000,
    "h": 3_600_000,
    "d": 86_400_000,
    "day": 86_400_000,
    "days": 86_400_000,
    "week": 604_800_000,
    "weeks": 604_800_000,
}
_DURATION = re.compile(r"^\s*([0-9]+(?:\.[0-9]+)?)\s*([A-Za-z]+)\s*$")


def parse_duration(text: str) -> int:
    """Milliseconds of a duration such as ``15 min``, ``1.5 h``, ``30 d``.

    Raises
    ------
    ValueError
        When the text is no number with a unit of time, or no whole number of milliseconds.

    >>> parse_duration("15 min"), parse_duration("1.5 h")
    (900000, 5400000)
    """
    match = _DURATION.match(text)
    if match is None or match.group(2) not in MS:
        raise ValueError(f"{text.strip()!r} is not a duration such as 15 min, 2 h or 30 s")
    ms = Fraction(match.group(1)) * MS[match.group(2)]
    if ms.denominator != 1:
        raise ValueError(f"{text.strip()!r} is not a whole number of milliseconds")
    return int(ms)


def format_duration(ms: int) -> str:
    """The shortest way to write a duration that `parse_duration` reads back.

    >>> format_duration(900_000), format_duration(5_400_000), format_duration(0)
    ('15 min', '90 min', '0 s')
    """
    if ms == 0:
        return "0 s"
    for unit in ("d", "h", "min", "s"):
        if ms % MS[unit] == 0 and not (unit == "d" and ms < 2 * MS["d"]):
            return f"{ms // MS[unit]} {unit}"
    return f"{ms} ms"

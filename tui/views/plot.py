"""Time series as a few characters: buckets on a shared time axis, bars of a score, plots of several rows."""

from __future__ import annotations

from collections.abc import Sequence

from expert.values.cells import BLOCKS, PLAIN_BLOCKS

Samples = Sequence[tuple[int, float | None]]


def buckets(samples: Samples, start: int, end: int, columns: int, hold: int) -> tuple[float | None, ...]:
    """Mean of the samples in each of ``columns`` equal parts of (start, end].

    A part without samples shows the last value while it is not older than ``hold`` ms; a bad sample (None)
    ends that. ``samples`` may begin before ``start``.

    >>> buckets([(1, 2.0), (2, 4.0), (7, None)], 0, 10, 5, 4)
    (3.0, 3.0, 3.0, None, None)
    """
    found: list[list[float]] = [[] for _ in range(columns)]
    bad: list[bool] = [False] * columns
    last: tuple[int, float] | None = None
    for at, value in samples:
        if at > end:
            break
        if at <= start:
            last = None if value is None else (at, value)
            continue
        k = min(columns - 1, (at - start - 1) * columns // (end - start))
        if value is None:
            bad[k] = True
        else:
            found[k].append(value)
    return _filled(found, bad, last, start, end, hold)


def _filled(
    found: list[list[float]], bad: list[bool], last: tuple[int, float] | None, start: int, end: int, hold: int
) -> tuple[float | None, ...]:
    out: list[float | None] = []
    step = (end - start) / len(found)
    for k, values in enumerate(found):
        middle = start + int((k + 0.5) * step)
        if values:
            mean = sum(values) / len(values)
            out.append(mean)
            last = (middle, mean)
        elif bad[k]:
            last = None
            out.append(None)
        else:
            out.append(last[1] if last is not None and middle - last[0] <= hold else None)
    return tuple(out)


def spark(values: Sequence[float | None], low: float, high: float, ascii_only: bool) -> str:
    """One character a value on the scale low..high (clipped); a gap is a blank.

    >>> spark([0.0, 5.0, None, 99.0], 0.0, 10.0, True)
    '_= #'
    """
    blocks = PLAIN_BLOCKS if ascii_only else BLOCKS
    return "".join(" " if v is None else blocks[_level(v, low, high, len(blocks))] for v in values)


def _level(value: float, low: float, high: float, steps: int) -> int:
    if high <= low:
        return steps // 2 - 1
    return min(steps - 1, max(0, int((value - low) / (high - low) * steps)))


def bar(share: float, width: int, ascii_only: bool) -> str:
    """A bar filled by a share of 0..1; anything above zero shows at least one cell.

    >>> bar(0.31, 10, True), bar(0.001, 4, True)
    ('###.......', '#...')
    """
    full = min(width, max(0, round(share * width)))
    if share > 0 and full == 0:
        full = 1
    on, off = ("#" if ascii_only else "▆"), "."  # lower than a full block: bars in rows above each other stay apart
    return on * full + off * (width - full)


def plot_rows(values: Sequence[float | None], low: float, high: float, height: int, ascii_only: bool) -> list[str]:
    """A curve of several rows, top first; every row is as long as ``values``.

    >>> plot_rows([0.0, 1.0], 0.0, 1.0, 2, True)
    [' #', '_ ']
    """
    blocks = PLAIN_BLOCKS if ascii_only else BLOCKS
    steps = len(blocks)
    levels = [None if v is None else _level(v, low, high, steps * height) + 1 for v in values]
    rows = []
    for row in range(height - 1, -1, -1):
        base = row * steps
        line = ""
        for level in levels:
            if level is None or not base < level <= base + steps:
                line += " "
            else:
                line += blocks[level - base - 1]
        rows.append(line)
    return rows


def scale(values: Sequence[float | None], band: tuple[float, float] | None) -> tuple[float, float]:
    """Scale of a plot: the values, and twice the normal band, so that ordinary noise stays small.

    >>> scale([10.0, 11.0], (8.0, 12.0))
    (6.0, 14.0)
    """
    known = [v for v in values if v is not None]
    if band is not None:
        half = (band[1] - band[0]) / 2
        known += [band[0] - half, band[1] + half]
    if not known:
        return (0.0, 1.0)
    low, high = min(known), max(known)
    if low < 0 and all(v is None or v >= 0 for v in values):
        low = 0.0  # only the widened band is below zero
    return (low, high) if high > low else (low - 0.5, high + 0.5)

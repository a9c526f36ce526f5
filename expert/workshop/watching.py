"""Looking again whenever a file of a pack changes."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from pathlib import Path

POLL = 0.4
"""Seconds between two looks: soon enough for whoever has just saved, and no load."""


def stamp(places: Sequence[Path]) -> Hashable:
    """What tells one state of all YAML files below some places from another: names, times of change, sizes."""
    found = []
    for place in places:
        for path in sorted(place.rglob("*.yaml")) if place.is_dir() else [place]:
            try:
                seen = path.stat()
            except OSError:
                continue  # gone since it was listed; the next look sees that
            found.append((str(path), seen.st_mtime_ns, seen.st_size))
    return tuple(found)


def changes(look: Callable[[], Hashable], pause: Callable[[], None]) -> Iterator[None]:
    """Once at the start and then after every look that sees something else; never ends by itself.

    Parameters
    ----------
    look : callable
        The state of what is watched.
    pause : callable
        Called between two looks; what it raises ends the watching.
    """
    seen = look()
    yield
    while True:
        pause()
        now = look()
        if now != seen:
            seen = now
            yield


def one_screen(lines: Sequence[str], height: int) -> list[str]:
    """The first lines that fit, and how many more there are.

    >>> one_screen(["a", "b", "c"], 2)
    ['a', '... 2 more lines']
    """
    if len(lines) <= height:
        return list(lines)
    kept = list(lines[: max(0, height - 1)])
    return [*kept, f"... {len(lines) - len(kept)} more lines"]

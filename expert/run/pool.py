"""Many plants at once: one piece of work per plant in a pool of processes, results in the order of the plants.

Nothing is shared: each process gets its item by value and starts from a fresh interpreter, so a result is the same
whether the work ran alone or beside others.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


def each(work: Callable[[Item], Result], items: Iterable[Item], workers: int = 1) -> Iterator[Result]:
    """Results of ``work`` for every item, in the order of the items.

    Parameters
    ----------
    work : callable
        A function of a module (so that another process finds it) that reads its item and nothing else that changes.
    items : iterable
        What can be pickled: seeds, recordings, programs.
    workers : int
        Processes; 1: no process is started, 0: one for every processor.

    Examples
    --------
    >>> list(each(abs, [-3, 2, -1]))
    [3, 2, 1]
    """
    plenty = workers or os.cpu_count() or 1
    todo = list(items)
    if plenty == 1 or len(todo) < 2:
        yield from map(work, todo)
        return
    fresh = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(plenty, len(todo)), mp_context=fresh) as pool:
        yield from pool.map(work, todo)

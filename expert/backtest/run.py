"""A backtest: one or two programs over one history, read once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from expert.backtest.evaluate import Evaluator
from expert.backtest.source import Source
from expert.backtest.tally import Result, Tally
from expert.language.ast import Program

Progress = Callable[[int, int, int], None]
"""Called with scans done, scans in all and episodes so far."""


def backtest(
    source: Source,
    runs: Mapping[str, tuple[Program, Evaluator]],
    progress: Progress | None = None,
    borders: Iterable[int] = (),
) -> dict[str, Result]:
    """Run every program over the history, part by part.

    Parameters
    ----------
    runs : mapping
        Name -> program and who runs it; all are given the same parts.
    borders : iterable of int
        Where a new part has to begin, ms UTC.

    Returns
    -------
    dict of str to Result
        By the same names. After an interrupt (Ctrl-C): what is known so far, with ``complete`` False.
    """
    times = source.times
    tallies = {name: Tally(program, times[0]) for name, (program, _) in runs.items()}
    total = len(times) * len(runs)
    try:
        for part in source.parts(borders):
            for name, (_, evaluator) in runs.items():
                for stretch in evaluator.run(part):
                    tallies[name].take(stretch)
                    if progress is not None:
                        known = tallies.values()
                        progress(sum(t.result.scans for t in known), total, sum(len(t.result.spells) for t in known))
    except KeyboardInterrupt:
        for tally in tallies.values():
            tally.result.complete = False
    return {name: tally.result for name, tally in tallies.items()}

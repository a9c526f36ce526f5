"""What the silicon model would have answered over a history, scan by scan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from expert.models.port import Question
from expert.values.types import ModelAnswer
from kb.models.features import VARIABLES
from kb.models.replay import Readings, arrivals
from kb.models.silicon import GRID, SiliconPort


def answers_over(
    port: SiliconPort, history: Mapping[str, Readings], times: range, questions: Sequence[Question], expiry: int
) -> Iterator[tuple[int, tuple[ModelAnswer, ...]]]:
    """Scan time and answers where they are new: the rules see the same as if every scan had been answered.

    The port predicts and learns on its own grid only, so between two of its times nothing changes; an answer that
    stays the same is given again before it expires.

    Parameters
    ----------
    port : SiliconPort
        Goes on where it was after the part before.
    history : mapping
        What arrived after the part before, by variable.
    expiry : int
        How long the rules believe an answer, ms.
    """
    feed = arrivals(history, VARIABLES)
    waiting = next(feed, None)
    given: tuple[ModelAnswer, ...] = ()
    at: int | None = None
    slot: int | None = None
    for now in times:
        if slot == now // GRID:
            continue
        slot = now // GRID
        while waiting is not None and waiting[2] <= now:
            port.take(*waiting)
            waiting = next(feed, None)
        answers = port.answer(now, now, questions)
        if answers and (answers != given or at is None or now - at >= expiry - GRID):
            yield now, answers
            given, at = answers, now
    while waiting is not None:
        port.take(*waiting)
        waiting = next(feed, None)

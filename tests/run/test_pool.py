"""Many plants in a pool of processes."""

from __future__ import annotations

import pytest

from expert.run.pool import each
from kb.judge import judge
from tests.run import plant


def test_a_pool_gives_what_a_loop_gives() -> None:
    """Same results in the same order, whatever the number of processes."""
    plants = [17, 0, 9]
    alone = list(each(plant.digests, plants))
    assert alone == list(each(plant.digests, plants, workers=2))
    assert len({tuple(x) for x in alone}) == 3


def test_what_goes_wrong_in_a_process_comes_back() -> None:
    """An error of one plant is raised where its result was due."""
    results = each(int, ["1", "2", "x", "4"], workers=2)
    assert [next(results), next(results)] == [1, 2]
    with pytest.raises(ValueError, match="invalid literal"):
        next(results)


@pytest.mark.long
def test_furnaces_are_judged_alike_in_parallel() -> None:
    """Two causes and a normal day in two processes."""
    alone = judge([1, 2], ("hang",), (4, 5), [3])
    assert alone.text() == judge([1, 2], ("hang",), (4, 5), [3], workers=2).text()

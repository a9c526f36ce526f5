"""Many plants in a pool of processes."""

from __future__ import annotations

import pytest

from expert.run.pool import each
from kb.evaluation.running import Setting, evaluate
from kb.paths import plant_folder, rules_folder
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
def test_furnaces_are_evaluated_alike_in_parallel() -> None:
    """Two furnaces with a cause each, in two processes and in this one."""
    setting = Setting((rules_folder() / "blast_furnace",), plant_folder(), ("C01",), 1)
    assert evaluate(setting, [1, 2]) == evaluate(setting, [1, 2], workers=2)

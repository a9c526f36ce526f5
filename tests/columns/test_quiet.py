"""The quick ways through plain stretches say the same as everybody, and they are the ways that are taken."""

from __future__ import annotations

import pytest

from expert.columns.batch import Batch
from expert.columns.crisp import BYTES
from expert.columns.layout import COUNTED, L_COUNTED, L_SLOT
from expert.values.history import history_of
from tests.columns.quiet import crisp_program, limits_agree, quiet_agree, quiet_inputs


@pytest.mark.parametrize("seed", range(9000, 9008))
def test_quiet_streams_agree(seed: int) -> None:
    """Generated programs over stretches that need no judgement, or in one place only."""
    quiet_agree(seed)


@pytest.mark.long
@pytest.mark.parametrize("first", range(9100, 9300, 20))
def test_many_quiet_streams_agree(first: int) -> None:
    """More of the same."""
    for seed in range(first, first + 20):
        quiet_agree(seed)


@pytest.mark.parametrize("seed", range(9300, 9312))
def test_values_on_a_limit_agree(seed: int) -> None:
    """A reader of a value is left alone only while the value stays on its side of the limit."""
    limits_agree(seed)


def test_quick_ways_are_taken() -> None:
    """Most numbers of quiet stretches stay counts, and most conditions of crisp programs are bytes."""
    counted = variables = crisp = conditions = 0
    for seed in range(9000, 9020):
        inputs = quiet_inputs(2 * seed, 60)
        batch = Batch(crisp_program(seed), stretch=20)
        for _ in batch.run(history_of(inputs), [x.time for x in inputs]):
            pass
        x = batch.core.memory
        values = x.leaves[x.leaves[:, L_COUNTED] == 1, L_SLOT]
        counted += int((x.certain[0, values] >= COUNTED).sum())
        variables += len(values)
        crisp += int(x.form[BYTES].sum())
        conditions += x.form.shape[1]
    assert counted > 0.8 * variables
    assert crisp > 0.6 * conditions

"""Random streams."""

from __future__ import annotations

import numpy as np
import pytest

from kb.furnace.noise import BLOCK, Spec, Stream, correlate


def test_correlate_equals_the_loop() -> None:
    """The vectorised recursion agrees with the plain one."""
    pushes = np.random.default_rng(1).standard_normal(500)
    value, expected = 0.7, []
    for push in pushes:
        value = 0.97 * value + push
        expected.append(value)
    assert expected == pytest.approx(correlate(pushes, 0.97, 0.7).tolist(), rel=1e-12)


def test_reading_in_parts_equals_reading_at_once() -> None:
    """Parts that cross blocks join to the whole."""
    spec = Spec(1.0, ((2.0, 60.0),))
    whole = Stream(1, "x", spec).read(0, 3 * BLOCK)
    stream = Stream(1, "x", spec)
    parts = [stream.read(a, min(a + 777, 3 * BLOCK)) for a in range(0, 3 * BLOCK, 777)]
    assert np.array_equal(whole, np.concatenate(parts))


def test_blocks_join_smoothly() -> None:
    """A slow process does not jump where one block ends."""
    x = Stream(1, "x", Spec(slow=((1.0, 2000.0),))).read(0, 4 * BLOCK)
    joints = np.abs(np.diff(x))[[BLOCK - 1, 2 * BLOCK - 1, 3 * BLOCK - 1]]
    assert float(joints.max()) < 0.2


def test_sigma_is_as_declared() -> None:
    """White and slow parts add up in variance."""
    x = Stream(1, "x", Spec(3.0, ((4.0, 30.0),))).read(0, 30 * BLOCK)
    assert 5.0 == pytest.approx(float(x.std()), rel=0.05)


def test_large_and_negative_seeds_work() -> None:
    """Any integer is a seed."""
    assert 5 == len(Stream(-(2**63), "x", Spec(1.0)).read(0, 5))

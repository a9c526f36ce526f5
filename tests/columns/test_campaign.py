"""Programs with every operator on streams with every trouble: the evaluators say the same, to the bit."""

from __future__ import annotations

import pytest

from tests.columns.agree import all_agree
from tests.columns.generate import case

CHUNK = 20
"""Cases of one test."""


def agree(seed: int, relational: bool) -> None:
    """One case through every evaluator; an error names its number."""
    found = case(seed, relational)
    try:
        all_agree(found.program(), found.inputs, found.stretch, found.restart, found.baselines)
    except AssertionError as e:
        raise AssertionError(f"case({seed}, relational={relational}): {e}") from e


@pytest.mark.parametrize("first", range(0, 160, CHUNK))
def test_evaluators_agree(first: int) -> None:
    """Reference, live session, columns scan by scan and columns over stretches."""
    for seed in range(first, first + CHUNK):
        agree(seed, relational=False)


@pytest.mark.parametrize("first", range(0, 40, CHUNK))
def test_evaluators_agree_on_relational_rules(first: int) -> None:
    """With rows, numbers of facts, evidence, features and promises beside what is columnar."""
    for seed in range(first, first + CHUNK):
        agree(seed, relational=True)


@pytest.mark.long
@pytest.mark.parametrize("first", range(1000, 2700, 5 * CHUNK))
def test_evaluators_agree_on_many(first: int) -> None:
    """More of the same."""
    for seed in range(first, first + 5 * CHUNK):
        agree(seed, relational=False)


@pytest.mark.long
@pytest.mark.parametrize("first", range(1000, 1400, 5 * CHUNK))
def test_evaluators_agree_on_many_relational_rules(first: int) -> None:
    """More of the same, beside rows."""
    for seed in range(first, first + 5 * CHUNK):
        agree(seed, relational=True)

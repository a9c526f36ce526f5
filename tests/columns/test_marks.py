"""Marks of operations: words of bits against plain sets."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numba import njit

from expert.columns.marks import any_marked, between, mark, marks, trailing_zeros, unmark

ROOM = 200


def _set(words: np.ndarray) -> set[int]:
    return {i for i in range(64 * len(words)) if int(words[i >> 6]) >> (i & 63) & 1}


@settings(max_examples=60, deadline=None)
@given(st.sets(st.integers(0, ROOM - 1)), st.integers(0, ROOM - 1), st.integers(0, ROOM))
def test_a_range_has_marks_where_the_set_has_members(members: set[int], first: int, end: int) -> None:
    """Any mark from a first operation on and before an end, in one word or over several."""
    words = marks(i in members for i in range(ROOM))
    assert _set(words) == members
    assert bool(any_marked(words, first, end)) == any(first <= i < end for i in members)


@settings(max_examples=60, deadline=None)
@given(st.sets(st.integers(0, ROOM - 1)), st.integers(0, ROOM - 1))
def test_one_operation_is_marked_and_unmarked(members: set[int], i: int) -> None:
    """Neither touches any other."""
    words = marks(k in members for k in range(ROOM))

    mark(words, i)
    assert _set(words) == members | {i}

    unmark(words, i)
    assert _set(words) == members - {i}


def test_the_bits_of_a_word_between_two_operations() -> None:
    """From the first to before the end, which may be beyond the word."""
    for i in range(64):
        for end in (i, i + 1, 63, 64, 65, 500):
            expected = {64 + k for k in range(i, min(64, end)) if k < end}
            assert _set(np.array([0, between(64 + i, 64 + end)], np.int64)) == expected


def test_the_lowest_bit_of_a_word_is_found() -> None:
    """Also the one that is a sign."""
    count = njit(lambda word: trailing_zeros(word))
    for i in range(64):
        assert i == count(np.int64(-1) << np.int64(i))

"""Marks of operations that are to be run: a bit each, in words of 64."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from expert.columns.compiled import inlined, plain


def marks(operations: Iterable[bool]) -> np.ndarray:
    """Words with a bit for each operation.

    >>> marks([True, False, True]).tolist()
    [5]
    """
    bits = np.fromiter(operations, np.uint8)
    room = max(1, -(-len(bits) // 64)) * 64
    return np.packbits(np.pad(bits, (0, room - len(bits))), bitorder="little").view("<i8").astype(np.int64)


@inlined
def mark(dirty, i):
    """Let an operation be run."""
    dirty[i >> 6] |= np.int64(1) << (i & 63)


@inlined
def unmark(dirty, i):
    """Leave an operation out."""
    dirty[i >> 6] &= ~(np.int64(1) << (i & 63))


@plain
def any_marked(dirty, first, end):
    """Whether any operation of a range is to be run."""
    found = np.int64(0)
    while first < end:
        found |= dirty[first >> 6] & between(first, end)
        first = (first | 63) + 1
    return found != 0


@plain
def between(i, end):
    """The bits of a word for operations from ``i`` on, which is of that word, up to ``end``."""
    upper = np.int64(-1) << (i & 63)
    left = end - (i & ~63)
    return upper if left >= 64 else upper & ((np.int64(1) << left) - 1)


@intrinsic
def trailing_zeros(typingctx, word):
    """How many of the lowest bits of a word, which is not nought, are nought."""
    signature = types.int64(types.int64)

    def codegen(context, builder, sig, args):
        return builder.cttz(args[0], ir.Constant(ir.IntType(1), 1))

    return signature, codegen

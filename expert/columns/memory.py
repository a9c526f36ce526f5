"""All arrays of a plan under one roof, handed to kernels as one table of addresses and shapes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numba import carray, types
from numba.extending import intrinsic

from expert.columns.compiled import making

INT, SMALL, BYTE, FLOAT = np.dtype(np.int64), np.dtype(np.int32), np.dtype(np.uint8), np.dtype(np.float64)

FIELDS: dict[str, tuple[np.dtype[Any], int]] = {
    # samples and what is known of the variables
    "variables": (INT, 2),
    "leaves": (INT, 2),
    "groups": (INT, 2),
    "baselines": (INT, 2),
    "widths": (FLOAT, 2),  # (leaves, 3): uncertainty in house units, least coverage as numerator and denominator
    "hour": (INT, 2),  # (baselines, hours)
    "mean": (FLOAT, 2),
    "excluded": (INT, 2),
    "base": (FLOAT, 2),  # (baselines, 2): median and inter-quartile range
    "source": (INT, 1),
    "arrival": (INT, 1),
    "count": (INT, 1),
    "note": (INT, 1),
    "rank": (INT, 1),  # order of notes by their text
    "settings": (INT, 1),  # SETTING_ columns
    # results of a stretch
    "num": (FLOAT, 3),  # (value, low, high) x slots x scans
    "fac": (INT, 3),  # (numerator, denominator) x slots x scans
    "meta": (INT, 3),  # M_ columns x slots x scans; none of them where nobody asks
    "place": (INT, 1),
    "size": (INT, 2),
    "factor": (INT, 3),
    "ends": (FLOAT, 3),
    "s": (SMALL, 2),
    "p": (SMALL, 2),
    "active": (BYTE, 2),  # rules x scans: 1 while a machine is up, 2 where its fact is disputed
    "refuted": (SMALL, 2),
    # operations
    "nodes": (INT, 2),
    "args": (INT, 1),
    "weights": (INT, 1),
    "consts": (FLOAT, 2),
    "loops": (INT, 2),
    "first": (INT, 1),  # readers[first[i]:first[i + 1]]: operations that read what operation i writes
    "readers": (INT, 1),
    "leaf_first": (INT, 1),
    "leaf_readers": (INT, 1),
    "leaf_turns": (FLOAT, 1),  # a reader that asks no more than whether the value is below this; else nan
    "turned": (INT, 2),  # (leaf_readers, T_ columns): what such a reader writes, and who reads that
    "turned_readers": (INT, 1),
    # what goes from scan to scan above the samples
    "rules": (INT, 2),
    "holds": (INT, 2),
    "spans": (INT, 2),  # lengths of holds: length, number of the oldest scan that counts
    "times": (INT, 1),  # ring of scan times
    "past_s": (SMALL, 2),
    "past_p": (SMALL, 2),
    "least_s": (INT, 2),
    "least_p": (INT, 2),
    "lag_first": (INT, 1),
    "lag_num": (FLOAT, 3),
    "lag_fac": (INT, 3),
    "lag_meta": (INT, 3),
    "lag_size": (INT, 2),
    "lag_factor": (INT, 3),
    "lag_ends": (FLOAT, 3),
    # the scans of a stretch
    "model_s": (SMALL, 2),
    "model_p": (SMALL, 2),
    "begins": (INT, 2),
    "firsts": (INT, 2),
    "dirty": (INT, 2),  # operations to run (`expert.columns.marks`): now, and at every scan
    "events": (INT, 2),
    "before": (SMALL, 2),  # both ends of what a loop works out, as they were
    # what is plain over a whole stretch
    "certain": (BYTE, 2),  # (1, slots): what is known of a row of numbers (`expert.columns.crisp`)
    "level": (SMALL, 2),  # slots x scans: the counts that certain numbers come from
    "scale": (INT, 2),  # (slots, 5): numerator, denominator, samples; smallest and largest count
    "above": (INT, 2),  # (operations, 2): whether it is known, first count for which a comparison turns
    "form": (BYTE, 2),  # (2, conditions): whether bytes, whether intervals can be read
    "crisp": (BYTE, 2),
}
"""Every array by name: its type and number of dimensions, in the order of the table."""

(
    I_VARIABLES,
    I_LEAVES,
    I_GROUPS,
    I_BASELINES,
    I_WIDTHS,
    I_HOUR,
    I_MEAN,
    I_EXCLUDED,
    I_BASE,
    I_SOURCE,
    I_ARRIVAL,
    I_COUNT,
    I_NOTE,
    I_RANK,
    I_SETTINGS,
    I_NUM,
    I_FAC,
    I_META,
    I_PLACE,
    I_SIZE,
    I_FACTOR,
    I_ENDS,
    I_S,
    I_P,
    I_ACTIVE,
    I_REFUTED,
    I_NODES,
    I_ARGS,
    I_WEIGHTS,
    I_CONSTS,
    I_LOOPS,
    I_FIRST,
    I_READERS,
    I_LEAF_FIRST,
    I_LEAF_READERS,
    I_LEAF_TURNS,
    I_TURNED,
    I_TURNED_READERS,
    I_RULES,
    I_HOLDS,
    I_SPANS,
    I_TIMES,
    I_PAST_S,
    I_PAST_P,
    I_LEAST_S,
    I_LEAST_P,
    I_LAG_FIRST,
    I_LAG_NUM,
    I_LAG_FAC,
    I_LAG_META,
    I_LAG_SIZE,
    I_LAG_FACTOR,
    I_LAG_ENDS,
    I_MODEL_S,
    I_MODEL_P,
    I_BEGINS,
    I_FIRSTS,
    I_DIRTY,
    I_EVENTS,
    I_BEFORE,
    I_CERTAIN,
    I_LEVEL,
    I_SCALE,
    I_ABOVE,
    I_FORM,
    I_CRISP,
) = range(len(FIELDS))


class Memory:
    """Named arrays, and the table of their addresses; whoever replaces an array does it here."""

    def __init__(self) -> None:
        self.table = np.zeros((len(FIELDS), 4), np.int64)

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> np.ndarray: ...

    def put(self, **arrays: np.ndarray) -> None:
        """Give arrays their places; each must have the type and dimensions that `FIELDS` says."""
        order = list(FIELDS)
        for name, array in arrays.items():
            dtype, dimensions = FIELDS[name]
            if array.dtype != dtype or array.ndim != dimensions:
                raise TypeError(f"{name} is {array.dtype} in {array.ndim} dimensions, not {dtype} in {dimensions}")
            kept = np.ascontiguousarray(array)
            setattr(self, name, kept)
            row = self.table[order.index(name)]
            row[0] = kept.ctypes.data
            row[1 : 1 + dimensions] = kept.shape


@intrinsic
def _pointer(typingctx, address):
    """An address as a pointer."""
    signature = types.voidptr(address)

    def codegen(context, builder, sig, args):
        return builder.inttoptr(args[0], context.get_value_type(sig.return_type))

    return signature, codegen


@making
def ints1(table, k):
    """Row ``k`` of the table as a vector of integers."""
    return carray(_pointer(table[k, 0]), (table[k, 1],), np.int64)


@making
def bytes1(table, k):
    """Row ``k`` of the table as a vector of bytes."""
    return carray(_pointer(table[k, 0]), (table[k, 1],), np.uint8)


@making
def ints2(table, k):
    """Row ``k`` of the table as a matrix of integers."""
    return carray(_pointer(table[k, 0]), (table[k, 1], table[k, 2]), np.int64)


@making
def ints3(table, k):
    """Row ``k`` of the table as a block of integers."""
    return carray(_pointer(table[k, 0]), (table[k, 1], table[k, 2], table[k, 3]), np.int64)


@making
def floats1(table, k):
    """Row ``k`` of the table as a vector of floats."""
    return carray(_pointer(table[k, 0]), (table[k, 1],), np.float64)


@making
def floats2(table, k):
    """Row ``k`` of the table as a matrix of floats."""
    return carray(_pointer(table[k, 0]), (table[k, 1], table[k, 2]), np.float64)


@making
def floats3(table, k):
    """Row ``k`` of the table as a block of floats."""
    return carray(_pointer(table[k, 0]), (table[k, 1], table[k, 2], table[k, 3]), np.float64)


@making
def small2(table, k):
    """Row ``k`` of the table as a matrix of certainties."""
    return carray(_pointer(table[k, 0]), (table[k, 1], table[k, 2]), np.int32)


@making
def bytes2(table, k):
    """Row ``k`` of the table as a matrix of bytes."""
    return carray(_pointer(table[k, 0]), (table[k, 1], table[k, 2]), np.uint8)


SETTING_GUARD, SETTING_SPAN, SETTING_PERIOD, SETTING_NUMBER, SETTING_EVENTS = range(5)
"""Guard and span of baselines and period of scans, ms; number of the stretch's first scan; how many events there
are."""

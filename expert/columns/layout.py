"""Columns of the integer tables that plan, kernels and state share.

A compiled kernel takes a few arrays quickly and many slowly, so what belongs to one thing is one row of one table.
Names begin with the table: ``V_`` variable, ``L_`` leaf, ``G_`` group (a window), ``N_`` node, ``R_`` rule, ``H_``
hold.
"""

from __future__ import annotations

NONE = -(1 << 62)
"""No time, no count of samples: where Python has None."""

# A variable: constants, where its samples and leaves are, what moves. First what every sample asks for: it lies in the
# fewest lines of the cache that way.
V_TAIL, V_HEAD, V_NEXT = range(3)
"""Sequence numbers: oldest sample kept, one past the newest, one past the newest that is not after the scan."""
V_PERIOD, V_OFFSET, V_MASK, V_FLOOR, V_CEILING = range(3, 8)
V_UNALIGNED, V_NUM, V_DEN, V_LEAVES, V_LEAVES_END, V_KEEP = range(8, 14)
"""V_UNALIGNED: source time of the newest sample off the grid of the period."""
V_PLAIN = 14
"""1 where a held value has no uncertainty and comes from its count by one division of small integers, and held values
are all that is read of it."""
V_DONE = 15
"""Number of the newest scan for which its held values were worked out as its sample came."""
V_MAX_AGE, V_SKEW, V_LOW, V_HIGH, V_ANALOG, V_COUNTER, V_UNCERTAIN_OK, V_GROUPS, V_GROUPS_END, V_HOURLY = range(16, 26)
V_EDGE, V_ORIGIN, V_CHANGES = range(26, 29)
"""Source times of the newest sample near an end of the range, and of the first ever; how often samples came out of
order, which the windows look at."""
V_SIMPLE = 29
"""1 where the first half of `V_PLAIN` is so."""
V_SIZE = 32

# A variable's hourly means: row of the table of hours, its constants and what moves.
B_VAR, B_LEAST, B_UPTO, B_FIRST, B_END, B_AT, B_KNOWN, B_FIXED, B_STALE = range(9)
GIVEN, HOURS_ONLY = 1, 2
"""In `B_FIXED`: a baseline that is given; only hours are closed, nobody asks what is normal. 0: it is worked out."""
"""Variable; samples an hour needs; start of the next hour to close; first and one past the last mean; the hour that the
median was worked out for; whether there is one; whether it is fixed from outside; 1 when it must be worked out anew."""
B_SIZE = 9

# A node that reads samples.
L_KIND, L_SLOT, L_GROUP, L_FUNCTION, L_BOUNDED, L_BASE, L_LENGTH, L_COUNTED = range(8)
"""L_COUNTED: 1 for a held value or a mean that comes from its count, or sum of counts, by one division."""
L_SIZE = 8
T_SLOT, T_BELOW, T_FIRST, T_END = range(4)
"""A condition that asks no more than whether a leaf's value is below a limit: its place, its certainty (both ends) when
it is, and who reads it, from and to in `turned_readers`."""
T_SIZE = 4
LEAF_VALUE, LEAF_WINDOW, LEAF_Z, LEAF_BASELINE, LEAF_SINCE, LEAF_AGE, LEAF_UNCHANGED, LEAF_REPEATS, LEAF_BAD = range(9)

# A window: one variable, one length.
G_VAR, G_LENGTH, G_EXPECTED, G_START, G_END, G_N, G_SX, G_SXX, G_ST, G_STT, G_STX, G_CHANGES, G_SUMS, G_EXTREMES = (
    range(14)
)
"""Sequence numbers of its ends, exact sums over its good samples, the variable's count of changes they are for, and
whether anybody reads sums of squares and times, and extremes."""
G_SIZE = 14

OPEN, COUNTED, FILLED, CONSTANT = range(4)
"""What is known of a row of numbers over a stretch: nothing; certain in every scan, as counts; certain, and filled; a
constant."""

FUNCTIONS = ("mean", "min", "max", "std", "range", "slope", "change", "drop", "rise")
MEAN, MIN, MAX, STD, RANGE, SLOPE, CHANGE, DROP, RISE = range(9)
SIDED = 3
"""Functions below this one are a level: what is missing at an end of the range moves them to that side."""
Z_FUNCTIONS = {"z": MEAN, "z_std": STD, "z_slope": SLOPE, "z_range": RANGE}

# Why a number is unknown, or what is to be said of it; two details beside it.
(
    WHY_NOTHING,
    WHY_NO_DATA,
    WHY_BAD,  # a: index of the note
    WHY_STALE,  # a: age in ms
    WHY_COVERAGE,  # a, b: samples there, samples needed
    WHY_NO_BASELINE,
    WHY_DIVISION,
    WHY_OVERFLOW,
    WHY_AT_LEAST,
    WHY_NEGATIVE_ROOT,
    WHY_NO_SCAN,
    WHY_OUTSIDE,  # a: index of a text from outside the arrays
) = range(12)

# Numbers: what is known of each, beside its value and bounds.
M_AT, M_N, M_M, M_WHY, M_A, M_B = range(6)
M_SIZE = 6

# An operation: what, where to, operands from and to in the list of arguments, parameters.
N_OP, N_SLOT, N_ARGS, N_END, N_A, N_B, N_C, N_D = range(8)
N_SIZE = 8
(
    OP_ARITHMETIC,
    OP_AGGREGATE,
    OP_LAG,
    OP_COMPARE,
    OP_GRADED,
    OP_FACT,
    OP_CERTAINTY,
    OP_MODEL,
    OP_RAISED,
    OP_ALL,
    OP_ANY,
    OP_NOT,
    OP_SCORE,
    OP_KTH,
    OP_RULE,
    OP_SEEN,
    OP_MACHINE,
    OP_STORE,
    OP_TRUTH,
    OP_REFUTED,
    OP_FIRM,
) = range(21)
COMPARISONS = ("<", "<=", ">", ">=", "==", "!=")
ARITHMETIC = ("+", "-", "*", "/", "abs", "sqrt", "min", "max")
AGGREGATES = ("min", "max", "mean", "median", "sum", "spread")

# A rule with static bindings: constants, then its machine.
R_WHEN, R_OUT, R_HOLD, R_STRENGTH, R_THRESHOLD, R_CLEAR, R_CLEAR_FOR, R_MAX_HOLD, R_FACT, R_REFUTES, R_DOUBT = range(11)
R_STATE, R_RAISED_AT, R_CLEARING, R_HELD, R_LATE, R_STEPPED, R_OPEN = range(11, 18)
R_SIZE = 18
NORMAL, RAISED, HELD, CLEARING = range(4)
STATES = ("normal", "raised", "held", "clearing")

# A `for`: its length, start of the run of support, ends of the two queues of least values, place of its ring.
H_LENGTH, H_START, H_SHEAD, H_STAIL, H_PHEAD, H_PTAIL, H_ROW = range(7)
H_SIZE = 7

# What a machine did in a scan: time index, rule, what.
EVENT_RAISED, EVENT_HELD, EVENT_CLEARING, EVENT_RESUMED, EVENT_CLEARED = range(5)
EVENTS = ("raised", "held", "clearing", "resumed", "cleared")

"""Columnar evaluators: programs as arrays of ground values, run by compiled kernels, one scan or a stretch at a
time."""

from expert.columns.jit import forget_stale

forget_stale()

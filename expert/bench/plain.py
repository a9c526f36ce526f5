"""The two limits: generated if/else Python scan by scan, and NumPy truth values over the whole time axis."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from expert.bench.tree import Cond, Group, Known, Limit
from expert.bench.workload import Bools, Counts, Workload

Scan = Callable[[list[int], list[bool]], None]


def generate_python(workload: Workload) -> Scan:
    """A function ``scan(x, f)`` that fills the conclusions ``f`` from the signals ``x``, as one would write it by hand.

    >>> from expert.bench.workload import make_workload
    >>> f = [False] * 3
    >>> generate_python(make_workload(3, seed=1))([500] * 300, f)
    >>> len(f)
    3
    """
    lines = ["def scan(x, f):", *(f"    f[{r.number}] = {_python(r.when)}" for r in workload.rules)]
    space: dict[str, Scan] = {}
    exec("\n".join(lines), space)
    return space["scan"]


def _python(node: Cond) -> str:
    if isinstance(node, Limit):
        return f"x[{node.signal}] {node.op} {node.limit}"
    if isinstance(node, Known):
        return f"f[{node.rule}]"
    if isinstance(node, Group):
        parts = [f"({_python(p)})" for p in node.parts]
        if node.word == "some":
            return f"{' + '.join(parts)} >= {node.k}"
        return (" and " if node.word == "all" else " or ").join(parts)
    return f"not {_python(node.item)}"


def numpy_over_time(workload: Workload, values: Counts) -> Bools:
    """Conclusions by scan and rule, (scans, rules), each rule once over all scans."""
    columns = np.ascontiguousarray(values.T.astype(np.int16))
    facts = np.empty((len(workload.rules), len(values)), dtype=np.bool_)
    for rule in workload.rules:
        facts[rule.number] = _over_time(rule.when, columns, facts)
    return facts.T


def _over_time(node: Cond, columns: np.ndarray, facts: Bools) -> Bools:
    if isinstance(node, Limit):
        x = columns[node.signal]
        return x > node.limit if node.op == ">" else x < node.limit
    if isinstance(node, Known):
        return facts[node.rule]
    if not isinstance(node, Group):
        return ~_over_time(node.item, columns, facts)
    parts = [_over_time(p, columns, facts) for p in node.parts]
    if node.word == "some":
        total = parts[0].astype(np.int8)
        for part in parts[1:]:
            total += part
        return total >= node.k
    join = np.logical_and if node.word == "all" else np.logical_or
    out = join(parts[0], parts[1])
    for part in parts[2:]:
        join(out, part, out=out)
    return out

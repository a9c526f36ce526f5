"""Results of a scan that do not depend on facts, shared with other evaluations of the same scan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from expert.engine.nodes import NodeTable, family
from expert.engine.results import Num
from expert.values.interval import Interval

Value = Num | str | None
"""A number, a row's text, or None when it was removed at grounding."""


@dataclass(slots=True, init=False)
class Known:
    """Results of a scan that depend on samples, rows and models alone, with the variables they come from."""

    conds: list[tuple[str, Interval | None, frozenset[str]]]
    values: list[tuple[str, Value, frozenset[str]]]

    def __init__(self, table: NodeTable, conds: Mapping[str, Interval | None], values: Mapping[str, Value]) -> None:
        plain = {k: table.variables[i] for k in (*conds, *values) if not table.reads[i := _index(k)]}
        self.conds = [(k, x, plain[k]) for k, x in conds.items() if k in plain]
        self.values = [(k, x, plain[k]) for k, x in values.items() if k in plain]

    def without(self, masked: frozenset[str]) -> tuple[dict[str, Interval | None], dict[str, Value]]:
        """Results that stay when these ground variables are lost."""
        lost = {family(name) for name in masked}
        conds = {k: x for k, x, variables in self.conds if lost.isdisjoint(variables)}
        return conds, {k: x for k, x, variables in self.values if lost.isdisjoint(variables)}


def _index(key: str) -> int:
    return int(key.partition("@")[0])

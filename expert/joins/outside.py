"""What the joins ask others: conditions and numbers that depend on no row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from expert.engine.results import Num
from expert.joins.shape import NotJoinable
from expert.language import ast
from expert.language.ast import Program
from expert.values.interval import Interval


class Static(Protocol):
    """Answers for what depends on no row: conditions and numbers of samples, models, and rules that are not owned."""

    def cond(self, node: ast.Cond, env: Mapping[str, str]) -> Interval | None:
        """Certainty of a condition in this scan; None when it was removed at grounding."""

    def number(self, node: ast.Expr, env: Mapping[str, str]) -> Num | None:
        """A number in this scan; None when it was removed at grounding."""


class Nothing:
    """For programs over rows alone: facts that no rule concludes are false.

    Raises
    ------
    NotJoinable
        When it is asked for anything else.
    """

    def __init__(self, program: Program) -> None:
        self._facts = program.facts

    def cond(self, node: ast.Cond, env: Mapping[str, str]) -> Interval | None:
        """False for a fact; None when it would come from another pack."""
        if not isinstance(node, ast.FactRef):
            raise NotJoinable(f"{node.text or type(node).__name__} needs more than rows")
        return None if self._facts[node.type].imported else Interval(0, 0)

    def number(self, node: ast.Expr, env: Mapping[str, str]) -> Num | None:
        """Never there."""
        raise NotJoinable(f"{node.text or type(node).__name__} needs more than rows")

"""A ground rule taken apart for joining: which rows it binds, what it reads, what can be looked up in an index."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from expert.engine.nodes import NodeTable, walk
from expert.language import ast
from expert.language.ast import FactRef, FactValue, GroundRule, Lag, Node, RowField

Slot = int | str
"""Where an argument comes from: the position of a row whose key it is, or a text."""
PURE = (ast.Compare, ast.Graded, ast.All, ast.Any, ast.Not, ast.RowField, ast.Number, ast.Arithmetic)


class NotJoinable(ValueError):
    """A rule that this evaluator cannot run; the message says why."""


@dataclass(frozen=True)
class Literal:
    """A fact that a rule reads: the fields it gives, and whether the fact is made in the rule's own stratum.

    ``pattern``: positions of the given fields, None when all are given.
    """

    type: str
    pattern: tuple[int, ...] | None
    slots: tuple[Slot, ...]
    now: bool


@dataclass(eq=False)
class Shape:
    """One ground rule over rows.

    ``rank``: place among all ground rules by id and bindings; ``wheres``: by position, row conditions as conjuncts;
    ``when``: conjuncts; ``dead``: one of them was removed, so that nothing matches; ``literals``: facts it reads;
    ``eager``: every activation is kept, also where the condition is false.
    """

    ground: GroundRule
    rank: int
    level: int
    relations: tuple[str, ...]
    position: dict[str, int]
    env: dict[str, str]
    wheres: list[list[ast.Cond]] = field(default_factory=list)
    when: list[ast.Cond] | None = None
    dead: bool = False
    literals: list[Literal] = field(default_factory=list)
    statics: list[int] = field(default_factory=list)
    eager: bool = False
    reads_now: bool = False

    @property
    def rule(self) -> ast.Rule:
        """The rule itself."""
        return self.ground.rule

    def rows_of(self, node: Node, table: NodeTable) -> frozenset[int]:
        """Positions of the rows that a node reads."""
        return frozenset(self.position[b] for b in table.free[table.index(node)] if b in self.position)


def conjuncts(node: ast.Cond, removed: Callable[[ast.Cond], bool]) -> list[ast.Cond] | None:
    """A condition as its conjuncts, without what was removed; None when nothing is left."""
    if not isinstance(node, ast.All):
        return None if removed(node) else [node]
    found = [c for item in node.items for c in conjuncts(item, removed) or ()]
    return found or None


def literal_of(ref: FactRef, shape: Shape, env: dict[str, str], fields: tuple[str, ...], now: bool) -> Literal:
    """A fact reference with its bindings resolved."""
    given = dict(ref.args)
    slots: list[Slot] = []
    pattern = []
    for i, name in enumerate(fields):
        if name not in given:
            continue
        value = given[name]
        pattern.append(i)
        if not value.startswith("$"):
            slots.append(value)
        elif value[1:] in shape.position:
            slots.append(shape.position[value[1:]])
        else:
            slots.append(env[value[1:]])
    return Literal(ref.type, None if len(pattern) == len(fields) else tuple(pattern), tuple(slots), now)


def is_pure(node: Node) -> bool:
    """Whether a node depends on rows alone."""
    return all(isinstance(n, PURE) for n in walk(node))


def has_rows(node: Node) -> bool:
    """Whether a node reads a field of a row."""
    return any(isinstance(n, RowField) for n in walk(node))


def read_now(number: ast.Expr | None) -> Iterator[FactValue]:
    """Numbers of facts that an expression reads in this scan."""
    for node in walk(number) if number is not None else ():
        if isinstance(node, FactValue):
            yield node


def refuse_lags(rule: ast.Rule, is_static: Callable[[Node], bool]) -> None:
    """A lag over rows, or over facts of rows, has no place here.

    Raises
    ------
    NotJoinable
    """
    roots: list[Any] = [rule.when, rule.conclude.number if rule.conclude else None, *(m.where for m in rule.match)]
    for root in roots:
        for node in walk(root) if root is not None else ():
            if isinstance(node, Lag) and not is_static(node):
                raise NotJoinable(f"rule {rule.id}: {node.text or 'lag'} looks back at rows or at facts of rows")

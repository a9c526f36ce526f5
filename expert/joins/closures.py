"""Conditions and numbers of a ground rule as closures ``f(round, rows)``.

They answer for everything the language can say over rows; what a rule's loops test most (comparisons of fields, facts)
is written out as source in `source` instead. ``round`` is the one whose facts are read; facts of lower strata are read
as they are in the end.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from expert.engine.nodes import NodeTable
from expert.engine.results import unknown
from expert.joins import calculus
from expert.joins.calculus import FALSE, ONE, UNKNOWN, Number, Pair
from expert.joins.cells import FactTable
from expert.joins.rows import RowTuple, Table
from expert.joins.shape import Literal, NotJoinable, Shape, Slot, literal_of
from expert.language import ast

Rows = Sequence[RowTuple]
CondOf = Callable[[int, Rows], Pair]
ValueOf = Callable[[int, Rows], "Number | str | None"]


class World(Protocol):
    """What a rule is compiled against."""

    table: NodeTable
    tables: dict[str, Table]
    facts: dict[str, FactTable]
    values: list[Any]

    def is_static(self, node: ast.Node, shape: Shape) -> bool:
        """Whether a node reads neither rows nor facts made here."""

    def static(self, node: ast.Node, env: Mapping[str, str], shape: Shape) -> int | None:
        """Place in ``values`` of what a static node amounts to; None when it was removed."""

    def made_at(self, type_: str) -> int:
        """Stratum above which a fact type is settled, as far as facts of the same stratum are concerned."""

    def is_off(self, type_: str) -> bool:
        """Whether all rules for a type are off at this site."""

    def is_missing(self, type_: str) -> bool:
        """Whether a type is imported and nobody exports it."""

    def members(self, node: ast.AtLeast, env: Mapping[str, str]) -> tuple[str, ...]:
        """Members of an entity set that a count ranges over."""


class Compiler:
    """Closures of one ground rule; collects the facts and static values that it reads."""

    def __init__(self, shape: Shape, world: World) -> None:
        self.shape, self.world = shape, world
        self._conds: dict[type, Callable[[Any, dict[str, str]], CondOf | None]] = {
            ast.Compare: self._compare,
            ast.Graded: self._graded,
            ast.FactRef: self._fact,
            ast.Certainty: self._certainty,
            ast.All: self._all,
            ast.Any: self._any,
            ast.Not: self._not,
            ast.Score: self._score,
            ast.AtLeast: self._at_least,
        }
        self._values: dict[type, Callable[[Any, dict[str, str]], ValueOf | None]] = {
            ast.RowField: self._row_field,
            ast.Number: self._number,
            ast.Arithmetic: self._arithmetic,
            ast.FactValue: self._fact_value,
            ast.SetAggregate: self._no_aggregate,
        }

    def literal(self, ref: ast.FactRef, env: Mapping[str, str]) -> Literal:
        """A fact that the rule reads."""
        fields = self.world.facts[ref.type].fields
        now = self.world.made_at(ref.type) == self.shape.level
        found = literal_of(ref, self.shape, dict(env), fields, now)
        if found not in self.shape.literals:
            self.shape.literals.append(found)
        if found.pattern is not None:
            self.world.facts[ref.type].pattern(found.pattern)
        return found

    # ------------------------------------------------------------ conditions

    def cond(self, node: ast.Cond, env: dict[str, str]) -> CondOf | None:
        """Certainty of a condition; None when it was removed at grounding."""
        if self.world.is_static(node, self.shape):
            i = self.world.static(node, env, self.shape)
            values = self.world.values
            return None if i is None else lambda q, rows: values[i]
        made = self._conds.get(type(node))
        if made is None:
            raise NotJoinable(f"rule {self.shape.rule.id}: {node.text or type(node).__name__} over rows")
        return made(node, env)

    def removes(self, node: ast.Cond) -> bool:
        """Whether a condition was removed at grounding."""
        return self.cond(node, self.shape.env) is None

    def _several(self, nodes: Sequence[ast.Cond], env: dict[str, str]) -> list[CondOf]:
        return [f for f in (self.cond(n, env) for n in nodes) if f is not None]

    def _compare(self, node: ast.Compare, env: dict[str, str]) -> CondOf | None:
        left, right, op = self.value(node.left, env), self.value(node.right, env), node.op
        if left is None or right is None:
            return None

        def f(q: int, rows: Rows) -> Pair:
            return calculus.compare(op, left(q, rows), right(q, rows))[0]  # type: ignore[arg-type]

        return f

    def _graded(self, node: ast.Graded, env: dict[str, str]) -> CondOf | None:
        arg = self.value(node.arg, env)
        if arg is None:
            return None
        zero, one = node.zero.value, node.one.value
        return lambda q, rows: calculus.graded(arg(q, rows), zero, one)[0]  # type: ignore[arg-type]

    def _fact(self, node: ast.FactRef, env: dict[str, str]) -> CondOf | None:
        if self.world.is_missing(node.type):
            return None
        if self.world.is_off(node.type):
            return lambda q, rows: UNKNOWN
        lit, facts = self.literal(node, env), self.world.facts[node.type]
        key, pattern = key_of(lit), lit.pattern
        if pattern is None:
            if lit.now:
                return lambda q, rows: facts.pair_at(key(rows), q)
            view = facts.view
            return lambda q, rows: view.get(key(rows), FALSE)
        if lit.now:
            return lambda q, rows: facts.any_at(pattern, key(rows), q)
        return lambda q, rows: facts.any_view(pattern, key(rows))

    def _certainty(self, node: ast.Certainty, env: dict[str, str]) -> CondOf | None:
        fact, op, limit = self.cond(node.fact, env), node.op, node.limit
        return None if fact is None else lambda q, rows: calculus.compared(fact(q, rows), op, limit)

    def _all(self, node: ast.All, env: dict[str, str]) -> CondOf | None:
        parts = self._several(node.items, env)

        def f(q: int, rows: Rows) -> Pair:
            found = [part(q, rows) for part in parts]
            return min([x[0] for x in found]), min([x[1] for x in found])

        return f if parts else None

    def _any(self, node: ast.Any, env: dict[str, str]) -> CondOf | None:
        parts = self._several(node.items, env)

        def f(q: int, rows: Rows) -> Pair:
            found = [part(q, rows) for part in parts]
            return max([x[0] for x in found]), max([x[1] for x in found])

        return f if parts else None

    def _not(self, node: ast.Not, env: dict[str, str]) -> CondOf | None:
        item = self.cond(node.item, env)
        if item is None:
            return None

        def f(q: int, rows: Rows) -> Pair:
            s, p = item(q, rows)
            return ONE - p, ONE - s

        return f

    def _score(self, node: ast.Score, env: dict[str, str]) -> CondOf | None:
        parts = [(w, f) for w, f in ((w, self.cond(c, env)) for w, c in node.terms) if f is not None]
        limit = node.at_least

        def f(q: int, rows: Rows) -> Pair:
            x = calculus.weighted([(w, part(q, rows)) for w, part in parts])
            return x if limit is None else calculus.compared(x, ">=", limit)

        return f if parts else None

    def _at_least(self, node: ast.AtLeast, env: dict[str, str]) -> CondOf | None:
        k = node.k
        if node.set is None or node.binding is None:
            parts = self._several(node.items, env)
        else:
            members = self.world.members(node, env)
            found = [self.cond(node.items[0], {**env, node.binding: m}) for m in members]
            parts = [f for f in found if f is not None]
        if len(parts) < k:
            return None
        return lambda q, rows: calculus.counted(k, [part(q, rows) for part in parts])

    # ------------------------------------------------------------ numbers

    def value(self, node: ast.Expr, env: dict[str, str]) -> ValueOf | None:
        """Number or text of an expression; None when it was removed at grounding."""
        if isinstance(node, ast.Number):
            return self._number(node, env)
        if self.world.is_static(node, self.shape):
            i = self.world.static(node, env, self.shape)
            values = self.world.values
            return None if i is None else lambda q, rows: values[i]
        made = self._values.get(type(node))
        if made is None:
            raise NotJoinable(f"rule {self.shape.rule.id}: {node.text or type(node).__name__} over rows")
        return made(node, env)

    def _number(self, node: ast.Number, env: dict[str, str]) -> ValueOf:
        v = float(node.value)
        return lambda q, rows: v

    def _row_field(self, node: ast.RowField, env: dict[str, str]) -> ValueOf:
        i = self.shape.position[node.binding]
        j = self.world.tables[self.shape.relations[i]].column[node.field]
        empty = unknown(f"empty|{node.field}")

        def f(q: int, rows: Rows) -> Number | str:
            x = rows[i][j]
            return empty if x is None else x

        return f

    def _arithmetic(self, node: ast.Arithmetic, env: dict[str, str]) -> ValueOf | None:
        parts = [self.value(a, env) for a in node.args]
        if None in parts:
            return None
        op = node.op
        return lambda q, rows: calculus.arith(op, [part(q, rows) for part in parts])  # type: ignore[misc]

    def _fact_value(self, node: ast.FactValue, env: dict[str, str]) -> ValueOf | None:
        type_ = node.fact.type
        if self.world.is_missing(type_):
            return None
        if self.world.is_off(type_):
            off = unknown("rules off")
            return lambda q, rows: off
        lit, facts = self.literal(node.fact, env), self.world.facts[type_]
        key, pattern, nobody = key_of(lit), lit.pattern, unknown("no such fact")
        if pattern is not None:
            if lit.now:
                return lambda q, rows: facts.any_number(pattern, key(rows), q)
            return lambda q, rows: facts.any_number(pattern, key(rows), None)
        if lit.now:

            def f(q: int, rows: Rows) -> Number:
                x = facts.number_at(key(rows), q)
                return nobody if x is None else x

            return f
        numbers = facts.numbers
        return lambda q, rows: numbers.get(key(rows), nobody)

    def _no_aggregate(self, node: ast.SetAggregate, env: dict[str, str]) -> ValueOf | None:
        raise NotJoinable(f"rule {self.shape.rule.id}: {node.text or 'an aggregate'} over a set and rows")


def key_of(lit: Literal) -> Callable[[Rows], Any]:
    """A function from rows to the (part of a) fact's key that a literal means."""
    return key_maker(lit.slots)


def key_maker(slots: tuple[Slot, ...]) -> Callable[[Rows], Any]:
    """A function from rows to the key that these slots make: a lone value as it is, else a tuple."""
    if len(slots) == 1:
        (slot,) = slots
        return (lambda rows: rows[slot][0]) if isinstance(slot, int) else (lambda rows: slot)
    return lambda rows: tuple([rows[x][0] if isinstance(x, int) else x for x in slots])

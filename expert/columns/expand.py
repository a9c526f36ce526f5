"""From rules with static bindings to operations over ground values.

Every node of the syntax tree is expanded once per set of members that it reads, under the name that the scan record
uses for it, so equal conditions of different rules are one operation. What a site never had is left out here: its
nodes are None and the operations around them go on without it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from expert.columns import layout as at
from expert.engine.nodes import Env, NodeTable, fact_args
from expert.language import ast
from expert.language.members import members_of
from expert.language.nodes import ground_name
from expert.values.types import Variable

COLUMNAR = (
    ast.Number,
    ast.Ref,
    ast.Window,
    ast.ZScore,
    ast.Baseline,
    ast.Since,
    ast.Age,
    ast.Unchanged,
    ast.Repeats,
    ast.Lag,
    ast.SetAggregate,
    ast.Arithmetic,
    ast.Compare,
    ast.Graded,
    ast.FactRef,
    ast.Certainty,
    ast.ModelProbability,
    ast.Raised,
    ast.Bad,
    ast.All,
    ast.Any,
    ast.Not,
    ast.Score,
    ast.AtLeast,
    ast.Attribute,
    ast.Word,
)
"""What the columns can evaluate; a rule with any other node runs with the relational rules."""

Args = tuple[tuple[str, str], ...]
FactKey = tuple[str, Args]


@dataclass(eq=False, slots=True)
class Item:
    """One operation or leaf: what it does, what it reads, where its result lies.

    ``op``: an ``OP_`` code, or -1 for a leaf or a constant; ``numeric``: whether its result is a number; ``leaf``:
    (kind, variable, duration, function, bounded) of a leaf; ``facts``, ``machines``: what it reads besides ``args``;
    ``key``: its name in a scan record, '' for what no record shows; ``same``: what it only passes on.
    """

    op: int
    numeric: bool
    args: list[Item] = field(default_factory=list)
    params: list[int] = field(default_factory=lambda: [-1, -1, -1, -1])
    weights: list[int] = field(default_factory=list)
    consts: tuple[float, float] = (math.nan, math.nan)
    leaf: tuple[int, str, int, int, bool] | None = None
    facts: list[FactKey] = field(default_factory=list)
    rules: list[str] = field(default_factory=list)
    key: str = ""
    node: ast.Node | None = None
    value: float = math.nan
    firm: bool = False
    slot: int = -1
    layers: int = 0
    same: Item | None = None


@dataclass(frozen=True, slots=True)
class Scope:
    """What expansion has to know of a program.

    ``variables``: ground names of what the site has; ``facts``: static facts that rules of the plan conclude, by type;
    ``off``: facts whose rules are all off; ``refuted``: types that something refutes.
    """

    program: ast.Program
    table: NodeTable
    variables: Mapping[str, Variable]
    units: Mapping[str, Fraction]
    facts: Mapping[str, list[Args]]
    off: frozenset[FactKey]
    off_types: frozenset[str]
    off_rules: frozenset[str]
    no_exporter: frozenset[str]
    refuted: frozenset[str]


class Expansion:
    """Items of a program by their keys."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.items: dict[str, Item | None] = {}
        self.numeric: dict[str, bool] = {}
        self.below: dict[str, list[str]] = {}
        """Keys right below each key, as a scan record shows them; also of what the site does not have."""
        self.questions: list[ast.ModelProbability] = []
        self._above: list[str] = []
        self._make: dict[type, Callable[[Any, Env, bool], Item | None]] = {
            ast.Number: self._number,
            ast.Ref: lambda n, e, f: self._leaf(at.LEAF_VALUE, n, e),
            ast.Window: self._window,
            ast.ZScore: self._z,
            ast.Baseline: lambda n, e, f: self._leaf(at.LEAF_BASELINE, n.ref, e),
            ast.Since: lambda n, e, f: self._leaf(at.LEAF_SINCE, n.ref, e),
            ast.Age: lambda n, e, f: self._leaf(at.LEAF_AGE, n.ref, e),
            ast.Unchanged: lambda n, e, f: self._leaf(at.LEAF_UNCHANGED, n.ref, e),
            ast.Repeats: lambda n, e, f: self._leaf(at.LEAF_REPEATS, n.ref, e),
            ast.Lag: self._lag,
            ast.SetAggregate: self._aggregate,
            ast.Arithmetic: self._arithmetic,
            ast.Compare: self._compare,
            ast.Graded: self._graded,
            ast.FactRef: self._fact,
            ast.Certainty: self._certainty,
            ast.ModelProbability: self._model,
            ast.Raised: self._raised,
            ast.Bad: self._bad,
            ast.All: lambda n, e, f: self._list(at.OP_ALL, n.items, e, f),
            ast.Any: lambda n, e, f: self._list(at.OP_ANY, n.items, e, f),
            ast.Not: self._not,
            ast.Score: self._score,
            ast.AtLeast: self._at_least,
        }

    def item(self, node: ast.Node, env: Env, firm: bool = False) -> Item | None:
        """The operation of a node under bindings; None when the site has none of its variables.

        ``firm``: with disputed facts taken to have no support.
        """
        firm = firm and self._disputable(node)
        key = self.scope.table.key(node, env)
        name = key + "!" if firm else key
        if self._above and not isinstance(node, ast.Number):
            self.below.setdefault(self._above[-1], []).append(key)
        if name not in self.items:
            self._above.append(key)
            made = self._make[type(node)](node, env, firm)
            self._above.pop()
            if made is not None and not firm:
                made.key, made.node = key, node
            self.items[name] = made
            if not firm and not isinstance(node, ast.Number):
                self.numeric[key] = isinstance(node, ast.Expr)
        return self.items[name]

    def closure(self, root: str) -> list[str]:
        """The key and all keys below it, each once."""
        found: dict[str, None] = {}
        stack = [root]
        while stack:
            key = stack.pop()
            if key not in found:
                found[key] = None
                stack.extend(self.below.get(key, ()))
        return list(found)

    def _disputable(self, node: ast.Node) -> bool:
        return not self.scope.refuted.isdisjoint(self.scope.table.reads[self.scope.table.index(node)])

    # ------------------------------------------------------------ numbers

    def _number(self, node: ast.Number, env: Env, firm: bool) -> Item:
        return Item(-1, True, value=float(node.value))

    def _variable(self, ref: ast.Ref, env: Env) -> Variable | None:
        return self.scope.variables.get(ground_name(ref, env))

    def _leaf(
        self, kind: int, ref: ast.Ref, env: Env, duration: int = 0, function: int = -1, bounded: bool = False
    ) -> Item | None:
        variable = self._variable(ref, env)
        if variable is None or (duration and duration < variable.period):
            return None
        return Item(-1, True, leaf=(kind, variable.id, duration, function, bounded))

    def _window(self, node: ast.Window, env: Env, firm: bool) -> Item | None:
        function = at.FUNCTIONS.index(node.function)
        return self._leaf(at.LEAF_WINDOW, node.ref, env, node.duration, function, node.bounded)

    def _z(self, node: ast.ZScore, env: Env, firm: bool) -> Item | None:
        return self._leaf(at.LEAF_Z, node.ref, env, node.duration, at.Z_FUNCTIONS[node.function])

    def _lag(self, node: ast.Lag, env: Env, firm: bool) -> Item | None:
        arg = self.item(node.arg, env)
        if arg is None:
            return None
        later = bool(self.scope.table.reads[self.scope.table.index(node)])
        return Item(at.OP_LAG, True, [arg], [-1, node.duration, int(later), -1], layers=arg.layers)

    def _aggregate(self, node: ast.SetAggregate, env: Env, firm: bool) -> Item | None:
        members = self.scope.program.site.sets[node.set]
        found = [self.item(node.arg, {**env, node.binding: m}) for m in members]
        kept = [x for x in found if x is not None]
        if not kept:
            return None
        family = node.arg.variable if isinstance(node.arg, ast.Ref) else ""
        variable = self.scope.program.site.variables.get(family)
        ends = (math.nan, math.nan)
        layers = sum(1 + x.layers for x in kept) if any(x.layers for x in kept) else 0
        if variable is not None:
            factor = self.scope.units[variable.unit]
            ends = (float(Fraction(variable.valid[0]) * factor), float(Fraction(variable.valid[1]) * factor))
            layers = len(kept) + 1
        params = [at.AGGREGATES.index(node.function), -1, -1, -1]
        return Item(at.OP_AGGREGATE, True, kept, params, consts=ends, layers=layers)

    def _arithmetic(self, node: ast.Arithmetic, env: Env, firm: bool) -> Item | None:
        found = [self.item(a, env) for a in node.args]
        kept = [x for x in found if x is not None]
        if len(kept) < len(found):
            return None
        layers = sum(1 + x.layers for x in kept) if any(x.layers for x in kept) else 0
        return Item(at.OP_ARITHMETIC, True, kept, [at.ARITHMETIC.index(node.op), -1, -1, -1], layers=layers)

    # ------------------------------------------------------------ conditions

    def _compare(self, node: ast.Compare, env: Env, firm: bool) -> Item | None:
        left, right = self.item(node.left, env), self.item(node.right, env)
        if left is None or right is None:
            return None
        return Item(at.OP_COMPARE, False, [left, right], [at.COMPARISONS.index(node.op), -1, -1, -1])

    def _graded(self, node: ast.Graded, env: Env, firm: bool) -> Item | None:
        arg = self.item(node.arg, env)
        if arg is None:
            return None
        return Item(at.OP_GRADED, False, [arg], consts=(float(node.zero.value), float(node.one.value)))

    def _fact(self, node: ast.FactRef, env: Env, firm: bool) -> Item | None:
        scope = self.scope
        if node.type in scope.no_exporter:
            return None
        if node.type in scope.off_types:
            return Item(at.OP_FACT, False, params=[2, -1, -1, -1])
        wanted = set(fact_args(node, env).items())
        facts = [(node.type, a) for a in scope.facts.get(node.type, ()) if wanted.issubset(a)]
        off = sorted(key for key in scope.off if key[0] == node.type and wanted.issubset(key[1]))
        return Item(at.OP_FACT, False, params=[int(bool(off)), -1, -1, -1], facts=[*facts, *off], firm=firm)

    def _certainty(self, node: ast.Certainty, env: Env, firm: bool) -> Item | None:
        fact = self.item(node.fact, env, firm)
        if fact is None:
            return None
        op = ("<", "<=", ">", ">=", "==").index(node.op)
        return Item(at.OP_CERTAINTY, False, [fact], [op, node.limit, -1, -1])

    def _model(self, node: ast.ModelProbability, env: Env, firm: bool) -> Item | None:
        if self.scope.program.site.models[node.model].target not in self.scope.variables:
            return None
        self.questions.append(node)
        limit = -1 if node.at_least is None else node.at_least
        return Item(at.OP_MODEL, False, params=[len(self.questions) - 1, limit, -1, -1])

    def _raised(self, node: ast.Raised, env: Env, firm: bool) -> Item:
        if node.rule in self.scope.off_rules:
            return Item(at.OP_FACT, False, params=[2, -1, -1, -1])
        return Item(at.OP_RAISED, False, rules=[node.rule])

    def _bad(self, node: ast.Bad, env: Env, firm: bool) -> Item | None:
        leaf = self._leaf(at.LEAF_BAD, node.ref, env)
        return None if leaf is None else Item(at.OP_TRUTH, False, [leaf])

    def _list(self, op: int, items: tuple[ast.Cond, ...], env: Env, firm: bool) -> Item | None:
        kept = [x for x in [self.item(i, env, firm) for i in items] if x is not None]
        return Item(op, False, kept) if kept else None

    def _not(self, node: ast.Not, env: Env, firm: bool) -> Item | None:
        x = self.item(node.item, env, firm)
        return None if x is None else Item(at.OP_NOT, False, [x])

    def _score(self, node: ast.Score, env: Env, firm: bool) -> Item | None:
        found = [(w, self.item(c, env, firm)) for w, c in node.terms]
        kept = [(w, x) for w, x in found if x is not None]
        if not kept:
            return None
        scale = math.lcm(*(w.denominator for w, _ in kept))
        weights = [w.numerator * (scale // w.denominator) for w, _ in kept]
        limit = -1 if node.at_least is None else node.at_least
        return Item(at.OP_SCORE, False, [x for _, x in kept], [limit, -1, -1, -1], weights)

    def _at_least(self, node: ast.AtLeast, env: Env, firm: bool) -> Item | None:
        if node.set is None or node.binding is None:
            found = [self.item(i, env, firm) for i in node.items]
        else:
            members = members_of(self.scope.program.site, node, env)
            found = [self.item(node.items[0], {**env, node.binding: m}, firm) for m in members]
        kept = [x for x in found if x is not None]
        return Item(at.OP_KTH, False, kept, [node.k, -1, -1, -1]) if len(kept) >= node.k else None

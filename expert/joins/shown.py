"""Conditions over rows as a record shows them: every node of an activation, evaluated on facts that are final."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from expert.engine.reference import Reference
from expert.language import ast
from expert.values.interval import TRUE, Interval

if TYPE_CHECKING:
    from expert.engine.facts import FactState
    from expert.engine.known import Value
    from expert.engine.nodes import Env
    from expert.joins.joinrule import JoinRule


class Shown(Reference):
    """Evaluates the conditions of one activation after the other.

    Parameters
    ----------
    told : Reference
        Evaluates, and shows, what depends on no row.
    types : frozenset of str
        Fact types that rules over rows conclude.
    kept : mapping
        Nodes that activations show.
    """

    def __init__(self, told: Reference, types: frozenset[str], kept: Mapping[str, Any]) -> None:
        super().__init__(told.w)
        self.told, self.types, self._kept, self._text = told, types, kept, False
        self._now: frozenset[str] = frozenset()
        self._statics: dict[str, tuple[ast.Node, Env]] = {}

    def activation(self, rule: JoinRule, env: Env) -> tuple[Interval, Interval, dict[str, Any]]:
        """Certainty of the row conditions, of the condition, and all nodes that were looked at."""
        self._begin(rule)
        matched, inner = TRUE, dict(rule.shape.env)
        for match in rule.rule.match:
            inner[match.binding] = env[match.binding]
            x = None if match.where is None else self.cond(match.where, inner)
            matched = matched if x is None else matched & x
        if rule.partial:
            return matched, matched, self.nodes
        when = self.cond(rule.rule.when, env)
        if rule.conclusion is not None and rule.conclusion.number is not None:
            self.number(rule.conclusion.number, env)
        assert when is not None  # a rule whose condition was removed is off
        return matched, when & matched, self.nodes

    def text(self, rule: JoinRule, node: ast.Expr, env: Env) -> dict[str, Any]:
        """Nodes of a number that a rule's sentence shows."""
        self._begin(rule)
        self._statics, self._text = {}, True
        self.value(node, env)
        return self.nodes

    def _begin(self, rule: JoinRule) -> None:
        self.nodes = {}
        self._conds.clear()
        self._values.clear()
        self._statics, self._text = rule.statics, False
        self._now = frozenset(lit.type for lit in rule.now_literals)

    def _static(self, name: tuple[str, tuple[str, ...], frozenset[str]], node: ast.Node, env: Env) -> bool:
        index, free, reads = name
        if not reads.isdisjoint(self.types) or any(env[b].startswith("#") for b in free):
            return False
        key = f"{index}@" + ",".join([f"{b}={env[b]}" for b in free])
        if key not in self._statics:
            self._statics[key] = node, {b: env[b] for b in free}
        return True

    def cond(self, node: ast.Cond, env: Env) -> Interval | None:
        """As `Reference.cond`."""
        if self._static(self._name(node), node, env):
            return self.told.cond(node, env)
        return super().cond(node, env)

    def value(self, node: ast.Expr, env: Env) -> Value:
        """As `Reference.value`."""
        if not isinstance(node, ast.Number) and self._static(self._name(node), node, env):
            return self.told.value(node, env)
        return super().value(node, env)

    def facts_of(self, node: ast.FactValue, env: Env) -> list[FactState]:
        """As `Reference.facts_of`; a stratum that concludes a fact sees it only once a rule has said something."""
        found = super().facts_of(node, env)
        if node.fact.type not in self._now or (self._text and self.w.table.key(node, env) not in self._kept):
            return found
        return [x for x in found if x.contributions or x.off]


def show_statics(rules: Iterable[JoinRule], told: Reference) -> None:
    """Put the parts of rules that depend on no row among the nodes of the record, where anything matches."""
    for rule in rules:
        if rule.matched is None or not rule.matched.rows:
            continue
        for node, env in rule.statics.values():
            if isinstance(node, ast.Expr):
                told.value(node, env)
            elif isinstance(node, ast.Cond):
                told.cond(node, env)

"""Reading a scan record through the program's syntax tree, and recomputing a condition from its recorded leaves."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import Any

from expert.engine.nodes import Env, NodeTable, env_of
from expert.engine.results import Num, num_from_json, unknown
from expert.language import ast
from expert.language.members import members_of
from expert.values.interval import TRUE, UNKNOWN, Interval, conj, disj, kth, score
from expert.values.types import Firing, ScanRecord, rule_key

_TABLES: dict[int, tuple[ast.Program, NodeTable]] = {}


def table_of(program: ast.Program) -> NodeTable:
    """The node numbering of a program, made once for the program at hand."""
    known = _TABLES.get(id(program))
    if known is None or known[0] is not program:
        if len(_TABLES) > 4:
            _TABLES.clear()
        known = _TABLES[id(program)] = (program, NodeTable(program))
    return known[1]


class Recorded:
    """One scan record seen through its program."""

    def __init__(self, program: ast.Program, record: ScanRecord) -> None:
        self.program = program
        self.record = record
        self.table = table_of(program)
        self._instances: dict[str, list[tuple[tuple[str, str], ...]]] = {}
        self._keys: dict[str, list[str]] = {}
        for key in record.nodes:
            self._keys.setdefault(key.partition("@")[0], []).append(key)
            if key.startswith("rule:"):
                rule_id, bindings = split_key(key[5:])
                self._instances.setdefault(rule_id, []).append(bindings)

    def cond(self, node: ast.Cond, env: Env) -> Interval | None:
        """Recorded certainty; None when removed at grounding, unknown when the record does not have it."""
        key = self.table.key(node, env)
        if key not in self.record.nodes:
            return UNKNOWN
        found = self.record.nodes[key]
        return None if found is None else Interval(found[0], found[1])

    def reason(self, node: ast.Node, env: Env) -> str:
        """Recorded reason code of an unknown, or ''."""
        found = self.record.nodes.get(self.table.key(node, env))
        if isinstance(found, dict):
            return str(found.get("why", ""))
        return str(found[2]) if isinstance(found, list) and len(found) > 2 else ""

    def num(self, node: ast.Expr, env: Env) -> Num:
        """Recorded number."""
        if isinstance(node, ast.Number):
            return Num(node.value, node.value, node.value)
        found = self.record.nodes.get(self.table.key(node, env))
        return num_from_json(found) if isinstance(found, dict) else unknown("no data")

    def known(self, node: ast.Expr, env: Env) -> Num | None:
        """Number of an expression that this scan happened to compute; None when it did not, or it is unknown."""
        try:
            found = self.record.nodes.get(self.table.key(node, env))
        except KeyError:  # no rule of the program has this expression
            return None
        num = num_from_json(found) if isinstance(found, dict) else None
        return num if num is not None and num.v is not None else None

    def installed(self, node: ast.Expr, env: Env) -> bool:
        """Whether the site has what a number needs; False when it was removed at grounding."""
        key = self.table.key(node, env)
        return isinstance(node, ast.Number) or self.record.nodes.get(key, "") is not None

    def row_text(self, node: ast.Expr, env: Env) -> str:
        """Recorded text of a row's field, or ''."""
        found = self.record.nodes.get(self.table.key(node, env))
        return found if isinstance(found, str) else ""

    def rows(self, node: ast.Quantifier, env: Env) -> list[tuple[str, Interval, Env]]:
        """Rows that a quantifier looked at: key, how certainly it is one of them, bindings."""
        out: list[tuple[str, Interval, Env]] = []
        for key in self._row_keys(node, env):
            inner = {**env, node.binding: f"#{node.relation}:{key}"}
            x = TRUE if node.where is None else self.cond(node.where, inner)
            if x is not None and x.p > 0:
                out.append((key, x, inner))
        return out

    def _row_keys(self, node: ast.Quantifier, env: Env) -> list[str]:
        """Keys of the rows under which the record has the quantifier's own conditions."""
        for part in (node.where, node.that):
            if part is None:
                continue
            name, free, _ = self.table.name(part)
            if node.binding in free:
                mark = f"{node.binding}=#{node.relation}:"
                texts = [f"{b}={env[b]}" if b != node.binding else mark for b in free]
                at = free.index(node.binding)
                head, tail = f"{name}@" + ",".join(texts[: at + 1]), ",".join(["", *texts[at + 1 :]])
                known = [k for k in self._keys.get(name, ()) if k.startswith(head) and k.endswith(tail)]
                return sorted(k[len(head) : len(k) - len(tail)] for k in known)
        return []

    def rule(self, key: str) -> dict[str, Any] | None:
        """What is recorded of a rule with its bindings: when, held, out, since; None when it did not run."""
        found = self.record.nodes.get(f"rule:{key}")
        return found if isinstance(found, dict) else None

    def instances(self, rule_id: str) -> list[tuple[tuple[str, str], ...]]:
        """Bindings under which a rule was evaluated in this scan, in order."""
        return sorted(self._instances.get(rule_id, []))

    def firing(self, key: str) -> Firing | None:
        """The rule's firing in this scan."""
        return next((f for f in self.record.firings if rule_key(f.rule, f.bindings) == key), None)


def parse_bindings(text: str) -> tuple[tuple[str, str], ...]:
    """Bindings of a rule key.

    >>> parse_bindings("a=4711/1, b=4711/2")
    (('a', '4711/1'), ('b', '4711/2'))
    """
    return tuple((k, v) for k, _, v in (part.partition("=") for part in text.split(", ")))


def split_key(key: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Rule id and bindings of a rule key.

    >>> split_key("gas.channel[s=A]")
    ('gas.channel', (('s', 'A'),))
    """
    if not key.endswith("]"):
        return key, ()
    rule_id, _, rest = key.partition("[")
    return rule_id, parse_bindings(rest[:-1])


def environment(rule: ast.Rule, bindings: tuple[tuple[str, str], ...]) -> Env:
    """Bindings of a firing as the evaluator had them."""
    return env_of(rule, bindings)


def leaves(node: ast.Cond, env: Env, program: ast.Program) -> Iterator[tuple[ast.Cond, Env]]:
    """The atoms of a condition with their bindings."""
    if isinstance(node, ast.All | ast.Any):
        for item in node.items:
            yield from leaves(item, env, program)
    elif isinstance(node, ast.Not):
        yield from leaves(node.item, env, program)
    elif isinstance(node, ast.Score):
        for _, item in node.terms:
            yield from leaves(item, env, program)
    elif isinstance(node, ast.AtLeast):
        for item, inner in branches(node, env, program):
            yield from leaves(item, inner, program)
    else:
        yield node, env


def branches(node: ast.AtLeast, env: Env, program: ast.Program) -> list[tuple[ast.Cond, Env]]:
    """What an at-least counts."""
    if node.set is None or node.binding is None:
        return [(item, env) for item in node.items]
    return [(node.items[0], {**env, node.binding: m}) for m in members_of(program.site, node, env)]


Formula = Callable[[Callable[[str], Interval | None]], Interval | None]
"""Certainty of a condition from the certainties of its atoms by key; None stands for what was removed."""


def formula(node: ast.Cond, env: Env, recorded: Recorded) -> Formula:
    """A condition as a function of its atoms, to be computed many times."""
    program = recorded.program
    if isinstance(node, ast.All | ast.Any):
        items = [formula(i, env, recorded) for i in node.items]
        return _over(items, conj if isinstance(node, ast.All) else disj)
    if isinstance(node, ast.Not):
        item = formula(node.item, env, recorded)
        return _over([item], lambda xs: ~xs[0])
    if isinstance(node, ast.Score):
        return _score(node, [(w, formula(c, env, recorded)) for w, c in node.terms])
    if isinstance(node, ast.AtLeast):
        items = [formula(c, e, recorded) for c, e in branches(node, env, program)]
        k = node.k
        return _over(items, lambda xs: kth(k, xs) if len(xs) >= k else None)
    key = recorded.table.key(node, env)
    return lambda get: get(key)


def _over(items: Sequence[Formula], combine: Callable[[list[Interval]], Interval | None]) -> Formula:
    def value(get: Callable[[str], Interval | None]) -> Interval | None:
        kept = [x for x in [item(get) for item in items] if x is not None]
        return combine(kept) if kept else None

    return value


def _score(node: ast.Score, terms: Sequence[tuple[Fraction, Formula]]) -> Formula:
    def value(get: Callable[[str], Interval | None]) -> Interval | None:
        found = [(w, term(get)) for w, term in terms]
        known = [(w, x) for w, x in found if x is not None]
        if not known:
            return None
        total = score(known)
        return total if node.at_least is None else total.at_least(node.at_least)

    return value

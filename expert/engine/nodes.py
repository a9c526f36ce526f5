"""Numbers for syntax nodes: structurally equal nodes share one index, so each is evaluated and recorded once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any

from expert.language.ast import (
    AtLeast,
    Attribute,
    Baseline,
    FactRef,
    Feature,
    ModelProbability,
    Node,
    PairFeature,
    Program,
    Quantifier,
    Ref,
    Repeats,
    RowAggregate,
    RowField,
    Rule,
    SetAggregate,
    Since,
    Unchanged,
    Window,
    Word,
    ZScore,
)

Env = Mapping[str, str]
"""Bindings: entity member, or ``#relation:key`` for a matched row."""


def children(node: Node) -> Iterator[Node]:
    """Direct sub-nodes in the order of the text."""
    for f in fields(node):
        yield from _nodes_in(getattr(node, f.name))


def _nodes_in(value: Any) -> Iterator[Node]:
    if isinstance(value, Node):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from _nodes_in(item)


def walk(node: Node) -> Iterator[Node]:
    """The node and everything below it, parents first."""
    yield node
    for child in children(node):
        yield from walk(child)


def roots(rule: Rule, texts: bool = True) -> Iterator[Node]:
    """All expression trees of a rule; without ``texts`` only those that decide what it concludes."""
    yield rule.when
    if rule.conclude is not None and rule.conclude.number is not None:
        yield rule.conclude.number
    for name in sorted(rule.because_parts) if texts else ():
        yield rule.because_parts[name]
    for match in rule.match:
        if match.where is not None:
            yield match.where


def foreseen(rule: Rule) -> Iterator[Node]:
    """What a rule expects to be seen after it rose."""
    for expected in rule.expect:
        yield expected.when


def own_bindings(node: Node) -> Iterator[str]:
    """Bindings that the node itself reads."""
    if isinstance(node, Ref | RowField):
        if node.binding is not None:
            yield node.binding
    elif isinstance(node, Attribute):
        yield node.binding
    elif isinstance(node, Word):
        yield from (node.value[1:] for _ in range(node.value.startswith("$")))
    elif isinstance(node, FactRef):
        yield from (v[1:] for _, v in node.args if v.startswith("$"))


def bound_here(node: Node) -> str | None:
    """Binding that the node introduces for what is below it."""
    if isinstance(node, SetAggregate):
        return node.binding
    if isinstance(node, AtLeast | Quantifier | RowAggregate):
        return node.binding
    return None


class NodeTable:
    """Index, free bindings, fact reads and variables (families) of every node of a program.

    The numbering depends on the program alone: rules in order of id, parents before children.
    """

    def __init__(self, program: Program) -> None:
        self._index: dict[Node, int] = {}
        self._by_id: dict[int, int] = {}
        self.nodes: list[Node] = []
        self.free: list[tuple[str, ...]] = []
        self.reads: list[frozenset[str]] = []
        self.variables: list[frozenset[str]] = []
        self._targets = {name: model.target for name, model in program.site.models.items()}
        self._keep: list[Node] = []
        self._names: dict[int, tuple[str, tuple[str, ...], frozenset[str]]] = {}
        self._rule_reads: dict[str, tuple[frozenset[str], frozenset[str]]] = {}
        for rule_id in sorted(program.rules):
            for root in (*roots(program.rules[rule_id]), *foreseen(program.rules[rule_id])):
                self._add(root)

    def _add(self, node: Node) -> int:
        known = self._index.get(node)
        if known is None:
            known = len(self.nodes)
            self._index[node] = known
            self.nodes.append(node)
            self.free.append(())
            self.reads.append(frozenset())
            self.variables.append(frozenset())
        below = [self._add(child) for child in children(node)]
        free = set(own_bindings(node)).union(*(self.free[i] for i in below)) - {bound_here(node)}
        self.free[known] = tuple(sorted(b for b in free if b is not None))
        own = {node.type} if isinstance(node, FactRef) else set()
        self.reads[known] = frozenset(own).union(*(self.reads[i] for i in below))
        seen = {node.variable} if isinstance(node, Ref) else set()
        if isinstance(node, ModelProbability):
            seen = {self._targets[node.model]}
        self.variables[known] = frozenset(seen).union(*(self.variables[i] for i in below))
        self._by_id[id(node)] = known
        self._keep.append(node)
        return known

    def index(self, node: Node) -> int:
        """Index of a node of the program."""
        found = self._by_id.get(id(node))
        return found if found is not None else self._index[node]

    def find(self, node: Node) -> int | None:
        """Index of a node of any program; None where this one has none that is equal."""
        return self._index.get(node)

    def name(self, node: Node) -> tuple[str, tuple[str, ...], frozenset[str]]:
        """Index as text, free bindings and fact reads of a node of the program."""
        found = self._names.get(id(node))
        if found is None:
            i = self.index(node)
            found = self._names[id(node)] = str(i), self.free[i], self.reads[i]
            self._keep.append(node)
        return found

    def key(self, node: Node, env: Env) -> str:
        """Name of a node under bindings, as in a scan record.

        Nodes that read no binding have the bare index, so rules share them.
        """
        name, free, _ = self.name(node)
        return f"{name}@" + ",".join([f"{b}={env[b]}" for b in free]) if free else name

    def reads_of(self, rule: Rule) -> tuple[frozenset[str], frozenset[str]]:
        """Fact types that a rule's condition and number read, and those that its matches read."""
        found = self._rule_reads.get(rule.id)
        if found is None:
            number = rule.conclude.number if rule.conclude is not None else None
            reads = frozenset[str]().union(*(self.reads[self.index(n)] for n in (rule.when, number) if n is not None))
            wheres = (m.where for m in rule.match if m.where is not None)
            matched = frozenset[str]().union(*(self.reads[self.index(w)] for w in wheres))
            found = self._rule_reads[rule.id] = reads, matched
        return found


def family(name: str) -> str:
    """Family of a ground variable name.

    >>> family("sectors[A].wall_temperature"), family("blast.pressure")
    ('sectors.wall_temperature', 'blast.pressure')
    """
    head, bracket, tail = name.partition("[")
    return f"{head}.{tail.partition('].')[2]}" if bracket else name


def longest_reach(program: Program) -> dict[str, int]:
    """How far back each variable (family or id) is looked at by a window, ms."""
    reach: dict[str, int] = {}
    for rule in program.rules.values():
        for root in (*roots(rule), *foreseen(rule)):
            for node in walk(root):
                if isinstance(node, PairFeature):
                    reach[node.other.variable] = max(reach.get(node.other.variable, 0), node.duration)
                if isinstance(node, Window | Feature | PairFeature | ZScore):
                    name, span = node.ref.variable, node.duration
                elif isinstance(node, Since | Unchanged | Repeats):
                    name, span = node.ref.variable, 24 * 3_600_000
                else:
                    continue
                reach[name] = max(reach.get(name, 0), span)
    return reach


def normals_read(program: Program) -> frozenset[str]:
    """Variables (families or ids) of which some rule looks at the baseline."""
    trees = (root for rule in program.rules.values() for root in (*roots(rule), *foreseen(rule)))
    return frozenset(n.ref.variable for root in trees for n in walk(root) if isinstance(n, ZScore | Baseline))


def env_of(rule: Rule, bindings: tuple[tuple[str, str], ...]) -> dict[str, str]:
    """Bindings of a firing as an environment: rows get their ``#relation:`` prefix."""
    relation = {m.binding: m.relation for m in rule.match}
    return {b: f"#{relation[b]}:{v}" if b in relation else v for b, v in bindings}


def plain(value: str) -> str:
    """Text of a binding's value: the member, or the row's key."""
    return value.split(":", 1)[1] if value.startswith("#") else value


def fact_args(ref: FactRef, env: Env) -> dict[str, str]:
    """Arguments of a fact reference with bindings replaced."""
    return {k: plain(env[v[1:]]) if v.startswith("$") else v for k, v in ref.args}


def known_args(ref: FactRef, env: Env) -> dict[str, str]:
    """Like `fact_args`, leaving out fields whose binding is not bound here (a member counted over)."""
    bound = tuple((k, v) for k, v in ref.args if v[1:] in env or not v.startswith("$"))
    return fact_args(FactRef(type=ref.type, args=bound), env)


def used_facts(node: Node) -> Iterator[FactRef]:
    """Every fact reference below a node."""
    for n in walk(node):
        if isinstance(n, FactRef):
            yield n


def conclusion_args(rule: Rule, env: Env) -> tuple[tuple[str, str], ...]:
    """Arguments of a rule's conclusion with bindings replaced; none when it concludes nothing."""
    if rule.conclude is None:
        return ()
    return tuple((k, plain(env[v[1:]]) if v.startswith("$") else v) for k, v in rule.conclude.args)

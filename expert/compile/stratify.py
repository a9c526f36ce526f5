"""Strata: everything a rule negates, counts, scores, holds or compares from above stands in a lower layer."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from expert.compile.components import components
from expert.compile.reads import Read, readers
from expert.language import ast
from expert.language.diagnostics import Sink

Node = tuple[str, str]  # ("rule", id) or ("fact", type)


@dataclass(frozen=True, slots=True)
class Edge:
    """``source`` must not stand above ``target``; with ``strict`` it must stand below, for that reason."""

    source: Node
    target: Node
    strict: str
    span: ast.Span


@dataclass
class Strata:
    """Layer of every rule and fact type, from 0."""

    rules: dict[str, int] = field(default_factory=dict)
    facts: dict[str, int] = field(default_factory=dict)


def stratify(rules: Mapping[str, ast.Rule], facts: Mapping[str, ast.FactType], site: ast.Site, sink: Sink) -> Strata:
    """Layers of a program; a cycle through something that must be settled before is reported."""
    edges = dependencies(rules, facts, site)
    nodes: list[Node] = [("fact", f) for f in sorted(facts)] + [("rule", r) for r in sorted(rules)]
    forward: dict[Node, list[Node]] = {n: [] for n in nodes}
    for e in edges:
        forward[e.source].append(e.target)
    order = components(nodes, forward)
    group = {n: i for i, members in enumerate(order) for n in members}
    inside: dict[int, list[Edge]] = {}
    for e in edges:
        if group[e.source] == group[e.target]:
            inside.setdefault(group[e.source], []).append(e)
    for i, tied in sorted(inside.items()):
        _report_cycle(tied, rules, sink)
        _report_arithmetic(set(order[i]), rules, sink)
    return _layers(order, group, edges)


def dependencies(rules: Mapping[str, ast.Rule], facts: Mapping[str, ast.FactType], site: ast.Site) -> list[Edge]:
    """All edges between rules and fact types, in a fixed order."""
    refuters: dict[str, list[str]] = {}  # a machine is stepped when what refutes its conclusion is known
    for name, rule in sorted(rules.items()):
        if rule.conclude is not None and rule.conclude.refutes:
            refuters.setdefault(rule.conclude.type, []).append(name)
    edges = []
    for name, reads in sorted(readers(rules, site).items()):
        for read in reads:
            source: Node = ("rule" if read.state else "fact", read.name)
            known = rules if read.state else facts
            if read.name in known:
                edges.append(Edge(source, ("rule", name), read.strict or _settled(read, refuters, facts), read.span))
            conclude = rules[read.name].conclude if read.state and read.name in rules else None
            for refuter in refuters.get(conclude.type, ()) if conclude is not None else ():
                edges.append(Edge(("rule", refuter), ("rule", name), read.strict, read.span))
        conclude = rules[name].conclude
        if conclude is not None:
            edges.append(Edge(("rule", name), ("fact", conclude.type), "", conclude.span))
    return edges


def _settled(read: Read, refuted: Collection[str], facts: Mapping[str, ast.FactType]) -> str:
    if read.name in refuted:
        return "reads {}, which has refuters"
    accumulates = not read.state and facts[read.name].evidence is not None
    return "reads {}, which accumulates evidence" if accumulates else ""


def _layers(order: list[list[Node]], group: Mapping[Node, int], edges: list[Edge]) -> Strata:
    """Longest path over the components, strict edges counting one; ``order`` has sources first."""
    level = [0] * len(order)
    incoming: dict[int, list[Edge]] = {}
    for e in edges:
        incoming.setdefault(group[e.target], []).append(e)
    for i in range(len(order)):
        for e in incoming.get(i, []):
            if group[e.source] != i:
                level[i] = max(level[i], level[group[e.source]] + bool(e.strict))
    used = sorted({level[g] for n, g in group.items() if n[0] == "rule"})
    rank = {value: k for k, value in enumerate(used)}
    out = Strata()
    for (kind, name), g in group.items():
        if kind == "rule":
            out.rules[name] = rank[level[g]]
        else:
            out.facts[name] = rank.get(level[g], 0)
    return out


def _report_cycle(inside: list[Edge], rules: Mapping[str, ast.Rule], sink: Sink) -> None:
    strict = next((e for e in inside if e.strict), None)
    if strict is None:
        return
    path = _way_back(strict, inside)
    notes = [_step(e, rules) for e in [strict, *path]]
    chain = " -> ".join(n[1] for n in [strict.source, strict.target, *[e.target for e in path]])
    sink.error(
        "E0320",
        f"{strict.source[1]} must be settled before rule {strict.target[1]}, but depends on it",
        strict.span,
        notes=[f"cycle: {chain}", *notes],
        help=_way_out(strict),
    )


def _way_out(strict: Edge) -> str:
    if "baseline" in strict.strict:
        return "a variable's exclude: names a fact of rules that do not read the baseline of that variable"
    return "let a rule outside the cycle decide it, or read the past with lag(x, D)"


def _way_back(strict: Edge, inside: list[Edge]) -> list[Edge]:
    """Shortest chain of edges from the strict edge's target to its source."""
    if strict.target == strict.source:
        return []
    came: dict[Node, Edge] = {}
    queue = deque([strict.target])
    while queue:
        node = queue.popleft()
        for e in inside:
            if e.source == node and e.target not in came and e.target != strict.target:
                came[e.target] = e
                queue.append(e.target)
    path: list[Edge] = []
    node = strict.source
    while node != strict.target:
        path.append(came[node])
        node = came[node].source
    return path[::-1]


def _step(e: Edge, rules: Mapping[str, ast.Rule]) -> str:
    place = f"{e.span.file}:{e.span.line}"
    if e.source[0] == "rule" and e.target[0] == "fact":
        conclude = rules[e.source[1]].conclude
        verb = "refutes" if conclude is not None and conclude.refutes else "concludes"
        return f"rule {e.source[1]} {verb} {e.target[1]}: {place}"
    return f"rule {e.target[1]} {(e.strict or 'reads {}').format(e.source[1])}: {place}"


def _report_arithmetic(members: set[Node], rules: Mapping[str, ast.Rule], sink: Sink) -> None:
    for kind, name in sorted(members):
        conclude = rules[name].conclude if kind == "rule" else None
        if conclude is None or conclude.number is None:
            continue
        bad = _not_monotone(conclude.number, members)
        if bad is not None:
            sink.error(
                "E0321",
                f"{bad.text or 'this'} computes with a value that depends on itself",
                bad.span,
                notes=[f"{conclude.type} depends on itself through rule {name}"],
                help="a recursive value is max, min, and + or - something that does not depend on it",
            )


def _not_monotone(node: ast.Expr, members: set[Node]) -> ast.Expr | None:
    """The part of a recursive value that is more than max, min, or plus terms of lower strata."""
    if not _recursive(node, members) or isinstance(node, ast.FactValue):
        return None
    if not isinstance(node, ast.Arithmetic) or node.op in ("*", "/", "abs", "sqrt"):
        return node
    if node.op == "-" and _recursive(node.args[1], members):
        return node
    return next((b for b in (_not_monotone(a, members) for a in node.args) if b is not None), None)


def _recursive(node: ast.Expr, members: set[Node]) -> bool:
    if isinstance(node, ast.FactValue):
        return ("fact", node.fact.type) in members
    if isinstance(node, ast.Arithmetic):
        return any(_recursive(a, members) for a in node.args)
    if isinstance(node, ast.RowAggregate):
        return node.arg is not None and _recursive(node.arg, members)
    return isinstance(node, ast.SetAggregate) and _recursive(node.arg, members)

"""What hangs on what in a program: rules, facts, variables, models and tables as a graph."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from expert.compile.reads import rule_reads
from expert.engine.nodes import children, roots, walk
from expert.language import ast
from expert.language.printer import decimal

NodeKind = Literal["rule", "fact", "variable", "model", "relation", "action"]
EdgeKind = Literal["reads", "needs settled", "shows", "concludes", "refutes", "blocks"]
Key = tuple[NodeKind, str]


@dataclass(frozen=True, slots=True, order=True)
class Edge:
    """What ``source`` gives to ``target``.

    ``how``: the author's words for a variable, what is done with a fact; '' where there is nothing to add. A rule
    *shows* what it reads for its reason's text alone.
    """

    source: Key
    target: Key
    kind: EdgeKind
    how: str = ""


@dataclass(frozen=True, slots=True)
class Graph:
    """Nodes and edges of a program; ``stratum``: layer of each rule and fact, from the ground up."""

    program: ast.Program
    stratum: dict[Key, int]
    edges: tuple[Edge, ...]

    @property
    def nodes(self) -> list[Key]:
        """Rules and facts by layer and name, then everything that an edge touches."""
        ordered = sorted(self.stratum, key=lambda k: (self.stratum[k], k))
        return ordered + sorted({k for e in self.edges for k in (e.source, e.target)} - set(ordered))

    def into(self, key: Key) -> list[Edge]:
        """Edges that end at a node."""
        return [e for e in self.edges if e.target == key]

    def out_of(self, key: Key) -> list[Edge]:
        """Edges that begin at a node."""
        return [e for e in self.edges if e.source == key]

    def around(self, keys: Collection[Key]) -> Graph:
        """The nodes and their direct neighbours; a rule's neighbourhood goes on to who reads what it concludes."""
        wanted = set(keys)
        for key in keys:
            if key[0] == "rule":
                wanted |= {e.target for e in self.out_of(key) if e.target[0] == "fact"}
        kept = tuple(e for e in self.edges if e.source in wanted or e.target in keys)
        touched = {k for e in kept for k in (e.source, e.target)} | wanted
        return Graph(self.program, {k: v for k, v in self.stratum.items() if k in touched}, kept)

    def as_json(self) -> dict[str, Any]:
        """Plain JSON form."""
        return {
            "strata": [
                [name for (kind, name), k in sorted(self.stratum.items()) if kind == "rule" and k == layer]
                for layer in range(max(self.stratum.values(), default=-1) + 1)
            ],
            "nodes": [
                {"kind": kind, "name": name, "stratum": self.stratum.get((kind, name))} for kind, name in self.nodes
            ],
            "edges": [{"from": list(e.source), "to": list(e.target), "kind": e.kind, "how": e.how} for e in self.edges],
        }


def build_graph(program: ast.Program) -> Graph:
    """The graph of a program, in an order that depends on the program alone."""
    stratum: dict[Key, int] = {("fact", name): k for name, k in program.fact_stratum.items()}
    for k, layer in enumerate(program.strata):
        stratum |= {("rule", g.rule.id): k for g in layer}
    edges = {e for rule in program.rules.values() for e in _rule_edges(rule, program.site)}
    for model in program.site.models.values():
        edges.add(Edge(("variable", model.target), ("model", model.id), "reads", "predicts it"))
    for action in program.site.actions.values():
        edges |= {Edge(("fact", f.type), ("action", action.id), "blocks") for f in action.blocked_by}
    return Graph(program, stratum, tuple(sorted(edges)))


def _rule_edges(rule: ast.Rule, site: ast.Site) -> Iterator[Edge]:
    me: Key = ("rule", rule.id)
    settled: dict[Key, list[str]] = {}
    for read in rule_reads(rule, site):
        key: Key = ("rule" if read.state else "fact", read.name)
        settled.setdefault(key, [])
        if read.strict:
            settled[key].append(read.strict.format(read.name))
    for node in (n for root in roots(rule, texts=False) for n in walk(root)):
        if isinstance(node, ast.FactRef):
            settled.setdefault(("fact", node.type), [])
        elif isinstance(node, ast.ModelProbability):
            yield Edge(("model", node.model), me, "reads", node.text)
    for key, reasons in settled.items():
        yield Edge(key, me, "needs settled" if reasons else "reads", ", ".join(sorted(set(reasons))))
    deciding = {use for root in roots(rule, texts=False) for use in variable_uses(root)}
    shown = {use for part in rule.because_parts.values() for use in variable_uses(part)}
    decides = {name for name, _ in deciding}
    yield from (Edge(("variable", name), me, "reads", how) for name, how in deciding)
    yield from (Edge(("variable", name), me, "shows", how) for name, how in shown if name not in decides)
    yield from (Edge(("relation", m.relation), me, "reads") for m in rule.match)
    yield from (Edge(me, ("action", step.action), "concludes", _amount(step)) for step in rule.advise)
    if rule.conclude is not None:
        kind: EdgeKind = "refutes" if rule.conclude.refutes else "concludes"
        yield Edge(me, ("fact", rule.conclude.type), kind, conclusion_text(rule.conclude))


def variable_uses(node: ast.Node) -> Iterator[tuple[str, str]]:
    """Variables below a node, each with the author's words for what is taken of it."""
    ref = getattr(node, "ref", None)
    if isinstance(ref, ast.Ref):
        yield ref.variable, node.text or ref.text or ref.variable
    elif isinstance(node, ast.Ref):
        yield node.variable, node.text or node.variable
    else:
        for child in children(node):
            yield from variable_uses(child)


def conclusion_text(conclusion: ast.Conclusion) -> str:
    """``type(field: value)`` as an author writes it, without a derived number."""
    args = ", ".join(f"{k}: {v.removeprefix('$')}" for k, v in conclusion.args)
    return f"{conclusion.type}({args})" if args else conclusion.type


def _amount(step: ast.AdviceStep) -> str:
    return "" if step.amount is None else f"{decimal(step.amount)} {step.unit}".rstrip()

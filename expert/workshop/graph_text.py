"""A program's graph as lines of text: by strata, or around one rule, variable or fact."""

from __future__ import annotations

from collections.abc import Iterable

from expert.language.durations import format_duration
from expert.workshop.graph import Edge, Graph, Key

_LABELS = (
    ("fact", "facts"),
    ("rule", "raised"),
    ("model", "models"),
    ("relation", "tables"),
    ("variable", "variables"),
)
_WIDTH, _INDENT = 100, 18


def strata_lines(graph: Graph) -> list[str]:
    """Every stratum from the ground up: its rules, what they conclude, what they read; then who reads each fact."""
    out: list[str] = []
    for layer in range(max((v for k, v in graph.stratum.items() if k[0] == "rule"), default=-1) + 1):
        rules = sorted(k for k, v in graph.stratum.items() if k[0] == "rule" and v == layer)
        out += ["", f"stratum {layer}: {len(rules)} rule{'s' * (len(rules) != 1)}"]
        for key in rules:
            out.append(f"  {key[1]}{_gives(graph.out_of(key))}")
            out += _reads(graph.into(key), brief=True)
    facts = sorted(k for k in graph.stratum if k[0] == "fact")
    out += ["", "who reads what is concluded"] if facts else []
    for key in facts:
        readers = [e.target[1] if e.kind != "blocks" else f"action {e.target[1]}" for e in graph.out_of(key)]
        out += _listed(f"  {key[1]}: ", readers or ["nobody"])
    return out[1:]


def rule_lines(graph: Graph, rule: str) -> list[str]:
    """One rule: where it stands, what it reads and how, what it concludes and who reads that."""
    key: Key = ("rule", rule)
    out = [f"{rule}{_gives(graph.out_of(key))}", f"  stratum       {graph.stratum[key]}"]
    out += _reads(graph.into(key), brief=False)
    for edge in graph.out_of(key):
        if edge.target[0] == "rule":
            out.append(f"    read by     {edge.target[1]}, as raised({rule})")
        elif edge.target[0] == "fact":
            others = [e.source[1] for e in graph.into(edge.target) if e.source != key]
            out += _listed(f"    {edge.target[1]} also from ", others) if others else []
            out += _listed(f"    {edge.target[1]} read by ", _readers(graph, edge.target) or ["nobody"])
    return out


def fact_lines(graph: Graph, fact: str) -> list[str]:
    """One fact: which rules conclude or refute it, and who reads it how."""
    key: Key = ("fact", fact)
    declared = graph.program.facts[fact]
    out = [f"{fact}: {declared.title.get('en', fact)}" + (", imported" if declared.imported else "")]
    for edge in graph.into(key):
        out.append(f"  {edge.kind:<14}{edge.source[1]}  {edge.how}")
    for edge in graph.out_of(key):
        what = "blocks action" if edge.kind == "blocks" else "read by"
        out.append(f"  {what:<14}{edge.target[1]}" + (f"  ({edge.how})" if edge.how else ""))
    return out if graph.out_of(key) else [*out, "  read by       nobody"]


def variable_lines(graph: Graph, variable: str) -> list[str]:
    """One variable: which rules decide by it, which only show it, and what else knows it."""
    v = graph.program.site.variables[variable]
    of = f", of {v.of}" if v.of else ""
    out = [f"{variable}: {v.title.get('en', '')}, {v.unit or 'no unit'}, every {format_duration(v.period)}{of}"]
    edges = graph.out_of(("variable", variable))
    for edge in sorted(edges, key=lambda e: (e.kind, e.target, e.how)):
        what = "shown by" if edge.kind == "shows" else "read by"
        out.append(f"  {what:<10}{' ' if edge.target[0] == 'rule' else ' model '}{edge.target[1]}  {edge.how}")
    out += [f"  term       {t.name}" for t in graph.program.site.terms if t.applies_to == variable]
    return out if edges else [*out, "  no rule reads it"]


def _gives(edges: Iterable[Edge]) -> str:
    marks = {"concludes": "->", "refutes": "-| "}
    parts = [
        f"{marks[e.kind].strip()} {e.how if e.target[0] == 'fact' else f'{e.target[1]} {e.how}'.rstrip()}"
        for e in edges
        if e.kind in marks
    ]
    return f"  {'  '.join(parts)}" if parts else ""


def _reads(edges: list[Edge], brief: bool) -> list[str]:
    out = []
    for kind, label in _LABELS:
        found = [e for e in edges if e.source[0] == kind and not (brief and e.kind == "shows")]
        if brief:
            out += _listed(f"      {label:<12}", dict.fromkeys(e.source[1] for e in found)) if found else []
            continue
        for e in found:
            note = " (in its reason only)" if e.kind == "shows" else ""
            how = f"  {e.how}" if e.how and e.how != e.source[1] else ""
            out.append(f"  {label:<14}{e.source[1]}{how}{note}")
    return out


def _readers(graph: Graph, fact: Key) -> list[str]:
    return [e.target[1] if e.kind != "blocks" else f"action {e.target[1]}" for e in graph.out_of(fact)]


def _listed(head: str, names: Iterable[str]) -> list[str]:
    """``head a, b, c`` in lines of limited width."""
    lines, line = [], head
    for i, name in enumerate(names):
        if i and len(line) + len(name) + 2 > _WIDTH:
            lines.append(line + ",")
            line = " " * _INDENT + name
        else:
            line += (", " if i else "") + name
    return [*lines, line]

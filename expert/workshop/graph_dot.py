"""A program's graph in the DOT language of Graphviz."""

from __future__ import annotations

from expert.workshop.graph import Edge, Graph, Key

_SHAPES = {
    "rule": "shape=box, style=rounded",
    "fact": "shape=ellipse",
    "variable": "shape=plaintext",
    "model": "shape=component",
    "relation": "shape=cylinder",
    "action": "shape=cds",
}
_EDGES = {
    "reads": "",
    "needs settled": "style=bold",
    "shows": "style=dotted, arrowhead=none",
    "concludes": "",
    "refutes": "arrowhead=tee",
    "blocks": "arrowhead=tee, style=dashed",
}


def dot(graph: Graph, variables: bool) -> str:
    """The graph as DOT text, strata from the bottom up.

    Parameters
    ----------
    graph : Graph
    variables : bool
        With variables, which makes a large picture of a whole program.
    """
    kept = [n for n in graph.nodes if variables or n[0] != "variable"]
    lines = [
        "digraph program {",
        "  rankdir=BT;",
        '  node [fontname="Helvetica", fontsize=10];',
        '  edge [fontname="Helvetica", fontsize=8, color="#555555"];',
    ]
    for layer in sorted({graph.stratum[n] for n in kept if n[0] == "rule" and n in graph.stratum}):
        lines += [f"  subgraph cluster_{layer} {{", f'    label="stratum {layer}"; labeljust=l; color="#bbbbbb";']
        lines += [f"    {_node(n)}" for n in kept if n[0] == "rule" and graph.stratum.get(n) == layer]
        lines.append("  }")
    lines += [f"  {_node(n)}" for n in kept if n[0] != "rule" or n not in graph.stratum]
    lines += [f"  {_edge(e)}" for e in merged(graph) if e.source in kept and e.target in kept]
    return "\n".join([*lines, "}"]) + "\n"


def merged(graph: Graph) -> list[Edge]:
    """One edge for each pair of nodes and kind, without words."""
    return list(dict.fromkeys(Edge(e.source, e.target, e.kind) for e in graph.edges))


def _node(key: Key) -> str:
    kind, name = key
    return f"{_quoted(key)} [label={_text(name)}, {_SHAPES[kind]}];"


def _edge(edge: Edge) -> str:
    style = _EDGES[edge.kind]
    return f"{_quoted(edge.source)} -> {_quoted(edge.target)}{f' [{style}]' if style else ''};"


def _quoted(key: Key) -> str:
    return _text(f"{key[0]} {key[1]}")


def _text(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'

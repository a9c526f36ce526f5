"""A program's graph: who reads what, by strata, and its pictures."""

from __future__ import annotations

import random
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from expert.compile import load_program
from expert.language import ast
from expert.workshop.graph import Edge, Graph, build_graph
from expert.workshop.graph_dot import dot
from expert.workshop.graph_svg import svg
from expert.workshop.graph_text import fact_lines, rule_lines, strata_lines, variable_lines

DATA = Path(__file__).parents[1] / "data"


@pytest.fixture(scope="module")
def program() -> ast.Program:
    """The sample pack."""
    return load_program(DATA / "pack", DATA / "site")


@pytest.fixture(scope="module")
def graph(program: ast.Program) -> Graph:
    """Its graph."""
    return build_graph(program)


def test_every_rule_stands_above_what_it_needs_settled(graph: Graph) -> None:
    """An edge to something that must be settled goes to a higher stratum, every other one never to a lower."""
    for e in graph.edges:
        if e.source in graph.stratum and e.target in graph.stratum and e.kind != "concludes" and e.kind != "refutes":
            low = graph.stratum[e.source] + (e.kind == "needs settled")
            assert low <= graph.stratum[e.target], e


def test_a_rule_shows_what_it_only_tells(graph: Graph) -> None:
    """A variable that stands in the reason alone is shown, not read."""
    kinds = {
        e.source[1]: e.kind for e in graph.into(("rule", "descent.hanging.confirmed")) if e.source[0] == "variable"
    }
    assert {"blast.pressure": "reads"} == kinds


def test_a_negated_fact_is_needed_settled_with_the_reason(graph: Graph) -> None:
    """What is done with the fact is said."""
    edge = Edge(
        ("fact", "probe_fault"), ("rule", "descent.hanging.suspected"), "needs settled", "holds probe_fault with for"
    )
    assert edge in graph.edges


def test_text_names_every_rule_and_every_fact(graph: Graph, program: ast.Program) -> None:
    """Strata come from the ground up and nothing is left out."""
    text = "\n".join(strata_lines(graph))
    assert [] == [r for r in program.rules if f"  {r}  " not in text + "  " and f"  {r}\n" not in text]
    assert [] == [f for f in program.facts if f"  {f}: " not in text]
    assert sorted(re.findall(r"^stratum \d+", text, re.M)) == re.findall(r"^stratum \d+", text, re.M)


def test_one_rule_tells_who_reads_its_fact(graph: Graph) -> None:
    """Also the readers of its state by raised()."""
    text = "\n".join(rule_lines(graph, "descent.hanging.suspected"))
    assert "hanging read by descent.reduce" in text
    assert "descent.hanging.confirmed, as raised(descent.hanging.suspected)" in text


def test_one_variable_tells_what_is_taken_of_it(graph: Graph) -> None:
    """In the author's words, with the rule."""
    assert any("z(blast.volume, 60 min)" in line for line in variable_lines(graph, "blast.volume"))
    assert "  read by    thermal.hot_wall  slope(s.wall_temperature, 30 min)" in variable_lines(
        graph, "sectors.wall_temperature"
    )


def test_one_fact_tells_its_sources_and_gates(graph: Graph) -> None:
    """Concluding, refuting, reading rules and the actions that it blocks."""
    text = "\n".join(fact_lines(graph, "hanging"))
    assert all(w in text for w in ("refutes       descent.not_hanging", "read by       descent.reduce"))
    assert "blocks action blast_down" in "\n".join(fact_lines(graph, "slipping"))


def test_the_order_of_rules_does_not_matter(program: ast.Program, graph: Graph) -> None:
    """A program with shuffled dictionaries has the same graph and the same pictures."""
    rules = list(program.rules.items())
    random.Random(1).shuffle(rules)
    other = build_graph(ast.Program(**{**{k: getattr(program, k) for k in program.__slots__}, "rules": dict(rules)}))
    assert (graph.edges, dot(graph, True), svg(graph, True)) == (other.edges, dot(other, True), svg(other, True))


def test_dot_declares_every_node_that_it_links(graph: Graph) -> None:
    """With and without variables; brackets close."""
    for variables in (True, False):
        text = dot(graph, variables)
        declared = set(re.findall(r'^ +("[^"]+") \[label', text, re.M))
        linked = {n for pair in re.findall(r'^ +("[^"]+") -> ("[^"]+")', text, re.M) for n in pair}
        assert linked <= declared
        assert text.count("{") == text.count("}")


def test_svg_is_well_formed_and_boxes_do_not_overlap(graph: Graph) -> None:
    """Every box lies inside the picture and beside its neighbours."""
    root = ET.fromstring(svg(graph, False))
    width = float(root.attrib["width"])
    rects = [
        (r.attrib["y"], float(r.attrib["x"]), float(r.attrib["width"]))
        for r in root.iter("{http://www.w3.org/2000/svg}rect")
        if "x" in r.attrib
    ]
    assert len(rects) >= 10
    for (y1, x1, w1), (y2, x2, _) in zip(sorted(rects), sorted(rects)[1:], strict=False):
        assert y1 != y2 or x1 + w1 <= x2
        assert x1 + w1 <= width

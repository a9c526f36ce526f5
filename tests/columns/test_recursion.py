"""Facts that support each other over samples that come and go: every evaluator, against a plain loop."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from expert.values.types import ScanInput
from tests.columns.agree import all_agree
from tests.engine.build import FACTS, MINUTE, T0, bad, good, program, rule

ONLY_NEW = (Phase.explicit, Phase.generate)
NAMES = tuple(f"n{i}" for i in range(5))
GATES = ("a.x", "a.y", "a.v", "a.e")
FILES = {
    "pack/facts.yaml": FACTS.rstrip() + "\n" + "".join(f"  {n}: {{title: {{en: N, zh: N}}}}\n" for n in NAMES),
}
Seen = Mapping[str, int | None]


@dataclass(frozen=True)
class Graph:
    """Starts as (fact, variable), links as (from, to, variable), and what is sampled in each minute."""

    starts: tuple[tuple[str, str], ...]
    links: tuple[tuple[str, str, str], ...]
    minutes: tuple[Seen, ...]

    def rules(self) -> list[str]:
        """A rule for each start and link, as sure as its variable is high."""
        found = [
            rule(f"s{i}", f"{gate} rises 0 kPa to 100 kPa", conclude=fact) for i, (fact, gate) in enumerate(self.starts)
        ]
        for i, (src, dst, gate) in enumerate(self.links):
            when = json.dumps([src, f"{gate} rises 0 kPa to 100 kPa"])
            found.append(rule(f"l{i}", when, conclude=dst))
        return found

    def inputs(self) -> list[ScanInput]:
        """A scan a minute, each variable sampled in it."""
        found = []
        for i, seen in enumerate(self.minutes):
            samples = tuple(bad(v, i) if x is None else good(v, i, x) for v, x in seen.items())
            found.append(ScanInput(T0 + i * MINUTE, T0 + i * MINUTE, samples))
        return found


def reached(graph: Graph, seen: Seen) -> dict[str, tuple[int, int]]:
    """How sure each fact is: the best path from a start, as sure as its weakest part."""
    ends = {v: (0, 1_000_000) if x is None else (10_000 * x, 10_000 * x) for v, x in seen.items()}
    best = dict.fromkeys(NAMES, (0, 0))
    before = None
    while before != best:
        before = dict(best)
        found = [(fact, ends[gate]) for fact, gate in graph.starts]
        found += [(b, (min(best[a][0], ends[g][0]), min(best[a][1], ends[g][1]))) for a, b, g in graph.links]
        for fact, (s, p) in found:
            best[fact] = max(best[fact][0], s), max(best[fact][1], p)
    return {k: x for k, x in best.items() if x[1]}


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """A circle of two or more facts, more links, one or two starts."""
    size, gate = draw(st.integers(2, len(NAMES))), st.sampled_from(GATES)
    circle = zip(NAMES[:size], NAMES[1:size] + NAMES[:1], strict=True)
    name = st.sampled_from(NAMES)
    links = [(a, b, draw(gate)) for a, b in circle] + draw(st.lists(st.tuples(name, name, gate), max_size=3))
    starts = draw(st.lists(st.tuples(name, gate), min_size=1, max_size=2))
    level = st.sampled_from([0, 0, 30, 50, 80, 100, 100, None])
    minutes = draw(st.lists(st.fixed_dictionaries(dict.fromkeys(GATES, level)), min_size=3, max_size=7))
    return Graph(tuple(starts), tuple(links), tuple(minutes))


def _play(graph: Graph, order: Sequence[int], stretch: int, restart: int) -> None:
    rules = graph.rules()
    of = program(*(rules[i] for i in order), files=FILES)
    records = all_agree(of, graph.inputs(), stretch, restart if restart < len(graph.minutes) else None)
    for seen, record in zip(graph.minutes, records, strict=True):
        found = {f.type: (f.certainty.s, f.certainty.p) for f in record.facts if f.certainty.p}
        assert reached(graph, seen) == found


@st.composite
def _ordered(draw: st.DrawFn) -> tuple[Graph, tuple[int, ...]]:
    graph = draw(graphs())
    return graph, tuple(draw(st.permutations(range(len(graph.starts) + len(graph.links)))))


@given(_ordered(), st.integers(1, 7), st.integers(1, 7))
@settings(max_examples=25, phases=ONLY_NEW)
def test_a_circle_goes_with_its_base(graph: tuple[Graph, tuple[int, ...]], stretch: int, restart: int) -> None:
    """As sure as the best path from a start, whatever was there before and in any order of rules."""
    _play(*graph, stretch, restart)


@pytest.mark.long
@given(_ordered(), st.integers(1, 7), st.integers(1, 7))
@settings(settings.get_profile("long"), phases=ONLY_NEW)
def test_many_circles_go_with_their_bases(graph: tuple[Graph, tuple[int, ...]], stretch: int, restart: int) -> None:
    """More of the same."""
    _play(*graph, stretch, restart)

"""Graphs whose edges and starts come and go, as rows of two relations, and what must follow from them.

The oracles are plain loops over all edges until nothing changes; they know nothing of rules.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from expert.values.types import Row
from tests.engine.build import FACTS, rule

FILES = {
    "site/relations.yaml": """
relations:
  job:
    key: [id]
    title: {en: Job, zh: 工序}
    fields: {id: text, start: min, base: number}
  link:
    key: [id]
    title: {en: Link, zh: 连}
    fields: {id: text, src: text, dst: text, load: min, open: number}
""",
    "pack/facts.yaml": FACTS.rstrip()
    + """
  begin: {title: {en: B, zh: B}, fields: {job: {relation: job}}, number: {field: at, unit: min, combine: min}}
""",
}
NAMES = "ABCDE"
ALONE = "match: {j: job}"
ALONG = "match: {l: link, i: job where i.id == l.src, j: job where j.id == l.dst}"
Rows = Mapping[tuple[str, str], Mapping[str, Any]]
"""The rows there are: values by relation and key."""
Graded = dict[str, tuple[int, int]]
"""Certainty of each job's fact in millionths; what is false is left out."""


@dataclass(frozen=True)
class Told:
    """Rows that one scan brings; a row without values is gone."""

    rows: tuple[Row, ...]


def after(history: Iterable[Told]) -> dict[tuple[str, str], Mapping[str, Any]]:
    """The rows that are there after some scans."""
    there: dict[tuple[str, str], Mapping[str, Any]] = {}
    for told in history:
        for row in told.rows:
            there.pop((row.relation, row.key), None)
            if row.values is not None:
                there[row.relation, row.key] = row.values
    return there


def _links(rows: Rows) -> list[tuple[str, str, Mapping[str, Any]]]:
    jobs = {k for r, k in rows if r == "job"}
    links = [v for (r, _), v in rows.items() if r == "link"]
    return [(v["src"], v["dst"], v) for v in links if v["src"] in jobs and v["dst"] in jobs]


# ---------------------------------------------------------------- histories


def _row(draw: st.DrawFn, relation: str, key: str, numbers: st.SearchStrategy[Any]) -> Row:
    if relation == "job":
        base = draw(st.sampled_from([0, 0, 1]))
        return Row("job", key, {"id": key, "start": draw(numbers) if base else 0, "base": base})
    open_ = draw(st.sampled_from([1, 1, 0]))
    return Row("link", key, {"id": key, "src": key[0], "dst": key[1], "load": draw(numbers), "open": open_})


@st.composite
def histories(draw: st.DrawFn, numbers: st.SearchStrategy[Any]) -> tuple[Told, ...]:
    """A graph that begins with a circle, and scans that take away what was there more often than they add to it."""
    size = draw(st.integers(2, len(NAMES)))
    names = NAMES[:size]
    pairs = [a + b for a in names for b in names]
    circle = [a + b for a, b in zip(names, names[1:] + names[0], strict=True)]
    begun = {*circle, *draw(st.sets(st.sampled_from(pairs), max_size=4))}
    keys = [("job", n) for n in names] + [("link", k) for k in sorted(begun)]
    history = [Told(tuple(_row(draw, r, k, numbers) for r, k in draw(st.permutations(keys))))]
    for _ in range(draw(st.integers(2, 6))):
        there = after(history)
        known = [("job", n) for n in names] + [("link", p) for p in pairs]
        picked = draw(st.lists(st.sampled_from(sorted(there) or known), max_size=3, unique=True))
        rows = [Row(r, k, None) if draw(st.booleans()) else _row(draw, r, k, numbers) for r, k in picked]
        new = [k for k in known if k not in there and k not in picked]
        if new and draw(st.booleans()):
            rows.append(_row(draw, *draw(st.sampled_from(new)), numbers))
        history.append(Told(tuple(rows)))
    return tuple(history)


# ---------------------------------------------------------------- certainties

GRADES = st.sampled_from([0, 1, 3, 5, 8, 10, 10, 10, None])
"""Minutes of a soft threshold from 0 to 10; None is not known."""


def reach(strength: str, growing: bool) -> tuple[str, ...]:
    """Rules: a job is late by its own start, or as far as one before it and the link from there say.

    ``growing``: rows are matched by the facts that grow.
    """
    graded = '"l.load rises 0 min to 10 min"'
    near = "match: {l: link, i: 'job where i.id == l.src and late(job: i)', j: job where j.id == l.dst}"
    own = rule("own", "j.start rises 0 min to 10 min", ALONE, conclude="late(job: j)")
    when, match = (graded, near) if growing else (f'["late(job: i)", {graded}]', ALONG)
    return own, rule("next", when, match, f'strength: "{strength}"', conclude="late(job: j)")


def reached(rows: Rows, strength: str) -> Graded:
    """How sure each job is late: the best path from any start, each as sure as its weakest part."""

    def ends(minutes: int | None) -> tuple[int, int]:
        return (0, 1_000_000) if minutes is None else (100_000 * minutes, 100_000 * minutes)

    best = {k: ends(v["start"]) for (r, k), v in rows.items() if r == "job"}
    moved = True
    while moved:
        moved = False
        for src, dst, link in _links(rows):
            load = ends(link["load"])
            s = round(min(best[src][0], load[0]) * Fraction(strength))
            now = max(best[dst][0], s), max(best[dst][1], min(best[src][1], load[1]))
            moved |= now != best[dst]
            best[dst] = now
    return {k: x for k, x in best.items() if x[1]}


# ---------------------------------------------------------------- numbers

MINUTES = st.sampled_from([0, 0, 1, 2, 3, 7, -2])
Step = Callable[[float, float], float]
STEPS: dict[str, Step] = {"{x} + l.load": lambda x, y: x + y, "max({x}, l.load)": max, "min({x}, l.load)": min}
"""What a link makes of a number, as a rule says it and as it is."""


def numbers(fact: str, step: str) -> tuple[str, ...]:
    """Rules: a job with a base has its start as its number, and each open link from one that has a number another."""
    made = step.format(x=f"{fact}(job: i).at")
    return (
        rule(f"{fact}_alone", '"j.base > 0"', ALONE, conclude=f"{fact}(job: j, at: j.start)"),
        rule(
            f"{fact}_along",
            f'["{fact}(job: i)", "l.open > 0"]',
            ALONG,
            conclude=f"{fact}(job: j, at: {made})",
        ),
    )


def numbered(rows: Rows, pick: Callable[[float, float], float], step: str) -> dict[str, float | None]:
    """The number of each job that has one, in minutes; None on a circle and behind it."""
    links = [(a, b, v["load"]) for a, b, v in _links(rows) if v["open"]]
    own = {k: v["start"] for (r, k), v in rows.items() if r == "job" and v["base"]}
    there = _closed(set(own), {(a, b) for a, b, _ in links})
    links = [x for x in links if x[0] in there]
    behind = {a: _closed({b for x, b, _ in links if x == a}, {(x, y) for x, y, _ in links}) for a in there}
    circular = {a for a in there if a in behind[a]}
    unknown = circular.union(*(behind[a] for a in circular))
    best: dict[str, float] = {k: v for k, v in own.items() if k not in unknown}
    for _ in range(len(there)):  # without circles nothing moves after so many rounds
        for a, b, load in links:
            if b not in unknown and a in best:
                found = STEPS[step](best[a], load)
                best[b] = pick(best[b], found) if b in best else found
    return {k: None if k in unknown else best[k] for k in there}


def _closed(begin: set[str], edges: set[tuple[str, str]]) -> set[str]:
    found = set(begin)
    for _ in range(len(NAMES)):
        found |= {b for a, b in edges if a in found}
    return found

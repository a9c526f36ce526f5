"""Random crisp programs over layers of facts, and what one scan of them sees."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any

from hypothesis import strategies as st

from expert.values.types import Row, Sample
from tests.engine.build import good, rule

LAYERS = 3
PUMPS = ("A", "B", "C")
JOBS = ("J1", "J2", "J3", "J4")
SHAPES = {"plain": (), "hot": ("pump",), "late": ("job",), "both": ("pump", "job")}
"""Kinds of facts and their fields; each kind stands in each layer, e.g. ``late1(job: j)``."""

FACTS = "facts:\n" + "".join(
    f"  {name}{k}: {{title: {{en: F, zh: F}}, fields: "
    f"{{{', '.join({'pump': 'pump: {set: pumps}', 'job': 'job: {relation: job}'}[f] for f in fields)}}}}}\n"
    for name, fields in SHAPES.items()
    for k in range(LAYERS)
)

OPS = st.sampled_from(["<", "<=", ">", ">="])
LEVELS = st.integers(30, 70)


@dataclass(frozen=True)
class Seen:
    """Samples and rows of one scan."""

    samples: tuple[Sample, ...]
    rows: tuple[Row, ...]


@st.composite
def seen(draw: st.DrawFn) -> Seen:
    """Good samples of all variables near the limits of the leaves, and up to four jobs in chains and circles."""
    names = ["a.x", "a.y", *(f"pumps[{p}].t" for p in PUMPS)]
    samples = tuple(good(n, 0, draw(st.integers(25, 75))) for n in names)
    rows = []
    for name in draw(st.sets(st.sampled_from(JOBS), min_size=0 if draw(st.integers(0, 9)) == 9 else 3)):
        values = {
            "id": name,
            "after": draw(st.sampled_from(JOBS)),
            "step": draw(st.integers(1, 3)),
            "duration": draw(st.integers(1, 9)),
            "due": draw(st.integers(1, 9)),
        }
        rows.append(Row("job", name, values))
    return Seen(samples, tuple(sorted(rows, key=lambda r: r.key)))


Kind = tuple[str, int]
"""Shape and layer of a fact."""


@dataclass(frozen=True)
class Bound:
    """What the parts of a rule may use: bindings, and facts that rules conclude (here: of layers it may read)."""

    pumps: tuple[str, ...]
    jobs: tuple[str, ...]
    kinds: tuple[Kind, ...]

    def below(self, layer: int) -> Bound:
        """The same without facts of this layer and above."""
        return replace(self, kinds=tuple(k for k in self.kinds if k[1] < layer))


@st.composite
def facts(draw: st.DrawFn, bound: Bound) -> str:
    """A fact that some rule concludes; fields bound, literal or left open."""
    shape, layer = draw(st.sampled_from(bound.kinds))
    args = []
    for f in SHAPES[shape]:
        names = bound.pumps if f == "pump" else bound.jobs
        literal = ("A", "B") if f == "pump" else ()
        value = draw(st.sampled_from([*names * 3, *literal, None]))
        if value is not None:
            args.append(f"{f}: {value}")
    return f"{shape}{layer}" + (f"({', '.join(args)})" if args else "")


@st.composite
def atoms(draw: st.DrawFn, bound: Bound) -> Any:
    """A fact, a comparison of samples, or a comparison of row fields."""
    kinds = ["fact"] * (5 if bound.kinds else 0) + ["sample"] + ["pump"] * len(bound.pumps) + ["row"] * len(bound.jobs)
    kind = draw(st.sampled_from(kinds))
    if kind == "fact":
        return draw(facts(bound))
    if kind == "sample":
        return f"a.{draw(st.sampled_from('xy'))} {draw(OPS)} {draw(LEVELS)} kPa"
    if kind == "pump":
        return f"{draw(st.sampled_from(bound.pumps))}.t {draw(OPS)} {draw(LEVELS)} degC"
    j, i = draw(st.sampled_from(bound.jobs)), draw(st.sampled_from(bound.jobs))
    return draw(
        st.sampled_from(
            [
                f"{j}.duration {draw(OPS)} {i}.due + {draw(st.integers(-2, 2))} min",
                f"{j}.step == {draw(st.integers(1, 3))}",
                f"{j}.step != {i}.step + 1",
                f"{j}.after == {i}.id",
            ]
        )
    )


@st.composite
def conditions(draw: st.DrawFn, bound: Bound, layer: int, depth: int = 2) -> Any:
    """A condition of a rule in a layer; what is negated or counted reads lower layers only."""
    kind = draw(st.sampled_from(["atom", "all", "any", "any", "not", "not", "at_least", "set"])) if depth else "atom"
    if kind == "atom":
        return draw(atoms(bound))
    if kind in ("all", "any"):
        return {kind: draw(st.lists(conditions(bound, layer, depth - 1), min_size=2, max_size=3))}
    bound = bound.below(layer)
    if kind == "not":
        return {"not": draw(conditions(bound, layer, depth - 1))}
    if kind == "at_least":
        items = draw(st.lists(conditions(bound, layer, depth - 1), min_size=2, max_size=3))
        return {"at_least": draw(st.integers(1, len(items))), "of": items}
    counted = replace(bound, pumps=(*bound.pumps, "q", "q"))
    return {"at_least": draw(st.integers(1, 3)), "of": {"q": "pumps"}, "where": draw(atoms(counted))}


@st.composite
def rules(draw: st.DrawFn, number: int, kind: Kind, kinds: tuple[Kind, ...]) -> str:
    """A rule for a kind of fact: bindings, row conditions, a condition, a conclusion that its bindings can fill."""
    shape, layer = kind
    fields = SHAPES[shape]
    pumps = ("p",) if "pump" in fields or draw(st.integers(0, 3)) == 0 else ()
    jobs: tuple[str, ...] = draw(st.sampled_from([("j",), ("i", "j"), ("i", "j")])) if "job" in fields else ()
    bound = Bound(pumps, jobs, tuple(k for k in kinds if k[1] <= layer))
    lines = ["for_each: p in pumps"] if pumps else []
    if jobs:
        lines.append("match: {" + ", ".join(_matches(draw, bound, layer)) + "}")
    when = draw(conditions(bound, layer))
    if len(jobs) == 2 and draw(st.booleans()):
        when = draw(facts(Bound(pumps, ("i",), (kind, kind, kind, *bound.kinds))))  # from row to row
    args = [f"{f}: {'p' if f == 'pump' else 'j'}" for f in fields]
    if "pump" in fields and draw(st.integers(0, 4)) == 0:
        args[0] = "pump: A"
    conclude = f"{shape}{layer}" + (f"({', '.join(args)})" if args else "")
    return rule(f"r{number}", json.dumps(when), *lines, conclude=conclude)


def _matches(draw: st.DrawFn, bound: Bound, layer: int) -> list[str]:
    out = []
    for n, name in enumerate(bound.jobs):
        here = replace(bound, jobs=bound.jobs[: n + 1])
        link = [f"{name}.after == {bound.jobs[0]}.id", f"{name}.step == {bound.jobs[0]}.step + 1"] if n else []
        further = ["", f"{name}.duration > 3 min", draw(facts(here)), f"not {draw(atoms(here.below(layer)))}"]
        where = draw(st.sampled_from([*link * 2, *further]))
        if link and where in further[1:]:
            where = f"{link[0]} and {where}"
        out.append(f'{name}: "job where {where}"' if where else f"{name}: job")
    return out


@st.composite
def programs(draw: st.DrawFn) -> tuple[str, ...]:
    """Five to ten rules over all layers; `tests.engine.build.program` makes a program of them."""
    order = [0, *range(LAYERS), 1, *draw(st.lists(st.integers(0, LAYERS - 1), min_size=0, max_size=3))]
    shapes = st.sampled_from(["both", "hot", "hot", "late", "late", "late", "plain"])
    kinds = [(draw(shapes), layer) for layer in order]
    kinds += [k for k in kinds if "job" in SHAPES[k[0]]][:2]  # a chain from row to row has a start, too
    return tuple(draw(rules(n, kind, tuple(kinds))) for n, kind in enumerate(kinds))

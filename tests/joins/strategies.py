"""Random programs over rows, and rows that come and go, for the property tests."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from expert.values.types import Row, Sample
from tests.engine.build import FACTS, bad, good, rule

RELATIONS = """
relations:
  job:
    key: [id]
    title: {en: Job, zh: 工序}
    fields: {id: text, after: text, step: number, duration: min, due: min}
  machine:
    key: [id]
    title: {en: Machine, zh: 机器}
    fields: {id: text, job: text, rank: number, free: min}
"""
MORE_FACTS = """
  ready: {title: {en: R, zh: R}, fields: {job: {relation: job}}}
  stuck: {title: {en: S, zh: S}, fields: {job: {relation: job}, blame: {values: [own, other]}}}
  busy: {title: {en: B, zh: B}, fields: {machine: {relation: machine}}}
  clash: {title: {en: C, zh: C}, fields: {job: {relation: job}, machine: {relation: machine}}}
"""
FILES = {"site/relations.yaml": RELATIONS, "pack/facts.yaml": FACTS.rstrip() + MORE_FACTS}
JOBS, MACHINES = "ABCDE", "XYZ"
NUMBERS = st.integers(0, 4)

LAYERS = (
    (("late(job: {j})", "{j}"),),
    (("stuck(job: {j}, blame: own)", "{j}"), ("stuck(job: {j}, blame: other)", "{j}"), ("busy(machine: {m})", "{m}")),
    (("clash(job: {j}, machine: {m})", "{j}{m}"), ("ready(job: {j})", "{j}"), ("b", "")),
)
"""Facts by stratum: what a rule may conclude there, and the rows it needs."""
READS = (
    ("late(job: {j})", "late(job: {j}) >= 0.4", "late"),
    ("stuck(job: {j})", "stuck(job: {j}, blame: own)", "busy(machine: {m})", "stuck"),
    ("clash(job: {j}, machine: {m})", "clash(job: {j})", "ready(job: {j})", "b"),
)


def _comparisons(jobs: list[str], machines: list[str], n: int) -> list[str]:
    found = ["a.x > 50 kPa"]
    for j in jobs:
        found += [f"{j}.duration > {n} min", f"{j}.step == {n}", f"{j}.duration + {n} min <= {j}.due", f"{j}.due < a.x"]
        found = [c for c in found if "a.x" not in c or c == "a.x > 50 kPa"]
        for k in jobs:
            if k != j:
                found += [f"{k}.after == {j}.id", f"{k}.step == {j}.step + 1", f"{k}.due < {j}.due"]
                found += [f"{k}.step != {j}.step", f"{k}.due - {j}.duration > {n} min", f"{k}.after != {j}.after"]
        for m in machines:
            found += [f"{m}.job == {j}.id", f"{m}.rank == {j}.step", f"{m}.free < {j}.due", f"{m}.free * 2 >= {j}.due"]
    for m in machines:
        found += [f"{m}.rank > {n}", f"{m}.free rises 1 min to 4 min"]
    return found


@st.composite
def _rule(draw: st.DrawFn, layer: int, name: str, holds: bool) -> str:
    jobs = list("jk"[: draw(st.integers(1, 2))])
    machines = ["m"] if draw(st.booleans()) or layer == 1 else []
    bindings = draw(st.permutations([*jobs, *machines]))
    tests = _comparisons(jobs, machines, draw(NUMBERS))
    choices = [(c, n) for c, n in LAYERS[layer] if "m" in bindings or "m" not in n]
    conclude, _ = draw(st.sampled_from(choices))
    match = {}
    for i, b in enumerate(bindings):
        relation = "machine" if b == "m" else "job"
        seen = set(bindings[: i + 1])
        fits = [c for c in tests if _names(c) <= seen and b in _names(c)]
        wheres = draw(st.lists(st.sampled_from(fits), max_size=2, unique=True))
        match[b] = relation + (f" where {' and '.join(wheres)}" if wheres else "")
    facts = [(x, "plain") for x in READS[layer]] + [(x, "not") for low in READS[:layer] for x in low]
    atoms = draw(st.lists(st.sampled_from([(t, "plain") for t in tests] + facts * 2), min_size=1, max_size=3))
    items: list[Any] = [_atom(draw, text, how, jobs, machines) for text, how in atoms]
    when = items[0] if len(items) == 1 else {draw(st.sampled_from(["all", "all", "any"])): items}
    lines = [f"match: {json.dumps(match)}"]
    if draw(st.integers(0, 3)) == 0:
        lines.append(f"strength: {draw(st.sampled_from(['0.5', '0.8']))}")
    if holds and not _reads_own(when, layer) and draw(st.integers(0, 3)) == 0:
        lines.append(f"for: {draw(st.integers(1, 4))} min")
    return rule(name, json.dumps(when), *lines, conclude=conclude.format(j=draw(st.sampled_from(jobs)), m="m"))


def _names(text: str) -> set[str]:
    return {word.split(".")[0] for word in text.replace("-", " ").split() if word[1:2] == "."} & set("jkm")


def _atom(draw: st.DrawFn, text: str, how: str, jobs: list[str], machines: list[str]) -> Any:
    if "{m}" in text and not machines:
        text = "busy" if "busy" in text else "clash"
        how = "plain" if how == "plain" else how
    text = text.format(j=draw(st.sampled_from(jobs)), m="m")
    return {"not": text} if how == "not" and draw(st.booleans()) else text


def _reads_own(when: Any, layer: int) -> bool:
    words = json.dumps(when)
    return any(x.split("(")[0].split(" ")[0] in words for x in READS[layer][:1]) or any(
        name in words for name in ("late", "stuck", "busy", "clash", "ready", '"b"')
    )


@st.composite
def programs(draw: st.DrawFn, holds: bool = True) -> tuple[str, ...]:
    """Rules in up to three strata, with joins, recursion, negation of what lies below, strengths and holds."""
    found = []
    for layer in range(3):
        for i in range(draw(st.integers(1, 3))):
            found.append(draw(_rule(layer, f"r{layer}{i}", holds)))
    recursive = any("stuck" in text.split("conclude:")[0] for text in found if "id: t.r1" in text)
    if not recursive and draw(st.booleans()):  # what has refuters is settled before it is read
        refuter = rule("ref", '"j.step > 2"', "match: {j: job}", conclude=None)
        found.append(refuter.rstrip("\n") + '\n    refute: "stuck(job: j)"\n')
    return tuple(found)


@dataclass(frozen=True)
class Change:
    """What one scan brings."""

    minute: int
    rows: tuple[Row, ...]
    samples: tuple[Sample, ...]


def _values(draw: st.DrawFn, key: str) -> dict[str, Any]:
    odd = st.sampled_from([0, 1, 2, 3, 4, 0.5, None])
    if key in JOBS:
        after = draw(st.sampled_from(["", *JOBS, None]))
        return {"id": key, "after": after, "step": draw(odd), "duration": draw(odd), "due": draw(odd)}
    return {"id": key, "job": draw(st.sampled_from([*JOBS, None])), "rank": draw(odd), "free": draw(odd)}


@st.composite
def changes(draw: st.DrawFn) -> tuple[Change, ...]:
    """Scans with rows that come, change and go, some fields unknown, and now and then a missing scan."""
    minute, found = 0, []
    for i in range(draw(st.integers(2, 6))):
        keys = draw(st.lists(st.sampled_from(JOBS + MACHINES), min_size=0 if i else 4, max_size=5, unique=True))
        rows = []
        for key in keys:
            gone = i > 0 and draw(st.integers(0, 3)) == 0
            rows.append(Row("job" if key in JOBS else "machine", key, None if gone else _values(draw, key)))
        kind = draw(st.sampled_from(["high", "low", "bad", "none"]))
        sample = {"high": good("a.x", minute, 60), "low": good("a.x", minute, 40), "bad": bad("a.x", minute)}.get(kind)
        found.append(Change(minute, tuple(rows), () if sample is None else (sample,)))
        minute += draw(st.sampled_from([1, 1, 1, 2, 4]))
    return tuple(found)


NUMERIC_FILES = {
    **FILES,
    "pack/facts.yaml": FILES["pack/facts.yaml"]
    + """
  begin: {title: {en: B, zh: B}, fields: {job: {relation: job}}, number: {field: at, unit: min, combine: min}}
  cost: {title: {en: C, zh: C}, fields: {job: {relation: job}}, number: {field: at, unit: min, combine: max}}
""",
}
NUMBER_MATCHES = ("{j: job}", '{i: job, j: "job where j.after == i.id"}', '{i: job, j: "job where i.after == j.id"}')


@st.composite
def numeric_programs(draw: st.DrawFn) -> tuple[str, ...]:
    """Facts with numbers that may depend on themselves, and readers of them."""
    found = []
    for i in range(draw(st.integers(2, 4))):
        match = draw(st.sampled_from(NUMBER_MATCHES))
        name = draw(st.sampled_from(["end", "end", "begin"]))
        alone = ["j.duration", "j.duration + 1 min", "j.due - j.duration"]
        more = [f"{name}(job: i).at + j.duration", f"max({name}(job: i).at, j.due)", f"min({name}(job: i).at, j.due)"]
        number = draw(st.sampled_from(more + alone if "i:" in match else [*alone, f"{name}().at + 1 min"]))
        when = draw(st.sampled_from(["j.duration >= 0 min", "j.duration > 1 min", "a.x > 50 kPa", f"{name}(job: j)"]))
        conclude = f"{name}(job: j, at: {number})"
        found.append(rule(f"n{i}", json.dumps(when), f"match: {match}", conclude=conclude))
    reads = ["end(job: j).at > j.due", "begin(job: j).at < 3 min", "end(job: j).at - begin(job: j).at > 1 min", "end"]
    found.append(rule("r0", json.dumps(draw(st.sampled_from(reads))), "match: {j: job}", conclude="late(job: j)"))
    copied = draw(st.sampled_from(["end(job: j).at * 2", "begin(job: j).at + j.due", "end().at - begin(job: j).at"]))
    found.append(rule("r1", '"j.step >= 1"', "match: {j: job}", conclude=f"cost(job: j, at: {copied})"))
    return tuple(found)

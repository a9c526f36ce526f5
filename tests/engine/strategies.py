"""Random conditions, rules and streams of samples for the property tests."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from expert.values.types import Sample
from tests.engine.build import MINUTE, T0, rule

LEVELS = st.integers(30, 70)
MINUTES = st.integers(1, 5)
VARIABLES = st.sampled_from(["a.x", "a.y", "a.u"])
COMPARE = st.sampled_from(["<", "<=", ">", ">="])
ALL = ("a.x", "a.y", "a.u", "a.n", "pumps[A].t", "pumps[B].t", "pumps[C].t")


def _text(form: str, **parts: st.SearchStrategy[Any]) -> st.SearchStrategy[str]:
    return st.fixed_dictionaries(parts).map(lambda found: form.format(**found))


HELD = [
    _text("{v} {op} {x} kPa", v=VARIABLES, op=COMPARE, x=LEVELS),
    _text("{v} rises {x} kPa to {y} kPa", v=VARIABLES, x=st.integers(30, 49), y=st.integers(50, 70)),
    _text("{v} falls {x} kPa to {y} kPa", v=VARIABLES, x=st.integers(51, 70), y=st.integers(30, 50)),
    _text("a.x + a.y {op} {x} kPa", op=COMPARE, x=st.integers(60, 140)),
    _text("abs(a.x - a.y) {op} {x} kPa", op=COMPARE, x=st.integers(0, 40)),
    _text("{f}(a.x, a.y) {op} {x} kPa", f=st.sampled_from(["min", "max"]), op=COMPARE, x=LEVELS),
    _text("minutes_since(a.n) {op} {d} min", op=COMPARE, d=MINUTES),
]
"""Conditions on the newest samples."""

SETS = [
    _text(
        "{f}(pumps.t) {op} {x} degC",
        f=st.sampled_from(["min", "max", "mean", "median", "sum", "spread"]),
        op=COMPARE,
        x=st.integers(0, 150),
    ),
    _text(
        '{{"at_least": {k}, "of": {{"p": "pumps"}}, "where": "p.t > {x} degC"}}',
        k=st.integers(1, 3),
        x=LEVELS,
    ).map(json.loads),
]

BOUNDS = [
    _text(
        "bounds({f}({v}, {d} min)) {op} {x} kPa",
        f=st.sampled_from(["mean", "min", "max", "range", "std", "change", "drop", "rise"]),
        v=VARIABLES,
        d=MINUTES,
        op=COMPARE,
        x=st.integers(0, 70),
    )
]

LAGS = [_text("lag({v}, {d} min) {op} {x} kPa", v=VARIABLES, d=MINUTES, op=COMPARE, x=LEVELS)]

ESTIMATES = [
    _text(
        "{f}({v}, {d} min) {op} {x} kPa",
        f=st.sampled_from(["mean", "min", "max", "range", "std", "change", "drop", "rise"]),
        v=VARIABLES,
        d=MINUTES,
        op=COMPARE,
        x=st.integers(0, 70),
    ),
    _text("slope({v}, {d} min) {op} {x} kPa/min", v=VARIABLES, d=st.integers(2, 5), op=COMPARE, x=st.integers(-5, 5)),
    _text("age({v}) {op} {d} min", v=VARIABLES, op=COMPARE, d=MINUTES),
    _text("unchanged({v}) {op} {d} min", v=VARIABLES, op=COMPARE, d=MINUTES),
    _text("bad({v})", v=VARIABLES),
]
"""Exempt from the law that bad samples only widen: they have tests of their own."""


def _joined(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    several = st.lists(inner, min_size=2, max_size=3)
    weighed = st.lists(st.tuples(st.integers(1, 9), inner).map(list), min_size=2, max_size=3)
    return st.one_of(
        several.map(lambda c: {"all": c}),
        several.map(lambda c: {"any": c}),
        inner.map(lambda c: {"not": c}),
        weighed.map(lambda c: {"score": {"of": c}}),
        weighed.map(lambda c: {"score": {"at_least": 0.6, "of": c}}),
        several.flatmap(lambda c: st.integers(1, len(c)).map(lambda k: {"at_least": k, "of": c})),
    )


def conditions(*atoms: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Conditions over these atoms, as plain JSON of their YAML."""
    return st.recursive(st.one_of(*atoms), _joined, max_leaves=5)


READERS = st.sampled_from(["a", "a >= 0.4", "a < 0.7", {"not": "a"}, {"any": ["a", "a.x > 60 kPa"]}])


@st.composite
def rules(draw: st.DrawFn, *atoms: st.SearchStrategy[Any], holds: bool = True) -> tuple[str, ...]:
    """Two rules for `a`, and a reader of it."""
    found = []
    for name in ("one", "two"):
        lines = []
        if holds and draw(st.booleans()):
            lines.append(f"for: {draw(MINUTES)} min")
        if draw(st.booleans()):
            lines.append(f"strength: {draw(st.sampled_from(['0.5', '0.8', '0.95']))}")
        found.append(rule(name, json.dumps(draw(conditions(*atoms))), *lines))
    return (*found, rule("reader", json.dumps(draw(READERS)), conclude="b"))


@dataclass(frozen=True)
class Stream:
    """Samples of a few minutes; one scan a minute."""

    minutes: int
    samples: tuple[Sample, ...]

    def arriving(self, minute: int) -> list[Sample]:
        """What the scan of a minute takes in."""
        begin = T0 + (minute - 1) * MINUTE if minute else 0
        return [s for s in self.samples if begin < s.arrival <= T0 + minute * MINUTE]


@st.composite
def streams(
    draw: st.DrawFn, variables: tuple[str, ...] = ALL, *, delays: bool = True, gaps: tuple[str, ...] = ALL
) -> Stream:
    """A stream with values near the limits of the conditions, bad marks, gaps, and late samples."""
    minutes = draw(st.integers(3, 12))
    kinds = st.sampled_from(["good"] * 6 + ["bad", "none"])
    found = []
    counter = 0
    for name in variables:
        for minute in range(minutes):
            kind = draw(kinds)
            counter += draw(st.integers(0, 1)) if name == "a.n" else 0
            if kind == "none" and name in gaps:
                continue
            late = draw(st.sampled_from([0, 0, 0, 1, 2])) if delays else 0
            value = counter if name == "a.n" else draw(st.one_of(LEVELS, LEVELS, st.sampled_from([0, 1, 99, 100])))
            at = T0 + minute * MINUTE
            good = kind != "bad"
            found.append(Sample(name, at, at + late * MINUTE, value if good else None, "good" if good else "bad"))
    return Stream(minutes, tuple(found))


@st.composite
def worse(draw: st.DrawFn, stream: Stream) -> Stream:
    """The same stream with some more samples marked bad."""
    marked = draw(st.lists(st.booleans(), min_size=len(stream.samples), max_size=len(stream.samples)))
    samples = [
        Sample(s.variable, s.source, s.arrival, None, "bad", "status") if mark else s
        for s, mark in zip(stream.samples, marked, strict=True)
    ]
    return Stream(stream.minutes, tuple(samples))

"""Programs with every operator of the language, and streams to run them on, told by one number each.

A program has facts in three layers (a rule reads only what lies below it, except where facts support each other), rules
whose conditions are drawn from the tables below, and values near the limits of its conditions. A seed gives the same
case on every machine: what a campaign finds can be run again by its number.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from expert.language.ast import Program
from expert.values.types import ScanInput
from tests.columns.conditions import ALL, SAMPLES, Draw, atom, condition, minutes, options
from tests.columns.rowrules import relational_rules
from tests.columns.streams import inputs
from tests.engine.build import FACTS, SITE, program, rule

TERMS = """
terms:
  - {name: large, applies_to: a.x, zero: 40 kPa, one: 60 kPa, title: {en: large, zh: 大}, source: test}
  - {name: small, applies_to: a.y, zero: 60 kPa, one: 40 kPa, title: {en: small, zh: 小}, source: test}
  - {name: high, applies_to: z, zero: -0.5, one: 0.5, title: {en: high, zh: 高}, source: test}
"""
MORE_VARIABLES = """  - {id: a.f, unit: kPa, resolution: "0.5", period: 30 s, max_age: 4 min, valid: [20, 80],
     title: {en: F, zh: F}}
  - {id: a.s, unit: kPa, resolution: "0.1", period: 3 min, max_age: 9 min, valid: [-50, 150], uncertainty: 1,
     title: {en: S, zh: S}}
"""
MORE_FACTS = """
  late_here: {title: {en: L, zh: L}}
  proof_here: {title: {en: P, zh: P}}
  cool_here: {title: {en: C, zh: C}}
  shade: {title: {en: S, zh: S}}
  adds: {title: {en: Adds, zh: 加}, evidence: {combine: dempster}}
"""
FILES = {
    "site/terms.yaml": TERMS,
    "site/variables.yaml": SITE["site/variables.yaml"].rstrip() + "\n" + MORE_VARIABLES,
    "pack/facts.yaml": FACTS.rstrip() + MORE_FACTS,
}
FACT_LAYERS = (
    ("a", "hot", "level(grade: low)", "level(grade: high)"),
    ("b", "c"),
    ("d", "gate"),
)


@dataclass(frozen=True)
class Case:
    """One program and what it sees; ``installed``: None where the site has everything; ``baselines``:
    median and inter-quartile range of variables."""

    seed: int
    rules: tuple[str, ...]
    inputs: tuple[ScanInput, ...]
    stretch: int
    restart: int | None
    installed: frozenset[str] | None
    relational: bool
    baselines: dict[str, tuple[float, float]]

    def program(self) -> Program:
        """The program, loaded."""
        return program(*self.rules, installed=self.installed, files=FILES)


def _refuter(name: str, when: Any, fact: str, lines: list[str]) -> str:
    kept = [x for x in lines if x.startswith(("for", "strength"))]
    return rule(name, json.dumps(when), *kept, f'refute: "{fact}"', conclude=None)


def _hot(d: Draw, name: str) -> str:
    when = d.of(
        f"p.t > {d.int(40, 60)} degC",
        f"mean(p.t, {minutes(d)}) > {d.int(40, 60)} degC",
        f"p.t - mean(pumps.t) rises -10 degC to {d.int(5, 15)} degC",
        f"p.t < {d.of('1.1', '0.9')} * median(pumps.t)",
        f"lag(p.t, {d.int(1, 3)} min) > {d.int(40, 60)} degC",
    )
    return rule(name, json.dumps(when), "for_each: p in pumps", *options(d), conclude="hot(pump: p)")


def _first_layer(d: Draw) -> list[str]:
    found = []
    for i, fact in enumerate(FACT_LAYERS[0]):
        if fact == "hot":
            found.append(_hot(d, f"hot{i}"))
            continue
        for j in range(d.int(1, 2)):
            found.append(rule(f"r{i}{j}", json.dumps(condition(d, 0, 2)), *options(d), conclude=fact))
    if d.chance(60):
        found.append(_refuter("against", condition(d, 0, 1), d.of("a", "a", "level(grade: low)"), options(d)))
    return found


def _later_layers(d: Draw) -> list[str]:
    found = []
    for layer in (1, 2):
        for i, fact in enumerate(FACT_LAYERS[layer]):
            when: Any = condition(d, layer, 2)
            found.append(rule(f"s{layer}{i}", json.dumps(when), *options(d), conclude=fact))
    if d.chance(40):
        raised = d.of("t.r00", "t.hot1", "t.s10")
        found.append(
            rule("up", json.dumps({"any": [f"raised({raised})", atom(d, 0, False)]}), *options(d), conclude="d")
        )
    if d.chance(30):
        inner = d.of("raised(t.r00)", "a", "level(grade: low)")
        found.append(
            rule(
                "bell",
                json.dumps({"all": [inner, atom(d, 0, False)]}),
                "kind: alarm",
                "severity: 2",
                "because: {en: it rings, zh: 响}",
                conclude=None,
            )
        )
    if d.chance(40):
        found += _cycle(d)
    return found


def _cycle(d: Draw) -> list[str]:
    """Facts that support each other, with a start from outside."""
    start, more = atom(d, 0, False), atom(d, 0, False)
    return [
        rule("y0", json.dumps({"any": [start, "proof_here"]}), *_strength(d), conclude="late_here"),
        rule("y1", json.dumps({"all": ["late_here", more]}), *_strength(d), conclude="proof_here"),
        rule("y2", json.dumps(d.of("proof_here", "proof_here >= 0.5")), *_strength(d), conclude="late_here"),
    ]


def _strength(d: Draw) -> list[str]:
    return [f'strength: "{d.of("0.8", "0.9")}"'] if d.chance(50) else []


def _expecting(d: Draw, text: str) -> str:
    """Let some rules expect something; drawn apart, so that all else of a case stays as it is."""
    if "refute:" in text or "expect:" in text or "match:" in text or d.chance(70):
        return text
    promised = [f"{d.of('a', 'b', 'a.x > 50 kPa', 'raised(t.r00)', 'bad(a.y)', 'a >= 0.6')} within {d.int(1, 4)} min"]
    while d.chance(30):
        found = SAMPLES[d.of(*SAMPLES)](d)
        promised += [f"{found} within {d.int(1, 6)} min"] if isinstance(found, str) else []
    either = promised[0] if len(promised) == 1 else {"b": "within 3 min", "or": promised}
    return f"{text}    expect: {json.dumps(either)}\n"


def case(seed: int, relational: bool = False) -> Case:
    """The case with this number; ``relational``: with rules that the columns leave to the reference."""
    d = Draw(seed)
    rules = [*_first_layer(d), *_later_layers(d)]
    if relational:
        rules += relational_rules(d)
    rules = [_expecting(Draw(seed * 1000 + i), text) for i, text in enumerate(rules)]
    d.random.shuffle(rules)
    installed = None
    if d.chance(20):
        gone = set(d.random.sample(ALL, d.int(1, 2)))
        installed = frozenset(x for x in (*ALL, "a.e") if x not in gone)
    seen = inputs(d, relational)
    restart = d.int(1, len(seen) - 1) if d.chance(50) else None
    stretch = d.int(1, 9)
    normal = {x: (float(d.int(40, 60)), d.of(6.0, 9.0, 15.0)) for x in ("a.x", "a.y", "a.u") if d.chance(85)}
    return Case(seed, tuple(rules), seen, stretch, restart, installed, relational, normal)

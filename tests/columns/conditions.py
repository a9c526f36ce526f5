"""Conditions with every operator that reads samples, sets, models and facts, drawn at random."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

PLAIN = ("a.x", "a.y", "a.v", "a.u", "a.f", "a.s")
KPA = ("a.x", "a.x", "a.y", "a.u", "a.f", "a.s")
PUMPS = tuple(f"pumps[{p}].t" for p in "ABC")
ALL = (*PLAIN, "a.n", "a.w", *PUMPS)
OPS = ("<", "<=", ">", ">=")


class Draw:
    """Random choices of one case."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def of(self, *choices: Any) -> Any:
        """One of some choices."""
        return choices[self.random.randrange(len(choices))]

    def int(self, low: int, high: int) -> int:
        """A number from ``low`` to ``high``."""
        return self.random.randint(low, high)

    def chance(self, percent: int) -> bool:
        """True so many times in a hundred."""
        return self.random.randrange(100) < percent


def level(d: Draw) -> str:
    """A limit among the values of the streams."""
    return f"{d.of(*OPS)} {d.int(40, 60)} kPa"


def _near(d: Draw) -> str:
    return f"{d.of(*OPS)} {d.int(2, 25)} kPa"


def minutes(d: Draw) -> str:
    """The length of a window."""
    return f"{d.int(3, 7)} min"


LEVELLED = ("mean", "min", "max")
SPREADING = ("std", "range", "drop", "rise")


def _window(d: Draw, functions: tuple[str, ...]) -> str:
    return f"{d.of(*functions)}({d.of(*KPA)}, {minutes(d)})"


SAMPLES: dict[str, Callable[[Draw], Any]] = {
    "value": lambda d: f"{d.of(*PLAIN)} {level(d)}",
    "equal": lambda d: f"a.w {d.of('==', '!=')} {d.int(0, 1)}",
    "rises": lambda d: f"{d.of(*KPA)} rises {d.int(35, 49)} kPa to {d.int(50, 64)} kPa",
    "falls": lambda d: f"{d.of(*KPA)} falls {d.int(51, 64)} kPa to {d.int(35, 50)} kPa",
    "term": lambda d: d.of("a.x is large", "a.y is small"),
    "z term": lambda d: f"z(a.x, {minutes(d)}) is high",
    "add": lambda d: f"a.x + {d.of('a.y', 'a.u')} {d.of(*OPS)} {d.int(80, 120)} kPa",
    "subtract": lambda d: f"{d.of('a.x', 'a.u')} - a.y {d.of(*OPS)} {d.int(-20, 20)} kPa",
    "multiply": lambda d: f"{d.of('a.x', 'a.u')} * {d.of('2', '-0.5')} {d.of(*OPS)} {d.int(-30, 110)} kPa",
    "divide": lambda d: f"a.x / {d.of('a.y', 'a.u')} {d.of(*OPS)} {d.of('0.8', '1', '1.25')}",
    "absolute": lambda d: f"abs(a.x - {d.of('a.y', 'a.u')}) {d.of(*OPS)} {d.int(5, 20)} kPa",
    "root": lambda d: f"sqrt(a.x * {d.of('a.y', 'a.u')}) {level(d)}",
    "least": lambda d: f"min(a.x, {d.of('a.y', 'a.u')}) {level(d)}",
    "most": lambda d: f"max(a.x, {d.of('a.y', 'a.u')}) {level(d)}",
    "window": lambda d: f"{_window(d, LEVELLED)} {level(d)}",
    "spreading window": lambda d: f"{_window(d, SPREADING)} {_near(d)}",
    "change": lambda d: f"{_window(d, ('change',))} {d.of(*OPS)} {d.int(-15, 15)} kPa",
    "slope": lambda d: f"{_window(d, ('slope',))} {d.of(*OPS)} {d.int(-3, 3)} kPa/min",
    "bounds": lambda d: f"bounds({_window(d, LEVELLED)}) {level(d)}",
    "bounds of a spread": lambda d: f"bounds({_window(d, (*SPREADING, 'change'))}) {_near(d)}",
    "z": lambda d: f"z({d.of('a.x', 'a.y', 'a.u')}, {minutes(d)}) {d.of(*OPS)} {d.of('-0.3', '0', '0.3')}",
    "z_std": lambda d: f"z_std({d.of('a.x', 'a.y')}, {minutes(d)}) {d.of(*OPS)} {d.of('0.7', '1', '1.3')}",
    "z_slope": lambda d: f"z_slope({d.of('a.x', 'a.y')}, {minutes(d)}) {d.of(*OPS)} {d.of('-0.5', '0', '0.5')}",
    "z_range": lambda d: f"z_range({d.of('a.x', 'a.y')}, {minutes(d)}) {d.of(*OPS)} {d.of('1', '2', '3')}",
    "baseline": lambda d: f"{d.of('a.x', 'a.u')} {d.of(*OPS)} baseline({d.of('a.x', 'a.y')})",
    "minutes_since": lambda d: f"minutes_since({d.of('a.n', 'a.w')}) {d.of(*OPS)} {d.int(1, 4)} min",
    "age": lambda d: f"age({d.of(*PLAIN)}) {d.of(*OPS)} {d.int(1, 2)} min",
    "unchanged": lambda d: f"unchanged({d.of('a.v', 'a.n', 'a.w')}) {d.of(*OPS)} {d.int(1, 2)} min",
    "repeats": lambda d: f"repeats({d.of('a.v', 'a.n', 'a.w')}) {d.of(*OPS)} {d.int(2, 3)}",
    "bad": lambda d: f"bad({d.of(*PLAIN)})",
    "lag": lambda d: f"lag({d.of(*PLAIN)}, {d.int(1, 5)} min) {level(d)}",
    "lag of a window": lambda d: f"lag({_window(d, LEVELLED)}, {d.int(1, 4)} min) {level(d)}",
    "change over a lag": lambda d: f"a.x - lag(a.x, {d.int(1, 4)} min) {d.of(*OPS)} {d.int(-10, 10)} kPa",
    "lag of a set": lambda d: (
        f"lag({d.of('mean', 'max')}(pumps.t), {d.int(1, 4)} min) {d.of(*OPS)} {d.int(40, 60)} degC"
    ),
    "set": lambda d: f"{d.of('min', 'max', 'mean', 'median')}(pumps.t) {d.of(*OPS)} {d.int(40, 60)} degC",
    "sum of a set": lambda d: f"sum(pumps.t) {d.of(*OPS)} {d.int(130, 170)} degC",
    "spread of a set": lambda d: f"spread(pumps.t) {d.of(*OPS)} {d.int(10, 30)} degC",
    "set rises": lambda d: f"{d.of('min', 'max', 'mean')}(pumps.t) rises {d.int(30, 49)} degC to {d.int(50, 70)} degC",
    "sum with a set": lambda d: f"mean(pumps.t) - 0.5 * max(pumps.t) {d.of(*OPS)} {d.int(15, 35)} degC",
    "members compared": lambda d: f"max(pumps.t) - min(pumps.t) {d.of(*OPS)} {d.int(10, 30)} degC",
    "members": lambda d: {
        "at_least": d.int(1, 3),
        "of": {"p": "pumps"},
        "where": f"p.t {d.of(*OPS)} {d.int(40, 60)} degC",
    },
    "members that rise": lambda d: {
        "at_least": d.int(1, 3),
        "of": {"p": "pumps"},
        "where": f"p.t rises {d.int(30, 49)} degC to {d.int(50, 70)} degC",
    },
    "model": lambda d: "model(outlook).below(50 kPa, ahead: 2 h)" + d.of("", " >= 0.6"),
}
"""Conditions that read samples, members of a set and models."""

RECORDED: dict[str, Callable[[Draw], Any]] = {
    "residual": lambda d: f"residual({d.of('a.x', 'a.y')}, {minutes(d)}) {_near(d)}",
    "autocorrelation": lambda d: f"autocorrelation(a.x, 8 min, 2 min) {d.of(*OPS)} {d.of('-0.2', '0', '0.2')}",
    "coherence": lambda d: (
        f"coherence({d.of('a.x', 'a.u')}, a.y, 16 min, {d.of('0.0042 Hz, 0.0045 Hz', '0.0042 Hz, 0.008 Hz')}) "
        f"{d.of(*OPS)} {d.of('0.2', '0.5', '0.8')}"
    ),
    "band_rms": lambda d: f"band_rms(a.x, 8 min, 0.003 Hz, 0.006 Hz) {d.of(*OPS)} {d.int(1, 6)} kPa",
}
"""Registered features: with them a rule is not one of the columns."""

READ = ("a", "hot", "hot(pump: A)", "level", "level(grade: low)", "b", "c")


def _facts(d: Draw, layer: int) -> Any:
    known = READ[: 5 if layer == 1 else 7]
    text = d.of(*known)
    form = d.int(0, 5)
    if form < 2:
        return text
    if form == 2:
        return {"not": text}
    return f"{text} {d.of('>=', '>=', '>', '<', '<=')} {d.of('0.4', '0.5', '0.7')}"


def atom(d: Draw, layer: int, recorded: bool) -> Any:
    """One condition; ``layer``: of the rule, ``recorded``: with registered features."""
    if recorded and d.chance(40):
        return RECORDED[d.of(*RECORDED)](d)
    if layer and d.chance(45):
        return _facts(d, layer)
    return SAMPLES[d.of(*SAMPLES)](d)


def condition(d: Draw, layer: int, depth: int, recorded: bool = False) -> Any:
    """A condition with up to ``depth`` levels of and, or, not, scores and counts."""
    if depth == 0 or d.chance(25):
        return atom(d, layer, recorded)
    form = d.of("all", "any", "any", "not", "score", "score", "at_least")
    if form == "not":
        return {"not": condition(d, layer, depth - 1, recorded)}
    items = [condition(d, layer, depth - 1, recorded) for _ in range(d.int(2, 3))]
    if form == "score":
        terms = [[d.int(1, 9), x] for x in items]
        return {"score": {"of": terms} if d.chance(50) else {"at_least": d.of(0.4, 0.6), "of": terms}}
    if form == "at_least":
        return {"at_least": d.int(1, len(items)), "of": items}
    return {form: items}


def options(d: Draw) -> list[str]:
    """Keys of a rule that may be there or not."""
    found = []
    if d.chance(35):
        found.append(f"for: {d.int(1, 4)} min")
    if d.chance(35):
        found.append(f"clear_for: {d.int(1, 4)} min")
    if d.chance(35):
        found.append(f"max_hold: {d.int(1, 3)} min")
    if d.chance(40):
        found.append(f'strength: "{d.of("0.5", "0.8", "0.95", "0.333333")}"')
    if d.chance(35):
        found.append(f'threshold: "{d.of("0.45", "0.7", "0.9")}"')
        if d.chance(60):
            found.append(f'clear_below: "{d.of("0.2", "0.4")}"')
    if d.chance(20):
        found.append(f"severity: {d.int(1, 2)}")
    return found

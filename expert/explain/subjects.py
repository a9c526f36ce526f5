"""What a rule's conditions are about, as quantities that can be set to another value: numbers, facts, models, signals.

Several conditions on one quantity move together: that is what makes a smallest change true.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Protocol

from expert.engine.combine import compare, graded
from expert.engine.nodes import Env
from expert.engine.results import Num, point
from expert.explain import quantities as q
from expert.explain.recorded import Recorded
from expert.language import ast
from expert.values.interval import FALSE, ONE, TRUE, UNKNOWN, Interval

CROSSING_STEPS = 24
"""Halvings of a soft limit, finer than any number is shown."""

Settings = dict[str, Interval]
"""Condition key -> certainty that it would have."""
Enough = Callable[[Settings], bool]
Atom = tuple[ast.Cond, Env]


@dataclass(frozen=True, slots=True)
class Move:
    """One quantity set to another value.

    ``to``: a number in house units or a certainty in millionths, None when any known value does.
    ``up``: whether that is more than now. ``beyond``: it has to be passed, not just reached. ``fresh``: it is unknown
    now. ``settings``: what becomes of the conditions on it. ``cost``: how far it is, about 1 for a whole step.
    """

    subject: Subject
    to: float | None
    up: bool
    beyond: bool
    fresh: bool
    settings: Settings = field(hash=False)
    cost: float = 0.0


class Subject(Protocol):
    """A quantity with the conditions on it."""

    key: str
    atoms: list[Atom]

    def extremes(self) -> list[Settings]:
        """What becomes of its conditions at the ends of what it can be."""
        ...

    def nearest(self, enough: Enough) -> list[Move]:
        """The nearest values at which it is enough, at most one in each direction."""
        ...

    def definite(self, move: Move) -> Move:
        """A move to any known value as the one to the value that its settings stand for."""
        ...


def subjects(atoms: Iterable[Atom], recorded: Recorded) -> list[Subject]:
    """The quantities behind the atoms of a rule, in order of their first mention; what is not installed is left out."""
    found: dict[str, Subject] = {}
    for node, env in atoms:
        if recorded.cond(node, env) is None:
            continue
        key = _key(node, env, recorded)
        if key not in found:
            found[key] = _make(key, node, env, recorded)
        own = (recorded.table.key(node, env), found[key])
        if all(recorded.table.key(*a) != own[0] for a in found[key].atoms):
            found[key].atoms.append((node, env))
    return list(found.values())


def _key(node: ast.Cond, env: Env, recorded: Recorded) -> str:
    table = recorded.table
    if isinstance(node, ast.Graded):
        return table.key(node.arg, env)
    if isinstance(node, ast.Compare):
        return table.key(node.left, env) if _measurable(node, env, recorded) else table.key(node, env)
    if isinstance(node, ast.Certainty):
        return table.key(node.fact, env)
    if isinstance(node, ast.ModelProbability):
        return f"{node.model} {node.op} {node.limit.value} {node.ahead}"
    return table.key(node, env)


def _measurable(node: ast.Compare, env: Env, recorded: Recorded) -> bool:
    """Whether a comparison has a number on the left and a known limit on the right."""
    return not recorded.row_text(node.left, env) and recorded.num(node.right, env).known


def _make(key: str, node: ast.Cond, env: Env, recorded: Recorded) -> Subject:
    if isinstance(node, ast.Graded):
        return Quantity(key, node.arg, node.one, env, recorded)
    if isinstance(node, ast.Compare) and _measurable(node, env, recorded):
        return Quantity(key, node.left, node.right, env, recorded)
    if isinstance(node, ast.FactRef | ast.Certainty | ast.ModelProbability):
        return Belief(key, recorded)
    return Switch(key, recorded)


class Quantity:
    """A measured number. A change keeps its coverage and its uncertainty; an unknown one comes back whole."""

    def __init__(self, key: str, expr: ast.Expr, beside: ast.Expr, env: Env, recorded: Recorded) -> None:
        self.key = key
        self.expr = expr
        self.env = env
        self.r = recorded
        self.atoms: list[Atom] = []
        self.num = recorded.num(expr, env)
        self.unit = q.compared_unit(recorded.program, expr, beside, env)
        self.scale = q.scale_of(recorded.program, expr, self.unit)

    @property
    def known(self) -> bool:
        """Whether there is a value to move away from."""
        return self.num.v is not None and self.num.known

    def settings(self, to: float, beyond: int = 0, whole: bool = False) -> Settings:
        """What becomes of the conditions at a value, or just above (1) or below (-1) it; ``whole``: measured anew."""
        value = to if beyond == 0 else math.nextafter(to, math.inf if beyond > 0 else -math.inf)
        num = point(value) if whole or not self.known else self._moved(value)
        return {self.r.table.key(n, e): self._certainty(n, e, num) for n, e in self.atoms}

    def _moved(self, value: float) -> Num:
        old = self.num
        assert old.v is not None and old.lo is not None and old.hi is not None
        by = value - old.v
        layers = tuple((c, lo + by, hi + by) for c, lo, hi in old.layers)
        return replace(old, v=value, lo=value - (old.v - old.lo), hi=value + (old.hi - old.v), why="", layers=layers)

    def _certainty(self, node: ast.Cond, env: Env, num: Num) -> Interval:
        if isinstance(node, ast.Graded):
            return graded(num, node.zero.value, node.one.value)
        assert isinstance(node, ast.Compare)
        return compare(node.op, num, self.r.num(node.right, env))

    def _points(self) -> list[float]:
        """Values at which a condition changes, ascending; shifted by the uncertainty on both sides."""
        found: set[float] = set()
        for node, env in self.atoms:
            if isinstance(node, ast.Graded):
                found |= {node.zero.value, node.one.value}
            elif isinstance(node, ast.Compare):
                right = self.r.num(node.right, env)
                found |= {x for x in (right.lo, right.hi) if x is not None}
        old = self.num
        if old.v is not None and old.lo is not None and old.hi is not None:
            below, above = old.v - old.lo, old.hi - old.v
            found |= {x + below for x in found} | {x - above for x in found}
        return sorted(found)

    def extremes(self) -> list[Settings]:
        """Below all limits, above all limits, and between two of them where there are several."""
        points = self._points()
        if not points:
            return []
        between = [self.settings((a + b) / 2) for a, b in pairwise(points)]
        return [self.settings(points[-1], 1), self.settings(points[0], -1), *(between if len(self.atoms) > 1 else [])]

    def nearest(self, enough: Enough) -> list[Move]:
        """The nearest value above and below; for an unknown one what it must come back with."""
        points = self._points()
        if not points:
            return []
        if not self.known:
            return self._back(points, enough)
        value = self.num.v or 0.0
        up = [(p, b) for p in points if p >= value for b in (0, 1) if p > value or b]
        down = [(p, b) for p in reversed(points) if p <= value for b in (0, -1) if p < value or b]
        found = [m for m in (self._first(ladder, value, enough) for ladder in (up, down)) if m is not None]
        return found if found or self.num.c == 1 else self._back(points, enough)

    def definite(self, move: Move) -> Move:
        """Above all its limits."""
        return replace(move, to=self._points()[-1], up=True, beyond=True)

    def _first(self, ladder: list[tuple[float, int]], start: float, enough: Enough) -> Move | None:
        before = start
        for to, beyond in ladder:
            if enough(self.settings(to, beyond)):
                if beyond or to == before:
                    return self._move(to, beyond, enough)
                return self._move(self._crossing(before, to, lambda x: enough(self.settings(x))), 0, enough)
            before = to
        return None

    def _crossing(self, fails: float, holds: float, enough: Callable[[float], bool]) -> float:
        """Between a value that is not enough and one that is: where it becomes enough."""
        for _ in range(CROSSING_STEPS):
            middle = (fails + holds) / 2
            if middle in (fails, holds):
                break
            if enough(middle):
                holds = middle
            else:
                fails = middle
        return holds

    def _move(self, to: float, beyond: int, enough: Enough) -> Move:
        up = beyond > 0 or (beyond == 0 and to > (self.num.v if self.num.v is not None else to))
        if beyond == 0:
            to = self._rounded(to, up, lambda x: enough(self.settings(x)))
        cost = abs(to - self.num.v) / self._step() if self.num.v is not None else 1.0
        return Move(self, to, up, beyond != 0, not self.known, self.settings(to, beyond), cost)

    def _rounded(self, to: float, up: bool, enough: Callable[[float], bool]) -> float:
        """The value as it is shown, rounded away from the present one, if that is still enough."""
        shown = self.scale.shown(to)
        for decimals in range(self.scale.decimals if self.scale.decimals is not None else 2, q.MAX_DECIMALS + 1):
            size = 10.0**decimals
            near = round(shown * size) / size
            rounded = near if math.isclose(near, shown, rel_tol=1e-9) else (math.ceil if up else math.floor)(
                shown * size) / size  # fmt: skip
            house = self.scale.house(rounded)
            if enough(house):
                return house
        return to

    def _step(self) -> float:
        """A whole step of this quantity: the widest soft limit, or the limit itself."""
        steps = [abs(n.one.value - n.zero.value) for n, _ in self.atoms if isinstance(n, ast.Graded)]
        limits = [abs(p) for p in self._points()]
        return max([*steps, *([] if steps else limits)], default=1.0) or 1.0

    def _back(self, points: list[float], enough: Enough) -> list[Move]:
        """What an unknown number must come back with, or one of which samples are lost or old."""

        def holds(to: float, beyond: int = 0) -> bool:
            return enough(self.settings(to, beyond, True))

        ladder = [(p, b) for p in points for b in (-1, 0, 1)]
        between = [((a + b) / 2, 0) for a, b in pairwise(points)]
        if all(holds(*step) for step in [*ladder, *between]):
            return [Move(self, None, True, False, True, self.settings(points[-1], 1, True), 1.0)]
        sides = [(False, ladder), (True, ladder[::-1])]
        return [self._from_end(steps, above, holds) for above, steps in sides if holds(*steps[0])]

    def _from_end(self, steps: list[tuple[float, int]], above: bool, holds: Callable[..., bool]) -> Move:
        """The last value from an end of the range for which it is enough: ``steps`` lead from there inwards."""
        last, beyond = steps[0]
        for to, b in steps[1:]:
            if not holds(to, b):
                if to != last:
                    last, beyond = self._crossing(to, last, holds), 0
                break
            last, beyond = to, b
        if beyond == 0:
            last = self._rounded(last, above, holds)
        return Move(self, last, above, beyond != 0, True, self.settings(last, beyond, True), 1.0)


class Belief:
    """The certainty of a fact or of a model's statement; what it would have to be."""

    def __init__(self, key: str, recorded: Recorded) -> None:
        self.key = key
        self.r = recorded
        self.atoms: list[Atom] = []

    @property
    def now(self) -> Interval:
        """Its present certainty."""
        node, env = self.atoms[0]
        if isinstance(node, ast.Certainty):
            return self.r.cond(node.fact, env) or UNKNOWN
        if isinstance(node, ast.ModelProbability) and node.at_least is not None:
            return UNKNOWN
        return self.r.cond(node, env) or UNKNOWN

    def settings(self, to: int) -> Settings:
        """What becomes of the conditions when it is known to be ``to`` (millionths)."""
        x = Interval(to, to)
        return {self.r.table.key(n, e): self._certainty(n, x) for n, e in self.atoms}

    def _certainty(self, node: ast.Cond, x: Interval) -> Interval:
        if isinstance(node, ast.Certainty):
            return x.compared(node.op, node.limit)
        if isinstance(node, ast.ModelProbability) and node.at_least is not None:
            return x.at_least(node.at_least)
        return x

    def extremes(self) -> list[Settings]:
        """Certain, impossible, and between its limits where there are several."""
        limits = sorted(self._limits())
        between = [self.settings((a + b) // 2) for a, b in pairwise(limits)]
        return [self.settings(ONE), self.settings(0), *between]

    def _limits(self) -> set[int]:
        found = {n.limit for n, _ in self.atoms if isinstance(n, ast.Certainty)}
        return found | {n.at_least or 0 for n, _ in self.atoms if isinstance(n, ast.ModelProbability)} - {0}

    def nearest(self, enough: Enough) -> list[Move]:
        """The nearest certainty above its support and below its plausibility that is enough."""
        x = self.now
        points = sorted({0, ONE} | {p for limit in self._limits() for p in (limit - 1, limit, limit + 1) if p <= ONE})
        fails_low, fails_high = not enough(self.settings(x.s)), not enough(self.settings(x.p))
        if not fails_low and not fails_high:
            return [Move(self, None, True, False, True, self.settings(x.p), 1.0)]
        up = self._first(x.s, [p for p in points if p > x.s], enough) if fails_low else None
        down = self._first(x.p, [p for p in reversed(points) if p < x.p], enough) if fails_high else None
        out = []
        for to, rises in ((up, True), (down, False)):
            if to is not None:
                distance = (to - x.s if rises else x.p - to) / ONE
                out.append(Move(self, to, rises, False, not x.known, self.settings(to), 1.0 + distance))
        return out

    def definite(self, move: Move) -> Move:
        """As plausible as it is now."""
        return replace(move, to=self.now.p)

    def _first(self, start: int, ladder: list[int], enough: Enough) -> int | None:
        before = start
        for to in ladder:
            if enough(self.settings(to)):
                fails, holds = before, to
                while abs(holds - fails) > 1:
                    middle = (fails + holds) // 2
                    fails, holds = (fails, middle) if enough(self.settings(middle)) else (middle, holds)
                return self._rounded(holds, to > start, enough)
            before = to
        return None

    def _rounded(self, to: int, up: bool, enough: Enough) -> int:
        """As it is shown, with two decimals, if that is still enough; just below or above such a value as it is."""
        if (to - 1 if up else to + 1) % 10_000 == 0:
            return to
        near = (-(-to // 10_000) if up else to // 10_000) * 10_000
        return near if enough(self.settings(near)) else to


class Switch:
    """A signal, a raised rule, a text, or a comparison with what is unknown: it is so or not."""

    def __init__(self, key: str, recorded: Recorded) -> None:
        self.key = key
        self.r = recorded
        self.atoms: list[Atom] = []

    def extremes(self) -> list[Settings]:
        """So, and not so."""
        return [{self.key: TRUE}, {self.key: FALSE}]

    def nearest(self, enough: Enough) -> list[Move]:
        """The other way round, when that is enough."""
        now = self.r.cond(*self.atoms[0])
        out = []
        for up, x in ((True, TRUE), (False, FALSE)):
            if now != x and enough({self.key: x}):
                out.append(Move(self, None, up, False, False, {self.key: x}, 1.0))
        return out

    def definite(self, move: Move) -> Move:
        """It is one already."""
        return move

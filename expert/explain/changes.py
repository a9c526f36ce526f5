"""The smallest changes of what a rule reads that would raise it, or take it away."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, product

from expert.engine.nodes import Env
from expert.explain.recorded import Recorded, branches, environment, formula, leaves
from expert.explain.subjects import Move, Settings, Subject, subjects
from expert.explain.titles import Args
from expert.language import ast
from expert.values.interval import TRUE, Interval, conj

MAX_PAIRED = 24
"""Pairs are tried for rules about up to this many quantities."""
MAX_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Change:
    """Quantities that would have to change together; none of them can be left out."""

    moves: tuple[Move, ...]

    @property
    def cost(self) -> tuple[int, float]:
        """How much it is: the number of quantities, then how far they have to go."""
        return len(self.moves), sum(m.cost for m in self.moves)

    @property
    def settings(self) -> Settings:
        """What becomes of the conditions."""
        return _merged([m.settings for m in self.moves])


def smallest(recorded: Recorded, rule: ast.Rule, bindings: Args, raise_it: bool) -> list[Change]:
    """Smallest changes that would bring a rule to its threshold, or below its clear limit; nearest first.

    All other conditions keep their recorded certainties; what `for` still needs is not part of it.
    """
    return Search(recorded, rule, bindings, raise_it).changes()


Aim = tuple[Subject, Settings]
"""A quantity with what becomes of its conditions."""


class Search:
    """The search for one rule with its bindings.

    ``raise_it``: to its threshold (or to another one), else below its clear limit.
    """

    def __init__(
        self, recorded: Recorded, rule: ast.Rule, bindings: Args, raise_it: bool, threshold: int | None = None
    ) -> None:
        self.r = recorded
        self.threshold = rule.threshold if threshold is None else threshold
        self.rule = rule
        self.env = environment(rule, bindings)
        self.raise_it = raise_it
        rows = [recorded.cond(m.where, self.env) for m in rule.match if m.where is not None]
        self.matched = conj([x if x is not None else TRUE for x in rows])
        self._sign: dict[str, int] = {}
        self._weight: dict[str, float] = {}
        self._signs(rule.when, self.env, 1 if raise_it else -1, math.inf)
        atoms = list(leaves(rule.when, self.env, recorded.program))
        self._formula = formula(rule.when, self.env, recorded)
        self._now = {recorded.table.key(*a): recorded.cond(*a) for a in atoms}
        self.subjects = subjects(atoms, recorded)

    def certainty(self, settings: Settings) -> Interval | None:
        """The rule's certainty under settings; conditions that are not set keep theirs."""
        x = self._formula(lambda key: settings[key] if key in settings else self._now[key])
        return None if x is None else (x & self.matched).attenuate(self.rule.strength)

    def enough(self, settings: Settings) -> bool:
        """Whether the rule would be raised, or cleared."""
        x = self.certainty(settings)
        if x is None:
            return False
        return x.s >= self.threshold if self.raise_it else x.p < self.rule.clear_below

    def changes(self) -> list[Change]:
        """Single quantities, else pairs, else one larger set; every one checked."""
        if self.enough({}):
            return []
        for find in (self._singles, self._pairs, self._larger):
            found = [self._definite(c) for c in find() if c is not None and self.holds(c)]
            if found:
                return sorted(found, key=lambda c: c.cost)[:MAX_SHOWN]
        return []

    def holds(self, change: Change) -> bool:
        """Whether a change is enough, and no part of it is."""
        if not self.enough(change.settings):
            return False
        parts = combinations(change.moves, len(change.moves) - 1) if len(change.moves) > 1 else ()
        return not any(self.enough(_merged([m.settings for m in part])) for part in parts)

    def _definite(self, change: Change) -> Change:
        """A change that says *any known value will do* only where that is so whatever the others come back with."""
        free = [m for m in change.moves if m.to is None and m.fresh]
        if len(change.moves) == 1 or not free:
            return change
        fixed = _merged([m.settings for m in change.moves if m not in free])
        ends = product(*(m.subject.extremes() for m in free))
        if all(self.enough({**fixed, **_merged(list(values))}) for values in ends):
            return change
        return Change(tuple(m.subject.definite(m) if m in free else m for m in change.moves))

    def _singles(self) -> Iterator[Change | None]:
        for subject in self.subjects:
            yield from (Change((m,)) for m in subject.nearest(self.enough))

    def _pairs(self) -> Iterator[Change | None]:
        if len(self.subjects) > MAX_PAIRED:
            return
        for a, b in combinations(self.subjects, 2):
            for x in a.extremes():
                for y in b.extremes():
                    if self.enough({**x, **y}):
                        yield self._shrunk([(a, x), (b, y)])

    def _larger(self) -> Iterator[Change | None]:
        """Sets from which nothing can be left out, found by leaving out the farthest first, or the lightest."""
        chosen = [(s, self._best(s)) for s in self.subjects]
        every = [(s, x) for s, x in chosen if x is not None]
        if not self.enough(_merged([x for _, x in every])):
            return
        found = [self._shrunk(self._needed(every, order)) for order in (self._far, self._light)]
        known = [c for c in found if c is not None and self.holds(c)]
        if known:
            yield min(known, key=lambda c: c.cost)

    def _needed(self, every: Sequence[Aim], order: Callable[[Aim, Sequence[Aim]], float]) -> Sequence[Aim]:
        kept = list(every)
        for item in sorted(every, key=lambda i: order(i, every)):
            rest = [i for i in kept if i is not item]
            if self.enough(_merged([x for _, x in rest])):
                kept = rest
        return kept

    def _far(self, aim: Aim, every: Sequence[Aim]) -> float:
        """How far a quantity has to go when all others help, farthest first."""
        subject = aim[0]
        rest = _merged([x for s, x in every if s is not subject])
        moves = subject.nearest(lambda mine: self.enough({**rest, **mine}))
        return -min((m.cost for m in moves), default=0.0)

    def _light(self, aim: Aim, every: Sequence[Aim]) -> float:
        """How much weight a quantity has, lightest first."""
        return max((self._weight.get(key, math.inf) for key in aim[1]), default=0.0)

    def _best(self, subject: Subject) -> Settings | None:
        """The end of a quantity that helps its conditions most; None when it has none."""

        def helps(settings: Settings) -> int:
            return sum(self._sign.get(key, 0) * (x.s + x.p) for key, x in settings.items())

        return max(subject.extremes(), key=helps, default=None)

    def _signs(self, node: ast.Cond, env: Env, sign: int, weight: float) -> None:
        """Whether the rule gains (1) or loses (-1) by each condition (0: both), and its weight in a score."""
        if isinstance(node, ast.Not):
            self._signs(node.item, env, -sign, weight)
        elif isinstance(node, ast.AtLeast):
            for item, inner in branches(node, env, self.r.program):
                self._signs(item, inner, sign, weight)
        elif isinstance(node, ast.Score):
            for w, item in node.terms:
                self._signs(item, env, sign, min(weight, float(w)))
        elif isinstance(node, ast.All | ast.Any):
            for item in node.items:
                self._signs(item, env, sign, weight)
        else:
            key = self.r.table.key(node, env)
            self._sign[key] = sign if self._sign.get(key, sign) == sign else 0
            self._weight[key] = max(weight, self._weight.get(key, 0.0))

    def _shrunk(self, chosen: Sequence[tuple[Subject, Settings]]) -> Change | None:
        """Every quantity moved no farther than the others need it to."""
        settings = [x for _, x in chosen]
        moves: list[Move] = []
        for i, (subject, _) in enumerate(chosen):
            rest = _merged([x for j, x in enumerate(settings) if j != i])
            near = subject.nearest(lambda mine, rest=rest: self.enough({**rest, **mine}))  # type: ignore[misc]
            if not near:
                return None
            best = min(near, key=lambda m: m.cost)
            moves.append(best)
            settings[i] = best.settings
        return Change(tuple(moves))


def _merged(parts: Sequence[Settings]) -> Settings:
    out: Settings = {}
    for part in parts:
        out.update(part)
    return out

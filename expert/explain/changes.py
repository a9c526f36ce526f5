"""The smallest changes of what a rule reads that would raise it, or take it away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from expert.engine.nodes import Env
from expert.explain.recorded import Recorded, environment, leaves, recompute
from expert.explain.subjects import Move, Settings, Subject, subjects
from expert.explain.titles import Args
from expert.language import ast
from expert.values.interval import ONE, TRUE, UNKNOWN, Interval, conj

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


class Search:
    """The search for one rule with its bindings."""

    def __init__(self, recorded: Recorded, rule: ast.Rule, bindings: Args, raise_it: bool) -> None:
        self.r = recorded
        self.rule = rule
        self.env = environment(rule, bindings)
        self.raise_it = raise_it
        rows = [recorded.cond(m.where, self.env) for m in rule.match if m.where is not None]
        self.matched = conj([x if x is not None else TRUE for x in rows])
        self.subjects = subjects(leaves(rule.when, self.env, recorded.program), recorded)

    def certainty(self, settings: Settings, otherwise: Interval | None = None) -> Interval | None:
        """The rule's certainty under settings; conditions not set keep theirs, or have ``otherwise``."""

        def leaf(node: ast.Cond, env: Env) -> Interval | None:
            recorded = self.r.cond(node, env)
            if recorded is None:
                return None
            found = settings.get(self.r.table.key(node, env))
            return found if found is not None else recorded if otherwise is None else otherwise

        x = recompute(self.rule.when, self.env, self.r.program, leaf)
        return None if x is None else (x & self.matched).attenuate(self.rule.strength)

    def enough(self, settings: Settings) -> bool:
        """Whether the rule would be raised, or cleared."""
        x = self.certainty(settings)
        if x is None:
            return False
        return x.s >= self.rule.threshold if self.raise_it else x.p < self.rule.clear_below

    def changes(self) -> list[Change]:
        """Single quantities, else pairs, else one larger set; every one checked."""
        if self.enough({}):
            return []
        found = [Change((m,)) for s in self.subjects for m in s.nearest(self.enough)]
        if not found and len(self.subjects) <= MAX_PAIRED:
            found = self._pairs()
        if not found:
            found = self._larger()
        return sorted((c for c in found if self.holds(c)), key=lambda c: c.cost)[:MAX_SHOWN]

    def holds(self, change: Change) -> bool:
        """Whether a change is enough, and no part of it is."""
        if not self.enough(change.settings):
            return False
        parts = combinations(change.moves, len(change.moves) - 1) if len(change.moves) > 1 else ()
        return not any(self.enough(_merged([m.settings for m in part])) for part in parts)

    def _pairs(self) -> list[Change]:
        out = []
        for a, b in combinations(self.subjects, 2):
            for x in a.extremes():
                for y in b.extremes():
                    if self.enough({**x, **y}):
                        out.append(self._shrunk([(a, x), (b, y)]))
        return [c for c in out if c is not None]

    def _larger(self) -> list[Change]:
        """A set from which nothing can be left out, found by leaving out the farthest first."""
        chosen = [(s, self._best(s)) for s in self.subjects]
        kept = [(s, x) for s, x in chosen if x is not None]
        if not self.enough(_merged([x for _, x in kept])):
            return []
        for item in sorted(kept, key=lambda i: -self._distance(i[0], i[1], kept)):
            rest = [i for i in kept if i is not item]
            if self.enough(_merged([x for _, x in rest])):
                kept = rest
        found = self._shrunk(kept)
        return [found] if found is not None else []

    def _best(self, subject: Subject) -> Settings | None:
        """The end of a quantity that helps most, with all others unknown; None when none does."""

        def helps(settings: Settings) -> tuple[int, int]:
            x = self.certainty(settings, UNKNOWN) or UNKNOWN
            return (x.s, x.p) if self.raise_it else (ONE - x.p, ONE - x.s)

        return max(subject.extremes(), key=helps, default=None)

    def _distance(self, subject: Subject, settings: Settings, others: Sequence[tuple[Subject, Settings]]) -> float:
        rest = _merged([x for s, x in others if s is not subject])
        moves = subject.nearest(lambda mine: self.enough({**rest, **mine}))
        return min((m.cost for m in moves), default=0.0)

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

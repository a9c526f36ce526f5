"""What a conclusion rests on: the smallest sets of instruments whose loss would undo it.

What another expert says counts as an instrument here, by the name ``pack/type``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import combinations

from expert.engine.dependence import Dependence
from expert.engine.facts import FactBase
from expert.engine.fixpoint import Outcome, infer
from expert.engine.hold import Hold
from expert.engine.known import Known
from expert.engine.reference import Reference, World
from expert.language.ast import GroundRule

MAX_PAIRED = 10
"""Pairs are tried for up to this many instruments that are not decisive alone."""


def rests_on(
    world: World,
    strata: Sequence[Sequence[GroundRule]],
    holds: Mapping[str, Hold],
    outcome: Outcome,
    dependence: Dependence,
    known: Known,
) -> tuple[tuple[str, ...], ...]:
    """Smallest sets of instruments and imports (one or two) whose loss would take support below the threshold.

    Re-evaluates the conclusion with those instruments unknown in this scan.
    """
    rule = outcome.activation.rule
    needed = dependence.closure(rule)
    part = [[g for g in layer if g.rule.id in needed] for layer in strata]
    names = (*dependence.instruments(rule, outcome.activation.bindings), *dependence.imports(rule))

    def undone(lost: tuple[str, ...]) -> bool:
        imports = world.imports.without([n.rpartition("/")[2] for n in lost if "/" in n])
        facts = imports.into(FactBase(world.off_facts, world.program.facts))
        trial = replace(world, facts=facts, imports=imports, masked=frozenset(lost), lag_now={}, lag_later={})
        seen: list[int] = []

        def step(o: Outcome, x: object, disputed: bool) -> None:
            if o.activation.key == outcome.activation.key:
                seen.append(getattr(x, "s", 0))

        infer(trial, part, holds, step, Reference(trial, known))
        return not seen or seen[0] < rule.threshold

    single = [n for n in names if undone((n,))]
    rest = [n for n in names if n not in single]
    pairs = [c for c in combinations(rest, 2) if undone(c)] if len(rest) <= MAX_PAIRED else []
    return tuple((n,) for n in single) + tuple(pairs)

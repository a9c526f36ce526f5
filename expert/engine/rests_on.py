"""What a conclusion rests on: the smallest sets of instruments whose loss would undo it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import combinations

from expert.engine.facts import FactBase
from expert.engine.fixpoint import Outcome, infer
from expert.engine.hold import Hold
from expert.engine.nodes import Env, roots, walk
from expert.engine.reference import World
from expert.language.ast import (
    FactRef,
    GroundRule,
    ModelProbability,
    Program,
    Raised,
    Ref,
    Rule,
)
from expert.language.nodes import ground_name

MAX_PAIRED = 10
"""Pairs are tried for up to this many instruments that are not decisive alone."""


def closure(program: Program, rule: Rule) -> set[str]:
    """Ids of the rules that may take part in a conclusion of ``rule``, itself included."""
    by_type: dict[str, list[Rule]] = {}
    for r in program.rules.values():
        if r.conclude is not None:
            by_type.setdefault(r.conclude.type, []).append(r)
    found: set[str] = set()
    todo = [rule]
    while todo:
        r = todo.pop()
        if r.id in found:
            continue
        found.add(r.id)
        if r.conclude is not None:
            todo.extend(x for x in by_type[r.conclude.type] if x.conclude is not None and x.conclude.refutes)
        for root in roots(r):
            for node in walk(root):
                if isinstance(node, FactRef):
                    todo.extend(by_type.get(node.type, []))
                elif isinstance(node, Raised):
                    todo.append(program.rules[node.rule])
    return found


def instruments(program: Program, rules: set[str], bindings: tuple[tuple[str, str], ...]) -> tuple[str, ...]:
    """Ground variables that these rules read; a set's variable counts for all members unless it is bound."""
    names: set[str] = set()
    bound = dict(bindings)
    for rule_id in rules:
        rule = program.rules[rule_id]
        for root in [rule.when] + ([rule.conclude.number] if rule.conclude and rule.conclude.number else []):
            for node in walk(root):
                if isinstance(node, Ref):
                    names.update(_grounds(program, rule, node, bound))
                elif isinstance(node, ModelProbability):
                    names.add(program.site.models[node.model].target)
    return tuple(sorted(n for n in names if program.installed is None or n in program.installed))


def _grounds(program: Program, rule: Rule, ref: Ref, bound: Env) -> list[str]:
    if ref.binding is None:
        return [ref.variable]
    family = ref.variable.partition(".")[0]
    own = {b for b, _ in rule.for_each}
    if ref.binding in own and ref.binding in bound:
        return [ground_name(ref, bound)]
    return [ground_name(ref, {ref.binding: m}) for m in program.site.sets[family]]


def rests_on(
    world: World, strata: Sequence[Sequence[GroundRule]], holds: Mapping[str, Hold], outcome: Outcome
) -> tuple[tuple[str, ...], ...]:
    """Smallest sets of instruments (one or two) whose loss would take support below the threshold.

    Re-evaluates the conclusion with those instruments unknown in this scan.
    """
    program, rule = world.program, outcome.activation.rule
    needed = closure(program, rule)
    part = [[g for g in layer if g.rule.id in needed] for layer in strata]
    names = instruments(program, needed, outcome.activation.bindings)

    def undone(lost: tuple[str, ...]) -> bool:
        trial = replace(world, facts=FactBase(world.off_facts), masked=frozenset(lost), lag_now={}, lag_later={})
        seen: list[int] = []

        def step(o: Outcome, x: object, disputed: bool) -> None:
            if o.activation.key == outcome.activation.key:
                seen.append(getattr(x, "s", 0))

        infer(trial, part, program.fact_stratum, holds, step)
        return not seen or seen[0] < rule.threshold

    single = [n for n in names if undone((n,))]
    rest = [n for n in names if n not in single]
    pairs = [c for c in combinations(rest, 2) if undone(c)] if len(rest) <= MAX_PAIRED else []
    return tuple((n,) for n in single) + tuple(pairs)

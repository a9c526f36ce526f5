"""One scan's fixpoint: strata from the bottom, each in naive rounds until nothing changes.

The result does not depend on the order of rules: a round only adds to what a fact's rules say, and a rule's
say is replaced as a whole when it grows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from expert.engine.facts import FactState
from expert.engine.hold import Hold
from expert.engine.nodes import conclusion_args, plain
from expert.engine.reference import Reference, World
from expert.engine.results import Num
from expert.language.ast import GroundRule, Rule
from expert.values.interval import TRUE, Interval
from expert.values.types import rule_key

MAX_ROUNDS = 10_000


class EndlessGrowth(RuntimeError):
    """A stratum did not come to rest; names the rules that still grow."""


@dataclass(frozen=True, slots=True)
class Activation:
    """A rule with one set of bindings in this scan. ``matched``: certainty of the row conditions."""

    rule: Rule
    bindings: tuple[tuple[str, str], ...]
    env: Mapping[str, str]
    matched: Interval

    @property
    def key(self) -> str:
        """Canonical name."""
        return rule_key(self.rule.id, self.bindings)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an activation: ``when`` itself, ``held`` (after `for`), ``out`` (after strength)."""

    activation: Activation
    when: Interval
    held: Interval
    out: Interval
    since: int | None


Step = Callable[[Outcome, Interval, bool], None]


def activations(ground: GroundRule, evaluator: Reference) -> Iterator[Activation]:
    """All bindings of a rule in this scan, rows in order of their keys."""
    env = dict(ground.bindings)
    if not ground.rule.match:
        yield Activation(ground.rule, ground.bindings, env, TRUE)
        return
    yield from _join(ground, 0, env, TRUE, evaluator)


def _join(
    ground: GroundRule, depth: int, env: dict[str, str], matched: Interval, evaluator: Reference
) -> Iterator[Activation]:
    matches = ground.rule.match
    if depth == len(matches):
        rows = tuple((m.binding, plain(env[m.binding])) for m in matches)
        yield Activation(ground.rule, ground.bindings + rows, dict(env), matched)
        return
    match = matches[depth]
    for key in sorted(evaluator.w.rows.get(match.relation, {})):
        inner = {**env, match.binding: f"#{match.relation}:{key}"}
        x = TRUE if match.where is None else evaluator.cond(match.where, inner)
        if x is not None and x.p > 0:
            yield from _join(ground, depth + 1, inner, matched & x, evaluator)


def infer(
    world: World,
    strata: Iterable[Sequence[GroundRule]],
    fact_stratum: Mapping[str, int],
    holds: Mapping[str, Hold],
    step: Step | None,
    evaluator: Reference | None = None,
) -> tuple[Reference, dict[str, Outcome]]:
    """Run all strata of a scan.

    Parameters
    ----------
    step : callable, optional
        Called once per activation when the fact it concludes is final, with (outcome, interval after refuters,
        disputed): that is where machines are stepped. None leaves them alone.

    Returns
    -------
    Reference, dict
        The evaluator with all node results, and the outcome of every activation by its key.

    Raises
    ------
    EndlessGrowth
        When a stratum does not come to rest.
    """
    evaluator = evaluator or Reference(world)
    outcomes: dict[str, Outcome] = {}
    refutations: list[tuple[str, dict[str, str], int]] = []
    waiting: list[tuple[int, Outcome]] = []
    for level, ground_rules in enumerate(strata):
        done = _stratum(ground_rules, evaluator, holds)
        for key, outcome in done.items():
            outcomes[key] = outcome
            conclusion = outcome.activation.rule.conclude
            if conclusion is not None and conclusion.refutes:
                refutations.append(
                    (
                        conclusion.type,
                        dict(conclusion_args(outcome.activation.rule, outcome.activation.env)),
                        outcome.out.s,
                    )
                )
            final = level if conclusion is None else max(level, fact_stratum.get(conclusion.type, level))
            waiting.append((final, outcome))
        _refute(world, refutations)
        ready = [o for at, o in waiting if at <= level]
        waiting = [(at, o) for at, o in waiting if at > level]
        if step is not None:
            for outcome in ready:
                step(outcome, *_capped(world, outcome))
    if step is not None:
        for _, outcome in waiting:
            step(outcome, *_capped(world, outcome))
    return evaluator, outcomes


def _stratum(ground_rules: Sequence[GroundRule], evaluator: Reference, holds: Mapping[str, Hold]) -> dict[str, Outcome]:
    found = [a for g in ground_rules if not g.off for a in activations(g, evaluator)]
    types = frozenset(a.rule.conclude.type for a in found if a.rule.conclude is not None)
    recursive = any(_reads(a, evaluator) & types for a in found)
    for round_ in range(MAX_ROUNDS):
        outcomes, changed = _round(found, round_, evaluator, holds)
        if not recursive or not changed:
            return outcomes
        growing = [s for s in changed if s.type in evaluator.w.program.facts]
        numbers = [s for s in growing if evaluator.w.program.facts[s.type].combine]
        if numbers and round_ > sum(len(t) for t in evaluator.w.facts.by_type.values()) + 1:
            for state in numbers:
                state.cyclic = True
        evaluator.forget(types)
    names = sorted({a.rule.id for a in found})
    raise EndlessGrowth(f"rules {', '.join(names)} still change facts after {MAX_ROUNDS} rounds of one scan")


def _reads(a: Activation, evaluator: Reference) -> frozenset[str]:
    reads = evaluator.w.table.reads[evaluator.w.table.index(a.rule.when)]
    if a.rule.conclude is not None and a.rule.conclude.number is not None:
        reads |= evaluator.w.table.reads[evaluator.w.table.index(a.rule.conclude.number)]
    return reads


def _round(
    found: Sequence[Activation], round_: int, evaluator: Reference, holds: Mapping[str, Hold]
) -> tuple[dict[str, Outcome], list[FactState]]:
    """Evaluate every activation against the facts as they stood when the round began."""
    outcomes: dict[str, Outcome] = {}
    said: list[tuple[Activation, Interval, Num | None]] = []
    for a in found:
        outcome = _evaluate(a, evaluator, holds)
        if outcome is None:
            continue
        outcomes[a.key] = outcome
        number = None
        if a.rule.conclude is not None and a.rule.conclude.number is not None:
            number = evaluator.number(a.rule.conclude.number, a.env)
            if number is not None and number.why == "no such fact":
                continue
        said.append((a, outcome.out, number))
    changed: list[FactState] = []
    facts = evaluator.w.facts
    for a, x, number in said:
        conclusion = a.rule.conclude
        if conclusion is None or conclusion.refutes:
            continue
        args = conclusion_args(a.rule, a.env)
        if facts.contribute(conclusion.type, args, (a.rule.id, a.bindings), x, number, round_):
            changed.append(facts.state(conclusion.type, args))
    return outcomes, changed


def _evaluate(a: Activation, evaluator: Reference, holds: Mapping[str, Hold]) -> Outcome | None:
    x = evaluator.cond(a.rule.when, a.env)
    if x is None:
        return None
    when = x & a.matched
    held, since = when, (evaluator.w.now if when.s else None)
    if a.rule.hold:
        hold = holds.get(a.key) or Hold()
        held, since = hold.over(evaluator.w.now, when, a.rule.hold, evaluator.w.program.site.period)
    return Outcome(a, when, held, held.attenuate(a.rule.strength), since)


def _refute(world: World, refutations: Iterable[tuple[str, dict[str, str], int]]) -> None:
    for type_, wanted, r in refutations:
        for state in world.facts.matching(type_, wanted):
            state.refuted = max(state.refuted, r)


def _capped(world: World, outcome: Outcome) -> tuple[Interval, bool]:
    """Interval that the rule's machine sees: its own, capped by the refuters of what it concludes."""
    conclusion = outcome.activation.rule.conclude
    if conclusion is None or conclusion.refutes:
        return outcome.out, False
    state = world.facts.state(conclusion.type, conclusion_args(outcome.activation.rule, outcome.activation.env))
    return outcome.out.refute(state.refuted), state.disputed

"""One scan's fixpoint: strata from the bottom, each in naive rounds until nothing changes.

The result does not depend on the order of rules: a round only adds to what a fact's rules say, and a rule's
say is replaced as a whole when it grows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from expert.compile.components import components
from expert.engine.facts import NO_STATES, Args
from expert.engine.guards import MAX_ROUNDS as MAX_ROUNDS
from expert.engine.guards import Bindings, growing
from expert.engine.guards import EndlessGrowth as EndlessGrowth
from expert.engine.hold import Hold
from expert.engine.nodes import children, conclusion_args, fact_args, known_args, plain, used_facts
from expert.engine.reference import Reference, World
from expert.engine.results import Num
from expert.language.ast import FactValue, GroundRule, Lag, Node, Rule
from expert.values.interval import ONE, TRUE, Interval
from expert.values.types import rule_key

FactKey = tuple[str, Args]


@dataclass(frozen=True, slots=True)
class Activation:
    """A rule with one set of bindings in this scan.

    ``matched``: certainty of the row conditions; ``key``: canonical name; ``args``: arguments of its conclusion.
    """

    rule: Rule
    bindings: tuple[tuple[str, str], ...]
    env: Mapping[str, str]
    matched: Interval
    key: str
    args: Args


def activation(
    rule: Rule, bindings: tuple[tuple[str, str], ...], env: Mapping[str, str], matched: Interval
) -> Activation:
    """A rule with bindings and what follows from them."""
    return Activation(rule, bindings, env, matched, rule_key(rule.id, bindings), conclusion_args(rule, env))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an activation: ``when`` itself, ``held`` (after `for`), ``out`` (after strength)."""

    activation: Activation
    when: Interval
    held: Interval
    out: Interval
    since: int | None


Step = Callable[[Outcome, Interval, bool], None]
Layer = Callable[[Sequence[GroundRule], Mapping[str, Outcome]], None]


def activations(ground: GroundRule, evaluator: Reference) -> Iterator[Activation]:
    """All bindings of a rule in this scan, rows in order of their keys."""
    env = dict(ground.bindings)
    if not ground.rule.match:
        yield activation(ground.rule, ground.bindings, env, TRUE)
        return
    yield from _join(ground, 0, env, TRUE, evaluator, Bindings(ground.rule, evaluator.w.program.site.max_activations))


def _join(
    ground: GroundRule, depth: int, env: dict[str, str], matched: Interval, evaluator: Reference, bindings: Bindings
) -> Iterator[Activation]:
    matches = ground.rule.match
    if depth == len(matches):
        rows = tuple((m.binding, plain(env[m.binding])) for m in matches)
        yield activation(ground.rule, ground.bindings + rows, dict(env), matched)
        return
    match = matches[depth]
    for key in sorted(evaluator.w.rows.get(match.relation, {})):
        inner = {**env, match.binding: f"#{match.relation}:{key}"}
        x = TRUE if match.where is None else evaluator.row_condition(match.where, inner)
        if x is not None and x.p > 0:
            bindings.count(depth)
            yield from _join(ground, depth + 1, inner, matched & x, evaluator, bindings)


def infer(
    world: World,
    strata: Sequence[Sequence[GroundRule]],
    holds: Mapping[str, Hold],
    step: Step | None,
    evaluator: Reference | None = None,
    layer_done: Layer | None = None,
    lags: bool = True,
) -> tuple[Reference, dict[str, Outcome]]:
    """Run all strata of a scan.

    Parameters
    ----------
    step : callable, optional
        Called once per activation when what refutes its conclusion is final, with (outcome, interval after refuters,
        disputed): that is where machines are stepped. None leaves them alone.
    layer_done : callable, optional
        Called once per stratum with its rules and the outcomes of their activations.
    lags : bool
        All facts are known at the end, so that lags may look at them.

    Returns
    -------
    Reference, dict
        The evaluator with all node results, and the outcome of every activation by its key.

    Raises
    ------
    JoinExplosion
        When a rule matches more rows than the site allows.
    EndlessGrowth
        When a stratum does not come to rest.
    """
    evaluator = evaluator or Reference(world)
    outcomes: dict[str, Outcome] = {}
    refutations: list[tuple[str, dict[str, str], int]] = []
    waiting: list[tuple[int, Outcome]] = []
    refuters = refuter_levels(strata)
    for level, ground_rules in enumerate(strata):
        done = _stratum(ground_rules, evaluator, holds)
        for key, outcome in done.items():
            outcomes[key] = outcome
            conclusion = outcome.activation.rule.conclude
            if conclusion is not None and conclusion.refutes and outcome.activation.rule.status == "live":
                refutations.append(
                    (
                        conclusion.type,
                        dict(outcome.activation.args),
                        outcome.out.s,
                    )
                )
            final = level if conclusion is None else max(level, refuters.get(conclusion.type, level))
            waiting.append((final, outcome))
        _refute(world, refutations)
        if layer_done is not None:
            layer_done(ground_rules, done)
        ready = [o for at, o in waiting if at <= level]
        waiting = [(at, o) for at, o in waiting if at > level]
        if step is not None:
            for outcome in ready:
                step(outcome, *_capped(world, outcome))
    if step is not None:
        for _, outcome in waiting:
            step(outcome, *_capped(world, outcome))
    if lags:
        evaluator.finish_lags()
    return evaluator, outcomes


def refuter_levels(strata: Sequence[Sequence[GroundRule]]) -> dict[str, int]:
    """Highest stratum in which something refutes a fact type."""
    found: dict[str, int] = {}
    for level, rules in enumerate(strata):
        for g in rules:
            if g.rule.conclude is not None and g.rule.conclude.refutes:
                found[g.rule.conclude.type] = level
    return found


def _stratum(ground_rules: Sequence[GroundRule], evaluator: Reference, holds: Mapping[str, Hold]) -> dict[str, Outcome]:
    """Naive rounds until nothing changes; then what is left of numbers is settled, and the rounds go on.

    Settled are numbers on a cycle of the data, which are unknown, and conclusions whose number reads a fact that
    nobody concluded, which are made with an unknown number.
    """
    rules = [g for g in ground_rules if not g.off]
    reads_of = evaluator.w.table.reads_of
    types = frozenset(g.rule.conclude.type for g in rules if g.rule.conclude is not None)
    growing_matches = any(reads_of(g.rule)[1] & types for g in rules)
    found = _found(rules, evaluator)
    moving, last = found, False
    readers = {g.rule.id for g in rules if reads_of(g.rule)[0] & types}
    recursive = growing_matches or bool(readers)
    readers |= {g.rule.id for g in rules if _read_now(g.rule)}  # they may wait for a number to the end
    numeric = [a for a in found if a.rule.id in readers and _read_now(a.rule)]
    outcomes: dict[str, Outcome] = {}
    growth: dict[str, list[int]] = {}
    for round_ in range(MAX_ROUNDS):
        changed, waiting = _round(moving, round_, evaluator, holds, last, outcomes, growth)
        at_rest = not recursive or not changed
        cut = numeric and (at_rest or round_ & (round_ - 1) == 0) and _cut_cycles(numeric, evaluator)
        if at_rest and not cut:
            if last or not waiting:
                return outcomes
            last = True
        evaluator.forget(types)
        if growing_matches:
            moving = found = _found(rules, evaluator)
            numeric = [a for a in found if a.rule.id in readers and _read_now(a.rule)]
        elif not last:  # the others say what they said in the first round
            moving = [a for a in found if a.rule.id in readers]
        else:
            moving = found
    raise EndlessGrowth(growing({g.rule.id: g.rule for g in rules}, growth))


def _found(rules: Sequence[GroundRule], evaluator: Reference) -> list[Activation]:
    profile = evaluator.w.profile
    if profile is None:
        return [a for g in rules for a in activations(g, evaluator)]
    out: list[Activation] = []
    for g in rules:
        with profile.measured(g.rule.id, 0):
            out += activations(g, evaluator)
    return out


def _cut_cycles(found: Sequence[Activation], evaluator: Reference) -> bool:
    """Mark the numbers that depend on themselves; return whether there are new ones."""
    world = evaluator.w
    forward: dict[FactKey, list[FactKey]] = {}
    for a in found:
        conclusion = a.rule.conclude
        if conclusion is None or conclusion.refutes:
            continue
        state = world.facts.by_type.get(conclusion.type, NO_STATES).get(a.args)  # looking must not make it
        said = state.contributions.get((a.rule.id, a.bindings)) if state is not None else None
        if state is None or said is None or said.certainty.p == 0:
            continue
        for node in _read_now(a.rule):
            for read in world.facts.matching(node.fact.type, fact_args(node.fact, a.env)):
                forward.setdefault((read.type, read.args), []).append((state.type, state.args))
                forward.setdefault((state.type, state.args), [])
    new = False
    for members in components(sorted(forward), forward):
        if len(members) > 1 or members[0] in forward[members[0]]:
            for type_, args in members:
                state = world.facts.state(type_, args)
                new |= not state.cyclic
                state.cyclic = True
    return new


def _read_now(rule: Rule) -> list[FactValue]:
    """Numbers of facts that a rule's conclusion reads in this scan, not from the past."""
    number = rule.conclude.number if rule.conclude is not None else None
    todo: list[Node] = [] if number is None else [number]
    found = []
    while todo:
        node = todo.pop()
        if isinstance(node, FactValue):
            found.append(node)
        elif not isinstance(node, Lag):
            todo.extend(children(node))
    return found


def _round(
    found: Sequence[Activation],
    round_: int,
    evaluator: Reference,
    holds: Mapping[str, Hold],
    last: bool,
    outcomes: dict[str, Outcome],
    growth: dict[str, list[int]],
) -> tuple[bool, bool]:
    """Evaluate activations against the facts as they stood when the round began; ``outcomes`` is brought up to date.

    ``growth``: facts that each rule changed, round by round.

    Returns
    -------
    bool, bool
        Whether a fact changed; whether a conclusion still waits for a fact that its number reads (with ``last`` it is
        made without).
    """
    said: list[tuple[Activation, Interval, Num | None]] = []
    waiting = False
    if evaluator.w.profile is not None:
        evaluator.w.profile.took_part({a.rule.id for a in found})
    for a in found:
        outcome = _evaluate(a, evaluator, holds)
        if outcome is None:
            continue
        outcomes[a.key] = outcome
        number = None
        if a.rule.conclude is not None and a.rule.conclude.number is not None:
            number = evaluator.number(a.rule.conclude.number, a.env)
            if number is not None and number.why == "no such fact" and (not last or outcome.out.p == 0):
                waiting |= outcome.out.p > 0
                continue
        said.append((a, outcome.out, number))
    changed = False
    facts = evaluator.w.facts
    for a, x, number in said:
        conclusion = a.rule.conclude
        if conclusion is not None and not conclusion.refutes and a.rule.status == "live":
            grew = facts.contribute(conclusion.type, a.args, (a.rule.id, a.bindings), x, number, round_)
            changed |= grew
            if grew:
                told = growth.setdefault(a.rule.id, [])
                told += [0] * (round_ + 1 - len(told))
                told[round_] += 1
    return changed, waiting


def _evaluate(a: Activation, evaluator: Reference, holds: Mapping[str, Hold]) -> Outcome | None:
    profile = evaluator.w.profile
    if profile is None:
        return _outcome(a, evaluator, holds)
    with profile.measured(a.rule.id):
        return _outcome(a, evaluator, holds)


def _outcome(a: Activation, evaluator: Reference, holds: Mapping[str, Hold]) -> Outcome | None:
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
    if outcome.activation.rule.status == "shadow":  # it says nothing of the fact, but is refuted like one that does
        r = world.facts.refuted(conclusion.type, outcome.activation.args)
        return outcome.out.refute(r), outcome.out.s > ONE - r
    state = world.facts.state(conclusion.type, outcome.activation.args)
    return outcome.out.refute(state.refuted), state.disputed


def leans_on_disputed(world: World, outcome: Outcome) -> bool:
    """Whether the rule would stay below its threshold without the support of facts that are disputed.

    A disputed fact carries a question, never an alarm or an advice.
    """
    a = outcome.activation
    read = (s for ref in used_facts(a.rule.when) for s in world.facts.matching(ref.type, known_args(ref, a.env)))
    if not any(s.disputed for s in read):
        return False
    evaluator = Reference(replace(world, facts=world.facts.without_disputed(), lag_now={}, lag_later={}))
    x = evaluator.cond(a.rule.when, a.env)
    return x is not None and (x & outcome.held).attenuate(a.rule.strength).s < a.rule.threshold

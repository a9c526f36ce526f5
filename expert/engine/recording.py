"""From what a scan found to its record: nodes, firings, episodes, advice, notes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Protocol

from expert.engine.advice import board
from expert.engine.exchange import make_export
from expert.engine.facts import FactBase
from expert.engine.fixpoint import Outcome
from expert.engine.nodes import known_args
from expert.engine.reference import Reference, World
from expert.engine.results import interval_json
from expert.language.ast import Program, Rule
from expert.values.interval import FALSE, Interval
from expert.values.types import Episode, Firing, ScanInput, ScanRecord, fact_key, rule_key

if TYPE_CHECKING:
    from expert.engine.raising import Machine
    from expert.engine.session import Session

HOLDS = 500_000
"""Two exclusive values are in conflict from this support on (the default raise threshold)."""


class Beside(Protocol):
    """An evaluator that keeps what the record says of its rules from scan to scan; ``outcomes``: of its activations."""

    outcomes: dict[str, Outcome]

    def texts(self, told: Reference, machines: Mapping[str, object], looks_back: Callable[[Rule], bool]) -> None:
        """Show with ``told`` what the sentences of its rules show."""

    def nodes(self, now: int) -> dict[str, Any]:
        """Nodes of the record."""


@dataclass(slots=True)
class Work:
    """One scan in the making.

    ``capped``: interval of each activation after refuters, and whether it is disputed; ``rising``, ``ended``,
    ``vanished``: activations that rose, keys of machines that cleared, and keys of those whose rows went; ``beside``:
    what is kept of rules over rows, whose activations are not among ``outcomes``.
    """

    input: ScanInput
    world: World
    counts: dict[str, int]
    evaluator: Reference = field(init=False)
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    capped: dict[str, tuple[Interval, bool]] = field(default_factory=dict)
    rising: list[Outcome] = field(default_factory=list)
    rests: dict[str, tuple[tuple[str, ...], ...]] = field(default_factory=dict)
    ended: list[str] = field(default_factory=list)
    vanished: list[str] = field(default_factory=list)
    beside: Beside | None = None

    def outcome(self, key: str) -> Outcome:
        """What became of an activation."""
        return self.outcomes[key] if self.beside is None or key in self.outcomes else self.beside.outcomes[key]


def make_record(session: Session, work: Work, notes: tuple[str, ...]) -> ScanRecord:
    """The record of a scan; brings the session's episodes up to date."""
    program, now = session.program, work.input.time
    expectations = session.ledger.step(now, [o.activation for o in work.rising], work.evaluator)
    _evaluate_texts(session, work)
    found = [
        _firing(session, work, k)
        for k in sorted(session.machines)
        if k in work.capped and (session.machines[k].active or k in work.ended)
    ]
    firings = tuple(f for f in found if program.rules[f.rule].status == "live")
    _update_episodes(session, work, firings)
    disputed = {f.episode for f in firings if f.disputed}
    advising = [
        (program.rules[e.rule], e)
        for e in session.episodes.values()
        if program.rules[e.rule].advise and e.state in ("raised", "held") and e.id not in disputed
    ]
    session.sequence += 1
    return ScanRecord(
        program=program.digest,
        sequence=session.sequence,
        input=replace(work.input, computed=tuple(sorted(work.world.computed.items()))),
        facts=work.world.facts.freeze({name: f.combine for name, f in program.facts.items()}),
        firings=firings,
        episodes=tuple(sorted(session.episodes.values(), key=lambda e: (e.raised, e.rule, e.bindings))),
        advice=board(program.site, advising, work.world.facts, session.done, now),
        nodes=_nodes(work),
        counts=dict(sorted(work.counts.items())),
        notes=notes,
        expectations=expectations,
        tracks=session.ledger.tracks({f.rule for f in found} | {e.rule for e in expectations}),
        shadow=tuple(f for f in found if program.rules[f.rule].status == "shadow"),
        exports=make_export(program, work.world.facts, session.sequence, now, session.silent_types),
    )


def _nodes(work: Work) -> dict[str, Any]:
    found = {**work.evaluator.nodes, **_rule_nodes(work)}
    return found if work.beside is None else {**found, **work.beside.nodes(work.input.time)}


def _rule_nodes(work: Work) -> dict[str, Any]:
    nodes = {}
    for key in sorted(work.outcomes):
        o = work.outcomes[key]
        nodes[f"rule:{key}"] = {
            "when": interval_json(o.when),
            "held": interval_json(o.held),
            "out": interval_json(work.capped.get(key, (o.out, False))[0]),
            "since": o.since,
        }
    return nodes


def _evaluate_texts(session: Session, work: Work) -> None:
    """Numbers that the sentence of a possible or raised rule shows are part of the record.

    A sentence that looks back by a lag is evaluated in every scan, so that there is something to look back at.
    """
    for key, o in work.outcomes.items():
        rule = o.activation.rule
        told = key in session.machines or work.capped.get(key, (o.out, False))[0].p >= rule.threshold
        if told or session.dependence.looks_back(rule):
            for name in sorted(rule.because_parts):
                work.evaluator.value(rule.because_parts[name], o.activation.env)
        if session.dependence.looks_back(rule):
            for expected in rule.expect:
                work.evaluator.cond(expected.when, o.activation.env)
    if work.beside is not None:
        work.beside.texts(work.evaluator, session.machines, session.dependence.looks_back)
    work.evaluator.finish_lags()


def _firing(session: Session, work: Work, key: str) -> Firing:
    o, (x, disputed), machine = work.outcome(key), work.capped[key], session.machines[key]
    rule, env, facts = o.activation.rule, o.activation.env, work.world.facts
    used = {
        fact_key(s.type, s.args)
        for ref in session.dependence.used(rule)
        for s in facts.matching(ref.type, known_args(ref, env))
        if s.certainty.s > 0
    }
    conclusion = rule.conclude
    return Firing(
        rule=rule.id,
        bindings=o.activation.bindings,
        certainty=x,
        state=machine.state,
        episode=machine.episode,
        rising=machine.raised_at == work.input.time and machine.state == "raised",
        severity=rule.severity,
        concludes="" if conclusion is None else fact_key(conclusion.type, o.activation.args),
        justification=tuple(sorted(used)),
        instruments=session.dependence.instruments(rule, o.activation.bindings),
        rests_on=work.rests.get(key, ()),
        disputed=disputed,
    )


def _update_episodes(session: Session, work: Work, firings: tuple[Firing, ...]) -> None:
    now, episodes = work.input.time, session.episodes
    for f in firings:
        machine = session.machines[rule_key(f.rule, f.bindings)]
        raised = machine.raised_at if machine.raised_at is not None else now
        new = Episode(machine.episode, f.rule, f.bindings, f.severity, raised, machine.state, f.certainty)
        episodes[new.id] = _with_state(new, machine, session.acknowledged)
    for key in work.vanished:
        machine = session.machines[key]
        if machine.episode in episodes:
            old = replace(episodes[machine.episode], certainty=FALSE)
            episodes[old.id] = _with_state(old, machine, session.acknowledged)
    for key in work.ended:
        id_ = session.machines[key].episode
        if id_ in episodes:
            episodes[id_] = replace(episodes[id_], cleared=now)


def _with_state(e: Episode, machine: Machine, acknowledged: Mapping[str, int]) -> Episode:
    return replace(
        e,
        state=machine.state,
        found_late=machine.found_late,
        held_since=machine.held_since,
        open_question=machine.open_question,
        acknowledged=acknowledged.get(e.id),
    )


def conflicts(program: Program, facts: FactBase) -> tuple[str, ...]:
    """``conflict|fact|fact`` for every two exclusive values of one thing that both hold."""
    out = []
    for name, type_ in sorted(program.facts.items()):
        if type_.order != "exclusive":
            continue
        held: dict[tuple[tuple[str, str], ...], list[str]] = {}
        for state in facts.matching(name, {}):
            if state.certainty.s >= HOLDS:
                rest = tuple(a for a in state.args if a[0] != type_.value_field)
                held.setdefault(rest, []).append(fact_key(name, state.args))
        out += [f"conflict|{a}|{b}" for keys in held.values() for i, a in enumerate(keys) for b in keys[i + 1 :]]
    return tuple(out)

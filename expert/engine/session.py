"""A session: one program and its state, advancing over scans.

Only what temporal operators, raising, baselines, rows, models and pending actions need is carried from scan
to scan; all of it is in `Session.snapshot`, so a killed session goes on exactly where it stopped.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from expert.engine.advice import board
from expert.engine.baseline import HourlyMeans
from expert.engine.facts import FactBase
from expert.engine.fixpoint import Outcome, infer
from expert.engine.hold import Hold
from expert.engine.memory import Memory, Series
from expert.engine.nodes import NodeTable, conclusion_args, fact_args, longest_reach, roots, used_facts, walk
from expert.engine.raising import Machine
from expert.engine.reference import ModelKey, Reference, World, question_limit
from expert.engine.rests_on import closure, instruments, rests_on
from expert.engine.results import Num, interval_json
from expert.language import units
from expert.language.ast import ModelProbability, Program, Rule, Site
from expert.values.interval import FALSE, Interval
from expert.values.types import (
    Episode,
    Firing,
    ModelAnswer,
    OperatorEvent,
    ScanInput,
    ScanRecord,
    Variable,
    fact_key,
    rule_key,
)

KEEP_AT_LEAST = 4 * 3_600_000
"""Samples are kept at least this long: the baseline's guard plus its open hour, and trends on the screen."""


class SessionError(ValueError):
    """A scan or a snapshot that cannot be used; the message says why."""


def ground_variables(site: Site) -> Iterator[Variable]:
    """Every variable of a site by its ground name, in canonical order."""
    for id_ in sorted(site.variables):
        variable = site.variables[id_]
        if variable.of is None:
            yield variable
            continue
        _, _, attribute = id_.partition(".")
        for member in site.sets[variable.of]:
            yield replace(variable, id=f"{variable.of}[{member}].{attribute}", of=None)


class Session:
    """One program at work.

    Parameters
    ----------
    program : Program
        Checked, grounded and stratified.

    Raises
    ------
    SessionError
        From `scan`, when a scan is not later than the one before; from `restore`, when the snapshot does not fit.
    """

    def __init__(self, program: Program) -> None:
        self.program = program
        self.table = NodeTable(program)
        site = program.site
        self.units = {v.unit: units.factor(v.unit, site.unit_definitions) for v in site.variables.values()}
        for relation in site.relations.values():
            for kind in relation.fields.values():
                if kind not in ("text", "number"):
                    self.units.setdefault(kind, units.factor(kind, site.unit_definitions))
        reach = longest_reach(program)
        self.memory = Memory(self._series(v, reach) for v in ground_variables(site))
        self.rows: dict[str, dict[str, dict[str, Any]]] = {}
        self.holds: dict[str, Hold] = {}
        self.machines: dict[str, Machine] = {}
        self.lagged: dict[str, list[tuple[int, Num]]] = {}
        self.answers: dict[ModelKey, tuple[int, ModelAnswer]] = {}
        self.done: list[OperatorEvent] = []
        self.acknowledged: dict[str, int] = {}
        self.episodes: dict[str, Episode] = {}
        self.last: int | None = None
        self.sequence = 0
        self._rules_of = {rule_key(g.rule.id, g.bindings): g.rule for layer in program.strata for g in layer}
        self._off_types, self._no_exporter = self._type_status()
        self._lag_reach = max(
            (n.duration for n in self.table.nodes if hasattr(n, "arg") and hasattr(n, "duration")), default=0
        )

    def _series(self, variable: Variable, reach: dict[str, int]) -> Series:
        site = self.program.site
        family = variable.id
        if "[" in family:
            head, _, tail = family.partition("[")
            family = f"{head}.{tail.partition('].')[2]}"
        keep = max(reach.get(family, 0), site.baseline_guard + 3_600_000, KEEP_AT_LEAST) + variable.max_age
        scale = Fraction(variable.resolution) * self.units[variable.unit]
        hourly = HourlyMeans(variable, scale, site.baseline_span, site.max_exclude, site.min_coverage)
        return Series(variable, scale, keep, hourly)

    def _type_status(self) -> tuple[frozenset[str], frozenset[str]]:
        on: dict[str, bool] = {}
        for layer in self.program.strata:
            for ground in layer:
                conclusion = ground.rule.conclude
                if conclusion is not None and not conclusion.refutes:
                    on[conclusion.type] = on.get(conclusion.type, False) or not ground.off
        off = frozenset(t for t, live in on.items() if not live)
        nobody = frozenset(name for name, f in self.program.facts.items() if f.imported and name not in on)
        return off, nobody

    # ------------------------------------------------------------ input from outside scans

    def load_history(
        self,
        variable: str,
        source: Sequence[int],
        arrival: Sequence[int],
        count: Sequence[int],
        good: Sequence[bool],
    ) -> None:
        """Fill windows and the baseline of one ground variable from history, oldest first; no scans are run.

        Raises
        ------
        SessionError
            When the site has no such variable.
        """
        series = self.memory.series.get(variable)
        if series is None:
            raise SessionError(f"no variable {variable!r} at site {self.program.site.name}")
        series.load(source, arrival, count, good)

    def set_baseline(self, variable: str, median: float, iqr: float) -> None:
        """Fix a variable's baseline (median and inter-quartile range in its own unit)."""
        series = self.memory.series[variable]
        factor = float(self.units[series.variable.unit])
        series.hourly.fixed = (median * factor, iqr * factor)

    def questions(self) -> list[ModelKey]:
        """What the program asks of models: (model, below or above, limit in the target's unit, ms ahead)."""
        found: set[ModelKey] = set()
        for rule in self.program.rules.values():
            for root in roots(rule):
                for node in walk(root):
                    if isinstance(node, ModelProbability):
                        found.add(self._question(node))
        return sorted(found)

    def _question(self, node: ModelProbability) -> ModelKey:
        target = self.program.site.variables[self.program.site.models[node.model].target]
        return node.model, node.op, question_limit(node, self.units[target.unit]), node.ahead

    # ------------------------------------------------------------ scanning

    def scan(self, scan_input: ScanInput) -> ScanRecord:
        """Run one scan and return its record.

        Raises
        ------
        SessionError
            When the scan is not later than the one before.
        """
        now = scan_input.time
        if self.last is not None and now <= self.last:
            raise SessionError(f"scan at {now} is not later than the last one at {self.last}")
        counts = self._take_in(scan_input)
        self.memory.roll_baselines(now, self.program.site.baseline_guard)
        world = self.world(now)
        rising: list[Outcome] = []
        ended: list[str] = []
        capped: dict[str, tuple[Interval, bool]] = {}

        def step(outcome: Outcome, x: Interval, disputed: bool) -> None:
            key = outcome.activation.key
            capped[key] = (x, disputed)
            if self._step(outcome.activation.rule, key, now, x, disputed, scan_input.caught_up, ended):
                rising.append(outcome)
            rule_id = outcome.activation.rule.id
            world.active[rule_id] = world.active.get(rule_id, False) or (
                key in self.machines and self.machines[key].active
            )

        evaluator, outcomes = infer(world, self.program.strata, self.program.fact_stratum, self.holds, step)
        self._clear_vanished(outcomes, now, scan_input.caught_up, ended)
        rests = {o.activation.key: self._rests_on(world, o) for o in rising}
        record = self._record(scan_input, world, evaluator, outcomes, capped, rests, ended, counts)
        self._commit(now, world, outcomes, ended)
        return record

    def world(self, now: int) -> World:
        """What a scan at ``now`` may look at, with an empty fact base."""
        return World(
            program=self.program,
            table=self.table,
            memory=self.memory,
            units=self.units,
            now=now,
            facts=FactBase(),
            active={},
            rows=self.rows,
            models={k: a for k, (_, a) in self.answers.items()},
            lagged=self.lagged,
            off_types=self._off_types,
            no_exporter=self._no_exporter,
        )

    def _take_in(self, scan_input: ScanInput) -> dict[str, int]:
        counts: dict[str, int] = {}
        self.memory.insert(scan_input.samples, counts)
        for row in scan_input.rows:
            table = self.rows.setdefault(row.relation, {})
            if row.values is None:
                table.pop(row.key, None)
            else:
                table[row.key] = dict(row.values)
        for answer in scan_input.models:
            self.answers[answer.model, answer.op, round(answer.limit, 9), answer.ahead] = (scan_input.time, answer)
        for key, (issued, answer) in list(self.answers.items()):
            spec = self.program.site.models.get(answer.model)
            if spec is None or scan_input.time - issued > spec.expiry:
                del self.answers[key]
        longest = max((a.full_in for a in self.program.site.actions.values()), default=0)
        self.done = [e for e in self.done if scan_input.time - e.time < longest]
        for event in scan_input.events:
            if event.kind == "done":
                self.done.append(event)
            elif event.kind == "ack":
                self.acknowledged[event.target] = event.time
        return counts

    def _step(self, rule: Rule, key: str, now: int, x: Interval, disputed: bool, late: bool, ended: list[str]) -> bool:
        if rule.conclude is not None and rule.conclude.refutes:
            return False
        machine = self.machines.get(key)
        if machine is None:
            if x.s < rule.threshold or disputed:
                return False
            machine = self.machines[key] = Machine()
        rose, cleared = machine.step(rule, key, now, x, disputed, late)
        if cleared:
            ended.append(key)
        return rose

    def _clear_vanished(self, outcomes: dict[str, Outcome], now: int, late: bool, ended: list[str]) -> None:
        """Rows that went take their conclusions with them: what no longer matches is false."""
        for key in [k for k in self.machines if k not in outcomes]:
            rule = self._rules_of.get(key) or self.program.rules[key.split("[", 1)[0]]
            self._step(rule, key, now, FALSE, False, late, ended)

    def _rests_on(self, world: World, outcome: Outcome) -> tuple[tuple[str, ...], ...]:
        rule = outcome.activation.rule
        if rule.kind not in ("condition", "alarm") or rule.severity == 0:
            return ()
        return rests_on(world, self.program.strata, self.holds, outcome)

    # ------------------------------------------------------------ what is recorded

    def _record(
        self,
        scan_input: ScanInput,
        world: World,
        evaluator: Reference,
        outcomes: dict[str, Outcome],
        capped: dict[str, tuple[Interval, bool]],
        rests: dict[str, tuple[tuple[str, ...], ...]],
        ended: list[str],
        counts: dict[str, int],
    ) -> ScanRecord:
        self._evaluate_texts(evaluator, outcomes, capped)
        nodes = dict(evaluator.nodes)
        for key in sorted(outcomes):
            o = outcomes[key]
            nodes[f"rule:{key}"] = {
                "when": interval_json(o.when),
                "held": interval_json(o.held),
                "out": interval_json(capped.get(key, (o.out, False))[0]),
                "since": o.since,
            }
        notes = self._exclude(scan_input.time, world)
        firings = tuple(
            self._firing(world, outcomes[k], *capped[k], rests.get(k, ()))
            for k in sorted(capped)
            if (k in self.machines and self.machines[k].active) or k in ended
        )
        for firing in firings:
            self._update_episode(firing, scan_input.time)
        advising = [
            (self.program.rules[e.rule], e)
            for e in self.episodes.values()
            if e.cleared is None and self.program.rules[e.rule].advise and e.state in ("raised", "held")
        ]
        self._end_episodes(ended, scan_input.time)
        self.sequence += 1
        return ScanRecord(
            program=self.program.digest,
            sequence=self.sequence,
            input=scan_input,
            facts=world.facts.freeze({name: f.combine for name, f in self.program.facts.items()}),
            firings=firings,
            episodes=tuple(sorted(self.episodes.values(), key=lambda e: (e.raised, e.rule, e.bindings))),
            advice=board(self.program.site, advising, world.facts, self.done, scan_input.time),
            nodes=nodes,
            counts=dict(sorted(counts.items())),
            notes=notes,
        )

    def _evaluate_texts(
        self, evaluator: Reference, outcomes: dict[str, Outcome], capped: dict[str, tuple[Interval, bool]]
    ) -> None:
        """Numbers that the sentence of a possible or raised rule shows are part of the record."""
        for key, o in outcomes.items():
            rule = o.activation.rule
            if key in self.machines or capped.get(key, (o.out, False))[0].p >= rule.threshold:
                for part in rule.because_parts.values():
                    evaluator.value(part, o.activation.env)

    def _firing(
        self, world: World, o: Outcome, x: Interval, disputed: bool, rests: tuple[tuple[str, ...], ...]
    ) -> Firing:
        rule, key = o.activation.rule, o.activation.key
        machine = self.machines[key]
        env = o.activation.env
        facts = []
        for ref in used_facts(rule.when):
            free = {v[1:] for _, v in ref.args if v.startswith("$")}
            if free <= set(env):
                facts += [
                    fact_key(s.type, s.args)
                    for s in world.facts.matching(ref.type, fact_args(ref, env))
                    if s.certainty.s > 0
                ]
        concludes = ""
        if rule.conclude is not None:
            concludes = fact_key(rule.conclude.type, conclusion_args(rule, env))
        return Firing(
            rule=rule.id,
            bindings=o.activation.bindings,
            certainty=x,
            state=machine.state,
            episode=machine.episode,
            rising=machine.raised_at == world.now and machine.state == "raised",
            severity=rule.severity,
            concludes=concludes,
            justification=tuple(sorted(set(facts))),
            instruments=instruments(self.program, closure(self.program, rule), o.activation.bindings),
            rests_on=rests,
            disputed=disputed,
        )

    def _update_episode(self, firing: Firing, now: int) -> None:
        key = rule_key(firing.rule, firing.bindings)
        machine = self.machines[key]
        self.episodes[machine.episode] = Episode(
            id=machine.episode,
            rule=firing.rule,
            bindings=firing.bindings,
            severity=firing.severity,
            raised=machine.raised_at if machine.raised_at is not None else now,
            state=machine.state,
            certainty=firing.certainty,
            found_late=machine.found_late,
            held_since=machine.held_since,
            open_question=machine.open_question,
            acknowledged=self.acknowledged.get(machine.episode),
        )

    def _end_episodes(self, ended: list[str], now: int) -> None:
        for key in ended:
            id_ = self.machines[key].episode
            if id_ in self.episodes:
                self.episodes[id_] = replace(self.episodes[id_], state="normal", cleared=now)

    def _exclude(self, now: int, world: World) -> tuple[str, ...]:
        """Mark the hour as abnormal for the baselines whose excluding fact holds; note regime changes."""
        notes = []
        for name, series in self.memory.series.items():
            fact = series.variable.exclude
            if fact is not None and world.facts.certainty(fact, {}).s >= 500_000:
                regime = series.hourly.exclude(now)
                if regime is not None:
                    notes.append(f"regime change|{name}|{regime}")
        return tuple(notes)

    def _commit(self, now: int, world: World, outcomes: dict[str, Outcome], ended: list[str]) -> None:
        period = self.program.site.period
        for key, o in outcomes.items():
            if o.activation.rule.hold:
                self.holds.setdefault(key, Hold()).record(now, o.when, o.activation.rule.hold, period)
        for key in [k for k in self.holds if k not in outcomes]:
            del self.holds[key]
        for key, num in world.lag_now.items():
            past = self.lagged.setdefault(key, [])
            past.append((now, num))
            while len(past) > 2 and past[1][0] <= now - self._lag_reach:
                past.pop(0)
        for key in ended:
            episode = self.machines.pop(key).episode
            self.episodes.pop(episode, None)
            self.acknowledged.pop(episode, None)
        self.memory.forget(now)
        self.last = now

    # ------------------------------------------------------------ state

    def snapshot(self) -> dict[str, Any]:
        """Exact state as plain JSON; `Session.restore` reads it back."""
        from expert.engine.state import snapshot

        return snapshot(self)

    @classmethod
    def restore(cls, program: Program, state: dict[str, Any]) -> Session:
        """A session that goes on where the snapshot was taken.

        Raises
        ------
        SessionError
            When the snapshot's format or program is another one.
        """
        from expert.engine.state import restore

        return restore(cls(program), state)

"""A session's inference on columns: one scan of every rule without rows, the relational rules on top of it.

What it hands to the session is what the reference evaluator would have handed over: outcomes, facts with their
canonical derivation, machines, the JSON of every node. The samples themselves stay in the session's working memory as
well, from which this one can be made again at any time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from expert.columns import layout as at
from expert.columns.core import NO_SAMPLES, QUALITIES, Core
from expert.columns.facts import fill_facts
from expert.columns.present import View
from expert.columns.rounds import reading_rules, rounds_of
from expert.columns.transfer import load, machine_of, save_holds, save_lags
from expert.engine.fixpoint import Activation, Outcome, infer
from expert.engine.hold import Hold
from expert.engine.nodes import Env
from expert.engine.raising import episode_id
from expert.engine.reference import ModelKey, Reference, World
from expert.engine.results import Num
from expert.joins.beside import RowsBeside
from expert.joins.split import after_rows
from expert.language import ast
from expert.values.interval import ONE, TRUE, Interval
from expert.values.types import Row, Sample

if TYPE_CHECKING:
    from expert.engine.known import Known, Value
    from expert.engine.recording import Work
    from expert.engine.session import Session

Strata = Sequence[Sequence[ast.GroundRule]]


class Told(Reference):
    """Evaluates what the columns do not, and shows what they did as if it had been evaluated here."""

    def __init__(self, world: World, view: View, known: Known | None = None) -> None:
        super().__init__(world, known)
        self.view = view
        self._shown: set[str] = set()

    def show(self, key: str) -> None:
        """Put a node of the columns and all below it among the nodes of the record."""
        if key in self._shown:
            return
        expansion = self.view.core.plan.expansion
        for name in expansion.closure(key):
            if name in self._shown:
                continue
            self._shown.add(name)
            item = expansion.items.get(name)
            if expansion.numeric[name]:
                self._values[name] = None if item is None else self.view.number(item.slot)
            else:
                self._conds[name] = None if item is None else self.view.interval(item.slot)
            self.nodes.update(self.view.nodes((name,)))

    def cond(self, node: ast.Cond, env: Env) -> Interval | None:
        """As `Reference.cond`."""
        key = self.w.table.key(node, env)
        if key in self.view.core.plan.expansion.numeric:
            self.show(key)
            return self._conds[key]
        return super().cond(node, env)

    def value(self, node: ast.Expr, env: Env) -> Value:
        """As `Reference.value`."""
        key = self.w.table.key(node, env)
        if key in self.view.core.plan.expansion.numeric:
            self.show(key)
            return self._values[key]
        return super().value(node, env)


class Columns:
    """The columns of one session.

    Parameters
    ----------
    session : Session
        Its state is taken over as it stands.
    """

    def __init__(self, session: Session) -> None:
        self.core = Core(session.program, session.memory.series, table=session.table)
        self.session = session
        plan = self.core.plan
        self.beside = RowsBeside(session.program, session.table)
        self._before, self._after = self._sides()
        self._ready = False
        self.activations = [
            Activation(r.ground.rule, r.ground.bindings, dict(r.ground.bindings), TRUE, r.key, r.args)
            for r in plan.rules
        ]
        self.keys = {r.key: r.row for r in plan.rules}
        self._reading = reading_rules(plan)
        self._questions: list[ModelKey] = [session._question(q) for q in plan.expansion.questions]
        self._reasons = [""] * len(self._questions)
        self._roots = sorted({r.when.key for r in plan.rules})
        load(self.core, session)

    # ------------------------------------------------------------ one scan

    def infer(self, work: Work) -> tuple[Reference, dict[str, Outcome]]:
        """Run a scan on what the session took in; settle its machines."""
        now = work.input.time
        self._ask_models()
        self._set_baselines(now)
        self.core.scan(now, work.input.caught_up, self._new(self.session.taken), whole=True)
        view = View(self.core, 0, self._reasons)
        world = work.world
        self._facts(world, view)
        outcomes = self._outcomes(now, view)
        told = Told(world, view)
        for key in self._roots:
            told.show(key)
        self._settle(work, view, outcomes)
        outcomes.update(self._by_reference(work, told, self._before, last=False))
        self._rows(work, told, view)
        outcomes.update(self._by_reference(work, told, self._after, last=True))
        return told, outcomes

    def _sides(self) -> tuple[Strata, Strata]:
        """Relational rules of the reference: those that see no row of a joined rule, and the others."""
        program, relational = self.session.program, self.core.plan.relational
        joined = self.beside.owned
        after = after_rows(program) - joined
        before = relational - joined - after
        return (
            [[g for g in layer if g.rule.id in before] for layer in program.strata],
            [[g for g in layer if g.rule.id in after] for layer in program.strata],
        )

    def _by_reference(self, work: Work, told: Told, strata: Strata, last: bool) -> dict[str, Outcome]:
        """Let the reference run relational rules; ``last``: after that all facts are known."""
        _, found = infer(
            work.world,
            strata,
            self.session.holds,
            lambda outcome, x, disputed: self.session._settle(work, outcome, x, disputed),
            told,
            layer_done=lambda rules, found: self.session._vanish(work, rules, found),
            lags=last,
        )
        return found

    def _rows(self, work: Work, told: Told, view: View) -> None:
        """Run the joined rules, and their machines."""
        session, beside = self.session, self.beside
        scout = Told(replace(work.world, lag_now={}, lag_later={}, computed={}), view)
        rows: Iterable[Row] = work.input.rows
        if not self._ready:
            beside.prepare(scout)
            self._before, self._after = self._sides()
            rows = [Row(name, key, values) for name, table in session.rows.items() for key, values in table.items()]
            self._ready = True
        if not beside.owned:
            return
        work.beside = beside
        moved = beside.infer(told, scout, rows, session.holds)
        session._vanish(work, beside.ground, beside.outcomes)
        for key in beside.to_step(moved, session.machines):
            session._settle(work, beside.outcomes[key], *beside.capped[key])
            beside.stepped(key, work.capped[key][1], key in session.machines)

    def _new(self, samples: list[Sample]) -> np.ndarray:
        core = self.core
        rows = []
        for s in samples:
            row = core.rows.get(s.variable)
            if row is not None:
                quality = QUALITIES["bad"] if s.count is None else QUALITIES[s.quality]
                count = 0 if s.count is None else s.count
                rows.append((row, 0, s.source, s.arrival, count, quality, core.note(s.note) if s.note else 0))
        return np.ascontiguousarray(np.array(rows, np.int64).T) if rows else NO_SAMPLES

    def _ask_models(self) -> None:
        for i, key in enumerate(self._questions):
            found = self.session.answers.get(key)
            answer = None if found is None else found[1]
            if answer is not None and 0 <= answer.support <= answer.plausibility <= ONE:
                self._reasons[i] = answer.reason
                self.core.set_model(i, answer.support, answer.plausibility)
            else:
                self._reasons[i] = "no model"
                self.core.set_model(i, 0, ONE)

    def _set_baselines(self, now: int) -> None:
        """The session keeps the hourly means; columns only read what follows from them."""
        x = self.core.memory
        guard = self.session.program.site.baseline_guard
        for b, row in enumerate(x.baselines):
            series = self.session.memory.series[self.core.names[row[at.B_VAR]]]
            base = series.hourly.at(now, guard)
            row[at.B_FIXED], row[at.B_KNOWN] = 1, int(base is not None)
            if base is not None:
                x.base[b] = base

    def _facts(self, world: World, view: View) -> None:
        rounds = rounds_of(self.core.plan, self._reading, view)
        fill_facts(world.facts, self.core, view, rounds, self.core.memory.refuted)

    def _outcomes(self, now: int, view: View) -> dict[str, Outcome]:
        x = self.core.memory
        out: dict[str, Outcome] = {}
        for rule, activation in zip(self.core.plan.rules, self.activations, strict=True):
            when = view.interval(rule.when.slot)
            since: int | None = now if when.s else None
            held = when
            row = int(x.rules[rule.row, at.R_HOLD])
            if row >= 0:
                held = view.interval(rule.held)
                start = int(x.holds[row, at.H_START])
                since = None if start == at.NONE else start
            out[rule.key] = Outcome(activation, when, held, view.interval(rule.out.slot), since)
        return out

    def _settle(self, work: Work, view: View, outcomes: Mapping[str, Outcome]) -> None:
        """Bring the session's machines to what the columns' machines did."""
        session, now = self.session, work.input.time
        active: list[int] = self.core.memory.active[:, 0].tolist()
        for rule in self.core.plan.rules:
            if rule.machine is None:
                conclusion = rule.ground.rule.conclude
                assert conclusion is not None
                work.capped[rule.key] = (view.interval(rule.out.slot), False)
                continue
            flags = active[rule.row]
            work.capped[rule.key] = (view.interval(rule.machine.slot), flags >= 2)
            id_ = rule.ground.rule.id
            work.world.active[id_] = work.world.active.get(id_, False) or bool(flags & 1)
            if flags & 1:
                self._machine(rule.key, rule.row)
        for event in self.core.events:
            rule = self.core.plan.rules[event.row]
            if event.did == at.EVENT_RAISED:
                session.machines[rule.key].episode = episode_id(rule.key, now)
                work.rising.append(outcomes[rule.key])
            elif event.did == at.EVENT_CLEARED:
                self._machine(rule.key, rule.row)
                work.ended.append(rule.key)

    def _machine(self, key: str, row: int) -> None:
        """The session's machine of a rule as the columns have it."""
        old = self.session.machines.get(key)
        r = self.core.memory.rules[row].tolist()
        self.session.machines[key] = machine_of(r, old.episode if old is not None else "")

    # ------------------------------------------------------------ state that lives in the columns

    def holds(self) -> dict[str, Hold]:
        """Past scans of every rule with a `for`, as the reference evaluator keeps them."""
        return {**self.session.holds, **save_holds(self.core), **self.beside.holds()}

    def lagged(self) -> dict[str, list[tuple[int, Num]]]:
        """What every lag looks back at, as the reference evaluator keeps it."""
        return {**self.session.lagged, **save_lags(self.core, self._lag_reach())}

    def _lag_reach(self) -> int:
        return self.session._lag_reach

"""A session: one program and its state, advancing over scans.

Only what temporal operators, raising, baselines, rows, models and pending actions need is carried from scan
to scan; all of it is in `Session.snapshot`, so a killed session goes on exactly where it stopped.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal

from expert.engine.baseline import HourlyMeans
from expert.engine.dependence import Dependence
from expert.engine.exchange import NOTHING_IMPORTED, Imports, read_imports
from expert.engine.facts import FactBase
from expert.engine.fixpoint import Outcome, infer, leans_on_disputed
from expert.engine.guards import RuleFault
from expert.engine.hold import Hold
from expert.engine.installed import ground_variables, off_facts, readable
from expert.engine.intake import take_in
from expert.engine.ledger import Ledger
from expert.engine.memory import Memory, Series
from expert.engine.nodes import NodeTable, family, foreseen, longest_reach, normals_read, roots, walk
from expert.engine.profile import Profile
from expert.engine.raising import Machine
from expert.engine.recording import Work, conflicts, make_record
from expert.engine.reference import ModelKey, Reference, World, question_limit
from expert.engine.rests_on import rests_on
from expert.engine.results import Num
from expert.language import units
from expert.language.ast import GroundRule, ModelProbability, Program, Rule
from expert.values.interval import FALSE, Interval
from expert.values.types import (
    Episode,
    ModelAnswer,
    OperatorEvent,
    Sample,
    ScanInput,
    ScanRecord,
    Variable,
    rule_key,
)

if TYPE_CHECKING:
    from expert.columns.evaluator import Columns

Evaluator = Literal["reference", "live"]

KEEP_AT_LEAST = 4 * 3_600_000
"""Samples are kept at least this long: the baseline's guard plus its open hour, and trends on the screen."""
FAST, KEEP_SAMPLES = 1_000, 20_000
"""Of a variable that is sampled more often than every `FAST` ms, this many are enough where nobody reads its baseline:
hours of 20 Hz would fill memory and every snapshot."""


class SessionError(ValueError):
    """A scan or a snapshot that cannot be used; the message says why."""


class Session:
    """One program at work.

    Parameters
    ----------
    program : Program
        Checked, grounded and stratified.
    evaluator : {'reference', 'live'}
        Who works out conditions and rules; records are the same bytes.

    Raises
    ------
    SessionError
        From `scan`, when a scan is not later than the one before; from `restore`, when the snapshot does not fit.
    """

    def __init__(self, program: Program, evaluator: Evaluator = "reference") -> None:
        self.program = program
        self.table = NodeTable(program)
        site = program.site
        self.units = {v.unit: units.factor(v.unit, site.unit_definitions) for v in site.variables.values()}
        for relation in site.relations.values():
            for kind in relation.fields.values():
                if kind not in ("text", "number"):
                    self.units.setdefault(kind, units.factor(kind, site.unit_definitions))
        reach = longest_reach(program)
        self._normals_read = normals_read(program)
        self.memory = Memory(self._series(v, reach) for v in ground_variables(site))
        self.rows: dict[str, dict[str, dict[str, Any]]] = {}
        self.holds: dict[str, Hold] = {}
        self.machines: dict[str, Machine] = {}
        self.lagged: dict[str, list[tuple[int, Num]]] = {}
        self.answers: dict[ModelKey, tuple[int, ModelAnswer]] = {}
        self.done: list[OperatorEvent] = []
        self.waiting: list[Sample] = []
        self.taken: list[Sample] = []
        self.acknowledged: dict[str, int] = {}
        self.episodes: dict[str, Episode] = {}
        self.ledger = Ledger(program)
        self.last: int | None = None
        self.sequence = 0
        self.fault = ""
        self.profile: Profile | None = None
        self._rules_of = {rule_key(g.rule.id, g.bindings): g.rule for layer in program.strata for g in layer}
        self.dependence = Dependence(program)
        self._find_off()
        self._lag_reach = max(
            (n.duration for n in self.table.nodes if hasattr(n, "arg") and hasattr(n, "duration")), default=0
        )
        self.evaluator: Evaluator = evaluator
        self._columns: Columns | None = None

    def _series(self, variable: Variable, reach: dict[str, int]) -> Series:
        site = self.program.site
        least = max(site.baseline_guard + 3_600_000, KEEP_AT_LEAST)
        if variable.period < FAST and family(variable.id) not in self._normals_read:
            least = min(least, KEEP_SAMPLES * variable.period)
        keep = max(reach.get(family(variable.id), 0), least) + variable.max_age
        scale = Fraction(variable.resolution) * self.units[variable.unit]
        hourly = HourlyMeans(variable, scale, site.baseline_span, site.max_exclude, site.min_coverage)
        return Series(variable, scale, keep, hourly)

    @property
    def silent_types(self) -> frozenset[str]:
        """Fact types that cannot be concluded here: all their rules are off."""
        return self._off_types

    def _find_off(self) -> None:
        """What cannot be concluded at this site: types nobody exports, and types, facts and rules that are all off."""
        on: dict[str, bool] = {}
        live_rules: set[str] = set()
        for ground in (g for layer in self.program.strata for g in layer):
            conclusion = ground.rule.conclude
            live = readable(ground)
            if live:
                live_rules.add(ground.rule.id)
            if conclusion is not None and not conclusion.refutes:
                on[conclusion.type] = on.get(conclusion.type, False) or live
        self._off_types = frozenset(t for t, live in on.items() if not live)
        self._no_exporter = frozenset(n for n, f in self.program.facts.items() if f.never_heard and n not in on)
        self._off_rules = frozenset(self.program.rules) - live_rules
        self._off_facts = off_facts(self.program)

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
            When the site has no such variable, or the history is not sorted by source time.
        """
        if not self._known(variable).load(source, arrival, count, good):
            raise SessionError(f"the history of {variable} is not sorted by source time")

    def set_baseline(self, variable: str, median: float, iqr: float) -> None:
        """Fix a variable's baseline (median and inter-quartile range in its own unit).

        Raises
        ------
        SessionError
            When the site has no such variable, or the numbers are none that a baseline can have.
        """
        series = self._known(variable)
        if not (math.isfinite(median) and math.isfinite(iqr) and iqr >= 0):
            raise SessionError(f"{median} with inter-quartile range {iqr} is no baseline of {variable}")
        factor = float(self.units[series.variable.unit])
        series.hourly.fixed = (median * factor, iqr * factor)

    def _known(self, variable: str) -> Series:
        series = self.memory.series.get(variable)
        if series is None:
            raise SessionError(f"no variable {variable!r} at site {self.program.site.name}")
        return series

    def questions(self) -> list[ModelKey]:
        """What the program asks of models: (model, below or above, limit in the target's unit, ms ahead)."""
        found: set[ModelKey] = set()
        for rule in self.program.rules.values():
            for root in (*roots(rule), *foreseen(rule)):
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
            When the scan is not later than the one before, or a rule stopped the session before.
        RuleFault
            When a rule asks for too much. Half a scan is in the session then: it neither runs on nor gives a snapshot.
        """
        self._must_be_whole()
        now = scan_input.time
        if self.last is not None and now <= self.last:
            raise SessionError(f"scan at {now} is not later than the last one at {self.last}")
        for said in scan_input.imports:
            if said.time >= now:
                raise SessionError(f"scan at {now} cannot read what {said.pack} concluded at {said.time}")
        try:
            return self._scan(scan_input, now)
        except RuleFault as e:
            self.fault = str(e)
            raise

    def _must_be_whole(self) -> None:
        if self.fault:
            raise SessionError(f"a rule stopped this session within a scan: {self.fault}")

    def _scan(self, scan_input: ScanInput, now: int) -> ScanRecord:
        counts = take_in(self, scan_input)
        self.memory.roll_baselines(now, self.program.site.baseline_guard)
        world = self.world(now, read_imports(self.program, scan_input))
        work = Work(scan_input, replace(world, recorded=dict(scan_input.computed)), counts)
        work.world.profile = self.profile
        work.evaluator, work.outcomes = self._infer(work)
        work.world.profile = None
        rising = [outcome for outcome in work.rising if _explained(outcome.activation.rule)]
        if rising:
            known, past = work.evaluator.known(), replace(work.world, lagged=self.every_lag())
            holds = self._earlier_holds(now)
            for outcome in rising:
                work.rests[outcome.activation.key] = rests_on(
                    past, self.program.strata, holds, outcome, self.dependence, known
                )
        notes = self._exclude(now, work.world) + conflicts(self.program, work.world.facts)
        record = make_record(self, work, notes)
        self._commit(work)
        return record

    def _infer(self, work: Work) -> tuple[Reference, dict[str, Outcome]]:
        columns = self.columns()
        if columns is not None:
            return columns.infer(work)
        return infer(
            work.world,
            self.program.strata,
            self.holds,
            lambda outcome, x, disputed: self._settle(work, outcome, x, disputed),
            layer_done=lambda rules, outcomes: self._vanish(work, rules, outcomes),
        )

    def columns(self) -> Columns | None:
        """The columns of a live session, which take its state over when they are first asked for."""
        if self._columns is None and self.evaluator == "live":
            from expert.columns.evaluator import Columns  # compiled code takes a while to load

            self._columns = Columns(self)
        return self._columns

    def every_hold(self) -> Mapping[str, Hold]:
        """Past scans of every condition with a `for`, wherever they are kept."""
        return self.holds if self._columns is None else self._columns.holds()

    def _earlier_holds(self, now: int) -> Mapping[str, Hold]:
        """Holds as they stood before the scan at ``now``, which columns have in theirs already."""
        if self._columns is None:
            return self.holds
        return {k: Hold([x for x in h.past if x[0] < now], h.start) for k, h in self.every_hold().items()}

    def every_lag(self) -> Mapping[str, list[tuple[int, Num]]]:
        """What every lag looks back at, wherever it is kept."""
        return self.lagged if self._columns is None else self._columns.lagged()

    def world(self, now: int, imports: Imports = NOTHING_IMPORTED) -> World:
        """What a scan at ``now`` may look at; its fact base holds what is known before any rule."""
        return World(
            program=self.program,
            table=self.table,
            memory=self.memory,
            units=self.units,
            now=now,
            facts=imports.into(FactBase(self._off_facts, self.program.facts)),
            active={},
            rows=self.rows,
            models={k: a for k, (_, a) in self.answers.items()},
            lagged=self.lagged,
            off_types=self._off_types,
            no_exporter=self._no_exporter,
            off_rules=self._off_rules,
            off_facts=self._off_facts,
            imports=imports,
        )

    def _settle(self, work: Work, outcome: Outcome, x: Interval, disputed: bool) -> None:
        """Step the machine of an activation whose conclusion is final."""
        rule, key = outcome.activation.rule, outcome.activation.key
        if rule.kind in ("alarm", "advice") and x.s >= rule.threshold:
            disputed = disputed or leans_on_disputed(work.world, outcome)
        work.capped[key] = (x, disputed)
        if self._step(work, rule, key, x, disputed):
            work.rising.append(outcome)

    def _vanish(self, work: Work, rules: Sequence[GroundRule], outcomes: Mapping[str, Outcome]) -> None:
        """Rows that went take their conclusions with them: what no longer matches is false."""
        ids = {g.rule.id for g in rules}
        for key in [k for k in self.machines if k not in outcomes]:
            rule = self._rules_of.get(key) or self.program.rules[key.split("[", 1)[0]]
            if rule.id in ids:
                work.vanished.append(key)
                self._step(work, rule, key, FALSE, False)

    def _step(self, work: Work, rule: Rule, key: str, x: Interval, disputed: bool) -> bool:
        if rule.conclude is not None and rule.conclude.refutes:
            return False
        machine = self.machines.get(key)
        if machine is None:
            if x.s < rule.threshold or disputed:
                return False
            machine = self.machines[key] = Machine()
        now, late = work.input.time, work.input.caught_up
        rose, cleared = machine.step(rule, key, now, x, disputed, late, self.program.site.period)
        if cleared:
            work.ended.append(key)
        if rule.status == "live":
            work.world.active[rule.id] = work.world.active.get(rule.id, False) or machine.active
        return rose

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

    def _commit(self, work: Work) -> None:
        now, period = work.input.time, self.program.site.period
        for key, o in work.outcomes.items():
            if o.activation.rule.hold and (self._columns is None or key not in self._columns.keys):
                self.holds.setdefault(key, Hold()).record(now, o.when, o.activation.rule.hold, period)
        for key in [k for k in self.holds if k not in work.outcomes]:
            del self.holds[key]
        for key, num in work.world.lag_now.items():
            past = self.lagged.setdefault(key, [])
            past.append((now, num))
            while len(past) > 2 and past[1][0] <= now - self._lag_reach:
                past.pop(0)
        for key in [k for k, past in self.lagged.items() if past[-1][0] < now - 2 * self._lag_reach]:
            del self.lagged[key]  # of rows that went
        for key in work.ended:
            episode = self.machines.pop(key).episode
            self.episodes.pop(episode, None)
            self.acknowledged.pop(episode, None)
        self.memory.forget(now)
        self.last = now

    # ------------------------------------------------------------ state

    def snapshot(self) -> dict[str, Any]:
        """Exact state as plain JSON; `Session.restore` reads it back."""
        self._must_be_whole()
        from expert.engine.state import snapshot

        return snapshot(self)

    @classmethod
    def restore(cls, program: Program, state: dict[str, Any], evaluator: Evaluator = "reference") -> Session:
        """A session that goes on where the snapshot was taken.

        Raises
        ------
        SessionError
            When the snapshot's format or program is another one.
        """
        from expert.engine.state import restore

        return restore(cls(program, evaluator), state)


def _explained(rule: Rule) -> bool:
    """Whether it is worked out what a rise of the rule rests on."""
    return rule.kind in ("condition", "alarm") and rule.severity > 0 and rule.status == "live"

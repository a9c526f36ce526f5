"""The same columns over a whole time axis: years of history in stretches of scans that fit the cache."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from expert.columns import layout as at
from expert.columns.core import Core
from expert.columns.feed import Feed
from expert.columns.live import columnar_core
from expert.columns.outside import Outside
from expert.columns.promises import Promises
from expert.columns.rings import HOUR
from expert.columns.transfer import save
from expert.engine.baseline import HourlyMeans
from expert.engine.raising import episode_id
from expert.engine.reference import question_limit
from expert.engine.session import Session
from expert.language import ast
from expert.values.changes import Change, ChangeKind
from expert.values.history import History
from expert.values.interval import ONE
from expert.values.types import ModelAnswer, ScanInput

HOLDS = 500_000
STRETCH = 512
"""Scans of a stretch: few enough that the certainties of some hundred rules stay in the cache."""


class Stretch:
    """Consecutive scans. Its arrays belong to the columns: they hold until the next stretch is asked for.

    Attributes
    ----------
    times : (scans,) int64
    keys : tuple of str
        Rules with their bindings, in canonical order.
    happened : (events, 6) int64
        What machines did: the columns of `expert.columns.core.Event`; a copy.
    """

    def __init__(self, batch: Batch, times: np.ndarray, happened: np.ndarray) -> None:
        self._batch = batch
        self.times = times
        self.keys = batch.keys
        self.happened = happened

    @property
    def changes(self) -> list[Change]:
        """What machines did, by time, then key."""
        rules = self._batch.core.plan.rules
        out = []
        for t, row, did, s, p, raised in self.happened.tolist():
            kind: ChangeKind = at.EVENTS[did]  # type: ignore[assignment]
            key = rules[row].key
            out.append(Change(int(self.times[t]), key, kind, episode_id(key, raised), s, p))
        return sorted(out, key=lambda c: (c.time, c.key))

    def certainty(self, key: str) -> tuple[np.ndarray, np.ndarray]:
        """Support and plausibility of a rule over the scans, after its refuters: int32 millionths."""
        return self._batch.core.certainty(self._batch.rows[key])

    def active(self, key: str) -> np.ndarray:
        """Whether a rule's machine was up, for each scan."""
        flags = self._batch.core.memory.active[self._batch.rows[key], : len(self.times)]
        return (flags & 1).astype(bool)


class Batch:
    """A program over history; state goes on from one `run` to the next.

    Parameters
    ----------
    program : Program
        Without rules over rows.
    session : Session, optional
        State to begin with.
    stretch : int
        Most scans at a time.
    resumable : bool
        Whether there may be a `snapshot`. It holds what no rule reads and the score of what rules expect, which takes
        its time.

    Raises
    ------
    NotColumnar
        When rules need rows.
    """

    def __init__(
        self, program: ast.Program, session: Session | None = None, *, stretch: int = STRETCH, resumable: bool = True
    ) -> None:
        self.session = Session(program) if session is None else session
        self.program = program
        self.stretch = stretch
        looks_back = any(isinstance(n, ast.Lag) for n in self.session.table.nodes)  # what is kept is told with its age
        self.core: Core = columnar_core(program, self.session, stretch=stretch, told=looks_back, promises=resumable)
        self.rows = {r.key: r.row for r in self.core.plan.rules}
        self.keys = tuple(sorted(self.rows))
        self.outside = Outside(self.core, self.session) if resumable else None
        self.promises = Promises(self.core, self.session.ledger) if resumable else None
        self._model_at = dict(self.session.answers)
        self._questions = [self._key(q) for q in self.core.plan.expansion.questions]
        later = [x.params[1] for x in self.core.plan.order if x.op == at.OP_LAG and x.params[2]]
        self._shortest_lag = min(later, default=0)
        self._excluding = self._find_excluding()
        self._marking = self._find_marking()

    def _key(self, node: ast.ModelProbability) -> tuple[str, str, float, int]:
        target = self.program.site.models[node.model].target
        unit = self.core.plan.scope.variables[target].unit
        return node.model, node.op, question_limit(node, self.core.plan.scope.units[unit]), node.ahead

    # ------------------------------------------------------------ running

    def run(self, history: History, times: Iterable[int]) -> Iterator[Stretch]:
        """Run scans over a piece of history.

        Parameters
        ----------
        history : History
            What arrived since the last piece; samples of variables that no rule reads are left out.
        times : iterable of int
            Scan times in ms, later than those before.
        """
        wanted = np.fromiter(times, np.int64)
        special = {x.time: x for x in history.others}
        inputs: list[ScanInput | None] = [special.get(t) for t in wanted.tolist()] if special else [None] * len(wanted)
        run_at = [t if x is None else x.run_at for t, x in zip(wanted.tolist(), inputs, strict=True)]
        latest = np.maximum.accumulate(np.array(run_at, np.int64))
        late = np.array([x is not None and x.caught_up for x in inputs], np.int64)
        feed = Feed(history, self.core.names, self.core.note)
        if self.outside is not None:
            self.outside.begin(history)
        first = 0
        while first < len(wanted):
            end = self._end(wanted, first)
            self._answers(wanted, inputs, first, end)
            self.core.run(wanted[first:end], late[first:end], latest[first:end], feed)
            self.session.sequence += end - first
            if self.outside is not None:
                self.outside.run(wanted[first:end], late[first:end], latest[first:end])
                self.outside.take(inputs[first:end], wanted[first:end].tolist())
            if self.promises is not None:
                self.promises.run(wanted[first:end])
            stretch = Stretch(self, wanted[first:end], self.core.happened.copy())
            self._exclude(wanted[first:end])
            yield stretch
            first = end

    def _end(self, times: np.ndarray, first: int) -> int:
        """One past the last scan of the next stretch."""
        limit = int(times[first]) + self._shortest_lag if self._shortest_lag else None
        if self._excluding:
            hour = (int(times[first]) // HOUR + 1) * HOUR
            limit = hour if limit is None else min(limit, hour)
            if any(self._at_risk(b, int(times[first])) for b, _ in self._excluding):
                return first + 1
        end = min(len(times), first + self.stretch)
        if limit is not None:
            end = max(first + 1, first + int(np.searchsorted(times[first:end], limit, side="left")))
        return end

    # ------------------------------------------------------------ what is sparse

    def _answers(self, times: np.ndarray, inputs: list[ScanInput | None], first: int, end: int) -> None:
        """Answers of models for each scan of a stretch."""
        if not self._questions:
            return
        x = self.core.memory
        for t in range(first, end):
            given = inputs[t]
            for answer in given.models if given is not None else ():
                key = (answer.model, answer.op, round(answer.limit, 9), answer.ahead)
                self._model_at[key] = (int(times[t]), answer)
            for i, question in enumerate(self._questions):
                s, p = self._says(question, int(times[t]))
                x.model_s[i, t - first], x.model_p[i, t - first] = s, p

    def _says(self, question: tuple[str, str, float, int], now: int) -> tuple[int, int]:
        found: tuple[int, ModelAnswer] | None = self._model_at.get(question)
        spec = self.program.site.models.get(question[0])
        if found is None or spec is None or now - found[0] > spec.expiry:
            return 0, ONE
        answer = found[1]
        good = 0 <= answer.support <= answer.plausibility <= ONE
        return (answer.support, answer.plausibility) if good else (0, ONE)

    # ------------------------------------------------------------ baselines without abnormal hours

    def _find_excluding(self) -> list[tuple[int, list[int]]]:
        """Baselines with an excluding fact: row, slots of the fact."""
        found = []
        for b, row in enumerate(self.core.memory.baselines):
            fact = self.core.plan.scope.variables[self.core.names[row[at.B_VAR]]].exclude
            if fact is not None:
                found.append((b, self._slots(fact)))
        return found

    def _slots(self, fact: str) -> list[int]:
        return [f.seen.slot for (type_, _), f in self.core.plan.facts.items() if type_ == fact]

    def _find_marking(self) -> list[tuple[HourlyMeans, list[int]]]:
        """Baselines that nobody reads with an excluding fact, whose hours are marked all the same."""
        every = self.session.memory.series
        names = () if self.outside is None else sorted(self.outside.names)
        facts = ((every[name].hourly, every[name].variable.exclude) for name in names)
        return [(hourly, self._slots(fact)) for hourly, fact in facts if fact is not None]

    def _held(self, slots: list[int], times: np.ndarray) -> list[int]:
        """Scans of a stretch at which one of the facts holds."""
        held = np.zeros(len(times), bool)
        for slot in slots:
            held |= self.core.ends(slot)[0] >= HOLDS
        return times[held].tolist()

    def _hourly(self, b: int) -> HourlyMeans:
        return self.session.memory.series[self.core.names[self.core.memory.baselines[b, at.B_VAR]]].hourly

    def _at_risk(self, b: int, now: int) -> bool:
        """Whether an excluded hour now could be one too many, which changes the baseline at once."""
        hourly = self._hourly(b)
        hour, run = now // HOUR * HOUR, 1
        while hour - run * HOUR in hourly.excluded:
            run += 1
        return bool(run * HOUR > hourly.max_exclude)

    def _exclude(self, times: np.ndarray) -> None:
        x = self.core.memory
        for b, slots in self._excluding:
            hourly = self._hourly(b)
            before = len(hourly.excluded), len(hourly.regimes)
            for t in self._held(slots, times):
                hourly.exclude(t)
            if before != (len(hourly.excluded), len(hourly.regimes)):
                hours = np.array(sorted(hourly.excluded), np.int64)[-x.excluded.shape[1] :]
                x.excluded[b] = at.NONE
                x.excluded[b, x.excluded.shape[1] - len(hours) :] = hours
                x.baselines[b, at.B_STALE] = 1
        for hourly, slots in self._marking:
            for t in self._held(slots, times):
                hourly.exclude(t)

    # ------------------------------------------------------------ results

    def snapshot(self) -> dict[str, Any]:
        """State after the last scan, as `Session.snapshot` gives it.

        Raises
        ------
        RuntimeError
            When the batch is not resumable.
        """
        if self.outside is None:
            raise RuntimeError("a batch that is not resumable has no snapshot")
        self.outside.save()
        save(self.core, self.session)
        self.session.acknowledged = self.outside.acknowledged()
        self.session.episodes = {
            k: replace(e, acknowledged=self.session.acknowledged.get(k)) for k, e in self.session.episodes.items()
        }
        return self.session.snapshot()

"""The fast hand around the columns: one scan at a time, columns in, certainties out.

No records, no episodes, no texts are made; `Live.keep` keeps what is needed to make them later. A session
(`Session(program, "live")`) does all that on the same columns.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np

from expert.columns import layout as at
from expert.columns.core import QUALITIES, Core, Event
from expert.columns.facts import fill_facts
from expert.columns.present import View
from expert.columns.rounds import reading_rules, rounds_of
from expert.columns.soft import relational_rules
from expert.columns.transfer import load
from expert.engine.facts import FactBase
from expert.engine.reference import question_limit
from expert.engine.results import interval_json
from expert.engine.session import Session
from expert.language import ast
from expert.values.types import Fact, Sample


class NotColumnar(ValueError):
    """A program with rules that need rows or numbers of facts; the message names them."""


def columnar_core(
    program: ast.Program, session: Session | None, *, stretch: int, told: bool, promises: bool = False
) -> Core:
    """Columns of a program that has no relational rules, in the state of a session.

    Raises
    ------
    NotColumnar
        When there are such rules.
    """
    relational = sorted(relational_rules(program, promises=promises))
    if relational:
        raise NotColumnar(f"not without rows or numbers of facts: {', '.join(relational)}")
    session = Session(program) if session is None else session
    core = Core(program, session.memory.series, table=session.table, stretch=stretch, told=told, promises=promises)
    load(core, session)
    return core


class Kept(NamedTuple):
    """What a scan found, as arrays: everything that its explanation needs.

    ``s, p``: (slots, 1); ``num``, ``fac``, ``meta``: (columns, slots, 1); the rest: layers, disputes, machines, holds.
    """

    time: int
    s: np.ndarray
    p: np.ndarray
    num: np.ndarray
    fac: np.ndarray
    meta: np.ndarray
    place: np.ndarray
    size: np.ndarray
    factor: np.ndarray
    ends: np.ndarray
    active: np.ndarray
    refuted: np.ndarray
    holds: np.ndarray


class Live:
    """One program at work, for whoever wants nothing but its conclusions, quickly.

    Parameters
    ----------
    program : Program
        Without rules over rows.
    session : Session, optional
        State to go on from.
    told : bool
        Keep what an explanation needs besides certainties (ages, coverage, reasons), so that `keep` is worth it.

    Raises
    ------
    NotColumnar
        When rules need rows.
    """

    def __init__(self, program: ast.Program, session: Session | None = None, *, told: bool = False) -> None:
        self.core = columnar_core(program, session, stretch=1, told=told)
        plan = self.core.plan
        self.variables = tuple(self.core.names)
        ordered = sorted(plan.rules, key=lambda r: r.key)
        self.keys = tuple(r.key for r in ordered)
        self._rules = ordered
        self._slots = np.array([(r.machine or r.out).slot for r in ordered], np.int64)
        self._reading = reading_rules(plan)
        self._reasons = ["no model"] * len(plan.expansion.questions)
        units = plan.scope.units
        self.questions = [
            (
                q.model,
                q.op,
                question_limit(q, units[plan.scope.variables[program.site.models[q.model].target].unit]),
                q.ahead,
            )
            for q in plan.expansion.questions
        ]

    def samples(self, samples: Iterable[Sample]) -> np.ndarray:
        """Samples as the columns that `advance` takes; those of variables that no rule reads are left out."""
        core = self.core
        rows = [
            (
                core.rows[s.variable],
                0,
                s.source,
                s.arrival,
                0 if s.count is None else s.count,
                QUALITIES["bad"] if s.count is None else QUALITIES[s.quality],
                core.note(s.note) if s.note else 0,
            )
            for s in samples
            if s.variable in core.rows
        ]
        return np.ascontiguousarray(np.array(rows, np.int64).reshape(-1, 7).T)

    def advance(self, now: int, new: np.ndarray, late: bool = False) -> None:
        """Run one scan.

        Parameters
        ----------
        now : int
            ms, later than the scan before.
        new : (7, samples) int64
            Row of the variable (its place in `variables`), 0, source and arrival in ms, count, quality (0 good,
            1 uncertain, 2 bad), note (0). Only what has arrived.
        """
        self.core.scan(now, late, new)

    def events(self) -> list[Event]:
        """What machines did in the newest scan."""
        return self.core.events

    def answer(self, question: int, support: int, plausibility: int, reason: str = "") -> None:
        """What a model says to a question of the program (`questions`), until it says something else."""
        self.core.set_model(question, support, plausibility)
        self._reasons[question] = reason

    def conclusions(self) -> tuple[np.ndarray, np.ndarray]:
        """Support and plausibility of every rule in `keys`, after hold, strength and refuters: int32 millionths."""
        x = self.core.memory
        return x.s[:, 0].take(self._slots, mode="clip"), x.p[:, 0].take(self._slots, mode="clip")

    def keep(self) -> Kept:
        """A copy of all that the scan found."""
        x = self.core.memory
        return Kept(
            int(x.times[(self.core.number - 1) & (len(x.times) - 1)]),
            x.s.copy(),
            x.p.copy(),
            x.num.copy(),
            x.fac.copy(),
            x.meta.copy(),
            x.place,
            x.size.copy(),
            x.factor.copy(),
            x.ends.copy(),
            x.active.copy(),
            x.refuted.copy(),
            x.holds[:, at.H_START].copy(),
        )

    # ------------------------------------------------------------ explanations of what was kept

    def nodes(self, kept: Kept) -> dict[str, Any]:
        """Every node and rule of a kept scan, as a scan record has them (without the sentences' numbers)."""
        view = View(self.core, 0, self._reasons, kept)
        expansion = self.core.plan.expansion
        keys = {k: None for r in self._rules for k in expansion.closure(r.when.key)}
        out = view.nodes(keys)
        for r in self._rules:
            when = view.interval(r.when.slot)
            since = kept.time if when.s else None
            row = int(self.core.memory.rules[r.row, at.R_HOLD])
            if row >= 0:
                since = None if kept.holds[row] == at.NONE else int(kept.holds[row])
            out[f"rule:{r.key}"] = {
                "when": interval_json(when),
                "held": interval_json(view.interval(r.held)),
                "out": interval_json(view.interval((r.machine or r.out).slot)),
                "since": since,
            }
        return out

    def facts(self, kept: Kept) -> tuple[Fact, ...]:
        """Every fact of a kept scan with its canonical derivation."""
        plan = self.core.plan
        view = View(self.core, 0, self._reasons, kept)
        base = FactBase(plan.scope.off)
        fill_facts(base, self.core, view, rounds_of(plan, self._reading, view), kept.refuted)
        return base.freeze({name: f.combine for name, f in self.core.program.facts.items()})

"""One plan with its memory: takes in samples, runs stretches of scans, says what became of rules.

`Live` and `Batch` are thin hands around it, and so is a session that runs on columns.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from expert.columns import layout as at
from expert.columns import memory as m
from expert.columns.crisp import BYTES
from expert.columns.feed import Feed
from expert.columns.kernel import MAX_ROUNDS, infer
from expert.columns.marks import marks
from expert.columns.memory import Memory
from expert.columns.plan import Plan, build_plan
from expert.columns.rings import FIXED_NOTES
from expert.columns.scan import scan
from expert.columns.stretches import arrived, stretch
from expert.columns.tables import (
    longest_look_back,
    power_of_two,
    put_code,
    put_samples,
    put_state,
    put_values,
    ranks,
    sort_leaves,
)
from expert.engine.guards import EndlessGrowth, place
from expert.engine.memory import Series
from expert.engine.nodes import NodeTable
from expert.language import ast
from expert.values.interval import ONE

QUALITIES = {"good": 0, "uncertain": 1, "bad": 2}
SPARE_SCANS = 8
PER_SCAN = (
    "times",
    "past_s",
    "past_p",
    "lag_num",
    "lag_fac",
    "lag_meta",
    "lag_size",
    "lag_factor",
    "lag_ends",
)
"""Rings with one place a scan."""


class Event(NamedTuple):
    """What a machine did: scan of the stretch, row of the rule, ``EVENT_`` code, certainty, time of rise."""

    t: int
    row: int
    did: int
    s: int
    p: int
    raised: int


class Core:
    """Columns of one program.

    Parameters
    ----------
    program : Program
    series : mapping
        Series of the site's ground variables by name: what they are and how long they are kept.
    stretch : int
        Most scans that are run at a time.
    told : bool
        Also keep what a record says of numbers (coverage, ages, reasons).
    besides : collection of str
        Variables that no rule reads, but whose samples and hourly means are kept all the same.
    promises : bool
        Also work out the conditions that rules expect.

    Raises
    ------
    TooFine
        When a variable's counts do not fit the kernels' integers.
    """

    def __init__(
        self,
        program: ast.Program,
        series: Mapping[str, Series],
        *,
        table: NodeTable | None = None,
        stretch: int = 1,
        told: bool = True,
        besides: Collection[str] = (),
        promises: bool = False,
    ) -> None:
        self.program = program
        self.plan: Plan = build_plan(
            program, table or NodeTable(program), {name: s.variable for name, s in series.items()}, told, promises
        )
        self.names = [*sort_leaves(self.plan), *sorted(besides)]
        self.rows = {name: i for i, name in enumerate(self.names)}
        self.stretch = stretch
        self.memory = Memory()
        put_code(self.plan, self.memory)
        put_samples(self.plan, self.names, series, stretch, self.memory)
        put_values(self.plan, stretch, told, self.memory)
        self._look_back = longest_look_back(self.plan)
        scans = self._look_back // program.site.period + stretch + SPARE_SCANS
        put_state(self.plan, power_of_two(scans), stretch, self.memory)
        self.notes: list[str] = list(FIXED_NOTES)
        self._note_index = {n: i for i, n in enumerate(self.notes)}
        self.number = 0
        self.width = 0
        rules = max(1, len(self.plan.rules))
        questions = max(1, len(self.plan.expansion.questions))
        self.memory.put(
            events=np.zeros((rules * stretch, 6), np.int64),
            dirty=np.stack([self._everything(), self._always()]),
            before=np.zeros((2, stretch), np.int32),
            model_s=np.zeros((questions, stretch), np.int32),
            model_p=np.full((questions, stretch), ONE, np.int32),
        )
        self._time = np.zeros(1, np.int64)
        self._late = np.zeros(1, np.int64)
        self._more = np.zeros(len(self.names), np.int64)
        self._before = at.NONE
        self._packed = False

    def _everything(self) -> np.ndarray:
        return marks(True for _ in self.plan.order)

    def _always(self) -> np.ndarray:
        """Operations that time alone may move."""
        moving = (at.OP_LAG, at.OP_STORE, at.OP_MODEL)
        held = {id(r.out) for r in self.plan.rules if r.ground.rule.hold}
        return marks(x.op in moving or id(x) in held for x in self.plan.order)

    # ------------------------------------------------------------ notes

    def note(self, text: str) -> int:
        """Index of a note, which is new or known."""
        found = self._note_index.get(text)
        if found is None:
            found = self._note_index[text] = len(self.notes)
            self.notes.append(text)
            self.memory.put(rank=ranks(self.notes))
        return found

    # ------------------------------------------------------------ running

    def scan(self, now: int, late: bool, new: np.ndarray, *, whole: bool = False) -> None:
        """Run one scan.

        Parameters
        ----------
        new : (7, samples) int64
            Variable (its row), 0, source and arrival in ms, count, quality (0 good, 1 uncertain, 2 bad), note.
        whole : bool
            Work everything out again, also what nothing changed for; for a record, which says how old each number is.

        Raises
        ------
        EndlessGrowth
            When positive recursion does not come to rest.
        """
        self._time[0], self._late[0] = now, late
        self._scan_room(1, now)
        table, number = self.memory.table, self.number
        full, failed = scan(table, self._time, self._late, number, new, 0, whole)
        while full >= 0:
            self._more[:] = 0
            self._more[new[0, full]] = 1
            self._room(self._more)
            full, failed = scan(table, self._time, self._late, number, new, full, whole)
        self._finish(failed, 1)
        self._before, self._packed = at.NONE, False

    def run(self, times: np.ndarray, late: np.ndarray, latest: np.ndarray, feed: Feed) -> None:
        """Run a stretch of scans.

        Parameters
        ----------
        times, late : (scans,) int64
        latest : (scans,) int64
            The newest arrival that each scan takes in.
        feed : Feed
            Where the samples come from; it moves on.
        """
        arrived(feed.table, feed.cursor, int(latest[-1]), self._more)
        self._room(self._more)
        self._scan_room(len(times), int(times[-1]))
        x = self.memory
        x.settings[m.SETTING_NUMBER], x.settings[m.SETTING_EVENTS] = self.number, 0
        since = int(x.times[(self.number - 1) & (len(x.times) - 1)]) if self.number else at.NONE
        stretch(x.table, times, latest, since, self._before, feed.table, feed.cursor, self._more)
        self._before = int(latest[-1])
        self._finish(infer(x.table, times, late, False, True), len(times))
        self._packed = True
        x.dirty[0] = self._everything()

    def _finish(self, failed: int, scans: int) -> None:
        if failed >= 0:
            first, end = self.plan.loops[failed]
            rows = {x.params[0] for x in self.plan.order[first:end] if x.op == at.OP_RULE}
            rules = sorted({place(self.plan.rules[row].ground.rule) for row in rows})
            raise EndlessGrowth(f"facts still change after {MAX_ROUNDS} rounds of one scan: {', '.join(rules)}")
        self.number += scans
        self.width = scans

    @property
    def happened(self) -> np.ndarray:
        """What machines did in the newest stretch: (events, 6), the columns of `Event`, by operation, then scan."""
        return self.memory.events[: int(self.memory.settings[m.SETTING_EVENTS])]

    @property
    def events(self) -> list[Event]:
        """The same as a list."""
        return [Event(*row) for row in self.happened.tolist()]

    def set_model(self, question: int, support: int, plausibility: int) -> None:
        """The answer that a question of the program has from the next scan on."""
        self.memory.model_s[question], self.memory.model_p[question] = support, plausibility

    # ------------------------------------------------------------ rings that grow

    def _room(self, new: np.ndarray) -> None:
        """Make rings larger where the samples to come would not fit."""
        v = self.memory.variables
        if not len(v):
            return
        need = v[:, at.V_HEAD] - v[:, at.V_TAIL] + new
        if (need <= v[:, at.V_MASK]).all():
            return
        sizes = [max(int(m) + 1, power_of_two(2 * int(n))) for m, n in zip(v[:, at.V_MASK], need, strict=True)]
        self._move(sizes)

    def _move(self, sizes: Sequence[int]) -> None:
        x = self.memory
        fresh = [np.zeros(sum(sizes), np.int64) for _ in range(4)]
        offset = 0
        for v, size in zip(x.variables, sizes, strict=True):
            k = np.arange(v[at.V_TAIL], v[at.V_HEAD])
            old, new = v[at.V_OFFSET] + (k & v[at.V_MASK]), offset + (k & (size - 1))
            for column, into in zip((x.source, x.arrival, x.count, x.note), fresh, strict=True):
                into[new] = column[old]
            v[at.V_OFFSET], v[at.V_MASK] = offset, size - 1
            offset += size
        x.put(source=fresh[0], arrival=fresh[1], count=fresh[2], note=fresh[3])

    def _scan_room(self, scans: int, now: int) -> None:
        """Make the rings of past scans larger where scans come faster than the program's period."""
        if self._look_back == 0:
            return
        x = self.memory
        size = len(x.times)
        oldest = self.number + scans - size
        reach = self._look_back + 4 * self.program.site.period
        if oldest < 0 or x.times[oldest & (size - 1)] <= now - reach:
            return
        new = 2 * size
        k = np.arange(max(0, self.number - size), self.number)
        for name in PER_SCAN:
            old = getattr(x, name)
            fresh = np.zeros((*old.shape[:-1], new), old.dtype)
            fresh[..., k & (new - 1)] = old[..., k & (size - 1)]
            x.put(**{name: fresh})
        for name, head, tail in (("least_s", at.H_SHEAD, at.H_STAIL), ("least_p", at.H_PHEAD, at.H_PTAIL)):
            old = getattr(x, name)
            fresh = np.zeros((len(old), new), old.dtype)
            for row, h in enumerate(x.holds):
                k = np.arange(h[head], h[tail])
                fresh[row, k & (new - 1)] = old[row, k & (size - 1)]
            x.put(**{name: fresh})
        self._scan_room(scans, now)

    # ------------------------------------------------------------ results

    def certainty(self, row: int) -> tuple[np.ndarray, np.ndarray]:
        """Support and plausibility of a rule after its refuters, over the stretch."""
        machine = self.plan.rules[row].machine
        slot = self.plan.rules[row].out.slot if machine is None else machine.slot
        return self.ends(slot)

    def ends(self, slot: int) -> tuple[np.ndarray, np.ndarray]:
        """Support and plausibility of any condition over the stretch."""
        x = self.memory
        if self._packed and x.form[BYTES, slot]:
            sure = x.crisp[slot, : self.width] * np.int32(ONE)
            return sure, sure
        return x.s[slot, : self.width], x.p[slot, : self.width]


NO_SAMPLES = np.zeros((7, 0), np.int64)
"""No samples."""

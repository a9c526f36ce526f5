"""Running a program over the parts of a history; every way of doing it reports the same changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, Protocol

from expert.backtest.source import Part
from expert.engine.session import Session
from expert.language.ast import Program
from expert.run.board import Blackboard, imports_for
from expert.values.changes import Change, ChangeKind
from expert.values.history import History
from expert.values.types import RaiseState, ScanRecord, rule_key

if TYPE_CHECKING:
    from expert.columns.batch import Batch

STRETCH = 240
"""Scans after which a scan-by-scan run reports."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Consecutive scans and what changed in them, in the order of time, then key."""

    times: Sequence[int]
    changes: list[Change]


class Evaluator(Protocol):
    """Runs one program; state is carried from part to part."""

    def run(self, part: Part) -> Iterator[Stretch]:
        """The scans of the next part."""
        ...

    def snapshot(self) -> dict[str, Any]:
        """State after the part before, as `Session.snapshot` gives it."""
        ...


class ScanByScan:
    """The reference: a session that is handed one scan after the other.

    Parameters
    ----------
    program : Program
    state : dict, optional
        Snapshot of a session to go on from.
    evaluator : {'reference', 'live'}
        Who works out each scan.
    board : Blackboard, optional
        Where other experts are read, and what this one exports is put.
    """

    def __init__(
        self,
        program: Program,
        state: dict[str, Any] | None = None,
        evaluator: Literal["reference", "live"] = "reference",
        board: Blackboard | None = None,
    ) -> None:
        self.board = board
        self.session = Session(program, evaluator) if state is None else Session.restore(program, state, evaluator)
        self._states: dict[str, RaiseState] = {e.id: e.state for e in self.session.episodes.values()}

    def snapshot(self) -> dict[str, Any]:
        """State after the last scan."""
        return self.session.snapshot()

    def run(self, part: Part) -> Iterator[Stretch]:
        """The scans of the next part."""
        times: list[int] = []
        changes: list[Change] = []
        for time, found in self.steps(part):
            times.append(time)
            changes += found
            if len(times) == STRETCH:
                yield Stretch(times, changes)
                times, changes = [], []
        if times:
            yield Stretch(times, changes)

    def steps(self, part: Part) -> Iterator[tuple[int, list[Change]]]:
        """The scans of the next part one by one, each with what changed in it."""
        first = self.session.last is None
        history = warm(self.session, part.history, part.times[0]) if first else part.history
        for scan in history.inputs(part.times):
            if self.board is None:
                record = self.session.scan(scan)
            else:
                imports = imports_for(self.session.program, self.board, scan.time)
                record = self.session.scan(replace(scan, imports=imports))
                self.board.put(record.exports)
            yield scan.time, self._changes(record)

    def _changes(self, record: ScanRecord) -> list[Change]:
        found = []
        for e in record.episodes:
            before = self._states.get(e.id)
            kind = _kind(before, e.state if e.cleared is None else "normal")
            if kind is not None:
                key = rule_key(e.rule, e.bindings)
                found.append(Change(record.input.time, key, kind, e.id, e.certainty.s, e.certainty.p))
            if e.cleared is None:
                self._states[e.id] = e.state
            else:
                self._states.pop(e.id, None)
        return sorted(found, key=lambda c: c.key)


def warm(session: Session, history: History, first: int) -> History:
    """Give a session what arrived before its first scan, as columns; return the rest of the history.

    It is the same as if the first scan had been handed all of it, in less time and memory.
    """
    for name, column in history.between(None, first - 1).columns.items():
        if name in session.memory.series:
            session.memory.series[name].take(column)
    return history.between(first - 1, None)


class AtOnce:
    """Columns over the whole time axis, for programs without rules over rows.

    Parameters
    ----------
    program : Program
    resumable : bool
        Whether a `snapshot` will be asked for, which holds also what no rule reads.
    """

    def __init__(self, program: Program, *, resumable: bool = True) -> None:
        self.program = program
        self.resumable = resumable
        self._batch: Batch | None = None

    def snapshot(self) -> dict[str, Any]:
        """State after the last scan."""
        return self._batch.snapshot() if self._batch is not None else Session(self.program).snapshot()

    def run(self, part: Part) -> Iterator[Stretch]:
        """The scans of the next part."""
        from expert.columns.batch import Batch  # compiled code takes a while to load

        history = part.history
        if self._batch is None:
            session = Session(self.program)
            history = warm(session, history, part.times[0])
            self._batch = Batch(self.program, session, resumable=self.resumable)
        for stretch in self._batch.run(history, part.times):
            yield Stretch(stretch.times.tolist(), stretch.changes)


def _kind(before: RaiseState | None, now: RaiseState) -> ChangeKind | None:
    """What it is called when a machine goes from one state to the next.

    >>> _kind(None, "raised"), _kind("held", "raised"), _kind("clearing", "normal"), _kind("held", "held")
    ('raised', 'resumed', 'cleared', None)
    """
    if before == now:
        return None
    if now == "raised":
        return "raised" if before is None else "resumed"
    return "cleared" if now == "normal" else now

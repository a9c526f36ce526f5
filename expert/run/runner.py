"""The loop around a session: what has arrived goes in, one scan after the other, and every scan is on record.

A scan is due at every multiple of the program's period. A scan that could not run in time is run late, in
order, with what has arrived by then, and marked as caught up.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Protocol

from expert.engine.migrate import take_over
from expert.engine.session import Session, SessionError
from expert.language.ast import Program
from expert.models.port import ModelPort
from expert.run.board import Blackboard, Board, imports_for
from expert.run.log import RunLog
from expert.values.types import ModelAnswer, OperatorEvent, Row, Sample, ScanInput, ScanRecord, Switch

KEEP_WHOLE = 120
"""So many of the newest records stay whole in memory; the trace has them all."""


class Feed(Protocol):
    """Where samples come from."""

    def advance(self, until: int) -> Sequence[Sample]:
        """Samples that arrived after the last call and not later than ``until`` (ms UTC), by arrival."""
        ...


def first_scan(start: int, period: int) -> int:
    """The first time on the grid that is not earlier than ``start``, ms.

    >>> first_scan(61_000, 60_000)
    120000
    """
    return -(-start // period) * period


class Runner:
    """Runs the scans of one session.

    Parameters
    ----------
    session : Session
        Fresh (warmed up) or restored.
    feed : Feed
    models : sequence of ModelPort
    log : RunLog, optional
        Where every scan is recorded before anybody sees it.
    start : int
        First scan time for a fresh session, ms; rounded up to the grid.
    board : Board, optional
        Where other experts are read; a `Blackboard` also takes what this one exports.
    keep : int
        How many of the newest records are kept at hand (the newest `KEEP_WHOLE` with all their nodes).
    """

    def __init__(
        self,
        session: Session,
        feed: Feed,
        models: Sequence[ModelPort] = (),
        log: RunLog | None = None,
        start: int = 0,
        keep: int = 600,
        board: Board | None = None,
    ) -> None:
        self.session = session
        self.feed = feed
        self.models = tuple(models)
        self.log = log
        self.period = session.program.site.period
        self.records: deque[ScanRecord] = deque(maxlen=keep)
        self.board = board
        self._questions = session.questions()
        self._events: list[OperatorEvent] = []
        self._rows: list[Row] = []
        last = session.last if session.last is not None else start - 1
        self._next = (last // self.period + 1) * self.period

    @property
    def next_due(self) -> int:
        """Time of the next scan, ms."""
        return self._next

    def tell(self, event: OperatorEvent) -> None:
        """Hand in what a person said or did; it is recorded with the next scan."""
        self._events.append(event)

    def feed_rows(self, rows: Sequence[Row]) -> None:
        """Hand in changed rows of relations; they count from the next scan on."""
        self._rows.extend(rows)

    def due(self, now: int) -> Iterator[ScanRecord]:
        """Run every scan that is due at plant time ``now``, oldest first; all but the newest are late."""
        while self._next <= now:
            late = now - self._next >= self.period
            yield self.scan(self._next, now if late else self._next, late)

    def scan(self, time: int, run_at: int, caught_up: bool = False) -> ScanRecord:
        """Run one scan and put it on record.

        Raises
        ------
        TraceError
            When the record cannot be written; nothing is concluded that is not on record.
        """
        samples = tuple(self.feed.advance(run_at))
        answers: list[ModelAnswer] = []
        for port in self.models:
            port.observe(samples)
            answers += port.answer(time, run_at, [q for q in self._questions if q[0] == port.id])
        events, self._events = tuple(self._events), []
        rows, self._rows = tuple(self._rows), []
        imports = () if self.board is None else imports_for(self.session.program, self.board, time)
        record = self.session.scan(
            ScanInput(time, run_at, samples, rows, tuple(answers), events, caught_up, imports=imports)
        )
        if self.log is not None:
            self.log.scan(record)
            self.log.maybe_snapshot(self.session, self.models)
        if isinstance(self.board, Blackboard):
            self.board.put(record.exports)
        self._next = time + self.period
        self._remember(record)
        return record

    def switch(self, program: Program) -> Switch:
        """Go on under another program from the next scan on; what goes on and what does not is on record first.

        The records at hand are those of the old program and are let go; the trace has them.

        Raises
        ------
        SessionError
            When state cannot go on under the program; the old one stays at work.
        TraceError
            When the switch cannot be written.
        """
        if self.models and program.site.variables != self.session.program.site.variables:
            raise SessionError("the plant's variables changed, and its models know the old ones: start a new run")
        session, switch = take_over(self.session, program)
        if self.log is not None:
            self.log.switch(program, switch)
            self.log.snapshot(session, self.models)
        self.session = session
        self._questions = session.questions()
        self.records.clear()
        return switch

    def _remember(self, record: ScanRecord) -> None:
        """Keep the record at hand; of older ones only what a list or a trend needs, not every node's value."""
        self.records.append(record)
        if len(self.records) > KEEP_WHOLE:
            old = -1 - KEEP_WHOLE
            self.records[old] = replace(self.records[old], nodes={})

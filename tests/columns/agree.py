"""One stream through every evaluator; whoever disagrees is shown with the place."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from expert.columns.batch import Batch
from expert.columns.live import Live, NotColumnar
from expert.columns.soft import relational_rules
from expert.engine.session import Session
from expert.language.ast import Program
from expert.trace.canonical import canonical
from expert.trace.codec import to_json
from expert.values.history import history_of
from expert.values.types import ScanInput, ScanRecord, rule_key
from tests.engine.build import differences


def all_agree(
    program: Program,
    inputs: Sequence[ScanInput],
    stretch: int = 4,
    restart: int | None = None,
    baselines: Mapping[str, tuple[float, float]] | None = None,
) -> list[ScanRecord]:
    """Reference, live session, live columns and batch say the same of every scan.

    Parameters
    ----------
    stretch : int
        Scans of a stretch of the batch evaluator.
    restart : int, optional
        Scan before which every evaluator is stopped, and goes on from its snapshot.
    baselines : mapping, optional
        Median and inter-quartile range of variables.

    Returns
    -------
    list of ScanRecord
        What the reference says.
    """

    def begin(evaluator: str = "reference") -> Session:
        session = Session(program, evaluator)
        for name, (median, spread) in (baselines or {}).items():
            if name in session.memory.series:
                session.set_baseline(name, median, spread)
        return session

    records, state = _reference(begin(), inputs, restart)
    _same_state(state, _live_session(begin("live"), inputs, records, restart), "live session")
    if relational_rules(program):
        for build in (Live, Batch):
            with pytest.raises(NotColumnar):
                build(program)
        return records
    _live(begin(), inputs, records)
    _same_state(state, _batch(begin(), inputs, records, stretch, restart), "batch")
    return records


State = dict[str, Any]


def _same_state(expected: State, found: State, place: str) -> None:
    """Two snapshots are the same bytes."""
    one, other = (json.loads(canonical(x)) for x in (expected, found))
    _same(one, other, f"snapshot of {place}")
    assert canonical(expected) == canonical(found), f"snapshot of {place}"


def _same(expected: Any, found: Any, place: str) -> None:
    """Show where two plain values differ; also where nobody rewrites assertions."""
    lines = differences(expected, found, place)
    if lines:
        raise AssertionError("\n".join(lines[:12]))


def _reference(session: Session, inputs: Sequence[ScanInput], restart: int | None) -> tuple[list[ScanRecord], State]:
    program, records = session.program, []
    for i, scan in enumerate(inputs):
        if i == restart:
            session = Session.restore(program, session.snapshot())
        records.append(session.scan(scan))
    return records, session.snapshot()


def _live_session(
    session: Session, inputs: Sequence[ScanInput], records: Sequence[ScanRecord], restart: int | None
) -> State:
    program = session.program
    for i, (scan, record) in enumerate(zip(inputs, records, strict=True)):
        if i == restart:
            session = Session.restore(program, session.snapshot(), "live")
        found = session.scan(scan)
        _same(to_json(record), to_json(found), f"scan {i}")
    return session.snapshot()


def _live(session: Session, inputs: Sequence[ScanInput], records: Sequence[ScanRecord]) -> None:
    live = Live(session.program, session, told=True)
    answers = {}
    waiting: list = []
    for i, (scan, record) in enumerate(zip(inputs, records, strict=True)):
        arrived = [s for s in [*waiting, *scan.samples] if s.arrival <= scan.run_at]
        waiting = [s for s in [*waiting, *scan.samples] if s.arrival > scan.run_at]
        for answer in scan.models:
            answers[answer.model, answer.op, answer.limit, answer.ahead] = answer
        for q, question in enumerate(live.questions):
            if question in answers:
                said = answers[question]
                live.answer(q, said.support, said.plausibility, said.reason)
        live.advance(scan.time, live.samples(arrived), scan.caught_up)
        s, p = live.conclusions()
        found = {f"rule:{k}": [int(a), int(b)] for k, a, b in zip(live.keys, s, p, strict=True)}
        expected = {k: x["out"] for k, x in record.nodes.items() if k.startswith("rule:")}
        _same(expected, found, f"live, scan {i}")
        up = sorted({rule_key(f.rule, f.bindings) for f in record.firings if f.state != "normal"})
        active = live.core.memory.active[:, 0]
        _same(up, sorted(r.key for r in live.core.plan.rules if active[r.row] & 1), f"live up, scan {i}")
        kept = live.keep()
        nodes = live.nodes(kept)
        _same({k: record.nodes[k] for k in nodes}, nodes, f"kept, scan {i}")
        _same(to_json(record)["facts"], [to_json(f) for f in live.facts(kept)], f"facts, scan {i}")


def _batch(
    session: Session, inputs: Sequence[ScanInput], records: Sequence[ScanRecord], stretch: int, restart: int | None
) -> State:
    program = session.program
    batch, at = Batch(program, session, stretch=stretch), 0
    changes = []
    parts = [inputs] if restart is None else [inputs[:restart], inputs[restart:]]
    for n, part in enumerate(parts):
        if n:
            batch = Batch(program, Session.restore(program, batch.snapshot()), stretch=stretch)
        for piece in batch.run(history_of(part), [x.time for x in part]):
            for t in range(len(piece.times)):
                record = records[at]
                expected = {k[5:]: x["out"] for k, x in record.nodes.items() if k.startswith("rule:")}
                found = {k: [int(x[t]) for x in piece.certainty(k)] for k in piece.keys}
                _same(expected, found, f"batch, scan {at}")
                up = sorted({rule_key(f.rule, f.bindings) for f in record.firings if f.state != "normal"})
                _same(up, sorted(k for k in piece.keys if piece.active(k)[t]), f"up, scan {at}")
                at += 1
            changes += piece.changes
    assert len(records) == at
    _same(_changes(records), [[c.time, c.key, c.kind, c.episode, c.s, c.p] for c in changes], "changes")
    return batch.snapshot()


def _changes(records: Sequence[ScanRecord]) -> list[list[Any]]:
    """What machines did, told from the firings of scan records."""
    out, before = [], {}
    for record in records:
        now = {rule_key(f.rule, f.bindings): f for f in record.firings}
        for key, f in sorted(now.items()):
            if f.rising or before.get(key, "normal") != f.state:
                kind = "raised" if f.rising else "cleared" if f.state == "normal" else f.state
                kind = "resumed" if kind == "raised" and not f.rising else kind
                out.append([record.input.time, key, kind, f.episode, f.certainty.s, f.certainty.p])
            before[key] = f.state
    return out

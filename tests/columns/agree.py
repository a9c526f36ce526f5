"""One stream through every evaluator; whoever disagrees is shown with the place."""

from __future__ import annotations

from collections.abc import Sequence

from expert.columns.batch import Batch
from expert.columns.live import Live
from expert.engine.session import Session
from expert.language.ast import Program
from expert.trace.codec import to_json
from expert.values.history import history_of
from expert.values.types import ScanInput, ScanRecord, rule_key
from tests.engine.build import differences


def all_agree(program: Program, inputs: Sequence[ScanInput], stretch: int = 4, restart: int | None = None) -> None:
    """Reference, live session, live columns and batch say the same of every scan.

    Parameters
    ----------
    stretch : int
        Scans of a stretch of the batch evaluator.
    restart : int, optional
        Scan before which every evaluator is stopped, and goes on from its snapshot.
    """
    records = _reference(program, inputs, restart)
    _live_session(program, inputs, records, restart)
    _live(program, inputs, records)
    _batch(program, inputs, records, stretch, restart)


def _reference(program: Program, inputs: Sequence[ScanInput], restart: int | None) -> list[ScanRecord]:
    session, records = Session(program), []
    for i, scan in enumerate(inputs):
        if i == restart:
            session = Session.restore(program, session.snapshot())
        records.append(session.scan(scan))
    return records


def _live_session(
    program: Program, inputs: Sequence[ScanInput], records: Sequence[ScanRecord], restart: int | None
) -> None:
    session = Session(program, "live")
    for i, (scan, record) in enumerate(zip(inputs, records, strict=True)):
        if i == restart:
            session = Session.restore(program, session.snapshot(), "live")
        found = session.scan(scan)
        assert [] == differences(to_json(record), to_json(found), f"scan {i}")


def _live(program: Program, inputs: Sequence[ScanInput], records: Sequence[ScanRecord]) -> None:
    live = Live(program, told=True)
    waiting: list = []
    for i, (scan, record) in enumerate(zip(inputs, records, strict=True)):
        arrived = [s for s in [*waiting, *scan.samples] if s.arrival <= scan.run_at]
        waiting = [s for s in [*waiting, *scan.samples] if s.arrival > scan.run_at]
        live.advance(scan.time, live.samples(arrived), scan.caught_up)
        s, p = live.conclusions()
        found = {f"rule:{k}": [int(a), int(b)] for k, a, b in zip(live.keys, s, p, strict=True)}
        expected = {k: x["out"] for k, x in record.nodes.items() if k.startswith("rule:")}
        assert [] == differences(expected, found, f"live, scan {i}")
        kept = live.keep()
        nodes = live.nodes(kept)
        assert [] == differences({k: record.nodes[k] for k in nodes}, nodes, f"kept, scan {i}")
        assert record.facts == live.facts(kept)


def _batch(
    program: Program, inputs: Sequence[ScanInput], records: Sequence[ScanRecord], stretch: int, restart: int | None
) -> None:
    batch, at = Batch(program, stretch=stretch), 0
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
                assert [] == differences(expected, found, f"batch, scan {at}")
                up = {rule_key(f.rule, f.bindings) for f in record.firings if f.state != "normal"}
                assert up == {k for k in piece.keys if piece.active(k)[t]}
                at += 1
            changes += piece.changes
    assert len(records) == at
    assert _changes(records) == [(c.time, c.key, c.kind, c.episode, c.s, c.p) for c in changes]


def _changes(records: Sequence[ScanRecord]) -> list[tuple[int, str, str, str, int, int]]:
    """What machines did, told from the firings of scan records."""
    out, before = [], {}
    for record in records:
        now = {rule_key(f.rule, f.bindings): f for f in record.firings}
        for key, f in sorted(now.items()):
            if f.rising or before.get(key, "normal") != f.state:
                kind = "raised" if f.rising else "cleared" if f.state == "normal" else f.state
                kind = "resumed" if kind == "raised" and not f.rising else kind
                out.append((record.input.time, key, kind, f.episode, f.certainty.s, f.certainty.p))
            before[key] = f.state
    return out



"""What a scan brings, put where rules look for it: samples, rows, answers of models, what operators did."""

from __future__ import annotations

from typing import TYPE_CHECKING

from expert.engine.row_types import wrong_fields
from expert.values.types import ScanInput

if TYPE_CHECKING:
    from expert.engine.session import Session


def take_in(session: Session, scan_input: ScanInput) -> dict[str, int]:
    """Bring a session's state up to a scan's input; say how much of it, and why, could not be used as it came."""
    counts: dict[str, int] = {}
    samples = [*session.waiting, *scan_input.samples]
    session.waiting = [s for s in samples if s.arrival > scan_input.run_at]
    session.taken = [s for s in samples if s.arrival <= scan_input.run_at]
    session.memory.insert(session.taken, counts)
    if early := sum(s.arrival > scan_input.run_at for s in scan_input.samples):
        counts["not yet arrived"] = early
    counts |= take_sparse(session, scan_input)
    for event in scan_input.events:
        if event.kind == "ack" and event.target in session.episodes:
            session.acknowledged[event.target] = event.time
    return counts


def take_sparse(session: Session, scan_input: ScanInput) -> dict[str, int]:
    """Take in rows, answers of models and what operators did about advice; as `take_in`."""
    counts: dict[str, int] = {}
    for row in scan_input.rows:
        if row.relation not in session.program.site.relations:
            counts["unknown relation"] = counts.get("unknown relation", 0) + 1
            continue
        table = session.rows.setdefault(row.relation, {})
        if row.values is None:
            table.pop(row.key, None)
        else:
            table[row.key] = dict(row.values)
            counts |= dict.fromkeys(wrong_fields(session.program.site.relations[row.relation], row), 1)
    for answer in scan_input.models:
        session.answers[answer.model, answer.op, round(answer.limit, 9), answer.ahead] = (scan_input.time, answer)
    for key, (issued, answer) in list(session.answers.items()):
        spec = session.program.site.models.get(answer.model)
        if spec is None or scan_input.time - issued > spec.expiry:
            del session.answers[key]
    longest = max((a.full_in for a in session.program.site.actions.values()), default=0)
    session.done = [e for e in session.done if scan_input.time - e.time < longest]
    session.done += [event for event in scan_input.events if event.kind == "done"]
    return counts

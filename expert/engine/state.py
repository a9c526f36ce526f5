"""Exact state of a session as plain JSON, and back."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from expert.engine.formats import FORMAT, upgrade
from expert.engine.hold import Hold
from expert.engine.raising import Machine
from expert.engine.results import num_from_json, num_json
from expert.values.interval import Interval
from expert.values.types import Episode, ModelAnswer, OperatorEvent, Sample

if TYPE_CHECKING:
    from expert.engine.session import Session


def snapshot(session: Session) -> dict[str, Any]:
    """Everything that a later scan may depend on."""
    return {
        "format": FORMAT,
        "program": session.program.digest,
        "last": session.last,
        "sequence": session.sequence,
        "series": {k: s.snapshot() for k, s in session.memory.series.items() if s.sources},
        "hourly": {k: s.hourly.snapshot() for k, s in session.memory.series.items()},
        "rows": {r: {k: dict(v) for k, v in rows.items()} for r, rows in session.rows.items()},
        "holds": {k: h.snapshot() for k, h in session.every_hold().items()},
        "machines": {k: m.snapshot() for k, m in session.machines.items()},
        "lagged": {k: [[t, num_json(n)] for t, n in past] for k, past in session.every_lag().items()},
        "answers": [[issued, asdict(a)] for issued, a in session.answers.values()],
        "done": [asdict(e) for e in session.done],
        "waiting": [asdict(s) for s in session.waiting],
        "acknowledged": dict(session.acknowledged),
        "ledger": session.ledger.snapshot(),
        "episodes": [_episode_json(e) for e in session.episodes.values()],
    }


def restore(session: Session, state: dict[str, Any]) -> Session:
    """Fill a fresh session from a snapshot.

    Raises
    ------
    SessionError
        When no steps lead from the snapshot's format to this one, it is of another program, or it is damaged.
    """
    from expert.engine.session import SessionError

    program = session.program
    state = upgrade(state)
    if state.get("program") != program.digest:
        raise SessionError(f"snapshot of program {str(state.get('program'))[:12]}, not of {program.digest[:12]}")
    try:
        _fill(session, state)
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as e:
        raise SessionError(f"the snapshot is damaged: {type(e).__name__} {e}") from e
    return session


def _fill(session: Session, state: dict[str, Any]) -> None:
    session.last, session.sequence = state["last"], state["sequence"]
    for name, series in state["series"].items():
        session.memory.series[name].restore(series)
    for name, hourly in state["hourly"].items():
        session.memory.series[name].hourly.restore(hourly)
    session.rows = {r: {k: dict(v) for k, v in rows.items()} for r, rows in state["rows"].items()}
    session.holds = {k: Hold.restore(h) for k, h in state["holds"].items()}
    session.machines = {k: Machine.restore(m) for k, m in state["machines"].items()}
    session.lagged = {k: [(t, num_from_json(n)) for t, n in past] for k, past in state["lagged"].items()}
    for issued, answer in state["answers"]:
        a = ModelAnswer(**answer)
        session.answers[a.model, a.op, round(a.limit, 9), a.ahead] = (issued, a)
    session.done = [OperatorEvent(**e) for e in state["done"]]
    session.waiting = [Sample(**s) for s in state["waiting"]]
    session.acknowledged = dict(state["acknowledged"])
    session.ledger.restore(state["ledger"])
    session.episodes = {e["id"]: _episode(e) for e in state["episodes"]}


def _episode_json(e: Episode) -> dict[str, Any]:
    return {**asdict(e), "certainty": [e.certainty.s, e.certainty.p]}


def _episode(d: dict[str, Any]) -> Episode:
    bindings = tuple((b[0], b[1]) for b in d["bindings"])
    return Episode(**{**d, "bindings": bindings, "certainty": Interval(*d["certainty"])})

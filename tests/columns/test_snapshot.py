"""The state after a batch is the state after a session, also of what no rule reads."""

from __future__ import annotations

import random

import pytest

from expert.columns.batch import Batch
from expert.engine.raising import episode_id
from expert.engine.session import Session
from expert.values.types import ModelAnswer, OperatorEvent, Row, Sample, ScanInput
from tests.columns.agree import all_agree
from tests.engine.build import MINUTE, T0, program, rule

HOURS = 14
RULES = (
    rule("one", "a.x > 50 kPa", "clear_for: 2 min"),
    rule("away", "mean(a.y, 5 min) > 52 kPa", conclude="away"),
)
NAMES = ("a.x", "a.y", "a.v", "a.u", "a.e", "a.n", "a.w", "pumps[A].t", "pumps[C].t")


def _samples(draw: random.Random) -> list[Sample]:
    """Some lost, bad, uncertain, late by hours, revised or out of their range."""
    found = []
    for name in NAMES:
        for k in range(HOURS * 60):
            source = T0 + k * MINUTE
            kind = draw.choice(["good"] * 30 + ["lost", "bad", "uncertain", "late", "revised", "range"])
            value = 1 if name == "a.w" else 500 if kind == "range" else draw.randint(30, 70)
            if kind == "lost":
                continue
            bad, quality = kind == "bad", "uncertain" if kind == "uncertain" else "bad" if kind == "bad" else "good"
            late = draw.choice([2, 90, 400]) * MINUTE if kind == "late" else 0
            found.append(Sample(name, source, source + late, None if bad else value, quality, "status" if bad else ""))
            if kind == "revised":
                found.append(Sample(name, source, source + draw.choice([1, 200]) * MINUTE, value + 1))
    return sorted(found, key=lambda s: (s.arrival, s.source, s.variable))


def _inputs(seed: int) -> list[ScanInput]:
    """A scan a minute, an hour without scans; rows, answers and acknowledgements that no rule asks for."""
    draw = random.Random(seed)
    samples, scans = _samples(draw), []
    for k in [k for k in range(HOURS * 60) if not 300 <= k < 360]:
        now, at = T0 + k * MINUTE, 0
        while at < len(samples) and samples[at].arrival <= now:
            at += 1
        new, samples = tuple(samples[:at]), samples[at:]
        rows = (Row("job", draw.choice("AB"), draw.choice([None, {"id": "A"}])),) if draw.random() < 0.02 else ()
        ahead = draw.choice([2, 3, 4]) * 60 * MINUTE
        models = (ModelAnswer("outlook", ahead, "below", 50.0, 1, 2),) if draw.random() < 0.01 else ()
        events = ()
        if draw.random() < 0.3:
            raised = now - draw.randint(0, 2) * MINUTE
            done = OperatorEvent(now, "done", "down", 5.0)
            events = (done, OperatorEvent(now, "ack", episode_id("t.one", raised)))
        scans.append(ScanInput(now, now, new, rows, models, events))
    return scans


@pytest.mark.parametrize("seed", range(3))
def test_state_after_a_day(seed: int) -> None:
    """Samples and hourly means of what is not read, marked hours, rows, answers, events, acknowledgements."""
    inputs = _inputs(seed)
    all_agree(
        program(*RULES), inputs, stretch=100, restart=None if seed == 0 else 400 + seed, baselines={"a.v": (5, 1)}
    )


def test_a_batch_that_is_not_resumable_has_no_snapshot() -> None:
    """Rather than one that lacks something."""
    batch = Batch(program(*RULES), resumable=False)
    with pytest.raises(RuntimeError, match="not resumable"):
        batch.snapshot()


def test_a_batch_that_ran_nothing_is_where_it_began() -> None:
    """With a rule that is up, whose certainty no stretch has told yet."""
    raised = Session(program(*RULES))
    for scan in _inputs(0)[:200]:
        raised.scan(scan)
    assert raised.machines

    begun = Session.restore(program(*RULES), raised.snapshot())
    assert raised.snapshot() == Batch(program(*RULES), begun, resumable=True).snapshot()

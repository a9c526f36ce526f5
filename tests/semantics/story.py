"""Stories of one line, played on a bench: ``60*5 ! . -> [0.8, 1]``.

A story gives one token per minute, starting at minute 0; in every minute there is a scan unless the token is ``_``:

=========  ==========================================================================
``60``     a good sample of the variable, true and known in this minute
``60>2``   a sample that is true in this minute and arrives two minutes later
``!``      a sample marked bad
``.``      no sample
``_``      no sample, and the scan of this minute never ran
``R``      (takes no time) the process is killed here and goes on from its snapshot
``t*3``    the token t three times
=========  ==========================================================================

Several variables: ``x: 60*3; y: 60 .*2``. For a model a token is ``0.7:0.9`` (support and plausibility), for rows
``A:10<B,due=20`` (job A takes 10 min, comes after B and is due at 20 min; ``A:?``: duration empty; ``-A``: row
withdrawn; several joined by ``+``).

A result is ``1`` (true), ``0`` (false), ``?`` (unknown), one number (both ends) or ``[support, plausibility]``; results
of the last scans are joined by ``then``.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from expert.engine.session import Session
from expert.values.interval import ONE
from expert.values.types import ModelAnswer, Row, Sample, ScanRecord
from tests.engine.build import MINUTE, T0, Bench, bad, good, out, state

NAMES = {"x": "a.x", "y": "a.y", "v": "a.v", "u": "a.u", "n": "a.n", "w": "a.w"}
NAMES |= {p: f"pumps[{p}].t" for p in "ABC"}


@dataclass(slots=True)
class Minute:
    """What happens in one minute."""

    samples: list[Sample] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    answers: list[ModelAnswer] = field(default_factory=list)
    runs: bool = True
    restart: bool = False


def read(story: str, variable: str) -> list[Minute]:
    """The minutes of a story's left side."""
    minutes: list[Minute] = []
    for part in story.split(";"):
        name, colon, tokens = part.partition(": ")
        if not colon:
            name, tokens = variable, part
        at = 0
        for token in _expand(tokens):
            while len(minutes) <= at:
                minutes.append(Minute())
            if token == "R":
                minutes[at].restart = True
                continue
            _happen(minutes, at, name.strip(), token)
            at += 1
    return minutes


def _expand(tokens: str) -> list[str]:
    found: list[str] = []
    for token in tokens.split():
        one, _, times = token.partition("*")
        found += [one] * int(times or 1)
    return found


def _happen(minutes: list[Minute], at: int, name: str, token: str) -> None:
    minute = minutes[at]
    if token == "_":
        minute.runs = False
    elif token == ".":
        return
    elif name == "model":
        s, _, p = token.partition(":")
        ends = round(float(s) * ONE), round(float(p) * ONE)
        minute.answers.append(ModelAnswer("outlook", 2 * 60 * MINUTE, "below", 50.0, *ends))
    elif name == "rows":
        minute.rows += [_row(r) for r in token.split("+")]
    elif token == "!":
        minute.samples.append(bad(NAMES[name], at))
    else:
        value, _, delay = token.partition(">")
        arrives = at + int(delay or 0)
        while len(minutes) <= arrives:
            minutes.append(Minute())
        minutes[arrives].samples.append(good(NAMES[name], at, int(value), arrives))


def _row(text: str) -> Row:
    if text.startswith("-"):
        return Row("job", text[1:], None)
    text, _, due = text.partition(",due=")
    name, _, rest = text.partition(":")
    duration, _, after = rest.partition("<")
    values = {"id": name, "after": after or "start", "step": 1, "due": float(due or 0)}
    return Row("job", name, {**values, "duration": None if duration == "?" else float(duration)})


def play(bench: Bench, minutes: list[Minute], restarts: bool = True) -> list[ScanRecord]:
    """Records of a story; without ``restarts`` nobody is killed."""
    records = []
    for at, minute in enumerate(minutes):
        if minute.restart and restarts:
            state_ = json.loads(json.dumps(bench.session.snapshot()))
            bench.session = Session.restore(bench.program, state_)
        if minute.runs:
            records.append(bench.scan(at, minute.samples, rows=minute.rows, models=minute.answers))
    return records


def result(record: ScanRecord, rule: str, shows: str) -> str:
    """What a record says of a rule, as a story writes it."""
    if shows == "state":
        open_question = any(e.open_question for e in record.episodes if e.rule == f"t.{rule}")
        return state(record, rule) + (" (open question)" if open_question else "")
    if shows == "expectation":
        return next((e.state for e in record.expectations if e.rule == f"t.{rule}"), "none")
    if f"rule:t.{rule}" not in record.nodes:
        return "0"
    s, p = out(record, rule)
    if (s, p) == (0, ONE):
        return "?"
    return _number(s) if s == p else f"[{_number(s)}, {_number(p)}]"


def _number(x: int) -> str:
    return f"{x / ONE:g}"


def seconds(minute: float) -> int:
    """Time of a minute in ms."""
    return T0 + round(minute * MINUTE)

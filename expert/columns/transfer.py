"""State between a session and its columns: what either needs to go on where the other stopped."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from expert.columns import layout as at
from expert.columns.core import SPARE_SCANS, Core
from expert.columns.expand import Item
from expert.columns.present import FIXED_REASONS
from expert.columns.rings import HOUR, NO_NOTE
from expert.columns.tables import power_of_two, put_state
from expert.engine.hold import Hold
from expert.engine.memory import Series
from expert.engine.raising import Machine, episode_id
from expert.engine.results import NO_DISCOUNT, Num
from expert.values.interval import Interval
from expert.values.types import Episode

if TYPE_CHECKING:
    from expert.engine.session import Session


# ---------------------------------------------------------------- from a session


def load(core: Core, session: Session) -> None:
    """Take over samples, machines, holds and lags of a session."""
    load_samples(core, session)
    times = sorted(
        {t for h in session.holds.values() for t, _, _ in h.past}
        | {t for past in session.lagged.values() for t, _ in past}
    )
    scans = len(times) + core.stretch + SPARE_SCANS
    if scans > len(core.memory.times):
        put_state(core.plan, power_of_two(scans), core.stretch, core.memory)
    ring = core.memory.times
    for k, t in enumerate(times):
        ring[k & (len(ring) - 1)] = t
    core.number = len(times)
    index = {t: k for k, t in enumerate(times)}
    _load_holds(core, session, index)
    for x in lags(core):
        _load_lag(core, x, session.lagged.get(x.key, []), index)
    for rule in core.plan.rules:
        machine = session.machines.get(rule.key)
        if machine is not None:
            _load_machine(core.memory.rules[rule.row], machine)


def load_samples(core: Core, session: Session) -> None:
    """Take over samples and hourly means of a session."""
    for name, row in core.rows.items():
        _load_series(core, row, session.memory.series[name])
    _load_hours(core, session)


def _load_series(core: Core, row: int, series: Series) -> None:
    n = len(series.sources)
    need = np.zeros(len(core.names), np.int64)
    need[row] = n
    core._room(need)
    x, v = core.memory, core.memory.variables[row]
    offset = v[at.V_OFFSET]
    x.source[offset : offset + n] = series.sources
    x.arrival[offset : offset + n] = series.arrivals
    x.count[offset : offset + n] = [c or 0 for c in series.counts]
    notes = [
        core.note(note) if count is None else NO_NOTE for note, count in zip(series.notes, series.counts, strict=True)
    ]
    x.note[offset : offset + n] = notes
    v[at.V_TAIL], v[at.V_HEAD], v[at.V_NEXT] = 0, n, 0
    if n:
        v[at.V_ORIGIN] = series.sources[0]
        near = [
            t
            for t, c in zip(series.sources, series.counts, strict=True)
            if c is not None and (c <= v[at.V_FLOOR] or c >= v[at.V_CEILING])
        ]
        v[at.V_EDGE] = near[-1] if near else at.NONE
        off = [t for t in series.sources if (t - series.sources[0]) % v[at.V_PERIOD]]
        v[at.V_UNALIGNED] = off[-1] if off else at.NONE
    v[at.V_CHANGES] += 1


def _load_hours(core: Core, session: Session) -> None:
    x = core.memory
    for b, row in enumerate(x.baselines):
        hourly = session.memory.series[core.names[row[at.B_VAR]]].hourly
        size = x.hour.shape[1]
        hours, means = hourly.hours[-size:], hourly.means[-size:]
        x.hour[b, : len(hours)], x.mean[b, : len(means)] = hours, means
        row[at.B_FIRST], row[at.B_END], row[at.B_STALE] = 0, len(hours), 1
        row[at.B_UPTO] = at.NONE if hourly.upto is None else hourly.upto
        excluded = sorted(hourly.excluded)[-size:]
        x.excluded[b] = at.NONE
        x.excluded[b, size - len(excluded) :] = excluded
        row[at.B_FIXED] = int(hourly.fixed is not None)
        if hourly.fixed is not None:
            row[at.B_KNOWN] = 1
            x.base[b] = hourly.fixed


def _load_holds(core: Core, session: Session, index: dict[int, int]) -> None:
    x = core.memory
    spans: dict[tuple[int, int], int] = {}
    mask = len(x.times) - 1
    for rule in core.plan.rules:
        row = int(x.rules[rule.row, at.R_HOLD])
        if row < 0:
            continue
        past = session.holds.get(rule.key, Hold())
        first = index[past.past[0][0]] if past.past else core.number
        h = x.holds[row]
        h[at.H_ROW] = spans.setdefault((rule.ground.rule.hold, first), len(spans))
        h[at.H_START] = at.NONE if past.start is None else past.start
        h[at.H_SHEAD] = h[at.H_STAIL] = h[at.H_PHEAD] = h[at.H_PTAIL] = 0
        for t, s, p in past.past:
            k = index[t]
            x.past_s[row, k & mask], x.past_p[row, k & mask] = s, p
            for ring, queue, head, tail in (
                (x.past_s[row], x.least_s[row], at.H_SHEAD, at.H_STAIL),
                (x.past_p[row], x.least_p[row], at.H_PHEAD, at.H_PTAIL),
            ):
                end = int(h[tail])
                while end > h[head] and ring[queue[(end - 1) & mask] & mask] >= ring[k & mask]:
                    end -= 1
                queue[end & mask] = k
                h[tail] = end + 1
    if spans:
        n = len(spans)
        x.put(
            spans=np.array(list(spans), np.int64).reshape(-1, 2),
            begins=np.zeros((n, core.stretch), np.int64),
            firsts=np.zeros((n, core.stretch), np.int64),
        )


def _load_lag(core: Core, x: Item, past: list[tuple[int, Num]], index: dict[int, int]) -> None:
    memory, row = core.memory, x.params[0]
    mask = len(memory.times) - 1
    memory.lag_first[row] = index[past[0][0]] if past else core.number
    for t, num in past:
        _put_number(core, x, row, index[t] & mask, num)


def _put_number(core: Core, x: Item, row: int, j: int, num: Num) -> None:
    memory = core.memory
    memory.lag_num[:, row, j] = [math.nan if v is None else v for v in (num.v, num.lo, num.hi)]
    memory.lag_fac[:, row, j] = num.c.numerator, num.c.denominator
    why, a, b = _reason(core, num.why)
    told = [at.NONE if v is None else v for v in (num.at, num.n, num.m)]
    memory.lag_meta[:, row, j] = [*told, why, a, b]
    if x.layers:
        place = memory.place[x.slot]
        memory.lag_size[row, j] = len(num.layers)
        for i, (c, lo, hi) in enumerate(num.layers):
            memory.lag_factor[:, place + i, j] = c.numerator, c.denominator
            memory.lag_ends[:, place + i, j] = lo, hi


def _reason(core: Core, text: str) -> tuple[int, int, int]:
    """A reason as code and details."""
    code, _, detail = text.partition("|")
    fixed = {v: k for k, v in FIXED_REASONS.items()}
    if not text:
        return at.WHY_NOTHING, 0, 0
    if code == "bad":
        return at.WHY_BAD, core.note(detail), 0
    if code == "stale":
        return at.WHY_STALE, int(detail), 0
    if code == "coverage":
        n, m = detail.split("/")
        return at.WHY_COVERAGE, int(n), int(m)
    return fixed[text], 0, 0


def _load_machine(r: np.ndarray, machine: Machine) -> None:
    def time(t: int | None) -> int:
        return at.NONE if t is None else t

    r[at.R_STATE] = at.STATES.index(machine.state)
    r[at.R_RAISED_AT], r[at.R_CLEARING] = time(machine.raised_at), time(machine.clearing_since)
    r[at.R_HELD], r[at.R_STEPPED] = time(machine.held_since), time(machine.stepped)
    r[at.R_LATE], r[at.R_OPEN] = int(machine.found_late), int(machine.open_question)


# ---------------------------------------------------------------- to a session


def lags(core: Core) -> list[Item]:
    """Lag operations of a plan."""
    return [x for x in core.plan.order if x.op == at.OP_LAG]


def save(core: Core, session: Session) -> None:
    """Bring a session to the state of columns that ran without it; where none ran yet, it is in that state."""
    if not core.width:
        return
    save_samples(core, session)
    session.holds = save_holds(core)
    session.lagged = save_lags(core, session._lag_reach)
    if core.number:
        session.last = int(core.memory.times[(core.number - 1) & (len(core.memory.times) - 1)])
    session.machines, session.episodes = {}, {}
    for rule in sorted(core.plan.rules, key=lambda x: (core.memory.rules[x.row, at.R_RAISED_AT], x.key)):
        r = core.memory.rules[rule.row].tolist()
        if rule.machine is None or r[at.R_STATE] == at.NORMAL:
            continue
        machine = machine_of(r, episode_id(rule.key, r[at.R_RAISED_AT]))
        session.machines[rule.key] = machine
        s, p = core.certainty(rule.row)
        g = rule.ground
        session.episodes[machine.episode] = Episode(
            machine.episode,
            g.rule.id,
            g.bindings,
            g.rule.severity,
            machine.raised_at or 0,
            machine.state,
            Interval(int(s[-1]), int(p[-1])),
            found_late=machine.found_late,
            held_since=machine.held_since,
            open_question=machine.open_question,
            acknowledged=session.acknowledged.get(machine.episode),
        )


def save_samples(core: Core, session: Session) -> None:
    """Bring a session's samples and hourly means up to date."""
    for name, row in core.rows.items():
        _save_series(core, row, session.memory.series[name])
    for b, row in enumerate(core.memory.baselines):
        _save_hours(core, b, session.memory.series[core.names[row[at.B_VAR]]])


def machine_of(r: Sequence[int], episode: str) -> Machine:
    """A rule's machine as a session has it, from its row."""

    def time(x: int) -> int | None:
        return None if x == at.NONE else x

    return Machine(
        state=at.STATES[r[at.R_STATE]],  # type: ignore[arg-type]
        episode=episode,
        raised_at=time(r[at.R_RAISED_AT]),
        clearing_since=time(r[at.R_CLEARING]),
        held_since=time(r[at.R_HELD]),
        found_late=bool(r[at.R_LATE]),
        stepped=time(r[at.R_STEPPED]),
        open_question=bool(r[at.R_OPEN]),
    )


def _save_series(core: Core, row: int, series: Series) -> None:
    x, v = core.memory, core.memory.variables[row]
    place = v[at.V_OFFSET] + (np.arange(v[at.V_TAIL], v[at.V_HEAD]) & v[at.V_MASK])
    notes = x.note[place].tolist()
    series.sources, series.arrivals = x.source[place].tolist(), x.arrival[place].tolist()
    series.counts = [c if n == NO_NOTE else None for c, n in zip(x.count[place].tolist(), notes, strict=True)]
    series.notes = [core.notes[n] for n in notes]


def _save_hours(core: Core, b: int, series: Series) -> None:
    x, row, hourly = core.memory, core.memory.baselines[b], series.hourly
    if row[at.B_FIXED] == at.GIVEN:
        return
    k = np.arange(row[at.B_FIRST], row[at.B_END]) % x.hour.shape[1]
    hourly.hours, hourly.means = x.hour[b, k].tolist(), x.mean[b, k].tolist()
    hourly.upto = None if row[at.B_UPTO] == at.NONE else int(row[at.B_UPTO])
    hourly.forget(hourly.upto - HOUR - hourly.span if hourly.upto is not None else 0)
    hourly._cache = None


def save_holds(core: Core) -> dict[str, Hold]:
    """Past scans of every rule with a `for`, cut where `Hold.record` would have cut them."""
    x, period = core.memory, core.program.site.period
    mask = len(x.times) - 1
    out: dict[str, Hold] = {}
    if core.number == 0:
        return out
    for rule in core.plan.rules:
        row = int(x.rules[rule.row, at.R_HOLD])
        if row < 0:
            continue
        h = x.holds[row]
        first = max(int(x.spans[h[at.H_ROW], 1]), core.number - len(x.times))
        past = [
            (int(x.times[k & mask]), int(x.past_s[row, k & mask]), int(x.past_p[row, k & mask]))
            for k in range(first, core.number)
        ]
        if not past:
            continue
        cut = past[-1][0] - rule.ground.rule.hold - 3 * period
        keep = 0
        while keep < len(past) - 1 and past[keep + 1][0] <= cut:
            keep += 1
        start = int(h[at.H_START])
        out[rule.key] = Hold(past[keep:], None if start == at.NONE else start)
    return out


def save_lags(core: Core, reach: int) -> dict[str, list[tuple[int, Num]]]:
    """What every lag looks back at, cut where a session would have cut it."""
    x = core.memory
    mask = len(x.times) - 1
    out: dict[str, list[tuple[int, Num]]] = {}
    for item in lags(core):
        row = item.params[0]
        first = max(int(x.lag_first[row]), core.number - len(x.times))
        past = [(int(x.times[k & mask]), _lagged(core, item, row, k & mask)) for k in range(first, core.number)]
        if not past:
            continue
        now, keep = past[-1][0], 0
        while len(past) - keep > 2 and past[keep + 1][0] <= now - reach:
            keep += 1
        out[item.key] = past[keep:]
    return out


def _lagged(core: Core, item: Item, row: int, j: int) -> Num:
    x = core.memory
    v, lo, hi = (float(y) for y in x.lag_num[:, row, j])
    cn, cd = (int(y) for y in x.lag_fac[:, row, j])
    seen, n, m, why, a, b = (int(y) for y in x.lag_meta[:, row, j])
    layers: tuple[tuple[Fraction, float, float], ...] = ()
    if item.layers:
        place = int(x.place[item.slot])
        layers = tuple(
            (
                Fraction(int(x.lag_factor[0, place + i, j]), int(x.lag_factor[1, place + i, j])),
                float(x.lag_ends[0, place + i, j]),
                float(x.lag_ends[1, place + i, j]),
            )
            for i in range(int(x.lag_size[row, j]))
        )
    known = not math.isnan(lo)
    return Num(
        None if math.isnan(v) else v,
        lo if known else None,
        hi if known else None,
        NO_DISCOUNT if cn >= cd else Fraction(cn, cd),
        None if n == at.NONE else n,
        None if m == at.NONE else m,
        None if seen == at.NONE else seen,
        _text(core, why, a, b),
        layers,
    )


def _text(core: Core, why: int, a: int, b: int) -> str:
    if why == at.WHY_NOTHING:
        return ""
    if why == at.WHY_BAD:
        return f"bad|{core.notes[a]}"
    if why == at.WHY_STALE:
        return f"stale|{a}"
    return f"coverage|{a}/{b}" if why == at.WHY_COVERAGE else FIXED_REASONS[why]

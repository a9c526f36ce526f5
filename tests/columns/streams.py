"""What a case sees: samples that are bad, missing, uncertain, late or revised, rows, answers, missing scans."""

from __future__ import annotations

from expert.values.types import ModelAnswer, Row, Sample, ScanInput
from tests.columns.conditions import ALL, Draw
from tests.engine.build import MINUTE, T0


def _value(d: Draw, name: str, last: int) -> int:
    if name == "a.w":
        return d.int(0, 1) if d.chance(40) else last
    if name == "a.n":
        return last + d.int(0, 1)
    scale = {"a.f": 2, "a.s": 10}.get(name, 1)
    if name == "a.v" and d.chance(60):
        return last
    if d.chance(8):
        return d.of(0, 1, 100, 99, 103, -3) * scale
    centre = 50 if last < 0 or d.chance(30) else min(75, max(25, last // scale))
    step = d.int(-14, 14)
    return (centre + step) * scale + (d.int(0, scale - 1) if scale > 1 else 0)


def _samples(d: Draw, name: str, minutes: int, trouble: int) -> list[Sample]:
    """Samples of a variable; ``trouble``: how often they are bad, missing, uncertain, late or revised, per cent."""
    period = {"a.f": MINUTE // 2, "a.s": 3 * MINUTE}.get(name, MINUTE)
    found: list[Sample] = []
    last = 0 if name in ("a.n", "a.w") else -1
    for k in range(minutes * MINUTE // period + 1):
        source = T0 + k * period + (d.of(0, 0, 0, 7_000, -5_000) if d.chance(15) else 0)
        last = value = _value(d, name, last)
        kind = d.of("bad", "none", "none", "uncertain", "late", "late", "revised", "skew") if d.chance(trouble) else ""
        if kind == "none":
            continue
        late = d.int(1, 3) * MINUTE if kind == "late" else 0
        if kind == "bad":
            found.append(Sample(name, source, source, None, "bad", d.of("", "status", "range")))
            continue
        ahead = -5 * MINUTE if kind == "skew" else 0
        quality = "uncertain" if kind == "uncertain" else "good"
        found.append(Sample(name, source, max(T0, source + late + ahead), value, quality))
        if kind == "revised":
            again = source + d.of(0, 1, 2) * MINUTE
            revised = d.of(value, value + 5, value - 5, None)
            found.append(Sample(name, source, again, revised, "bad" if revised is None else "good"))
    return found


def _rows(d: Draw, first: bool) -> tuple[Row, ...]:
    found = []
    for key in "ABCD":
        if first or d.chance(25):
            if not first and d.chance(30):
                found.append(Row("job", key, None))
                continue
            number = lambda: d.of(0, 1, 2, 3, 4, None)  # noqa: E731
            values = {
                "id": key,
                "after": d.of("", *"ABCD"),
                "step": number(),
                "duration": number(),
                "due": number(),
            }
            found.append(Row("job", key, values))
    return tuple(found)


def _answers(d: Draw) -> tuple[ModelAnswer, ...]:
    if not d.chance(40):
        return ()
    s = d.int(0, 1_000_000)
    return (ModelAnswer("outlook", 2 * 60 * MINUTE, "below", 50.0, s, d.int(s, 1_000_000)),)


def inputs(d: Draw, relational: bool) -> tuple[ScanInput, ...]:
    """Scans of some minutes, some of them missing or caught up; ``relational``: with rows."""
    minutes = d.int(10, 22)
    trouble = d.of(0, 8, 15, 30)
    samples = [s for name in ALL for s in _samples(d, name, minutes, trouble if d.chance(85) else 70)]
    found, before, minute = [], 0, 0
    while minute < minutes:
        time = T0 + minute * MINUTE + (d.int(0, 20_000) if d.chance(5) else 0)
        run_at = time + (3 * MINUTE if (caught_up := d.chance(6)) else 0)
        new = tuple(s for s in samples if before < s.arrival <= run_at)
        rows = _rows(d, not found) if relational else ()
        found.append(ScanInput(time, run_at, new, rows, _answers(d), (), caught_up))
        before = max(before, run_at)
        minute += d.of(2, 2, 3, 5) if d.chance(8) else 1
    return tuple(found)

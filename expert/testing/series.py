"""The little language of series: how a variable behaves in a case."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from expert.language.diagnostics import Sink
from expert.language.durations import parse_duration
from expert.language.source import Text
from expert.language.units import UnitError, Units
from expert.values.types import Variable

PieceKind = Literal["value", "ramp", "saw", "every", "still", "missing", "silent", "frozen"]
BASE_COUNT = 1_000
"""Where a counter stands at the start of a run."""

_QUANTITY = r"[-+]?[0-9]+(?:\.[0-9]+)?(?:\s*[^\s0-9+,-][^\s,]*)?"
_SPREAD = rf"(?:\s+\+-\s*(?P<spread>{_QUANTITY}))?"
_DURATION = r"[0-9]+(?:\.[0-9]+)?\s*[a-z]+"
_END = rf"(?:\s+(?P<how>for|until)\s+(?P<length>{_DURATION}))?"
_FORMS: tuple[tuple[PieceKind, re.Pattern[str]], ...] = (
    ("ramp", re.compile(rf"ramp to (?P<a>{_QUANTITY}){_SPREAD} over (?P<over>{_DURATION})")),
    ("saw", re.compile(rf"saw (?P<a>{_QUANTITY}) to (?P<b>{_QUANTITY}) every (?P<every>{_DURATION}){_END}")),
    ("every", re.compile(rf"every (?P<every>{_DURATION}){_END}")),
    ("still", re.compile(rf"still{_END}")),
    ("missing", re.compile(rf"missing{_END}")),
    ("silent", re.compile(rf"silent{_END}")),
    ("frozen", re.compile(rf"frozen{_END}")),
    ("value", re.compile(rf"(?P<a>{_QUANTITY}){_SPREAD}{_END}")),
)
_HELP = "write for example: 412 kPa for 20 min, ramp to 440 kPa over 30 min, missing for 5 min"


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece: values in counts of the variable's resolution, times in ms from the start of the run."""

    kind: PieceKind
    start: int
    stop: int | None
    a: Fraction = Fraction(0)
    b: Fraction = Fraction(0)
    spread: Fraction = Fraction(1)
    every: int = 0


@dataclass(frozen=True, slots=True)
class Reading:
    """What the instrument sends for one sampling time; ``count`` None: bad."""

    time: int
    count: int | None


def counts_of(quantity: str, variable: Variable, units: Units) -> Fraction:
    """A quantity as a number of the variable's resolution.

    Raises
    ------
    ValueError
        For an unknown unit or one of another dimension.
    """
    match = re.fullmatch(r"\s*([-+]?[0-9]+(?:\.[0-9]+)?)\s*(.*?)\s*", quantity)
    if match is None:
        raise ValueError(f"{quantity!r} is not a number with a unit")
    number, unit = Fraction(match.group(1)), match.group(2)
    try:
        own, wanted = units.dimension_of(unit), units.dimension_of(variable.unit)
        if own != wanted:
            raise ValueError(f"{quantity.strip()} does not fit {variable.id}; write it in {variable.unit}")
        value = number * units.factor(unit) / units.factor(variable.unit)
    except UnitError as e:
        raise ValueError(f"{e}; write it in {variable.unit}") from None
    return value / Fraction(variable.resolution)


def parse_series(text: Text, variable: Variable, units: Units, sink: Sink) -> tuple[Piece, ...]:
    """Pieces of a series; () after reporting what cannot be read."""
    pieces: list[Piece] = []
    offset = 0
    for part in text.value.split(","):
        span = text.part(offset + len(part) - len(part.lstrip()), max(1, len(part.strip())))
        offset += len(part) + 1
        try:
            pieces.append(_piece(part.strip(), pieces, variable, units))
        except ValueError as e:
            sink.error("E0501", str(e), span, help=_HELP)
            return ()
    return tuple(pieces)


def _piece(part: str, before: list[Piece], variable: Variable, units: Units) -> Piece:
    matches = ((kind, form.fullmatch(part)) for kind, form in _FORMS)
    found = next(((k, m) for k, m in matches if m is not None), None)
    if found is None:
        raise ValueError(f"{part!r} is not a piece of a series")
    kind, match = found
    if before and before[-1].stop is None:
        raise ValueError("only the last piece may go on to the end; say for how long the one before lasts")
    if not before and kind in ("ramp", "frozen"):
        raise ValueError(f"{kind} needs a value before it")
    if (kind in ("every", "still")) != (variable.kind == "counter") and kind in ("every", "still", "ramp", "saw"):
        raise ValueError(f"{kind} does not fit {variable.id}, which is of kind {variable.kind}")
    return _made(kind, match.groupdict(), before[-1].stop or 0 if before else 0, variable, units)


def _made(kind: PieceKind, found: dict[str, str | None], start: int, variable: Variable, units: Units) -> Piece:
    def number(key: str, default: Fraction) -> Fraction:
        text = found.get(key)
        return default if text is None else counts_of(text, variable, units)

    def time(key: str) -> int:
        return parse_duration(found.get(key) or "")

    stop = None
    if found.get("over"):
        stop = start + time("over")
    elif found.get("length"):
        stop = time("length") + (start if found.get("how") == "for" else 0)
        if stop < start:
            raise ValueError("the piece ends before it begins")
    every = time("every") if found.get("every") else 0
    if found.get("every") and every <= 0:
        raise ValueError("a repetition takes longer than zero")
    spread = number("spread", Fraction(1 if variable.kind == "analog" else 0))
    return Piece(kind, start, stop, number("a", Fraction(0)), number("b", Fraction(0)), spread, every)


def readings(pieces: tuple[Piece, ...], period: int, first: int, last: int, kind: str = "analog") -> Iterator[Reading]:
    """Samples at every multiple of ``period`` in ``first..last`` (ms from the start of the run; negative: before).

    Silent times yield nothing.

    >>> p = (Piece("value", 0, 60_000, Fraction(10), spread=Fraction(0)), Piece("frozen", 60_000, None))
    >>> [r.count for r in readings(p, 60_000, -60_000, 120_000)]
    [10, 10, 10, 10]
    """
    level = Fraction(BASE_COUNT if kind == "counter" else 0)
    shown: int | None = None
    at = 0
    steady = [_steady(piece, kind) for piece in pieces]
    for j in range(-(-first // period), last // period + 1):
        t = j * period
        while at + 1 < len(pieces) and t >= (pieces[at].stop or 0):
            level = _level(pieces[at], pieces[at].stop or 0, level)
            at += 1
        piece = pieces[at]
        if piece.kind == "silent":
            continue
        if piece.kind == "missing":
            yield Reading(t, None)
            continue
        pair = steady[at]
        if pair is not None:
            shown = pair[j % 2]
        elif piece.kind != "frozen" or shown is None:
            sign = 1 if j % 2 else -1
            shown = round(_level(piece, t, level) + (sign * piece.spread if kind == "analog" else 0))
        yield Reading(t, shown)


def _steady(piece: Piece, kind: str) -> tuple[int, int] | None:
    """What a piece of one value shows at even and at odd multiples of the period; None for other pieces."""
    if piece.kind != "value":
        return None
    spread = piece.spread if kind == "analog" else 0
    return round(piece.a - spread), round(piece.a + spread)


def _level(piece: Piece, t: int, before: Fraction) -> Fraction:
    """Value without its alternation at a time, in counts; ``before``: the value when the piece began."""
    passed = t - piece.start
    if piece.kind == "value":
        return piece.a
    if piece.kind == "ramp":
        share = Fraction(min(max(passed, 0), (piece.stop or 0) - piece.start), (piece.stop or 0) - piece.start)
        return before + (piece.a - before) * share
    if piece.kind == "saw":
        return piece.a + (piece.b - piece.a) * Fraction(passed % piece.every, piece.every)
    if piece.kind == "every":
        return before + passed // piece.every
    return before

"""The little language of series."""

from __future__ import annotations

import pytest

from expert.language.diagnostics import Sink
from expert.language.source import Source, Text
from expert.language.units import Units
from expert.testing.series import parse_series, readings
from expert.values.types import Variable

MINUTE = 60_000


def variable(kind: str = "analog", unit: str = "kPa", period: int = MINUTE) -> Variable:
    """A variable to try series on."""
    return Variable("blast.pressure", unit, "0.1", period, 10 * period, (0, 550), {}, kind=kind)  # type: ignore[arg-type]


def play(text: str, last: int, first: int = 0, kind: str = "analog") -> list[int | None]:
    """Counts of a series, one a minute."""
    sink = Sink()
    source = Source("x.yaml", text)
    counter = Variable("charge.count", "1", "1", MINUTE, MINUTE, (0, 1e6), {}, kind="counter")
    v = counter if kind == "counter" else variable()
    pieces = parse_series(Text(text, source, 0, len(text)), v, Units(), sink)
    assert [] == sink.found
    return [r.count for r in readings(pieces, MINUTE, first * MINUTE, last * MINUTE, kind)]


def errors(text: str, kind: str = "analog") -> list[str]:
    """Messages about a series."""
    sink = Sink()
    parse_series(Text(text, Source("x.yaml", text), 0, len(text)), variable(kind), Units(), sink)
    return [d.message for d in sink.found]


def test_a_value_wobbles_by_one_resolution() -> None:
    """A plain value alternates, so that it never looks frozen."""
    assert [4119, 4121, 4119, 4121] == play("412 kPa", 3)


def test_a_spread_is_taken_as_given() -> None:
    """The wobble is what stands behind +-."""
    assert [4090, 4150, 4090] == play("412 kPa +- 3 kPa", 2)


def test_other_units_are_converted() -> None:
    """A value may be written in any unit of the dimension."""
    assert [4119, 4121] == play("4.12 bar", 1)


def test_a_ramp_goes_from_the_last_value_and_stays() -> None:
    """A ramp is linear between its ends."""
    assert [4099, 4101, 4109, 4121, 4119] == play("410 kPa for 1 min, ramp to 412 kPa over 2 min, 412 kPa", 4)


def test_frozen_repeats_the_last_reading_exactly() -> None:
    """A frozen instrument sends one count for ever."""
    assert [4099, 4101, 4101, 4101] == play("410 kPa for 2 min, frozen", 3)


def test_missing_sends_bad_samples_and_silent_none() -> None:
    """Bad status and no sample at all are two things."""
    assert [4099, None, None, 4101] == play("410 kPa for 1 min, missing for 2 min, silent for 2 min, 410 kPa", 5)


def test_a_saw_repeats_before_and_after_the_start() -> None:
    """The sawtooth goes on backwards, so windows find what was true before."""
    found = [x for x in play("saw 10 kPa to 18 kPa every 4 min", 4, first=-4) if x is not None]
    assert [100, 120, 140, 160, 100, 120, 140, 160, 100] == [x - (1 if i % 2 else -1) for i, x in enumerate(found)]


def test_a_counter_advances_and_then_stands() -> None:
    """A counter counts whole repetitions, before the start too."""
    found = play("every 2 min until 2 min, still", 4, first=-2, kind="counter")
    assert [999, 999, 1000, 1000, 1001, 1001, 1001] == found


def test_until_counts_from_the_start_of_the_run() -> None:
    """`until` is a time, `for` a length."""
    assert [9, 11, 49, 91, 89] == play("1 kPa until 2 min, 5 kPa for 1 min, 9 kPa", 4)


@pytest.mark.parametrize(
    ("text", "kind", "message"),
    [
        ("412 kpa", "analog", "unknown unit kpa; write it in kPa"),
        ("412 degC", "analog", "412 degC does not fit blast.pressure; write it in kPa"),
        ("wobbly", "analog", "'wobbly' is not a piece of a series"),
        (
            "412 kPa, 413 kPa",
            "analog",
            "only the last piece may go on to the end; say for how long the one before lasts",
        ),
        ("frozen", "analog", "frozen needs a value before it"),
        ("every 8 min", "analog", "every does not fit blast.pressure, which is of kind analog"),
        ("412 kPa until 5 min, 413 kPa until 3 min", "analog", "the piece ends before it begins"),
    ],
)
def test_mistakes_are_named(text: str, kind: str, message: str) -> None:
    """What cannot be read is said in one sentence."""
    assert [message] == errors(text, kind)

"""Generated programs on generated streams: every evaluator says the same, to the bit."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from expert.values.types import ScanInput
from tests.columns.agree import all_agree
from tests.engine.build import MINUTE, T0, program
from tests.engine.strategies import BOUNDS, ESTIMATES, HELD, LAGS, SETS, Stream, rules, streams


def inputs_of(stream: Stream) -> list[ScanInput]:
    """The scans of a stream, one a minute."""
    scans = []
    for minute in range(stream.minutes):
        time = T0 + minute * MINUTE
        scans.append(ScanInput(time, time, tuple(stream.arriving(minute))))
    return scans


@given(rules(*HELD, *SETS, *BOUNDS, *LAGS, *ESTIMATES), streams(), st.integers(1, 7), st.integers(1, 11))
def test_generated_programs(texts: tuple[str, ...], stream: Stream, stretch: int, restart: int) -> None:
    """Conditions of all kinds, late and bad samples, any stretch, a restart in the middle."""
    all_agree(program(*texts), inputs_of(stream), stretch, restart if restart < stream.minutes else None)

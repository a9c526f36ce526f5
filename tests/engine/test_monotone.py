"""Marking samples bad never raises support and never lowers plausibility (chapter 4 of the contract)."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.engine.build import Bench, out
from tests.engine.strategies import BOUNDS, HELD, LAGS, SETS, Stream, rules, streams, worse

RULES = ("one", "two", "reader")


def results(texts: tuple[str, ...], stream: Stream) -> list[tuple[int, int]]:
    """Intervals of all rules in all scans."""
    bench = Bench(*texts)
    records = [bench.scan(m, stream.arriving(m)) for m in range(stream.minutes)]
    return [out(r, name) for r in records for name in RULES]


def check(texts: tuple[str, ...], stream: Stream, marked: Stream) -> None:
    """Every interval of the marked stream reaches at least as far on both sides."""
    for (s, p), (s2, p2) in zip(results(texts, stream), results(texts, marked), strict=True):
        assert s2 <= s and p <= p2


@given(st.data(), rules(*HELD, *BOUNDS, *LAGS), streams())
def test_bad_samples_only_widen(data: st.DataObject, texts: tuple[str, ...], stream: Stream) -> None:
    """Through comparison, hold, AND, OR, NOT, score, count, strength, `for`, `lag`, `bounds`, arithmetic and facts."""
    check(texts, stream, data.draw(worse(stream)))


@given(st.data(), rules(*SETS, *HELD), streams())
def test_bad_samples_only_widen_over_sets(data: st.DataObject, texts: tuple[str, ...], stream: Stream) -> None:
    """Through aggregates and counts over a set."""
    check(texts, stream, data.draw(worse(stream)))

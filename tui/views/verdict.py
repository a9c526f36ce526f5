"""The verdict and its scores, read from the facts of a record."""

from __future__ import annotations

from dataclasses import dataclass

from expert.values.interval import Interval
from expert.values.types import ScanRecord
from tui.views.layout import FactQuery, VerdictLayout

THRESHOLD = 500_000
"""A verdict is shown from this support on (the default raise threshold)."""


@dataclass(frozen=True, slots=True)
class VerdictState:
    """The verdict's value ('' while unknown), since when it stands, and the one before it."""

    value: str = ""
    since: int | None = None
    before: str = ""


def certainty_of(record: ScanRecord, query: FactQuery) -> Interval | None:
    """Certainty of the strongest fact that matches, or None when the record has none."""
    found = [
        f.certainty
        for f in record.facts
        if f.type == query.type and all(dict(f.args).get(k) == v for k, v in query.args)
    ]
    return max(found, key=lambda x: (x.s, x.p)) if found else None


def verdict_of(record: ScanRecord, layout: VerdictLayout, before: str = "") -> str:
    """The best supported value; of equals the one declared last (the most cautious).

    While none is supported and at most one is still possible (it has to hold for some minutes first), the
    verdict ``before`` stands; when several are possible the data do not say: ''.
    """
    best, most, open_ = "", THRESHOLD, 0
    for value in layout.values:
        x = certainty_of(record, FactQuery(layout.type, ((layout.field, value),)))
        if x is None:
            continue
        open_ += x.p >= THRESHOLD
        if x.s >= most:
            best, most = value, x.s
    return best or (before if open_ <= 1 else "")


def score_text(x: Interval) -> str:
    """A score of 0..1 as points of 100, with both ends when they differ.

    >>> score_text(Interval(310_000, 310_000)), score_text(Interval(310_000, 440_000))
    ('31', '31-44')
    """
    low, high = round(x.s / 10_000), round(x.p / 10_000)
    return str(low) if low == high else f"{low}-{high}"

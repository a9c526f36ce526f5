"""From arrays back to what people and records see: intervals, numbers with their reasons, plain JSON."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any

from expert.columns import layout as at
from expert.columns.core import Core
from expert.columns.expand import Item
from expert.engine.results import NO_DISCOUNT, Num, interval_json, num_json
from expert.values.interval import Interval

FIXED_REASONS = {
    at.WHY_NO_DATA: "no data",
    at.WHY_NO_BASELINE: "no baseline",
    at.WHY_DIVISION: "division by zero",
    at.WHY_OVERFLOW: "overflow",
    at.WHY_AT_LEAST: "at least",
    at.WHY_NEGATIVE_ROOT: "negative root",
    at.WHY_NO_SCAN: "no scan that long ago",
}


class View:
    """Results of one scan of a stretch, read from the arrays as Python numbers.

    Parameters
    ----------
    t : int
        Index of the scan in its stretch.
    reasons : sequence of str
        What models said of their answers, by question.
    arrays : optional
        Copies of the columns' arrays, by the same names; None: the columns as they stand.
    """

    def __init__(self, core: Core, t: int, reasons: Sequence[str], arrays: Any = None) -> None:
        x = core.memory if arrays is None else arrays
        self.arrays = x
        self.core = core
        self.t = t
        self.reasons = reasons
        self.s: list[int] = x.s[:, t].tolist()
        self.p: list[int] = x.p[:, t].tolist()
        self.v, self.lo, self.hi = x.num[:, :, t].tolist()
        self.cn, self.cd = x.fac[:, :, t].tolist()
        self.meta: list[list[int]] = x.meta[:, :, t].tolist()
        self.place: list[int] = x.place.tolist()

    def interval(self, slot: int) -> Interval:
        """Certainty in a slot."""
        return Interval(self.s[slot], self.p[slot])

    def number(self, slot: int) -> Num:
        """Number in a slot, with all that is known of it."""
        v, lo, hi = self.v[slot], self.lo[slot], self.hi[slot]
        known = not math.isnan(lo)
        cn, cd = self.cn[slot], self.cd[slot]
        return Num(
            None if math.isnan(v) else v,
            lo if known else None,
            hi if known else None,
            NO_DISCOUNT if cn >= cd else Fraction(cn, cd),
            self._told(at.M_N, slot),
            self._told(at.M_M, slot),
            self._told(at.M_AT, slot),
            self.why(slot),
            self._layers(slot),
        )

    def _told(self, column: int, slot: int) -> int | None:
        x = self.meta[column][slot] if self.meta else at.NONE
        return None if x == at.NONE else x

    def _layers(self, slot: int) -> tuple[tuple[Fraction, float, float], ...]:
        place = self.place[slot]
        if place < 0:
            return ()
        x, t = self.arrays, self.t
        return tuple(
            (Fraction(int(x.factor[0, k, t]), int(x.factor[1, k, t])), float(x.ends[0, k, t]), float(x.ends[1, k, t]))
            for k in range(place, place + int(x.size[slot, t]))
        )

    def why(self, slot: int) -> str:
        """Reason that a number carries, '' without one."""
        if not self.meta:
            return ""
        code = self.meta[at.M_WHY][slot]
        if code == at.WHY_NOTHING:
            return ""
        a = self.meta[at.M_A][slot]
        if code == at.WHY_BAD:
            return f"bad|{self.core.notes[a]}"
        if code == at.WHY_STALE:
            return f"stale|{a}"
        if code == at.WHY_COVERAGE:
            return f"coverage|{a}/{self.meta[at.M_B][slot]}"
        return FIXED_REASONS[code]

    def condition_json(self, item: Item) -> list[Any]:
        """Plain JSON of a condition, with its reason where it has one."""
        x = interval_json(self.interval(item.slot), self._reason(item))
        assert x is not None
        return x

    def _reason(self, item: Item) -> str:
        op = item.op
        if op == at.OP_COMPARE or op == at.OP_GRADED:
            return next((self.why(x.slot) for x in item.args if math.isnan(self.lo[x.slot])), "")
        if op == at.OP_TRUTH:
            return self.why(item.args[0].slot)
        if op == at.OP_FACT and item.params[0] > 0 and self.s[item.slot] < self.p[item.slot]:
            return "rules off"
        if op == at.OP_MODEL:
            return self.reasons[item.params[0]]
        return ""

    def nodes(self, keys: Iterable[str]) -> dict[str, Any]:
        """Plain JSON of nodes by their keys; None for what the site never had."""
        items = self.core.plan.expansion.items
        out: dict[str, Any] = {}
        for key in keys:
            item = items[key]
            if item is None:
                out[key] = None
            elif item.numeric:
                out[key] = num_json(self.number(item.slot))
            else:
                out[key] = self.condition_json(item)
        return out

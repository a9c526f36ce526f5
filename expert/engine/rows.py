"""Over rows of a relation: quantifiers and aggregates.

A row that only may match makes the result a range. Nothing is rounded before the end, so the order of rows is nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from expert.compile.ground import Installed, coverage, seen
from expert.engine.nodes import Env
from expert.engine.results import NO_DISCOUNT, Num, least_factor, unknown
from expert.language import ast
from expert.values.interval import FALSE, ONE, TRUE, Interval, conj, disj, kth

if TYPE_CHECKING:
    from expert.engine.reference import Reference

Row = tuple[Interval, Interval]
"""Of one row: how certainly it is one of those that are looked at, and how certainly it is as wanted."""


def quantifier(evaluator: Reference, node: ast.Quantifier, env: Env) -> Interval | None:
    """Certainty of a quantifier under bindings; None when the site lacks what it asks for."""
    if not coverage(node, env, _installed(evaluator)):
        return None
    found = []
    for where, inner in _rows(evaluator, node.relation, node.binding, node.where, env):
        that = TRUE if node.that is None else evaluator.cond(node.that, inner)
        if that is not None:
            found.append((where, that))
    return quantified(node.function, node.k, found)


def aggregate(evaluator: Reference, node: ast.RowAggregate, env: Env) -> Num | None:
    """Number of an aggregate under bindings; None when the site lacks what it asks for."""
    if not seen(node, env, _installed(evaluator)):
        return None
    rows = list(_rows(evaluator, node.relation, node.binding, node.where, env))
    if node.arg is None:
        return counted([where for where, _ in rows])
    found = [(where, evaluator.number(node.arg, inner)) for where, inner in rows]
    return aggregated(node.function, [(where, num) for where, num in found if num is not None])


def _rows(
    evaluator: Reference, relation: str, binding: str, where: ast.Cond | None, env: Env
) -> Iterator[tuple[Interval, Env]]:
    """Rows that may be among those looked at, in order of their keys."""
    for key in sorted(evaluator.w.rows.get(relation, {})):
        inner = {**env, binding: f"#{relation}:{key}"}
        x = TRUE if where is None else evaluator.row_condition(where, inner)
        if x is not None and x.p > 0:
            yield x, inner


def _installed(evaluator: Reference) -> Installed:
    program = evaluator.w.program
    return Installed(program.site, program.facts, program.installed)


def quantified(function: str, k: int, rows: Sequence[Row]) -> Interval:
    """Certainty of ``exists``, ``none``, ``all`` or ``at_least`` k over rows.

    >>> quantified("exists", 1, []), quantified("all", 1, [])
    (Interval(s=0, p=0), Interval(s=1000000, p=1000000))
    """
    if function == "all":
        return conj([~where | that for where, that in rows]) if rows else TRUE
    both = [where & that for where, that in rows]
    if function == "at_least":
        return kth(k, both) if len(both) >= k else FALSE
    found = disj(both) if both else FALSE
    return found if function == "exists" else ~found


def counted(rows: Sequence[Interval]) -> Num:
    """How many rows there are: those that are certain, up to those that are possible.

    >>> some = counted([TRUE, Interval(0, ONE)])
    >>> some.lo, some.hi
    (1.0, 2.0)
    """
    sure, possible = sum(x.s == ONE for x in rows), sum(x.p > 0 for x in rows)
    return Num(float(sure), float(sure), float(possible))


def aggregated(function: str, rows: Sequence[tuple[Interval, Num]]) -> Num:
    """Sum, min, max or mean of a number of each row; of no row the sum is 0 and the others are unknown.

    >>> some = aggregated("sum", [(TRUE, Num(2.0, 2.0, 2.0)), (Interval(0, ONE), Num(3.0, 3.0, 3.0))])
    >>> some.lo, some.hi
    (2.0, 5.0)
    >>> aggregated("max", []).why
    'no rows'
    """
    possible = [(x.s == ONE, num) for x, num in rows if x.p > 0]
    for _, num in possible:
        if not num.known:
            return num
    sure = [num for certain, num in possible if certain]
    maybe = [num for certain, num in possible if not certain]
    if not sure and function != "sum":
        return unknown("no rows")
    lo = _extreme(function, _ends(sure, False), _ends(maybe, False), up=False)
    hi = _extreme(function, _ends(sure, True), _ends(maybe, True), up=True)
    vs = [Fraction(x.v) for x in sure if x.v is not None]
    v = _of(function, vs) if len(vs) == len(sure) else None
    every = [num for _, num in possible]
    at = max((x.at for x in every if x.at is not None), default=None)
    return _finite(v, lo, hi, least_factor(every) if every else NO_DISCOUNT, at)


def _ends(xs: Sequence[Num], up: bool) -> list[Fraction]:
    return [Fraction(e) for e in ((x.hi if up else x.lo) for x in xs) if e is not None]


def _of(function: str, vs: Sequence[Fraction]) -> Fraction:
    if function == "sum":
        return sum(vs, Fraction(0))
    if function == "mean":
        return sum(vs, Fraction(0)) / len(vs)
    return min(vs) if function == "min" else max(vs)


def _extreme(function: str, sure: list[Fraction], maybe: list[Fraction], up: bool) -> Fraction:
    """The largest (``up``) or smallest result that rows which only may be there leave open."""
    if function == "sum":
        return sum(sure, Fraction(0)) + sum((x for x in maybe if (x > 0) == up), Fraction(0))
    if function == "mean":
        total, n = sum(sure, Fraction(0)), len(sure)
        for x in sorted(maybe, reverse=up):
            if (x * n > total) != up or x * n == total:
                break
            total, n = total + x, n + 1
        return total / n
    helps = (function == "max") == up
    return _of(function, [*sure, *maybe] if helps else sure)


def _finite(v: Fraction | None, lo: Fraction, hi: Fraction, c: Fraction, at: int | None) -> Num:
    try:
        ends = float(lo), float(hi)
        return Num(None if v is None else float(v), *ends, c, at=at)
    except OverflowError:
        return unknown("overflow", at=at)

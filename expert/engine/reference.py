"""Reference evaluator: conditions of one scan, naively, every sub-node every time, nothing short-circuited.

`None` stands for a node that was removed because the site has none of its variables; it is neither
true, false nor unknown, and the nodes around it go on without it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

from expert.engine import numbers, rows
from expert.engine.combine import aggregate, compare, graded
from expert.engine.facts import FactState
from expert.engine.features import feature, fits, pair_feature, pair_fits
from expert.engine.known import Known, Value
from expert.engine.memory import Series
from expert.engine.nodes import Env, children, fact_args
from expert.engine.results import Num, interval_json, num_json, point, unknown
from expert.engine.world import ModelKey as ModelKey
from expert.engine.world import World as World
from expert.language import ast
from expert.language.members import members_of
from expert.language.nodes import ground_name
from expert.values.features import FEATURES
from expert.values.interval import ONE, UNKNOWN, Interval, conj, crisp, disj, kth, score
from expert.values.pairs import PAIRS


class Reference:
    """Evaluates nodes of one scan; results are kept by node key for the record."""

    def __init__(self, world: World, known: Known | None = None) -> None:
        self.w = world
        self.nodes: dict[str, Any] = {}
        conds, values = known.without(world.masked) if known is not None else ({}, {})
        self._conds: dict[str, Interval | None] = conds
        self._values: dict[str, Value] = values
        self._with_facts: dict[str, frozenset[str]] = {}
        self._known = known
        self._scout: Reference | None = None
        self._name = world.table.name
        self._cond: dict[type, Callable[[Any, Env], Interval | tuple[Interval | None, str] | None]] = {
            ast.Compare: self._compare,
            ast.Graded: self._graded,
            ast.FactRef: self._fact,
            ast.Certainty: self._certainty,
            ast.ModelProbability: self._model,
            ast.Raised: self._raised,
            ast.Bad: self._bad,
            ast.All: self._all,
            ast.Any: self._any,
            ast.Not: self._not,
            ast.Score: self._score,
            ast.AtLeast: self._at_least,
            ast.Quantifier: lambda n, e: rows.quantifier(self, n, e),
        }
        self._value: dict[type, Callable[[Any, Env], Value]] = {
            ast.Number: lambda n, e: point(n.value),
            ast.Ref: self._ref,
            ast.RowField: self._row_field,
            ast.Window: self._window,
            ast.Feature: self._feature,
            ast.PairFeature: self._pair,
            ast.ZScore: self._z,
            ast.Baseline: self._baseline,
            ast.Since: lambda n, e: self._on_series(n.ref, e, numbers.since_change),
            ast.Age: lambda n, e: self._on_series(n.ref, e, numbers.age),
            ast.Unchanged: lambda n, e: self._on_series(n.ref, e, numbers.unchanged),
            ast.Repeats: lambda n, e: self._on_series(n.ref, e, numbers.repeats),
            ast.Lag: self._lag,
            ast.SetAggregate: self._aggregate,
            ast.RowAggregate: lambda n, e: rows.aggregate(self, n, e),
            ast.Arithmetic: self._arithmetic,
            ast.FactValue: self._fact_value,
        }

    def forget(self, types: frozenset[str]) -> None:
        """Drop results that depend on facts of these types, before another round."""
        for key in [k for k, reads in self._with_facts.items() if not reads.isdisjoint(types)]:
            del self._with_facts[key]
            self._conds.pop(key, None)
            self._values.pop(key, None)
        if self._scout is not None:
            self._scout.forget(types)

    def known(self) -> Known:
        """Results that depend on no fact, to start other evaluations of the same scan with."""
        if self._scout is None:
            return Known(self.w.table, self._conds, self._values)
        scout = self._scout
        return Known(self.w.table, {**scout._conds, **self._conds}, {**scout._values, **self._values})

    def finish_lags(self) -> None:
        """Look at what lag nodes read of this scan's facts, now that they are final."""
        seen: set[str] = set()
        while left := sorted(self.w.lag_later.keys() - seen):  # a lag of a lag comes up while the outer one is read
            for key in left:
                node, env = self.w.lag_later[key]
                x = self.number(node.arg, env)
                if x is not None:
                    self.w.lag_now[key] = x
            seen.update(left)

    # ------------------------------------------------------------ conditions

    def cond(self, node: ast.Cond, env: Env) -> Interval | None:
        """Certainty of a condition under bindings; None when it was removed at grounding."""
        name, free, reads = self._name(node)
        key = f"{name}@" + ",".join([f"{b}={env[b]}" for b in free]) if free else name
        if key in self._conds:
            return self._conds[key]
        if reads:
            self._with_facts[key] = reads
        found = self._cond[type(node)](node, env)
        result, why = found if isinstance(found, tuple) else (found, "")
        self._conds[key] = result
        self.nodes[key] = interval_json(result, why)
        return result

    def row_condition(self, node: ast.Cond, env: Env) -> Interval | None:
        """Certainty of a condition on rows; only what may match is kept for the record, not every pair of rows."""
        if self._scout is None:
            self._scout = Reference(self.w, self._known)
        x = self._scout.cond(node, env)
        return x if x is None or x.p == 0 else self.cond(node, env)

    def _compare(self, node: ast.Compare, env: Env) -> tuple[Interval | None, str]:
        left, right = self.value(node.left, env), self.value(node.right, env)
        if left is None or right is None:
            return None, ""
        if isinstance(left, str) or isinstance(right, str):
            for side in (left, right):
                if isinstance(side, Num):
                    return UNKNOWN, side.why
            same = left == right
            return crisp(same if node.op == "==" else not same), ""
        for x in (left, right):
            if not x.known:
                return UNKNOWN, x.why
        return compare(node.op, left, right), ""

    def _graded(self, node: ast.Graded, env: Env) -> tuple[Interval | None, str]:
        x = self.value(node.arg, env)
        if x is None or isinstance(x, str):
            return None, ""
        if not x.known:
            return UNKNOWN, x.why
        return graded(x, node.zero.value, node.one.value), ""

    def _fact(self, node: ast.FactRef, env: Env) -> Interval | tuple[Interval, str] | None:
        if node.type in self.w.no_exporter:
            return None
        if node.type in self.w.off_types:
            return UNKNOWN, "rules off"
        args = fact_args(node, env)
        x = self.w.facts.certainty(node.type, args)
        return (x, self.w.facts.reason(node.type, args)) if x.s < x.p else x

    def _certainty(self, node: ast.Certainty, env: Env) -> Interval | None:
        x = self.cond(node.fact, env)
        return None if x is None else x.compared(node.op, node.limit)

    def _model(self, node: ast.ModelProbability, env: Env) -> Interval | tuple[Interval, str] | None:
        spec = self.w.program.site.models[node.model]
        if not self._installed(spec.target):
            return None
        variable = self.w.program.site.variables[spec.target]
        answer = self.w.models.get((node.model, node.op, question_limit(node, self.w.units[variable.unit]), node.ahead))
        if answer is None:
            x, why = UNKNOWN, "no model"
        elif 0 <= answer.support <= answer.plausibility <= ONE:
            x, why = Interval(answer.support, answer.plausibility), answer.reason
        else:
            x, why = UNKNOWN, "no model"
        if spec.target in self.w.masked:
            x = UNKNOWN
        return (x if node.at_least is None else x.at_least(node.at_least)), why

    def _raised(self, node: ast.Raised, env: Env) -> Interval | tuple[Interval, str]:
        if node.rule in self.w.off_rules:
            return UNKNOWN, "rules off"
        return crisp(self.w.active.get(node.rule, False))

    def _bad(self, node: ast.Bad, env: Env) -> Interval | tuple[Interval, str] | None:
        series = self._series(node.ref, env)
        if series is None:
            return None
        bad, why = numbers.is_bad(series, self.w.now)
        return crisp(bad), why

    def _all(self, node: ast.All, env: Env) -> Interval | None:
        kept = [x for x in [self.cond(i, env) for i in node.items] if x is not None]
        return conj(kept) if kept else None

    def _any(self, node: ast.Any, env: Env) -> Interval | None:
        kept = [x for x in [self.cond(i, env) for i in node.items] if x is not None]
        return disj(kept) if kept else None

    def _not(self, node: ast.Not, env: Env) -> Interval | None:
        x = self.cond(node.item, env)
        return None if x is None else ~x

    def _score(self, node: ast.Score, env: Env) -> Interval | None:
        terms = [(w, self.cond(c, env)) for w, c in node.terms]
        kept = [(w, x) for w, x in terms if x is not None]
        if not kept:
            return None
        x = score(kept)
        return x if node.at_least is None else x.at_least(node.at_least)

    def _at_least(self, node: ast.AtLeast, env: Env) -> Interval | None:
        if node.set is None or node.binding is None:
            results = [self.cond(i, env) for i in node.items]
        else:
            members = members_of(self.w.program.site, node, env)
            results = [self.cond(node.items[0], {**env, node.binding: m}) for m in members]
        kept = [x for x in results if x is not None]
        return kth(node.k, kept) if len(kept) >= node.k else None

    # ------------------------------------------------------------ numbers

    def value(self, node: ast.Expr, env: Env) -> Value:
        """Number (house units) or row text under bindings; None when it was removed at grounding."""
        name, free, reads = self._name(node)
        key = f"{name}@" + ",".join([f"{b}={env[b]}" for b in free]) if free else name
        if key in self._values:
            return self._values[key]
        if reads:
            self._with_facts[key] = reads
        result = self._value[type(node)](node, env)
        self._values[key] = result
        if not isinstance(node, ast.Number):
            self.nodes[key] = num_json(result) if isinstance(result, Num) else result
        return result

    def number(self, node: ast.Expr, env: Env) -> Num | None:
        """Like `value`, for nodes that cannot be text."""
        x = self.value(node, env)
        return unknown("text") if isinstance(x, str) else x

    def _installed(self, name: str) -> bool:
        installed = self.w.program.installed
        return name in self.w.memory.series and (installed is None or name in installed)

    def _series(self, ref: ast.Ref, env: Env) -> Series | None:
        name = ground_name(ref, env)
        return self.w.memory.series[name] if self._installed(name) else None

    def _on_series(self, ref: ast.Ref, env: Env, f: Callable[[Series, int], Num]) -> Num | None:
        series = self._series(ref, env)
        if series is None:
            return None
        if series.variable.id in self.w.masked:
            return unknown("masked")
        return f(series, self.w.now)

    def _ref(self, node: ast.Ref, env: Env) -> Num | None:
        return self._on_series(node, env, numbers.held_value)

    def _row_field(self, node: ast.RowField, env: Env) -> Num | str:
        relation, key = env[node.binding][1:].split(":", 1)
        row = self.w.rows.get(relation, {}).get(key)
        raw = None if row is None else row.get(node.field)
        kind = self.w.program.site.relations[relation].fields[node.field]
        if raw is None:
            return unknown(f"empty|{node.field}")
        if kind == "text":
            return str(raw)
        factor = Fraction(1) if kind == "number" else self.w.units[kind]
        number = isinstance(raw, (int, float)) and not isinstance(raw, bool) and math.isfinite(raw)
        return point(float(Fraction(raw) * factor)) if number else unknown(f"empty|{node.field}")

    def _window(self, node: ast.Window, env: Env) -> Num | None:
        coverage = self.w.program.site.min_coverage

        def f(series: Series, now: int) -> Num:
            return numbers.window(series, now, node.function, node.duration, coverage, node.bounded)

        return self._on_series(node.ref, env, f) if self._fits(node, env) else None

    def _feature(self, node: ast.Feature, env: Env) -> Num | None:
        series = self._series(node.ref, env)
        if series is None or not fits(node, series.variable.period):
            return None
        key, w = self.w.table.key(node, env), self.w

        def f(series: Series, now: int) -> Num:
            x = feature(series, now, node, w.program.site.min_coverage, w.recorded.get(key))
            if FEATURES[node.function].tolerance and x.v is not None:
                w.computed[key] = x.v
            return x

        return self._on_series(node.ref, env, f)

    def _pair(self, node: ast.PairFeature, env: Env) -> Num | None:
        one, other = self._series(node.ref, env), self._series(node.other, env)
        if one is None or other is None or not pair_fits(node, one.variable.period, other.variable.period):
            return None
        if not self.w.masked.isdisjoint((one.variable.id, other.variable.id)):
            return unknown("masked")
        key, w = self.w.table.key(node, env), self.w
        x = pair_feature((one, other), w.now, node, w.program.site.min_coverage, w.recorded.get(key))
        if PAIRS[node.function].tolerance and x.v is not None:
            w.computed[key] = x.v
        return x

    def _z(self, node: ast.ZScore, env: Env) -> Num | None:
        site = self.w.program.site
        function: dict[str, ast.WindowFunction] = {"z": "mean", "z_std": "std", "z_slope": "slope", "z_range": "range"}

        def f(series: Series, now: int) -> Num:
            feature = numbers.window(series, now, function[node.function], node.duration, site.min_coverage, False)
            return numbers.z_score(series.hourly.at(now, site.baseline_guard), feature, node.function, node.duration)

        return self._on_series(node.ref, env, f) if self._fits(node, env) else None

    def _fits(self, node: ast.Window | ast.ZScore, env: Env) -> bool:
        """Whether the plant samples fast enough for the window; if not, the node was removed at grounding."""
        series = self._series(node.ref, env)
        return series is not None and node.duration >= series.variable.period

    def _baseline(self, node: ast.Baseline, env: Env) -> Num | None:
        def f(series: Series, now: int) -> Num:
            base = series.hourly.at(now, self.w.program.site.baseline_guard)
            return unknown("no baseline") if base is None else point(base[0])

        return self._on_series(node.ref, env, f)

    def _lag(self, node: ast.Lag, env: Env) -> Num | None:
        key = self.w.table.key(node, env)
        if self.w.table.reads[self.w.table.index(node)]:
            if not self._whole(node.arg, env):
                return None
            self.w.lag_later[key] = (node, dict(env))
        else:
            current = self.number(node.arg, env)
            if current is None:
                return None
            self.w.lag_now[key] = current
        for t, past in reversed(self.w.lagged.get(key, [])):
            if t <= self.w.now - node.duration:
                return past
        return unknown("no scan that long ago")

    def _whole(self, node: ast.Node, env: Env) -> bool:
        """Whether the site has every variable that an expression needs."""
        if isinstance(node, ast.Ref):
            return self._series(node, env) is not None
        if isinstance(node, ast.SetAggregate):
            members = self.w.program.site.sets[node.set]
            return any(self._whole(node.arg, {**env, node.binding: m}) for m in members)
        return all(self._whole(child, env) for child in children(node))

    def _aggregate(self, node: ast.SetAggregate, env: Env) -> Num | None:
        members = self.w.program.site.sets[node.set]
        found = [self.number(node.arg, {**env, node.binding: m}) for m in members]
        kept = [x for x in found if x is not None]
        if not kept:
            return None
        family = node.arg.variable if isinstance(node.arg, ast.Ref) else ""
        variable = self.w.program.site.variables.get(family)
        if variable is None or not any(x.known for x in kept) or all(x.known and x.c == 1 for x in kept):
            return aggregate(node.function, kept)
        factor = self.w.units[variable.unit]
        lo, hi = (float(Fraction(end) * factor) for end in variable.valid)
        layer, anywhere = ((Fraction(1), lo, hi),), Num(None, lo, hi)
        bounded = [anywhere if not x.known else replace(x, layers=layer) if x.c < 1 else x for x in kept]
        return aggregate(node.function, bounded)

    def _arithmetic(self, node: ast.Arithmetic, env: Env) -> Num | None:
        xs = [self.number(a, env) for a in node.args]
        kept = [x for x in xs if x is not None]
        return numbers.arithmetic(node.op, kept) if len(kept) == len(xs) else None

    def _fact_value(self, node: ast.FactValue, env: Env) -> Num | None:
        if self.cond(node.fact, env) is None:
            return None
        if node.fact.type in self.w.off_types:
            return unknown("rules off")
        how = self.w.program.facts[node.fact.type].combine or "max"
        states = self.facts_of(node, env)
        if not states:
            return unknown(self.w.facts.reason(node.fact.type, {}) or "no such fact")
        nums = [s.number(how) for s in states]
        return nums[0] if len(nums) == 1 else numbers.arithmetic(how, nums)

    def facts_of(self, node: ast.FactValue, env: Env) -> list[FactState]:
        """Facts whose numbers a node reads, in canonical order."""
        return self.w.facts.matching(node.fact.type, fact_args(node.fact, env))


def question_limit(node: ast.ModelProbability, factor: Fraction) -> float:
    """Limit of a model question in the target variable's own unit, rounded so that it is a stable key."""
    return round(float(Fraction(node.limit.value) / factor), 9)

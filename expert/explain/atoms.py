"""Evidence of single conditions: comparisons, soft limits, models, signals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from expert.engine.nodes import Env
from expert.engine.reference import question_limit
from expert.explain import quantities as q
from expert.explain import titles as t
from expert.explain.evidence import Evidence, mark_of
from expert.language import ast
from expert.values.interval import UNKNOWN, Interval
from expert.values.types import ModelAnswer

if TYPE_CHECKING:
    from expert.explain.builder import Builder


def percents(s: int, p: int) -> str:
    """A calibrated probability.

    >>> percents(220_000, 311_000), percents(670_000, 670_001)
    ('22-31 %', '67 %')
    """
    low, high = round(s / 10_000), round(p / 10_000)
    return f"{low} %" if low == high else f"{low}-{high} %"


def z_sign(node: ast.Expr) -> str:
    """What stands before a number that is measured against the normal spread."""
    if isinstance(node, ast.ZScore):
        return "z "
    absolute = isinstance(node, ast.Arithmetic) and node.op == "abs" and isinstance(node.args[0], ast.ZScore)
    return "|z| " if absolute else ""


class Atoms:
    """Evidence of conditions without parts."""

    def __init__(self, builder: Builder) -> None:
        self.b = builder
        self.r = builder.r
        self.w = builder.words
        self.reader = builder.reader
        self.program = builder.program

    def evidence(self, node: ast.Cond, x: Interval | None, env: Env, seen: frozenset[str]) -> Evidence:
        """Evidence of one condition."""
        return self.joined([node], x, env, seen, "")

    def subject(self, node: ast.Cond, env: Env) -> str:
        """Key of the quantity that a condition holds against a limit; '' when there is none to share."""
        if isinstance(node, ast.Graded):
            return self.r.table.key(node.arg, env)
        if isinstance(node, ast.Compare):
            return self.r.table.key(node.left, env)
        return self.r.table.key(node.fact, env) if isinstance(node, ast.Certainty) else ""

    def joined(
        self, nodes: Sequence[ast.Cond], x: Interval | None, env: Env, seen: frozenset[str], joint: str
    ) -> Evidence:
        """Evidence of one or more conditions on one quantity, whose limits are joined."""
        node = nodes[0]
        if x is None:
            return Evidence("-", self.w.condition(node, env), note=self.w.say("not_installed"))
        if isinstance(node, ast.Compare | ast.Graded):
            return self._measured(nodes, x, env, seen, joint)
        if isinstance(node, ast.FactRef):
            return self.b.facts.evidence(node, x, env, seen)
        if isinstance(node, ast.Certainty):
            certainty = self.r.cond(node.fact, env) or UNKNOWN
            limits = [f"{n.op} {t.share(n.limit)}" for n in nodes if isinstance(n, ast.Certainty)]
            gaps = [self._certainty_gap(n, certainty, env) for n in nodes if isinstance(n, ast.Certainty)]
            below = self._below(node, nodes, certainty, env, seen)
            limit = joint.join(limits) + "".join(gaps)
            return replace(below, mark=mark_of(x), x=x, value=t.span(certainty), limit=limit)
        if isinstance(node, ast.ModelProbability):
            return self._model(node, x, env)
        if isinstance(node, ast.Raised):
            return self.b.facts.raised(node, x, env, seen)
        text, why = self.w.condition(node, env), self.r.reason(node, env)
        readings = (self.reader.bad(node.ref, env, why),) if isinstance(node, ast.Bad) else ()
        return Evidence(mark_of(x), text, x, readings=readings)

    def _below(
        self, node: ast.Certainty, nodes: Sequence[ast.Cond], certainty: Interval, env: Env, seen: frozenset[str]
    ) -> Evidence:
        """The fact of a certainty; where it is too certain, what holds is in the way and not what does not."""
        unmet = [n for n in nodes if isinstance(n, ast.Certainty) and mark_of(self.r.cond(n, env)) != "+"]
        too_much = bool(unmet) and unmet[0].op in ("<", "<=")
        in_the_way = None if self.b.inverted else bool(unmet)
        self.b.inverted ^= too_much
        below = self.b.facts.evidence(node.fact, certainty, env, seen, in_the_way)
        self.b.inverted ^= too_much
        return below

    # ------------------------------------------------------------ numbers against limits

    def _measured(self, nodes: Sequence[ast.Cond], x: Interval, env: Env, seen: frozenset[str], joint: str) -> Evidence:
        first = nodes[0]
        assert isinstance(first, ast.Compare | ast.Graded)
        left = first.arg if isinstance(first, ast.Graded) else first.left
        right = first.one if isinstance(first, ast.Graded) else first.right
        unit = q.compared_unit(self.program, left, right, env)
        value = self._value(left, right, unit, env)
        limits = [self._limit(n, unit, env) for n in nodes]
        gap = self._gap(first, unit, env) if len(nodes) == 1 else ""
        grade = self._grade(first, x)
        sides = [left] + [n.right for n in nodes if isinstance(n, ast.Compare) and not isinstance(n.right, ast.Number)]
        children = tuple(e for side in sides for e in self.b.facts.numbers(side, env, seen))
        note = self._why_unknown(left, env) if not self.r.num(left, env).known else ""
        return Evidence(
            mark_of(x), self.w.number(left, env), x, f"{value}{grade}" if value else "", joint.join(limits) + gap, note,
            children=children, readings=self.reader.of(sides, env),
        )  # fmt: skip

    def _value(self, left: ast.Expr, right: ast.Expr, unit: str, env: Env) -> str:
        if isinstance(left, ast.RowField) and self.r.row_text(left, env):
            return self.r.row_text(left, env)
        num = self.r.num(left, env)
        beside = self.r.num(right, env).v
        text = self.reader.number(num, left, env, unit, beside)
        if not text:
            return ""
        return z_sign(left) + text

    def _limit(self, node: ast.Cond, unit: str, env: Env) -> str:
        if isinstance(node, ast.Graded):
            zero, one = (q.literal(self.program, n.value, unit) for n in (node.zero, node.one))
            if node.term:
                return self.w.say("from_on", term=self.term(node), one=q.with_unit(one, unit))
            return self.w.say("grade", zero=zero, one=q.with_unit(one, unit))
        assert isinstance(node, ast.Compare)
        if isinstance(node.right, ast.Number):
            return f"{node.op} {q.with_unit(q.literal(self.program, node.right.value, unit), unit)}"
        text = self.r.row_text(node.right, env)
        right, left = self.r.num(node.right, env), self.r.num(node.left, env)
        shown = text or self.reader.number(right, node.right, env, unit, left.v)
        if not shown:
            return f"{node.op} {self.w.number(node.right, env)}"
        return self.w.say("compared", op=node.op, value=shown, what=self.w.number(node.right, env))

    def _gap(self, node: ast.Cond, unit: str, env: Env) -> str:
        """How far a value is from a limit that it does not meet, when that is asked for."""
        x = self.r.cond(node, env)
        if not self.b.missing(x) or not isinstance(node, ast.Compare | ast.Graded):
            return ""
        expr, limit = (node.arg, node.one) if isinstance(node, ast.Graded) else (node.left, node.right)
        value, goal = self.r.num(expr, env).v, self.r.num(limit, env).v
        if value is None or goal is None or (isinstance(node, ast.Compare) and node.op in ("==", "!=")):
            return ""
        amount = q.scale_of(self.program, expr, unit)(abs(goal - value), 0.0 if goal != value else None)
        return self.w.say("short" if goal > value else "over", amount=amount.lstrip("+"))

    def _certainty_gap(self, node: ast.Certainty, x: Interval, env: Env) -> str:
        if not self.b.missing(self.r.cond(node, env)):
            return ""
        if x.p < node.limit:
            return self.w.say("short", amount=t.share(node.limit - x.p))
        return self.w.say("over", amount=t.share(x.s - node.limit))

    def _grade(self, node: ast.Cond, x: Interval) -> str:
        """`` -> 0.62`` for what is neither fully so nor not at all."""
        partly = isinstance(node, ast.Graded) and x.known and t.share(x.s) not in ("0.00", "1.00")
        return f" -> {t.share(x.s)}" if partly else ""

    def term(self, node: ast.Graded) -> str:
        """Title of the soft term of a graded condition."""
        for term in self.program.site.terms:
            if term.name == node.term and (term.zero, term.one) == (node.zero.value, node.one.value):
                return term.title.get(self.w.lang, term.name)
        return node.term

    def _why_unknown(self, node: ast.Expr, env: Env) -> str:
        """Why a number is unknown, unless the reading of its one instrument tells it."""
        readings = self.reader.of([node], env)
        return "" if any(not r.known for r in readings) else self.reader.reason(self.r.num(node, env).why)

    # ------------------------------------------------------------ models

    def _model(self, node: ast.ModelProbability, x: Interval, env: Env) -> Evidence:
        spec = self.program.site.models[node.model]
        variable = self.program.site.variables[spec.target]
        limit = "" if node.at_least is None else f">= {node.at_least / 10_000:.0f} %"
        answer = self.answer(node)
        why, value, said = self.reader.reason(self.r.reason(node, env)), "", ""
        if answer is not None and (answer.support, answer.plausibility) != (0, 1_000_000):
            value = percents(answer.support, answer.plausibility)
        if answer is not None and answer.value is not None and answer.low is not None and answer.high is not None:
            scale = q.scale_of(self.program, ast.Ref(variable=spec.target), q.clean(variable.unit))
            shown = [q.digits(v, min(2, scale.decimals or 0)) for v in (answer.value, answer.low, answer.high)]
            said = self.w.say("prediction", value=q.with_unit(shown[0], scale.unit), low=shown[1],
                              high=q.with_unit(shown[2], scale.unit))  # fmt: skip
        reading = self.reader.model(node.model, said, why)
        return Evidence(mark_of(x), self.w.condition(node, env), x, value, limit, readings=(reading,))

    def answer(self, node: ast.ModelProbability) -> ModelAnswer | None:
        """What the model answered to a condition's question in this scan."""
        variable = self.program.site.variables[self.program.site.models[node.model].target]
        limit = question_limit(node, q.factor(self.program, q.clean(variable.unit)))
        for answer in self.r.record.input.models:
            asked = (answer.model, answer.op, round(answer.limit, 9), answer.ahead)
            if asked == (node.model, node.op, limit, node.ahead):
                return answer
        return None

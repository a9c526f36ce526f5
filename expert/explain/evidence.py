"""The evidence of a conclusion as a tree, from a program and a scan record alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction

from expert.engine.nodes import Env, fact_args, walk
from expert.engine.results import Num
from expert.explain import phrases as p
from expert.explain.recorded import Recorded, branches, environment
from expert.language import ast
from expert.language.durations import format_duration
from expert.texts import keys, say
from expert.values.interval import ONE, UNKNOWN, Interval
from expert.values.types import ModelAnswer, rule_key

History = Callable[[str, int, int], list[tuple[int, float | None]]]
"""Samples of a ground variable with source time in (start, end]: (ms, value in its unit or None)."""

MAX_DEPTH = 6
"""How many conclusions deep the evidence is opened."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One line of evidence and what is below it.

    ``mark``: ``+`` holds, ``x`` does not, ``?`` not known, ``-`` not installed, '' a heading.
    ``weight``: share in a score. ``plot``: ground variable and window (ms) for a small plot.
    ``place``: file:line of the rule behind a concluded fact.
    """

    mark: str
    text: str
    x: Interval | None = None
    value: str = ""
    limit: str = ""
    note: str = ""
    weight: Fraction | None = None
    children: tuple[Evidence, ...] = ()
    instruments: tuple[str, ...] = ()
    plot: tuple[str, int] | None = None
    place: str = ""


def mark_of(x: Interval | None) -> str:
    """Mark of a certainty: more likely than not, known not to hold, or open."""
    if x is None:
        return "-"
    if x.s >= ONE // 2:
        return "+"
    return "x" if x.p < ONE // 2 else "?"


class Builder:
    """Builds evidence trees for one record in one language."""

    def __init__(self, recorded: Recorded, lang: str) -> None:
        self.r = recorded
        self.program = recorded.program
        self.lang = lang
        self.now = recorded.record.input.time

    def rule(
        self, rule: ast.Rule, bindings: tuple[tuple[str, str], ...], seen: frozenset[str] = frozenset()
    ) -> Evidence:
        """Evidence of a rule's condition under bindings."""
        env = environment(rule, bindings)
        return self.cond(rule.when, env, seen | {rule_key(rule.id, bindings)})

    def cond(self, node: ast.Cond, env: Env, seen: frozenset[str]) -> Evidence:
        """Evidence of a condition."""
        x = self.r.cond(node, env)
        if isinstance(node, ast.All | ast.Any):
            key = "all_of" if isinstance(node, ast.All) else "any_of"
            children = tuple(self.cond(i, env, seen) for i in node.items)
            return Evidence(mark_of(x), say(self.lang, key), x, children=children)
        if isinstance(node, ast.Not):
            return self._not(node, x, env, seen)
        if isinstance(node, ast.Score):
            return self._score(node, x, env, seen)
        if isinstance(node, ast.AtLeast):
            text = say(self.lang, "at_least_of", k=node.k)
            children = tuple(self.cond(c, e, seen) for c, e in branches(node, env, self.program))
            return Evidence(mark_of(x), text, x, children=children)
        return self.atom(node, x, env, seen)

    def _not(self, node: ast.Not, x: Interval | None, env: Env, seen: frozenset[str]) -> Evidence:
        below = self.cond(node.item, env, seen)
        text = say(self.lang, "not", text=below.text)
        if below.children and not below.place:
            return Evidence(mark_of(x), say(self.lang, "not", text=""), x, children=(below,))
        return replace(below, mark=mark_of(x), text=text, x=x)

    def _score(self, node: ast.Score, x: Interval | None, env: Env, seen: frozenset[str]) -> Evidence:
        children = tuple(replace(self.cond(c, env, seen), weight=w) for w, c in node.terms)
        total = sum((c.weight * (c.x.s if c.x else 0) for c in children if c.weight and c.x is not None), Fraction(0))
        above = sum((c.weight * c.x.p for c in children if c.weight and c.x is not None), Fraction(0))
        weights = sum((c.weight for c in children if c.weight and c.x is not None), Fraction(0)) or Fraction(1)
        low, high = p.percent(round(total / weights)), p.percent(round(above / weights))
        limit = "" if node.at_least is None else f">= {p.percent(node.at_least)}"
        note = "" if low == high else say(self.lang, "of_possible", value=high)
        return Evidence(mark_of(x), say(self.lang, "score", value=low), x, "", limit, note, children=children)

    # ------------------------------------------------------------ atoms

    def atom(self, node: ast.Cond, x: Interval | None, env: Env, seen: frozenset[str]) -> Evidence:
        """Evidence of a condition without parts."""
        if x is None:
            return Evidence("-", self.words(node, env), None, note=say(self.lang, "not_installed"))
        if isinstance(node, ast.Compare):
            return self._compare(node, x, env)
        if isinstance(node, ast.Graded):
            return self._graded(node, x, env)
        if isinstance(node, ast.FactRef):
            return self._fact(node, x, env, seen)
        if isinstance(node, ast.Certainty):
            fact = self.r.cond(node.fact, env)
            limit = f"{node.op} {p.percent(node.limit)}"
            below = self._fact(node.fact, fact or UNKNOWN, env, seen)
            return replace(below, mark=mark_of(x), x=x, value=span(fact), limit=limit)
        if isinstance(node, ast.ModelProbability):
            return self._model(node, x, env)
        note = self.reason(self.r.reason(node, env))
        instruments = tuple(p.refs_in(node, env, self.program))
        return Evidence(mark_of(x), self.words(node, env), x, note=note, instruments=instruments)

    def words(self, node: ast.Cond, env: Env) -> str:
        """An atom in the reader's words, without its present value."""
        if isinstance(node, ast.Compare):
            return p.phrase(self.program, node.left, env, self.lang)
        if isinstance(node, ast.Graded):
            return p.phrase(self.program, node.arg, env, self.lang)
        if isinstance(node, ast.FactRef):
            return p.fact_title(self.program, node, env, self.lang)
        if isinstance(node, ast.Certainty):
            return p.fact_title(self.program, node.fact, env, self.lang)
        if isinstance(node, ast.Bad):
            return say(self.lang, "bad", x=p.ref_title(self.program, node.ref, env, self.lang))
        if isinstance(node, ast.Raised):
            return say(self.lang, "is_raised_rule", x=self.program.rules[node.rule].title.get(self.lang, node.rule))
        if isinstance(node, ast.ModelProbability):
            target = self.program.site.models[node.model].target
            title = p.variable_title(self.program, target, self.lang)
            limit, ahead = p.number_text(self.program, node.limit), format_duration(node.ahead)
            return say(self.lang, f"model_{node.op}", x=title, limit=limit, T=ahead)
        return node.text

    def _compare(self, node: ast.Compare, x: Interval, env: Env) -> Evidence:
        unit = self.unit(node.left, node.right)
        decimals = p.decimals_of(self.program, node.left, unit)
        left, right = self.r.num(node.left, env), self.r.num(node.right, env)
        value = self.number(left, unit, decimals)
        limit = f"{node.op} " + (
            p.number_text(self.program, node.right)
            if isinstance(node.right, ast.Number)
            else self.number(right, unit, decimals)
        )
        text = p.phrase(self.program, node.left, env, self.lang)
        if not isinstance(node.right, ast.Number):
            limit += f" ({p.phrase(self.program, node.right, env, self.lang)})"
        return self._measured(node, x, env, Evidence(mark_of(x), text, x, value, limit), left)

    def _graded(self, node: ast.Graded, x: Interval, env: Env) -> Evidence:
        unit = self.unit(node.arg, node.one)
        value = self.number(self.r.num(node.arg, env), unit, p.decimals_of(self.program, node.arg, unit))
        zero, one = (p.show(self.program, n.value, unit, None) for n in (node.zero, node.one))
        limit = say(self.lang, "grade_rises", zero=zero, one=one)
        if node.term:
            limit = f"({say(self.lang, 'from_on', term=self.term(node), one=one)})"
        text = p.phrase(self.program, node.arg, env, self.lang)
        return self._measured(node, x, env, Evidence(mark_of(x), text, x, value, limit), self.r.num(node.arg, env))

    def term(self, node: ast.Graded) -> str:
        """Title of the soft term of a graded condition."""
        for term in self.program.site.terms:
            if term.name == node.term and (term.zero, term.one) == (node.zero.value, node.one.value):
                return term.title.get(self.lang, term.name)
        return node.term

    def unit(self, left: ast.Expr, right: ast.Expr) -> str:
        """Unit in which both sides are shown."""
        hint = right.unit if isinstance(right, ast.Number) else ""
        return p.unit_of(self.program, left, hint)

    def number(self, num: Num, unit: str, decimals: int) -> str:
        """A recorded number in a unit; with its bounds when they matter; '' when unknown."""
        if num.v is not None:
            text = p.show(self.program, num.v, unit, decimals)
            if num.why == "at least":
                return f"{say(self.lang, 'why_at_least')} {text}"
            return text
        if num.lo is not None and num.hi is not None:
            low = p.amount(self.program, num.lo, unit, decimals)
            return f"{low}..{p.show(self.program, num.hi, unit, decimals)}"
        return ""

    def _measured(self, node: ast.Cond, x: Interval, env: Env, e: Evidence, num: Num) -> Evidence:
        """Add what the number was measured with and how well."""
        names = tuple(dict.fromkeys(p.refs_in(node, env, self.program)))
        notes = []
        if not num.known:
            notes.append(self.reason(num.why))
        elif num.m is not None and num.n is not None:
            notes.append(say(self.lang, "samples", n=num.n, m=num.m))
        elif num.at is not None:
            notes.append(say(self.lang, "good_at", time=p.clock(num.at)))
        plot = (names[0], self._window(node)) if len(names) == 1 else None
        return replace(e, note=", ".join(notes), instruments=names, plot=plot)

    def _window(self, node: ast.Cond) -> int:
        spans = [n.duration for n in walk(node) if isinstance(n, ast.Window | ast.ZScore)]
        return max([*spans, 30 * 60_000])

    def _model(self, node: ast.ModelProbability, x: Interval, env: Env) -> Evidence:
        limit = "" if node.at_least is None else f">= {p.percent(node.at_least)}"
        answer = self._answer(node)
        notes, value = [], ""
        if answer is not None:
            value = span(Interval(answer.support, answer.plausibility))
            if answer.value is not None and answer.low is not None and answer.high is not None:
                unit = self.program.site.variables[self.program.site.models[node.model].target].unit
                low, high = f"{answer.low:.2f}", f"{answer.high:.2f} {unit}"
                notes.append(say(self.lang, "prediction", value=f"{answer.value:.2f}", low=low, high=high))
        why = self.reason(self.r.reason(node, env))
        if why:
            notes.append(why)
        target = self.program.site.models[node.model].target
        return Evidence(
            mark_of(x), self.words(node, env), x, value, limit, ", ".join(notes),
            instruments=(target,), plot=(target, 12 * 3_600_000),
        )  # fmt: skip

    def _answer(self, node: ast.ModelProbability) -> ModelAnswer | None:
        for answer in self.r.record.input.models:
            if (answer.model, answer.op, answer.ahead) == (node.model, node.op, node.ahead):
                return answer
        return None

    def _fact(self, node: ast.FactRef, x: Interval, env: Env, seen: frozenset[str]) -> Evidence:
        text = p.fact_title(self.program, node, env, self.lang)
        wanted = fact_args(node, env)
        best = self._best_rule(node.type, wanted)
        note = self.reason(self.r.reason(node, env))
        if best is None or rule_key(*best) in seen or len(seen) > MAX_DEPTH:
            return Evidence(mark_of(x), text, x, note=note)
        rule = self.program.rules[best[0]]
        below = self.rule(rule, best[1], seen)
        place = f"{rule.span.file}:{rule.span.line}"
        children = below.children or (below,)
        return Evidence(mark_of(x), text, x, span(x), note=note, children=children, place=place)

    def _best_rule(self, type_: str, wanted: dict[str, str]) -> tuple[str, tuple[tuple[str, str], ...]] | None:
        """The strongest recorded rule that concludes the fact, ties by key."""
        found = []
        for rule in self.program.rules.values():
            if rule.conclude is None or rule.conclude.type != type_ or rule.conclude.refutes:
                continue
            for bindings in self.r.instances(rule.id):
                env = environment(rule, bindings)
                args = fact_args(ast.FactRef(type=type_, args=rule.conclude.args), env)
                entry = self.r.rule(rule_key(rule.id, bindings))
                if entry is not None and all(args.get(k) == v for k, v in wanted.items()):
                    found.append((-entry["out"][0], -entry["out"][1], rule.id, bindings))
        return min(found)[2:] if found else None

    def reason(self, why: str) -> str:
        """A reason code in words."""
        if not why or why == "at least":
            return ""
        code, _, detail = why.partition("|")
        if code == "stale":
            detail = p.duration(float(detail))
        elif code == "bad":
            key = f"note_{detail.split(':')[0].strip() or 'bad'}"
            detail = say(self.lang, key) if key in keys("en") else detail
        return say(self.lang, "why_" + code.replace(" ", "_"), detail=detail)


def span(x: Interval | None) -> str:
    """A certainty as a number, or as its two ends.

    >>> span(Interval(220_000, 310_000))
    '0.22-0.31'
    """
    if x is None:
        return ""
    return p.percent(x.s) if x.s == x.p else f"{p.percent(x.s)}-{p.percent(x.p)}"

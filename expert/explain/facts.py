"""Evidence of conclusions that a condition reads: the rule that makes them, opened once, and what speaks against."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from expert.engine.nodes import Env, fact_args, known_args, walk
from expert.explain import quantities as q
from expert.explain import titles as t
from expert.explain.evidence import Evidence, mark_of
from expert.explain.imported import heard, whose_scan
from expert.explain.recorded import environment, split_key
from expert.language import ast
from expert.values.interval import UNKNOWN, Interval
from expert.values.types import Fact, rule_key

if TYPE_CHECKING:
    from expert.explain.builder import Builder

Ground = tuple[str, t.Args]
"""A rule id with its bindings."""


class Facts:
    """Evidence of facts, of raised rules and of the numbers that facts carry."""

    def __init__(self, builder: Builder) -> None:
        self.b = builder
        self.r = builder.r
        self.w = builder.words
        self.reader = builder.reader
        self.program = builder.program

    def evidence(
        self, node: ast.FactRef, x: Interval, env: Env, seen: frozenset[str], in_the_way: bool | None = None
    ) -> Evidence:
        """Evidence of a fact; ``in_the_way``: whether it is what a rule is missing, when that is known better."""
        wanted = known_args(node, env)
        best = self.best_rule(node.type, wanted)
        text = t.fact_title(self.program, node, env, self.w.lang)
        note = self.reader.reason(self.r.reason(node, env))
        if best is None:
            return Evidence(mark_of(x), text, x, t.span(x), note=self.w.listed(note, self._whose(node.type)))
        rule = self.program.rules[best[0]]
        args = tuple(self._args(rule, best[1]).items())
        whole = t.lowered(t.fact_text(self.program, node.type, args, self.w.lang), self.w.lang)
        if whole != text and mark_of(x) == "+":
            text = whole
        elif whole != text:
            other = tuple(a for a in args if a[0] not in wanted)
            names = self.w.listed(*t.arg_titles(self.program, node.type, other, self.w.lang))
            note = self.w.listed(note, self.w.say("nearest", what=names))
        note = self.w.listed(note, self._dispute(node.type, args))
        value = self._number(node.type, args) or t.span(x)
        e = Evidence(mark_of(x), text, x, value, note=note, rule=rule.id)
        if self.program.facts[node.type].evidence is not None:
            together = self._together(e, node.type, args, seen)
            if together is not None:
                return together
        return self._opened(e, rule, best[1], seen, in_the_way)

    def _whose(self, type_: str) -> str:
        """Which scan of which expert an imported fact is from; '' for a fact of this program."""
        export = heard(self.r.record, self.program.facts[type_].exporter, type_)
        return whose_scan(export, self.w.lang) if export is not None else ""

    def _together(self, e: Evidence, type_: str, args: t.Args, seen: frozenset[str]) -> Evidence | None:
        """A fact on which several rules accumulate: each piece with its evidence; None when fewer than two have any."""
        pieces = []
        for rule in self._concluding(type_, False):
            for bindings in self.r.instances(rule.id):
                entry = self.r.rule(rule_key(rule.id, bindings))
                if entry is None or entry["out"][1] == 0 or rule.status != "live":
                    continue
                if tuple(self._args(rule, bindings).items()) == args:
                    x = Interval(*entry["out"][:2])
                    title = t.lowered(t.rule_title(self.program, rule, bindings, self.w.lang), self.w.lang)
                    piece = Evidence(mark_of(x), title, x, t.span(x), rule=rule.id)
                    pieces.append((-x.s, rule.id, bindings, piece, rule))
        if len(pieces) < 2:
            return None
        note = self.w.listed(e.note, self.w.say("accumulated", n=len(pieces)))
        children = tuple(self._opened(p, r, b, seen) for _, _, b, p, r in sorted(pieces, key=lambda x: x[:3]))
        return replace(e, note=note, rule="", children=children)

    def _number(self, type_: str, args: t.Args) -> str:
        """The number that a fact carries, with its unit; '' for one that carries none, or an unknown one."""
        declared, found = self.program.facts[type_], self.fact(type_, dict(args))
        if declared.combine is None or found is None or found.value is None:
            return ""
        return q.Scale(self.program, q.clean(declared.unit), 0)(found.value)

    def _opened(
        self, e: Evidence, rule: ast.Rule, bindings: t.Args, seen: frozenset[str], in_the_way: bool | None = None
    ) -> Evidence:
        """A conclusion with the evidence of its rule; what stands above already is only named."""
        key = rule_key(rule.id, bindings)
        if in_the_way is None:
            in_the_way = e.mark != ("x" if self.b.inverted else "+")
        if key in seen or len(seen) > self.b.max_depth or (self.b.gaps and not in_the_way):
            return e
        if key in self.b.opened:
            return replace(e, note=self.w.listed(e.note, self.w.say("above")))
        self.b.opened.add(key)
        below = self.b.rule(rule, bindings, seen)
        mean = isinstance(rule.when, ast.Score) and rule.when.at_least is None
        grouped = mean or below.heading
        note = self.w.say("mean_of") if mean else below.text if grouped else ""
        against = self._refuters(rule, bindings, seen)
        return replace(
            e, note=self.w.listed(e.note, self._unfinished(rule, key), note),
            children=(*(below.children if grouped else (below,)), *against),
        )  # fmt: skip

    def left(self, rule: ast.Rule, entry: dict[str, Any]) -> str:
        """How long a condition that holds has to go on until it counts.

        The record knows since when there has been some support; when that is longer ago than `for`, support was too
        small in between, and only the most that it can take is known.
        """
        since = entry["since"]
        left = rule.hold if since is None else rule.hold - (self.b.now - since)
        return t.duration(left) if left > 0 else self.w.say("at_most", duration=t.duration(rule.hold))

    def _unfinished(self, rule: ast.Rule, key: str) -> str:
        """That a rule's condition holds but its `for` is not over."""
        entry = self.r.rule(key)
        if entry is None or not rule.hold or entry["held"][0] >= rule.threshold or entry["when"][0] < rule.threshold:
            return ""
        return self.w.say("not_counted", left=self.left(rule, entry))

    def _dispute(self, type_: str, args: t.Args) -> str:
        found = self.fact(type_, dict(args))
        return self.w.say("disputed_short") if found is not None and found.disputed else ""

    def fact(self, type_: str, args: dict[str, str]) -> Fact | None:
        """A fact of this scan."""
        return next((f for f in self.r.record.facts if f.type == type_ and dict(f.args) == args), None)

    def refuters(self, rule: ast.Rule, bindings: t.Args) -> list[Ground]:
        """Rules with bindings that speak against what a rule concludes in this scan."""
        if rule.conclude is None or rule.conclude.refutes:
            return []
        mine = self._args(rule, bindings)
        out: list[Ground] = []
        for other in self._concluding(rule.conclude.type, True):
            for theirs in self.r.instances(other.id):
                entry = self.r.rule(rule_key(other.id, theirs))
                args = self._args(other, theirs)
                if entry is not None and entry["out"][0] > 0 and all(mine.get(k) == v for k, v in args.items()):
                    out.append((other.id, theirs))
        return out

    def _refuters(self, rule: ast.Rule, bindings: t.Args, seen: frozenset[str]) -> tuple[Evidence, ...]:
        found = (self.against(g, seen) for g in self.refuters(rule, bindings))
        return tuple(replace(e, text=self.w.say("speaks_against", what=e.text)) for e in found)

    def against(self, ground: Ground, seen: frozenset[str]) -> Evidence:
        """A rule that speaks against a conclusion, with its evidence."""
        rule = self.program.rules[ground[0]]
        entry = self.r.rule(rule_key(*ground))
        x = Interval(*entry["out"][:2]) if entry else UNKNOWN
        title = t.lowered(t.rule_title(self.program, rule, ground[1], self.w.lang), self.w.lang)
        return self._opened(Evidence(mark_of(x), title, x, t.span(x), rule=rule.id), rule, ground[1], seen)

    def _concluding(self, type_: str, refutes: bool) -> list[ast.Rule]:
        rules = (r for r in self.program.rules.values() if r.conclude is not None and r.conclude.type == type_)
        return [r for r in rules if r.conclude is not None and r.conclude.refutes == refutes]

    def _args(self, rule: ast.Rule, bindings: t.Args) -> dict[str, str]:
        assert rule.conclude is not None
        return fact_args(ast.FactRef(type=rule.conclude.type, args=rule.conclude.args), environment(rule, bindings))

    def best_rule(self, type_: str, wanted: dict[str, str]) -> Ground | None:
        """The recorded rule that the fact is justified by; without support the one that comes nearest."""
        justified = [
            (-f.certainty.s, f.args, f.by)
            for f in self.r.record.facts
            if f.type == type_ and f.by and wanted.items() <= dict(f.args).items()
        ]
        if justified:
            return split_key(min(justified)[2])
        found = []
        for rule in self._concluding(type_, False):
            for bindings in self.r.instances(rule.id):
                entry = self.r.rule(rule_key(rule.id, bindings))
                args = self._args(rule, bindings)
                if entry is not None and all(args.get(k) == v for k, v in wanted.items()):
                    found.append((-entry["out"][0], -entry["out"][1], -entry["when"][1], rule.id, bindings))
        return min(found)[3:] if found else None

    def raised(self, node: ast.Raised, x: Interval, env: Env, seen: frozenset[str]) -> Evidence:
        rule = self.program.rules[node.rule]
        open_ = [e for e in self.r.record.episodes if e.rule == node.rule and e.cleared is None]
        note = self.w.say("since_time", time=t.clock(open_[0].raised)) if open_ else ""
        e = Evidence(mark_of(x), self.w.condition(node, env), x, note=note, rule=rule.id)
        found = self.r.instances(node.rule)
        if not found:
            return e
        bindings = open_[0].bindings if open_ else found[0]
        return self._opened(e, rule, bindings, seen) if bindings in found else e

    # ------------------------------------------------------------ numbers of facts

    def numbers(self, node: ast.Expr, env: Env, seen: frozenset[str]) -> list[Evidence]:
        """Where the derived numbers in an expression come from: the rule whose number it is."""
        return [self._number_of_fact(n, env, seen) for n in walk(node) if isinstance(n, ast.FactValue)]

    def _number_of_fact(self, node: ast.FactValue, env: Env, seen: frozenset[str]) -> Evidence:
        num = self.r.num(node, env)
        unit = q.unit_of(self.program, node, env)
        value = self.reader.number(num, node, env, unit)
        text = t.fact_title(self.program, node.fact, env, self.w.lang)
        e = Evidence("", text, None, value, note="" if num.known else self.reader.reason(num.why))
        source = self._source(node, env, num.v)
        if source is None:
            return e
        rule, bindings = self.program.rules[source[0]], source[1]
        key = f"number {rule_key(*source)}"
        if key in seen or key in self.b.opened or len(seen) > self.b.max_depth:
            return replace(
                e, rule=rule.id, note=self.w.listed(e.note, self.w.say("above") if key in self.b.opened else "")
            )
        self.b.opened.add(key)
        assert rule.conclude is not None and rule.conclude.number is not None
        inner = environment(rule, bindings)
        below = self.numbers(rule.conclude.number, inner, seen | {key})
        readings = self.reader.of([rule.conclude.number], inner)
        formula = self.w.say("is_sum", what=self.w.number(rule.conclude.number, inner))
        return replace(e, rule=rule.id, limit=formula, children=tuple(below), readings=readings)

    def _source(self, node: ast.FactValue, env: Env, value: float | None) -> Ground | None:
        """The rule with bindings whose number is the fact's, ties by key."""
        wanted = known_args(node.fact, env)
        found = []
        for rule in self._concluding(node.fact.type, False):
            if rule.conclude is None or rule.conclude.number is None:
                continue
            for bindings in self.r.instances(rule.id):
                inner = environment(rule, bindings)
                matches = all(self._args(rule, bindings).get(k) == v for k, v in wanted.items())
                if matches and self.r.num(rule.conclude.number, inner).v == value:
                    found.append((rule.id, bindings))
        return min(found) if found and value is not None else None

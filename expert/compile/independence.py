"""Severe findings rest on two independent instruments, and the most severe never on a model alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction

from expert.language import ast
from expert.language.diagnostics import Sink
from expert.values.interval import ONE

SEVERE, SAFETY = 4, 5
Supports = frozenset[frozenset[str]]
NONE: Supports = frozenset({frozenset()})
MAX_SETS = 64


def check_independence(
    rules: Mapping[str, ast.Rule], facts: Mapping[str, ast.FactType], site: ast.Site, sink: Sink
) -> None:
    """Report rules of severity 4 or more that one instrument (or, from 5 on, a model alone) could raise.

    An instrument is a variable (of one member). ``single_instrument: reason`` exempts measured safety limits.
    """
    reader = _Reader(rules, site)
    for rule in rules.values():
        if rule.severity < SEVERE or (rule.conclude is not None and rule.conclude.refutes):
            continue
        smallest = min(reader.rule(rule), key=lambda s: (len(_measured(s)), sorted(s)), default=frozenset())
        measured = _measured(smallest)
        if rule.severity >= SAFETY and not measured:
            _error(rule, "rests on a model or on tables alone", "a finding of severity 5 needs a measurement", sink)
        elif len(measured) < 2 and not rule.single_instrument:
            on = f"rests on {next(iter(measured))} alone" if measured else "rests on no instrument"
            _error(rule, on, "add a second instrument, or single_instrument: why one is enough", sink)


def _measured(names: Iterable[str]) -> frozenset[str]:
    return frozenset(n for n in names if not n.startswith("model "))


def _error(rule: ast.Rule, why: str, help: str, sink: Sink) -> None:
    sink.error("E0322", f"a finding of severity {rule.severity} {why}", rule.span, help=help)


class _Reader:
    """Smallest sets of instruments with which a condition can become true."""

    def __init__(self, rules: Mapping[str, ast.Rule], site: ast.Site) -> None:
        self.rules, self.site = rules, site
        self.of_fact: dict[str, list[ast.Rule]] = {}
        for r in rules.values():
            if r.conclude is not None and not r.conclude.refutes:
                self.of_fact.setdefault(r.conclude.type, []).append(r)
        self.done: dict[str, Supports] = {}
        self.open: set[str] = set()

    def rule(self, rule: ast.Rule) -> Supports:
        """Of a rule; of a rule that reads itself: only what lies outside the circle."""
        if rule.id in self.done:
            return self.done[rule.id]
        if rule.id in self.open:
            return frozenset()
        self.open.add(rule.id)
        found = self.condition(rule.when)
        self.open.discard(rule.id)
        if not self.open:
            self.done[rule.id] = found
        return found

    def condition(self, node: ast.Cond) -> Supports:
        """Of a condition. The absence of a finding or of a fault is no evidence: it adds no instrument."""
        if isinstance(node, ast.All):
            return _product([self.condition(i) for i in node.items])
        if isinstance(node, ast.Any):
            return _union([self.condition(i) for i in node.items])
        if isinstance(node, ast.Not):
            plain = isinstance(node.item, (ast.Compare, ast.Graded))
            return self.condition(node.item) if plain else NONE
        if isinstance(node, ast.Score):
            return self._score(node)
        if isinstance(node, ast.AtLeast):
            return self._counted(node)
        if isinstance(node, ast.Quantifier):
            found = [self.condition(c) for c in (node.where, node.that) if c is not None]
            return _product(found) if node.function != "none" else NONE
        if isinstance(node, (ast.FactRef, ast.Certainty)):
            fact = node if isinstance(node, ast.FactRef) else node.fact
            return _union([self.rule(r) for r in self.of_fact.get(fact.type, []) if _may_conclude(r, fact)]) or NONE
        if isinstance(node, ast.Raised):
            return self.rule(self.rules[node.rule]) if node.rule in self.rules else NONE
        if isinstance(node, ast.ModelProbability):
            return frozenset({frozenset({f"model {node.model}"})})
        if isinstance(node, ast.Bad):
            return frozenset({frozenset({_name(node.ref)})})
        if isinstance(node, ast.Graded):
            return frozenset({frozenset(self.instruments(node.arg))})
        return frozenset({frozenset([*self.instruments(node.left), *self.instruments(node.right)])})

    def _score(self, node: ast.Score) -> Supports:
        """Fewest terms that reach the level: the heaviest first."""
        total = sum((w for w, _ in node.terms), Fraction(0))
        level = Fraction(node.at_least if node.at_least is not None else ONE // 2, ONE) * total
        chosen, weight = [], Fraction(0)
        for w, c in sorted(node.terms, key=lambda t: -t[0]):
            if weight >= level:
                break
            chosen.append(self.condition(c))
            weight += w
        return _product(chosen)

    def _counted(self, node: ast.AtLeast) -> Supports:
        if node.set is not None:
            members = self.site.sets[node.set][: node.k]
            inner = self.condition(node.items[0])
            return _product([frozenset(frozenset(f"{n}[{m}]" for n in s) for s in inner) for m in members])
        ordered = sorted((self.condition(i) for i in node.items), key=lambda s: min((len(x) for x in s), default=0))
        return _product(ordered[: node.k])

    def instruments(self, node: ast.Expr) -> list[str]:
        """Variables that a number needs."""
        if isinstance(node, ast.Ref):
            return [_name(node)]
        if isinstance(node, ast.SetAggregate):
            return [f"{n}[{m}]" for n in self.instruments(node.arg) for m in self.site.sets[node.set]]
        if isinstance(node, ast.RowAggregate):
            where = [] if node.where is None else sorted({n for s in self.condition(node.where) for n in s})
            return where + ([] if node.arg is None else self.instruments(node.arg))
        if isinstance(node, ast.PairFeature):
            return [_name(node.ref), _name(node.other)]
        if isinstance(node, ast.Arithmetic):
            return [n for a in node.args for n in self.instruments(a)]
        if isinstance(node, ast.Lag):
            return self.instruments(node.arg)
        if isinstance(node, ast.FactValue):
            rules = self.of_fact.get(node.fact.type, [])
            return sorted({n for r in rules for s in self.rule(r) for n in s})
        if isinstance(node, (ast.Number, ast.RowField, ast.Attribute, ast.Word)):
            return []
        return [_name(node.ref)]


def _name(ref: ast.Ref) -> str:
    return ref.variable


def _may_conclude(rule: ast.Rule, fact: ast.FactRef) -> bool:
    """False when a field differs that both give literally."""
    own = dict(rule.conclude.args) if rule.conclude is not None else {}
    pairs = [(v, own.get(field, v)) for field, v in fact.args]
    return all(a == b or a.startswith("$") or b.startswith("$") for a, b in pairs)


def _product(parts: list[Supports]) -> Supports:
    out = NONE
    for part in parts:
        out = _least(frozenset(a | b for a in out for b in part))
    return out


def _union(parts: list[Supports]) -> Supports:
    return _least(frozenset().union(*parts))


def _least(sets: Supports) -> Supports:
    """Smallest sets only, a bounded number of them."""
    ordered = sorted(sets, key=lambda s: (len(s), sorted(s)))
    kept: list[frozenset[str]] = []
    for s in ordered:
        if not any(k <= s for k in kept):
            kept.append(s)
        if len(kept) >= MAX_SETS:
            break
    return frozenset(kept)

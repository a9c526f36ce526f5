"""Rules with one small mistake each: what a good set of cases must tell from the rule as it stands.

Mutation analysis asks of a set of tests whether it notices small faults (R. A. DeMillo, R. J. Lipton, F. G. Sayward,
Hints on test data selection, Computer 11 (4), 1978). The faults here are those that rule authors make: a limit too high
or too low, the wrong direction, the wrong soft term, ``any`` for ``all``, a condition that is missing or turned round,
a weight or a ``for`` that is wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from fractions import Fraction
from typing import Any

from expert.language import ast
from expert.language.durations import format_duration
from expert.language.printer import decimal
from expert.language.units import Units, units_of
from expert.testing.equal import implied, out_of_reach
from expert.values.interval import ONE
from expert.values.types import Variable
from expert.workshop.meaning import words

STEP = Fraction(1, 4)
"""By how much of itself a limit is moved; a limit on a level: by half the width of the variable's normal range."""
OPPOSITE: dict[str, Any] = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "!=", "!=": "=="}
LEVELS = ("mean", "min", "max", "median")

Variant = tuple[Any, str, ast.Span, str]
"""What stands there instead, what was done, where, and what a case would have to show."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """A rule with one fault: what was done to it, in words, where, and what a case has to show to notice it."""

    rule: ast.Rule
    words: str
    span: ast.Span
    shown: str


@dataclass(frozen=True, slots=True)
class Equal:
    """A change that is none: what would have been done, where, and why it says the same."""

    words: str
    span: ast.Span
    why: str


def mutants_of(rule: ast.Rule, site: ast.Site) -> list[Mutant]:
    """All mutants of a rule that differ from it, in the order of its text."""
    return mutants_and_equals(rule, site)[0]


def mutants_and_equals(rule: ast.Rule, site: ast.Site) -> tuple[list[Mutant], list[Equal]]:
    """The mutants of a rule, and the changes left out because they provably change nothing."""
    maker = _Maker(site)
    found = [Mutant(replace(rule, when=v), w, s, c) for v, w, s, c in maker.condition(rule.when)]
    for i, match in enumerate(rule.match):
        for v, w, s, c in maker.condition(match.where) if match.where is not None else ():
            changed = (*rule.match[:i], replace(match, where=v), *rule.match[i + 1 :])
            found.append(Mutant(replace(rule, match=changed), w, s, c))
    for hold in (0, 2 * rule.hold) if rule.hold else ():
        told = f"for: {format_duration(rule.hold)} becomes {format_duration(hold) if hold else 'nothing'}"
        shown = f"the scan before it has held for {format_duration(rule.hold)}, and that scan"
        found.append(Mutant(replace(rule, hold=hold), told, rule.span, shown))
    seen: set[ast.Rule | tuple[Any, ...]] = set()
    out = []
    for m in found:
        key = (m.rule.when, m.rule.match, m.rule.hold)
        if key not in seen and key != (rule.when, rule.match, rule.hold):
            seen.add(key)
            out.append(m)
    return out, maker.equals


class _Maker:
    """Makes variants of conditions of one site."""

    def __init__(self, site: ast.Site) -> None:
        self.site = site
        self.equals: list[Equal] = []
        self.units: Units = units_of(tuple(site.unit_definitions))
        self._own: dict[type, Callable[[Any], Iterator[Variant]]] = {
            ast.Compare: self._compare,
            ast.Graded: self._graded,
            ast.Certainty: self._certainty,
            ast.ModelProbability: self._model,
            ast.All: self._list,
            ast.Any: self._list,
            ast.Not: self._not,
            ast.Score: self._score,
            ast.AtLeast: self._at_least,
            ast.Quantifier: self._quantifier,
        }

    def condition(self, node: ast.Cond, turned: bool = False) -> Iterator[Variant]:
        """Variants of a condition; ``turned``: it stands below a ``not``, which is a variant of its own."""
        own = self._own.get(type(node))
        if own is not None:
            yield from own(node)
        elif not turned and isinstance(node, (ast.FactRef, ast.Bad, ast.Raised)):
            told = f"{words(node)} becomes not {words(node)}"
            yield ast.Not(item=node, span=node.span), told, node.span, _decides(node)
        for f in fields(node):
            if isinstance(node, ast.Graded) and f.name in ("zero", "one"):
                continue
            for value, told, span, shown in self._within(getattr(node, f.name), node):
                yield replace(node, **{f.name: value}), told, span, shown

    def _within(self, value: Any, parent: ast.Cond) -> Iterator[Variant]:
        """Variants of what stands in a field: a condition, a number, or several of them."""
        if isinstance(value, ast.Number):
            return  # the limit of a comparison, or no limit at all
        if isinstance(value, ast.Node):
            if isinstance(value, ast.Cond):
                turned = isinstance(parent, (ast.Not, ast.Certainty))
                yield from self.condition(value, turned)
            else:
                yield from self._expression(value)
        elif isinstance(value, tuple):
            for i, item in enumerate(value):
                for changed, told, span, shown in self._within(item, parent):
                    yield (*value[:i], changed, *value[i + 1 :]), told, span, shown

    def _expression(self, node: ast.Node) -> Iterator[Variant]:
        """Variants of the plain numbers within a sum, a product or an extreme."""
        for f in fields(node):
            value = getattr(node, f.name)
            items = value if isinstance(value, tuple) else (value,)
            for i, item in enumerate(items):
                if isinstance(item, ast.Number) and isinstance(node, ast.Arithmetic):
                    found = self._moved(item, abs(item.value) * float(STEP))
                elif isinstance(item, ast.Node) and not isinstance(item, ast.FactRef):
                    found = self._expression(item)
                else:
                    continue
                for changed, told, span, shown in found:
                    new = (*items[:i], changed, *items[i + 1 :]) if isinstance(value, tuple) else changed
                    yield replace(node, **{f.name: new}), told, span, shown  # type: ignore[arg-type]

    # ------------------------------------------------------------ limits

    def _moved(self, node: ast.Number, step: float, within: str = "") -> Iterator[Variant]:
        """A number a step lower and a step higher."""
        factor = float(self.units.factor(node.unit)) if node.unit else 1.0
        for sign, word in ((-1, "lower"), (1, "higher")):
            if step:
                value = node.value + sign * step
                told = f"{_rounded(value / factor)} {node.unit}".rstrip()
                where = f" in {within}" if within else ""
                change = f"{words(node)} becomes {told} ({word}){where}"
                shown = f"what it says between {words(node)} and {told}"
                yield replace(node, value=value, text=told), change, node.span, shown

    def _compare(self, node: ast.Compare) -> Iterator[Variant]:
        op = OPPOSITE[node.op]
        yield replace(node, op=op), f"{words(node)}: {node.op} becomes {op}", node.span, _decides(node)
        for name, other in (("left", node.right), ("right", node.left)):
            number = getattr(node, name)
            if isinstance(number, ast.Number):
                for value, told, span, shown in self._moved(number, self._step(number, other), words(node)):
                    changed = replace(node, **{name: value})
                    if not self._equal(told, span, out_of_reach(node, changed, self.site, self.units)):
                        yield changed, told, span, shown

    def _equal(self, told: str, span: ast.Span, why: str) -> bool:
        """Keep a change that is none; False where there is no proof of that."""
        if why:
            self.equals.append(Equal(told, span, why))
        return bool(why)

    def _step(self, number: ast.Number, other: ast.Expr) -> float:
        """How far a limit on ``other`` is moved; 0: not at all."""
        variable = self._variable(other)
        if variable is not None and variable.kind == "switch":
            return 0.0  # between its two values every limit says the same
        width = 0.0
        if variable is not None and variable.normal is not None:
            width = (variable.normal[1] - variable.normal[0]) * float(self.units.factor(variable.unit))
        if self._is_level(other) and width:
            return width / 2
        return abs(number.value) * float(STEP) or width * float(STEP)

    def _is_level(self, node: ast.Expr) -> bool:
        """True for what lies where the variable itself lies."""
        if isinstance(node, ast.Window):
            return node.function in LEVELS
        if isinstance(node, (ast.SetAggregate, ast.Lag)):
            return (isinstance(node, ast.Lag) or node.function in LEVELS) and self._is_level(node.arg)
        return isinstance(node, (ast.Ref, ast.Baseline))

    def _variable(self, node: ast.Node) -> Variable | None:
        """The first variable within an expression."""
        if isinstance(node, ast.Ref):
            return self.site.variables[node.variable]
        for f in fields(node):
            value = getattr(node, f.name)
            for item in value if isinstance(value, tuple) else (value,):
                found = self._variable(item) if isinstance(item, ast.Node) else None
                if found is not None:
                    return found
        return None

    def _graded(self, node: ast.Graded) -> Iterator[Variant]:
        """A soft threshold moved by its own width, and turned round or with another term."""
        width = node.one.value - node.zero.value
        what = words(node)
        for sign in (-1, 1):
            ends = {k: replace(getattr(node, k), value=getattr(node, k).value + sign * width) for k in ("zero", "one")}
            word = "earlier" if sign < 0 else "later"
            shown = "the scan in which a slow change of it makes the rule speak, and the scan before"
            yield replace(node, **ends), f"{what}: one width {word}", node.span, shown
        other = next((t for t in self.site.terms if node.term and self._same_use(t, node)), None)
        if other is not None:
            ends = {k: replace(getattr(node, k), value=getattr(other, k)) for k in ("zero", "one")}
            yield replace(node, term=other.name, **ends), f"{what} becomes is {other.name}", node.span, _decides(node)
        else:
            yield replace(node, zero=node.one, one=node.zero), f"{what}: turned round", node.span, _decides(node)

    def _same_use(self, term: ast.SoftTerm, node: ast.Graded) -> bool:
        arg = node.arg
        target = arg.function if isinstance(arg, ast.ZScore) else getattr(self._variable(arg), "id", "")
        return term.name != node.term and term.applies_to == target

    def _certainty(self, node: ast.Certainty) -> Iterator[Variant]:
        op = OPPOSITE[node.op]
        yield replace(node, op=op), f"{words(node)}: {node.op} becomes {op}", node.span, _decides(node)
        yield from self._share(node, "limit")

    def _model(self, node: ast.ModelProbability) -> Iterator[Variant]:
        if node.at_least is not None:
            yield from self._share(node, "at_least")

    def _share(self, node: Any, name: str) -> Iterator[Variant]:
        """A certainty asked for, in millionths, a step lower and a step higher."""
        value = getattr(node, name)
        for sign in (-1, 1):
            moved = min(ONE, max(1, value + sign * int(value * STEP)))
            told = f"{decimal(value / ONE)} becomes {decimal(moved / ONE)} in {words(node)}"
            shown = f"what it says between {decimal(value / ONE)} and {decimal(moved / ONE)}"
            yield replace(node, **{name: moved}), told, node.span, shown

    # ------------------------------------------------------------ combinations

    def _not(self, node: ast.Not) -> Iterator[Variant]:
        yield node.item, f"not {words(node.item)} becomes {words(node.item)}", node.span, _decides(node.item)

    def _list(self, node: ast.All | ast.Any) -> Iterator[Variant]:
        if len(node.items) < 2:
            return
        every = isinstance(node, ast.All)
        kind, told = (ast.Any, "all becomes any") if every else (ast.All, "any becomes all")
        yield kind(items=node.items, span=node.span), told, node.span, "a case where one holds and another does not"
        for i, item in enumerate(node.items):
            shown = "quiet where all else holds and it does not" if every else "raised where it alone holds"
            told = f"without {words(item)}"
            if not self._equal(told, item.span, implied(node.items, i, every)):
                yield replace(node, items=node.items[:i] + node.items[i + 1 :]), told, item.span, shown

    def _score(self, node: ast.Score) -> Iterator[Variant]:
        if node.at_least is not None:
            yield from self._share(node, "at_least")
        for i, (weight, item) in enumerate(node.terms) if len(node.terms) > 1 else ():
            before, after = node.terms[:i], node.terms[i + 1 :]
            yield replace(node, terms=before + after), f"without the evidence {words(item)}", item.span, _decides(item)
            told = f"weight {_plain(weight)} becomes {_plain(2 * weight)} of {words(item)}"
            shown = "the scan in which it, growing slowly, makes the score suffice, and the scan before"
            yield replace(node, terms=(*before, (2 * weight, item), *after)), told, item.span, shown

    def _at_least(self, node: ast.AtLeast) -> Iterator[Variant]:
        size = len(self.site.sets[node.set]) if node.set is not None else len(node.items)
        for k in (node.k - 1, node.k + 1):
            if 1 <= k <= size:
                yield replace(node, k=k), f"at least {node.k} becomes at least {k}", node.span, _exactly(node.k, k)
        if node.filter is not None:
            told = f"without where {words(node.filter)}"
            yield replace(node, filter=None), told, node.filter.span, _decides(node.filter)
        for i, item in enumerate(node.items) if node.set is None and len(node.items) > node.k else ():
            shown = f"raised where it is one of exactly {node.k}"
            yield replace(node, items=node.items[:i] + node.items[i + 1 :]), f"without {words(item)}", item.span, shown

    def _quantifier(self, node: ast.Quantifier) -> Iterator[Variant]:
        """Another question about the rows, and the rows with one condition less."""
        other: dict[str, Any] = {"exists": "none", "none": "exists", "all": "exists"}
        if node.function in other:
            turned = other[node.function]
            told = f"{words(node)}: {node.function} becomes {turned}"
            yield replace(node, function=turned), told, node.span, "rows of which one fits and another does not"
        for k in (node.k - 1, node.k + 1) if node.function == "at_least" else ():
            if k >= 1:
                yield replace(node, k=k), f"at least {node.k} becomes at least {k}", node.span, _exactly(node.k, k)
        if node.where is not None:
            told = f"without where {words(node.where)}"
            yield replace(node, where=None), told, node.where.span, _decides(node.where)
        if node.that is not None and node.function != "all":
            told = f"without that {words(node.that)}"
            yield replace(node, that=None), told, node.that.span, _decides(node.that)


def _decides(node: ast.Cond) -> str:
    return f"a case that {words(node)} decides, all else being as the rule wants it"


def _exactly(asked: int, instead: int) -> str:
    return f"raised where exactly {asked} hold" if instead > asked else f"quiet where exactly {instead} hold"


def _plain(weight: Fraction) -> str:
    return decimal(float(weight))


def _rounded(value: float) -> str:
    return decimal(float(f"{value:.4g}"))

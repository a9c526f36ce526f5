"""Checking advice against the action catalogue: known action, unit, limit, no contradiction in one rule."""

from __future__ import annotations

from fractions import Fraction

from expert.language import ast
from expert.language.raw import RawAdvice, RawRule
from expert.language.schema import quantity
from expert.language.scope import Scope
from expert.language.units import in_words


def check_advice(raw: RawRule, scope: Scope) -> tuple[ast.AdviceStep, ...]:
    """Steps with amounts in the unit of their action; wrong ones are reported and left out."""
    steps = [s for s in (_step(a, scope) for a in raw.advise) if s is not None]
    for i, step in enumerate(steps):
        for other in steps[:i]:
            if contradict(scope.site.actions[step.action].action, scope.site.actions[other.action].action, scope):
                scope.sink.error(
                    "E0318",
                    f"{step.action} contradicts {other.action} of the same rule",
                    step.span,
                    help="make two rules of it",
                )
    return tuple(steps)


def contradict(a: ast.Action, b: ast.Action, scope: Scope) -> bool:
    """Opposite directions on one lever, or declared to contradict."""
    declared = {t.value for t in scope.site.actions[a.id].contradicts}
    back = {t.value for t in scope.site.actions[b.id].contradicts}
    opposite = bool(a.lever) and a.lever == b.lever and a.direction * b.direction < 0
    return opposite or b.id in declared or a.id in back


def _step(advice: RawAdvice, scope: Scope) -> ast.AdviceStep | None:
    found = scope.site.actions.get(advice.action.value)
    if found is None:
        known = scope.site.actions
        scope.unknown("E0309", "action", advice.action.value, advice.action.span, known, "declare it in actions.yaml")
        return None
    action = found.action
    if advice.amount is None:
        if action.limit is not None:
            scope.sink.error(
                "E0121",
                f"the advice of {action.id} has no amount",
                advice.action.span,
                help=f"add amount: ... {action.unit}".rstrip() + f", at most {action.limit:g}",
            )
            return None
        return ast.AdviceStep(action=action.id, span=advice.action.span)
    written = quantity(advice.amount, scope.sink)
    if written is None:
        return None
    amount = _in_unit(written, action, advice, scope)
    if amount is None:
        return None
    return ast.AdviceStep(action=action.id, amount=float(amount), unit=action.unit, span=advice.action.span)


def _in_unit(written: tuple[Fraction, str], action: ast.Action, advice: RawAdvice, scope: Scope) -> Fraction | None:
    assert advice.amount is not None
    value, unit = written
    span = advice.amount.span
    own, wanted = scope.unit_dimension(unit, span), scope.unit_dimension(action.unit, span)
    if own is None or wanted is None:
        return None
    declared = scope.site.places.get(f"action {action.id}")
    place = f": {declared.file}:{declared.line}" if declared else ""
    if own != wanted:
        note = f"{action.id} counts in {action.unit or 'plain numbers'}{place}"
        help = f"write {advice.amount.value.removesuffix(unit).strip()} {action.unit}".rstrip()
        scope.sink.error("E0207", "unit mismatch", span, label=in_words(own), notes=[note], help=help)
        return None
    amount = value * scope.units.factor(unit) / scope.units.factor(action.unit)
    if amount <= 0:
        help = "the action has its own direction"
        scope.sink.error("E0205", "an amount is larger than zero", span, help=help)
        return None
    if action.limit is not None and amount > Fraction(str(action.limit)):
        scope.sink.error(
            "E0211",
            f"{float(amount):g} {action.unit} is above the limit of {action.id}",
            span,
            notes=[f"its limit is {action.limit:g} {action.unit}{place}"],
            help=f"advise at most {action.limit:g} {action.unit}",
        )
        return None
    return amount

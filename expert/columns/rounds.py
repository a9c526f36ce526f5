"""In which naive round what a rule says came about: the canonical justification needs it.

The kernels run rules in the order of their dependence, which finds the same least fixpoint in fewer steps. Where rules
of a stratum read facts of the same stratum, the rounds are played again here, on what the kernels found for everything
else.
"""

from __future__ import annotations

from collections.abc import Callable

from expert.columns import layout as at
from expert.columns.expand import FactKey, Item
from expert.columns.plan import Plan, PlannedRule
from expert.columns.present import View
from expert.values.interval import ONE, Interval, conj, disj


def reading_rules(plan: Plan) -> dict[int, list[PlannedRule]]:
    """Rules that read facts of their own stratum, by stratum."""
    level_of: dict[FactKey, set[int]] = {
        key: {rule.level for rule in fact.concluded} for key, fact in plan.facts.items()
    }
    out: dict[int, list[PlannedRule]] = {}
    for rule in plan.rules:
        if any(rule.level in level_of[key] for key in _facts_below(rule.when) if key in level_of):
            out.setdefault(rule.level, []).append(rule)
    return out


def _facts_below(item: Item) -> set[FactKey]:
    found: set[FactKey] = set()
    stack = [item]
    seen: set[int] = set()
    while stack:
        x = stack.pop()
        if id(x) not in seen:
            seen.add(id(x))
            found.update(x.facts)
            stack.extend(x.args)
    return found


def rounds_of(plan: Plan, reading: dict[int, list[PlannedRule]], view: View) -> dict[int, int]:
    """Round in which each rule's contribution last grew, by row; rules that are not there: round 0."""
    out: dict[int, int] = {}
    for level, rules in sorted(reading.items()):
        moving = {r.row for r in rules}
        said: dict[FactKey, dict[int, Interval]] = {}
        for key, fact in plan.facts.items():
            own = {r.row: view.interval(r.out.slot) for r in fact.concluded if r.level <= level and r.row not in moving}
            said[key] = own
        first: dict[FactKey, dict[int, Interval]] = {
            key: {row: x for row, x in own.items() if plan.rules[row].level < level} for key, own in said.items()
        }
        _play(plan, rules, view, first, said, out)
    return out


def _play(
    plan: Plan,
    rules: list[PlannedRule],
    view: View,
    before: dict[FactKey, dict[int, Interval]],
    others: dict[FactKey, dict[int, Interval]],
    out: dict[int, int],
) -> None:
    """Naive rounds of one stratum; ``before``: contributions of lower strata; ``others``: with those that do not
    move."""
    facts = {key: dict(own) for key, own in before.items()}
    last: dict[int, Interval] = {}
    number = 0
    while True:
        memo: dict[int, Interval] = {}

        def certainty(key: FactKey, facts: dict[FactKey, dict[int, Interval]] = facts) -> Interval:
            return disj(facts.get(key, {}).values())

        now = {r.row: _said(r, view, certainty, memo) for r in rules}
        changed = False
        for row, x in now.items():
            if last.get(row) != x:
                last[row], out[row], changed = x, number, True
        if number == 0:
            facts = {key: dict(own) for key, own in others.items()}
        for r in rules:
            conclusion = r.ground.rule.conclude
            if conclusion is not None and not conclusion.refutes:
                facts.setdefault((conclusion.type, r.args), {})[r.row] = last[r.row]
        if number > 0 and not changed:
            return
        number += 1


def _said(
    rule: PlannedRule, view: View, certainty: Callable[[FactKey], Interval], memo: dict[int, Interval]
) -> Interval:
    return _value(rule.when, view, certainty, memo).attenuate(rule.ground.rule.strength)


def _value(item: Item, view: View, certainty: Callable[[FactKey], Interval], memo: dict[int, Interval]) -> Interval:
    """A condition as of a round: facts as they were, all else as it is."""
    found = memo.get(id(item))
    if found is not None:
        return found
    if item.op == at.OP_FACT and item.facts:
        x = disj(certainty(key) for key in item.facts)
        if item.params[0] > 0:
            x = x | Interval(0, ONE)
    elif item.op in (at.OP_ALL, at.OP_ANY):
        each = [_value(y, view, certainty, memo) for y in item.args]
        x = conj(each) if item.op == at.OP_ALL else disj(each)
    elif item.op == at.OP_CERTAINTY:
        op = ("<", "<=", ">", ">=", "==")[item.params[0]]
        x = _value(item.args[0], view, certainty, memo).compared(op, item.params[1])
    else:
        x = view.interval(item.slot)
    memo[id(item)] = x
    return x

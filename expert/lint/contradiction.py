"""Rules that cannot both be right: whenever one holds, another says the contrary."""

from __future__ import annotations

from collections.abc import Mapping

from expert.language import ast
from expert.language.diagnostics import Sink
from expert.values.interval import ONE
from expert.workshop.diff.conditions import implies


def find_contradictions(program: ast.Program, sink: Sink) -> None:
    """Report rules whose condition implies that of a rule with an opposite conclusion or an opposite advice.

    Opposite are a fact and its refuter, two values of which only one can be, and two actions that undo each other.
    """
    rules = list(program.rules.values())
    for i, first in enumerate(rules):
        for second in rules[:i]:
            why = _opposite(first, second, program)
            if not why or not _same_things(first, second):
                continue
            for narrow, wide in ((first, second), (second, first)):
                if not _refutes(narrow) and _always_with(narrow, wide):  # a refuter may well single out a case
                    _report(narrow, wide, why, sink)
                    break


def _opposite(a: ast.Rule, b: ast.Rule, program: ast.Program) -> str:
    """Why both conclusions cannot be right; '' when they can."""
    if a.conclude is not None and b.conclude is not None and a.conclude.type == b.conclude.type:
        args, others = dict(a.conclude.args), dict(b.conclude.args)
        agree = all(others.get(k, v) == v for k, v in args.items())
        if a.conclude.refutes != b.conclude.refutes:
            return f"the other refutes {a.conclude.type}" if agree else ""
        declared = program.facts[a.conclude.type]
        if not a.conclude.refutes and declared.order == "exclusive" and declared.value_field is not None:
            return _other_value(args, others, declared.value_field)
    return _undone(a, b, program.site)


def _other_value(args: Mapping[str, str], others: Mapping[str, str], field: str) -> str:
    one, two = args.get(field, ""), others.get(field, "")
    plain = one and two and not one.startswith("$") and not two.startswith("$")
    rest = {k: v for k, v in args.items() if k != field} == {k: v for k, v in others.items() if k != field}
    return f"only one of {field} {two} and {one} can be" if plain and one != two and rest else ""


def _undone(a: ast.Rule, b: ast.Rule, site: ast.Site) -> str:
    """Two actions on one lever in opposite directions, or two that the catalogue calls contradicting."""
    for mine in a.advise:
        for theirs in b.advise:
            one, two = site.actions[mine.action], site.actions[theirs.action]
            against = one.lever == two.lever and one.direction * two.direction < 0
            if against or two.id in one.contradicts or one.id in two.contradicts:
                return f"{one.id} and {two.id} undo each other"
    return ""


def _refutes(rule: ast.Rule) -> bool:
    return rule.conclude is not None and rule.conclude.refutes


def _same_things(a: ast.Rule, b: ast.Rule) -> bool:
    return (a.for_each, a.match) == (b.for_each, b.match)


def _always_with(narrow: ast.Rule, wide: ast.Rule) -> bool:
    """True when the wide rule says its part whenever the narrow one does, and as surely."""
    return (
        implies(narrow.when, wide.when)
        and wide.hold <= narrow.hold
        and wide.strength == ONE
        and wide.threshold <= narrow.threshold
    )


def _report(narrow: ast.Rule, wide: ast.Rule, why: str, sink: Sink) -> None:
    note = f"{wide.id}: {wide.span.file}:{wide.span.line}"
    message = f"whenever it holds, {wide.id} says the contrary"
    sink.error("L111", message, narrow.span, notes=[why, note], help="say in one of them when the other does not hold")

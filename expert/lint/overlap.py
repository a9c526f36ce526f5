"""Rules that say the same as another, and rules that a wider one makes superfluous."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable

from expert.engine.nodes import walk
from expert.language import ast
from expert.language.diagnostics import Sink
from expert.workshop.diff.conditions import implies


def find_overlaps(program: ast.Program, sink: Sink) -> None:
    """Report duplicates, and rules whose condition holds only when a wider rule's does, with the same conclusion."""
    latched = {
        n.rule for r in program.rules.values() for n in walk(r.when) if isinstance(n, ast.Raised)
    }  # somebody asks for the state of this very rule
    groups: dict[Hashable, list[ast.Rule]] = defaultdict(list)
    for rule in program.rules.values():
        if (rule.conclude is not None or rule.advise) and rule.kind != "alarm" and rule.id not in latched:
            groups[(rule.conclude, rule.advise, rule.kind, rule.for_each, rule.match)].append(rule)
    told: set[str] = set()  # one wider rule is reason enough
    for rules in groups.values():
        for i, rule in enumerate(rules):
            for other in rules[:i]:
                _compare(other, rule, told, sink)


def _compare(first: ast.Rule, second: ast.Rule, told: set[str], sink: Sink) -> None:
    narrower = implies(first.when, second.when)
    wider = implies(second.when, first.when)
    if narrower and wider:
        if _machine(first) == _machine(second):
            _report("L104", second, first, f"says the same as {first.id}", "keep one of them", sink)
        return
    for narrow, wide, inside in ((first, second, narrower), (second, first, wider)):
        if inside and narrow.id not in told and _weaker(narrow, wide):
            told.add(narrow.id)
            message = f"adds nothing to {wide.id}, which asks for less and concludes the same"
            _report("L105", narrow, wide, message, "leave it out, or say what it knows more", sink)


def _machine(rule: ast.Rule) -> tuple[int, ...]:
    """What makes two rules with one condition differ: how sure, for how long, from when on."""
    return rule.strength, rule.hold, rule.threshold, rule.clear_below, rule.clear_for, rule.max_hold


def _weaker(narrow: ast.Rule, wide: ast.Rule) -> bool:
    """True when the narrow rule can never be surer, earlier or graver than the wide one."""
    return (
        narrow.strength <= wide.strength
        and narrow.hold >= wide.hold
        and narrow.threshold >= wide.threshold
        and narrow.clear_below >= wide.clear_below
        and narrow.clear_for <= wide.clear_for
        and narrow.severity <= wide.severity
    )


def _report(code: str, rule: ast.Rule, other: ast.Rule, message: str, help: str, sink: Sink) -> None:
    note = f"{other.id}: {other.span.file}:{other.span.line}"
    sink.error(code, message, rule.span, notes=[note], help=help)

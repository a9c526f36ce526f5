"""Which rules of a program belong to the joins: those over rows, and whatever depends on them."""

from __future__ import annotations

from collections.abc import Iterable

from expert.compile.closure import closed_over
from expert.joins.shape import NotJoinable
from expert.language.ast import Program


def owned_rules(program: Program) -> frozenset[str]:
    """Ids of the rules over rows, see `over_rows`.

    Raises
    ------
    NotJoinable
        When one of them is in shadow, or its conclusion adds up evidence: both stand apart from what is read here.
    """
    owned = over_rows(program)
    _refuse(program, owned)
    return owned


def over_rows(program: Program) -> frozenset[str]:
    """Ids of the rules that match rows or read, conclude or refute what such rules conclude.

    Also of those that the former read within one stratum, whose rounds would be missing otherwise. What is left depends
    on no row, so it can be evaluated first, as a whole.
    """
    return closed_over(program, (name for name, rule in program.rules.items() if rule.match), types_over_rows(program))


def _refuse(program: Program, owned: Iterable[str]) -> None:
    for rule in (program.rules[name] for name in sorted(owned)):
        if rule.status == "shadow":
            raise NotJoinable(f"rule {rule.id}: in shadow")
        if rule.conclude is not None and program.facts[rule.conclude.type].evidence is not None:
            raise NotJoinable(f"rule {rule.id}: evidence for {rule.conclude.type} adds up")


def types_over_rows(program: Program) -> frozenset[str]:
    """Fact types about rows, whoever concludes them."""
    return frozenset(
        name
        for name, declared in program.facts.items()
        if any(len(values) == 1 and values[0].startswith("#") for values in declared.fields.values())
    )

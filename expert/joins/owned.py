"""Which rules of a program belong to the joins: those over rows, and whatever depends on them."""

from __future__ import annotations

from collections.abc import Iterable

from expert.compile.reads import rule_reads
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


def closed_over(program: Program, some: Iterable[str], types: frozenset[str] = frozenset()) -> frozenset[str]:
    """Ids of these rules and of all that read, conclude or refute what they conclude, or facts of further ``types``.

    A rule that one of them reads within its own stratum comes along, too.
    """
    reads = {name: list(rule_reads(rule, program.site)) for name, rule in program.rules.items()}
    level = {g.rule.id: i for i, layer in enumerate(program.strata) for g in layer}
    found = set(some)
    while True:
        made = types | {c.type for name in found if (c := program.rules[name].conclude) is not None}
        near = {(r.name, level.get(name)) for name in found for r in reads[name] if not r.state}
        more = {
            name
            for name, rule in program.rules.items()
            if (rule.conclude is not None and rule.conclude.type in made)
            or any((r.name in found) if r.state else (r.name in made) for r in reads[name])
            or (rule.conclude is not None and (rule.conclude.type, level.get(name)) in near)
        }
        if more <= found:
            return frozenset(found)
        found |= more


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

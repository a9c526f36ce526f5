"""Rules that stand or fall together: some, and whatever depends on them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from expert.compile.reads import Read, readers
from expert.language.ast import Program


def closed_over(
    program: Program,
    some: Iterable[str],
    types: frozenset[str] = frozenset(),
    reads: Mapping[str, Sequence[Read]] | None = None,
    rounds: bool = True,
) -> frozenset[str]:
    """Ids of these rules and of all that read, conclude or refute what they conclude, or facts of further ``types``.

    Parameters
    ----------
    reads : mapping, optional
        Rule id -> what counts as read by it; default: what its condition reads in the same scan.
    rounds : bool
        A rule that one of them reads within its own stratum comes along, too: the round of a derivation counts from
        the first round of all of them.
    """
    reads = readers(program.rules, program.site) if reads is None else reads
    level = {g.rule.id: i for i, layer in enumerate(program.strata) for g in layer}
    found = set(some)
    while True:
        made = types | {c.type for name in found if (c := program.rules[name].conclude) is not None}
        near = {(r.name, level.get(name)) for name in found for r in reads[name] if rounds and not r.state}
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

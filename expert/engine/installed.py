"""What a site has: its variables one by one, and the facts it cannot conclude for want of variables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from expert.engine.facts import Args
from expert.engine.nodes import conclusion_args
from expert.language.ast import GroundRule, Program, Site
from expert.values.types import Variable


def readable(ground: GroundRule) -> bool:
    """Whether what a rule concludes counts for others: it is neither off nor in shadow."""
    return not ground.off and ground.rule.status == "live"


def off_facts(program: Program) -> tuple[tuple[str, Args], ...]:
    """Type and arguments of the facts whose rules are all off, in canonical order; readers see them as unknown.

    A rule over rows concludes facts that are not known beforehand, so it counts as one for any fact of its type, and
    its own facts are left out.
    """
    off: set[tuple[str, Args]] = set()
    live: set[tuple[str, Args]] = set()
    any_row: set[str] = set()
    for ground in (g for layer in program.strata for g in layer):
        conclusion = ground.rule.conclude
        if conclusion is None or conclusion.refutes:
            continue
        if _over_rows(ground):
            if readable(ground):
                any_row.add(conclusion.type)
            continue
        fact = (conclusion.type, conclusion_args(ground.rule, dict(ground.bindings)))
        (live if readable(ground) else off).add(fact)
    return tuple(sorted(f for f in off - live if f[0] not in any_row))


def _over_rows(ground: GroundRule) -> bool:
    rows = {f"${m.binding}" for m in ground.rule.match}
    return ground.rule.conclude is not None and any(v in rows for _, v in ground.rule.conclude.args)


def ground_variables(site: Site) -> Iterator[Variable]:
    """Every variable of a site by its ground name, in canonical order."""
    for id_ in sorted(site.variables):
        variable = site.variables[id_]
        if variable.of is None:
            yield variable
            continue
        _, _, attribute = id_.partition(".")
        for member in site.sets[variable.of]:
            yield replace(variable, id=f"{variable.of}[{member}].{attribute}", of=None)

"""The names of a site, for schemas that offer them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from expert.engine.installed import ground_variables
from expert.language import ast
from expert.language.printer import decimal
from expert.language.schema import NAME
from expert.values.types import Variable
from expert.workshop.editor.shapes import NAMED, Schema, one_of


@dataclass(frozen=True, slots=True)
class Names:
    """Schemas of single names, patterns of texts that begin with one, and names with a few words; None: any."""

    action: Schema
    set: Schema
    relation: Schema
    for_each: str
    match: str
    variables: dict[str, str] | None
    relations: dict[str, str] | None
    models: dict[str, str] | None


def names_of(site: ast.Site | None) -> Names:
    """What a site has; anything of the right form where no site is given."""
    binding = f"^{NAME.pattern} in "
    if site is None:
        return Names(
            NAMED, NAMED, NAMED, f"{binding}{NAME.pattern}$", f"^{NAME.pattern}( where .*)?$", None, None, None
        )
    relations = {r.name: r.title.get("en", "") for r in site.relations.values()}
    return Names(
        action=one_of(sorted(site.actions)),
        set=one_of(sorted(site.sets)),
        relation=one_of(sorted(relations)),
        for_each=f"{binding}({_either(site.sets)})$",
        match=f"^({_either(relations)})( where .*)?$",
        variables={v.id: _words(v) for v in [*site.variables.values(), *ground_variables(site)]},
        relations=relations,
        models={m.id: m.title.get("en", "") for m in site.models.values()},
    )


def _either(names: Iterable[str]) -> str:
    return "|".join(re.escape(n) for n in sorted(names))


def _words(variable: Variable) -> str:
    """Title, unit and normal range."""
    unit = f" [{variable.unit}]" if variable.unit != "1" else ""
    low_high = variable.normal
    normal = f", normally {decimal(low_high[0])} to {decimal(low_high[1])}" if low_high is not None else ""
    return f"{variable.title.get('en', variable.id)}{unit}{normal}"

"""Grounding: one rule per member of its sets, and how much of it this site can see."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from expert.language import ast
from expert.language.members import members_of
from expert.language.nodes import ground_name
from expert.values.features import FEATURES
from expert.values.pairs import PAIRS

ONE, NOTHING = Fraction(1), Fraction(0)


@dataclass(frozen=True, slots=True)
class Installed:
    """What the site's map has. ``names``: ground variable names, None: everything is installed."""

    site: ast.Site
    facts: Mapping[str, ast.FactType]
    names: frozenset[str] | None

    def has(self, ref: ast.Ref, env: Mapping[str, str]) -> bool:
        """True when the ground variable of a reference is in the map."""
        return self.names is None or ground_name(ref, env) in self.names

    def family(self, variable: str) -> bool:
        """True when a variable (or any member's) is in the map."""
        if self.names is None:
            return True
        of = self.site.variables[variable].of
        if of is None:
            return variable in self.names
        rest = variable.split(".", 1)[1]
        return any(f"{of}[{m}].{rest}" in self.names for m in self.site.sets[of])


def ground_rules(
    site: ast.Site, facts: Mapping[str, ast.FactType], rules: Mapping[str, ast.Rule], names: frozenset[str] | None
) -> list[ast.GroundRule]:
    """Every rule with every combination of members, ordered by rule id and bindings.

    A condition whose variable was never installed is removed: it keeps no weight. Coverage is the weight kept, siblings
    without weights counting equal; below the site's minimum the rule is off.
    """
    installed = Installed(site, facts, names)
    out = []
    for _, rule in sorted(rules.items()):
        choices = [[(b, m) for m in site.sets[s]] for b, s in rule.for_each]
        for combination in itertools.product(*choices):
            kept = coverage(rule.when, dict(combination), installed)
            off = kept < site.min_rule_coverage or kept == 0 or rule.status == "quarantine"
            out.append(ast.GroundRule(rule=rule, bindings=tuple(combination), coverage=kept, off=off))
    return out


def coverage(node: ast.Cond, env: Mapping[str, str], installed: Installed) -> Fraction:
    """Share of a condition's weight that the site can see; 0: the condition is removed."""
    if isinstance(node, (ast.All, ast.Any)):
        return _equal([coverage(i, env, installed) for i in node.items])
    if isinstance(node, ast.Not):
        return coverage(node.item, env, installed)
    if isinstance(node, ast.Score):
        total = sum((w for w, _ in node.terms), NOTHING)
        return sum((w * coverage(c, env, installed) for w, c in node.terms), NOTHING) / total
    if isinstance(node, ast.AtLeast):
        return _counted(node, env, installed)
    if isinstance(node, ast.Quantifier):
        return min(coverage(c, env, installed) if c is not None else ONE for c in (node.where, node.that))
    if isinstance(node, ast.ModelProbability):
        return ONE if installed.family(installed.site.models[node.model].target) else NOTHING
    if isinstance(node, ast.Bad):
        return ONE if installed.has(node.ref, env) else NOTHING
    if isinstance(node, ast.Compare):
        return min(seen(node.left, env, installed), seen(node.right, env, installed))
    if isinstance(node, ast.Graded):
        return seen(node.arg, env, installed)
    if isinstance(node, (ast.FactRef, ast.Certainty)):
        fact = node if isinstance(node, ast.FactRef) else node.fact
        return NOTHING if installed.facts[fact.type].never_heard else ONE
    return ONE


def _equal(parts: list[Fraction]) -> Fraction:
    return sum(parts, NOTHING) / len(parts)


def _counted(node: ast.AtLeast, env: Mapping[str, str], installed: Installed) -> Fraction:
    if node.set is None or node.binding is None:
        parts = [coverage(i, env, installed) for i in node.items]
    else:
        members = members_of(installed.site, node, env)
        parts = [coverage(node.items[0], {**env, node.binding: m}, installed) for m in members]
    if sum(1 for p in parts if p) < node.k:
        return NOTHING  # too few are left to reach the count
    return _equal(parts)


def seen(node: ast.Expr, env: Mapping[str, str], installed: Installed) -> Fraction:
    """Share of a number's inputs that are installed: 0 when one is missing, a set counts its members."""
    if isinstance(node, ast.Ref):
        return ONE if installed.has(node, env) else NOTHING
    if isinstance(node, (ast.Window, ast.Feature, ast.ZScore)) and _too_short(node, installed.site):
        return NOTHING
    if isinstance(node, ast.PairFeature):
        parts = [seen(node.ref, env, installed), seen(node.other, env, installed)]
        return NOTHING if _no_pairs(node, installed.site) else min(parts)
    if isinstance(node, ast.OF_ONE_VARIABLE):
        return seen(node.ref, env, installed)
    if isinstance(node, ast.Lag):
        return seen(node.arg, env, installed)
    if isinstance(node, ast.Arithmetic):
        return min(seen(a, env, installed) for a in node.args)
    if isinstance(node, ast.SetAggregate):
        return _equal([seen(node.arg, {**env, node.binding: m}, installed) for m in installed.site.sets[node.set]])
    if isinstance(node, ast.RowAggregate):
        own = ONE if node.arg is None else seen(node.arg, env, installed)
        return own if node.where is None else min(own, coverage(node.where, env, installed))
    if isinstance(node, ast.FactValue):
        return NOTHING if installed.facts[node.fact.type].never_heard else ONE
    return ONE


def _no_pairs(node: ast.PairFeature, site: ast.Site) -> bool:
    """This plant samples the two apart, or too slowly for what is asked of them."""
    period, other = (site.variables[ref.variable].period for ref in (node.ref, node.other))
    settings = tuple(s.value for s in node.settings)
    return period != other or bool(PAIRS[node.function].unfit(period, node.duration, settings))


def _too_short(node: ast.Window | ast.Feature | ast.ZScore, site: ast.Site) -> bool:
    """This plant samples too slowly for the window, or for what is asked of it."""
    period = site.variables[node.ref.variable].period
    if node.duration < period:
        return True
    if not isinstance(node, ast.Feature):
        return False
    settings = tuple(s.value for s in node.settings)
    return bool(FEATURES[node.function].unfit(period, node.duration, settings))

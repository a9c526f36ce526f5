"""The smallest changes of a rule's atoms that would raise it, or take it away."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

from expert.engine.nodes import Env
from expert.explain import phrases as p
from expert.explain.evidence import Builder
from expert.explain.recorded import environment, leaves, recompute
from expert.language import ast
from expert.texts import say
from expert.values.interval import FALSE, ONE, TRUE, Interval

MAX_ATOMS = 16
"""Pairs are tried for rules with up to this many atoms."""

Atom = tuple[ast.Cond, Env]


@dataclass(frozen=True, slots=True)
class Change:
    """Atoms that would have to change together, in words."""

    words: tuple[str, ...]


def smallest(builder: Builder, rule: ast.Rule, bindings: tuple[tuple[str, str], ...], raise_it: bool) -> list[Change]:
    """Smallest sets (one or two atoms) that would bring the rule to its threshold, or below its clear limit.

    The other atoms keep their recorded certainties; what `for` still needs is not part of it.
    """
    program, r = builder.program, builder.r
    env = environment(rule, bindings)
    atoms = _distinct(builder, [(n, dict(e)) for n, e in leaves(rule.when, env, program)])

    def enough(turned: dict[str, Interval]) -> bool:
        def leaf(node: ast.Cond, e: Env) -> Interval | None:
            return turned.get(r.table.key(node, e), r.cond(node, e))

        x = recompute(rule.when, env, program, leaf)
        if x is None:
            return False
        x = x.attenuate(rule.strength)
        return x.s >= rule.threshold if raise_it else x.p < rule.clear_below

    useful: list[tuple[Atom, dict[str, Interval]]] = []
    for atom in atoms:
        current = r.cond(*atom)
        for best in (TRUE, FALSE):
            if current is not None and current != best:
                useful.append((atom, {r.table.key(*atom): best}))
    single = [x for x in useful if enough(x[1])]
    found = [(x,) for x in single]
    if not found and len(atoms) <= MAX_ATOMS:
        found = [pair for pair in combinations(useful, 2) if enough({**pair[0][1], **pair[1][1]})]  # type: ignore[misc]
    return [Change(tuple(words(builder, a, next(iter(t.values()))) for a, t in group)) for group in found[:4]]


def _distinct(builder: Builder, atoms: list[Atom]) -> list[Atom]:
    seen: dict[str, Atom] = {}
    for atom in atoms:
        seen.setdefault(builder.r.table.key(*atom), atom)
    return list(seen.values())


def words(builder: Builder, atom: Atom, wanted: Interval) -> str:
    """What has to become of an atom, with the distance in engineering units."""
    node, env = atom
    lang = builder.lang
    text = builder.words(node, env)
    target = limit_text(builder, node, wanted.s == ONE)
    unknown = bool(builder.r.reason(node, env))
    if unknown and target:
        return say(lang, "back_with", what=text, limit=target)
    if unknown:
        return say(lang, "back", what=text)
    if isinstance(node, ast.Compare | ast.Graded):
        gap = distance(builder, node, env, wanted.s == ONE)
        return say(lang, "becomes", what=text, limit=f"{target} ({gap})" if gap else target)
    if isinstance(node, ast.Certainty | ast.ModelProbability) and target:
        return say(lang, "becomes", what=text, limit=target)
    return text if wanted.s == ONE else say(lang, "not", text=text)


OPPOSITE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "=="}


def limit_text(builder: Builder, node: ast.Cond, hold: bool) -> str:
    """The limit of an atom as it has to be met (or no longer met)."""
    if isinstance(node, ast.Compare):
        unit = builder.unit(node.left, node.right)
        op = node.op if hold else OPPOSITE[node.op]
        return (
            f"{op} {p.show(builder.program, node.right.value, unit, None)}"
            if isinstance(node.right, ast.Number)
            else op
        )
    if isinstance(node, ast.Graded):
        unit = builder.unit(node.arg, node.one)
        upward = node.one.value > node.zero.value
        end = node.one if hold else node.zero
        op = (">=" if upward else "<=") if hold else ("<=" if upward else ">=")
        return f"{op} {p.show(builder.program, end.value, unit, None)}"
    if isinstance(node, ast.Certainty):
        return f"{node.op if hold else OPPOSITE[node.op]} {p.percent(node.limit)}"
    if isinstance(node, ast.ModelProbability) and node.at_least is not None:
        return f"{'>=' if hold else '<'} {p.percent(node.at_least)}"
    return ""


def distance(builder: Builder, node: ast.Compare | ast.Graded, env: Env, hold: bool) -> str:
    """How far the value is from where it would have to be, signed, e.g. ``+8 degC``; '' when unknown."""
    if isinstance(node, ast.Compare):
        arg, goal = node.left, builder.r.num(node.right, env).v
        unit = builder.unit(node.left, node.right)
    else:
        arg, goal = node.arg, node.one.value if hold else node.zero.value
        unit = builder.unit(node.arg, node.one)
    value = builder.r.num(arg, env).v
    if value is None or goal is None:
        return ""
    gap = goal - value
    decimals = p.decimals_of(builder.program, arg, unit)
    text = p.show(builder.program, gap, unit, decimals)
    return text if text.startswith("-") else f"+{text}"

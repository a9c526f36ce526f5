"""Differences of two conditions in words, each with what it does to how often the condition holds."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Literal

from expert.language import ast
from expert.language.durations import format_duration
from expert.language.printer import decimal, print_number
from expert.values.interval import ONE
from expert.workshop.diff.change import Effect, Step
from expert.workshop.meaning import bare, parts, said, words

TURNED: dict[Effect, Effect] = {"more": "less", "less": "more", "otherwise": "otherwise"}
FLIPPED: dict[str, Literal["<", "<=", ">", ">=", "==", "!="]] = {
    "<": ">",
    "<=": ">=",
    ">": "<",
    ">=": "<=",
    "==": "==",
    "!=": "!=",
}
UP, DOWN = (">", ">="), ("<", "<=")


def condition_steps(old: ast.Cond, new: ast.Cond) -> list[Step]:
    """All differences; [] when both mean the same, however they are written.

    >>> a = ast.Compare(op=">", left=ast.Ref(variable="a.b"), right=ast.Number(value=1.0))
    >>> condition_steps(a, ast.Compare(op=">", left=ast.Ref(variable="a.b"), right=ast.Number(value=2.0)))
    [Step(words='limit of a.b: 1 -> 2', effect='less', sure=True)]
    """
    if bare(old) == bare(new):
        return []
    for kind in (ast.All, ast.Any):
        if isinstance(old, kind) or isinstance(new, kind):
            return _lists(old, new, kind)
    if isinstance(old, ast.Not) and isinstance(new, ast.Not):
        return _turned(condition_steps(old.item, new.item))
    if type(old) is type(new) and _subject(old) == _subject(new):
        known = _BY_TYPE.get(type(old))
        return known(old, new) if known is not None else [_replaced(old, new)]
    return [_replaced(old, new)]


def implies(narrow: ast.Cond, wide: ast.Cond) -> bool:
    """True when the first condition never holds more than the second one, whatever the data.

    >>> a, b = ast.FactRef(type="a"), ast.FactRef(type="b")
    >>> implies(ast.All(items=(a, b)), a), implies(a, ast.All(items=(a, b)))
    (True, False)
    """
    return all(s.effect == "less" and s.sure for s in condition_steps(wide, narrow))


def _turned(steps: Sequence[Step]) -> list[Step]:
    """Within a ``not``."""
    return [Step(f"under not: {s.words}", TURNED[s.effect], s.sure) for s in steps]


def _replaced(old: ast.Node, new: ast.Node) -> Step:
    before, after = words(old), words(new)
    if before == after:
        return Step(f"something else within {before}", "otherwise")
    return Step(f"{before} -> {after}", "otherwise")


# ---------------------------------------------------------------- lists


def _lists(old: ast.Cond, new: ast.Cond, kind: type[ast.All] | type[ast.Any]) -> list[Step]:
    gone, come, pairs = _paired(parts(old, kind), parts(new, kind))
    more = kind is ast.All
    steps = [s for a, b in pairs for s in condition_steps(a, b)]
    steps += _opened(gone, come, kind)
    steps += [Step(f"no longer: {words(x)}", _effect(more)) for x in gone]
    steps += [Step(f"also: {words(x)}" if more else f"or: {words(x)}", _effect(not more)) for x in come]
    return steps


def _opened(gone: list[ast.Cond], come: list[ast.Cond], kind: type[ast.All] | type[ast.Any]) -> list[Step]:
    """``any`` of some that became ``all`` of them, or the other way round; those are taken out of both lists."""
    other = ast.Any if kind is ast.All else ast.All
    steps = []
    for here, there, closing in ((gone, come, other is ast.Any), (come, gone, other is ast.All)):
        for group in [x for x in here if isinstance(x, other)]:
            single = [next((y for y in there if bare(y) == bare(p)), None) for p in parts(group, other)]
            if None in single:
                continue
            here.remove(group)
            for y in single:
                there.remove(y)  # type: ignore[arg-type]
            words_ = "all of them instead of any" if closing else "any of them instead of all"
            steps.append(Step(f"{words_}: {words(group)}", _effect(not closing)))
    return steps


def _effect(more: bool) -> Effect:
    return "more" if more else "less"


def _paired(
    before: Sequence[ast.Cond], after: Sequence[ast.Cond]
) -> tuple[list[ast.Cond], list[ast.Cond], list[tuple[ast.Cond, ast.Cond]]]:
    """What is gone, what has come, and what goes together because it is about the same; equal ones are left out."""
    left, right = list(before), list(after)
    for x in before:
        twin = next((y for y in right if bare(y) == bare(x)), None)
        if twin is not None:
            left.remove(x)
            right.remove(twin)
    pairs = []
    for x in list(left):
        twin = next((y for y in right if type(y) is type(x) and _subject(y) == _subject(x)), None)
        if twin is not None:
            pairs.append((x, twin))
            left.remove(x)
            right.remove(twin)
    return left, right, pairs


def _subject(node: ast.Cond) -> Hashable:
    """What a condition is about: two with one subject are versions of each other."""
    if isinstance(node, ast.Compare):
        return bare(upright(node).left)
    if isinstance(node, ast.Graded):
        return bare(node.arg)
    if isinstance(node, ast.Certainty):
        return node.fact.type, node.fact.args
    if isinstance(node, ast.FactRef):
        return node.type
    if isinstance(node, ast.ModelProbability):
        return node.model, node.op, node.ahead
    if isinstance(node, ast.Not):
        return _subject(node.item)
    if isinstance(node, ast.AtLeast):
        return node.set
    if isinstance(node, ast.Quantifier):
        return node.function, node.relation
    return type(node).__name__


# ---------------------------------------------------------------- single conditions


def upright(node: ast.Compare) -> ast.Compare:
    """With a number alone on the right side."""
    if isinstance(node.left, ast.Number) and not isinstance(node.right, ast.Number):
        return ast.Compare(op=FLIPPED[node.op], left=node.right, right=node.left)
    return node


def _compared(old: ast.Compare, new: ast.Compare) -> list[Step]:
    a, b = upright(old), upright(new)
    if not isinstance(a.right, ast.Number) or not isinstance(b.right, ast.Number):
        return [_replaced(old, new)]
    return _limits(_number(a.left), (a.op, a.right.value, _number(a.right)), (b.op, b.right.value, _number(b.right)))


def _limits(what: str, old: tuple[str, float, str], new: tuple[str, float, str]) -> list[Step]:
    """Two comparisons of one quantity: (operator, limit, limit in words)."""
    up = old[0] in UP and new[0] in UP
    if not up and not (old[0] in DOWN and new[0] in DOWN):
        return [Step(f"{what} {old[0]} {old[2]} -> {new[0]} {new[2]}", "otherwise")]
    steps = []
    if old[1] != new[1]:
        steps.append(Step(f"limit of {what}: {old[2]} -> {new[2]}", _effect((new[1] < old[1]) == up)))
    if old[0] != new[0]:
        steps.append(Step(f"{what}: {old[0]} -> {new[0]}", _effect(new[0].endswith("="))))
    return steps


def _number(node: ast.Expr) -> str:
    try:
        return said(node) or print_number(node)
    except (TypeError, KeyError, AttributeError):
        return type(node).__name__.lower()


def _graded(old: ast.Graded, new: ast.Graded) -> list[Step]:
    ends = [(g.zero.value, g.one.value) for g in (old, new)]
    rises = [one > zero for zero, one in ends]
    effect: Effect = "otherwise"
    if rises[0] == rises[1]:
        lower = [b <= a for a, b in zip(*ends, strict=True)]
        higher = [b >= a for a, b in zip(*ends, strict=True)]
        if all(lower) or all(higher):
            effect = _effect(all(lower) == rises[0])
    return [Step(f"{_number(old.arg)}: {_span(old)} -> {_span(new)}", effect)]


def _span(node: ast.Graded) -> str:
    if node.term:
        return f"is {node.term}"
    word = "rises" if node.one.value > node.zero.value else "falls"
    return f"{word} {_number(node.zero)} to {_number(node.one)}"


def _certain(old: ast.Certainty, new: ast.Certainty) -> list[Step]:
    return _limits(
        f"certainty of {words(old.fact)}",
        (old.op, old.limit, decimal(old.limit / ONE)),
        (new.op, new.limit, decimal(new.limit / ONE)),
    )


def _fact(old: ast.FactRef, new: ast.FactRef) -> list[Step]:
    before, after = set(old.args), set(new.args)
    effect: Effect = "more" if after < before else "less" if before < after else "otherwise"
    return [Step(f"{words(old)} -> {words(new)}", effect)]


def _model(old: ast.ModelProbability, new: ast.ModelProbability) -> list[Step]:
    what = f"model({old.model}).{old.op}"
    steps = []
    if old.limit.value != new.limit.value:
        wider = (new.limit.value > old.limit.value) == (old.op == "below")
        steps.append(Step(f"limit of {what}: {_number(old.limit)} -> {_number(new.limit)}", _effect(wider), sure=False))
    if old.at_least != new.at_least:
        before, after = (decimal(x / ONE) if x is not None else "graded" for x in (old.at_least, new.at_least))
        known = old.at_least is not None and new.at_least is not None
        effect = _effect(new.at_least < old.at_least) if known else "otherwise"  # type: ignore[operator]
        steps.append(Step(f"certainty asked of {what}: {before} -> {after}", effect))
    return steps


def _score(old: ast.Score, new: ast.Score) -> list[Step]:
    steps = []
    if old.at_least != new.at_least:
        before, after = (decimal(x / ONE) if x is not None else "graded" for x in (old.at_least, new.at_least))
        known = old.at_least is not None and new.at_least is not None
        effect = _effect(new.at_least < old.at_least) if known else "otherwise"  # type: ignore[operator]
        steps.append(Step(f"score at least: {before} -> {after}", effect))
    weights = [{bare(c): w for w, c in s.terms} for s in (old, new)]
    gone, come, pairs = _paired([c for _, c in old.terms], [c for _, c in new.terms])
    for condition, weight in weights[0].items():
        other = weights[1].get(condition)
        if other is not None and other != weight:
            steps.append(Step(f"weight of {words(condition)}: {_plain(weight)} -> {_plain(other)}", "otherwise"))
    steps += [s for a, b in pairs for s in condition_steps(a, b)]
    for a, b in pairs:
        one, two = weights[0][bare(a)], weights[1][bare(b)]
        if one != two:
            steps.append(Step(f"weight of {words(b)}: {_plain(one)} -> {_plain(two)}", "otherwise"))
    steps += [Step(f"no longer evidence: {words(x)}", "otherwise") for x in gone]
    return steps + [Step(f"also evidence: {words(x)}", "otherwise") for x in come]


def _plain(weight: object) -> str:
    return decimal(float(weight))  # type: ignore[arg-type]


def _at_least(old: ast.AtLeast, new: ast.AtLeast) -> list[Step]:
    steps = []
    if old.k != new.k:
        steps.append(Step(f"at least {old.k} -> at least {new.k}", _effect(new.k < old.k)))
    gone, come, pairs = _paired(old.items, new.items)
    if old.set is not None and gone and come:
        pairs, gone, come = [*pairs, (gone[0], come[0])], gone[1:], come[1:]
    steps += [s for a, b in pairs for s in condition_steps(a, b)]
    steps += _optional("counted", old.filter, new.filter)
    steps += [Step(f"no longer counted: {words(x)}", "less") for x in gone]
    return steps + [Step(f"also counted: {words(x)}", "more") for x in come]


def _optional(what: str, old: ast.Cond | None, new: ast.Cond | None) -> list[Step]:
    """A condition that may be left out: with it less holds."""
    if old is not None and new is not None:
        return condition_steps(old, new)
    if new is not None:
        return [Step(f"{what} only where {words(new)}", "less")]
    return [Step(f"{what} no longer only where {words(old)}", "more")] if old is not None else []


def _quantifier(old: ast.Quantifier, new: ast.Quantifier) -> list[Step]:
    if old.binding != new.binding:
        return [_replaced(old, new)]
    rows, that = (_optional(f"{old.function} {k}", getattr(old, k), getattr(new, k)) for k in ("where", "that"))
    steps = [Step(f"at least {old.k} -> at least {new.k}", _effect(new.k < old.k))] if old.k != new.k else []
    if old.function in ("none", "all"):
        rows = [Step(s.words, TURNED[s.effect], s.sure) for s in rows]
    if old.function == "none":
        that = [Step(s.words, TURNED[s.effect], s.sure) for s in that]
    return [*steps, *rows, *that]


def duration_step(what: str, old: int, new: int, longer: Effect) -> list[Step]:
    """A duration that changed; ``longer``: what a longer one does."""
    if old == new:
        return []
    effect = longer if new > old else TURNED[longer]
    return [Step(f"{what}: {format_duration(old)} -> {format_duration(new)}", effect)]


_BY_TYPE: dict[type, Callable[..., list[Step]]] = {
    ast.Compare: _compared,
    ast.Graded: _graded,
    ast.Certainty: _certain,
    ast.FactRef: _fact,
    ast.ModelProbability: _model,
    ast.Score: _score,
    ast.AtLeast: _at_least,
    ast.Quantifier: _quantifier,
}

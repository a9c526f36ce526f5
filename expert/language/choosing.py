"""Resolving ``of: {t: tuyeres where t.sector == s}``: what picks members by their attributes."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace

from expert.language import ast
from expert.language.diagnostics import did_you_mean
from expert.language.equipment import allowed_values
from expert.language.members import members_of
from expert.language.scope import UNKNOWN, Scope


def conjuncts(node: ast.Cond | None) -> tuple[ast.Cond, ...]:
    """The parts of a condition that must all hold."""
    if isinstance(node, ast.All):
        return tuple(c for i in node.items for c in conjuncts(i))
    return () if node is None else (node,)


def picks_members(node: ast.Cond, scope: Scope) -> bool:
    """Whether a condition asks for attributes of members."""
    return any(isinstance(n, ast.Word) or _attribute_kind(n, scope) is not None for n in _sides(node))


def _sides(node: ast.Cond) -> Iterator[ast.Expr]:
    if isinstance(node, (ast.All, ast.Any)):
        for item in node.items:
            yield from _sides(item)
    elif isinstance(node, ast.Not):
        yield from _sides(node.item)
    elif isinstance(node, ast.Compare):
        yield from (node.left, node.right)


def _attribute_kind(node: ast.Expr, scope: Scope) -> tuple[str, ...] | None:
    if not isinstance(node, ast.Ref):
        return None
    head, _, rest = node.variable.partition(".")
    meaning = scope.bindings.get(head, "")
    return scope.site.attribute_kinds.get(meaning[1:], {}).get(rest) if meaning.startswith("@") else None


def resolve_choice(node: ast.Cond, scope: Scope) -> ast.Cond | None:
    """A condition on attributes with names resolved; None after reporting."""
    if isinstance(node, (ast.All, ast.Any)):
        items = [resolve_choice(i, scope) for i in node.items]
        kept = tuple(i for i in items if i is not None)
        return replace(node, items=kept) if len(kept) == len(items) else None
    if isinstance(node, ast.Not):
        inner = resolve_choice(node.item, scope)
        return None if inner is None else replace(node, item=inner)
    if not isinstance(node, ast.Compare) or node.op not in ("==", "!="):
        scope.sink.error("E0327", "members are picked by == and != of attributes only", node.span)
        return None
    left = _attribute(node.left, scope)
    if left is None:
        return None
    kind = scope.site.attribute_kinds[left.set][left.name]
    right = _other_side(node.right, left, kind, scope)
    return None if right is None else replace(node, left=left, right=right)


def _attribute(node: ast.Expr, scope: Scope) -> ast.Attribute | None:
    """The side that is an attribute; None after reporting."""
    head, _, rest = node.variable.partition(".") if isinstance(node, ast.Ref) else ("", "", "")
    meaning = scope.bindings.get(head, "")
    if meaning == UNKNOWN:
        return None
    if not meaning.startswith("@") or not rest:
        help = "write t.attribute == value"
        scope.sink.error("E0327", f"{node.text} is no attribute of a member", node.span, help=help)
        return None
    known = scope.site.attribute_kinds.get(meaning[1:], {})
    if rest not in known:
        help = did_you_mean(rest, known) or "declare it in equipment.yaml, attributes:"
        scope.sink.error("E0304", f"{head} (of {meaning[1:]}) has no attribute {rest}", node.span, help=help)
        return None
    return ast.Attribute(binding=head, set=meaning[1:], name=rest, span=node.span, text=node.text)


def _other_side(node: ast.Expr, left: ast.Attribute, kind: tuple[str, ...], scope: Scope) -> ast.Expr | None:
    if not isinstance(node, ast.Word):
        right = _attribute(node, scope)
        if right is not None and scope.site.attribute_kinds[right.set][right.name] != kind:
            scope.sink.error("E0314", f"{right.text} and {left.text} have different values", node.span)
            return None
        return right
    meaning = scope.bindings.get(node.value)
    if meaning == UNKNOWN:
        return None
    if meaning is not None:
        if (meaning,) != kind:
            domain = kind[0][1:] if kind[0].startswith("@") else ", ".join(kind)
            text = f"{node.value} ranges over {meaning[1:]}, but {left.text} is one of {domain}"
            scope.sink.error("E0314", text, node.span)
            return None
        return replace(node, value=f"${node.value}")
    allowed = allowed_values(scope.site, kind)
    if node.value not in allowed:
        scope.unknown("E0307", f"value of {left.text}:", node.value, node.span, allowed, f"one of {', '.join(allowed)}")
        return None
    return node


def most_members(node: ast.AtLeast, scope: Scope) -> int:
    """How many members a count may find at best, over all members that the rule's bindings may stand for."""
    bound = [(b, scope.site.sets[m[1:]]) for b, m in sorted(scope.bindings.items()) if m.startswith("@")]
    choices = itertools.product(*(members for _, members in bound))
    names = [b for b, _ in bound]
    return max((len(members_of(scope.site, node, dict(zip(names, c, strict=True)))) for c in choices), default=0)

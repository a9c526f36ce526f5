"""What a condition means, whoever wrote it: without the units it was written in, without needless brackets."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

from expert.language import ast


def bare(value: Any) -> Any:
    """A condition without the units that its numbers were written in; their values are in house units already."""
    if isinstance(value, ast.Number):
        return replace(value, unit="")
    if isinstance(value, ast.Node):
        return replace(value, **{f.name: bare(getattr(value, f.name)) for f in fields(value) if f.compare})
    return tuple(bare(v) for v in value) if isinstance(value, tuple) else value


def parts(node: ast.Cond, kind: type[ast.All] | type[ast.Any] = ast.All) -> tuple[ast.Cond, ...]:
    """Conditions that all (or any of which) must hold; ``all`` within ``all`` counts as one.

    >>> a, b = ast.FactRef(type="a"), ast.FactRef(type="b")
    >>> [p.type for p in parts(ast.All(items=(a, ast.All(items=(b,)))))]
    ['a', 'b']
    """
    if not isinstance(node, kind):
        return (node,)
    return tuple(p for item in node.items for p in parts(item, kind))


def said(node: ast.Node) -> str:
    """The author's words for a condition in one line, '' where there are none."""
    return " ".join(node.text.split())

"""What a condition means, whoever wrote it: without the units it was written in, without needless brackets."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

from expert.language import ast
from expert.language.printer import print_condition


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


def words(node: ast.Node) -> str:
    """A condition in one line: the author's words, or the language's."""
    own = said(node)
    if isinstance(node, (ast.All, ast.Any)):
        return f"{'all' if isinstance(node, ast.All) else 'any'} of ({', '.join(words(i) for i in node.items)})"
    if isinstance(node, ast.Not):
        return f"not {words(node.item)}"
    if isinstance(node, ast.Score):
        return f"score of ({', '.join(words(c) for _, c in node.terms)})"
    if isinstance(node, ast.AtLeast):
        return f"at least {node.k} of {node.set or '(' + ', '.join(words(i) for i in node.items) + ')'}"
    if isinstance(node, ast.Quantifier):
        return f"{quantifier_head(node)}{f' that {words(node.that)}' if node.that is not None else ''}"
    if own:
        return own
    try:
        return print_condition(node)  # type: ignore[arg-type]
    except (TypeError, KeyError, AttributeError):
        return type(node).__name__.lower()


def quantifier_head(node: ast.Quantifier) -> str:
    """Which rows a condition ranges over, and how many of them are asked for.

    >>> quantifier_head(ast.Quantifier(function="at_least", relation="operation", binding="b", k=2))
    'at least 2 b: operation'
    """
    how = f"at least {node.k}" if node.function == "at_least" else node.function
    where = f" where {words(node.where)}" if node.where is not None else ""
    return f"{how} {node.binding}: {node.relation}{where}"

"""Which members of a set a count ranges over: what is known of them never changes, so no scan is needed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from expert.language import nodes as ast


class Sets(Protocol):
    """Sets with their members and the attributes of each, as in a site."""

    @property
    def sets(self) -> Mapping[str, tuple[str, ...]]:
        """Set -> members."""

    @property
    def attributes(self) -> Mapping[str, Mapping[str, str]]:
        """``set[member]`` -> attribute -> value."""


def members_of(site: Sets, node: ast.AtLeast, env: Mapping[str, str]) -> tuple[str, ...]:
    """Members that an at-least over a set counts under bindings, in the order of the set."""
    assert node.set is not None and node.binding is not None
    members = site.sets[node.set]
    if node.filter is None:
        return members
    return tuple(m for m in members if _holds(site, node.filter, {**env, node.binding: m}))


def _holds(site: Sets, node: ast.Cond, env: Mapping[str, str]) -> bool:
    if isinstance(node, ast.All):
        return all(_holds(site, i, env) for i in node.items)
    if isinstance(node, ast.Any):
        return any(_holds(site, i, env) for i in node.items)
    if isinstance(node, ast.Not):
        return not _holds(site, node.item, env)
    assert isinstance(node, ast.Compare)
    same = _value(site, node.left, env) == _value(site, node.right, env)
    return same if node.op == "==" else not same


def _value(site: Sets, node: ast.Expr, env: Mapping[str, str]) -> str:
    if isinstance(node, ast.Attribute):
        return site.attributes[f"{node.set}[{env[node.binding]}]"][node.name]
    assert isinstance(node, ast.Word)
    return env[node.value[1:]] if node.value.startswith("$") else node.value

"""Conditions and rules of a workload, before anybody's syntax: every engine gets its own translation of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Limit:
    """A signal compared with a whole number; with ``window`` (minutes) its mean over that time."""

    signal: int
    op: Literal[">", "<"]
    limit: int
    window: int = 0


@dataclass(frozen=True, slots=True)
class Known:
    """The conclusion of a rule further down."""

    rule: int


@dataclass(frozen=True, slots=True)
class Negated:
    """The opposite of a limit or a conclusion."""

    item: Limit | Known


@dataclass(frozen=True, slots=True)
class Group:
    """At least ``k`` of the parts; all of them, or one of them, at the ends."""

    k: int
    parts: tuple[Cond, ...]

    @property
    def word(self) -> Literal["all", "any", "some"]:
        """How a rule author would say it."""
        return "all" if self.k == len(self.parts) else "any" if self.k == 1 else "some"


Cond = Limit | Known | Negated | Group


@dataclass(frozen=True, slots=True)
class Rule:
    """A condition that concludes the rule's own fact; ``hold``: minutes that it must have held."""

    number: int
    stratum: int
    when: Cond
    hold: int = 0


def leaves(node: Cond) -> Iterator[Limit | Known]:
    """Limits and conclusions that a condition reads, in order.

    >>> list(leaves(Group(1, (Limit(3, ">", 500), Negated(Known(2))))))
    [Limit(signal=3, op='>', limit=500, window=0), Known(rule=2)]
    """
    if isinstance(node, Group):
        for part in node.parts:
            yield from leaves(part)
    elif isinstance(node, Negated):
        yield node.item
    else:
        yield node

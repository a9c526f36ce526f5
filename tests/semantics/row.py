"""Rows of the operator table."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.engine.build import rule

COLUMNS = ("true", "false", "unknown", "gap", "late", "restart")


@dataclass(frozen=True)
class Operator:
    """One row: a condition (or the rules that show it) and six stories.

    ``read``: the rule whose result a story states; ``shows``: ``certainty``, ``state`` (of raising) or ``expectation``;
    ``normal``: baseline (median, inter-quartile range) of a.x; ``cells``: column -> story.
    """

    name: str
    written: str
    cells: dict[str, str]
    rules: tuple[str, ...]
    read: str = "one"
    shows: str = "certainty"
    variable: str = "x"
    normal: tuple[float, float] | None = None
    note: str = ""


@dataclass
class Section:
    """Rows that belong together."""

    title: str
    rows: list[Operator] = field(default_factory=list)


def one(name: str, when: str, cells: str, *lines: str, **more: Any) -> Operator:
    """A row for one condition; ``cells``: six lines in the order of `COLUMNS`; ``lines``: further keys of its rule."""
    stories = dict(zip(COLUMNS, (line.strip() for line in cells.strip().splitlines()), strict=True))
    rules = more.pop("rules", (rule("one", when, *lines),))
    written = more.pop("written", when)
    return Operator(name, written, stories, rules, **more)


def window(name: str, when: str, cells: str, **more: Any) -> Operator:
    """A row for a window of five minutes: five samples are expected."""
    return one(name, when, cells, **more)

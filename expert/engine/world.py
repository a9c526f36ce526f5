"""What a scan may look at, whichever evaluator looks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from expert.engine.exchange import NOTHING_IMPORTED, Imports
from expert.engine.facts import Args, FactBase
from expert.engine.memory import Memory
from expert.engine.nodes import Env, NodeTable
from expert.engine.profile import Profile
from expert.engine.results import Num
from expert.language import ast
from expert.values.types import ModelAnswer

ModelKey = tuple[str, str, float, int]


@dataclass(slots=True)
class World:
    """What a scan may look at.

    ``off_types``, ``off_facts``, ``off_rules``: fact types, facts and rules that are all off at this site (unknown);
    ``no_exporter``: imported types that nobody exports (never installed). ``lagged``: past values of lag nodes by key,
    oldest first; ``lag_now``: what they saw in this scan; ``lag_later``: those that read facts of this scan, which are
    known only when all strata are done. ``masked``: ground variables to treat as unknown, for *rests on*.
    ``imports``: what other experts say in this scan. ``recorded``: inexact features by node key as the
    input has them; ``computed``: as this scan used them.
    """

    program: ast.Program
    table: NodeTable
    memory: Memory
    units: Mapping[str, Fraction]
    now: int
    facts: FactBase
    active: dict[str, bool]
    rows: Mapping[str, Mapping[str, Mapping[str, Any]]]
    models: Mapping[ModelKey, ModelAnswer]
    lagged: Mapping[str, list[tuple[int, Num]]]
    off_types: frozenset[str]
    no_exporter: frozenset[str]
    masked: frozenset[str] = frozenset()
    off_rules: frozenset[str] = frozenset()
    off_facts: tuple[tuple[str, Args], ...] = ()
    imports: Imports = NOTHING_IMPORTED
    profile: Profile | None = None
    lag_now: dict[str, Num] = field(default_factory=dict)
    lag_later: dict[str, tuple[ast.Lag, Env]] = field(default_factory=dict)
    recorded: Mapping[str, float] = field(default_factory=dict)
    computed: dict[str, float] = field(default_factory=dict)

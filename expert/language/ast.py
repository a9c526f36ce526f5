"""The syntax tree: expressions and conditions (from `nodes`), rules, declarations, the program."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from expert.language.nodes import NOWHERE as NOWHERE
from expert.language.nodes import OF_ONE_VARIABLE as OF_ONE_VARIABLE
from expert.language.nodes import Age as Age
from expert.language.nodes import All as All
from expert.language.nodes import Any as Any
from expert.language.nodes import Arithmetic as Arithmetic
from expert.language.nodes import AtLeast as AtLeast
from expert.language.nodes import Attribute as Attribute
from expert.language.nodes import Bad as Bad
from expert.language.nodes import Baseline as Baseline
from expert.language.nodes import Certainty as Certainty
from expert.language.nodes import Compare as Compare
from expert.language.nodes import Cond as Cond
from expert.language.nodes import Expr as Expr
from expert.language.nodes import FactRef as FactRef
from expert.language.nodes import FactValue as FactValue
from expert.language.nodes import Feature as Feature
from expert.language.nodes import Graded as Graded
from expert.language.nodes import Lag as Lag
from expert.language.nodes import ModelProbability as ModelProbability
from expert.language.nodes import Node as Node
from expert.language.nodes import Not as Not
from expert.language.nodes import Number as Number
from expert.language.nodes import PairFeature as PairFeature
from expert.language.nodes import Quantifier as Quantifier
from expert.language.nodes import Raised as Raised
from expert.language.nodes import Ref as Ref
from expert.language.nodes import Repeats as Repeats
from expert.language.nodes import RowAggregate as RowAggregate
from expert.language.nodes import RowField as RowField
from expert.language.nodes import Score as Score
from expert.language.nodes import SetAggregate as SetAggregate
from expert.language.nodes import Since as Since
from expert.language.nodes import Span as Span
from expert.language.nodes import Unchanged as Unchanged
from expert.language.nodes import Window as Window
from expert.language.nodes import WindowFunction as WindowFunction
from expert.language.nodes import Word as Word
from expert.language.nodes import ZFunction as ZFunction
from expert.language.nodes import ZScore as ZScore
from expert.values.interval import Accumulation
from expert.values.types import Kind, Variable


@dataclass(frozen=True, slots=True, kw_only=True)
class FactType:
    """Declared shape of a fact: key fields, at most one value field, or a derived number.

    ``fields``: name -> allowed values, an entity set's name as ``('@sectors',)``, a relation as ``('#operation',)``,
    or () for any text. ``value_field``: the one that is ordered or exclusive. ``combine``: 'max' or 'min' for a
    fact that carries a number in ``number_field`` with unit ``unit``. ``evidence``: how its rules accumulate, None: the
    best one counts. ``value_titles``: ``field=value`` -> language -> title, where the author gave them. ``imported``:
    another pack concludes it; ``exporter``: the pack that it is read from at this installation, '' when there is none;
    ``max_age``: after it what that pack said counts no more, ms.
    """

    name: str
    fields: dict[str, tuple[str, ...]]
    title: dict[str, str]
    value_field: str | None = None
    order: Literal["ordered", "exclusive"] | None = None
    combine: Literal["max", "min"] | None = None
    number_field: str | None = None
    unit: str = ""
    evidence: Accumulation | None = None
    imported: bool = False
    exporter: str = ""
    max_age: int = 0
    value_titles: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def never_heard(self) -> bool:
        """Imported, and nobody here exports it: like a variable that was never installed."""
        return self.imported and not self.exporter


@dataclass(frozen=True, slots=True, kw_only=True)
class Conclusion:
    """``type(args)``; ``number`` for a fact with a derived value. ``refutes``: it counts against the fact."""

    type: str
    args: tuple[tuple[str, str], ...] = ()
    number: Expr | None = None
    refutes: bool = False
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class AdviceStep:
    """What to do: an action of the catalogue with an amount in its unit."""

    action: str
    amount: float | None = None
    unit: str = ""
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """``binding: relation`` with an optional row condition over this and earlier bindings."""

    binding: str
    relation: str
    where: Cond | None = None


Status = Literal["live", "shadow", "quarantine"]
"""Shadow: evaluated, recorded and scored, but read by no rule and shown to nobody. Quarantine: not evaluated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """One thing that must be seen within ``within`` ms of a rise, if the rule is right."""

    when: Cond
    within: int
    text: str = field(default="", compare=False)
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule as authored, checked and resolved.

    ``threshold``, ``clear_below``, ``strength`` in millionths; ``hold`` (the YAML's ``for``), ``clear_for``,
    ``max_hold`` in ms.
    ``because``: language -> template whose ``{expr}`` parts are in ``because_parts`` by their text.
    ``expect``: any one of these is to be seen after a rise. ``yaml``: the rule's own lines, for screens.
    """

    id: str
    title: dict[str, str]
    kind: Kind
    when: Cond
    conclude: Conclusion | None = None
    advise: tuple[AdviceStep, ...] = ()
    for_each: tuple[tuple[str, str], ...] = ()
    match: tuple[Match, ...] = ()
    severity: int = 0
    hold: int = 0
    clear_for: int = 0
    max_hold: int = 4 * 3_600_000
    threshold: int = 500_000
    clear_below: int = 500_000
    strength: int = 1_000_000
    because: dict[str, str] = field(default_factory=dict)
    because_parts: dict[str, Expr] = field(default_factory=dict)
    expect: tuple[Expected, ...] = ()
    status: Status = "live"
    source: str = "unverified"
    owner: str = ""
    single_instrument: str = ""
    span: Span = field(default=NOWHERE, compare=False)
    yaml: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One entry of the action catalogue. ``limit`` and ``step`` in ``unit``; times in ms.

    ``lever``: what it moves, ``direction`` +1 or -1: two actions on one lever with opposite direction contradict.
    ``blocked_by``: facts (as conditions) that forbid it; ``contradicts``: further action ids.
    """

    id: str
    title: dict[str, str]
    lever: str
    direction: int
    unit: str
    limit: float | None
    acts_in: int
    full_in: int
    review: int
    confirm: dict[str, str]
    blocked_by: tuple[FactRef, ...] = ()
    contradicts: tuple[str, ...] = ()
    approve: str = ""
    source: str = "unverified"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSpec:
    """A model port: target variable, horizons (ms), expiry (ms) and its artifact's name."""

    id: str
    title: dict[str, str]
    target: str
    horizons: tuple[int, ...]
    expiry: int
    artifact: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """A table: key fields and typed fields (unit, 'text' or 'number').

    ``field_titles``: field -> language -> title, where the author gave them.
    """

    name: str
    key: tuple[str, ...]
    fields: dict[str, str]
    title: dict[str, str]
    field_titles: dict[str, dict[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class SoftTerm:
    """A named soft threshold: certainty 0 at ``zero``, 1 at ``one`` (house units).

    ``applies_to``: a variable id or a z function.
    """

    name: str
    applies_to: str
    zero: float
    one: float
    unit: str
    title: dict[str, str]
    source: str = "unverified"


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What is known about the plant, as far as the engine needs it.

    ``period`` in ms; ``set_titles``: set -> language -> title; ``members``: ``set[member]`` -> language -> title;
    ``attributes``: ``set[member]`` -> attribute -> value, as long as the plant stands;
    ``unit_definitions``: the site's own unit lines.
    """

    name: str
    title: dict[str, str]
    period: int
    variables: dict[str, Variable]
    sets: dict[str, tuple[str, ...]]
    set_titles: dict[str, dict[str, str]]
    members: dict[str, dict[str, str]]
    attributes: dict[str, dict[str, str]] = field(default_factory=dict)
    terms: tuple[SoftTerm, ...] = ()
    actions: dict[str, Action] = field(default_factory=dict)
    models: dict[str, ModelSpec] = field(default_factory=dict)
    relations: dict[str, Relation] = field(default_factory=dict)
    unit_definitions: tuple[str, ...] = ()
    min_coverage: Fraction = Fraction(3, 5)
    min_rule_coverage: Fraction = Fraction(3, 5)
    baseline_span: int = 30 * 86_400_000
    baseline_guard: int = 2 * 3_600_000
    max_exclude: int = 24 * 3_600_000
    max_activations: int = 500_000


@dataclass(frozen=True, slots=True, kw_only=True)
class GroundRule:
    """A rule with static bindings; ``coverage``: weight kept at this site; ``off``: below the site's minimum."""

    rule: Rule
    bindings: tuple[tuple[str, str], ...]
    coverage: Fraction = Fraction(1)
    off: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """Packs and site compiled: checked, grounded, stratified; immutable.

    ``strata``: ground rules by layer, each in canonical order. ``installed``: ground variable names of this site's
    map (None: all). ``exports``: fact types that other experts may read. ``digest``: SHA-256 of the canonical form.
    """

    site: Site
    facts: dict[str, FactType]
    rules: dict[str, Rule]
    strata: tuple[tuple[GroundRule, ...], ...]
    fact_stratum: dict[str, int]
    digest: str
    pack: str
    version: str
    installed: frozenset[str] | None = None
    exports: tuple[str, ...] = ()
    sources: dict[str, str] = field(default_factory=dict, compare=False)

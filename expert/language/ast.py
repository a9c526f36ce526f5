"""What a rule's text means: numeric expressions, conditions, rules, the program.

Every node has a ``span`` (place in the author's file) and ``text`` (the author's words); neither takes
part in equality or hashing, so a program's identity does not depend on white space.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from expert.values.types import Kind, Variable


@dataclass(frozen=True, slots=True)
class Span:
    """A place: file, 1-based line and column, length in characters."""

    file: str
    line: int
    column: int
    length: int = 1


NOWHERE = Span("", 0, 0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """Common part of all syntax nodes."""

    span: Span = field(default=NOWHERE, compare=False)
    text: str = field(default="", compare=False)


# ---------------------------------------------------------------- numeric expressions


@dataclass(frozen=True, slots=True, kw_only=True)
class Number(Node):
    """A literal. ``value`` in house units (after checking); ``unit`` as written ('' when dimensionless)."""

    value: float
    unit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ref(Node):
    """A variable by its id (``blast.pressure``), or, with ``binding``, a member's property (``s.wall_temperature``).

    For a member's property ``variable`` is the family id ``sectors.wall_temperature`` and the ground name is
    ``sectors[<member>].wall_temperature``.
    """

    variable: str
    binding: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RowField(Node):
    """A field of a matched row: ``b.duration``."""

    binding: str
    field: str


WindowFunction = Literal["mean", "min", "max", "std", "range", "slope", "change", "drop", "rise"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Window(Node):
    """``f(x, T)`` over samples with source time in (t-T, t]. ``bounded``: written inside ``bounds(...)``."""

    function: WindowFunction
    ref: Ref
    duration: int
    bounded: bool = False


ZFunction = Literal["z", "z_std", "z_slope", "z_range"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ZScore(Node):
    """Window feature against the variable's baseline (median m, inter-quartile range q).

    z = (mean - m)/q, z_std = std/(q/1.35), z_slope = slope*T/q, z_range = (max-min)/q.
    """

    function: ZFunction
    ref: Ref
    duration: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline(Node):
    """``baseline(x)``: the median of the variable's baseline."""

    ref: Ref


@dataclass(frozen=True, slots=True, kw_only=True)
class Since(Node):
    """``minutes_since(x)``: time since the value of counter or switch ``x`` last changed."""

    ref: Ref


@dataclass(frozen=True, slots=True, kw_only=True)
class Age(Node):
    """``age(x)``: time since the source time of the newest good sample."""

    ref: Ref


@dataclass(frozen=True, slots=True, kw_only=True)
class Unchanged(Node):
    """``unchanged(x)``: how long the good samples of ``x`` have shown exactly the same value (0 while missing)."""

    ref: Ref


@dataclass(frozen=True, slots=True, kw_only=True)
class Lag(Node):
    """``lag(x, D)``: x as the newest scan <= t-D saw it."""

    arg: Expr
    duration: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAggregate(Node):
    """``max(sectors.wall_temperature)``: over all members of a set. ``arg`` is evaluated with ``binding`` bound."""

    function: Literal["min", "max", "mean", "median", "sum", "spread"]
    set: str
    binding: str
    arg: Expr


@dataclass(frozen=True, slots=True, kw_only=True)
class Arithmetic(Node):
    """``+ - * /`` and ``abs sqrt min max`` of sub-expressions."""

    op: Literal["+", "-", "*", "/", "abs", "sqrt", "min", "max"]
    args: tuple[Expr, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FactValue(Node):
    """``finish(operation: a).at``: the derived value of a fact."""

    fact: FactRef
    field: str


Expr = (
    Number
    | Ref
    | RowField
    | Window
    | ZScore
    | Baseline
    | Since
    | Age
    | Unchanged
    | Lag
    | SetAggregate
    | Arithmetic
    | FactValue
)


# ---------------------------------------------------------------- conditions


@dataclass(frozen=True, slots=True, kw_only=True)
class Compare(Node):
    """``left op right`` of two numeric expressions of one dimension (or two row fields of text)."""

    op: Literal["<", "<=", ">", ">=", "==", "!="]
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True, kw_only=True)
class Graded(Node):
    """``arg rises A to B``, ``arg falls A to B``, ``arg is TERM``.

    Certainty 0 at ``zero``, 1 at ``one``, linear between.
    """

    arg: Expr
    zero: Number
    one: Number
    term: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FactRef(Node):
    """A fact as a condition; ``args`` maps fields to literal text or, with a leading ``$``, to a binding.

    Fields left out match any value (OR over the facts there are).
    """

    type: str
    args: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Certainty(Node):
    """``fact >= 0.4`` (crisp ends), ``limit`` in millionths.

    ``<``, ``<=``, ``==`` read from above and need a lower stratum.
    """

    fact: FactRef
    op: Literal["<", "<=", ">", ">=", "=="]
    limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelProbability(Node):
    """``model(m).below(limit, ahead: D)`` and, with ``at_least``, ``... >= 0.75`` (crisp ends)."""

    model: str
    op: Literal["below", "above"]
    limit: Number
    ahead: int
    at_least: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Raised(Node):
    """``raised(rule.id)``: true from raise until the machine is normal again."""

    rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bad(Node):
    """``bad(x)``: certain truth about data: the newest expected sample of ``x`` is bad, missing or stale."""

    ref: Ref


@dataclass(frozen=True, slots=True, kw_only=True)
class All(Node):
    items: tuple[Cond, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Any(Node):
    items: tuple[Cond, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Not(Node):
    item: Cond


@dataclass(frozen=True, slots=True, kw_only=True)
class Score(Node):
    """Weighted evidence. ``at_least`` (millionths) maps it to crisp ends; None leaves it graded."""

    terms: tuple[tuple[Fraction, Cond], ...]
    at_least: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AtLeast(Node):
    """At least ``k`` of the items, or of the members of ``set`` (bound as ``binding``) for which ``items[0]`` holds."""

    k: int
    items: tuple[Cond, ...]
    set: str | None = None
    binding: str | None = None


Cond = Compare | Graded | FactRef | Certainty | ModelProbability | Raised | Bad | All | Any | Not | Score | AtLeast


# ---------------------------------------------------------------- rules and the program


@dataclass(frozen=True, slots=True, kw_only=True)
class FactType:
    """Declared shape of a fact: key fields, at most one value field, or a derived number.

    ``fields``: name -> allowed values, an entity set's name as ``('@sectors',)``, a relation as ``('#operation',)``,
    or () for any text. ``value_field``: the one that is ordered or exclusive. ``combine``: 'max' or 'min' for a
    fact that carries a number in ``number_field`` with unit ``unit``. ``value_titles``: ``field=value`` -> language ->
    title, where the author gave them.
    """

    name: str
    fields: dict[str, tuple[str, ...]]
    title: dict[str, str]
    value_field: str | None = None
    order: Literal["ordered", "exclusive"] | None = None
    combine: Literal["max", "min"] | None = None
    number_field: str | None = None
    unit: str = ""
    imported: bool = False
    value_titles: dict[str, dict[str, str]] = field(default_factory=dict)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule as authored, checked and resolved.

    ``threshold``, ``clear_below``, ``strength`` in millionths; ``hold`` (the YAML's ``for``), ``clear_for``,
    ``max_hold`` in ms.
    ``because``: language -> template whose ``{expr}`` parts are in ``because_parts`` by their text.
    ``yaml``: the rule's own lines, for screens.
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
    """A table: key fields and typed fields (unit, 'text' or 'number')."""

    name: str
    key: tuple[str, ...]
    fields: dict[str, str]
    title: dict[str, str]


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
    ``unit_definitions``: the site's own unit lines.
    """

    name: str
    title: dict[str, str]
    period: int
    variables: dict[str, Variable]
    sets: dict[str, tuple[str, ...]]
    set_titles: dict[str, dict[str, str]]
    members: dict[str, dict[str, str]]
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
    map (None: all). ``digest``: SHA-256 of the canonical form.
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
    sources: dict[str, str] = field(default_factory=dict, compare=False)

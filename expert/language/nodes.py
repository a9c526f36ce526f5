"""What a rule's text means: numeric expressions and conditions.

Every node has a ``span`` (place in the author's file) and ``text`` (the author's words); neither takes
part in equality or hashing, so a program's identity does not depend on white space.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute(Node):
    """What never changes about a member of ``set``: ``t.sector``. It says which members are meant, no more."""

    binding: str
    set: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Word(Node):
    """What an attribute is compared with: one of its values or, with a leading ``$``, a member that is bound."""

    value: str


WindowFunction = Literal["mean", "min", "max", "std", "range", "slope", "change", "drop", "rise"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Window(Node):
    """``f(x, T)`` over samples with source time in (t-T, t]. ``bounded``: written inside ``bounds(...)``."""

    function: WindowFunction
    ref: Ref
    duration: int
    bounded: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature(Node):
    """A registered feature of a window: ``band_rms(x, 10 min, 0.05 Hz, 0.2 Hz)``; see `expert.values.features`."""

    function: str
    ref: Ref
    duration: int
    settings: tuple[Number, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PairFeature(Node):
    """A registered feature of two variables: ``coherence(x, y, 60 min, 0.002 Hz, 0.005 Hz)``; see
    `expert.values.pairs`."""

    function: str
    ref: Ref
    other: Ref
    duration: int
    settings: tuple[Number, ...] = ()


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
class Repeats(Node):
    """``repeats(x)``: how many good samples in a row have shown exactly the newest value (0 while missing)."""

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
class RowAggregate(Node):
    """``sum(b.duration for b in operation where ...)``, ``count(b in operation where ...)``: over rows of a relation.

    ``arg`` (None for a count) and ``where`` are evaluated with ``binding`` bound to each row.
    """

    function: Literal["count", "sum", "min", "max", "mean"]
    relation: str
    binding: str
    arg: Expr | None = None
    where: Cond | None = None


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
    | Attribute
    | Word
    | Window
    | Feature
    | PairFeature
    | ZScore
    | Baseline
    | Since
    | Age
    | Unchanged
    | Repeats
    | Lag
    | SetAggregate
    | RowAggregate
    | Arithmetic
    | FactValue
)


OF_ONE_VARIABLE = (Window, Feature, ZScore, Baseline, Since, Age, Unchanged, Repeats)
"""Numbers that look at one variable, which is their ``ref``."""


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
    """At least ``k`` of the items, or of the members of ``set`` (bound as ``binding``) for which ``items[0]`` holds.

    ``filter``: condition behind the set's name. Once names are resolved it holds what asks for attributes, and picks
    the members; the rest of it is part of ``items[0]``.
    """

    k: int
    items: tuple[Cond, ...]
    set: str | None = None
    binding: str | None = None
    filter: Cond | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantifier(Node):
    """Whether rows of ``relation`` (bound as ``binding``) for which ``where`` holds satisfy ``that``.

    ``exists``: one of them; ``none``: not one; ``all``: every one; ``at_least``: ``k`` of them. ``that`` None: being
    there is enough.
    """

    function: Literal["exists", "none", "all", "at_least"]
    relation: str
    binding: str
    where: Cond | None = None
    that: Cond | None = None
    k: int = 1


Cond = (
    Compare
    | Graded
    | FactRef
    | Certainty
    | ModelProbability
    | Raised
    | Bad
    | All
    | Any
    | Not
    | Score
    | AtLeast
    | Quantifier
)


def ground_name(ref: Ref, env: Mapping[str, str]) -> str:
    """Name of the variable that a reference means under bindings.

    >>> ground_name(Ref(variable="sectors.wall_temperature", binding="s"), {"s": "A"})
    'sectors[A].wall_temperature'
    """
    if ref.binding is None:
        return ref.variable
    set_, _, rest = ref.variable.partition(".")
    return f"{set_}[{env[ref.binding]}].{rest}"

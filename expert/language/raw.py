"""What the loaders read before names are resolved: declarations with their places."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from expert.language import ast
from expert.language.source import Text
from expert.language.units import Units
from expert.values.types import Kind, Variable


@dataclass
class RawAction:
    """An action; ``blocked_by`` still unresolved."""

    action: ast.Action
    blocked_by: list[tuple[ast.FactRef, Text]]
    contradicts: list[Text]


@dataclass
class RawSite:
    """A site folder as read; ``overridden``: variables that a plant's map declares otherwise."""

    units: Units
    definitions: tuple[str, ...] = ()
    name: str = ""
    title: dict[str, str] = field(default_factory=dict)
    settings: dict[str, int] = field(default_factory=dict)
    coverages: dict[str, Fraction] = field(default_factory=dict)
    sets: dict[str, tuple[str, ...]] = field(default_factory=dict)
    set_titles: dict[str, dict[str, str]] = field(default_factory=dict)
    members: dict[str, dict[str, str]] = field(default_factory=dict)
    attributes: dict[str, dict[str, str]] = field(default_factory=dict)
    attribute_kinds: dict[str, dict[str, tuple[str, ...]]] = field(default_factory=dict)
    variables: dict[str, Variable] = field(default_factory=dict)
    overridden: set[str] = field(default_factory=set)
    excludes: dict[str, Text] = field(default_factory=dict)
    places: dict[str, ast.Span] = field(default_factory=dict)
    terms: list[ast.SoftTerm] = field(default_factory=list)
    actions: dict[str, RawAction] = field(default_factory=dict)
    models: dict[str, ast.ModelSpec] = field(default_factory=dict)
    relations: dict[str, ast.Relation] = field(default_factory=dict)


@dataclass
class RawAdvice:
    """One step of an advice."""

    action: Text
    amount: Text | None


@dataclass
class RawMatch:
    """``binding: relation where condition``."""

    binding: str
    relation: str
    where: ast.Cond | None
    span: ast.Span


@dataclass
class RawExpected:
    """``condition within T``; ``back``: a variable that is to come back to its normal range instead."""

    when: ast.Cond | None
    back: ast.Ref | None
    within: int
    text: str
    span: ast.Span


@dataclass
class RawRule:
    """A rule as written; ``conclude`` and ``refute`` as facts with an optional number."""

    id: str
    span: ast.Span
    file: str
    title: dict[str, str]
    kind: Kind
    severity: int
    when: ast.Cond | None
    for_each: list[tuple[str, str, ast.Span]] = field(default_factory=list)
    match: list[RawMatch] = field(default_factory=list)
    conclude: tuple[ast.FactRef, dict[str, ast.Expr]] | None = None
    refute: tuple[ast.FactRef, dict[str, ast.Expr]] | None = None
    advise: list[RawAdvice] = field(default_factory=list)
    because: dict[str, Text] = field(default_factory=dict)
    expect: list[RawExpected] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    keys: dict[str, ast.Span] = field(default_factory=dict)
    broken: bool = False
    yaml: str = ""


@dataclass
class RawPack:
    """A pack folder as read."""

    name: str = ""
    version: str = ""
    title: dict[str, str] = field(default_factory=dict)
    owner: str = ""
    exports: list[Text] = field(default_factory=list)
    imports: list[Text] = field(default_factory=list)
    facts: dict[str, ast.FactType] = field(default_factory=dict)
    fact_places: dict[str, ast.Span] = field(default_factory=dict)
    rules: list[RawRule] = field(default_factory=list)

"""Experta 1.9.4 as an independent second opinion on the crisp fragment of a program.

What it judges: joins by bindings, row comparisons, AND, OR, counting, negation of lower strata, recursion. Its agenda
loses track of activations that negation takes back (they fire all the same when others tie with them), so nothing is
ever taken back here: a rule waits for the fact that its stratum has begun, each rule has a salience of its own, and
what a rule negates is complete by then.
"""

from __future__ import annotations

import collections
import collections.abc
import importlib
import inspect
import logging
import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import combinations
from types import SimpleNamespace
from typing import Any

from expert.compat.crisp import Cell, Given, domains_of, given, is_leaf, is_row_test, layers
from expert.compat.crisp import OutsideFragment as OutsideFragment
from expert.compat.crisp import supported as supported
from expert.engine.reference import World
from expert.language import ast
from expert.language.choosing import conjuncts
from expert.values.types import fact_key

VERSION = "1.9.4"
COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}
COMPUTE: dict[str, Callable[..., Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "abs": abs,
    "min": min,
    "max": max,
}
Term = Any
"""In a pattern: a text, or experta's wildcard that binds a name."""
Terms = Mapping[str, Term]


class ExpertaMissing(ImportError):
    """Experta cannot be used here; the message says why and what to do."""


def run_crisp(program: ast.Program, world: World) -> frozenset[str]:
    """Facts that experta concludes from what a scan sees.

    Parameters
    ----------
    program : Program
        All of it inside the crisp fragment (see `supported`).
    world : World
        What the scan may look at (``Session.world``): samples, rows, model answers.

    Returns
    -------
    frozenset of str
        Canonical names of the facts that are true.

    Raises
    ------
    OutsideFragment
        When the program, or what the scan sees, is not crisp.
    ExpertaMissing
        When experta is not installed, or not whole, or another version.
    """
    start = given(program, world)
    lib = load_experta()
    engine = _engine(program, start, lib)
    engine.reset()
    engine.declare(*_base_facts(start, lib))
    engine.run()
    return frozenset(_read(fact, program) for fact in engine.facts.values() if fact.get(0) == "fact")


def _read(fact: Mapping[int, str], program: ast.Program) -> str:
    fields = program.facts[fact[1]].fields
    return fact_key(fact[1], tuple((name, fact[i]) for i, name in enumerate(fields, 2)))


# ---------------------------------------------------------------- import


def load_experta() -> SimpleNamespace:
    """What is used of experta, imported without what its import does to others.

    Raises
    ------
    ExpertaMissing
        When it is not installed, or not whole, or another version.
    """
    try:
        with _old_collections(), _quiet_logging():
            package = importlib.import_module("experta")
            # The package itself hides failed imports; its modules do not.
            found = {n: importlib.import_module(f"experta.{n}") for n in ("conditionalelement", "engine", "fact")}
            found |= {n: importlib.import_module(f"experta.{n}") for n in ("fieldconstraint", "rule")}
    except ImportError as e:
        raise ExpertaMissing(f"experta {VERSION} cannot be imported ({e}); install the extra 'experta'") from e
    if package.__version__ != VERSION:
        raise ExpertaMissing(f"experta {package.__version__} is installed, and its bridge is made for {VERSION}")
    logging.getLogger("experta").setLevel(logging.WARNING)
    elements = found["conditionalelement"]
    return SimpleNamespace(
        All=elements.AND,
        Any=elements.OR,
        Not=elements.NOT,
        Test=elements.TEST,
        Engine=found["engine"].KnowledgeEngine,
        Fact=found["fact"].Fact,
        Predicate=found["fieldconstraint"].P,
        Wildcard=found["fieldconstraint"].W,
        Rule=found["rule"].Rule,
    )


@contextmanager
def _old_collections() -> Iterator[None]:
    """`collections.Mapping` for the release of frozendict that experta asks for."""
    if hasattr(collections, "Mapping"):
        yield
        return
    collections.Mapping = collections.abc.Mapping  # type: ignore[attr-defined]
    try:
        yield
    finally:
        del collections.Mapping  # type: ignore[attr-defined]


@contextmanager
def _quiet_logging() -> Iterator[None]:
    """Keep an import from setting up the root logger."""
    kept = logging.basicConfig
    logging.basicConfig = lambda **_: None
    try:
        yield
    finally:
        logging.basicConfig = kept


# ---------------------------------------------------------------- facts


def _base_facts(start: Given, lib: SimpleNamespace) -> Iterator[Any]:
    """All that experta is told. Facts are positional: names of ours could mean something to it."""
    for name, values in sorted(start.leaves):
        yield lib.Fact("leaf", name, *values)
    for set_, members in start.sets.items():
        for member in members:
            yield lib.Fact("member", set_, member)
    for relation, table in start.rows.items():
        for key, row in table.items():
            yield lib.Fact("row", relation, key)
            for field, value in row.items():
                yield lib.Fact("cell", relation, key, field, value)
    yield lib.Fact("stratum", "0")


# ---------------------------------------------------------------- rules


def _engine(program: ast.Program, start: Given, lib: SimpleNamespace) -> Any:
    """An engine with the program's rules and, between strata, a rule that opens the next one."""
    translation = _Translation(program, start, lib)
    members: dict[str, Any] = {}
    salience = 0
    for level, rules in enumerate(layers(program)):
        here = lib.Fact("stratum", str(level))
        for rule in rules:
            salience -= 1
            made = lib.Rule(here, *translation.body(rule), salience=salience)
            members[f"rule_{-salience}"] = made(_conclude(rule, program, lib))
        salience -= 1
        members[f"rule_{-salience}"] = lib.Rule(here, salience=salience)(_open(level + 1, lib))
    return type("Program", (lib.Engine,), members)()


def _conclude(rule: ast.Rule, program: ast.Program, lib: SimpleNamespace) -> Callable[..., None]:
    assert rule.conclude is not None
    type_, args = rule.conclude.type, dict(rule.conclude.args)
    wanted = [args[field] for field in program.facts[type_].fields]

    def fire(engine: Any, **bound: str) -> None:
        values = [bound["b_" + v[1:]] if v.startswith("$") else v for v in wanted]
        engine.declare(lib.Fact("fact", type_, *values))

    return fire


def _open(level: int, lib: SimpleNamespace) -> Callable[..., None]:
    def fire(engine: Any, **_: str) -> None:
        engine.declare(lib.Fact("stratum", str(level)))

    return fire


class _Translation:
    """Conditions as experta's patterns."""

    def __init__(self, program: ast.Program, start: Given, lib: SimpleNamespace) -> None:
        self.program, self.start, self.lib = program, start, lib
        self._count = 0

    def body(self, rule: ast.Rule) -> Iterator[Any]:
        """Patterns of a rule: members, rows with their conditions, then ``when``."""
        terms = {b: self._bind(f"b_{b}") for b in domains_of(rule)}
        relations = {m.binding: m.relation for m in rule.match}
        for binding, set_ in rule.for_each:
            yield self.lib.Fact("member", set_, terms[binding])
        for match in rule.match:
            yield self.lib.Fact("row", match.relation, terms[match.binding])
            for part in conjuncts(match.where):
                yield from self._joined(part, terms, relations)
        yield self._condition(rule.when, terms, relations, True)

    def _bind(self, name: str) -> Any:
        return name << self.lib.Wildcard()

    def _joined(self, node: ast.Cond, terms: Terms, relations: Mapping[str, str]) -> Iterator[Any]:
        """A row condition; equal fields of two rows become a join on a shared name."""
        sides = (node.left, node.right) if isinstance(node, ast.Compare) and node.op == "==" else ()
        fields = [side for side in sides if isinstance(side, ast.RowField)]
        if len(fields) != 2:
            yield self._condition(node, terms, relations, True)
            return
        self._count += 1
        for f in fields:
            shared = self._bind(f"v_{self._count}")
            yield self.lib.Fact("cell", relations[f.binding], terms[f.binding], f.field, shared)

    def _condition(self, node: ast.Cond, terms: Terms, relations: Mapping[str, str], wanted: bool) -> Any:
        """A condition, or with ``wanted`` false its opposite, negation pushed down to the patterns."""
        if isinstance(node, ast.Not):
            return self._condition(node.item, terms, relations, not wanted)
        if isinstance(node, ast.All | ast.Any):
            parts = [self._condition(item, terms, relations, wanted) for item in node.items]
            return (self.lib.All if isinstance(node, ast.All) == wanted else self.lib.Any)(*parts)
        if isinstance(node, ast.AtLeast):
            return self._count_of(node, terms, relations, wanted)
        if is_row_test(node):
            assert isinstance(node, ast.Compare)
            return self.lib.Test(_row_test(node, self.start, relations, wanted))
        pattern = self._pattern(node, terms)
        return pattern if wanted else self.lib.Not(pattern)

    def _pattern(self, node: ast.Cond, terms: Terms) -> Any:
        if is_leaf(node):
            name, free, _ = self.start.table.name(node)
            return self.lib.Fact("leaf", name, *[terms[b] for b in free])
        assert isinstance(node, ast.FactRef)
        args = {k: terms[v[1:]] if v.startswith("$") else v for k, v in node.args}
        places = {i: args[f] for i, f in enumerate(self.program.facts[node.type].fields, 2) if f in args}
        return self.lib.Fact.from_iter({0: "fact", 1: node.type, **places}.items())

    def _count_of(self, node: ast.AtLeast, terms: Terms, relations: Mapping[str, str], wanted: bool) -> Any:
        """At least k of n, written out; its opposite: at least n - k + 1 of the opposites."""
        if node.set is None or node.binding is None:
            cases: Sequence[tuple[ast.Cond, Terms]] = [(item, terms) for item in node.items]
        else:
            cases = [(node.items[0], {**terms, node.binding: m}) for m in self.start.sets[node.set]]
        k = node.k if wanted else len(cases) - node.k + 1
        ways = [
            self.lib.All(*[self._condition(item, inner, relations, wanted) for item, inner in chosen])
            for chosen in combinations(cases, k)
        ]
        return self.lib.Any(*ways)


# ---------------------------------------------------------------- comparing fields of rows


def _row_test(node: ast.Compare, start: Given, relations: Mapping[str, str], wanted: bool) -> Callable[..., bool]:
    """A function of the bound rows' keys; experta reads the names of its parameters."""
    bindings = sorted(_row_bindings(node.left) | _row_bindings(node.right))

    def test(**bound: str) -> bool:
        def cell(f: ast.RowField) -> Cell:
            return start.rows[relations[f.binding]][bound["b_" + f.binding]][f.field]

        return COMPARE[node.op](_value(node.left, cell), _value(node.right, cell)) == wanted

    kind = inspect.Parameter.KEYWORD_ONLY
    test.__signature__ = inspect.Signature([inspect.Parameter("b_" + b, kind) for b in bindings])  # type: ignore[attr-defined]
    return test


def _row_bindings(node: ast.Expr) -> set[str]:
    if isinstance(node, ast.RowField):
        return {node.binding}
    return set().union(*[_row_bindings(a) for a in node.args]) if isinstance(node, ast.Arithmetic) else set()


def _value(node: ast.Expr, cell: Callable[[ast.RowField], Cell]) -> Any:
    if isinstance(node, ast.RowField):
        return cell(node)
    if isinstance(node, ast.Number):
        return node.value
    assert isinstance(node, ast.Arithmetic)
    return COMPUTE[node.op](*[_value(a, cell) for a in node.args])

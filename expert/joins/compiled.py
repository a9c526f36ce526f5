"""A program's rules over rows, compiled: who reads what, which tables keep what, and what a change has to ask."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from expert.engine.guards import place
from expert.engine.installed import off_facts
from expert.engine.nodes import NodeTable
from expert.joins.calculus import Number, Pair, plain
from expert.joins.cells import FactTable, Key
from expert.joins.closures import Compiler
from expert.joins.joinrule import LAST, Driver, JoinRule
from expert.joins.matched import Matched
from expert.joins.outside import Nothing, Static
from expert.joins.owned import owned_rules, types_over_rows
from expert.joins.replay import Cycles
from expert.joins.rows import RowTuple, Table
from expert.joins.shape import Shape, conjuncts, refuse_lags
from expert.language import ast, units
from expert.language.ast import GroundRule, Node, Program
from expert.language.members import members_of

Rows = tuple[RowTuple, ...]


@dataclass
class Plan:
    """What a stratum does about changes: functions by relation (for a row that comes, one that goes) with the columns
    they read, and by fact type, rules that hold, facts to settle.

    ``cycles``: of numbers that read numbers of the same stratum; ``cut_off``: some depended on themselves in the last
    scan.
    """

    by_row: dict[str, list[tuple[JoinRule, Driver, Driver, frozenset[int]]]] = field(default_factory=dict)
    by_fact: list[tuple[FactTable, JoinRule, Driver]] = field(default_factory=list)
    held: list[JoinRule] = field(default_factory=list)
    tables: list[FactTable] = field(default_factory=list)
    cycles: Cycles | None = None
    cut_off: bool = False


@dataclass(frozen=True, slots=True)
class Concern:
    """Whom it concerns that a row changes in some of its columns, or goes.

    ``gone``: who takes back what was said with the row as it was; ``came``: by stratum, who looks at it as it is;
    ``replace``: puts it in its place.
    """

    gone: tuple[Driver, ...]
    came: tuple[tuple[tuple[JoinRule, Driver], ...], ...]
    replace: Callable[[RowTuple, RowTuple], None]


@dataclass
class Agenda:
    """What is to be asked in the rounds of one stratum."""

    asks: dict[int, dict[tuple[Any, ...], tuple[JoinRule, Rows]]] = field(default_factory=dict)
    facts: dict[int, dict[tuple[str, Key], None]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.asks or self.facts)

    def next(self) -> int:
        """The earliest round."""
        return min([*self.asks, *self.facts])


class Compiled:
    """Rules over rows of one program, what they conclude, and what is to be done when something changes.

    Parameters
    ----------
    program : Program
    table : NodeTable, optional
        Of the same program, when there is one already.
    owned : collection of str, optional
        Ids of the rules to run; None: all over rows and whatever depends on them.
    matched : bool
        Keep account of what every rule matches, also where it is false, for whoever shows all of it.

    Raises
    ------
    NotJoinable
        From the first scan, when a rule says something over rows that only the reference evaluator can.
    """

    def __init__(
        self,
        program: Program,
        table: NodeTable | None = None,
        owned: frozenset[str] | None = None,
        matched: bool = False,
    ) -> None:
        self.program, self.table = program, table or NodeTable(program)
        site = program.site
        factors = {
            kind: units.factor(kind, site.unit_definitions)
            for r in site.relations.values()
            for kind in r.fields.values()
            if kind not in ("text", "number")
        }
        self.units: dict[str, Fraction] = factors
        self.tables = {name: Table(r, factors) for name, r in site.relations.items()}
        self.owned = owned_rules(program) if owned is None else owned
        self.matched = matched
        self.partial: list[JoinRule] = []
        self.facts: dict[str, FactTable] = {}
        self.rules: list[JoinRule] = []
        self.layers: list[list[JoinRule]] = []
        self.values: list[Any] = []
        self.now = 0
        self._leaves: list[tuple[Node, dict[str, str], set[int]]] = []
        self._leaf_of: dict[tuple[int, tuple[tuple[str, str], ...]], int | None] = {}
        self._readers: dict[int, list[JoinRule]] = {}
        self._level_of: dict[str, int] = {}
        self._static: Static = Nothing(program)
        self._off_types: frozenset[str] = frozenset()
        self._missing: frozenset[str] = frozenset()
        self._agendas = [Agenda() for _ in program.strata]
        self._owned_types: frozenset[str] = frozenset()
        self._find_types()
        self._drivers: dict[str, list[tuple[JoinRule, Callable[[Any, int], None]]]] = {}
        self._moved: set[JoinRule] = set()
        self._timed: list[JoinRule] = []
        self._few = False
        self._plans: list[Plan] = []
        self._concerns: dict[tuple[str, tuple[bool, ...]], Concern] = {}
        self._ready = False

    # ------------------------------------------------------------ what rules are compiled against

    def _find_types(self) -> None:
        live: dict[str, bool] = {}
        owned: set[str] = set()
        left: set[str] = set()
        for level, layer in enumerate(self.program.strata):
            for g in layer:
                c = g.rule.conclude
                if c is None:
                    continue
                if not g.off:
                    self._level_of[c.type] = level
                (owned if g.rule.id in self.owned else left).add(c.type)
                if not c.refutes:
                    live[c.type] = live.get(c.type, False) or not g.off
        self._off_types = frozenset(t for t, on in live.items() if not on)
        self._missing = frozenset(n for n, f in self.program.facts.items() if f.imported and n not in live)
        left |= {name for name, declared in self.program.facts.items() if declared.imported}
        self._owned_types = frozenset(owned) | (types_over_rows(self.program) - left)

    def is_static(self, node: Node, shape: Shape) -> bool:
        """Whether a node reads neither rows nor facts made here."""
        i = self.table.index(node)
        if self.table.reads[i] & self._owned_types:
            return False
        return not any(b in shape.position for b in self.table.free[i])

    def static(self, node: Node, env: Mapping[str, str], shape: Shape) -> int | None:
        """Place in ``values`` of what a static node amounts to; None when it was removed."""
        i = self.table.index(node)
        bound = tuple((b, env[b]) for b in self.table.free[i])
        if (i, bound) not in self._leaf_of:
            x = self._ask_static(node, dict(bound))
            self._leaf_of[i, bound] = None if x is None else len(self.values)
            if x is not None:
                self._leaves.append((node, dict(bound), set()))
                self.values.append(x)
        place = self._leaf_of[i, bound]
        if place is not None and place not in shape.statics:
            shape.statics.append(place)
            self._leaves[place][2].add(shape.level)
        return place

    def _ask_static(self, node: Any, env: dict[str, str]) -> Pair | Number | None:
        if isinstance(node, ast.Expr):
            number = self._static.number(node, env)
            return None if number is None else plain(number)
        x = self._static.cond(node, env)
        return None if x is None else (x.s, x.p)

    def made_at(self, type_: str) -> int:
        """Highest stratum in which a fact type is concluded."""
        return self._level_of.get(type_, -1)

    def is_off(self, type_: str) -> bool:
        """Whether all rules for a type are off at this site."""
        return type_ in self._off_types

    def is_missing(self, type_: str) -> bool:
        """Whether a type is imported and nobody exports it."""
        return type_ in self._missing

    def members(self, node: ast.AtLeast, env: Mapping[str, str]) -> tuple[str, ...]:
        """Members of an entity set that a count ranges over."""
        return members_of(self.program.site, node, env)

    # ------------------------------------------------------------ compiling

    @property
    def owned_types(self) -> frozenset[str]:
        """Fact types that these rules conclude, or that are about rows."""
        return self._owned_types

    def compile(self, static: Static) -> None:
        """Compile all rules, unless that was done; ``static`` is asked for what was removed at grounding."""
        self._static = static
        if not self.layers:
            self._compile()

    def _compile(self) -> None:
        ground = self._ground()
        for type_ in sorted(self._owned_types):
            declared = self.program.facts[type_]
            self.facts[type_] = FactTable(type_, tuple(declared.fields), declared.combine, flat=False)
        self.layers = [[] for _ in self.program.strata]
        for rank, (level, g) in enumerate(ground):
            rule = self._rule(rank, level, g)
            self.rules.append(rule)
            if not rule.shape.dead:
                self.layers[level].append(rule)
        for level, g in ground if self.matched else ():
            self._add_partial(level, g)
        self._choose_tables()
        for rule in (*self.rules, *self.partial):
            if not rule.shape.dead:
                rule.write()
                for lit, driver in rule.by_fact:
                    self._drivers.setdefault(lit.type, []).append((rule, driver))
                for place in rule.shape.statics:
                    self._readers.setdefault(place, []).append(rule)
        self._timed = [rule for rule in self.rules if rule.book is not None]
        self._plans = [self._plan(layer) for layer in self.layers]
        for type_, args in off_facts(self.program):
            if type_ in self.facts:
                values = tuple(v for _, v in args)
                self.facts[type_].off(values[0] if len(values) == 1 else values)
                self.facts[type_].settle()

    def _plan(self, layer: list[JoinRule]) -> Plan:
        plan = Plan()
        for rule in layer:
            for i, relation in enumerate(rule.shape.relations):
                columns = rule.columns(i)
                plan.by_row.setdefault(relation, []).append((rule, rule.by_row[i], rule.gone[i], columns))
            plan.by_fact += [(self.facts[lit.type], rule, d) for lit, d in rule.by_fact if not lit.now]
            if rule.book is not None:
                plan.held.append(rule)
            if rule.facts not in plan.tables:
                plan.tables.append(rule.facts)
        if any(rule.numbers_now for rule in layer):
            plan.cycles = Cycles(layer, self.facts)
        return plan

    def _ground(self) -> list[tuple[int, GroundRule]]:
        """Owned ground rules with their strata, in order of id and bindings."""
        found = [
            (level, g)
            for level, layer in enumerate(self.program.strata)
            for g in layer
            if g.rule.id in self.owned and not g.off
        ]
        return sorted(found, key=lambda x: (x[1].rule.id, x[1].bindings))

    def _rule(self, rank: int, level: int, ground: GroundRule) -> JoinRule:
        rule = ground.rule
        position = {m.binding: i for i, m in enumerate(rule.match)}
        relations = tuple(m.relation for m in rule.match)
        shape = Shape(ground, rank, level, relations, position, dict(ground.bindings))
        refuse_lags(rule, lambda node: self.is_static(node, shape))
        facts = self._table_of(shape)
        shape.eager = bool(rule.hold) or facts.combine is not None or self.matched
        removed = Compiler(shape, self).removes
        shape.when = conjuncts(rule.when, removed)
        for match in rule.match:
            where = [] if match.where is None else conjuncts(match.where, removed)
            shape.dead |= where is None
            shape.wheres.append(where or [])
        shape.dead |= shape.when is None
        return self._made(shape, facts)

    def _made(self, shape: Shape, facts: FactTable) -> JoinRule:
        matched = Matched(self.program.site.max_activations, place(shape.rule)) if self.matched else None
        made = JoinRule(shape, facts, self, self.program.site.period, matched)
        made.later, made.wait = self.ask_later, self._wait
        return made

    def _add_partial(self, level: int, ground: GroundRule) -> None:
        """Follow what the first rows of a rule match, with or without the others: it is looked at, too."""
        rule = ground.rule
        for depth, match in enumerate(rule.match[:-1], 1):
            if match.where is None:
                continue
            first = rule.match[:depth]
            part = replace(
                rule, id=f"{rule.id}/{depth}", match=first, when=match.where, conclude=None, hold=0, because_parts={}
            )
            position = {m.binding: i for i, m in enumerate(first)}
            relations = tuple(m.relation for m in first)
            rank = len(self.rules) + len(self.partial)
            shape = Shape(replace(ground, rule=part), rank, level, relations, position, dict(ground.bindings))
            compiler = Compiler(shape, self)
            wheres = [() if m.where is None else conjuncts(m.where, compiler.removes) for m in first]
            if None not in wheres:
                shape.wheres, shape.when, shape.eager = [list(w or ()) for w in wheres], [], True
                self.partial.append(self._made(shape, self._table_of(shape)))
                self.partial[-1].partial = True
                self.layers[level].append(self.partial[-1])

    def _table_of(self, shape: Shape) -> FactTable:
        """Facts that a rule concludes; a rule that concludes nothing has a table of its own."""
        rule = shape.rule
        if rule.conclude is not None:
            return self.facts[rule.conclude.type]
        name = f"rule:{rule.id}"
        if name not in self.facts:
            fields = (*(b for b, _ in rule.for_each), *(m.binding for m in rule.match))
            self.facts[name] = FactTable(name, fields, None, flat=False)
        return self.facts[name]

    def _choose_tables(self) -> None:
        """Keep a type flat where all rules speak in the first round and nobody reads in between."""
        off = {t for t, _ in off_facts(self.program)}
        deep = {lit.type for r in self.rules for lit in r.shape.literals if lit.now} | off
        deep |= {r.facts.name for r in self.rules if r.now_literals or r.facts.combine is not None}
        for name, facts in self.facts.items():
            facts.flat = name not in deep
            facts.notify = self._notify
            speakers = [r for r in self.rules if r.facts is facts]
            facts.level = self.made_at(name) if name in self.program.facts else 0
            facts.early = frozenset(r.shape.rank for r in speakers if r.shape.level < facts.level)
            for r in speakers:
                if r.refutes:
                    facts.refuters.setdefault(r.pattern, {})
                    facts.pattern(r.pattern)

    def concern(self, relation: str, moved: tuple[bool, ...]) -> Concern:
        """Whom it concerns that these of a row's columns change; none of them: that it goes."""
        found = self._concerns.get((relation, moved))
        if found is None:
            read = {c for c, is_moved in enumerate(moved) if is_moved}
            by_level = [
                [x for x in plan.by_row.get(relation, ()) if not moved or not x[3].isdisjoint(read)]
                for plan in self._plans
            ]
            found = self._concerns[relation, moved] = Concern(
                tuple(gone for level in by_level for _, _, gone, _ in level),
                tuple(tuple((rule, came) for rule, came, _, _ in level) for level in by_level),
                self.tables[relation].replacer(read),
            )
        return found

    # ------------------------------------------------------------ agendas

    def ask_later(self, round_: int, rule: JoinRule, rows: Rows) -> None:
        """Evaluate a combination in a round of its stratum."""
        asks = self._agendas[rule.shape.level].asks.setdefault(round_, {})
        asks[(rule.shape.rank, *[row[0] for row in rows])] = (rule, rows)

    def _notify(self, facts: FactTable, key: Key, round_: int) -> None:
        if facts.name in self._drivers:
            self._agendas[facts.level].facts.setdefault(round_ + 1, {})[facts.name, key] = None

    def _wait(self, rule: JoinRule, rows: Rows) -> None:
        self.ask_later(LAST, rule, rows)

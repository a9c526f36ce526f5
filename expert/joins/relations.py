"""The incremental evaluator of rules over rows: what a scan costs follows what changed.

Strata run from the bottom. In each, what changed (rows, facts of lower strata, conditions without rows) asks the
combinations of rows that it concerns, in the first round; a fact that then says something else from some round on asks
its readers of the same stratum in the round after. All that is kept is what rules say and from which round on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Protocol

from expert.engine.fixpoint import EndlessGrowth
from expert.engine.installed import off_facts
from expert.engine.nodes import NodeTable
from expert.engine.results import Num
from expert.joins.calculus import FALSE, Number, Pair, plain
from expert.joins.cells import FactTable, Key
from expert.joins.closures import Compiler
from expert.joins.joinrule import Driver, JoinRule
from expert.joins.owned import owned_rules, types_over_rows
from expert.joins.replay import Cycles, Replay
from expert.joins.rows import RowTuple, Table
from expert.joins.shape import Shape, conjuncts, refuse_lags
from expert.language import ast, units
from expert.language.ast import GroundRule, Node, Program
from expert.values.interval import Interval
from expert.values.types import Row

LAST = 1 << 20
"""Round from which on conclusions are made whose number reads a fact that nobody concluded."""
MAX_ROUNDS = 10_000
END = 1 << 60
"""A round after all others."""
MANY = 16
"""Fewer new rows are always looked at one by one."""
Rows = tuple[RowTuple, ...]


class Static(Protocol):
    """Answers for what depends on no row: conditions and numbers of samples, models, and rules that are not owned."""

    def cond(self, node: ast.Cond, env: Mapping[str, str]) -> Interval | None:
        """Certainty of a condition in this scan; None when it was removed at grounding."""

    def number(self, node: ast.Expr, env: Mapping[str, str]) -> Num | None:
        """A number in this scan; None when it was removed at grounding."""


class Nothing:
    """For programs over rows alone: what no rule concludes is false, and no rule is raised."""

    def cond(self, node: ast.Cond, env: Mapping[str, str]) -> Interval | None:
        """False."""
        return Interval(0, 0)

    def number(self, node: ast.Expr, env: Mapping[str, str]) -> Num | None:
        """A literal as it is, everything else unknown."""
        v = node.value if isinstance(node, ast.Number) else None
        return Num(v, v, v) if v is not None else Num(None, why="no data")


@dataclass(frozen=True, slots=True)
class Changed:
    """A fact that readers see differently: its certainty before and now."""

    type: str
    args: tuple[tuple[str, str], ...]
    before: Pair
    now: Pair


class Changes:
    """Facts that readers see differently, listed when somebody asks."""

    def __init__(self, tables: list[FactTable]) -> None:
        self._tables = tables

    def __len__(self) -> int:
        return sum(len(t.changed) for t in self._tables)

    def __iter__(self) -> Iterator[Changed]:
        for t in self._tables:
            for key, before in t.changed.items():
                yield Changed(t.name, t.args(key), before, t.view.get(key, FALSE))


@dataclass
class Plan:
    """What a stratum does about changes: functions by relation and by fact type, rules that hold, facts to settle.

    ``cycles``: of numbers that read numbers of the same stratum; ``cut_off``: some depended on themselves in the last
    scan.
    """

    by_row: dict[str, list[tuple[JoinRule, Driver]]] = field(default_factory=dict)
    by_fact: list[tuple[FactTable, JoinRule, Driver]] = field(default_factory=list)
    held: list[JoinRule] = field(default_factory=list)
    tables: list[FactTable] = field(default_factory=list)
    cycles: Cycles | None = None
    cut_off: bool = False


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


class Relations:
    """Rules over rows of one program, advancing scan by scan.

    Parameters
    ----------
    program : Program
    table : NodeTable, optional
        Of the same program, when there is one already.

    Raises
    ------
    NotJoinable
        From the first scan, when a rule says something over rows that only the reference evaluator can.
    """

    def __init__(self, program: Program, table: NodeTable | None = None) -> None:
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
        self.owned = owned_rules(program)
        self.facts: dict[str, FactTable] = {}
        self.rules: list[JoinRule] = []
        self.layers: list[list[JoinRule]] = []
        self.values: list[Any] = []
        self.now = 0
        self._leaves: list[tuple[Node, dict[str, str], set[int]]] = []
        self._leaf_of: dict[tuple[int, tuple[tuple[str, str], ...]], int | None] = {}
        self._readers: dict[int, list[JoinRule]] = {}
        self._level_of: dict[str, int] = {}
        self._static: Static = Nothing()
        self._off_types: frozenset[str] = frozenset()
        self._missing: frozenset[str] = frozenset()
        self._agendas = [Agenda() for _ in program.strata]
        self._owned_types: frozenset[str] = frozenset()
        self._find_types()
        self._drivers: dict[str, list[tuple[JoinRule, Callable[[Any, int], None]]]] = {}
        self._moved: set[JoinRule] = set()
        self._plans: list[Plan] = []
        self._gone: dict[str, list[Driver]] = {}
        self._ready = False

    # ------------------------------------------------------------ what rules are compiled against

    def _find_types(self) -> None:
        live: dict[str, bool] = {}
        owned = set()
        for level, layer in enumerate(self.program.strata):
            for g in layer:
                c = g.rule.conclude
                if c is None:
                    continue
                if not g.off:
                    self._level_of[c.type] = level
                if g.rule.id in self.owned:
                    owned.add(c.type)
                if not c.refutes:
                    live[c.type] = live.get(c.type, False) or not g.off
        self._off_types = frozenset(t for t, on in live.items() if not on)
        self._missing = frozenset(n for n, f in self.program.facts.items() if f.imported and n not in live)
        self._owned_types = frozenset(owned) | types_over_rows(self.program)

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

    def members(self, set_: str) -> tuple[str, ...]:
        """Members of an entity set."""
        return self.program.site.sets[set_]

    # ------------------------------------------------------------ compiling

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
        self._choose_tables()
        for rule in self.rules:
            if not rule.shape.dead:
                rule.write()
                for lit, driver in rule.by_fact:
                    self._drivers.setdefault(lit.type, []).append((rule, driver))
                for place in rule.shape.statics:
                    self._readers.setdefault(place, []).append(rule)
        self._plans = [self._plan(layer) for layer in self.layers]
        for type_, args in off_facts(self.program):
            if type_ in self.facts:
                values = tuple(v for _, v in args)
                self.facts[type_].off(values[0] if len(values) == 1 else values)
                self.facts[type_].settle()

    def _plan(self, layer: list[JoinRule]) -> Plan:
        plan = Plan()
        for rule in layer:
            for relation, by_row, gone in zip(rule.shape.relations, rule.by_row, rule.gone, strict=True):
                plan.by_row.setdefault(relation, []).append((rule, by_row))
                self._gone.setdefault(relation, []).append(gone)
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
        shape.eager = bool(rule.hold) or facts.combine is not None
        compiler = Compiler(shape, self)

        def removed(node: ast.Cond) -> bool:
            return compiler.cond(node, shape.env) is None

        shape.when = conjuncts(rule.when, removed)
        for match in rule.match:
            where = [] if match.where is None else conjuncts(match.where, removed)
            shape.dead |= where is None
            shape.wheres.append(where or [])
        shape.dead |= shape.when is None
        made = JoinRule(shape, facts, self, self.program.site.period)
        made.later, made.wait = self.ask_later, self._wait
        return made

    def _table_of(self, shape: Shape) -> FactTable:
        """Facts that a rule concludes; a rule that concludes nothing, or in the shadow only, has a table of its own."""
        rule = shape.rule
        if rule.conclude is not None and rule.status == "live":
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

    # ------------------------------------------------------------ agendas

    def ask_later(self, round_: int, rule: JoinRule, rows: Rows) -> None:
        """Evaluate a combination in a round of its stratum."""
        asks = self._agendas[rule.shape.level].asks.setdefault(round_, {})
        asks[(rule.shape.rank, *[row[0] for row in rows])] = (rule, rows)

    def _notify(self, facts: FactTable, key: Key, round_: int) -> None:
        if facts.name in self._drivers:
            self._agendas[facts.level].facts.setdefault(round_ + 1, {})[facts.name, key] = None

    # ------------------------------------------------------------ scanning

    def scan(
        self,
        now: int,
        row_changes: Iterable[Row],
        static: Static | None = None,
        on_stratum: Callable[[int], None] | None = None,
    ) -> Changes:
        """Advance by one scan.

        Parameters
        ----------
        row_changes : iterable of Row
            Rows that came, changed or went; of several for one key the last counts.
        static : Static, optional
            Answers for what depends on no row. It is asked for the conditions of a stratum when that stratum begins.
        on_stratum : callable, optional
            Called with the number of each stratum when it is done.

        Returns
        -------
        Changes
            Facts that readers see differently than after the scan before; good until the next scan.
        """
        self.now = now
        self._static = static or Nothing()
        if not self._ready:
            self._compile()
        for facts in self.facts.values():
            facts.changed = {}
        for rule in self.rules:
            rule.now = now
        self._moved = set()
        came = self._take_in(row_changes)
        whole = not self._ready
        self._ready = True
        for level, layer in enumerate(self.layers):
            self._stratum(level, layer, came, whole)
            if on_stratum is not None:
                on_stratum(level)
        return Changes([t for t in self.facts.values() if t.changed])

    def _take_in(self, row_changes: Iterable[Row]) -> dict[str, list[RowTuple]]:
        """Take back what was said with rows that changed, then let the new ones in."""
        newest: dict[str, dict[str, Row]] = {}
        for row in row_changes:
            if row.relation in self.tables:
                newest.setdefault(row.relation, {})[row.key] = row
        came: dict[str, list[RowTuple]] = {}
        went: list[tuple[Table, RowTuple]] = []
        for relation, by_key in newest.items():
            table = self.tables[relation]
            make, rows, new = table.make, table.rows, []
            for key, row in by_key.items():
                made = None if row.values is None else make(key, row.values)
                old = rows.get(key)
                if old is not None and old != made:
                    went.append((table, old))
                    for gone in self._gone.get(relation, ()):
                        gone(old, 0)
                if made is not None and old != made:
                    new.append(made)
            if new:
                came[relation] = new
        for table, old in went:
            table.drop(old)
        for relation, new in came.items():
            self.tables[relation].extend(new)
        return came

    def _stratum(self, level: int, layer: list[JoinRule], came: dict[str, list[RowTuple]], whole: bool) -> None:
        self._look_at_statics(level)
        plan = self._plans[level]
        for rule in plan.held:
            if rule.book is not None:
                rule.book.open(self.now)
        anew = set(layer) if whole else self._moved.intersection(layer) | self._mostly_new(layer, came)
        silent = {t.name for t in plan.tables if not t.merged}
        for rule in layer if anew else ():
            if rule in anew and not rule.waits_for(silent):
                rule.full(None, 0)
        for relation, rows in came.items():
            for rule, by_row in plan.by_row.get(relation, ()):
                if rule not in anew:
                    for row in rows:
                        by_row(row, 0)
        for table, rule, driver in plan.by_fact:
            if table.changed and rule not in anew:
                for key in table.changed:
                    driver(key, 0)
        for rule in plan.held:
            rule.close_book()
        self._rounds(level, plan)
        for table in plan.tables:
            table.settle()

    def _mostly_new(self, layer: list[JoinRule], came: dict[str, list[RowTuple]]) -> set[JoinRule]:
        """Rules most of whose rows are new, which are quicker evaluated as a whole."""
        if sum(len(rows) for rows in came.values()) < MANY:
            return set()
        found = set()
        for rule in layer:
            new = sum(len(came.get(r, ())) for r in rule.shape.relations)
            if 2 * new > sum(len(self.tables[r].rows) for r in rule.shape.relations):
                found.add(rule)
        return found

    def _look_at_statics(self, level: int) -> None:
        """Ask anew for the conditions without rows; note the rules that see one change."""
        for place, (node, env, levels) in enumerate(self._leaves):
            if level in levels:
                x = self._ask_static(node, env)
                if x != self.values[place]:
                    self.values[place] = x
                    self._moved.update(self._readers.get(place, ()))

    def _rounds(self, level: int, plan: Plan) -> None:
        agenda, cycles = self._agendas[level], plan.cycles
        while agenda and not plan.cut_off:
            round_ = agenda.next()
            if round_ % LAST > MAX_ROUNDS:
                self._stop(level)
            looks = round_ % LAST
            if cycles is not None and looks > 4 and looks & (looks - 1) == 0 and cycles.touched(round_):
                break
            self.run_round(level, round_)
        if cycles is None or not (agenda or any(t.touched for t in plan.tables)):
            return
        if agenda or plan.cut_off or cycles.touched(END):
            self._replay(level, plan)

    def run_round(self, level: int, round_: int) -> None:
        """Ask whoever is to be asked in one round of a stratum."""
        agenda = self._agendas[level]
        for name, key in agenda.facts.pop(round_, {}):
            for rule, driver in self._drivers[name]:
                if rule.shape.level == level:
                    driver(key, round_)
        for rule, rows in agenda.asks.pop(round_, {}).values():
            rule.ask(round_, *rows)

    def forget_agenda(self, level: int) -> None:
        """Nothing is to be asked in a stratum."""
        self._agendas[level] = Agenda()

    def _replay(self, level: int, plan: Plan) -> None:
        """Go through a stratum naively, because numbers depend on themselves in it."""
        assert plan.cycles is not None
        replay = Replay(self, level, plan.cycles, self.layers[level])
        plan.cut_off = replay.run()
        for rule in self.layers[level]:
            rule.last_from, rule.wait = LAST, self._wait
        if not plan.cut_off:  # from now on it can be followed again
            replay.begin()
            while self._agendas[level]:
                self.run_round(level, self._agendas[level].next())

    def _wait(self, rule: JoinRule, rows: Rows) -> None:
        self.ask_later(LAST, rule, rows)

    def _stop(self, level: int) -> None:
        names = sorted({rule.shape.rule.id for rule in self.layers[level]})
        raise EndlessGrowth(f"rules {', '.join(names)} still change facts after {MAX_ROUNDS} rounds of one scan")

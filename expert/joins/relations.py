"""The incremental evaluator of rules over rows: what a scan costs follows what changed.

Strata run from the bottom. In each, what changed (rows, facts of lower strata, conditions without rows) asks the
combinations of rows that it concerns, in the first round; a fact that then says something else from some round on asks
its readers of the same stratum in the round after. All that is kept is what rules say and from which round on.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from operator import ne

from expert.engine.guards import MAX_ROUNDS
from expert.joins.calculus import FALSE, Pair
from expert.joins.cells import FactTable
from expert.joins.compiled import Agenda, Compiled, Concern, Plan
from expert.joins.growth import endless_growth
from expert.joins.history import END
from expert.joins.joinrule import LAST, JoinRule
from expert.joins.outside import Nothing, Static
from expert.joins.replay import Replay
from expert.joins.rows import RowTuple, Table
from expert.values.types import Row

MANY = 16
"""Fewer new rows are always looked at one by one."""
Came = dict[str, list[RowTuple]]
"""New rows by relation."""
Moved = list[tuple[Table, RowTuple, RowTuple, Concern]]
"""Rows that changed: as they were, as they are, whom that concerns."""


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


class Relations(Compiled):
    """Rules over rows of one program, advancing scan by scan."""

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
        self.compile(static or Nothing(self.program))
        for facts in self.facts.values():
            if facts.changed:
                facts.changed = {}
        for rule in self._timed:
            rule.now = now
        self._moved = set()
        came, changed = self._take_in(row_changes)
        self._few = sum(map(len, came.values())) + len(changed) < MANY
        whole = not self._ready
        self._ready = True
        for level, layer in enumerate(self.layers):
            self._stratum(level, layer, came, changed, whole)
            if on_stratum is not None:
                on_stratum(level)
        return Changes([t for t in self.facts.values() if t.changed])

    def _take_in(self, row_changes: Iterable[Row]) -> tuple[Came, Moved]:
        """Take back what was said with rows that changed or went, then let the new ones in; return those."""
        newest: dict[str, dict[str, Row]] = {}
        for row in row_changes:
            if row.relation in self.tables:
                newest.setdefault(row.relation, {})[row.key] = row
        came: Came = {}
        changed: Moved = []
        went: list[tuple[Table, RowTuple]] = []
        for relation, by_key in newest.items():
            table = self.tables[relation]
            make, rows = table.make, table.rows
            new: list[RowTuple] = []
            for key, row in by_key.items():
                made = None if row.values is None else make(key, row.values)
                old = rows.get(key)
                if old is None:
                    if made is not None:
                        new.append(made)
                    continue
                if old == made:
                    continue
                concern = self.concern(relation, () if made is None else tuple(map(ne, old, made)))
                for gone in concern.gone:
                    gone(old, 0)
                if made is None:
                    went.append((table, old))
                else:
                    changed.append((table, old, made, concern))
            if new:
                came[relation] = new
        for table, old in went:
            table.drop(old)
        for _, old, made, concern in changed:
            concern.replace(old, made)
        for relation, new in came.items():
            self.tables[relation].extend(new)
        return came, changed

    def _stratum(self, level: int, layer: list[JoinRule], came: Came, changed: Moved, whole: bool) -> None:
        if self._leaves:
            self._look_at_statics(level)
        plan = self._plans[level]
        for rule in plan.held:
            if rule.book is not None:
                rule.book.open(self.now)
        anew: Collection[JoinRule] = ()
        if whole or self._moved or not self._few:
            anew = set(layer) if whole else self._mostly_new(layer, came, changed) | self._moved.intersection(layer)
            silent = {t.name for t in plan.tables if not t.merged}
            for rule in layer:
                if rule in anew and not rule.waits_for(silent):
                    rule.full(None, 0)
        for relation, rows in came.items():
            for rule, by_row, _, _ in plan.by_row.get(relation, ()):
                for row in rows if rule not in anew else ():
                    by_row(row, 0)
        for _, _, row, concern in changed:
            for rule, by_row in concern.came[level]:
                if rule not in anew:
                    by_row(row, 0)
        for table, rule, driver in plan.by_fact:
            if table.changed and rule not in anew:
                for key in table.changed:
                    driver(key, 0)
        for rule in plan.held:
            rule.close_book()
        agenda = self._agendas[level]
        if agenda.asks or agenda.facts or plan.cycles is not None:
            self._rounds(level, plan)
        for table in plan.tables:
            if table.touched:
                table.settle()

    def _mostly_new(self, layer: list[JoinRule], came: Came, changed: Moved) -> set[JoinRule]:
        """Rules most of whose rows are new, which are quicker evaluated as a whole."""
        found: set[JoinRule] = set()
        if self._few:
            return found
        many = {relation: len(rows) for relation, rows in came.items()}
        for table, _, _, _ in changed:
            many[table.relation.name] = many.get(table.relation.name, 0) + 1
        for rule in layer:
            new = sum(many.get(r, 0) for r in rule.shape.relations)
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
            if round_ % LAST >= MAX_ROUNDS:
                raise endless_growth(self, layer=self.layers[level], rounds=MAX_ROUNDS)
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

"""Numbers on a cycle of the data: a stratum gone through round by round, as a naive evaluation would.

When a number depends on itself through the data, it is cut off in certain rounds of the whole stratum, so what changes
cannot be followed on its own any more. Such a stratum is cleared and evaluated anew whenever something in it is
touched.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from expert.compile.components import components
from expert.engine.guards import MAX_ROUNDS
from expert.joins.cells import FactTable, Key
from expert.joins.growth import endless_growth
from expert.joins.history import at
from expert.joins.joinrule import JoinRule
from expert.joins.rows import RowTuple

if TYPE_CHECKING:
    from expert.joins.relations import Relations

Place = tuple[str, Key]
"""A fact: its type and its key."""
NEVER_LAST = 1 << 40


class Cycles:
    """Which numbers of one stratum read which."""

    def __init__(self, layer: list[JoinRule], facts: dict[str, FactTable]) -> None:
        self.rules = {rule.rank: rule for rule in layer if rule.numbers_now}
        self.tables = {name: facts[name] for rule in self.rules.values() for name in (rule.facts.name,)}
        self.facts = facts

    def reads(self, place: Place, round_: int) -> Iterator[Place]:
        """Numbers that a fact's number is computed from, as of a round."""
        name, key = place
        for source, history in self.facts[name].cells.get(key, {}).items():
            rule = self.rules.get(source[0])
            step = at(history, round_) if rule is not None else None
            if rule is None or step is None or not step[2]:
                continue
            rows = [(k,) for k in source[1:]]
            for lit, part in rule.numbers_now:
                table = self.facts[lit.type]
                keys = [part(rows)] if lit.pattern is None else table.patterns[lit.pattern].get(part(rows), ())
                for k in keys:
                    if table.number_at(k, round_) is not None:
                        yield lit.type, k

    def touched(self, round_: int) -> bool:
        """Whether one of the facts that were touched depends on itself."""
        state: dict[Place, bool] = {}  # False while what it reads is being looked at
        for start in [(name, key) for name, table in self.tables.items() for key in table.touched]:
            stack: list[tuple[Place, Iterator[Place]]] = []
            todo: Place | None = start if start not in state else None
            while todo is not None or stack:
                if todo is not None:
                    state[todo] = False
                    stack.append((todo, self.reads(todo, round_)))
                    todo = None
                place, rest = stack[-1]
                for following in rest:
                    if following not in state:
                        todo = following
                        break
                    if not state[following]:
                        return True
                else:
                    state[place] = True
                    stack.pop()
        return False

    def all(self, round_: int) -> list[Place]:
        """Every fact whose number depends on itself as of a round."""
        places = [(name, key) for name, table in sorted(self.tables.items()) for key in table.cells]
        forward: dict[Place, list[Place]] = {place: list(self.reads(place, round_)) for place in places}
        for found in list(forward.values()):
            for place in found:
                forward.setdefault(place, [])
        groups = components(list(forward), forward)
        return [p for group in groups for p in group if len(group) > 1 or p in forward[p]]


class Replay:
    """One naive evaluation of a stratum."""

    def __init__(self, relations: Relations, level: int, cycles: Cycles, layer: list[JoinRule]) -> None:
        self.relations, self.level, self.cycles, self.layer = relations, level, cycles, layer
        self.waiting: dict[tuple[int, tuple[str, ...]], tuple[JoinRule, tuple[RowTuple, ...]]] = {}

    def run(self) -> bool:
        """Evaluate; return whether numbers were cut off."""
        for rule in self.layer:
            rule.last_from, rule.wait = NEVER_LAST, self._wait
        self.begin()
        changed = self._stir() or any(self._matches(rule) for rule in self.layer)
        cut_off = last = False
        for round_ in range(MAX_ROUNDS):
            if round_:
                self.relations.run_round(self.level, round_)
                changed = self._stir()
            cut = (not changed or round_ & (round_ - 1) == 0) and self._cut(round_)
            cut_off |= cut
            if not changed and not cut:
                if last or not self.waiting:
                    return cut_off
                last = True
                self._release(round_ + 1)
        raise endless_growth(self.relations, self.layer, MAX_ROUNDS)

    def begin(self) -> None:
        """Forget everything and run the first round."""
        self._clear()
        for rule in self.layer:
            if rule.book is None:
                rule.full(None, 0)
            else:
                rule.say_held()

    def _matches(self, rule: JoinRule) -> bool:
        """Whether a rule says anything at all in the first round, be it false."""
        from expert.joins.reading import matches

        return not rule.wants_number and not rule.refutes and any(True for _ in matches(rule, self.relations))

    def _tables(self) -> Iterable[FactTable]:
        return {rule.facts.name: rule.facts for rule in self.layer if not rule.refutes}.values()

    def _stir(self) -> bool:
        moved = [t.stirred for t in self._tables()]
        for t in self._tables():
            t.stirred = False
        return any(moved)

    def _clear(self) -> None:
        ranks = {rule.rank for rule in self.layer}
        for table in self._tables():
            table.cyclic.clear()
            for key, cell in list(table.cells.items()):
                for source in [s for s in cell if s[0] in ranks]:
                    table.drop(key, source)
        self.relations.forget_agenda(self.level)
        self._stir()

    def _wait(self, rule: JoinRule, rows: tuple[RowTuple, ...]) -> None:
        self.waiting[rule.rank, rule.keys(rows)] = (rule, rows)

    def _release(self, round_: int) -> None:
        """From now on conclusions are made although their number reads a fact that nobody concluded."""
        for rule in self.layer:
            rule.last_from = round_
        for rule, rows in self.waiting.values():
            self.relations.ask_later(round_, rule, rows)
        self.waiting = {}

    def _cut(self, round_: int) -> bool:
        """Mark the numbers that depend on themselves; return whether there are new ones."""
        new = False
        for name, key in self.cycles.all(round_):
            table = self.cycles.facts[name]
            if key not in table.cyclic:
                table.cyclic[key] = round_
                table.touched[key] = None
                table.notify(table, key, round_)
                new = True
        return new

"""What a live session carries from scan to scan of rules over rows: facts, nodes of the record, holds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from expert.engine.facts import Args, Contribution, FactBase, FactState, States
from expert.engine.hold import Hold
from expert.joins.calculus import full
from expert.joins.cells import FactTable, Key
from expert.joins.history import OFF
from expert.joins.holds import HeldState
from expert.joins.joinrule import JoinRule
from expert.joins.relations import Relations
from expert.values.interval import Interval
from expert.values.types import Fact, rule_key


class KeptNodes:
    """Nodes of the record, each as long as some activation shows it."""

    def __init__(self) -> None:
        self.json: dict[str, Any] = {}
        self._shown: dict[str, int] = {}

    def put(self, before: Iterable[str], now: Mapping[str, Any]) -> tuple[str, ...]:
        """Let an activation show these nodes instead of those that it showed before; return their keys.

        >>> kept = KeptNodes()
        >>> keys = kept.put((), {"1": [0, 0], "2": 5})
        >>> kept.put(keys, {"2": 6}), kept.json
        (('2',), {'2': 6})
        """
        shown = self._shown
        for key in now:
            shown[key] = shown.get(key, 0) + 1
        self.json.update(now)
        for key in before:
            shown[key] -= 1
            if not shown[key]:
                del shown[key], self.json[key]
        return tuple(now)


class KeptFacts:
    """Facts of the joins as a session's fact base has them, also those that are false.

    ``speakers``: keys of the activations that conclude a fact; ``stirred``: facts that were looked at in this scan.
    """

    def __init__(self, relations: Relations) -> None:
        self._relations = relations
        self._tables = {n: t for n, t in relations.facts.items() if n in relations.program.facts}
        self._states: dict[str, States] = {n: States() for n in self._tables}
        self._frozen: dict[str, dict[Args, Fact]] = {n: {} for n in self._tables}
        self._lists: dict[str, list[Fact]] = {}
        self.speakers: dict[tuple[str, Args], dict[str, None]] = {}
        self.stirred: dict[tuple[str, Args], None] = {}
        self._names = {r.rank: (r.shape.rule.id, r.shape.ground.bindings, r) for r in relations.rules}
        for table in self._tables.values():
            table.moved = dict.fromkeys(table.cells)  # what is off is there from the start

    def enter(self, type_: str, args: Args, key: str) -> None:
        """An activation concludes a fact from now on, be it false."""
        self.speakers.setdefault((type_, args), {})[key] = None
        self.stirred[type_, args] = None

    def leave(self, type_: str, args: Args, key: str) -> None:
        """Inverse of `enter`."""
        speakers = self.speakers[type_, args]
        del speakers[key]
        if not speakers:
            del self.speakers[type_, args]
        self.stirred[type_, args] = None

    def update(self, base: FactBase) -> dict[tuple[str, Args], None]:
        """Bring the facts up to date and put them into a scan's fact base; return those that were looked at."""
        for name, table in self._tables.items():
            self.stirred.update(dict.fromkeys([(name, table.args(key)) for key in table.moved or ()]))
            table.moved = {}
        stirred, self.stirred = self.stirred, {}
        for type_, args in stirred:
            self._renew(self._tables[type_], args)
        for name in {type_ for type_, _ in stirred}:
            frozen = self._frozen[name]
            self._lists[name] = [frozen[args] for args in sorted(frozen)]
        for name, states in self._states.items():
            if states:
                base.by_type[name] = states
                base.frozen[name] = self._lists[name]
        return stirred

    def _renew(self, table: FactTable, args: Args) -> None:
        values = tuple([v for _, v in args])
        key: Key = values[0] if len(values) == 1 else values
        cell = table.cells.get(key)
        states, frozen = self._states[table.name], self._frozen[table.name]
        if cell is None and (table.name, args) not in self.speakers:
            states.remove(args)
            frozen.pop(args, None)
            return
        state = states[args] = FactState(table.name, args)
        for source, said in (cell or {}).items():
            if source == OFF:
                state.off = True
                continue
            s, p, number, round_ = (*said, None, 0) if table.flat else (*said[-1][1:], said[-1][0])
            rule, bindings, made = self._names[source[0]]
            rows = tuple((b, source[i + 1]) for b, i in made.shape.position.items())
            known = None if number is None else full(number)
            state.contributions[rule, bindings + rows] = Contribution(Interval(s, p), known, round_)
        state.refuted = table.refuted(key)
        state.cyclic = key in table.cyclic
        frozen[args] = state.freeze(table.combine)


def load_holds(rules: Iterable[JoinRule], holds: dict[str, Hold]) -> None:
    """Let rules with a `for` take over their past from a session when they first see their activations."""
    for rule in rules:
        if rule.book is not None:
            name = rule.shape.rule.id
            times = {time for key, hold in holds.items() if key.split("[", 1)[0] == name for time, _, _ in hold.past}
            rule.book.times = sorted(times)
            rule.book.earlier = _earlier(rule, holds)


def _earlier(rule: JoinRule, holds: dict[str, Hold]) -> Callable[[tuple[str, ...]], HeldState | None]:
    bindings = tuple(rule.shape.position)

    def earlier(keys: tuple[str, ...]) -> HeldState | None:
        rows = tuple(zip(bindings, keys, strict=True))
        hold = holds.pop(rule_key(rule.shape.rule.id, rule.shape.ground.bindings + rows), None)
        if hold is None or not hold.past:
            return None
        state = HeldState((), hold.past[0][0], start=hold.start)
        for step in hold.past:
            if not state.changes or state.changes[-1][1:] != step[1:]:
                state.changes.append(step)
        return state

    return earlier


def save_holds(rules: Iterable[JoinRule]) -> dict[str, Hold]:
    """Past scans of every activation with a `for`, as a session keeps them."""
    found: dict[str, Hold] = {}
    for rule in rules:
        for keys, state in rule.book.states.items() if rule.book is not None else ():
            assert rule.book is not None
            rows = tuple(zip(rule.shape.position, keys, strict=True))
            key = rule_key(rule.shape.rule.id, rule.shape.ground.bindings + rows)
            found[key] = Hold(rule.book.past(state), state.start)
    return found

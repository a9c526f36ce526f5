"""Facts in the making: what each rule says of a fact in which naive round, and what readers see in the end.

What a rule with its bindings says is kept as a *history*, the steps ``(round, support, plausibility, number)`` that a
naive evaluation would go through; before the first step it says nothing. So a fact on a positive cycle goes with its
base without any search, and the canonical derivation is read off. Where all rules of a type speak in the first
round and nobody reads it in between, a history is just its only pair (a *flat* table).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from expert.engine.results import unknown
from expert.joins.calculus import FALSE, ONE, UNKNOWN, Number, Pair, alternatives, arith, refuted
from expert.joins.history import BEFORE, END, FIRST, NEVER, OFF, History, Source, at, differ, spliced, union

Key = Any
"""Values of a fact's fields in order: a tuple, or the value itself where there is one field only."""


class FactTable:
    """All facts of one type.

    ``level``: stratum of the highest rule that concludes it, and of those who read it in between; ``early``: ranks of
    the rules of lower strata, which have spoken before that; ``moved``: facts of which anything at all was said anew,
    until somebody takes them away (None: nobody asks).
    """

    def __init__(self, name: str, fields: tuple[str, ...], combine: str | None, flat: bool) -> None:
        self.name, self.fields, self.combine, self.flat = name, fields, combine, flat
        self.level = 0
        self.early: frozenset[int] = frozenset()
        self.cells: dict[Key, dict[Source, Any]] = {}
        self.merged: dict[Key, History] = {}
        self.view: dict[Key, Pair] = {}
        self.numbers: dict[Key, Number] = {}
        self.disputed: set[Key] = set()
        self.cyclic: dict[Key, int] = {}
        self.patterns: dict[tuple[int, ...], dict[Key, dict[Key, None]]] = {}
        self.refuters: dict[tuple[int, ...], dict[Key, dict[Source, int]]] = {}
        self.touched: dict[Key, None] = {}
        self.shells: dict[Key, set[Source]] = {}
        self.stirred = False
        self.changed: dict[Key, Pair] = {}
        self.moved: dict[Key, None] | None = None
        self.notify: Callable[[FactTable, Key, int], None] = lambda table, key, round_: None

    # ------------------------------------------------------------ keys

    def part(self, key: Key, pattern: tuple[int, ...]) -> Key:
        """The fields of a pattern out of a whole key."""
        if len(pattern) == 1:
            return key[pattern[0]] if len(self.fields) > 1 else key
        return tuple([key[i] for i in pattern])

    def args(self, key: Key) -> tuple[tuple[str, str], ...]:
        """A key as the arguments of a fact."""
        values = key if len(self.fields) > 1 else (key,) if self.fields else ()
        return tuple(zip(self.fields, values, strict=True))

    def pattern(self, pattern: tuple[int, ...]) -> dict[Key, dict[Key, None]]:
        """Whole keys by the fields of a pattern, made when it is new."""
        found = self.patterns.get(pattern)
        if found is None:
            found = self.patterns[pattern] = {}
            for key in self.cells:
                found.setdefault(self.part(key, pattern), {})[key] = None
        return found

    def _enter(self, key: Key) -> dict[Source, Any]:
        cell = self.cells[key] = {}
        for pattern, members in self.patterns.items():
            members.setdefault(self.part(key, pattern), {})[key] = None
        return cell

    def _leave(self, key: Key) -> None:
        del self.cells[key]
        for pattern, members in self.patterns.items():
            part = self.part(key, pattern)
            del members[part][key]
            if not members[part]:
                del members[part]

    # ------------------------------------------------------------ what rules say

    def say(self, key: Key, source: Source, s: int, p: int) -> None:
        """What a rule says, in a flat table; false is not kept."""
        cell = self.cells.get(key)
        if p:
            if cell is None:
                cell = self._enter(key)
            elif cell.get(source) == (s, p):
                return
            cell[source] = (s, p)
        elif cell is None or cell.pop(source, None) is None:
            return
        elif not cell:
            self._leave(key)
        self.touched[key] = None
        self.stirred = True

    def put(self, key: Key, source: Source, round_: int, said: tuple[int, int, Number | None] | None) -> int:
        """What a rule says from a round on, until the next step of its history.

        Returns
        -------
        int
            Round of that next step, at which the rule is to be asked again; `NEVER` when there is none.
        """
        cell = self.cells.get(key)
        old: History = () if cell is None else cell.get(source, ())
        if said is not None and not said[1] and self.combine is None and (not old or old[0][0] >= round_):
            said = None  # false is what is said before anything is
        new = spliced(old, round_, said)
        if new != old:
            if cell is None:
                cell = self._enter(key)
            if new:
                cell[source] = new
            else:
                cell.pop(source, None)
                if not cell:
                    self._leave(key)
            self._merge(key, old, new)
        return next((step[0] for step in new if step[0] > round_), NEVER)

    def start(self, key: Key, source: Source, s: int, p: int) -> None:
        """What a rule says that speaks in the first round only."""
        new: History = () if not p else FIRST if s == ONE else ((0, s, p, None),)
        cell = self.cells.get(key)
        old: History = () if cell is None else cell.get(source, ())
        if new == old:
            return
        if cell is None:
            cell = self._enter(key)
        if new:
            cell[source] = new
        else:
            del cell[source]
            if not cell:
                self._leave(key)
        self._merge(key, old, new)

    def shell(self, key: Key, source: Source, unsaid: bool) -> None:
        """Whether a rule would conclude a number but has nothing to compute it from: the fact is there, without one."""
        there = source in self.shells.get(key, ())
        if there == unsaid:
            return
        self.touched[key] = None
        if unsaid:
            self.shells.setdefault(key, set()).add(source)
            return
        self.shells[key].discard(source)
        if not self.shells[key]:
            del self.shells[key]

    def drop(self, key: Key, source: Source) -> None:
        """A rule with bindings that are gone says nothing any more."""
        cell = self.cells.get(key)
        old = None if cell is None else cell.pop(source, None)
        if cell is None or old is None:
            return
        if not cell:
            self._leave(key)
        self.touched[key] = None
        if not self.flat:
            self._merge(key, old, ())

    def _merge(self, key: Key, old: History, new: History) -> None:
        """Bring the history of the fact up to date, and tell its readers from when on it differs."""
        self.touched[key] = None
        self.stirred = True
        before = self.merged.get(key, ())
        cell = self.cells.get(key)
        after = union(self._seen(cell)) if cell else ()
        if after:
            self.merged[key] = after
        else:
            self.merged.pop(key, None)
        first = differ(before, after)
        if self.combine is not None and old != new:
            spoken = differ(old, new)
            first = spoken if first == NEVER else min(first, spoken)
            first = BEFORE if self.early else first
        if first != NEVER:
            self.notify(self, key, first)

    def _seen(self, cell: dict[Source, History]) -> Iterable[History]:
        """Histories as readers of the same stratum see them."""
        if not self.early:
            return cell.values()
        return [((BEFORE, *h[-1][1:]),) if source[0] in self.early else h for source, h in cell.items()]

    # ------------------------------------------------------------ reading

    def pair_at(self, key: Key, round_: int) -> Pair:
        """Certainty as of a round of its stratum."""
        history = self.merged.get(key)
        step = at(history, round_) if history else None
        return FALSE if step is None else (step[1], step[2])

    def any_at(self, pattern: tuple[int, ...], part: Key, round_: int) -> Pair:
        """OR over the facts that agree with a part of their fields, as of a round."""
        s = p = 0
        for key in self.patterns[pattern].get(part, ()):
            x = self.pair_at(key, round_)
            s, p = max(s, x[0]), max(p, x[1])
        return s, p

    def any_view(self, pattern: tuple[int, ...], part: Key) -> Pair:
        """OR over the facts that agree with a part of their fields, in the end."""
        s = p = 0
        view = self.view
        for key in self.patterns[pattern].get(part, ()):
            x = view.get(key)
            if x is not None:
                s, p = max(s, x[0]), max(p, x[1])
                if s == ONE:
                    break
        return s, p

    def number_at(self, key: Key, round_: int) -> Number | None:
        """Number of a fact as of a round; None when nobody has said anything of it."""
        cell = self.cells.get(key)
        if cell is None:
            return None
        seen = zip(cell, self._seen(cell), strict=True)
        steps = [(source, step) for source, h in seen if (step := at(h, round_)) is not None]
        if not steps:
            return None
        if len(steps) > 1:
            steps.sort(key=lambda x: x[0])
        said = [((step[1], step[2]), step[3]) for source, step in steps if source is not OFF]
        return alternatives(self.combine or "max", said, self.cyclic.get(key, round_ + 1) <= round_)

    def any_number(self, pattern: tuple[int, ...], part: Key, round_: int | None) -> Number:
        """Largest or smallest number of the facts that agree with a part of their fields; None: in the end."""
        keys = sorted(self.patterns[pattern].get(part, ()))
        if round_ is None:
            unsaid = [k for k in self.shells if k not in self.cells and self.part(k, pattern) == part]
            found = [self.numbers[k] for k in sorted([*keys, *unsaid]) if k in self.numbers]
        else:
            found = [n for n in (self.number_at(k, round_) for k in keys) if n is not None]
        if not found:
            return unknown("no such fact")
        return found[0] if len(found) == 1 else arith(self.combine or "max", found)

    def breaks(self, pattern: tuple[int, ...] | None, part: Key, round_: int) -> int:
        """Next round, from this one on, in which the facts that agree change; `NEVER` when there is none."""
        found = NEVER
        for key in (part,) if pattern is None else self.patterns[pattern].get(part, ()):
            if self.combine is not None:
                histories: Iterable[History] = self._seen(self.cells.get(key, {}))
            else:
                histories = (self.merged.get(key, ()),)
            for history in histories:
                for step in history:
                    if step[0] >= round_:
                        found = step[0] if found == NEVER else min(found, step[0])
                        break
        return found

    # ------------------------------------------------------------ the end of a stratum

    def refuted(self, key: Key) -> int:
        """Support of the strongest refuter of a fact."""
        r = 0
        for pattern, by_part in self.refuters.items():
            r = max(r, max(by_part.get(self.part(key, pattern), {}).values(), default=0))
        return r

    def refute(self, pattern: tuple[int, ...], part: Key, source: Source, s: int) -> None:
        """A refuter's support; zero takes it back."""
        by_source = self.refuters[pattern].setdefault(part, {})
        if by_source.get(source, 0) == s:
            return
        if s:
            by_source[source] = s
        else:
            del by_source[source]
        for key in self.pattern(pattern).get(part, ()):
            self.touched[key] = None

    def settle(self) -> None:
        """Let readers see what was touched; what they see changed goes to ``changed`` with what they saw before."""
        if not self.touched:
            return
        view, changed = self.view, self.changed
        if self.moved is not None:
            self.moved.update(self.touched)
        for key in self.touched:
            cell = self.cells.get(key)
            if cell is None:
                new = FALSE
                self.disputed.discard(key)
            else:
                new = self._final(key, cell)
            old = view.get(key, FALSE)
            moved = new != old
            if moved:
                if new[1]:
                    view[key] = new
                else:
                    del view[key]
            if self.combine is not None:
                moved |= self._settle_number(key)
            if moved:
                changed.setdefault(key, old)
        self.touched = {}

    def _final(self, key: Key, cell: dict[Source, Any]) -> Pair:
        if self.flat:
            if len(cell) == 1:
                (s, p) = next(iter(cell.values()))
            else:
                s = p = 0
                for x in cell.values():
                    s, p = max(s, x[0]), max(p, x[1])
        else:
            last = self.merged.get(key)
            s, p = (last[-1][1], last[-1][2]) if last else FALSE
        if not self.refuters:
            return s, p
        x = refuted((s, p), self.refuted(key))
        if s > x[1]:
            self.disputed.add(key)
        else:
            self.disputed.discard(key)
        return x

    def _settle_number(self, key: Key) -> bool:
        old = self.numbers.get(key)
        new = self.number_at(key, END)
        if new is None and key in self.shells:
            new = unknown("no value")
        if new is None:
            return self.numbers.pop(key, None) is not None
        self.numbers[key] = new
        return old is None or old != new

    def off(self, key: Key) -> None:
        """A fact that is unknown because all its rules are off at this site."""
        self.put(key, OFF, BEFORE, (*UNKNOWN, None))

    def by(self, key: Key) -> Source | None:
        """Canonical derivation: of the strongest the one of the lowest round, then of the first source."""
        cell = self.cells.get(key)
        if not cell:
            return None
        if self.flat:
            s = max(x[0] for x in cell.values())
            return min((source for source, x in cell.items() if x[0] == s), default=None) if s else None
        last = {source: h[-1] for source, h in cell.items()}
        s = max(step[1] for step in last.values())
        found = [(step[0], source) for source, step in last.items() if step[1] == s]
        return min(found)[1] if s else None

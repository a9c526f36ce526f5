"""One ground rule at work: its written functions, and what it says of facts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from expert.engine.nodes import roots, walk
from expert.engine.results import Num
from expert.joins.calculus import ONE, Number, Pair, attenuate
from expert.joins.cells import FactTable
from expert.joins.closures import Compiler, ValueOf, World, key_maker, key_of
from expert.joins.history import NEVER
from expert.joins.holds import HoldBook
from expert.joins.matched import Matched
from expert.joins.rows import RowTuple
from expert.joins.shape import Literal, Shape, Slot, read_now
from expert.joins.source import Start, Writer, is_test
from expert.language import ast

LAST = 1 << 20
"""Round from which on conclusions are made whose number reads a fact that nobody concluded."""
Later = Callable[[int, "JoinRule", tuple[RowTuple, ...]], None]
Driver = Callable[[Any, int], None]


class JoinRule:
    """A ground rule over rows.

    ``full``, ``by_row``, ``by_fact``: evaluate everything, or what a row or a fact concerns, in a round; ``gone``: take
    back what was said with a row. ``certainty(q, *rows)``: of one combination with the facts as of a round, None where
    it does not match. ``matched``: what it matches, where somebody keeps account of that; ``statics``: by key, the
    parts of it that depend on no row, as far as they were seen; ``partial``: it stands for the first rows of a rule.
    """

    full: Driver
    certainty: Callable[..., Pair | None]

    def __init__(
        self, shape: Shape, facts: FactTable, world: World, period: int, matched: Matched | None = None
    ) -> None:
        self.shape, self.facts, self.world, self.matched = shape, facts, world, matched
        self.rank = shape.rank
        self.partial = False
        self.statics: dict[str, tuple[ast.Node, Mapping[str, str]]] = {}
        rule = self.rule = shape.rule
        self.conclusion = rule.conclude
        self.strength = rule.strength
        self.refutes = self.conclusion is not None and self.conclusion.refutes
        self.book = HoldBook(rule.hold, period) if rule.hold else None
        self.now = 0
        self.last_from = LAST
        self.later: Later = lambda round_, rule, rows: None
        self.wait: Callable[[JoinRule, tuple[RowTuple, ...]], None] = lambda rule, rows: None
        self.by_row: list[Driver] = []
        self.gone: list[Driver] = []
        self.by_fact: list[tuple[Literal, Driver]] = []
        self.compiler = Compiler(shape, world)
        self.fact_key = key_maker(self.key_slots())
        self.number: ValueOf | None = None
        self.wants_number = self.conclusion is not None and self.conclusion.number is not None
        if self.conclusion is not None and self.conclusion.number is not None:
            self.number = self.compiler.value(self.conclusion.number, shape.env)
        self.where_rest = [c for where in shape.wheres for c in where if not is_test(c)]
        self.when_rest = [c for c in shape.when or () if shape.eager or not is_test(c)]
        self.names: dict[str, Any] = {"ONE": ONE, "say": facts.say, "start": facts.start, "cells": facts.cells}
        self.names["drop"] = facts.drop
        self.names.update(touched=facts.touched, ask=self.ask, forget=self.forget, attenuate=attenuate)
        self.writer = Writer(shape, world, self.compiler, self.names)
        self._parts: dict[str, str] = {}
        self._prepare_rest()
        self.now_literals = [lit for lit in shape.literals if lit.now]
        self._keys_now = [(self.world.facts[lit.type], lit.pattern, key_of(lit)) for lit in self.now_literals]
        shape.reads_now = bool(self.now_literals)
        self.numbers_now = self._numbers_now()
        self.needs = self._needed()

    # ------------------------------------------------------------ writing

    def _prepare_rest(self) -> None:
        """Closures for what rows alone do not decide; finds the literals on the way."""
        for i, node in enumerate([*self.where_rest, *self.when_rest]):
            self.names[f"cond{i}"] = self.compiler.cond(node, self.shape.env)

    def write(self) -> None:
        """Write and compile the rule's functions; needs to know how its facts are kept."""
        shape, w = self.shape, self.writer
        self.names["facts"] = self.facts
        self._write_certainty()
        simple = not (shape.eager or shape.reads_now or self.refutes)
        finish = self._finish_simple if simple else self._finish_ask
        w.function("full", finish, Start())
        for i in range(len(shape.relations)):
            w.function(f"by_row{i}", self._finish_needed() or finish, Start(row=i))
            w.function(f"gone{i}", self._finish_gone, Start(row=i))
        for i, lit in enumerate(shape.literals):
            fields = len(self.world.facts[lit.type].fields)
            w.function(f"by_fact{i}", finish, Start(literal=lit, fields=fields))
        self.source = "\n\n".join(w.sources)
        exec(compile(self.source, f"<rule {shape.rule.id}>", "exec"), self.names)
        self.full, self.certainty = self.names["full"], self.names["certainty"]
        self.by_row = [self.names[f"by_row{i}"] for i in range(len(shape.relations))]
        self.gone = [self.names[f"gone{i}"] for i in range(len(shape.relations))]
        self.by_fact = [(lit, self.names[f"by_fact{i}"]) for i, lit in enumerate(shape.literals)]

    def _write_certainty(self) -> None:
        n = len(self.shape.relations)
        rows = "".join(f", r{i}" for i in range(n))
        lines = [f"def certainty(q{rows}):"]
        lines, s, p = self.writer._ready(lines, "    ", set(range(n)), set(), str(ONE), str(ONE), "return None")
        lines += [f"    s, p = {s}, {p}"]
        lines += ["    " + x for x in self._rest(range(len(self.where_rest)))]
        if self.where_rest:
            lines.append("    if not p: return None")
        lines += ["    " + x for x in self._rest(range(len(self.where_rest), len(self._all_rest())))]
        lines.append("    return s, p")
        self.writer.sources.append("\n".join(lines))

    def _all_rest(self) -> list[ast.Cond]:
        return [*self.where_rest, *self.when_rest]

    def _rest(self, which: Iterable[int]) -> list[str]:
        """Lines that bring ``s`` and ``p`` down to what these conjuncts say."""
        lines = []
        for i in which:
            node = self._all_rest()[i]
            lines += self._read_fact(node) or [
                f"a, b = cond{i}(q, ({''.join(f'r{j}, ' for j in range(len(self.shape.relations)))}))",
                "if a < s: s = a",
                "if b < p: p = b",
            ]
        return lines

    def _read_fact(self, node: ast.Cond) -> list[str]:
        """Lines for a settled fact or its negation with all fields given, without a call; none for all else."""
        ref = node.item if isinstance(node, ast.Not) else node
        if not isinstance(ref, ast.FactRef) or self.world.is_off(ref.type) or ref.type not in self.world.facts:
            return []
        if self.world.is_static(node, self.shape) or self.world.is_missing(ref.type):
            return []
        lit = self.compiler.literal(ref, self.shape.env)
        if lit.now:
            return []
        name = f"view_{lit.type}"
        facts = self.world.facts[lit.type]
        self.names[name] = facts.view
        if lit.pattern is None:
            lines = [f"f = {name}.get({key_code(lit.slots)})"]
        else:
            part = f"{name}_{'_'.join(str(i) for i in lit.pattern)}"
            self.names.update(
                {part: facts.patterns[lit.pattern], f"{part}_any": facts.any_view, f"{part}_of": lit.pattern}
            )
            lines = [f"k = {key_code(lit.slots)}", f"f = {part}_any({part}_of, k) if k in {part} else None"]
        if isinstance(node, ast.Not):
            return [*lines, "if f is not None:", "    if ONE - f[1] < s: s = ONE - f[1]", "    p = min(p, ONE - f[0])"]
        return [*lines, "if f is None: s = p = 0", "else:", "    if f[0] < s: s = f[0]", "    if f[1] < p: p = f[1]"]

    def _source(self) -> str:
        return f"({self.shape.rank},{''.join(f' r{i}[0],' for i in range(len(self.shape.relations)))})"

    def key_slots(self) -> tuple[Slot, ...]:
        """Where the fields of what is concluded come from; of a rule without a conclusion, the bindings themselves."""
        if self.conclusion is None:
            return (*self.shape.env.values(), *range(len(self.shape.relations)))
        return self.slots_in(self.facts)

    def slots_in(self, facts: FactTable) -> tuple[Slot, ...]:
        """Where the fields of the fact come from that the rule's text concludes."""
        given = dict(self.rule.conclude.args) if self.rule.conclude is not None else {}
        slots: list[Slot] = []
        for value in (given[name] for name in facts.fields if name in given):
            known = value[1:] if value.startswith("$") else ""
            slots.append(self.shape.env.get(known, self.shape.position.get(known, value)))
        return tuple(slots)

    def _finish_simple(self, rows: str, s: str, p: str) -> list[str]:
        lines = [f"q, s, p = -1, {s}, {p}", *self._rest(range(len(self._all_rest())))]
        if self.strength != ONE:
            lines.append(f"s = attenuate(s, {self.strength})")
        lines.append(f"k = {key_code(self.key_slots())}")
        verb = "say" if self.facts.flat else "start"
        return [*lines, f"if p or k in cells: {verb}(k, {self._source()}, s, p)"]

    def _finish_ask(self, rows: str, s: str, p: str) -> list[str]:
        return [f"ask(r, {rows})" if rows else "ask(r)"]

    def _finish_needed(self) -> Callable[[str, str, str], list[str]] | None:
        """For a new row, of which nothing is said yet: ask only where the fact is there without which nothing is."""
        lit = next((x for x in self.now_literals if x.type == self.needs and x.pattern is None), None)
        if lit is None or len([x for x in self.now_literals if x.type == self.needs]) > 1:
            return None
        self.names["needed"] = self.world.facts[lit.type].merged
        return lambda rows, s, p: [f"if {key_code(lit.slots)} in needed: ask(r, {rows})"]

    def _finish_gone(self, rows: str, s: str, p: str) -> list[str]:
        if self.refutes or self.book is not None or self.wants_number or self.matched is not None:
            return [f"forget({rows})"]
        return [f"k = {key_code(self.key_slots())}", f"if k in cells: drop(k, {self._source()})"]

    # ------------------------------------------------------------ working

    def keys(self, rows: tuple[RowTuple, ...]) -> tuple[str, ...]:
        """Keys of the rows."""
        return tuple([row[0] for row in rows])

    def forget(self, *rows: RowTuple) -> None:
        """Take back what was said of this combination."""
        if self.matched is not None:
            self.matched.note(self.keys(rows), None)
        if self.book is not None:
            keys = self.keys(rows)
            if keys in self.book.states:
                self.book.gone[keys] = None
            return
        self.silence(rows)

    def silence(self, rows: tuple[RowTuple, ...]) -> None:
        """Say nothing of this combination any more."""
        source = (self.shape.rank, *self.keys(rows))
        if self.refutes:
            self.facts.refute(self.pattern, self.fact_key(rows), source, 0)
        else:
            self.facts.drop(self.fact_key(rows), source)
            self.facts.shell(self.fact_key(rows), source, False)

    @property
    def pattern(self) -> tuple[int, ...]:
        """Fields of the fact that a refuter names."""
        given = dict(self.conclusion.args) if self.conclusion is not None else {}
        return tuple(i for i, f in enumerate(self.facts.fields) if f in given)

    def ask(self, round_: int, *rows: RowTuple) -> None:
        """Evaluate one combination in a round."""
        x = self.certainty(round_ - 1, *rows)
        if self.matched is not None:
            self.matched.note(self.keys(rows), None if x is None else rows)
        if self.book is not None:
            if x is None:
                self.forget(*rows)
            else:
                self.book.seen(self.keys(rows), rows, self.now, *x)
            return
        self.tell(round_, rows, x)

    def columns(self, position: int) -> frozenset[int]:
        """Columns of a row that the rule reads; a change of others does not concern it."""
        table = self.world.tables[self.shape.relations[position]]
        names = {
            node.field
            for root in roots(self.rule, texts=self.matched is not None)
            for node in walk(root)
            if isinstance(node, ast.RowField) and self.shape.position.get(node.binding) == position
        }
        return frozenset(table.column[name] for name in names)

    def waits_for(self, silent: set[str]) -> bool:
        """Whether the rule says nothing as long as there are no facts of these types."""
        return self.needs is not None and self.needs in silent

    def _needed(self) -> str | None:
        """A type made in the rule's own stratum without which it says nothing at all."""
        if self.shape.eager:
            return None
        for node in [*self.where_rest, *self.when_rest]:
            at_least = isinstance(node, ast.Certainty) and node.op in (">", ">=") and node.limit > 0
            ref = node.fact if at_least and isinstance(node, ast.Certainty) else node
            if isinstance(ref, ast.FactRef) and any(lit.type == ref.type for lit in self.now_literals):
                return ref.type
        return None

    def _numbers_now(self) -> list[tuple[Literal, Callable[[Any], Any]]]:
        """Facts of the rule's own stratum whose numbers its number is computed from."""
        number = self.conclusion.number if self.conclusion is not None and self.wants_number else None
        found = []
        for node in read_now(number):
            if not self.world.is_off(node.fact.type) and node.fact.type in self.world.facts:
                lit = self.compiler.literal(node.fact, self.shape.env)
                if lit.now:
                    found.append((lit, key_of(lit)))
        return found

    def say_held(self) -> None:
        """Say again what held combinations amount to in this scan."""
        assert self.book is not None
        for keys, state in self.book.states.items():
            self.held(keys, state.rows, *self.book.amount(state, self.now))

    def close_book(self) -> None:
        """Say what held combinations amount to."""
        assert self.book is not None
        for keys in self.book.gone:
            self.silence(self.book.states[keys].rows)
        self.book.close(self.now, self.held)

    def held(self, keys: tuple[str, ...], rows: tuple[RowTuple, ...], s: int, p: int) -> None:
        """What a held combination amounts to."""
        if self.matched is not None:
            self.matched.dirty[keys] = None
        self.tell(0, rows, (s, p))

    def tell(self, round_: int, rows: tuple[RowTuple, ...], x: Pair | None) -> None:
        """Say of the conclusion what a combination amounts to, None when it does not match."""
        if self.matched is None or self.conclusion is not None:  # else nobody reads it
            self._say(round_, rows, x)
        for facts, pattern, part in self._keys_now:
            following = facts.breaks(pattern, part(rows), round_)
            if following != NEVER:
                self.later(following + 1, self, rows)

    def _say(self, round_: int, rows: tuple[RowTuple, ...], x: Pair | None) -> None:
        source = (self.shape.rank, *self.keys(rows))
        key = self.fact_key(rows)
        s, p = (0, 0) if x is None else x
        if self.strength != ONE:
            s = attenuate(s, self.strength)
        if self.refutes:
            self.facts.refute(self.pattern, key, source, s)
        elif self.facts.flat:
            self.facts.say(key, source, s, p)
        else:
            said: tuple[int, int, Number | None] | None = None if x is None else (s, p, None)
            if x is not None and self.wants_number:
                said = self._with_number(round_, rows, s, p)
                self.facts.shell(key, source, said is None)
            following = self.facts.put(key, source, round_, said)
            if following != NEVER:
                self.later(following, self, rows)

    def _with_number(
        self, round_: int, rows: tuple[RowTuple, ...], s: int, p: int
    ) -> tuple[int, int, Number | None] | None:
        n: Any = None if self.number is None else self.number(round_ - 1, rows)
        if isinstance(n, Num) and n.why == "no such fact" and (round_ < self.last_from or not p):
            if p:
                self.wait(self, rows)
            return None
        return s, p, n


def key_code(slots: tuple[int | str, ...]) -> str:
    """Python for a fact's key."""
    parts = [f"r{x}[0]" if isinstance(x, int) else repr(x) for x in slots]
    return parts[0] if len(parts) == 1 else f"({', '.join(parts)})"

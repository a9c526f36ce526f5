"""Everything that the joins concluded, for whoever asks: all activations and facts, also those that are false.

What is false is not kept while scanning, so it is found here by going through all combinations of rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from expert.engine.results import Num
from expert.joins.calculus import FALSE, ONE, Pair, attenuate, full, refuted
from expert.joins.closures import CondOf, key_maker
from expert.joins.history import END
from expert.joins.joinrule import JoinRule
from expert.joins.relations import Relations
from expert.joins.rows import RowTuple
from expert.values.interval import Interval
from expert.values.types import Fact, rule_key


@dataclass(frozen=True, slots=True)
class Activation:
    """A rule with one set of rows in the last scan, as the reference evaluator's outcome says it.

    ``when``: the condition; ``held``: after `for`; ``out``: after strength; ``shown``: after refuters, as
    the rule's machine sees it; ``since``: start of the unbroken run.
    """

    rule: str
    bindings: tuple[tuple[str, str], ...]
    when: Pair
    held: Pair
    out: Pair
    shown: Pair
    since: int | None

    @property
    def key(self) -> str:
        """Canonical name."""
        return rule_key(self.rule, self.bindings)


def activations(relations: Relations) -> Iterator[Activation]:
    """All activations after a scan, in order of rule, bindings of its sets, and row keys."""
    for rule in relations.rules:
        if not rule.shape.dead:
            for rows, matched in matches(rule, relations):
                yield _activation(rule, rows, matched, relations)


def matches(rule: JoinRule, relations: Relations) -> Iterator[tuple[tuple[RowTuple, ...], Pair]]:
    """Every combination of rows that a rule matches, and how certainly."""
    shape, compiler = rule.shape, rule.compiler
    wheres = [[f for c in where if (f := compiler.cond(c, shape.env))] for where in shape.wheres]
    tables = [relations.tables[name].rows for name in shape.relations]

    def extend(rows: tuple[RowTuple, ...], s: int, p: int) -> Iterator[tuple[tuple[RowTuple, ...], Pair]]:
        depth = len(rows)
        if depth == len(tables):
            yield rows, (s, p)
            return
        for key in sorted(tables[depth]):
            inner = (*rows, tables[depth][key])
            x = _least(wheres[depth], inner, (s, p))
            if x[1]:
                yield from extend(inner, *x)

    yield from extend((), ONE, ONE)


def _least(conds: list[CondOf], rows: tuple[RowTuple, ...], x: Pair) -> Pair:
    s, p = x
    for cond in conds:
        a, b = cond(END, rows)
        s, p = min(s, a), min(p, b)
    return s, p


def _activation(rule: JoinRule, rows: tuple[RowTuple, ...], matched: Pair, relations: Relations) -> Activation:
    shape, now = rule.shape, relations.now
    conds = [f for c in shape.when or () if (f := rule.compiler.cond(c, shape.env))]
    when = _least(conds, rows, matched)
    held, since = when, (now if when[0] else None)
    if rule.book is not None:
        state = rule.book.states[rule.keys(rows)]
        held, since = rule.book.amount(state, now), state.start
    s = held[0] if rule.strength == ONE else attenuate(held[0], rule.strength)
    shown = (s, held[1])
    conclusion = shape.rule.conclude
    target = relations.facts[conclusion.type] if conclusion is not None and not conclusion.refutes else None
    if target is not None and target.refuters:
        shown = refuted(shown, target.refuted(key_maker(rule.slots_in(target))(rows)))
    bindings = shape.ground.bindings + tuple((b, rows[i][0]) for b, i in shape.position.items())
    return Activation(shape.rule.id, bindings, when, held, (s, held[1]), shown, since)


def facts(relations: Relations) -> tuple[Fact, ...]:
    """All facts of the owned types after a scan, in canonical order."""
    keys: dict[str, set[object]] = {name: set(t.cells) for name, t in relations.facts.items()}
    for rule in relations.rules:
        if not rule.shape.dead and not rule.refutes:
            keys[rule.facts.name].update(rule.fact_key(rows) for rows, _ in matches(rule, relations))
    out = []
    for name in sorted(n for n in keys if n in relations.program.facts):
        out += sorted((_fact(name, key, relations) for key in keys[name]), key=lambda f: f.args)
    return tuple(out)


def _fact(name: str, key: object, relations: Relations) -> Fact:
    table = relations.facts[name]
    s, p = table.view.get(key, FALSE)
    number = full(table.numbers[key]) if table.combine and key in table.numbers else None
    if number is None and table.combine:
        number = Num(None, why="no value")
    source = table.by(key)
    by = "" if source is None else _name_of(source, relations)
    return Fact(
        type=name,
        args=table.args(key),
        certainty=Interval(s, p),
        disputed=key in table.disputed,
        value=number.v if number else None,
        reason=number.why if number else "",
        by=by,
    )


def _name_of(source: tuple[object, ...], relations: Relations) -> str:
    shape = relations.rules[int(str(source[0]))].shape
    rows = tuple((b, str(source[i + 1])) for b, i in shape.position.items())
    return rule_key(shape.rule.id, shape.ground.bindings + rows)

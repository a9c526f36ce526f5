"""Rules that match relations run scan by scan beside the others, which may run over many scans at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from expert.backtest.evaluate import Evaluator, ScanByScan, Stretch
from expert.backtest.source import Part
from expert.engine.dependence import Dependence
from expert.language.ast import Program


def apart(program: Program) -> tuple[Program, Program, frozenset[str]]:
    """A program in two: without and with relations, and the rules that are the second one's own.

    Rows matter to a rule that matches them, and to every rule above it. These run with all that they depend on, which
    therefore may be part of both. What the baselines leave out counts as something that every rule depends on.
    """
    dependence = Dependence(program)
    excludes = {v.exclude for v in program.site.variables.values() if v.exclude is not None}
    always: set[str] = set()
    for rule in program.rules.values():
        if rule.conclude is not None and rule.conclude.type in excludes:
            always |= dependence.closure(rule)
    below = {id_: dependence.closure(rule) | always for id_, rule in program.rules.items()}
    rows = {id_ for id_, rule in program.rules.items() if rule.match}
    own = frozenset(id_ for id_, needed in below.items() if needed & rows)
    needed = {r for id_ in own for r in below[id_]}
    return _part(program, set(program.rules) - own), _part(program, needed), own


def _part(program: Program, kept: set[str]) -> Program:
    return replace(
        program,
        rules={k: r for k, r in program.rules.items() if k in kept},
        strata=tuple(tuple(g for g in layer if g.rule.id in kept) for layer in program.strata),
    )


class Apart:
    """Runs a program with relations: what they matter to scan by scan, the rest by another evaluator.

    Parameters
    ----------
    program : Program
    make : callable
        Makes the evaluator of the rules that no row matters to.
    """

    def __init__(self, program: Program, make: Callable[[Program], Evaluator]) -> None:
        plain, relational, self.own = apart(program)
        self.plain = make(plain) if plain.rules else None
        self.relational = ScanByScan(relational)

    def snapshot(self) -> dict[str, Any]:
        """States of both."""
        plain = {} if self.plain is None else self.plain.snapshot()
        return {"plain": plain, "relational": self.relational.snapshot()}

    def run(self, part: Part) -> Iterator[Stretch]:
        """The scans of the next part."""
        if self.plain is None:
            yield from self.relational.run(part)
            return
        slow = [c for s in self.relational.run(part) for c in s.changes if c.key.partition("[")[0] in self.own]
        at = 0
        for stretch in self.plain.run(part):
            start = at
            while at < len(slow) and slow[at].time <= stretch.times[-1]:
                at += 1
            changes = stretch.changes + slow[start:at]
            yield Stretch(stretch.times, sorted(changes, key=lambda c: (c.time, c.key)))

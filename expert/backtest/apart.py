"""Rules that columns cannot run go scan by scan beside the others, which run over many scans at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, Literal

from expert.backtest.evaluate import AtOnce, Evaluator, ScanByScan, Stretch
from expert.backtest.source import Part
from expert.backtest.verify import Check, Checked
from expert.columns.soft import relational_rules
from expert.engine.dependence import Dependence
from expert.engine.nodes import foreseen, walk
from expert.language.ast import FactRef, Program, Raised

Name = Literal["batch", "live", "reference"]
"""What can run a backtest: columns over many scans at once, columns scan by scan, or the reference."""


def apart(program: Program, promises: bool = False) -> tuple[Program, Program, frozenset[str]]:
    """A program in two: what columns can run, what they cannot, and the rules that are the second one's own.

    The second one's own are rules that match rows or conclude numbers, and every rule above them. They run with all
    that they depend on, which therefore may be part of both. What the baselines leave out counts as something that
    every rule depends on; with ``promises``, a rule depends on what it expects, too.
    """
    dependence = Dependence(program)
    excludes = {v.exclude for v in program.site.variables.values() if v.exclude is not None}
    always: set[str] = set()
    for rule in program.rules.values():
        if rule.conclude is not None and rule.conclude.type in excludes:
            always |= dependence.closure(rule)
    below = {id_: dependence.closure(rule) | always for id_, rule in program.rules.items()}
    if promises:
        below = _with_promises(program, below)
    rows = relational_rules(program, rounds=False, promises=promises)
    own = frozenset(id_ for id_, needed in below.items() if needed & rows)
    needed = {r for id_ in own for r in below[id_]}
    return _part(program, set(program.rules) - own), _part(program, needed), own


def _with_promises(program: Program, below: dict[str, frozenset[str]]) -> dict[str, frozenset[str]]:
    """What rules depend on when their score is to be kept: also whatever concludes, or raises, what they expect."""
    expects: dict[str, set[str]] = {}
    for id_, rule in program.rules.items():
        nodes = [n for root in foreseen(rule) for n in walk(root)]
        types = {n.type for n in nodes if isinstance(n, FactRef)}
        expects[id_] = {n.rule for n in nodes if isinstance(n, Raised)}
        expects[id_] |= {r.id for r in program.rules.values() if r.conclude is not None and r.conclude.type in types}
    found = dict(below)
    while True:
        more = {
            id_: needed | {r for n in needed for e in expects[n] for r in (found[e] | {e})}
            for id_, needed in found.items()
        }
        if more == found:
            return found
        found = more


def _part(program: Program, kept: set[str]) -> Program:
    return replace(
        program,
        rules={k: r for k, r in program.rules.items() if k in kept},
        strata=tuple(tuple(g for g in layer if g.rule.id in kept) for layer in program.strata),
    )


class Apart:
    """Runs what columns cannot scan by scan, the rest by another evaluator.

    Parameters
    ----------
    program : Program
    make : callable
        Makes the evaluator of the rest.
    promises : bool
        Whether the score of what rules expect is to be kept.
    """

    def __init__(self, program: Program, make: Callable[[Program], Evaluator], *, promises: bool = False) -> None:
        plain, relational, self.own = apart(program, promises)
        self.plain = make(plain) if plain.rules else None
        self.relational = ScanByScan(relational) if relational.rules else None

    def snapshot(self) -> dict[str, Any]:
        """States of both."""
        both = {"plain": self.plain, "relational": self.relational}
        return {name: one.snapshot() for name, one in both.items() if one is not None}

    def run(self, part: Part) -> Iterator[Stretch]:
        """The scans of the next part."""
        if self.plain is None or self.relational is None:
            one = self.plain or self.relational
            yield from one.run(part) if one is not None else ()
            return
        slow = [c for s in self.relational.run(part) for c in s.changes if c.key.partition("[")[0] in self.own]
        at = 0
        for stretch in self.plain.run(part):
            start = at
            while at < len(slow) and slow[at].time <= stretch.times[-1]:
                at += 1
            changes = stretch.changes + slow[start:at]
            yield Stretch(stretch.times, sorted(changes, key=lambda c: (c.time, c.key)))


def make_evaluator(program: Program, name: Name, weeks: list[range], checks: list[Check]) -> Evaluator:
    """The evaluator of a name; weeks that are run a second time by the reference are added to ``checks``."""

    def made(part: Program, evaluator: Evaluator) -> Evaluator:
        if not weeks:
            return evaluator
        checked = Checked(part, evaluator, weeks)
        checks.extend(checked.checks)
        return checked

    if name == "batch":
        return Apart(program, lambda plain: made(plain, AtOnce(plain, resumable=bool(weeks))), promises=bool(weeks))
    return made(program, ScanByScan(program, evaluator=name))

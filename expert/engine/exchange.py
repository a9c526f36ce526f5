"""What a session reads of other experts, and what it hands to them.

An import is read like a held value: certain up to the exporter's period, then discounted linearly to its ``max_age``,
then unknown.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from expert.engine.facts import Args, FactBase, Given
from expert.engine.results import Num, num_from_json, num_json
from expert.language.ast import FactType, Program
from expert.values.interval import FALSE, UNKNOWN, Interval
from expert.values.types import Export, ScanInput, SharedFact


@dataclass(frozen=True, slots=True)
class Imports:
    """Facts of other experts in one scan. ``absent``: certainty of those of a type that are not among ``facts``."""

    absent: Mapping[str, tuple[Interval, str]] = field(default_factory=dict)
    facts: tuple[tuple[str, Args, Given], ...] = ()

    def without(self, types: Collection[str]) -> Imports:
        """The same with nothing known of some fact types."""
        lost = dict.fromkeys((t for t in types if t in self.absent), (UNKNOWN, "masked"))
        return Imports({**self.absent, **lost}, tuple(f for f in self.facts if f[0] not in lost)) if lost else self

    def into(self, facts: FactBase) -> FactBase:
        """Put them into an empty fact base."""
        facts.absent.update(self.absent)
        for type_, args, given in self.facts:
            facts.state(type_, args).given = given
        return facts


NOTHING_IMPORTED = Imports()


def read_imports(program: Program, scan_input: ScanInput) -> Imports:
    """What a scan sees of the experts that the program imports from."""
    absent: dict[str, tuple[Interval, str]] = {}
    facts: list[tuple[str, Args, Given]] = []
    for name, fact in sorted(program.facts.items()):
        if not fact.exporter:
            continue
        said = next((e for e in scan_input.imports if e.pack == fact.exporter and name in e.types), None)
        if said is None:
            absent[name] = UNKNOWN, f"no export|{fact.exporter}"
            continue
        age = scan_input.time - said.time
        c = freshness(age, said.period, fact.max_age)
        if c == 0:
            absent[name] = UNKNOWN, f"stale|{age}"
        elif name in said.unknown:
            absent[name] = UNKNOWN, "rules off"
        else:
            absent[name] = FALSE.discount(c), ""
            facts += [(name, f.args, _given(f, fact, c)) for f in said.facts if f.type == name]
    return Imports(absent, tuple(facts))


def freshness(age: int, period: int, max_age: int) -> Fraction:
    """Linear from 1 at the exporter's period to 0 at the maximal age.

    >>> freshness(60, 60, 600), freshness(330, 60, 600), freshness(600, 60, 600)
    (Fraction(1, 1), Fraction(1, 2), Fraction(0, 1))
    """
    if age <= period:
        return Fraction(1)
    return Fraction(max(0, max_age - age), max_age - period) if max_age > period else Fraction(0)


def _given(f: SharedFact, declared: FactType, c: Fraction) -> Given:
    number = None
    if declared.combine is not None and f.number is not None:
        number = _aged(num_from_json(f.number), c)
    return Given(f.certainty.discount(c), f.disputed, number, f.reason)


def _aged(x: Num, c: Fraction) -> Num:
    """A number of an older scan: the smaller factor counts, also in its layers."""
    if c >= 1:
        return x
    least = min(x.c, c)
    layers = [(min(k, c), lo, hi) for k, lo, hi in x.layers if min(k, c) > least]
    widest = {k: (k, lo, hi) for k, lo, hi in layers}
    return replace(x, c=least, layers=tuple(widest[k] for k in sorted(widest)))


def make_export(program: Program, facts: FactBase, sequence: int, time: int, off: Collection[str]) -> Export | None:
    """What the scan hands to other experts; None for a program that exports nothing."""
    if not program.exports:
        return None
    told = [
        SharedFact(name, s.args, s.certainty, s.disputed, _number(s.number(how)) if how else None, _reason(s.off))
        for name in program.exports
        for how in [program.facts[name].combine]
        for s in facts.matching(name, {})
    ]
    unknown = tuple(n for n in program.exports if n in off)
    period = program.site.period
    return Export(program.pack, program.digest, sequence, time, period, program.exports, unknown, tuple(told))


def _number(x: Num) -> dict[str, object]:
    return num_json(x)


def _reason(off: bool) -> str:
    return "rules off" if off else ""


def narrowed(export: Export, pack: str, types: Sequence[str]) -> Export:
    """The part of an export that a reader asked for, under the name of the pack that it asked."""
    return replace(
        export,
        pack=pack,
        types=tuple(types),
        unknown=tuple(t for t in export.unknown if t in types),
        facts=tuple(f for f in export.facts if f.type in types),
    )

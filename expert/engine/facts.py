"""Facts of one scan: what each rule contributes, what refutes it, what readers see."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from expert.engine.numbers import arithmetic
from expert.engine.results import Num, unknown
from expert.language.ast import FactType
from expert.values.interval import FALSE, ONE, UNKNOWN, Accumulation, Interval, accumulate
from expert.values.types import Fact, rule_key

Args = tuple[tuple[str, str], ...]
Source = tuple[str, Args]
"""A rule id with its bindings."""


@dataclass(slots=True)
class Contribution:
    """What one rule with its bindings says of one fact; ``round``: the naive round in which it last grew."""

    certainty: Interval
    number: Num | None
    round: int


@dataclass(frozen=True, slots=True)
class Given:
    """What another expert says of a fact; this one has no rules for it."""

    certainty: Interval
    disputed: bool = False
    number: Num | None = None
    reason: str = ""


@dataclass(slots=True)
class FactState:
    """One fact in the making.

    ``cyclic``: its number depends on itself through the data; ``off``: all rules for it are off at this site;
    ``doubted``: its support does not count; ``evidence``: how what its rules say accumulates, None: the best counts.
    ``given``: what another expert says of it.
    """

    type: str
    args: Args
    contributions: dict[Source, Contribution] = field(default_factory=dict)
    refuted: int = 0
    cyclic: bool = False
    off: bool = False
    doubted: bool = False
    evidence: Accumulation | None = None
    given: Given | None = None

    @property
    def raw(self) -> Interval:
        """Best argument for it, or all of them together, before refuters."""
        if self.off:
            return UNKNOWN
        if self.given is not None:
            return self.given.certainty
        if len(self.contributions) == 1:
            return next(iter(self.contributions.values())).certainty
        if self.evidence is not None:
            return accumulate(self.evidence, [c.certainty for c in self.contributions.values()])
        s = p = 0
        for c in self.contributions.values():
            s, p = max(s, c.certainty.s), max(p, c.certainty.p)
        return Interval(s, p)

    @property
    def certainty(self) -> Interval:
        """What readers see."""
        x = self.raw.refute(self.refuted) if self.refuted else self.raw
        return Interval(0, x.p) if self.doubted else x

    @property
    def disputed(self) -> bool:
        """Whether a refuter took support away."""
        if self.given is not None:
            return self.given.disputed
        return self.raw.s > min(self.raw.p, ONE - self.refuted)

    def number(self, combine: str) -> Num:
        """Largest or smallest alternative; unknown when a plausible one is unknown or on a cycle of the data.

        An alternative that is only plausible can push the result up (max) or down (min), but does not hold it there.
        """
        if self.given is not None:
            return self.given.number or unknown(self.given.reason or "no value")
        if self.cyclic:
            return unknown("cycle in the data")
        said = [(c.certainty, c.number) for _, c in sorted(self.contributions.items()) if c.certainty.p > 0]
        every = [x for _, x in said if x is not None]
        if not every:
            return unknown("no value")
        both = arithmetic(combine, every) if len(every) > 1 else every[0]
        firm = [x for certainty, x in said if x is not None and certainty.s > 0]
        if not both.known or not firm or len(firm) == len(every):
            return both
        held = arithmetic(combine, firm) if len(firm) > 1 else firm[0]
        lo, hi = (held.lo, both.hi) if combine == "max" else (both.lo, held.hi)
        return replace(both, v=held.v, lo=lo, hi=hi, layers=())

    @property
    def by(self) -> str:
        """Canonical derivation: lowest naive round, then rule id, then bindings, among the strongest; '' of none."""
        s = max((c.certainty.s for c in self.contributions.values()), default=0)
        found = [(c.round, source) for source, c in self.contributions.items() if c.certainty.s == s > 0]
        return rule_key(*min(found)[1]) if found else ""

    def freeze(self, combine: str | None) -> Fact:
        """The fact as it goes into the record."""
        num = self.number(combine) if combine else None
        given = self.given.reason if self.given is not None else ""
        why = "rules off" if self.off else given or (num.why if num else "")
        value = num.v if num else None
        return Fact(self.type, self.args, self.certainty, self.disputed, value, why, self.by)


class States(dict[Args, FactState]):
    """Facts of one type; those that agree in some fields are found through an index, made when it is first asked for.

    >>> some = States()
    >>> for job in "AB":
    ...     args = ("job", job), ("blame", "own")
    ...     some[args] = FactState("stuck", args)
    >>> list(some.agreeing({"job": "B"}))
    [(('job', 'B'), ('blame', 'own'))]
    """

    __slots__ = ("_indexes",)

    def __init__(self) -> None:
        super().__init__()
        self._indexes: dict[tuple[str, ...], dict[tuple[str | None, ...], dict[Args, None]]] = {}

    def agreeing(self, wanted: Mapping[str, str]) -> Iterable[Args]:
        """Arguments of the facts that have these values in these fields."""
        if not wanted:
            return self
        names = tuple(wanted)
        index = self._indexes.get(names)
        if index is None:
            index = self._indexes[names] = {}
            for args in self:
                index.setdefault(_part(args, names), {})[args] = None
        return index.get(tuple(wanted.values()), ())

    def __setitem__(self, args: Args, state: FactState) -> None:
        """Add a fact, or replace it."""
        if self._indexes and args not in self:
            for names, index in self._indexes.items():
                index.setdefault(_part(args, names), {})[args] = None
        super().__setitem__(args, state)

    def remove(self, args: Args) -> None:
        """Take a fact out, if it is there."""
        if self.pop(args, None) is not None:
            for names, index in self._indexes.items():
                del index[_part(args, names)][args]


def _part(args: Args, names: tuple[str, ...]) -> tuple[str | None, ...]:
    values = dict(args)
    return tuple([values.get(name) for name in names])


NO_STATES = States()
"""Of a type that nobody speaks of."""


class FactBase:
    """All facts of one scan by type and arguments.

    Parameters
    ----------
    off : iterable of (str, Args)
        Facts whose rules are all off.
    types : mapping, optional
        Declared fact types, for those that accumulate evidence.

    Attributes
    ----------
    absent : dict
        Certainty, and why, of facts of an imported type that are not listed; of all others it is false.
    frozen : dict
        All facts of a type as they go into the record, where somebody keeps them.
    """

    def __init__(self, off: Iterable[tuple[str, Args]] = (), types: Mapping[str, FactType] | None = None) -> None:
        self.by_type: dict[str, States] = {}
        self._evidence = {n: t.evidence for n, t in (types or {}).items() if t.evidence is not None}
        self._fields = {n: tuple(t.fields) for n, t in (types or {}).items() if not t.imported}
        self.frozen: dict[str, Sequence[Fact]] = {}
        self.absent: dict[str, tuple[Interval, str]] = {}
        for type_, args in off:
            self.state(type_, args).off = True

    def state(self, type_: str, args: Args) -> FactState:
        """The fact, made when it is new."""
        table = self.by_type.get(type_)
        if table is None:
            table = self.by_type[type_] = States()
        found = table.get(args)
        if found is None:
            found = table[args] = FactState(type_, args, evidence=self._evidence.get(type_))
        return found

    def refuted(self, type_: str, args: Args) -> int:
        """Support of what refutes the fact; 0 of one that nobody speaks of."""
        found = self.by_type.get(type_, NO_STATES).get(args)
        return 0 if found is None else found.refuted

    def contribute(self, type_: str, args: Args, source: Source, x: Interval, number: Num | None, round_: int) -> bool:
        """Record what a rule says; return whether anything changed."""
        state = self.state(type_, args)
        old = state.contributions.get(source)
        if old is not None and old.certainty == x and _same(old.number, number):
            return False
        state.contributions[source] = Contribution(x, number, round_)
        return True

    def matching(self, type_: str, wanted: dict[str, str]) -> list[FactState]:
        """Facts of a type whose arguments agree with ``wanted``, in canonical order."""
        table = self.by_type.get(type_)
        if not table:
            return []
        whole = self._whole(type_, wanted)
        if whole is not None:
            return [table[whole]] if whole in table else []
        return [table[a] for a in sorted(table.agreeing(wanted))]

    def _whole(self, type_: str, wanted: Mapping[str, str]) -> Args | None:
        """The arguments of the only fact that can agree, where every field is given."""
        fields = self._fields.get(type_)
        if fields is None or len(wanted) != len(fields):
            return None
        return tuple([(f, wanted[f]) for f in fields if f in wanted])

    def reason(self, type_: str, wanted: dict[str, str]) -> str:
        """Why something of it is not known."""
        if type_ in self.absent and self.absent[type_][1]:
            return self.absent[type_][1]
        found = self.matching(type_, wanted)
        if any(s.off for s in found):
            return "rules off"
        return next((s.given.reason for s in found if s.given is not None and s.given.reason), "")

    def certainty(self, type_: str, wanted: dict[str, str]) -> Interval:
        """OR over the matching facts; false when there is none, unless another expert would have to say so."""
        out = self.absent[type_][0] if type_ in self.absent else FALSE
        table = self.by_type.get(type_)
        if not table:
            return out
        whole = self._whole(type_, wanted)
        if whole is not None:
            return out | table[whole].certainty if whole in table else out
        for args in table.agreeing(wanted):
            out = out | table[args].certainty
        return out

    def without_disputed(self) -> FactBase:
        """A copy in which disputed facts have no support."""
        out = FactBase()
        out.absent, out._fields = self.absent, self._fields
        for type_, table in self.by_type.items():
            copy = out.by_type[type_] = States()
            for args, state in table.items():
                copy[args] = replace(state, doubted=True) if state.disputed else state
        return out

    def freeze(self, combine: dict[str, str | None]) -> tuple[Fact, ...]:
        """All facts for the record, in canonical order."""
        out: list[Fact] = []
        for type_ in sorted(self.by_type):
            if type_ in self.frozen:
                out += self.frozen[type_]
                continue
            for args in sorted(self.by_type[type_]):
                out.append(self.by_type[type_][args].freeze(combine.get(type_)))
        return tuple(out)


def _same(a: Num | None, b: Num | None) -> bool:
    return a == b

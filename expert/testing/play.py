"""Playing one case: samples from its series, scans on a simulated clock, the rule's state after each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache

from expert.engine.dependence import Dependence, every_instrument
from expert.engine.installed import ground_variables
from expert.engine.nodes import foreseen, longest_reach, roots, walk
from expert.engine.session import Session
from expert.language import ast
from expert.run.board import Blackboard, imports_for
from expert.testing.cases import Case, middle
from expert.testing.moments import Moment, Outcomes, newest
from expert.testing.series import Piece, Reading, readings
from expert.values.types import Sample, ScanInput, ScanRecord, Variable

EPOCH = 1_772_409_600_000
"""Start of every run: midnight UTC, so that scans fall on the grid of any period."""
DAY, HOUR = 86_400_000, 3_600_000
NORMAL_IQR = 0.41
"""Inter-quartile range of a bell curve over the distance of its 5th and 95th percentiles: 1.349 / 3.290."""


@dataclass(frozen=True, slots=True)
class Played:
    """A case with what came of it; ``records``: scan records by their time from the start."""

    program: ast.Program
    moments: tuple[Moment, ...]
    records: dict[int, ScanRecord]

    def at(self, time: int) -> Moment:
        """The newest moment not after a time."""
        return newest(self.moments, time)


def only(program: ast.Program, rule_id: str, period: int) -> ast.Program:
    """The part of a program that a rule's outcome depends on, on a grid of its own."""
    needed = Dependence(program).closure(program.rules[rule_id])
    return replace(
        program,
        site=replace(program.site, period=period),
        rules={k: r for k, r in program.rules.items() if k in needed},
        strata=tuple(tuple(g for g in layer if g.rule.id in needed) for layer in program.strata),
    )


def unranked(part: ast.Program) -> ast.Program:
    """The same rules without severities: then nobody works out what each rise rests on, which a case does not ask."""
    rules = {k: replace(r, severity=0) for k, r in part.rules.items()}
    layers = tuple(tuple(replace(g, rule=rules[g.rule.id]) for g in layer) for layer in part.strata)
    return replace(part, rules=rules, strata=layers)


def play(program: ast.Program, case: Case, plainly: bool = False, others: Sequence[ast.Program] = ()) -> Played:
    """Run a case from its start to its end.

    Parameters
    ----------
    plainly : bool
        Records do not say what a rise rests on.
    others : sequence of Program
        Other experts; they run along where the rule depends on what they say.
    """
    if others and Dependence(program).imports(program.rules[case.rule]):
        parts = [_on_grid(p, case.every) for p in (program, *others)]
    else:
        parts = [only(program, case.rule, case.every)]
    part, *beside = map(unranked, parts) if plainly else parts
    records = dict(scans(part, case, beside))
    moments = tuple(Outcomes(r).moment(part.rules[case.rule], case, t) for t, r in records.items())
    return Played(part, moments, records)


def _on_grid(program: ast.Program, period: int) -> ast.Program:
    """A whole program, as others may read what it concludes, on a grid of its own."""
    return replace(program, site=replace(program.site, period=period))


def scans(part: ast.Program, case: Case, beside: Sequence[ast.Program] = ()) -> Iterator[tuple[int, ScanRecord]]:
    """Every scan of a case by its time from the start, with the rules of ``part``.

    The experts ``beside`` it are given the same samples, and all read each other as in a run: what was said a scan ago.
    """
    board = Blackboard() if beside else None
    own, *others = (_Player(p, case, board) for p in (part, *beside))
    for t in range(0, case.run + 1, case.every):
        for other in others:
            other.scan(t)
        yield t, own.scan(t)


class _Player:
    """One session that plays a case."""

    def __init__(self, program: ast.Program, case: Case, board: Blackboard | None) -> None:
        if board is not None:  # any member may be one that another expert hears of
            case = replace(case, bind=())
        program = _with_variables_of(_with_members_of(program, case), case)
        self.session = Session(program)
        self.case = case
        self.board = board
        self.arriving = _prepare(self.session, program, case)
        self.sent = 0

    def scan(self, t: int) -> ScanRecord:
        """The scan at a time from the start."""
        now, until = EPOCH + t, self.sent
        while until < len(self.arriving) and self.arriving[until].arrival <= now:
            until += 1
        record = self.session.scan(
            ScanInput(
                time=now,
                run_at=now,
                samples=tuple(self.arriving[self.sent : until]),
                rows=self.case.rows if t == 0 else (),
                models=self.case.answers,
                imports=imports_for(self.session.program, self.board, now) if self.board is not None else (),
            )
        )
        if self.board is not None:
            self.board.put(record.exports)
        self.sent = until
        return record


def comes_back(part: ast.Program, rule: ast.Rule) -> bool:
    """Whether what a rule says, or that it is raised, reaches it again."""
    own = rule.conclude.type if rule.conclude is not None else None
    nodes = (n for r in part.rules.values() for root in roots(r, texts=False) for n in walk(root))
    return any(
        (isinstance(n, ast.FactRef) and n.type == own) or (isinstance(n, ast.Raised) and n.rule == rule.id)
        for n in nodes
    )


def _members(part: ast.Program, case: Case) -> tuple[tuple[str, str], ...]:
    """The members that a case is about; () where all count, as the rule hears of what it says of others."""
    rule = part.rules.get(case.rule)  # none in the program of another expert
    if rule is None:
        return ()
    named = tuple(b for b in case.bind if b[0] in dict(rule.for_each))
    return () if named and comes_back(part, rule) else named


def _with_members_of(part: ast.Program, case: Case) -> ast.Program:
    """The program without what the case's rule says of members that the case does not look at."""
    named = set(_members(part, case))
    layers = (tuple(g for g in x if g.rule.id != case.rule or named <= set(g.bindings)) for x in part.strata)
    return replace(part, strata=tuple(layers))


def _with_variables_of(part: ast.Program, case: Case) -> ast.Program:
    """The program at a site of the variables that its rules or the case name: a session looks after each it has."""
    named = set(map(_family, case.given))
    for rule in part.rules.values():
        for root in (*roots(rule), *foreseen(rule)):
            for node in walk(root):
                if isinstance(node, ast.Ref):
                    named.add(node.variable)
                elif isinstance(node, ast.ModelProbability):
                    named.add(part.site.models[node.model].target)
    kept = {k: v for k, v in part.site.variables.items() if k in named}
    return replace(part, site=replace(part.site, variables=kept))


def _prepare(session: Session, program: ast.Program, case: Case) -> list[Sample]:
    """Load what happened before the start; return what arrives later, by arrival."""
    reach = _reach(program)
    later: list[Sample] = []
    for variable in _fed(program, case):
        pieces = case.given.get(variable.id) or _quiet(variable)
        if not pieces:
            continue
        base = case.baseline.get(variable.id) or _normal(variable)
        if base is not None and variable.kind == "analog":
            session.set_baseline(variable.id, *base)
        delay = case.arrival.get(variable.id, 0)
        first = -(reach.get(_family(variable.id), HOUR) + delay + variable.max_age)
        found = _sent(pieces, variable.period, first, case.run, variable.kind)
        before = [r for r in found if r.time + delay < 0]
        _load(session, variable.id, before, delay)
        later += [_sample(variable.id, r, delay) for r in found[len(before) :]]
    return sorted(later, key=lambda s: (s.arrival, s.variable, s.source))


@lru_cache(maxsize=256)
def _sent(pieces: tuple[Piece, ...], period: int, first: int, last: int, kind: str) -> tuple[Reading, ...]:
    """All readings of a series: the members of a set mostly send the same, and so they do from case to case."""
    return tuple(readings(pieces, period, first, last, kind))


def _reach(program: ast.Program) -> dict[str, int]:
    """How far back windows look; the time since a change is not a window."""
    return {name: min(span, DAY // 3) if span >= DAY else span for name, span in longest_reach(program).items()}


def _fed(program: ast.Program, case: Case) -> Iterator[Variable]:
    """Variables that the rule reads or the case names, by ground name."""
    named = _members(program, case)
    read = Dependence(program).instruments(program.rules[case.rule], named) if named else every_instrument(program)
    wanted = set(case.given) | set(read)
    for variable in ground_variables(program.site):
        if variable.id in wanted:
            yield variable


def _family(name: str) -> str:
    head, bracket, tail = name.partition("[")
    return f"{head}.{tail.partition('].')[2]}" if bracket else name


def _quiet(variable: Variable) -> tuple[Piece, ...]:
    if variable.kind == "counter":
        return (Piece("still", 0, None),)
    if variable.kind == "switch":
        return (Piece("value", 0, None, Fraction(0), spread=Fraction(0)),)
    centre = middle(variable)
    return () if centre is None else (Piece("value", 0, None, Fraction(variable.quantise(centre))),)


def _normal(variable: Variable) -> tuple[float, float] | None:
    centre = middle(variable)
    if centre is None or variable.normal is None:
        return None
    return centre, NORMAL_IQR * (variable.normal[1] - variable.normal[0])


def _load(session: Session, name: str, before: Sequence[Reading], delay: int) -> None:
    source = [EPOCH + r.time for r in before]
    counts = [0 if r.count is None else r.count for r in before]
    session.load_history(name, source, [t + delay for t in source], counts, [r.count is not None for r in before])


def _sample(name: str, reading: Reading, delay: int) -> Sample:
    source = EPOCH + reading.time
    if reading.count is None:
        return Sample(name, source, source + delay, None, "bad", "missing")
    return Sample(name, source, source + delay, reading.count)

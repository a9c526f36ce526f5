"""Do the cases of a rule notice small mistakes in it? Every mutant is played against the rule's own cases.

All mutants of a rule are played at once: they stand above the rule's part of the program as rules that nobody hears
(where something refutes the rule, it refutes them), share every window and number with it, and each has its own hold
and its own machine. Where the rule's conclusion comes back to it (recursion) the mutants take its place one after the
other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from time import monotonic

from expert.compile.ground import ground_rules
from expert.compile.reads import rule_reads
from expert.language import ast
from expert.testing.cases import Case, load_cases
from expert.testing.moments import Moment, Outcomes, differences
from expert.testing.mutants import Mutant, mutants_and_equals
from expert.testing.noticed import MutationReport, RuleScore
from expert.testing.play import comes_back, only, scans, unranked


def mutation_report(
    program: ast.Program, files: Iterable[Path], pattern: str | None = None, seconds: float | None = None
) -> MutationReport:
    """Play the mutants of every rule that has cases.

    Parameters
    ----------
    pattern : str, optional
        Only rules whose id contains it.
    seconds : float, optional
        Begin no further rule after that time; those left over are named in the report.

    Raises
    ------
    ProgramError
        With every mistake in the case files.
    """
    by_rule: dict[str, list[Case]] = {}
    for case in load_cases(program, files):
        if pattern is None or pattern in case.rule:
            by_rule.setdefault(case.rule, []).append(case)
    end = None if seconds is None else monotonic() + seconds
    scores: list[RuleScore] = []
    left: list[str] = []
    for rule, cases in sorted(by_rule.items()):
        if end is not None and monotonic() >= end:
            left.append(rule)
        else:
            scores.append(score_rule(program, rule, cases))
    return MutationReport(tuple(scores), tuple(left))


def score_rule(program: ast.Program, rule_id: str, cases: Sequence[Case]) -> RuleScore:
    """Play all mutants of one rule against its cases; a mutant that was noticed is not played again."""
    rule = program.rules[rule_id]
    found, equals = mutants_and_equals(rule, program.site)
    topic = Path(rule.span.file).stem
    play_all: Callable[[ast.Program, Case, list[Mutant]], Iterator[bool]] = _together
    if _takes_its_place(program, rule):
        found = [m for m in found if _stands(program, rule, m.rule)]
        play_all = _one_by_one
    alive = found
    for case in cases:
        noticed = list(play_all(program, case, alive))
        if noticed[0]:
            return RuleScore(rule_id, topic, len(found), tuple(found), tuple(equals), broken=True)
        alive = [m for m, seen in zip(alive, noticed[1:], strict=True) if not seen]
    return RuleScore(rule_id, topic, len(found), tuple(alive), tuple(equals))


def _takes_its_place(program: ast.Program, rule: ast.Rule) -> bool:
    """True when what the rule says reaches it again, or another rule may say the same against a refuter."""
    part = only(program, rule.id, program.site.period)
    own = rule.conclude.type if rule.conclude is not None else None
    if own is not None and _refuted(part, rule):
        others = [r.conclude for r in part.rules.values() if r.id != rule.id and r.conclude is not None]
        if any(c.type == own and not c.refutes for c in others):
            return True
    return comes_back(part, rule)


def _refuted(part: ast.Program, rule: ast.Rule) -> bool:
    """Whether something refutes what the rule concludes."""
    said = rule.conclude
    return (
        said is not None
        and not said.refutes
        and any(c.refutes and c.type == said.type for r in part.rules.values() if (c := r.conclude) is not None)
    )


def _stands(program: ast.Program, rule: ast.Rule, mutant: ast.Rule) -> bool:
    """True when the mutant asks for nothing to be settled before it that is not."""
    layer = next(i for i, rules in enumerate(program.strata) if any(g.rule.id == rule.id for g in rules))
    return all(
        not read.strict or read.state or program.fact_stratum[read.name] < layer
        for read in rule_reads(mutant, program.site)
    )


# ---------------------------------------------------------------- playing


def _together(program: ast.Program, case: Case, mutants: list[Mutant]) -> Iterator[bool]:
    """Whether the case fails on the rule itself, then on each mutant."""
    part = only(program, case.rule, case.every)
    rule = part.rules[case.rule]
    bare = replace(rule, severity=0, conclude=None, advise=(), because={}, because_parts={}, expect=())
    if _refuted(part, rule):  # what a rule in shadow says is refuted, too, and nobody hears it
        bare = replace(bare, conclude=rule.conclude, status="shadow")
    clones = [
        replace(bare, id=f"{rule.id}~{i}", when=m.rule.when, match=m.rule.match, hold=m.rule.hold)
        for i, m in enumerate(mutants)
    ]
    part = unranked(part)
    added = {c.id: c for c in clones}
    ground = ground_rules(part.site, part.facts, added, part.installed)
    members = {b for b in case.bind if b[0] in dict(rule.for_each)}
    looked_at = tuple(g for g in ground if members <= set(g.bindings))  # nobody reads what the others would say
    part = replace(part, rules={**part.rules, **added}, strata=(*part.strata, looked_at))
    refutes = rule.conclude is not None and rule.conclude.refutes
    watched = [rule, *clones]
    seen: list[list[Moment]] = [[] for _ in watched]
    for t, record in scans(part, case):
        outcomes = Outcomes(record)
        for moments, r in zip(seen, watched, strict=True):
            moments.append(outcomes.moment(r, case, t, refutes))
    return (bool(differences(case, moments)) for moments in seen)


def _one_by_one(program: ast.Program, case: Case, mutants: list[Mutant]) -> Iterator[bool]:
    """Like `_together`, with the mutants in the rule's own place."""
    part = unranked(only(program, case.rule, case.every))
    for rule in (part.rules[case.rule], *(m.rule for m in mutants)):
        changed = _with(part, rule)
        moments = [Outcomes(record).moment(rule, case, t) for t, record in scans(changed, case)]
        yield bool(differences(case, moments))


def _with(part: ast.Program, rule: ast.Rule) -> ast.Program:
    """The program with another version of one rule."""
    ground = tuple(ground_rules(part.site, part.facts, {rule.id: rule}, part.installed))
    layers = []
    for layer in part.strata:
        kept = tuple(g for g in layer if g.rule.id != rule.id)
        layers.append(kept if len(kept) == len(layer) else tuple(sorted((*kept, *ground), key=_order)))
    return replace(part, rules={**part.rules, rule.id: rule}, strata=tuple(layers))


def _order(ground: ast.GroundRule) -> tuple[str, tuple[tuple[str, str], ...]]:
    return ground.rule.id, ground.bindings

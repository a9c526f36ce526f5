"""How the facts of a stratum grew from round to round, read off what its rules said, for a message."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from expert.engine.guards import EndlessGrowth, growing
from expert.joins.joinrule import JoinRule

if TYPE_CHECKING:
    from expert.joins.relations import Relations


def endless_growth(relations: Relations, layer: Iterable[JoinRule], rounds: int) -> EndlessGrowth:
    """The fault of a stratum that does not come to rest, in the words of the reference evaluator.

    Parameters
    ----------
    layer : iterable of JoinRule
        Rules of the stratum.
    rounds : int
        Rounds that were run.
    """
    rules = [r for r in layer if not r.refutes and r.conclusion is not None and r.rule.status == "live"]
    counts = {r.rule.id: [0] * rounds for r in rules}
    for rule in rules:
        told = counts[rule.rule.id]
        for round_ in _changes(relations, rule):
            if round_ < rounds:
                told[round_] += 1
    return EndlessGrowth(growing({r.rule.id: r.rule for r in rules}, counts))


def _changes(relations: Relations, rule: JoinRule) -> Iterable[int]:
    """The round of every change of what a rule says; what is said first is one, also where it is false."""
    from expert.joins.reading import matches

    if not rule.wants_number and not rule.shape.dead:
        yield from (0 for _ in matches(rule, relations))
    if rule.facts.flat:
        return
    for cell in rule.facts.cells.values():
        for source, history in cell.items():
            if source[0] == rule.rank:
                yield from (step[0] for step in history if step[0] or rule.wants_number)

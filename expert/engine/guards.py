"""What stops a rule that asks for too much: a join without end, a stratum that does not come to rest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from expert.language.ast import Rule

MAX_ROUNDS = 10_000
"""Naive rounds of one stratum in one scan."""


class RuleFault(RuntimeError):
    """A fault of a rule that shows only while it runs; the message names the rule, its place, and what grew."""


class JoinExplosion(RuleFault):
    """A rule matches more rows in one scan than its site allows."""


class EndlessGrowth(RuleFault):
    """A stratum did not come to rest."""


def place(rule: Rule) -> str:
    """The rule with its file and line."""
    return f"rule {rule.id} ({rule.span.file}:{rule.span.line})"


class Bindings:
    """Counts the bindings of one rule in one scan, at every depth of its match.

    Parameters
    ----------
    rule : Rule
    limit : int
        Most bindings at any depth.
    """

    def __init__(self, rule: Rule, limit: int) -> None:
        self.rule, self.limit = rule, limit
        self.counts = [0] * len(rule.match)

    def count(self, depth: int) -> None:
        """One more set of bindings for the match up to ``depth``.

        Raises
        ------
        JoinExplosion
            When there are too many.
        """
        self.counts[depth] += 1
        if self.counts[depth] > self.limit:
            raise JoinExplosion(self._message())

    def _message(self) -> str:
        growth = [f"{m.binding} in {m.relation}: {n}" for m, n in zip(self.rule.match, self.counts, strict=True) if n]
        return (
            f"{place(self.rule)} matches more than {self.limit} combinations of rows in one scan; "
            f"bindings so far: {', '.join(growth)}. Tie the rows closer together with where, "
            "or raise max_activations in site.yaml"
        )


def growing(rules: Mapping[str, Rule], changed: Mapping[str, Sequence[int]]) -> str:
    """Message for rules that still change facts; ``changed``: rule id -> facts changed in each round."""
    rounds = max((len(c) for c in changed.values()), default=0)
    last = sorted((i for i, c in changed.items() if len(c) == rounds and c[-1]), key=lambda i: (-changed[i][-1], i))
    shown = [2**k for k in range(rounds.bit_length()) if 2**k < rounds] + [rounds]
    parts = [f"{place(rules[i])} changed {_listed([changed[i][r - 1] for r in shown])}" for i in last[:3]]
    more = f" and {len(last) - 3} more rules" if len(last) > 3 else ""
    return f"facts still change after {rounds} rounds of one scan: in rounds {_listed(shown)} {'; '.join(parts)}{more}"


def _listed(numbers: Sequence[int]) -> str:
    few = [*map(str, numbers[:3]), *(["..."] if len(numbers) > 5 else []), *map(str, numbers[3:][-2:])]
    return ", ".join(few)

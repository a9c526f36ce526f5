"""What each rule costs: an optional hook of the evaluators, never part of what is concluded or recorded."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any


@dataclass(slots=True)
class Cost:
    """Cost of one rule: ``seconds``; ``activations`` evaluated, over all rounds; ``rounds`` that it took part in."""

    seconds: float = 0.0
    activations: int = 0
    rounds: int = 0


@dataclass(slots=True)
class Profile:
    """Costs by rule id. A part that rules share counts for the rule that asked for it first."""

    costs: dict[str, Cost] = field(default_factory=dict)

    @contextmanager
    def measured(self, rule: str, activations: int = 1) -> Iterator[None]:
        """Count what is done meanwhile for a rule."""
        cost = self.costs.setdefault(rule, Cost())
        begin = perf_counter()
        try:
            yield
        finally:
            cost.seconds += perf_counter() - begin
            cost.activations += activations

    def took_part(self, rules: set[str]) -> None:
        """One more round of these rules."""
        for rule in rules:
            self.costs.setdefault(rule, Cost()).rounds += 1

    def table(self) -> list[dict[str, Any]]:
        """The dearest rule first."""
        found = sorted(self.costs.items(), key=lambda c: (-c[1].seconds, c[0]))
        return [
            {"rule": r, "seconds": round(c.seconds, 6), "activations": c.activations, "rounds": c.rounds}
            for r, c in found
        ]

    def lines(self) -> list[str]:
        """The table as text."""
        rows = [
            (f"{c['seconds'] * 1000:.1f}", str(c["activations"]), str(c["rounds"]), c["rule"]) for c in self.table()
        ]
        rows.insert(0, ("ms", "activations", "rounds", "rule"))
        return [f"{ms:>10}  {n:>11}  {rounds:>8}  {rule}" for ms, n, rounds, rule in rows]

"""What came of the mutants of rules: how many a case noticed, by rule and by topic, and what nobody noticed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from expert.language import ast
from expert.testing.mutants import Equal, Mutant

ENOUGH = Fraction(4, 5)
"""Share of the mutants that the cases must notice, in each topic."""


@dataclass(frozen=True, slots=True)
class RuleScore:
    """Mutants of one rule, and those that no case noticed.

    ``topic``: the rule's file; ``equals``: changes left out because they say the same; ``broken``: the rule's cases
    fail on the rule itself.
    """

    rule: str
    topic: str
    mutants: int
    survivors: tuple[Mutant, ...]
    equals: tuple[Equal, ...] = ()
    broken: bool = False

    @property
    def killed(self) -> int:
        """Mutants that a case noticed."""
        return self.mutants - len(self.survivors)


@dataclass(frozen=True, slots=True)
class MutationReport:
    """All rules that have cases; ``left``: those for which there was no time."""

    scores: tuple[RuleScore, ...]
    left: tuple[str, ...] = ()

    @property
    def mutants(self) -> int:
        """Of all rules."""
        return sum(s.mutants for s in self.scores)

    @property
    def killed(self) -> int:
        """Of all rules."""
        return sum(s.killed for s in self.scores)

    @property
    def topics(self) -> dict[str, tuple[int, int]]:
        """Mutants noticed and mutants made, by topic."""
        found: dict[str, tuple[int, int]] = {}
        for s in self.scores:
            killed, mutants = found.get(s.topic, (0, 0))
            found[s.topic] = killed + s.killed, mutants + s.mutants
        return dict(sorted(found.items()))

    @property
    def weak(self) -> list[str]:
        """Topics whose cases notice too little."""
        return [t for t, (killed, mutants) in self.topics.items() if mutants and Fraction(killed, mutants) < ENOUGH]

    @property
    def broken(self) -> list[str]:
        """Rules whose cases fail without any mutation."""
        return [s.rule for s in self.scores if s.broken]

    @property
    def ok(self) -> bool:
        """Whether enough mutants were noticed in every topic and every case passes on the rule itself."""
        return not self.broken and not self.weak

    def text(self, names: Mapping[str, str]) -> str:
        """For people: each rule, below it what no case noticed; ``names``: files as the user knows them."""
        lines: list[str] = []
        for s in self.scores:
            lines.append(f"{s.rule}: {s.killed} of {s.mutants}" + ("; its cases fail" if s.broken else ""))
            for m in s.survivors if not s.broken else ():
                lines += [f"  {_place(m.span, names)}  {m.words}", f"    to show: {m.shown}"]
            lines += [f"  {_place(e.span, names)}  left out: {e.words}; {e.why}" for e in s.equals]
        lines.append("")
        if len(self.topics) > 1:
            lines += [f"topic {t}: {_share(killed, mutants)}" for t, (killed, mutants) in self.topics.items()]
        share = f" ({100 * self.killed / self.mutants:.1f} %)" if self.mutants else ""
        lines.append(f"{len(self.scores)} rules, {self.mutants} mutants: {self.killed} noticed{share}")
        if self.weak:
            lines.append(f"below {100 * ENOUGH} %: {', '.join(self.weak)}")
        if self.left:
            lines.append(f"no time for {len(self.left)} rules: {', '.join(self.left)}")
        if self.broken:
            lines.append(f"cases fail without any mutation: {', '.join(self.broken)}; see tuyere test")
        return "\n".join(lines)

    def as_json(self, names: Mapping[str, str]) -> dict[str, Any]:
        """Plain JSON form."""
        return {
            "mutants": self.mutants,
            "killed": self.killed,
            "share": round(self.killed / self.mutants, 4) if self.mutants else 1.0,
            "topics": {t: {"mutants": m, "killed": k} for t, (k, m) in self.topics.items()},
            "weak": self.weak,
            "left": list(self.left),
            "broken": self.broken,
            "rules": [
                {
                    "rule": s.rule,
                    "topic": s.topic,
                    "mutants": s.mutants,
                    "killed": s.killed,
                    "survivors": _listed(((m.span, m.words, "to_show", m.shown) for m in s.survivors), names),
                    "equal": _listed(((e.span, e.words, "why", e.why) for e in s.equals), names),
                }
                for s in self.scores
            ],
        }


def _listed(found: Iterable[tuple[ast.Span, str, str, str]], names: Mapping[str, str]) -> list[dict[str, Any]]:
    return [
        {"file": names.get(span.file, span.file), "line": span.line, "mutant": told, key: value}
        for span, told, key, value in found
    ]


def _place(span: ast.Span, names: Mapping[str, str]) -> str:
    return f"{names.get(span.file, span.file)}:{span.line}"


def _share(killed: int, mutants: int) -> str:
    return f"{killed} of {mutants}" + (f" ({100 * killed / mutants:.1f} %)" if mutants else "")

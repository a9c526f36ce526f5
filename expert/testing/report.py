"""Running case files and telling what came of them: expected above actual, with the evidence when they differ."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from expert.explain import text_of, why, why_not
from expert.language import ast
from expert.language.durations import format_duration
from expert.testing.cases import Case, load_cases
from expert.testing.moments import differences
from expert.testing.play import Played, play
from expert.values.interval import Interval

TIMELINE = 12
"""Changes of the rule's certainty that are printed at most."""


@dataclass(frozen=True, slots=True)
class CaseResult:
    """One case: ``lines`` say what differs (empty when it passed)."""

    case: Case
    lines: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether all that was expected came."""
        return not self.lines


@dataclass(frozen=True, slots=True)
class CaseReport:
    """All cases of some files.

    ``failed``: cases that did not come out as expected; ``without_cases``: rules that lack a case where they fire or
    one where they stay quiet.
    """

    rules: int
    results: tuple[CaseResult, ...]
    without_cases: tuple[str, ...]

    @property
    def failed(self) -> tuple[CaseResult, ...]:
        """Results of the cases that failed."""
        return tuple(r for r in self.results if not r.passed)

    @property
    def ok(self) -> bool:
        """Whether nothing failed and no rule lacks a case."""
        return not self.failed and not self.without_cases

    def text(self) -> str:
        """For people."""
        blocks = [_block(r) for r in self.failed]
        if self.without_cases:
            head = "without a case where they fire and one where they stay quiet:"
            blocks.append("\n".join([head, *(f"  {name}" for name in self.without_cases)]))
        passed = len(self.results) - len(self.failed)
        tail = f"{self.rules} rules, {len(self.results)} cases: {passed} passed, {len(self.failed)} failed"
        blocks.append(tail + (f"; {len(self.without_cases)} rules without cases" if self.without_cases else ""))
        return "\n\n".join(blocks)

    def as_json(self) -> dict[str, Any]:
        """Plain JSON form."""
        return {
            "rules": self.rules,
            "cases": len(self.results),
            "failed": len(self.failed),
            "without_cases": len(self.without_cases),
            "failures": [_as_json(r) for r in self.failed],
            "rules_without_cases": list(self.without_cases),
        }


def merged(reports: Sequence[CaseReport]) -> CaseReport:
    """Reports of several experts as one."""
    results = tuple(x for r in reports for x in r.results)
    return CaseReport(sum(r.rules for r in reports), results, tuple(x for r in reports for x in r.without_cases))


def run_cases(
    program: ast.Program,
    files: Iterable[Path],
    pattern: str | None = None,
    others: Sequence[ast.Program] = (),
) -> CaseReport:
    """Run the cases of files against a program.

    Parameters
    ----------
    pattern : str, optional
        Only cases (and rules) whose rule id or name contains it.
    others : sequence of Program, optional
        Experts that the program reads; they run along where a rule depends on what they say.

    Raises
    ------
    ProgramError
        With every mistake in the case files.
    """
    cases = load_cases(program, files)
    rules = sorted(program.rules)
    if pattern is not None:
        cases = [c for c in cases if pattern in c.rule or pattern in c.name]
        rules = [r for r in rules if pattern in r]
    return CaseReport(len(rules), tuple(run_case(program, c, others) for c in cases), _without(rules, cases))


def run_case(program: ast.Program, case: Case, others: Sequence[ast.Program] = ()) -> CaseResult:
    """Play one case and compare."""
    lines = differences(case, play(program, case, plainly=True, others=others).moments)
    if lines:
        played = play(program, case, others=others)
        lines += ["timeline", *(f"  {line}" for line in _timeline(played)), *_evidence(played, case)]
    return CaseResult(case, tuple(lines))


def _without(rules: Iterable[str], cases: Iterable[Case]) -> tuple[str, ...]:
    fires = {c.rule for c in cases if c.fires}
    quiet = {c.rule for c in cases if not c.fires}
    return tuple(r for r in rules if r not in fires or r not in quiet)


def _timeline(played: Played) -> list[str]:
    out: list[str] = []
    last: tuple[str, Interval] | None = None
    for m in played.moments:
        now = (m.state, m.certainty)
        if now != last:
            out.append(f"{format_duration(m.time):>8}  {m.certainty}  {m.state}")
        last = now
    if len(out) > TIMELINE:
        cut = TIMELINE // 2
        out = [*out[:cut], f"{'':>8}  ... {len(out) - 2 * cut} more changes", *out[-cut:]]
    return out


def _evidence(played: Played, case: Case) -> list[str]:
    at, expected = next(((t, e) for t, e in case.expect if played.at(t).state != e), case.expect[-1])
    moment = played.at(at)
    record = played.records[moment.time]
    if moment.state == "raised" and expected != "raised":
        lines = why(played.program, record, case.rule, moment.bindings, "en")
    else:
        lines = why_not(played.program, record, case.rule, "en")
    texts = [text_of(line) for line in lines]
    own = next((i for i, text in enumerate(texts) if text.lstrip().startswith("rule ")), len(texts))
    return [f"evidence at {format_duration(moment.time)}", *(f"  {text}".rstrip() for text in texts[:own])]


def _block(result: CaseResult) -> str:
    span = result.case.span
    head = f"FAILED {span.file}:{span.line}  {result.case.name}  ({result.case.rule})"
    return "\n".join([head, *(f"  {line}" for line in result.lines)])


def _as_json(result: CaseResult) -> dict[str, Any]:
    case = result.case
    where = {"file": case.span.file, "line": case.span.line}
    return {"rule": case.rule, "name": case.name, **where, "lines": list(result.lines)}

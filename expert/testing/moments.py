"""What a rule does over the scans of a case, and where that differs from what the case expects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from expert.language import ast
from expert.language.durations import format_duration
from expert.testing.cases import Case
from expert.values.interval import FALSE, ONE, Interval
from expert.values.types import ScanRecord

Bindings = tuple[tuple[str, str], ...]
ORDER = ("quiet", "possible", "clearing", "held", "raised")


@dataclass(frozen=True, slots=True)
class Moment:
    """The rule after one scan; ``time`` in ms from the start of the run."""

    time: int
    state: str
    certainty: Interval
    bindings: Bindings = ()


class Outcomes:
    """The rules of one scan record by id."""

    def __init__(self, record: ScanRecord) -> None:
        self.found: dict[str, list[tuple[Bindings, Interval]]] = {}
        for key, value in record.nodes.items():
            if key.startswith("rule:"):
                rule, bracket, rest = key[5:].partition("[")
                x = Interval(value["out"][0], value["out"][1])
                self.found.setdefault(rule, []).append((_bindings(bracket + rest), x))
        self.states = {(f.rule, f.bindings): f.state for f in (*record.firings, *record.shadow)}

    def moment(self, rule: ast.Rule, case: Case, t: int, refutes: bool | None = None) -> Moment:
        """State of a rule, over all bindings that fit the case: the loudest one.

        ``refutes``: whether it counts as a refuter, which has no machine; None: as it says itself.
        """
        if refutes is None:
            refutes = rule.conclude is not None and rule.conclude.refutes
        found = [
            Moment(t, self._state(rule, bindings, x, refutes), x, bindings)
            for bindings, x in self.found.get(rule.id, ())
            if set(case.bind) <= set(bindings)
        ]
        nothing = Moment(t, "quiet", FALSE)
        return max(found, key=lambda m: (ORDER.index(m.state), m.certainty.s, m.certainty.p), default=nothing)

    def _state(self, rule: ast.Rule, bindings: Bindings, x: Interval, refutes: bool) -> str:
        if refutes:
            return "raised" if x.s >= rule.threshold else "possible" if x.p >= rule.threshold else "quiet"
        state = self.states.get((rule.id, bindings), "normal")
        if state != "normal":
            return state
        return "possible" if x.p >= rule.threshold else "quiet"


def _bindings(text: str) -> Bindings:
    """Bindings from the tail of a rule key.

    >>> _bindings("[a=x, b=y]")
    (('a', 'x'), ('b', 'y'))
    """
    inner = text.removeprefix("[").removesuffix("]")
    return tuple((p.partition("=")[0], p.partition("=")[2]) for p in inner.split(", ")) if inner else ()


def newest(moments: Sequence[Moment], time: int) -> Moment:
    """The newest moment not after a time."""
    return next((m for m in reversed(moments) if m.time <= time), moments[0])


def differences(case: Case, moments: Sequence[Moment]) -> list[str]:
    """What was expected above what came, in lines; [] when all that was expected came."""
    lines: list[str] = []
    for at, expected in case.expect:
        moment = newest(moments, at)
        if moment.state != expected:
            lines += [f"expected  {expected} at {format_duration(at)}", f"actual    {said(moment)}"]
    end = newest(moments, case.run)
    low, high = case.support
    if not low <= end.certainty.s <= high:
        lines += [f"expected  support {low / ONE:.2f} to {high / ONE:.2f} at the end", f"actual    {said(end)}"]
    if not case.fires:
        rise = next((m for m in moments if m.state == "raised"), None)
        if rise is not None and not lines:
            lines += ["expected  never raised", f"actual    {said(rise)}"]
    return lines


def said(moment: Moment) -> str:
    """A moment in words."""
    where = f" ({', '.join(f'{k} = {v}' for k, v in moment.bindings)})" if moment.bindings else ""
    return f"{moment.state} at {format_duration(moment.time)}, certainty {moment.certainty}{where}"

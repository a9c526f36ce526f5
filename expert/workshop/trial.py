"""What a rule would have said over recorded data: each of its conditions against its limit, over time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from expert.engine.nodes import Env, walk
from expert.explain import quantities as q
from expert.explain.recorded import Recorded, environment, leaves
from expert.language import ast
from expert.language.durations import format_duration
from expert.language.printer import print_condition
from expert.values.cells import fit
from expert.values.interval import ONE, Interval
from expert.values.types import ScanRecord, rule_key

COLUMNS, TEXT, OTHERS = 60, 44, 30
HALF = ONE // 2
RANK = "#+?. "
"""Holds, holds in part, unknown, does not hold, no scan: the loudest of a column is shown."""


def mark_of(x: Interval | None) -> str:
    """One character for a certainty; None (removed at grounding) counts as no scan.

    >>> mark_of(Interval(1_000_000, 1_000_000)), mark_of(Interval(0, 1_000_000)), mark_of(Interval(0, 0))
    ('#', '?', '.')
    """
    if x is None:
        return " "
    if x.s >= HALF:
        return "#"
    if x.p >= HALF:
        return "?"
    return "+" if x.s else "."


@dataclass
class Track:
    """One condition over the scans. ``low``, ``high``: least and largest value seen, in house units."""

    node: ast.Cond
    env: Env
    text: str
    marks: list[str] = field(default_factory=list)
    low: float | None = None
    high: float | None = None

    def see(self, recorded: Recorded, there: bool) -> None:
        """Take in one scan; ``there``: the rows that it is about were."""
        self.marks.append(mark_of(recorded.cond(self.node, self.env) if there else None))
        if not there:
            return
        left = _measured(self.node)
        value = recorded.num(left, self.env).v if left is not None else None
        if value is not None:
            self.low = value if self.low is None else min(self.low, value)
            self.high = value if self.high is None else max(self.high, value)

    def seen(self, program: ast.Program) -> str:
        """Least and largest value with the unit, or ''."""
        left = _measured(self.node)
        if left is None or self.low is None or self.high is None:
            return ""
        unit = _unit(program, self.node, left, self.env)
        scale = q.scale_of(program, left, unit)
        return f"{scale(self.low)} to {scale(self.high)}"

    def share(self, marks: str) -> float:
        """Share of the scans with one of these marks."""
        return sum(m in marks for m in self.marks) / len(self.marks) if self.marks else 0.0


@dataclass
class Trial:
    """One rule with its bindings over the scans of a recording."""

    program: ast.Program
    rule: ast.Rule
    bindings: tuple[tuple[str, str], ...]
    off: bool
    times: list[int] = field(default_factory=list)
    marks: list[str] = field(default_factory=list)
    raised: list[bool] = field(default_factory=list)
    tracks: list[Track] = field(default_factory=list)
    largest: int = 0

    @property
    def key(self) -> str:
        """Rule and bindings."""
        return rule_key(self.rule.id, self.bindings)

    @property
    def episodes(self) -> list[tuple[int, int | None]]:
        """From when to when it was raised; an end of None: still at the end."""
        out: list[tuple[int, int | None]] = []
        before = False
        for time, now in zip(self.times, self.raised, strict=True):
            if now and not before:
                out.append((time, None))
            elif before and not now:
                out[-1] = (out[-1][0], time)
            before = now
        return out

    def see(self, record: ScanRecord, recorded: Recorded) -> None:
        """Take in one scan."""
        outcome = recorded.rule(self.key)
        out = Interval(*outcome["out"][:2]) if outcome is not None and outcome.get("out") is not None else None
        firing = recorded.firing(self.key)
        self.times.append(record.input.time)
        self.marks.append(mark_of(out))
        self.raised.append(firing is not None and firing.state != "normal")
        self.largest = max(self.largest, out.s if out is not None else 0)
        for track in self.tracks:
            track.see(recorded, outcome is not None or not self.rule.match)

    def absent(self, times: Sequence[int]) -> None:
        """Earlier scans, in which the rows that it is about did not match."""
        self.times += times
        self.marks += " " * len(times)
        self.raised += [False] * len(times)
        for track in self.tracks:
            track.marks += " " * len(times)

    def as_json(self) -> dict[str, Any]:
        """Plain JSON form."""
        return {
            "rule": self.rule.id,
            "bindings": dict(self.bindings),
            "off": self.off,
            "scans": len(self.times),
            "largest_support": self.largest / ONE,
            "episodes": [{"from": a, "to": b} for a, b in self.episodes],
            "conditions": [
                {
                    "text": t.text,
                    "holds": round(t.share("#"), 4),
                    "unknown": round(t.share("?"), 4),
                    "seen": t.seen(self.program),
                }
                for t in self.tracks
            ],
        }


def trials_of(program: ast.Program, rule_id: str) -> list[Trial]:
    """One trial for each combination of members; those of a rule over tables come with the rows that match."""
    ground = [g for layer in program.strata for g in layer if g.rule.id == rule_id and not g.rule.match]
    return [_trial(program, g.rule, g.bindings, g.off) for g in ground]


def _trial(program: ast.Program, rule: ast.Rule, bindings: tuple[tuple[str, str], ...], off: bool) -> Trial:
    trial = Trial(program, rule, bindings, off)
    env = environment(rule, bindings)
    atoms = {(n, tuple(sorted(e.items()))): (n, e) for n, e in leaves(rule.when, env, program)}
    trial.tracks = [Track(n, e, _words(n, e, env)) for n, e in atoms.values()]
    return trial


def watch(program: ast.Program, trials: list[Trial], records: Iterable[ScanRecord], rule_id: str = "") -> None:
    """Let the trials see every scan; with the id of a rule over tables, trials of rows that match are added."""
    rule = program.rules.get(rule_id)
    times: list[int] = []
    for record in records:
        recorded = Recorded(program, record)
        if rule is not None and rule.match:
            known = {t.bindings for t in trials}
            for bindings in recorded.instances(rule_id):
                if bindings not in known:
                    trials.append(_trial(program, rule, bindings, False))
                    trials[-1].absent(times)
        for trial in trials:
            trial.see(record, recorded)
        times.append(record.input.time)


def trial_lines(trials: Sequence[Trial]) -> list[str]:
    """The loudest combination of members in full, the others in a line each."""
    ordered = sorted(trials, key=lambda t: (-len(t.episodes), -t.largest, t.key))
    out = _full(ordered[0])
    others = ordered[1:]
    if others:
        out += ["", "the others"]
        out += [f"  {fit(t.key, TEXT)}  {_columns(t.marks)}  {_summary(t)}" for t in others[:OTHERS]]
        out += [f"  ... {len(others) - OTHERS} more"] if len(others) > OTHERS else []
    return out


def _full(trial: Trial) -> list[str]:
    times = trial.times
    if not times:
        return [f"{trial.key}: no scans"]
    size = -(-len(times) // COLUMNS)
    width = format_duration((times[1] - times[0]) * size) if len(times) > 1 else "one scan"
    out = [f"{trial.key}, {_when(times[0])} to {_when(times[-1])}, {len(times)} scans, one column = {width}"]
    out += ["  off at this plant: too little of its evidence is installed"] if trial.off else []
    out += ["  # holds   + in part   ? unknown   . does not hold", ""]
    out.append(f"{fit('the rule', TEXT + 2)}  {_columns(trial.marks)}  {_summary(trial)}")
    for track in trial.tracks:
        seen = track.seen(trial.program)
        lost = f", unknown {_percent(track.share('?'))}" if track.share("?") else ""
        told = f"holds {_percent(track.share('#'))}{lost}" + (f"; seen {seen}" if seen else "")
        out.append(f"  {fit(track.text, TEXT)}  {_columns(track.marks)}  {told}")
    episodes = [f"  raised {_when(a)} to {_when(b) if b is not None else 'the end'}" for a, b in trial.episodes]
    hint = "  most of the time there was no baseline for z: give history of days with --warm-up"
    return [*out, "", *(episodes or ["  never raised"]), *([hint] if any(map(_no_baseline, trial.tracks)) else [])]


def _no_baseline(track: Track) -> bool:
    """True when a condition on z was unknown most of the time."""
    return track.share("?") > 0.5 and any(isinstance(n, (ast.ZScore, ast.Baseline)) for n in walk(track.node))


def _percent(share: float) -> str:
    """A share without decimals; a little is not nothing.

    >>> _percent(0.004), _percent(0.25), _percent(0.0)
    ('<1%', '25%', '0%')
    """
    return "<1%" if 0 < share < 0.005 else f"{share:.0%}"


def _summary(trial: Trial) -> str:
    n = len(trial.episodes)
    return f"raised {n} time{'s' * (n != 1)}, support at most {trial.largest / ONE:.2f}"


def _columns(marks: Sequence[str]) -> str:
    """The loudest mark of each column."""
    size = max(1, -(-len(marks) // COLUMNS))
    return "".join(min(marks[i : i + size], key=RANK.index) for i in range(0, len(marks), size))


def _words(node: ast.Cond, env: Env, outer: Env) -> str:
    """The author's words, with the members that a count goes over."""
    own = {k: v for k, v in env.items() if outer.get(k) != v}
    text = " ".join((node.text or print_condition(node)).split())
    return f"{text} [{', '.join(f'{k}={v}' for k, v in sorted(own.items()))}]" if own else text


def _measured(node: ast.Cond) -> ast.Expr | None:
    """The number that a condition holds against a limit."""
    if isinstance(node, ast.Compare):
        return node.left
    return node.arg if isinstance(node, ast.Graded) else None


def _unit(program: ast.Program, node: ast.Cond, left: ast.Expr, env: Env) -> str:
    right = node.one if isinstance(node, ast.Graded) else node.right if isinstance(node, ast.Compare) else left
    return q.compared_unit(program, left, right, env)


def _when(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M")

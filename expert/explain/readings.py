"""What instruments showed behind a number: value, how many samples, how fresh, or why there is none."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from expert.engine.nodes import Env, walk
from expert.engine.results import Num
from expert.explain import quantities as q
from expert.explain import titles as t
from expert.explain.recorded import Recorded
from expert.explain.words import Phrase, Words
from expert.language import ast
from expert.language.nodes import ground_name
from expert.texts import keys

History = Callable[[str, int, int], list[tuple[int, float | None]]]
"""Samples of a ground variable with source time in (start, end]: (ms, value in its unit or None)."""

LEAST_PLOT = 30 * 60_000
MODEL_PLOT = 12 * 3_600_000


@dataclass(frozen=True, slots=True)
class Reading:
    """What one instrument (or the same one of every member of a set) gave.

    ``tag``: '' for what is no instrument. ``plot``: ground variable and window (ms) for a small plot.
    """

    tag: str
    value: str = ""
    state: str = ""
    known: bool = True
    plot: tuple[str, int] | None = None


Measured = (
    ast.Window
    | ast.Feature
    | ast.PairFeature
    | ast.ZScore
    | ast.Ref
    | ast.Baseline
    | ast.Since
    | ast.Age
    | ast.Unchanged
    | ast.Repeats
)


class Reader:
    """Readings of one record in one language."""

    def __init__(self, recorded: Recorded, words: Words) -> None:
        self.r = recorded
        self.w = words
        self.program = recorded.program
        self.now = recorded.record.input.time
        self.tags = t.tags_of(recorded.program)

    def of(self, sides: list[ast.Expr], env: Env) -> tuple[Reading, ...]:
        """Readings behind the sides of a comparison; without its value where the comparison shows it already."""
        parts = [p for side in sides for p in _parts(side)]
        alone = len(parts) == 1 and not isinstance(parts[0], ast.SetAggregate | ast.RowField)
        windows = {self.w.phrase(p, env).window for p in parts if not isinstance(p, ast.Baseline | ast.RowField)}
        out: list[Reading] = []
        rows: list[str] = []
        seen: set[str] = set()
        for part in parts:
            key = self.r.table.key(part, env)
            if isinstance(part, ast.SetAggregate):
                key = f"all {self.r.table.index(part.arg)}"
            if key in seen:
                continue
            seen.add(key)
            if isinstance(part, ast.SetAggregate):
                out.append(self._group(part, env, len(windows) > 1))
            elif isinstance(part, ast.RowField):
                rows.append(f"{self.w.number(part, env)} {self._value(part, env)}".strip())
            elif not (isinstance(part, ast.Baseline) and _about(part.ref, parts)):
                out.append(self._one(part, env, alone, len(windows) > 1, parts))
        if rows and len(parts) > 1:
            out.append(Reading("", self.w.listed(*rows)))
        return tuple(out)

    def _one(self, node: ast.Expr, env: Env, alone: bool, windowed: bool, parts: list[ast.Expr]) -> Reading:
        ref = next(n for n in walk(node) if isinstance(n, ast.Ref))
        name = ground_name(ref, env)
        num = self.r.num(node, env)
        if not self.r.installed(node, env):
            return Reading(self.tags.get(name, name), "", self.w.say("not_installed"), False)
        value = "" if alone else self._value(node, env)
        if isinstance(node, ast.ZScore):
            value = self.w.listed("" if alone else f"z {value}", self._plain_values(node, env))
        elif windowed and value:
            value = Phrase(value, self.w.phrase(node, env).window).text(self.w.lang)
        normal = next((p for p in parts if isinstance(p, ast.Baseline) and p.ref == ref and p is not node), None)
        if normal is not None:
            shown = self._value(normal, env) or self.reason(self.r.num(normal, env).why)
            value = self.w.listed(value, self.w.say("normal_is", x=shown))
        analog = t.family(self.program, name)
        plot = None if analog is None or analog.kind == "switch" else (name, self._span(node))
        return Reading(self.tags.get(name, name), value, self.state(num), num.known, plot)

    def _plain_values(self, node: ast.ZScore, env: Env) -> str:
        """Mean and normal in the variable's unit, when this scan computed them for some rule."""
        if node.function != "z":
            return ""
        mean = self.r.known(ast.Window(function="mean", ref=node.ref, duration=node.duration), env)
        normal = self.r.known(ast.Baseline(ref=node.ref), env)
        if mean is None or mean.v is None or normal is None or normal.v is None:
            return ""
        unit = q.unit_of(self.program, node.ref, env)
        scale = q.scale_of(self.program, node.ref, unit)
        return self.w.listed(scale(mean.v), self.w.say("normal_is", x=scale(normal.v)))

    def _group(self, node: ast.SetAggregate, env: Env, windowed: bool) -> Reading:
        """All members of a set in one reading: ``A 119, B 201 degC``."""
        inner = next(_parts(node.arg))
        unit = q.unit_of(self.program, inner, env)
        scale = q.scale_of(self.program, inner, unit)
        shown, states = [], {}
        for member in self.program.site.sets[node.set]:
            at = {**env, node.binding: member}
            num = self.r.num(inner, at)
            if not self.r.installed(inner, at):
                continue
            shown.append(f"{member} {scale.text(num.v) if num.v is not None else '?'}")
            states[member] = self.state(num)
        text = q.with_unit(self.w.listed(*shown), unit)
        if isinstance(inner, ast.ZScore):
            text = f"z {text}"
        if windowed:
            text = Phrase(text, self.w.phrase(inner, env).window).text(self.w.lang)
        ref = next(n for n in walk(inner) if isinstance(n, ast.Ref))
        variable = self.program.site.variables.get(ref.variable)
        tag = (variable.tag or variable.id) if variable is not None else ref.variable
        known = all(self.r.num(inner, {**env, node.binding: m}).known for m in states)
        return Reading(tag, text, self.w.listed(*_common(states)), known)

    def _value(self, node: ast.Expr, env: Env) -> str:
        num = self.r.num(node, env)
        if num.v is None:
            return self.r.row_text(node, env)
        return self.number(num, node, env)

    def number(self, num: Num, node: ast.Expr, env: Env, unit: str | None = None, beside: float | None = None) -> str:
        """A recorded number in a unit, or its bounds when only they are known; '' when unknown."""
        if unit is None and isinstance(node, ast.Since | ast.Age | ast.Unchanged) and num.v is not None:
            text = t.duration(num.v * 1000)
            return f"{self.w.say('why_at_least')} {text}" if num.why == "at least" else text
        unit = q.unit_of(self.program, node, env) if unit is None else unit
        scale = q.scale_of(self.program, node, unit)
        if num.v is not None:
            text = scale(num.v, beside)
            return f"{self.w.say('why_at_least')} {text}" if num.why == "at least" else text
        if num.lo is not None and num.hi is not None:
            return self.w.say("between", low=scale.text(num.lo), high=scale(num.hi))
        return ""

    def state(self, num: Num) -> str:
        """How many samples and how fresh, or why there is no number."""
        if not num.known:
            return self.reason(num.why)
        when = "" if num.at is None else t.clock(num.at)
        if num.n is not None and num.m is not None and not when:
            return self.w.say("samples", n=num.n, m=num.m)
        if num.n is not None and num.m is not None:
            key = "samples_to" if num.n <= num.m else "more_samples_to"
            return self.w.say(key, n=num.n, m=num.m, time=when)
        if num.at is None:
            return ""
        if num.c < 1:
            return self.w.say("aged", age=t.duration(self.now - num.at))
        return self.w.say("good_at", time=when)

    def reason(self, why: str) -> str:
        """A reason code in words; a code without words stands for itself."""
        if not why or why == "at least":
            return ""
        code, _, detail = why.partition("|")
        key = "why_" + code.replace(" ", "_")
        if key not in keys("en"):
            return code
        if code == "stale":
            detail = t.duration(float(detail))
        elif code == "bad":
            note = f"note_{detail.split(':')[0].strip() or 'bad'}"
            detail = self.w.say(note if note in keys("en") else "note_bad")
        else:
            detail = self.w.listed(*(self._detail(x) for x in detail.split(", ")))
        return self.w.say(key, detail=detail)

    def _detail(self, text: str) -> str:
        known = t.family(self.program, text) is not None
        return t.variable_title(self.program, text, self.w.lang) if known else text

    def _span(self, node: ast.Expr) -> int:
        spans = [
            n.duration for n in walk(node) if isinstance(n, ast.Window | ast.Feature | ast.PairFeature | ast.ZScore)
        ]
        return max([*spans, LEAST_PLOT])

    def model(self, model: str, value: str, why: str) -> Reading:
        """The reading behind a model: its target variable, what it predicts, which model it is, why it is unsure."""
        spec = self.program.site.models[model]
        title = t.lowered(spec.title.get(self.w.lang, model), self.w.lang)
        state = self.w.listed(self.w.say("by_model", model=title), why)
        return Reading(self.tags.get(spec.target, spec.target), value, state, not why, (spec.target, MODEL_PLOT))

    def bad(self, ref: ast.Ref, env: Env, why: str) -> Reading:
        """The reading behind a check of the signal itself."""
        name = ground_name(ref, env)
        state = self.reason(why) or self.w.say("signal_good")
        return Reading(self.tags.get(name, name), "", state, not why, (name, LEAST_PLOT))


def _common(states: dict[str, str]) -> list[str]:
    """The state that most members have, then those that differ."""
    found = list(states.values())
    usual = max(dict.fromkeys(found), key=found.count, default="")
    return [usual, *(f"{m} {s}" for m, s in states.items() if s != usual)]


def _parts(node: ast.Expr) -> Iterator[ast.Expr]:
    """Measured parts of a number in the order of the text."""
    if isinstance(node, Measured | ast.RowField):
        yield node
    elif isinstance(node, ast.SetAggregate):
        if any(True for _ in _parts(node.arg)):
            yield node
    elif isinstance(node, ast.Lag):
        if any(isinstance(n, ast.Ref) for n in walk(node)):
            yield node
    elif isinstance(node, ast.Arithmetic):
        for arg in node.args:
            yield from _parts(arg)


def _about(ref: ast.Ref, parts: list[ast.Expr]) -> bool:
    """Whether another part reads the same variable, so that its reading tells the normal too."""
    return any(not isinstance(p, ast.Baseline | ast.SetAggregate | ast.RowField) and _reads(p, ref) for p in parts)


def _reads(node: ast.Expr, ref: ast.Ref) -> bool:
    return any(n == ref for n in walk(node))

"""Expressions and conditions in the reader's words, without their present values."""

from __future__ import annotations

from dataclasses import dataclass, replace

from expert.engine.nodes import Env, plain, walk
from expert.explain import quantities as q
from expert.explain.titles import fact_title, lowered, ref_title
from expert.language import ast
from expert.language.durations import format_duration
from expert.language.printer import print_number
from expert.texts import say
from expert.values.features import FEATURES
from expert.values.pairs import PAIRS


@dataclass(frozen=True, slots=True)
class Phrase:
    """A quantity in words: what it is, and the window it is taken over ('' for none or a value of now).

    ``timeless``: it has no time of its own (a literal, a normal, a row's field), so it fits any window.
    """

    core: str
    window: str = ""
    timeless: bool = False

    def text(self, lang: str) -> str:
        """Both together, e.g. ``hot metal temperature (2 h mean)``."""
        if not self.window:
            return self.core
        return f"{self.core}（{self.window}）" if lang == "zh" else f"{self.core} ({self.window})"


class Words:
    """Words of one program in one language."""

    def __init__(self, program: ast.Program, lang: str) -> None:
        self.program = program
        self.lang = lang

    def say(self, key: str, **values: object) -> str:
        """A text of this language."""
        return say(self.lang, key, **values)

    def listed(self, *parts: str) -> str:
        """The parts that there are, with commas."""
        return ("，" if self.lang == "zh" else ", ").join(p for p in parts if p)

    # ------------------------------------------------------------ numbers

    def number(self, node: ast.Expr, env: Env) -> str:
        """A numeric expression."""
        return self.phrase(node, env).text(self.lang)

    def phrase(self, node: ast.Expr, env: Env) -> Phrase:
        """A numeric expression with its window apart."""
        if isinstance(node, ast.Number):
            text = q.with_unit(q.literal(self.program, node.value, q.clean(node.unit)), q.clean(node.unit))
            return Phrase(text, timeless=True)
        if isinstance(node, ast.Ref):
            return Phrase(ref_title(self.program, node, env, self.lang))
        if isinstance(node, ast.Window):
            return self._window(node, env)
        if isinstance(node, ast.Feature):
            settings = [self.number(s, env) for s in node.settings]
            words = FEATURES[node.function].words[self.lang]
            return Phrase(self._ref(node.ref, env), words.format(*settings, T=format_duration(node.duration)))
        if isinstance(node, ast.PairFeature):
            settings = [self.number(s, env) for s in node.settings]
            words, y = PAIRS[node.function].words[self.lang], self._ref(node.other, env)
            return Phrase(self._ref(node.ref, env), words.format(*settings, y=y, T=format_duration(node.duration)))
        if isinstance(node, ast.ZScore):
            core = self.say(node.function, x=self._ref(node.ref, env))
            return Phrase(core, self.say("mean", T=format_duration(node.duration)) if node.function == "z" else
                          format_duration(node.duration))  # fmt: skip
        if isinstance(node, ast.Baseline):
            return Phrase(self.say("baseline", x=self._ref(node.ref, env)), timeless=True)
        if isinstance(node, ast.Since | ast.Age | ast.Unchanged | ast.Repeats):
            return Phrase(self.say(type(node).__name__.lower(), x=self._ref(node.ref, env)))
        if isinstance(node, ast.Lag):
            return self._lag(node, env)
        if isinstance(node, ast.SetAggregate):
            inner = self.phrase(node.arg, env)
            return replace(inner, core=self.say(f"set_{node.function}", x=inner.core))
        if isinstance(node, ast.RowAggregate):
            return self._over_rows(node, env)
        if isinstance(node, ast.FactValue):
            return Phrase(fact_title(self.program, node.fact, env, self.lang), timeless=True)
        if isinstance(node, ast.RowField):
            return self._row_field(node, env)
        if isinstance(node, ast.Attribute | ast.Word):
            return Phrase(print_number(node), timeless=True)
        return self._arithmetic(node, env)

    def _ref(self, ref: ast.Ref, env: Env) -> str:
        return ref_title(self.program, ref, env, self.lang)

    def _window(self, node: ast.Window, env: Env) -> Phrase:
        window = self.say(node.function, T=format_duration(node.duration))
        return Phrase(self._ref(node.ref, env), self.say("bounded", x=window) if node.bounded else window)

    def _row_field(self, node: ast.RowField, env: Env) -> Phrase:
        bound = env.get(node.binding, "")
        relation = self.program.site.relations.get(bound[1:].split(":", 1)[0])
        titles = relation.field_titles.get(node.field, {}) if relation is not None else {}
        field = titles.get(self.lang, node.field.replace("_", " "))
        return Phrase(self.say("row_field", row=plain(bound) or node.binding, field=field), timeless=True)

    def _over_rows(self, node: ast.RowAggregate, env: Env) -> Phrase:
        title = self.relation(node.relation)
        if node.arg is None:
            return Phrase(self.say("rows_count", x=title), timeless=True)
        inner = self.phrase(node.arg, {**env, node.binding: f"#{node.relation}:{title}"})
        return replace(inner, core=self.say(f"set_{node.function}", x=inner.core), timeless=True)

    def relation(self, name: str) -> str:
        """Title of a relation within a sentence."""
        return lowered(self.program.site.relations[name].title.get(self.lang, name), self.lang)

    def _lag(self, node: ast.Lag, env: Env) -> Phrase:
        inner = self.phrase(node.arg, env)
        ago = self.say("lag", T=format_duration(node.duration))
        return replace(inner, window=self.listed(inner.window, ago))

    def _arithmetic(self, node: ast.Arithmetic, env: Env) -> Phrase:
        special = self._against(node, env) or self._trend(node, env)
        if special is not None:
            return special
        parts = [self.phrase(a, env) for a in node.args]
        window, cores = _shared(parts, self.lang)
        timeless = all(x.timeless for x in parts)
        if node.op == "abs" and isinstance(node.args[0], ast.ZScore):
            core = cores[0]
        elif node.op == "abs" and isinstance(node.args[0], ast.Window):
            core, window = cores[0], self.say("abs", x=window)
        elif node.op in ("abs", "sqrt"):
            core = self.say(node.op, x=cores[0])
        elif node.op in ("min", "max"):
            core = self.say("least" if node.op == "min" else "most", x=self._listed(cores))
        elif len(cores) == 1:
            core = f"-{cores[0]}"
        else:
            sign = "x" if node.op == "*" else node.op
            core = f"{self._nested(node, 0, cores[0])} {sign} {self._nested(node, 1, cores[1])}"
        return Phrase(core, window, timeless)

    def _listed(self, names: list[str]) -> str:
        if self.lang == "zh":
            return "、".join(names)
        return " and ".join(x for x in (", ".join(names[:-1]), names[-1]) if x)

    def _nested(self, node: ast.Arithmetic, i: int, core: str) -> str:
        """A sum inside a product or after a minus in brackets."""
        arg = node.args[i]
        is_sum = isinstance(arg, ast.Arithmetic) and arg.op in ("+", "-") and len(arg.args) == 2
        needed = is_sum and (node.op in ("*", "/") or (node.op == "-" and i == 1))
        return f"({core})" if needed else core

    def _against(self, node: ast.Arithmetic, env: Env) -> Phrase | None:
        """``mean(x) - baseline(x)`` and ``f(member) - median(f(all))`` as a comparison."""
        if node.op != "-" or len(node.args) != 2:
            return None
        left, right = node.args
        mine = [n for n in walk(left) if isinstance(n, ast.Ref)]
        if len(mine) != 1 or isinstance(left, ast.Arithmetic | ast.Baseline | ast.SetAggregate):
            return None
        phrase = self.phrase(left, env)
        if isinstance(right, ast.Baseline) and right.ref == mine[0]:
            return replace(phrase, core=self.say("against_normal", x=phrase.core))
        theirs = [n for n in walk(right) if isinstance(n, ast.Ref)]
        if not isinstance(right, ast.SetAggregate) or len(theirs) != 1 or theirs[0].variable != mine[0].variable:
            return None
        if self.phrase(right.arg, env).window != phrase.window:
            return None
        return replace(phrase, core=self.say(f"against_{right.function}", x=phrase.core))

    def _trend(self, node: ast.Arithmetic, env: Env) -> Phrase | None:
        """``slope(x, T) * T`` as the trend over T."""
        if node.op != "*" or len(node.args) != 2:
            return None
        left, right = node.args
        if not isinstance(left, ast.Window) or left.function != "slope" or not isinstance(right, ast.Number):
            return None
        if right.value * 1000 != left.duration:
            return None
        return Phrase(self._ref(left.ref, env), self.say("trend_over", T=format_duration(left.duration)))

    # ------------------------------------------------------------ conditions

    def condition(self, node: ast.Cond, env: Env) -> str:
        """An atom."""
        if isinstance(node, ast.Compare):
            return self.number(node.left, env)
        if isinstance(node, ast.Graded):
            return self.number(node.arg, env)
        if isinstance(node, ast.FactRef):
            return fact_title(self.program, node, env, self.lang)
        if isinstance(node, ast.Certainty):
            return fact_title(self.program, node.fact, env, self.lang)
        if isinstance(node, ast.Bad):
            return self.say("bad", x=self._ref(node.ref, env))
        if isinstance(node, ast.Raised):
            return self.say("is_raised_rule", x=self.program.rules[node.rule].title.get(self.lang, node.rule))
        if isinstance(node, ast.ModelProbability):
            return self._probability(node)
        if isinstance(node, ast.Quantifier):
            return self.say(f"rows_{node.function}", x=self.relation(node.relation), k=node.k)
        return node.text

    def _probability(self, node: ast.ModelProbability) -> str:
        variable = self.program.site.variables[self.program.site.models[node.model].target]
        unit = q.clean(node.limit.unit)
        limit = q.with_unit(q.literal(self.program, node.limit.value, unit), unit)
        title = lowered(variable.title.get(self.lang, variable.id), self.lang)
        return self.say(f"model_{node.op}", x=title, limit=limit, T=format_duration(node.ahead))


def _shared(parts: list[Phrase], lang: str) -> tuple[str, list[str]]:
    """The window that all parts share, and their words without it; '' and whole words when they differ."""
    windows = {x.window for x in parts if not x.timeless}
    if len(windows) == 1:
        return windows.pop(), [x.core for x in parts]
    return "", [x.text(lang) for x in parts]

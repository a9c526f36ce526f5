"""Expressions, facts and numbers in the reader's words and units."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction

from expert.engine.nodes import Env, plain, walk
from expert.language import units
from expert.language.ast import (
    Age,
    Arithmetic,
    Baseline,
    Expr,
    FactRef,
    FactValue,
    Lag,
    Node,
    Number,
    Program,
    Ref,
    Repeats,
    RowField,
    Rule,
    SetAggregate,
    Since,
    Unchanged,
    Window,
    ZScore,
)
from expert.language.durations import format_duration
from expert.language.nodes import ground_name
from expert.texts import say
from expert.values.interval import ONE, Interval
from expert.values.types import Variable


def clock(ms: int) -> str:
    """Time of day, UTC.

    >>> clock(9_660_000)
    '02:41'
    """
    return datetime.fromtimestamp(ms / 1000, UTC).strftime("%H:%M")


def duration(ms: float) -> str:
    """A duration for people: seconds, then minutes, then hours.

    >>> duration(1_740_000), duration(9_000_000)
    ('29 min', '2 h 30 min')
    """
    minutes = round(ms / 60_000)
    if ms < 60_000:
        return f"{round(ms / 1000)} s"
    if minutes < 120:
        return f"{minutes} min"
    hours, rest = divmod(minutes, 60)
    if hours >= 72:
        return f"{hours // 24} d"
    return f"{hours} h {rest} min" if rest else f"{hours} h"


def certainty_word(x: Interval, lang: str) -> str:
    """How sure, in one of four words (by support, or possible by plausibility).

    >>> certainty_word(Interval(780_000, 950_000), "en")
    'likely'
    """
    if x.s >= 900_000:
        return say(lang, "word_sure")
    if x.s >= 500_000:
        return say(lang, "word_likely")
    return say(lang, "word_possible" if x.p >= 500_000 else "word_none")


def percent(millionths: int) -> str:
    """A certainty's end with two decimals."""
    return f"{millionths / ONE:.2f}"


def family(program: Program, ground: str) -> Variable | None:
    """Variable declaration of a ground name."""
    found = program.site.variables.get(ground)
    if found is not None or "[" not in ground:
        return found
    head, _, tail = ground.partition("[")
    return program.site.variables.get(f"{head}.{tail.partition('].')[2]}")


def variable_title(program: Program, ground: str, lang: str) -> str:
    """Title of a ground variable, with its member.

    Falls back to the name itself for a variable the site does not declare.
    """
    variable = family(program, ground)
    if variable is None:
        return ground
    title = variable.title.get(lang, variable.id)
    if "[" in ground:
        head, _, tail = ground.partition("[")
        return f"{title} {member_title(program, head, tail.partition(']')[0], lang)}"
    return title[:1].lower() + title[1:] if lang == "en" and not title[:2].isupper() else title


def member_title(program: Program, set_: str, member: str, lang: str) -> str:
    """Title of an entity, e.g. ``A (north)``."""
    name = program.site.members.get(f"{set_}[{member}]", {}).get(lang, "")
    if lang == "zh":
        return f"{member}（{name}）" if name else member
    return f"{member} ({name})" if name else member


def ref_title(program: Program, ref: Ref, env: Env, lang: str) -> str:
    """Title of a reference under bindings; of an unbound member's property, the family's title."""
    if ref.binding is not None and ref.binding not in env:
        variable = program.site.variables.get(ref.variable)
        return variable.title.get(lang, ref.variable) if variable else ref.variable
    return variable_title(program, ground_name(ref, env), lang)


def phrase(program: Program, node: Expr, env: Env, lang: str) -> str:
    """A numeric expression in words."""

    def inner(x: Expr) -> str:
        return phrase(program, x, env, lang)

    if isinstance(node, Number):
        return number_text(program, node)
    if isinstance(node, Ref):
        return ref_title(program, node, env, lang)
    if isinstance(node, RowField):
        return f"{plain(env[node.binding])}.{node.field}" if node.binding in env else f"{node.binding}.{node.field}"
    if isinstance(node, Window):
        text = say(lang, node.function, x=inner(node.ref), T=format_duration(node.duration))
        return say(lang, "bounded", x=text) if node.bounded else text
    if isinstance(node, ZScore):
        return say(lang, node.function, x=inner(node.ref))
    if isinstance(node, Since | Age | Unchanged | Repeats | Baseline):
        return say(lang, type(node).__name__.lower(), x=inner(node.ref))
    if isinstance(node, Lag):
        return say(lang, "lag", x=inner(node.arg), T=format_duration(node.duration))
    if isinstance(node, SetAggregate):
        return say(lang, f"set_{node.function}", x=inner(node.arg))
    if isinstance(node, FactValue):
        return f"{fact_title(program, node.fact, env, lang)}"
    return _arithmetic(node, [inner(x) for x in node.args], lang)


def _arithmetic(node: Arithmetic, parts: list[str], lang: str) -> str:
    if node.op in ("abs", "sqrt"):
        return say(lang, node.op, x=parts[0])
    if node.op in ("min", "max"):
        return say(lang, "least" if node.op == "min" else "most", x=", ".join(parts))
    if len(parts) == 1:
        return f"-{parts[0]}"
    sign = {"-": "-", "*": "x"}.get(node.op, node.op)
    return f" {sign} ".join(parts)


def number_text(program: Program, node: Number) -> str:
    """A literal in its author's unit."""
    return show(program, node.value, node.unit, None)


def fact_title(program: Program, ref: FactRef, env: Env, lang: str) -> str:
    """Title of a fact with its arguments."""
    args = tuple((k, plain(env[v[1:]]) if v.startswith("$") and v[1:] in env else v) for k, v in ref.args)
    return fact_text(program, ref.type, args, lang)


def fact_text(program: Program, type_: str, args: tuple[tuple[str, str], ...], lang: str) -> str:
    """Title of a ground fact with its arguments."""
    declared = program.facts.get(type_)
    title = declared.title.get(lang, type_) if declared else type_
    values = []
    for key, value in args:
        allowed = declared.fields.get(key, ()) if declared else ()
        set_ = allowed[0][1:] if allowed and allowed[0].startswith("@") else ""
        values.append(member_title(program, set_, value, lang) if set_ else value.replace("_", " "))
    if not values:
        return title
    return f"{title}（{'，'.join(values)}）" if lang == "zh" else f"{title} ({', '.join(values)})"


def rule_title(program: Program, rule: Rule, bindings: tuple[tuple[str, str], ...], lang: str) -> str:
    """Title of a rule with its bindings."""
    title = rule.title.get(lang, rule.id)
    if not bindings:
        return title
    sets = dict(rule.for_each)
    values = [member_title(program, sets[b], v, lang) if b in sets else v for b, v in bindings]
    return f"{title} {'，'.join(values) if lang == 'zh' else ', '.join(values)}"


# ---------------------------------------------------------------- numbers with units


def unit_of(program: Program, node: Expr, hint: str = "") -> str:
    """Unit to show an expression in: the literal's it is compared with, else its variable's own."""
    if hint:
        return hint
    if isinstance(node, ZScore | Repeats):
        return ""
    if isinstance(node, Since | Age | Unchanged):
        return "min"
    if isinstance(node, FactValue):
        return program.facts[node.fact.type].unit
    if isinstance(node, RowField):
        kinds = [r.fields[node.field] for r in program.site.relations.values() if node.field in r.fields]
        return next((k for k in kinds if k not in ("text", "number")), "")
    if isinstance(node, SetAggregate | Lag):
        return unit_of(program, node.arg)
    if isinstance(node, Arithmetic):
        return _computed_unit(program, node)
    for n in walk(node):
        if isinstance(n, Ref):
            variable = program.site.variables.get(n.variable)
            unit = variable.unit if variable else ""
            return f"{unit}/min" if isinstance(node, Window) and node.function == "slope" else unit
        if isinstance(n, Number) and n.unit:
            return n.unit
    return ""


def _computed_unit(program: Program, node: Arithmetic) -> str:
    """Unit of a sum is that of its first part with one; of a product or quotient the shortest that fits."""
    found = [unit_of(program, a) for a in node.args]
    if node.op not in ("*", "/", "sqrt"):
        return next((u for u, a in zip(found, node.args, strict=True) if u and not isinstance(a, Number)), found[0])
    known = units.units_of(tuple(program.site.unit_definitions))
    first = known.dimension_of(found[0])
    if node.op == "sqrt":
        return known.house_unit(first.root())
    wanted = first * known.dimension_of(found[1]) if node.op == "*" else first / known.dimension_of(found[1])
    simple = [found[0].partition("/")[0], *found, ""]
    return next((u for u in simple if known.dimension_of(u) == wanted), known.house_unit(wanted))


def decimals_of(program: Program, node: Expr, unit: str) -> int:
    """Decimals worth showing: those of the variable's resolution; two for features against normal."""
    if isinstance(node, ZScore | Repeats):
        return 0 if isinstance(node, Repeats) else 1
    if isinstance(node, Since | Age | Unchanged | FactValue | RowField):
        return 0 if unit == "min" else 1
    if isinstance(node, SetAggregate | Lag):
        return decimals_of(program, node.arg, unit)
    if isinstance(node, Arithmetic) and node.op not in ("*", "/", "sqrt"):
        return max(decimals_of(program, a, unit) for a in node.args if not isinstance(a, Number) or len(node.args) == 1)
    if isinstance(node, Arithmetic):
        return 2
    for n in walk(node):
        if isinstance(n, Ref):
            variable = program.site.variables.get(n.variable)
            if variable is not None:
                return max(0, -int(Decimal(variable.resolution).as_tuple().exponent)) + (unit != variable.unit) * 2
    return 2


def amount(program: Program, value: float, unit: str, decimals: int | None) -> str:
    """A number in house units as digits in ``unit``."""
    factor = units.factor(unit, program.site.unit_definitions) if unit else Fraction(1)
    x = float(Fraction(value) / factor)
    text = f"{x:.{decimals}f}" if decimals is not None else f"{x:.6g}"
    return text.lstrip("-") if text.lstrip("-0.") == "" else text


def show(program: Program, value: float, unit: str, decimals: int | None) -> str:
    """A number in house units, shown in ``unit`` with the unit's name, e.g. ``15 min``."""
    text = amount(program, value, unit, decimals)
    return f"{text} {unit}" if unit not in ("", "1") else text


def refs_in(node: Node, env: Env, program: Program) -> Iterator[str]:
    """Ground variables that a node reads under bindings; all members of a set for an unbound reference."""
    for n in walk(node):
        if isinstance(n, Ref):
            if n.binding is None or n.binding in env:
                yield ground_name(n, env)
            else:
                for m in program.site.sets[n.variable.partition(".")[0]]:
                    yield ground_name(n, {n.binding: m})

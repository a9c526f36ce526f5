"""Names for people: of variables, members, facts and rules; times and certainties in words."""

from __future__ import annotations

from datetime import UTC, datetime

from expert.engine.installed import ground_variables
from expert.engine.nodes import Env, known_args, plain
from expert.language.ast import FactRef, Program, Rule
from expert.language.nodes import Ref, ground_name
from expert.texts import say
from expert.values.interval import ONE, Interval
from expert.values.types import Variable

Args = tuple[tuple[str, str], ...]


def clock(ms: int) -> str:
    """Time of day, UTC.

    >>> clock(9_660_000)
    '02:41'
    """
    return datetime.fromtimestamp(ms / 1000, UTC).strftime("%H:%M")


def duration(ms: float) -> str:
    """A duration for people: seconds, then minutes, then hours, then days.

    >>> duration(1_740_000), duration(9_000_000), duration(45_000)
    ('29 min', '2 h 30 min', '45 s')
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


def share(millionths: int) -> str:
    """One end of a certainty with two decimals."""
    return f"{millionths / ONE:.2f}"


def span(x: Interval) -> str:
    """A certainty as a number, or as its two ends.

    >>> span(Interval(220_000, 310_000)), span(Interval(1_000_000, 1_000_000))
    ('0.22-0.31', '1.00')
    """
    return share(x.s) if share(x.s) == share(x.p) else f"{share(x.s)}-{share(x.p)}"


def lowered(text: str, lang: str) -> str:
    """A title inside a sentence: its first letter small, unless it is a name or an abbreviation.

    >>> lowered("Make-up water", "en"), lowered("CO in top gas", "en"), lowered("H2", "en")
    ('make-up water', 'CO in top gas', 'H2')
    """
    rest = text.split(" ", 1)[0].rstrip(",:;.").replace("-", "")[1:]
    return text[:1].lower() + text[1:] if lang == "en" and rest.isalpha() and rest.islower() else text


def family(program: Program, ground: str) -> Variable | None:
    """Variable declaration of a ground name."""
    found = program.site.variables.get(ground)
    if found is not None or "[" not in ground:
        return found
    head, _, tail = ground.partition("[")
    return program.site.variables.get(f"{head}.{tail.partition('].')[2]}")


def variable_title(program: Program, ground: str, lang: str) -> str:
    """Title of a ground variable, with its member, e.g. ``Uptake temperature A (north)``.

    The name itself for a variable that the site does not declare.
    """
    variable = family(program, ground)
    if variable is None:
        return ground
    title = variable.title.get(lang, variable.id)
    if "[" not in ground:
        return lowered(title, lang)
    head, _, tail = ground.partition("[")
    return f"{title} {member_title(program, head, tail.partition(']')[0], lang)}"


def ref_title(program: Program, ref: Ref, env: Env, lang: str) -> str:
    """Title of a variable inside a sentence, without remarks in brackets; of all members when it is not bound."""
    bound = ref.binding is None or ref.binding in env
    name = ground_name(ref, env) if bound else ref.variable
    variable = family(program, name)
    if variable is None:
        return name
    title = lowered(without_remark(variable.title.get(lang, variable.id)), lang)
    if "[" not in name:
        return title
    head, _, tail = name.partition("[")
    member = tail.partition("]")[0]
    where = program.site.members.get(f"{head}[{member}]", {}).get(lang, "")
    where = "" if where == member else where
    return f"{title} {member} {where}".rstrip() if lang == "en" else f"{title}{member}{where}"


def without_remark(title: str) -> str:
    """A title without its remark in brackets at the end.

    >>> without_remark("Stockline, south rod (below zero line)")
    'Stockline, south rod'
    """
    for opening, closing in (("(", ")"), ("（", "）")):
        if title.endswith(closing) and title.find(opening) > 0:
            return title[: title.rindex(opening)].rstrip()
    return title


def member_title(program: Program, set_: str, member: str, lang: str) -> str:
    """Title of an entity, e.g. ``A (north)``."""
    name = program.site.members.get(f"{set_}[{member}]", {}).get(lang, "")
    if not name or name == member:
        return member
    return f"{member}（{name}）" if lang == "zh" else f"{member} ({name})"


def fact_text(program: Program, type_: str, args: Args, lang: str) -> str:
    """Title of a fact with its arguments, e.g. ``Hanging (probable)``."""
    declared = program.facts.get(type_)
    title = declared.title.get(lang, type_) if declared else type_
    values = arg_titles(program, type_, args, lang)
    if not values:
        return title
    return f"{title}（{'，'.join(values)}）" if lang == "zh" else f"{title} ({', '.join(values)})"


def arg_titles(program: Program, type_: str, args: Args, lang: str) -> list[str]:
    """Titles of a fact's arguments."""
    declared = program.facts.get(type_)
    values = []
    for key, value in args:
        allowed = declared.fields.get(key, ()) if declared else ()
        set_ = allowed[0][1:] if allowed and allowed[0].startswith("@") else ""
        titles = declared.value_titles.get(f"{key}={value}", {}) if declared else {}
        values.append(member_title(program, set_, value, lang) if set_ else titles.get(lang, value.replace("_", " ")))
    return values


def fact_title(program: Program, ref: FactRef, env: Env, lang: str) -> str:
    """A fact reference inside a sentence; fields that are open here are left out."""
    known = known_args(ref, env)
    args = tuple((k, known[k]) for k, _ in ref.args if k in known)
    return lowered(fact_text(program, ref.type, args, lang), lang)


def rule_title(program: Program, rule: Rule, bindings: Args, lang: str) -> str:
    """Title of a rule with its bindings: members of sets, or the rows it is about (others in brackets)."""
    title = rule.title.get(lang, rule.id)
    if not bindings:
        return title
    sets = dict(rule.for_each)
    about = [v[1:] for _, v in rule.conclude.args if v.startswith("$")] if rule.conclude is not None else []
    first = [_bound(program, sets, b, v, lang) for b, v in bindings if b in sets or b in about or not about]
    rest = [v for b, v in bindings if not (b in sets or b in about or not about)]
    comma = "，" if lang == "zh" else ", "
    text = f"{title} {comma.join(first)}"
    if not rest:
        return text
    return f"{text}（{comma.join(rest)}）" if lang == "zh" else f"{text} ({comma.join(rest)})"


def _bound(program: Program, sets: dict[str, str], binding: str, value: str, lang: str) -> str:
    return member_title(program, sets[binding], value, lang) if binding in sets else plain(value)


def tags_of(program: Program) -> dict[str, str]:
    """Instrument tag of every ground variable; a member's tag ends with the member."""
    tags = {}
    for v in ground_variables(program.site):
        member = v.id.partition("[")[2].partition("]")[0]
        tags[v.id] = (f"{v.tag}-{member}" if member else v.tag) if v.tag else v.id
    return tags

"""Why not: what a rule is missing, by how much, and the smallest change that would raise it."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from expert.engine.session import ground_variables
from expert.explain import phrases as p
from expert.explain.changes import distance, smallest
from expert.explain.evidence import Builder, mark_of
from expert.explain.lines import Line, Segment, TreeLines, paragraph
from expert.explain.recorded import Recorded, environment, leaves
from expert.language import ast
from expert.texts import say
from expert.values.interval import Interval
from expert.values.types import ScanRecord, rule_key

MAX_INSTANCES = 4
"""How many sets of bindings are explained, nearest first."""


def why_not(
    program: ast.Program, record: ScanRecord, rule_id: str, lang: str, ascii_only: bool = False, width: int = 80
) -> list[Line]:
    """Explain why a rule is not raised in a scan (or say that it is), for its nearest bindings.

    Raises
    ------
    KeyError
        When the program has no such rule.
    """
    rule = program.rules[rule_id]
    builder = Builder(Recorded(program, record), lang)
    found = builder.r.instances(rule_id)
    if not found:
        return [_off(program, rule, lang)]

    def nearness(bindings: tuple[tuple[str, str], ...]) -> tuple[int, int]:
        entry = builder.r.rule(rule_key(rule_id, bindings))
        return (-entry["out"][0], -entry["out"][1]) if entry else (0, 0)

    lines: list[Line] = []
    for bindings in sorted(found, key=nearness)[:MAX_INSTANCES]:
        if lines:
            lines.append(())
        lines += _instance(builder, rule, bindings, ascii_only, width)
    return lines


def _off(program: ast.Program, rule: ast.Rule, lang: str) -> Line:
    coverage = min((g.coverage for layer in program.strata for g in layer if g.rule.id == rule.id), default=Fraction(0))
    text = say(
        lang,
        "rule_off",
        title=p.rule_title(program, rule, (), lang),
        percent=round(coverage * 100),
        needs=round(program.site.min_rule_coverage * 100),
    )
    return (Segment(text, "unknown"),)


def _instance(
    builder: Builder, rule: ast.Rule, bindings: tuple[tuple[str, str], ...], ascii_only: bool, width: int
) -> list[Line]:
    lang, program = builder.lang, builder.program
    entry = builder.r.rule(rule_key(rule.id, bindings)) or {"when": [0, 0], "out": [0, 0], "since": None}
    x, when = Interval(*entry["out"][:2]), Interval(*entry["when"][:2])
    title = p.rule_title(program, rule, bindings, lang)
    firing = builder.r.firing(rule_key(rule.id, bindings))
    if firing is not None and firing.state != "normal":
        raised = next((e.raised for e in builder.r.record.episodes if e.id == firing.episode), 0)
        return [(Segment(say(lang, "is_raised", title=title, time=p.clock(raised), s=p.percent(x.s)), "title"),)]
    head = say(lang, "not_raised", title=title, s=p.percent(x.s), needs=p.percent(rule.threshold))
    lines: list[Line] = [(Segment(head, "title"),)]
    lines += _atoms(builder, rule, bindings, ascii_only, width)
    if when.s >= rule.threshold and entry["since"] is not None:
        left = rule.hold - (builder.r.record.input.time - entry["since"])
        lines += paragraph("", say(lang, "still_holding", rest=p.duration(max(0, left))), width, 0)
        return lines
    changes = smallest(builder, rule, bindings, raise_it=True)
    text = say(lang, "or").join(say(lang, "and").join(c.words) for c in changes)
    return lines + paragraph(say(lang, "smallest") + ":", text or say(lang, "smallest_none"), width, 2)


def _atoms(
    builder: Builder, rule: ast.Rule, bindings: tuple[tuple[str, str], ...], ascii_only: bool, width: int
) -> list[Line]:
    tags = {v.id: v.tag or v.id for v in ground_variables(builder.program.site)}
    tree = TreeLines(width, builder.r.record.input.time, None, ascii_only, tags)
    out: list[Line] = []
    seen: set[str] = set()
    for node, env in leaves(rule.when, environment(rule, bindings), builder.program):
        key = builder.r.table.key(node, env)
        if key in seen:
            continue
        seen.add(key)
        x = builder.r.cond(node, env)
        e = builder.atom(node, x, env, frozenset({rule_key(rule.id, bindings)}))
        gap = ""
        if isinstance(node, ast.Compare | ast.Graded) and x is not None and mark_of(x) == "x":
            gap = distance(builder, node, env, True)
        if gap:
            key_word = "short" if gap.startswith("+") else "over"
            gap = f" ({say(builder.lang, key_word, amount=gap.lstrip('+-'))})"
        shown = replace(e, limit=e.limit + gap, children=())
        out += tree.one(shown, 1)
    return out

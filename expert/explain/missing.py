"""What this site does not have of what a rule reads."""

from __future__ import annotations

from expert.engine.nodes import walk
from expert.explain import titles as t
from expert.explain.builder import Builder
from expert.explain.quantities import refs_in
from expert.explain.recorded import environment
from expert.language import ast

MAX_NAMED = 8


def missing_text(builder: Builder, rule: ast.Rule, bindings: t.Args) -> str:
    """Coverage of a rule and the variables that were never installed; '' when the site has all of it."""
    program = builder.program
    mine = [g for layer in program.strata for g in layer if g.rule.id == rule.id]
    ground = next((g for g in mine if set(g.bindings) <= set(bindings)), mine[0] if mine else None)
    if ground is None or ground.coverage == 1:
        return ""
    names = not_installed(program, rule, tuple(ground.bindings))
    percent = round(ground.coverage * 100)
    return builder.words.say("coverage", percent=percent, names=named(builder, names))


def named(builder: Builder, names: list[str]) -> str:
    """Titles of variables or facts; the first ones when there are many."""
    titles = [_title(builder, n) for n in names]
    more = len(titles) - MAX_NAMED
    comma = "、" if builder.lang == "zh" else ", "
    shown = titles[:MAX_NAMED] + ([builder.words.say("more", n=more)] if more > 0 else [])
    return comma.join(shown)


def _title(builder: Builder, name: str) -> str:
    program, lang = builder.program, builder.lang
    if t.family(program, name) is not None:
        return t.variable_title(program, name, lang)
    return t.lowered(t.fact_text(program, name, (), lang), lang)


def not_installed(program: ast.Program, rule: ast.Rule, bindings: t.Args) -> list[str]:
    """Ground variables that a rule reads and the site's map does not have, and imported facts that nobody exports."""
    env = environment(rule, bindings)
    installed = program.installed
    names = set() if installed is None else set(refs_in(rule.when, env, program)) - installed
    for node in walk(rule.when):
        if isinstance(node, ast.FactRef) and program.facts[node.type].never_heard:
            names.add(node.type)
        if isinstance(node, ast.ModelProbability) and installed is not None:
            names |= {program.site.models[node.model].target} - installed
    return sorted(names)

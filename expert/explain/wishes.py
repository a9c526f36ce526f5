"""Changes in words: what would have to become of which quantity, and how far it is from there."""

from __future__ import annotations

from collections.abc import Sequence

from expert.engine.nodes import Env
from expert.explain import quantities as q
from expert.explain import titles as t
from expert.explain.atoms import z_sign
from expert.explain.builder import Builder
from expert.explain.changes import Change
from expert.explain.subjects import Belief, Move, Quantity
from expert.language import ast
from expert.values.interval import ONE

OPPOSITE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "=="}
LOST = ("no data", "bad", "stale", "coverage", "masked")
"""Reasons that lie in the signal: it has to come back."""


def changes_text(changes: Sequence[Change], builder: Builder) -> str:
    """Alternatives in one sentence, e.g. ``a > 3 (+1) and b <= 2 (-4), or c back``; '' for none."""
    together = [builder.words.say("and").join(move_text(m, builder) for m in c.moves) for c in changes]
    return builder.words.say("or").join(together)


def move_text(move: Move, builder: Builder) -> str:
    """One quantity with the value it would have to have."""
    if isinstance(move.subject, Quantity):
        return _number(move, move.subject, builder)
    if isinstance(move.subject, Belief):
        return _belief(move, move.subject, builder)
    return _switch(move, builder)


def _number(move: Move, subject: Quantity, builder: Builder) -> str:
    say, num = builder.words.say, subject.num
    what = builder.words.number(subject.expr, subject.env)
    falls = move.to is not None and not move.up
    if isinstance(subject.expr, ast.Since | ast.Unchanged | ast.Repeats) and falls and not move.fresh:
        return say("moves", x=builder.words.number(subject.expr.ref, subject.env))
    if move.to is None:
        return say("back" if _lost(subject) else "becomes_known", what=_signal(subject, what, builder))
    op = (">" if move.up else "<") + ("" if move.beyond else "=")
    limit = f"{z_sign(subject.expr)}{op} {_limit(move.to, subject)}"
    if move.fresh and _lost(subject):
        return say("back_with", what=_signal(subject, what, builder), value=what, limit=limit)
    if move.fresh or num.v is None:
        return say("becomes", what=what, limit=limit)
    if move.to == num.v:
        return say("becomes", what=what, limit=limit)
    return say("becomes_by", what=what, limit=limit, gap=gap_text(move.to - num.v, subject))


def gap_text(gap: float, subject: Quantity) -> str:
    """A signed distance, e.g. ``+8 degC``."""
    scale = q.scale_of(subject.r.program, subject.expr, subject.unit, signed=True)
    return scale(gap, 0.0 if gap else None)


def _limit(to: float, subject: Quantity) -> str:
    exact = q.literal(subject.r.program, to, subject.unit)
    literals = {q.literal(subject.r.program, n.value, subject.unit) for n in _literals(subject)}
    text = exact if exact in literals or len(exact) <= 6 else subject.scale.text(to, subject.num.v).lstrip("+")
    return q.with_unit(text, subject.unit)


def _literals(subject: Quantity) -> list[ast.Number]:
    found: list[ast.Number] = []
    for node, _ in subject.atoms:
        if isinstance(node, ast.Graded):
            found += [node.zero, node.one]
        elif isinstance(node, ast.Compare) and isinstance(node.right, ast.Number):
            found.append(node.right)
    return found


def _lost(subject: Quantity) -> bool:
    return subject.known or subject.num.why.partition("|")[0] in LOST


def _signal(subject: Quantity, what: str, builder: Builder) -> str:
    """The instruments that have to come back: those of which this scan knows nothing."""
    return _lost_tags([subject.expr], subject.env, builder) or what


def _lost_tags(sides: list[ast.Expr], env: Env, builder: Builder) -> str:
    """Tags of the instruments of which this scan knows nothing."""
    tags = [r.tag for r in builder.reader.of(sides, env) if r.tag and not r.known]
    return builder.words.listed(*dict.fromkeys(tags))


def _belief(move: Move, subject: Belief, builder: Builder) -> str:
    node, env = subject.atoms[0]
    say = builder.words.say
    what = builder.words.condition(node, env)
    if move.to is None:
        return say("becomes_known", what=what)
    to = int(move.to)
    op, limit = _op(to, move.up)
    if isinstance(node, ast.ModelProbability):
        return say("becomes", what=what, limit=f"{op} {limit / 10_000:.0f} %")
    graded = any(isinstance(n, ast.Certainty) for n, _ in subject.atoms)
    if graded:
        return _partly(move, subject, what, builder)
    plainly = to <= ONE // 2 if move.up else to in (0, ONE // 2 - 1)
    return say("holds" if move.up else "no_longer", what=what) if plainly else _partly(move, subject, what, builder)


def _partly(move: Move, subject: Belief, what: str, builder: Builder) -> str:
    to = int(move.to or 0)
    op, limit = _op(to, move.up)
    gap = to - (subject.now.s if move.up else subject.now.p)
    return builder.words.say("becomes_by", what=what, limit=f"{op} {t.share(limit)}", gap=f"{gap / ONE:+.2f}")


def _op(to: int, up: bool) -> tuple[str, int]:
    """How a certainty is written that must be reached, or passed when it is just beyond a round value."""
    passed = to - 1 if up else to + 1
    return (">" if up else "<", passed) if passed % 10_000 == 0 else (">=" if up else "<=", to)


def _switch(move: Move, builder: Builder) -> str:
    node, env = move.subject.atoms[0]
    say = builder.words.say
    if isinstance(node, ast.Bad):
        x = builder.words.number(node.ref, env)
        return say("bad", x=x) if move.up else say("back", what=x)
    if isinstance(node, ast.Compare):
        op = node.op if move.up else OPPOSITE[node.op]
        left, limit = builder.words.number(node.left, env), f"{op} {builder.words.number(node.right, env)}"
        lost = _lost_tags([node.left, node.right], env, builder)
        return say("back_with", what=lost, value=left, limit=limit) if lost else f"{left} {limit}"
    if isinstance(node, ast.Raised) and not move.up:
        title = builder.program.rules[node.rule].title.get(builder.lang, node.rule)
        return say("no_longer_raised", x=title)
    text = builder.words.condition(node, env)
    return text if move.up else say("no_longer", what=text)

"""Differences of one rule in two versions, and what each means for those who rely on it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace

from expert.language import ast
from expert.language.ast import NOWHERE
from expert.language.printer import decimal
from expert.values.interval import ONE
from expert.workshop.diff.change import Change, Effect, Level, Step
from expert.workshop.diff.conditions import condition_steps, duration_step
from expert.workshop.graph import conclusion_text
from expert.workshop.meaning import bare, words

TEXTS = ("title", "because", "because_parts", "source", "owner", "single_instrument")
FIRES: dict[Effect, tuple[Level, str]] = {
    "more": ("patch", "matches more"),
    "less": ("major", "fires less"),
    "otherwise": ("major", "fires otherwise"),
}
REFUTES: dict[Effect, tuple[Level, str]] = {
    "more": ("major", "refutes more, so what it speaks against is said less"),
    "less": ("patch", "refutes less"),
    "otherwise": ("major", "refutes otherwise"),
}


def rule_changes(old: ast.Rule, new: ast.Rule) -> Iterator[Change]:
    """Every change of a rule that both versions have; nothing for white space, order and units."""
    refutes = new.conclude is not None and new.conclude.refutes
    meant = REFUTES if refutes else FIRES
    for step in _steps(old, new):
        level, reason = meant[step.effect]
        yield Change(level, f"rule {new.id}", step.words, reason, new.span)
    yield from (replace(c, subject=f"rule {new.id}", span=new.span) for c in _told(old, new))


def same_but_name(old: ast.Rule, new: ast.Rule) -> bool:
    """True for a rule that only got another id."""
    return not list(rule_changes(old, replace(new, id=old.id)))


# ---------------------------------------------------------------- when it fires


def _steps(old: ast.Rule, new: ast.Rule) -> Iterator[Step]:
    yield from condition_steps(old.when, new.when)
    yield from _bindings(old, new)
    yield from duration_step("for", old.hold, new.hold, "less")
    yield from duration_step("clear_for", old.clear_for, new.clear_for, "more")
    yield from duration_step("max_hold", old.max_hold, new.max_hold, "more")
    yield from _level("threshold", old.threshold, new.threshold, "less")
    yield from _level("clear_below", old.clear_below, new.clear_below, "less")
    yield from _level("strength", old.strength, new.strength, "more")


def _level(what: str, old: int, new: int, higher: Effect) -> Iterator[Step]:
    if old != new:
        effect: Effect = higher if new > old else "more" if higher == "less" else "less"
        yield Step(f"{what}: {decimal(old / ONE)} -> {decimal(new / ONE)}", effect)


def _bindings(old: ast.Rule, new: ast.Rule) -> Iterator[Step]:
    if old.for_each != new.for_each:
        yield Step(f"for_each: {_members(old)} -> {_members(new)}", "otherwise")
    tables = [tuple((m.binding, m.relation) for m in r.match) for r in (old, new)]
    if tables[0] != tables[1]:
        before, after = (", ".join(f"{b}: {r}" for b, r in t) or "nothing" for t in tables)
        yield Step(f"match: {before} -> {after}", "otherwise")
        return
    for a, b in zip(old.match, new.match, strict=True):
        if a.where is not None and b.where is not None:
            yield from (Step(f"match {a.binding}: {s.words}", s.effect) for s in condition_steps(a.where, b.where))
        elif a.where is not None:
            yield Step(f"match {a.binding}: no longer where {words(a.where)}", "more")
        elif b.where is not None:
            yield Step(f"match {a.binding}: only where {words(b.where)}", "less")
        if bare_rest(a) != bare_rest(b):
            yield Step(f"match {a.binding}: another kind of match", "otherwise")


def bare_rest(match: ast.Match) -> object:
    """A match without its condition."""
    return replace(match, where=None)


def _members(rule: ast.Rule) -> str:
    return ", ".join(f"{b} in {s}" for b, s in rule.for_each) or "nothing"


# ---------------------------------------------------------------- what it says then


def _told(old: ast.Rule, new: ast.Rule) -> Iterator[Change]:
    def change(level: Level, what: str, reason: str) -> Change:
        return Change(level, "", what, reason, NOWHERE)

    if old.severity != new.severity:
        what = f"severity: {old.severity} -> {new.severity}"
        less = new.severity < old.severity
        yield change("major" if less else "patch", what, "less urgent" if less else "more urgent")
    if old.kind != new.kind:
        yield change("major", f"kind: {old.kind} -> {new.kind}", "people meet it in another place")
    if bare(_conclusion(old)) != bare(_conclusion(new)):
        yield change("major", f"concludes {_concluded(old)} -> {_concluded(new)}", "says something else")
    yield from _advice(old, new)
    if _expected(old) != _expected(new):
        yield change("patch", "what it expects to be seen", "keeps another score")
    known = {f.name for f in fields(ast.Rule)} & _HANDLED
    for f in fields(ast.Rule):
        if f.compare and f.name not in known and getattr(old, f.name) != getattr(new, f.name):
            yield change("major", f"{f.name} changed", "says something else")
    for name in TEXTS:
        if bare(getattr(old, name)) != bare(getattr(new, name)) and name != "because_parts":
            yield change("patch", f"its {name}", "worded otherwise")


_HANDLED = frozenset(
    {"id", "when", "hold", "clear_for", "max_hold", "threshold", "clear_below", "strength", "for_each", "match"}
    | {"severity", "kind", "conclude", "advise", "expect", *TEXTS}
)


def _conclusion(rule: ast.Rule) -> tuple[object, ...]:
    c = rule.conclude
    return () if c is None else (c.type, tuple(sorted(c.args)), c.number, c.refutes)


def _expected(rule: ast.Rule) -> list[tuple[object, int]]:
    return [(bare(e.when), e.within) for e in rule.expect]


def _concluded(rule: ast.Rule) -> str:
    if rule.conclude is None:
        return "nothing"
    number = rule.conclude.number
    value = f" with {' '.join(number.text.split())}" if number is not None and number.text else ""
    return ("against " if rule.conclude.refutes else "") + conclusion_text(rule.conclude) + value


def _advice(old: ast.Rule, new: ast.Rule) -> Iterator[Change]:
    before, after = ({s.action: s for s in r.advise} for r in (old, new))
    for action in sorted(before.keys() - after.keys()):
        yield Change("major", "", f"no longer advises {action}", "says less", NOWHERE)
    for action in sorted(after.keys() - before.keys()):
        yield Change("minor", "", f"also advises {action}", "says more", NOWHERE)
    for action in sorted(before.keys() & after.keys()):
        amounts = [_amount(s[action]) for s in (before, after)]
        if amounts[0] != amounts[1]:
            what = f"amount of {action}: {amounts[0]} -> {amounts[1]}"
            yield Change("major", "", what, "people are told to do something else", NOWHERE)


def _amount(step: ast.AdviceStep) -> str:
    return "none" if step.amount is None else f"{decimal(step.amount)} {step.unit}".rstrip()

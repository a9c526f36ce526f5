"""Why not: what a rule is missing, by how much, and the smallest change that would raise it."""

from __future__ import annotations

from fractions import Fraction

from expert.engine.nodes import known_args
from expert.explain import titles as t
from expert.explain.builder import Builder
from expert.explain.changes import Change, Search
from expert.explain.facts import Ground
from expert.explain.lines import Line, Segment, TreeLines, paragraph, plain_ascii
from expert.explain.missing import missing_text, named, not_installed
from expert.explain.recorded import Recorded
from expert.explain.subjects import Move
from expert.explain.wishes import changes_text
from expert.language import ast
from expert.language.durations import format_duration
from expert.values.interval import Interval
from expert.values.types import ScanRecord, rule_key

MAX_SEARCHED = 12
"""For how many sets of bindings the nearest change is looked for; the likeliest ones."""
MAX_NAMED = 6

Bindings = tuple[tuple[str, str], ...]


def why_not(
    program: ast.Program, record: ScanRecord, rule_id: str, lang: str, ascii_only: bool = False, width: int = 80
) -> list[Line]:
    """Explain why a rule is not raised in a scan (or say that it is), for the bindings that are nearest to it.

    Raises
    ------
    KeyError
        When the program has no such rule.
    """
    rule = program.rules[rule_id]
    builder = Builder(Recorded(program, record), lang)
    builder.max_depth, builder.gaps = 1, True
    found = builder.r.instances(rule_id)
    lines = _off(builder, rule, width) if not found else _instances(builder, rule, found, ascii_only, width)
    return plain_ascii(lines) if ascii_only and lang == "en" else lines


def _off(builder: Builder, rule: ast.Rule, width: int) -> list[Line]:
    """A rule that did not run: too little of it is installed here, or no rows match."""
    program, say = builder.program, builder.words.say
    mine = [g for layer in program.strata for g in layer if g.rule.id == rule.id]
    title = t.rule_title(program, rule, (), builder.lang)
    if any(not g.off for g in mine):
        return paragraph("", say("no_rows", title=title), width, 0)
    coverage = min((g.coverage for g in mine), default=Fraction(0))
    needs = round(program.site.min_rule_coverage * 100)
    text = say("rule_off", title=title, percent=round(coverage * 100), needs=needs)
    names = sorted({n for g in mine for n in not_installed(program, rule, g.bindings)})
    lines = [(Segment(s.text, "unknown"),) for line in paragraph("", text, width, 0) for s in line[1:]]
    return lines + (paragraph(say("left_out"), named(builder, names), width) if names else [])


def _instances(builder: Builder, rule: ast.Rule, found: list[Bindings], ascii_only: bool, width: int) -> list[Line]:
    """The nearest bindings in full, the others by name."""

    def likely(bindings: Bindings) -> tuple[int, ...]:
        entry = builder.r.rule(rule_key(rule.id, bindings)) or {"out": [0, 0], "when": [0, 0]}
        raised = builder.r.firing(rule_key(rule.id, bindings)) is not None
        return (-int(raised), -entry["out"][0], -entry["when"][0], -entry["out"][1])

    ranked = sorted(found, key=likely)
    best = ranked[0]
    changes = Search(builder.r, rule, best, True).changes()
    same = [b for b in ranked[:MAX_SEARCHED] if likely(b) == likely(best)]
    for bindings in same[1:]:
        other = Search(builder.r, rule, bindings, True).changes()
        if other and (not changes or other[0].cost < changes[0].cost):
            best, changes = bindings, other
    lines = Missing(builder, rule, best, changes, width).lines(ascii_only)
    rest = [b for b in ranked if b != best]
    if rest:
        lines += [(), *paragraph(builder.words.say("others"), _others(builder, rule, rest), width)]
    return lines


def _others(builder: Builder, rule: ast.Rule, rest: list[Bindings]) -> str:
    sets, parts = dict(rule.for_each), []
    for bindings in rest[:MAX_NAMED]:
        names = [t.member_title(builder.program, sets[b], v, builder.lang) if b in sets else v for b, v in bindings]
        entry = builder.r.rule(rule_key(rule.id, bindings))
        parts.append(f"{' / '.join(names)} {t.span(Interval(*entry['out'][:2])) if entry else ''}".rstrip())
    more = len(rest) - MAX_NAMED
    return builder.words.listed(*parts, builder.words.say("more", n=more) if more > 0 else "")


class Missing:
    """What one rule with its bindings is missing."""

    def __init__(self, builder: Builder, rule: ast.Rule, bindings: Bindings, changes: list[Change], width: int) -> None:
        self.b = builder
        self.rule = rule
        self.bindings = bindings
        self.changes = changes
        self.width = width
        self.say = builder.words.say
        self.key = rule_key(rule.id, bindings)
        self.entry = builder.r.rule(self.key) or {"when": [0, 0], "held": [0, 0], "out": [0, 0], "since": None}
        self.when, self.held, self.out = (Interval(*self.entry[k][:2]) for k in ("when", "held", "out"))

    def lines(self, ascii_only: bool) -> list[Line]:
        """All lines."""
        lines = self._head()
        firing = self.b.r.firing(self.key)
        if firing is not None and firing.state != "normal":
            return lines
        root = self.b.rule(self.rule, self.bindings)
        siblings = root.children if root.heading and not isinstance(self.rule.when, ast.Score) else (root,)
        if root.heading and isinstance(self.rule.when, ast.Any):
            lines.append((Segment(self.say("any_of"), "dim"),))
        lines += TreeLines(self.width, self.b.now, None, ascii_only).trees(siblings)
        gone = missing_text(self.b, self.rule, self.bindings)
        lines += paragraph(self.say("left_out"), gone, self.width) if gone else []
        return lines + self._still() + self._smallest()

    def _head(self) -> list[Line]:
        title = t.rule_title(self.b.program, self.rule, self.bindings, self.b.lang)
        firing = self.b.r.firing(self.key)
        if firing is not None and firing.state != "normal":
            since = next((e.raised for e in self.b.r.record.episodes if e.id == firing.episode), self.b.now)
            text = self.say("is_raised", title=title, time=t.clock(since), s=t.span(self.out))
            if firing.state in ("held", "clearing"):
                text += self.say(f"now_{firing.state}")
        else:
            needs = t.share(self.rule.threshold)
            text = self.say("not_raised", title=title, s=t.share(self.out.s), needs=needs)
            if self.out.s < self.rule.threshold <= self.out.p:
                text += self.say("possible_until", p=t.share(self.out.p))
        return [(Segment(s.text, "title"),) for line in paragraph("", text, self.width, 0) for s in line[1:]]

    def _still(self) -> list[Line]:
        """That the condition holds but has not for long enough, or that something speaks against it."""
        if self.when.s < self.rule.threshold:
            return []
        if self.held.s < self.rule.threshold:
            rest = self.b.facts.left(self.rule, self.entry)
            return paragraph("", self.say("still_holding", rest=rest), self.width, 0)
        against = self.b.facts.refuters(self.rule, self.bindings)
        names = [t.lowered(t.rule_title(self.b.program, self.b.program.rules[r], b, self.b.lang), self.b.lang)
                 for r, b in against]  # fmt: skip
        return paragraph("", self.say("refuted", what=", ".join(names)), self.width, 0) if names else []

    def _smallest(self) -> list[Line]:
        if self.when.s >= self.rule.threshold:
            return []
        text = changes_text(self.changes, self.b) or self.say("smallest_none")
        if self.changes and self.rule.hold:
            text = self.say("lasting", what=text, duration=format_duration(self.rule.hold))
        lines: list[Line] = [(Segment(self.say("smallest"), "dim"),), *paragraph("", text, self.width, 2)]
        return lines + self._further()

    def _further(self) -> list[Line]:
        """What the conclusions need that the first change asks for."""
        lines: list[Line] = []
        for move in self.changes[0].moves if self.changes else ():
            ground = self._behind(move)
            if ground is None:
                continue
            rule = self.b.program.rules[ground[0]]
            needed = int(move.to) if move.to is not None else rule.threshold
            text = changes_text(Search(self.b.r, rule, ground[1], True, needed).changes()[:1], self.b)
            if text:
                what = self.b.words.condition(*move.subject.atoms[0])
                lines += paragraph("", self.say("for_that", what=what, changes=text), self.width, 2)
        return lines

    def _behind(self, move: Move) -> Ground | None:
        """The rule that would have to conclude what a change asks for."""
        node, env = move.subject.atoms[0]
        if not move.up or not isinstance(node, ast.FactRef | ast.Certainty):
            return None
        fact = node.fact if isinstance(node, ast.Certainty) else node
        return self.b.facts.best_rule(fact.type, known_args(fact, env))

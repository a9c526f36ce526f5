"""The evidence of a conclusion as a tree down to what instruments showed, from a program and a scan record alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from expert.engine.nodes import Env
from expert.explain import titles as t
from expert.explain.atoms import Atoms
from expert.explain.evidence import RANK, Evidence, mark_of
from expert.explain.facts import Facts
from expert.explain.readings import Reader
from expert.explain.recorded import Recorded, branches, environment
from expert.explain.words import Words
from expert.language import ast
from expert.values.interval import ONE, Interval, conj, disj
from expert.values.types import rule_key

MAX_ROWS = 6
"""How many rows of a quantifier are shown."""
MAX_DEPTH = 6
"""How many conclusions deep the evidence is opened."""


class Builder:
    """Builds evidence trees for one record in one language; a fact is opened once."""

    def __init__(self, recorded: Recorded, lang: str) -> None:
        self.r = recorded
        self.program = recorded.program
        self.lang = lang
        self.words = Words(self.program, lang)
        self.reader = Reader(recorded, self.words)
        self.now = recorded.record.input.time
        self.opened: set[str] = set()
        self.max_depth = MAX_DEPTH
        self.gaps = False
        self.inverted = False
        self.facts = Facts(self)
        self.atoms = Atoms(self)

    def missing(self, x: Interval | None) -> bool:
        """Whether the distance to a limit is to be told: it is asked for, and it is in the way that it is not met."""
        return self.gaps and not self.inverted and mark_of(x) == "x"

    def rule(self, rule: ast.Rule, bindings: t.Args, seen: frozenset[str] = frozenset()) -> Evidence:
        """Evidence of a rule's condition under bindings."""
        return self.cond(rule.when, environment(rule, bindings), seen | {rule_key(rule.id, bindings)})

    def cond(self, node: ast.Cond, env: Env, seen: frozenset[str]) -> Evidence:
        """Evidence of a condition."""
        x = self.r.cond(node, env)
        if isinstance(node, ast.All | ast.Any):
            return self._group(node, x, env, seen)
        if isinstance(node, ast.Not):
            return self._not(node, x, env, seen)
        if isinstance(node, ast.Score):
            return self._score(node, x, env, seen)
        if isinstance(node, ast.AtLeast):
            found = sorted(branches(node, env, self.program), key=lambda b: RANK[mark_of(self.r.cond(*b))])
            children = tuple(self.cond(c, e, seen) for c, e in found)
            return Evidence(mark_of(x), self.words.say("at_least_of", k=node.k), x, children=children)
        if isinstance(node, ast.Quantifier) and x is not None:
            return self._rows(node, x, env, seen)
        return self.atoms.evidence(node, x, env, seen)

    def _rows(self, node: ast.Quantifier, x: Interval, env: Env, seen: frozenset[str]) -> Evidence:
        """A quantifier with the rows it looked at; those that decide it first."""
        turned = node.function == "none"
        self.inverted ^= turned
        found = []
        for key, where, inner in self.r.rows(node, env):
            below = self.cond(node.that, inner, seen) if node.that is not None else None
            found.append(below or Evidence(mark_of(where), f"{self.words.relation(node.relation)} {key}", where))
        self.inverted ^= turned
        last = ("x", "?", "+") if node.function == "all" else ("+", "?", "x")
        found.sort(key=lambda e: last.index(e.mark) if e.mark in last else len(last))
        note = "" if found else self.words.say("rows_absent")
        if len(found) > MAX_ROWS:
            note = self.words.say("more", n=len(found) - MAX_ROWS)
        text = self.words.condition(node, env)
        return Evidence(mark_of(x), text, x, note=note, children=tuple(found[:MAX_ROWS]))

    def _group(self, node: ast.All | ast.Any, x: Interval | None, env: Env, seen: frozenset[str]) -> Evidence:
        """All of or any of; of any, what holds comes first; several limits on one quantity are one line."""
        items: Sequence[ast.Cond] = node.items
        if isinstance(node, ast.Any):
            items = sorted(items, key=lambda i: RANK[mark_of(self.r.cond(i, env))])
        children = []
        for alike in self._alike(items, env):
            found = [self.r.cond(i, env) for i in alike]
            kept = [i for i in found if i is not None]
            both = None if not kept else conj(kept) if isinstance(node, ast.All) else disj(kept)
            joint = self.words.say("and" if isinstance(node, ast.All) else "or")
            children.append(self.atoms.joined(alike, both, env, seen, joint) if len(alike) > 1 else
                            self.cond(alike[0], env, seen))  # fmt: skip
        if len(children) == 1:
            return children[0]
        key = "all_of" if isinstance(node, ast.All) else "any_of"
        return Evidence(mark_of(x), self.words.say(key), x, children=tuple(children))

    def _alike(self, items: Sequence[ast.Cond], env: Env) -> list[list[ast.Cond]]:
        """Items by the quantity that they hold against a limit, in order of its first mention."""
        groups: dict[str, list[ast.Cond]] = {}
        for i, item in enumerate(items):
            subject = self.atoms.subject(item, env)
            groups.setdefault(subject or f"#{i}", []).append(item)
        return list(groups.values())

    def _not(self, node: ast.Not, x: Interval | None, env: Env, seen: frozenset[str]) -> Evidence:
        self.inverted = not self.inverted
        below = self.cond(node.item, env, seen)
        self.inverted = not self.inverted
        if not below.heading:
            return replace(below, mark=mark_of(x), text=self.words.say("not", text=below.text), x=x)
        key = {ast.Any: "none_of", ast.All: "not_all_of"}.get(type(node.item), "not_so")
        return Evidence(mark_of(x), self.words.say(key), x, children=below.children)

    def _score(self, node: ast.Score, x: Interval | None, env: Env, seen: frozenset[str]) -> Evidence:
        terms = [(w, self.cond(c, env, seen)) for w, c in node.terms]
        known = [(w, e.x) for w, e in terms if e.x is not None]
        total = sum((w for w, _ in known), Fraction(0)) or Fraction(1)
        low = round(sum((w * i.s for w, i in known), Fraction(0)) / total)
        high = round(sum((w * i.p for w, i in known), Fraction(0)) / total)
        children = []
        for w, e in terms:
            if e.x is not None and e.x.p - e.x.s >= ONE // 200:
                wider = self.words.say("widens", amount=t.share(round(w * (e.x.p - e.x.s) / total)))
                e = replace(e, note=self.words.listed(wider, e.note))
            children.append(replace(e, weight=w))
        limit = "" if node.at_least is None else f">= {t.share(node.at_least)}"
        if node.at_least is not None and high < node.at_least and self.missing(x):
            limit += self.words.say("short", amount=t.share(node.at_least - high))
        note = "" if t.share(low) == t.share(high) else self.words.say("could_reach", value=t.share(high))
        return Evidence(mark_of(x), self.words.say("score"), x, t.share(low), limit, note, children=tuple(children))

"""Evidence groups: rules that accumulate on one fact must look at disjoint sources, or one instrument counts twice.

A source is an instrument (a variable of one member), a model, a relation, or an imported fact, followed through the
facts that a rule reads.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import fields

from expert.language import ast
from expert.language.diagnostics import Sink
from expert.language.nodes import ground_name

Env = Mapping[str, str]
Args = tuple[tuple[str, str | None], ...]
"""Arguments of a conclusion; None for one that is known only with its row."""
Speaker = tuple[ast.Rule, tuple[tuple[str, str], ...], Args]


def check_evidence(
    rules: Mapping[str, ast.Rule], facts: Mapping[str, ast.FactType], site: ast.Site, sink: Sink
) -> None:
    """Report rules whose evidence for one fact shares a source."""
    reader = _Sources(rules, facts, site)
    for name in sorted(n for n, f in facts.items() if f.evidence is not None):
        speakers = [s for rule in reader.concluding.get(name, []) for s in _speakers(rule, site)]
        _report_rows(name, reader.concluding.get(name, []), sink)
        _report_shared(name, speakers, reader, sink)


def _report_rows(name: str, rules: list[ast.Rule], sink: Sink) -> None:
    """Each row, or pair of rows, must speak of a fact of its own."""
    for rule in rules:
        assert rule.conclude is not None
        named = {v[1:] for _, v in rule.conclude.args if v.startswith("$")}
        open_ = [m for m in rule.match if m.binding not in named]
        if open_:
            sink.error(
                "E0332",
                f"every row of {open_[0].relation} would count as evidence of its own for one {name}",
                rule.conclude.span,
                help=f"name {open_[0].binding} in the conclusion, or let another fact collect the rows",
            )


def _report_shared(name: str, speakers: list[Speaker], reader: _Sources, sink: Sink) -> None:
    """One error for each pair of rules that looks at one source for one fact."""
    by_source: dict[str, list[Speaker]] = {}
    told: set[tuple[str, str]] = set()
    for speaker in speakers:
        rule, members, args = speaker
        for source in sorted(reader.rule(rule, dict(members))):
            for other, _, theirs in by_source.get(source, []):
                if (other.id, rule.id) not in told and _one_fact(args, theirs):
                    told.add((other.id, rule.id))
                    _report(name, other, rule, source, sink)
            by_source.setdefault(source, []).append(speaker)


def _report(name: str, first: ast.Rule, second: ast.Rule, source: str, sink: Sink) -> None:
    assert second.conclude is not None
    same = first.id == second.id
    what = f"rule {second.id} for two of its members" if same else f"rules {first.id} and {second.id}"
    sink.error(
        "E0332",
        f"{what} would count {source} twice as evidence for {name}",
        second.conclude.span,
        notes=[] if same else [f"{first.id}: {first.span.file}:{first.span.line}"],
        help="what accumulates looks at disjoint sources; put what shares one into one rule",
    )


def _speakers(rule: ast.Rule, site: ast.Site) -> Iterator[Speaker]:
    """A rule with every combination of its members, and the arguments of its conclusion."""
    assert rule.conclude is not None
    choices = [[(b, m) for m in site.sets[s]] for b, s in rule.for_each]
    for members in itertools.product(*choices):
        env = dict(members)
        args = tuple((k, env.get(v[1:]) if v.startswith("$") else v) for k, v in rule.conclude.args)
        yield rule, tuple(members), args


def _one_fact(a: Args, b: Args) -> bool:
    theirs = dict(b)
    return all(v is None or theirs.get(k) is None or theirs[k] == v for k, v in a)


class _Sources:
    """What rules look at, member by member as far as the program tells."""

    def __init__(self, rules: Mapping[str, ast.Rule], facts: Mapping[str, ast.FactType], site: ast.Site) -> None:
        self.rules, self.facts, self.site = rules, facts, site
        self.concluding: dict[str, list[ast.Rule]] = {}
        for rule in rules.values():
            if rule.conclude is not None and not rule.conclude.refutes and rule.status == "live":
                self.concluding.setdefault(rule.conclude.type, []).append(rule)

    def rule(self, rule: ast.Rule, env: Env) -> frozenset[str]:
        """Everything below a rule with these members."""
        found: set[str] = set()
        seen: set[tuple[str, tuple[tuple[str, str], ...]]] = set()
        todo: list[tuple[ast.Rule, Env]] = [(rule, env)]
        while todo:
            r, known = todo.pop()
            key = (r.id, tuple(sorted(known.items())))
            if key in seen:
                continue
            seen.add(key)
            found |= {m.relation for m in r.match}
            for node in (n for root in (r.when, *(m.where for m in r.match if m.where)) for n in _walk(root)):
                found |= set(self._own(node, known))
                todo += self._below(node, known)
        return frozenset(found)

    def _own(self, node: ast.Node, env: Env) -> Iterator[str]:
        if isinstance(node, ast.Ref) and (node.binding is None or node.binding in env):
            yield ground_name(node, env)
        elif isinstance(node, ast.Ref) and node.binding is not None:
            family = node.variable.partition(".")[0]
            yield from (ground_name(node, {node.binding: m}) for m in self.site.sets[family])
        elif isinstance(node, ast.ModelProbability):
            yield f"model {node.model}"
            yield self.site.models[node.model].target
        elif isinstance(node, ast.RowAggregate | ast.Quantifier):
            yield node.relation
        elif isinstance(node, ast.FactRef) and self.facts[node.type].imported:
            yield f"imported {node.type}"

    def _below(self, node: ast.Node, env: Env) -> list[tuple[ast.Rule, Env]]:
        if isinstance(node, ast.Raised):
            return [(self.rules[node.rule], {})] if node.rule in self.rules else []
        if not isinstance(node, ast.FactRef):
            return []
        wanted = {k: env.get(v[1:]) if v.startswith("$") else v for k, v in node.args}
        bound = ((r, _members(r, wanted)) for r in self.concluding.get(node.type, []))
        return [(r, members) for r, members in bound if members is not None]


def _members(rule: ast.Rule, wanted: Mapping[str, str | None]) -> dict[str, str] | None:
    """Members with which a rule concludes a fact with these arguments; None when it cannot."""
    assert rule.conclude is not None
    sets, found = dict(rule.for_each), dict[str, str]()
    for field, value in rule.conclude.args:
        given = wanted.get(field)
        if given is None:
            continue
        if not value.startswith("$"):
            if value != given:
                return None
        elif value[1:] in sets and found.setdefault(value[1:], given) != given:
            return None
    return found


def _walk(node: ast.Node) -> Iterator[ast.Node]:
    """The node and everything below it."""
    yield node
    todo = [getattr(node, f.name) for f in fields(node)]
    while todo:
        value = todo.pop()
        if isinstance(value, ast.Node):
            yield from _walk(value)
        elif isinstance(value, tuple):
            todo.extend(value)

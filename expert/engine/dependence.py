"""What a conclusion may depend on, as far as the program tells: rules below it and instruments.

Found once per rule and bindings, and kept: it does not change while a program runs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from expert.engine.nodes import Env, foreseen, roots, used_facts, walk
from expert.language.ast import FactRef, FactType, Lag, ModelProbability, Node, Program, Raised, Ref, Rule
from expert.language.nodes import ground_name

Bindings = tuple[tuple[str, str], ...]


class Dependence:
    """Rules and instruments below each rule of a program."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self._concluding: dict[str, list[Rule]] = {}
        for rule in program.rules.values():
            if rule.conclude is not None:
                self._concluding.setdefault(rule.conclude.type, []).append(rule)
        self._used: dict[str, tuple[FactRef, ...]] = {}
        self._back: dict[str, bool] = {}
        self._closures: dict[str, frozenset[str]] = {}
        self._imports: dict[str, tuple[str, ...]] = {}
        self._instruments: dict[tuple[str, Bindings], tuple[str, ...]] = {}

    def used(self, rule: Rule) -> tuple[FactRef, ...]:
        """Facts that the rule's condition reads, in the order of the text."""
        if rule.id not in self._used:
            self._used[rule.id] = tuple(used_facts(rule.when))
        return self._used[rule.id]

    def looks_back(self, rule: Rule) -> bool:
        """Whether the rule's sentence, or what it expects, shows what a number was some time ago."""
        if rule.id not in self._back:
            parts = (*rule.because_parts.values(), *foreseen(rule))
            self._back[rule.id] = any(isinstance(node, Lag) for part in parts for node in walk(part))
        return self._back[rule.id]

    def closure(self, rule: Rule) -> frozenset[str]:
        """Ids of the rules that may take part in a conclusion of ``rule``, itself included."""
        if rule.id not in self._closures:
            self._closures[rule.id] = frozenset(r.id for r, _ in self._below(rule, None))
        return self._closures[rule.id]

    def instruments(self, rule: Rule, bindings: Bindings) -> tuple[str, ...]:
        """Ground variables that a conclusion of ``rule`` with these bindings may depend on, sorted.

        A set's variable counts for all members unless the bindings, followed through the facts, say which.
        """
        members = tuple(b for b in bindings if b[0] in dict(rule.for_each))
        key = (rule.id, members)
        if key not in self._instruments:
            names = {n for r, env in self._below(rule, dict(members)) for n in self._variables(r, env)}
            installed = self.program.installed
            self._instruments[key] = tuple(sorted(n for n in names if installed is None or n in installed))
        return self._instruments[key]

    def imports(self, rule: Rule) -> tuple[str, ...]:
        """Fact types of other experts that a conclusion of ``rule`` may depend on, as ``pack/type``, sorted."""
        if rule.id not in self._imports:
            facts = self.program.facts
            types = {f.type for r, _ in self._below(rule, None) for f in self.used(r)}
            self._imports[rule.id] = tuple(sorted(import_name(facts[t]) for t in types if facts[t].exporter))
        return self._imports[rule.id]

    def _below(self, rule: Rule, env: Env | None) -> Iterator[tuple[Rule, Env]]:
        """The rule and all below it, with what is known of their members; ``env`` None: follow rules only."""
        seen: set[tuple[str, Bindings]] = set()
        todo: list[tuple[Rule, Env]] = [(rule, env or {})]
        while todo:
            r, known = todo.pop()
            key = (r.id, tuple(sorted(known.items())))
            if key in seen:
                continue
            seen.add(key)
            yield r, known
            for below, inner in self._next(r, known):
                todo.append((below, inner if env is not None else {}))

    def _next(self, rule: Rule, env: Env) -> Iterator[tuple[Rule, Env]]:
        if rule.conclude is not None and not rule.conclude.refutes:
            own = FactRef(type=rule.conclude.type, args=rule.conclude.args)
            yield from ((r, e) for r, e in self._for_fact(own, env) if r.conclude is not None and r.conclude.refutes)
        for root in roots(rule):
            for node in walk(root):
                if isinstance(node, FactRef):
                    yield from self._for_fact(node, env)
                elif isinstance(node, Raised):
                    yield self.program.rules[node.rule], {}

    def _for_fact(self, ref: FactRef, env: Env) -> Iterator[tuple[Rule, Env]]:
        """Rules that conclude or refute a fact, with the members that it names."""
        wanted = {k: env.get(v[1:]) if v.startswith("$") else v for k, v in ref.args}
        for rule in self._concluding.get(ref.type, ()):
            inner = _members(rule, wanted)
            if inner is not None:
                yield rule, inner

    def _variables(self, rule: Rule, env: Env) -> Iterator[str]:
        for root in roots(rule, texts=False):
            for node in walk(root):
                yield from self._named(node, env)

    def _named(self, node: Node, env: Env) -> Iterator[str]:
        if isinstance(node, ModelProbability):
            yield self.program.site.models[node.model].target
        elif isinstance(node, Ref) and (node.binding is None or node.binding in env):
            yield ground_name(node, env)
        elif isinstance(node, Ref) and node.binding is not None:
            family = node.variable.partition(".")[0]
            yield from (ground_name(node, {node.binding: m}) for m in self.program.site.sets[family])


def import_name(fact: FactType) -> str:
    """An imported fact type where it stands among instruments, e.g. ``furnace/cooling``; none of those has a slash."""
    return f"{fact.exporter}/{fact.name}"


def _members(rule: Rule, wanted: Mapping[str, str | None]) -> dict[str, str] | None:
    """Members that a rule must be bound to, to conclude a fact with these arguments; None when it cannot."""
    if rule.conclude is None:
        return None
    sets = dict(rule.for_each)
    found: dict[str, str] = {}
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


def every_instrument(program: Program) -> tuple[str, ...]:
    """Ground variables that any rule of a program reads, sorted."""
    dependence = Dependence(program)
    names = {n for rule in program.rules.values() for n in dependence._variables(rule, {})}
    return tuple(sorted(n for n in names if program.installed is None or n in program.installed))

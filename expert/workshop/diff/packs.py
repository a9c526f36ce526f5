"""Two versions of a pack -> all changes: of rules, of facts, of what it exports and imports."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from expert.language import ast
from expert.language.diagnostics import Sink
from expert.language.schema import plain
from expert.language.strict_yaml import read
from expert.workshop.diff.change import LEVELS, REMOVED, Change, Difference
from expert.workshop.diff.rules import rule_changes, same_but_name
from expert.workshop.graph import Graph, build_graph

NONE = ast.NOWHERE


def compare_packs(old: ast.Program, new: ast.Program) -> Difference:
    """What changed from one program to another; both loaded with one site.

    Returns
    -------
    Difference
        Changes by subject: the pack, facts, rules; the gravest of each first.
    """
    changes = [*_pack(old, new), *_facts(old, new), *_rules(old, new)]
    order = {"pack": 0, "fact": 1, "rule": 2}
    changes.sort(key=lambda c: (order[c.subject.split()[0]], c.subject, -LEVELS.index(c.level)))
    versions = (old.version, new.version)
    return Difference(tuple(changes), versions, _touched(changes, old, new))


def _rules(old: ast.Program, new: ast.Program) -> Iterator[Change]:
    gone = [old.rules[k] for k in sorted(old.rules.keys() - new.rules.keys())]
    come = [new.rules[k] for k in sorted(new.rules.keys() - old.rules.keys())]
    for rule in list(gone):
        twin = next((r for r in come if same_but_name(rule, r)), None)
        if twin is not None:
            gone.remove(rule)
            come.remove(twin)
            what = f"renamed from {rule.id}"
            yield Change("major", f"rule {twin.id}", what, "its record and raised() hang on the name", twin.span)
    for rule in gone:
        yield Change("major", f"rule {rule.id}", REMOVED, "is never said again", rule.span)
    for rule in come:
        yield Change("minor", f"rule {rule.id}", "added", "is said anew", rule.span)
    for name in sorted(old.rules.keys() & new.rules.keys()):
        yield from rule_changes(old.rules[name], new.rules[name])


def _facts(old: ast.Program, new: ast.Program) -> Iterator[Change]:
    before, after = old.facts, new.facts
    for name in sorted(before.keys() | after.keys()):
        if name not in after:
            yield Change("major", f"fact {name}", REMOVED, "nobody can read it any more", NONE)
        elif name not in before:
            yield Change("minor", f"fact {name}", "added", "can be said anew", NONE)
        elif _shape(before[name]) != _shape(after[name]):
            yield Change("major", f"fact {name}", "another shape", "who reads it may not understand it", NONE)
        elif before[name] != after[name]:
            yield Change("patch", f"fact {name}", "its titles", "worded otherwise", NONE)


def _shape(fact: ast.FactType) -> ast.FactType:
    return replace(fact, title={}, value_titles={})


def _pack(old: ast.Program, new: ast.Program) -> Iterator[Change]:
    before, after = _declared(old), _declared(new)
    for name in sorted(before["exports"] - after["exports"]):
        yield Change("major", "pack", f"no longer exports {name}", "other packs lose it", NONE)
    for name in sorted(after["exports"] - before["exports"]):
        yield Change("minor", "pack", f"also exports {name}", "other packs may read it", NONE)
    for name in sorted(after["imports"] - before["imports"]):
        yield Change("major", "pack", f"also imports {name}", "needs another pack to say it", NONE)
    for name in sorted(before["imports"] - after["imports"]):
        yield Change("patch", "pack", f"no longer imports {name}", "needs one pack less", NONE)


def _declared(program: ast.Program) -> dict[str, set[str]]:
    """Exports and imports of the packs of a program, from their ``pack.yaml``."""
    found: dict[str, set[str]] = {"exports": set(), "imports": set()}
    for name, text in sorted(program.sources.items()):
        node = read(text, name, Sink()) if name.endswith("/pack.yaml") else None
        values = plain(node) if node is not None else None
        for key, names in found.items():
            given = values.get(key) if isinstance(values, dict) else None
            names.update([given] if isinstance(given, str) else given or [])
    return found


def _touched(changes: list[Change], old: ast.Program, new: ast.Program) -> tuple[str, ...]:
    """Rules that did not change but read, directly or through others, what a changed rule says."""
    changed = {c.subject.split()[1] for c in changes if c.subject.startswith("rule ") and "worded" not in c.reason}
    reached = {r for program in (old, new) for r in _readers(build_graph(program), changed & program.rules.keys())}
    return tuple(sorted(reached & new.rules.keys() - changed))


def _readers(graph: Graph, rules: set[str]) -> set[str]:
    onward: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for e in graph.edges:
        onward.setdefault(e.source, []).append(e.target)
    seen: set[tuple[str, str]] = set()
    todo: list[tuple[str, str]] = [("rule", r) for r in rules]
    while todo:
        for key in onward.get(todo.pop(), ()):
            if key not in seen and key[0] in ("rule", "fact"):
                seen.add(key)
                todo.append(key)
    return {name for kind, name in seen if kind == "rule"}

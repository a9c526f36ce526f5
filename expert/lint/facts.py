"""Facts without a reader, and conditions about facts that nobody concludes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from expert.engine.nodes import roots, walk
from expert.language import ast
from expert.language.diagnostics import Sink
from expert.language.schema import plain
from expert.language.strict_yaml import read
from expert.workshop.graph import Graph, build_graph


def find_loose_facts(program: ast.Program, shown: Collection[str], sink: Sink) -> None:
    """Report facts that end nowhere and facts that come from nowhere."""
    concluded: dict[str, list[ast.Rule]] = defaultdict(list)
    for rule in program.rules.values():
        if rule.conclude is not None and not rule.conclude.refutes:
            concluded[rule.conclude.type].append(rule)
    _unread(program, concluded, {*shown, *_exports(program)}, sink)
    _unconcluded(program, concluded, sink)


def _unread(program: ast.Program, concluded: dict[str, list[ast.Rule]], used: set[str], sink: Sink) -> None:
    graph = build_graph(program)
    used |= {v.exclude for v in program.site.variables.values() if v.exclude is not None}
    for name, rules in sorted(concluded.items()):
        if name in used or graph.out_of(("fact", name)) or not all(_silent(r, graph) for r in rules):
            continue
        for rule in rules:
            message = f"{rule.id} concludes {name}, which no rule, action or export reads"
            help = "give the rule a severity if people should see it, or leave it out"
            sink.error("L106", message, rule.span, help=help)


def _silent(rule: ast.Rule, graph: Graph) -> bool:
    """True for a step of reasoning: nobody sees it, nobody asks for its state."""
    asked = any(e.target[0] == "rule" for e in graph.out_of(("rule", rule.id)))
    return rule.kind == "condition" and rule.severity == 0 and not asked


def _unconcluded(program: ast.Program, concluded: dict[str, list[ast.Rule]], sink: Sink) -> None:
    """Facts of the site may come from packs that are not looked at; a pack's own facts must come from somewhere."""
    of_site = set(_names_in(program, "facts", site=True))
    for rule in program.rules.values():
        for node in (n for root in roots(rule, texts=False) for n in walk(root)):
            if not isinstance(node, ast.FactRef) or node.type in of_site or program.facts[node.type].imported:
                continue
            if not concluded.get(node.type):
                note, help = "so it is always false", "if another pack concludes it, name it under imports in pack.yaml"
                sink.error("L107", f"no rule concludes {node.type}", node.span, notes=[note], help=help)
                continue
            missing = _missing_value(node, program.facts[node.type], concluded[node.type])
            if missing:
                sink.error("L107", f"no rule concludes {node.type} with {missing}", node.span)


def _missing_value(node: ast.FactRef, declared: ast.FactType, rules: list[ast.Rule]) -> str:
    """``field: value`` that is asked for and never concluded; '' when there is none."""
    for field, value in node.args:
        if value.startswith("$") or (field == declared.value_field and declared.order == "ordered"):
            continue
        given = {dict(r.conclude.args).get(field, "$") for r in rules if r.conclude is not None}
        if value not in given and not any(g.startswith("$") for g in given):
            return f"{field}: {value}"
    return ""


def _exports(program: ast.Program) -> list[str]:
    """Facts that a pack exports, without the pack's name."""
    return [name.rsplit("/", 1)[-1] for name in _names_in(program, "exports", site=False)]


def _names_in(program: ast.Program, key: str, site: bool) -> list[str]:
    """Names under a key of the site's or the packs' files."""
    file = "facts.yaml" if site else "pack.yaml"
    folders = {k.split("/", 1)[0] for k in program.sources if k.endswith("/site.yaml")}
    out: list[str] = []
    for name, text in sorted(program.sources.items()):
        folder, _, short = name.partition("/")
        if short == file and (folder in folders) == site:
            node = read(text, name, Sink())
            found = plain(node) if node is not None else None
            names = found.get(key) if isinstance(found, dict) else None
            out += [names] if isinstance(names, str) else list(names or [])
    return out

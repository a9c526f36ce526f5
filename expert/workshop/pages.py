"""A page for each topic of a pack: every rule in words, with its source and its cases."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePosixPath

from expert.language import ast
from expert.language.durations import format_duration
from expert.language.printer import decimal
from expert.testing.cases import Case
from expert.values.interval import ONE
from expert.workshop.graph import conclusion_text
from expert.workshop.meaning import quantifier_head, words


def topic_pages(program: ast.Program, cases: Iterable[Case], titles: Mapping[str, str]) -> dict[str, str]:
    """Page name (``pack/topic.md``) -> text, and an index of them.

    Parameters
    ----------
    cases : iterable of Case
        Of all rules.
    titles : mapping
        Folder of a pack -> its title.
    """
    by_rule: dict[str, list[Case]] = {}
    for case in cases:
        by_rule.setdefault(case.rule, []).append(case)
    topics: dict[str, list[ast.Rule]] = {}
    for rule in program.rules.values():
        topics.setdefault(str(PurePosixPath(rule.span.file).with_suffix(".md")), []).append(rule)
    pages = {}
    for name, rules in sorted(topics.items()):
        ordered = sorted(rules, key=lambda r: r.span.line)
        pages[name] = _page(name, ordered, by_rule)
    return {**pages, "index.md": _index(topics, titles)}


def _index(topics: Mapping[str, Sequence[ast.Rule]], titles: Mapping[str, str]) -> str:
    out = ["# The rules, page by page", "", "Written by `tuyere pages`; do not edit."]
    for folder in dict.fromkeys(name.split("/", 1)[0] for name in sorted(topics)):
        out += ["", f"## {titles.get(folder, folder)}", "", "| topic | rules | most severe |", "|---|---|---|"]
        for name in sorted(n for n in topics if n.startswith(f"{folder}/")):
            rules = topics[name]
            topic = PurePosixPath(name).stem
            out.append(f"| [{topic}]({name}) | {len(rules)} | {max(r.severity for r in rules)} |")
    return "\n".join(out) + "\n"


def _page(name: str, rules: Sequence[ast.Rule], cases: Mapping[str, Sequence[Case]]) -> str:
    out = [f"# {PurePosixPath(name).stem}", "", "Written by `tuyere pages`; do not edit."]
    for rule in rules:
        out += ["", f"## {rule.title.get('en', rule.id)}", "", *_rule(rule), *_cases(cases.get(rule.id, ()))]
    return "\n".join(out) + "\n"


def _rule(rule: ast.Rule) -> list[str]:
    out = [f"`{rule.id}` · {rule.title.get('zh', '')} · {rule.kind}, severity {rule.severity}", ""]
    out += [f"For each `{b}` in {s}." for b, s in rule.for_each]
    for match in rule.match:
        where = f" where `{words(match.where)}`" if match.where is not None else ""
        out.append(f"For rows `{match.binding}` of {match.relation}{where}.")
    out += [""] * bool(rule.for_each or rule.match)
    out += ["When", "", *condition_lines(rule.when), ""]
    times = [f"for {format_duration(rule.hold)}"] if rule.hold else []
    times += [f"clears after {format_duration(rule.clear_for)}"] if rule.clear_for else []
    times += [f"strength {decimal(rule.strength / ONE)}"] if rule.strength != ONE else []
    out += [f"{', '.join(times).capitalize()}.", ""] if times else []
    out += [f"{line}\n" for line in _says(rule)]
    if rule.because.get("en"):
        out += [f"> {rule.because['en']}", ""]
    out.append(f"Source: {rule.source}." + (f" Owner: {rule.owner}." if rule.owner else ""))
    return out


def _says(rule: ast.Rule) -> list[str]:
    if rule.conclude is not None:
        verb = "Counts against" if rule.conclude.refutes else "Concludes"
        return [f"{verb} `{conclusion_text(rule.conclude)}`."]
    steps = [
        f"{s.action}{f' {decimal(s.amount)} {s.unit}'.rstrip() if s.amount is not None else ''}" for s in rule.advise
    ]
    return [f"Advises {', '.join(steps)}."] if steps else []


def condition_lines(node: ast.Cond, depth: int = 0) -> list[str]:
    """A condition as a nested list.

    >>> a, b = ast.FactRef(type="a"), ast.FactRef(type="b")
    >>> condition_lines(ast.Any(items=(a, ast.Not(item=b))))
    ['- one of', '  - `a`', '  - `not b`']
    """
    margin = "  " * depth
    head, parts = _split(node)
    if not parts:
        return [f"{margin}- {head}"]
    out = [f"{margin}- {head}"]
    for prefix, part in parts:
        inner = condition_lines(part, depth + 1)
        out += [inner[0].replace("- ", f"- {prefix}", 1), *inner[1:]]
    return out


def _split(node: ast.Cond) -> tuple[str, list[tuple[str, ast.Cond]]]:
    """What a condition says itself, and its parts, each with what stands before it."""
    if isinstance(node, ast.All):
        return "all of", [("", i) for i in node.items]
    if isinstance(node, ast.Any):
        return "one of", [("", i) for i in node.items]
    if isinstance(node, ast.Score):
        level = f" at least {decimal(node.at_least / ONE)}" if node.at_least is not None else ""
        return f"weighted evidence{level} of", [(f"{decimal(float(w))}: ", c) for w, c in node.terms]
    if isinstance(node, ast.AtLeast):
        only = f" where `{words(node.filter)}`" if node.filter is not None else ""
        of = f"`{node.binding}` in {node.set}{only} with" if node.set is not None else "of"
        return f"at least {node.k} {of}", [("", i) for i in node.items]
    if isinstance(node, ast.Quantifier) and node.that is not None:
        return f"`{quantifier_head(node)}` that", [("", node.that)]
    if isinstance(node, ast.Not) and isinstance(node.item, (ast.All, ast.Any, ast.Score, ast.AtLeast)):
        head, parts = _split(node.item)
        return f"not {head}", parts
    return f"`{words(node)}`", []


def _cases(cases: Sequence[Case]) -> list[str]:
    if not cases:
        return []
    out = ["", "| case | expected |", "|---|---|"]
    for case in cases:
        expected = ", ".join(f"{e} at {format_duration(t)}" for t, e in case.expect)
        out.append(f"| {case.name} | {expected} |")
    return out

"""Conditions written as YAML: lists, ``all``, ``any``, ``not``, ``score``, ``at_least``, and texts."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any as Anything
from typing import TypeVar

from expert.language import ast
from expert.language.diagnostics import Sink
from expert.language.expression import parse_condition, read_source
from expert.language.schema import Table, as_certainty, as_number, as_text, entries, items, kind
from expert.language.source import Text
from expert.language.strict_yaml import Broken, Listing, Mapping, YamlNode

OPERATORS = ("all", "any", "not", "score", "at_least", "exists", "none")
KEYS = (*OPERATORS, "of", "where", "that")
OVER_ROWS = ("exists", "none", "all")
"""Operators that take ``{b: relation where condition}``, with an optional ``that:`` beside them."""
N = TypeVar("N", bound=ast.Node)


def read_condition(node: YamlNode, sink: Sink) -> ast.Cond | None:
    """Condition of a ``when`` or of a part of it; None after reporting what is wrong."""
    if isinstance(node, Text):
        return parse_condition(node, sink)
    if isinstance(node, Listing):
        found = _all_of(node, "when", sink)
        return None if found is None else _placed(ast.All(items=found), node)
    if isinstance(node, Broken):
        return None
    return _operator(node, sink)


def _placed(condition: N, node: YamlNode) -> N:
    """With place and words: the author's own when they fit a line, else the operator."""
    text = node.source.text[node.start : node.stop].rstrip()
    if "\n" in text:
        text = "" if isinstance(node, Listing) else text.split(":", 1)[0]
    return replace(condition, span=node.span, text=text)


def _operator(node: Mapping, sink: Sink) -> ast.Cond | None:
    before = len(sink.found)
    t = Table(node, "condition", sink, KEYS)
    given = [k for k in OPERATORS if t.has(k)]
    if len(given) != 1:
        if len(sink.found) == before:
            sink.error(
                "E0122",
                f"a condition is a text, a list, or one of {', '.join(OPERATORS)}",
                node.span,
                notes=[f"found {' and '.join(given)}"] if given else [],
                help="use one per mapping; put others in a list below all:",
            )
        return None
    condition = _build(given[0], t, sink)
    for extra in ("of", "where", "that"):
        if t.has(extra) and extra not in _beside(given[0], t):
            sink.error("E0120", f"{extra} does not stand beside {given[0]}", t.key_span(extra))
    return None if condition is None else _placed(condition, node)


def _beside(operator: str, t: Table) -> tuple[str, ...]:
    """Keys that may stand beside an operator."""
    if operator == "at_least":
        return "of", "where"
    rows = operator in ("exists", "none") or (operator == "all" and isinstance(t.node.find("all"), Mapping))
    return ("that",) if rows else ()


def _build(operator: str, t: Table, sink: Sink) -> ast.Cond | None:
    if operator == "at_least":
        return _at_least(t, sink)
    value = t.get(operator)
    if value is None:
        return None
    if operator in ("exists", "none") or (operator == "all" and isinstance(value, Mapping)):
        return _quantifier(operator, value, t, sink)
    if operator == "not":
        inner = read_condition(value, sink)
        return None if inner is None else ast.Not(item=inner)
    if operator == "score":
        return _score(t, sink)
    found = _all_of(value, operator, sink)
    if found is None:
        return None
    return ast.All(items=found) if operator == "all" else ast.Any(items=found)


def _all_of(node: YamlNode, what: str, sink: Sink) -> tuple[ast.Cond, ...] | None:
    """Every item of a list; None when one of them is wrong (all are read, so that all errors show)."""
    listed = items(node, what, sink)
    if not listed:
        if isinstance(node, Listing) and not node.items:
            sink.error("E0122", f"{what} is an empty list", node.span, help="give at least one condition")
        return None
    found = [read_condition(n, sink) for n in listed]
    kept = tuple(c for c in found if c is not None)
    complete = isinstance(node, Listing) and len(kept) == len(node.items)
    return kept if complete else None


def _score(t: Table, sink: Sink) -> ast.Cond | None:
    inner = t.table("score", ("at_least", "of"))
    if inner is None:
        return None
    level = inner.text("at_least")
    node = inner.get("of", required=True)
    if node is None:
        return None
    found = [_weighted(n, sink) for n in items(node, "of", sink)]
    terms = tuple(x for x in found if x is not None)
    if len(terms) < len(found) or not terms:
        return None
    return ast.Score(terms=terms, at_least=None if level is None else as_certainty(level, sink, 500_000))


def _weighted(node: YamlNode, sink: Sink) -> tuple[Fraction, ast.Cond] | None:
    if not isinstance(node, Listing) or len(node.items) != 2:
        if not isinstance(node, Broken):
            sink.error(
                "E0122",
                f"a piece of evidence is [weight, condition], not {kind(node)}"
                + (f" of {len(node.items)}" if isinstance(node, Listing) else ""),
                node.span,
                help="write [20, condition]; put the condition in quotes when it has a comma outside brackets",
            )
        return None
    weight_text = as_text(node.items[0], "weight", sink)
    condition = read_condition(node.items[1], sink)
    weight = None if weight_text is None else as_number(weight_text, sink)
    if weight is not None and weight <= 0:
        sink.error("E0323", "a weight is larger than zero", node.items[0].span)
        weight = None
    return None if weight is None or condition is None else (weight, condition)


def _at_least(t: Table, sink: Sink) -> ast.Cond | None:
    text = t.text("at_least")
    number = None if text is None else as_number(text, sink)
    k = 0 if number is None else int(number)
    if text is not None and number is not None and (number < 1 or number.denominator != 1):
        sink.error("E0323", f"at_least counts whole conditions, from 1 on, not {text.value}", text.span)
        k = 0
    of = t.get("of", required=True)
    if of is None:
        return None
    if isinstance(of, Mapping):
        return _over_set(t, of, k, sink)
    found = _all_of(of, "of", sink)
    if t.has("where"):
        sink.error("E0120", "where does not stand beside a list", t.key_span("where"), help="write of: {t: set}")
    if found is None or not k:
        return None
    if k > len(found):
        sink.error("E0323", f"at least {k} of {len(found)} can never hold", t.key_span("at_least"))
    return ast.AtLeast(k=k, items=found)


def _over_set(t: Table, of: Mapping, k: int, sink: Sink) -> ast.Cond | None:
    """Of the members of a set, or of the rows of a relation: which of the two is known when names are resolved."""
    where = t.get("where")
    inner = None if where is None else read_condition(where, sink)
    source = _source(of, "of", "tuyeres", sink)
    if source is None or not k or (inner is None and t.has("where")):
        return None
    binding, name, filter_ = source
    return ast.AtLeast(k=k, items=() if inner is None else (inner,), set=name, binding=binding, filter=filter_)


def _quantifier(function: str, value: YamlNode, t: Table, sink: Sink) -> ast.Cond | None:
    that = t.get("that", required=function == "all")
    inner = None if that is None else read_condition(that, sink)
    if not isinstance(value, Mapping):
        if not isinstance(value, Broken):
            form = f"write {function}: {{b: relation where ...}}"
            sink.error("E0122", f"{function} ranges over rows, not over {kind(value)}", value.span, help=form)
        return None
    source = _source(value, function, "relation", sink)
    if source is None or (inner is None and (t.has("that") or function == "all")):
        return None
    binding, name, where = source
    found: Anything = function
    return ast.Quantifier(function=found, relation=name, binding=binding, where=where, that=inner)


def _source(of: Mapping, key: str, example: str, sink: Sink) -> tuple[str, str, ast.Cond | None] | None:
    """``{b: name where condition}`` -> binding, name and condition."""
    listed = list(entries(of, key, sink))
    if len(listed) != 1 or not isinstance(listed[0][1], Text):
        if not any(isinstance(v, Broken) for _, v in of.entries):
            help = f"write {key}: {{{example[0]}: {example}}}"
            sink.error("E0122", f"{key}: takes one name for what it ranges over", of.span, help=help)
        return None
    found = read_source(listed[0][1], "the name of a set or a relation", sink)
    return None if found is None else (listed[0][0].value, *found)

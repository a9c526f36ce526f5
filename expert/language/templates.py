"""The ``{parts}`` of a reason: numbers of the rule's own language, or names of its bindings."""

from __future__ import annotations

import re

from expert.language import ast
from expert.language.diagnostics import did_you_mean
from expert.language.expression import parse_number
from expert.language.numbers import resolve_number
from expert.language.raw import RawRule
from expert.language.scope import Scope
from expert.language.source import Text

PART = re.compile(r"\{([^{}]*)\}")
_LONE = re.compile(r"[A-Za-z_]\w*")


def parts_of(template: str) -> list[str]:
    """The parts of a template, in order.

    >>> parts_of("No charge for {minutes_since(charge.count)} at {s}.")
    ['minutes_since(charge.count)', 's']
    """
    return [m.group(1).strip() for m in PART.finditer(template)]


def read_templates(raw: RawRule, scope: Scope) -> tuple[dict[str, str], dict[str, ast.Expr]]:
    """Templates by language, and the resolved expression of each part by its text.

    A part that is only a binding's name stays out of the second: it shows the member's or the row's name.
    """
    parts: dict[str, ast.Expr] = {}
    for text in raw.because.values():
        _braces(text, scope)
        for match in PART.finditer(text.value):
            _part(text, match, parts, scope)
    return {k: t.value.strip() for k, t in raw.because.items()}, dict(sorted(parts.items()))


def _braces(text: Text, scope: Scope) -> None:
    rest = PART.sub(lambda m: " " * len(m.group()), text.value)
    at = next((i for i, c in enumerate(rest) if c in "{}"), None)
    if at is not None:
        help = "write {expression}"
        scope.sink.error("E0130", f"{rest[at]!r} has no partner", text.part(at, 1), help=help)


def _part(text: Text, match: re.Match[str], parts: dict[str, ast.Expr], scope: Scope) -> None:
    written = match.group(1).strip()
    start = match.start(1) + (len(match.group(1)) - len(match.group(1).lstrip()))
    if not written:
        scope.sink.error("E0130", "empty {}", text.part(match.start(), 2), help="write an expression inside")
        return
    if _LONE.fullmatch(written):
        if written not in scope.bindings:
            scope.sink.error(
                "E0303",
                f"{written} is not bound",
                text.part(start, len(written)),
                help=did_you_mean(written, scope.bindings, limit=0)
                or "write a variable, a function, or a name from for_each or match",
            )
        return
    if written in parts:
        return
    parsed = parse_number(text, scope.sink, start, start + len(written))
    if parsed is not None:
        parts[written] = resolve_number(parsed, scope)[0]

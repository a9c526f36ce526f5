"""Facts written outside conditions: conclusions (``finish(operation: b, at: x + 1 h)``) and lists of facts."""

from __future__ import annotations

from expert.language import ast
from expert.language.calls import fact_value
from expert.language.diagnostics import Sink
from expert.language.expression import Parser, report
from expert.language.lexer import ExpressionError
from expert.language.source import Text


def parse_fact(text: Text, sink: Sink) -> ast.FactRef | None:
    """A fact with or without arguments, and nothing else; errors go to ``sink``."""
    found = parse_conclusion(text, sink)
    return None if found is None else found[0]


def parse_conclusion(text: Text, sink: Sink) -> tuple[ast.FactRef, dict[str, ast.Expr]] | None:
    """A fact whose fields may also be numbers.

    Returns
    -------
    FactRef, dict
        The fact with its plain arguments; field -> expression for every value that is more than a word. A value that
        could be either (a lone word) is a plain argument.
    """
    try:
        p = Parser(text)
        name = p.name("the name of a fact")
        args: list[tuple[str, str]] = []
        numbers: dict[str, ast.Expr] = {}
        if p.take("(") and not p.take(")"):
            _field(p, args, numbers)
            while p.take(","):
                _field(p, args, numbers)
            p.expect(")", "',' or ')'")
        if p.token.kind != "end":
            raise p.unexpected("the end", "a conclusion is one fact: name(field: value)")
        return ast.FactRef(type=name.text, args=tuple(args), **p.place(name.start)), numbers
    except ExpressionError as e:
        report(e, sink)
        return None


def _field(p: Parser, args: list[tuple[str, str]], numbers: dict[str, ast.Expr]) -> None:
    field = p.name("the name of a field")
    p.expect(":")
    if any(field.text == known for known, _ in args) or field.text in numbers:
        raise p.error("E0125", f"field {field.text} is given twice", field)
    after = p.tokens[min(p.at + 1, len(p.tokens) - 1)]
    word = p.token.kind in ("name", "text", "number") and "." not in p.token.text and not p.token.unit
    if word and after.text in (",", ")"):
        args.append((field.text, fact_value(p)))
        return
    numbers[field.text] = p.number(p.sum())

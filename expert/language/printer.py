"""Syntax tree -> text of the expression language; `parse_condition` reads it back to an equal tree.

For trees as parsed: after resolving, literals are in house units and the author's words are in ``text``.
"""

from __future__ import annotations

from decimal import Decimal

from expert.language import ast
from expert.language.calls import ONE_VARIABLE
from expert.language.durations import format_duration
from expert.values.interval import ONE

_NAMES = {kind: name for name, kind in ONE_VARIABLE.items()}
_SUM, _PRODUCT, _ATOM = 1, 2, 3
_BINDS = {"+": _SUM, "-": _SUM, "*": _PRODUCT, "/": _PRODUCT}


def print_condition(node: ast.Cond, inner: bool = False) -> str:
    """A condition as text; with ``inner``: fit to stand inside another one.

    >>> print_condition(ast.Not(item=ast.FactRef(type="late", args=(("operation", "a"),))))
    'not late(operation: a)'
    """
    if isinstance(node, (ast.All, ast.Any)):
        word = " and " if isinstance(node, ast.All) else " or "
        text = word.join(print_condition(i, inner=True) for i in node.items)
        return f"({text})" if inner else text
    if isinstance(node, ast.Not):
        within = isinstance(node.item, (ast.All, ast.Any))
        return f"not {print_condition(node.item, inner=within)}"
    if isinstance(node, ast.Compare):
        return f"{print_number(node.left)} {node.op} {print_number(node.right)}"
    if isinstance(node, ast.Graded):
        return _graded(node)
    if isinstance(node, ast.FactRef):
        return _fact(node)
    if isinstance(node, ast.Certainty):
        return f"{_fact(node.fact)} {node.op} {decimal(node.limit / ONE)}"
    if isinstance(node, ast.ModelProbability):
        ask = f"model({node.model}).{node.op}({print_number(node.limit)}, ahead: {format_duration(node.ahead)})"
        return ask if node.at_least is None else f"{ask} >= {decimal(node.at_least / ONE)}"
    if isinstance(node, ast.Raised):
        return f"raised({node.rule})"
    if isinstance(node, ast.Bad):
        return f"bad({_ref(node.ref)})"
    raise TypeError(f"{type(node).__name__} is written as YAML, not as an expression")


def print_number(node: ast.Expr, binds: int = 0) -> str:
    """A number as text, in brackets where ``binds`` is stronger than its operator.

    >>> print_number(ast.Arithmetic(op="*", args=(ast.Number(value=0.7), ast.Ref(variable="a.b"))))
    '0.7 * a.b'
    """
    if isinstance(node, ast.Number):
        return f"{decimal(node.value)} {node.unit}".rstrip()
    if isinstance(node, ast.Ref):
        return _ref(node)
    if isinstance(node, ast.RowField):
        return f"{node.binding}.{node.field}"
    if isinstance(node, ast.Attribute):
        return f"{node.binding}.{node.name}"
    if isinstance(node, ast.Word):
        return node.value.removeprefix("$")
    if isinstance(node, ast.Window):
        text = f"{node.function}({_ref(node.ref)}, {format_duration(node.duration)})"
        return f"bounds({text})" if node.bounded else text
    if isinstance(node, ast.Feature):
        settings = [print_number(s) for s in node.settings]
        return f"{node.function}({', '.join([_ref(node.ref), format_duration(node.duration), *settings])})"
    if isinstance(node, ast.PairFeature):
        settings = [format_duration(node.duration), *map(print_number, node.settings)]
        return f"{node.function}({', '.join([_ref(node.ref), _ref(node.other), *settings])})"
    if isinstance(node, ast.ZScore):
        return f"{node.function}({_ref(node.ref)}, {format_duration(node.duration)})"
    if isinstance(node, ast.Lag):
        return f"lag({print_number(node.arg)}, {format_duration(node.duration)})"
    if isinstance(node, ast.SetAggregate):
        return f"{node.function}({print_number(node.arg)})"
    if isinstance(node, ast.RowAggregate):
        what = "" if node.arg is None else f"{print_number(node.arg)} for "
        where = "" if node.where is None else f" where {print_condition(node.where)}"
        return f"{node.function}({what}{node.binding} in {node.relation}{where})"
    if isinstance(node, ast.FactValue):
        fact = _fact(node.fact)
        return f"{fact if node.fact.args else fact + '()'}.{node.field}"
    if isinstance(node, ast.Arithmetic):
        return _arithmetic(node, binds)
    return f"{_NAMES[type(node)]}({_ref(node.ref)})"


def _arithmetic(node: ast.Arithmetic, binds: int) -> str:
    if node.op not in _BINDS:
        return f"{node.op}({', '.join(print_number(a) for a in node.args)})"
    own = _BINDS[node.op]
    text = f"{print_number(node.args[0], own)} {node.op} {print_number(node.args[1], own + 1)}"
    return f"({text})" if own < binds else text


def _graded(node: ast.Graded) -> str:
    arg = print_number(node.arg)
    if node.term:
        return f"{arg} is {node.term}"
    word = "rises" if node.one.value > node.zero.value else "falls"
    return f"{arg} {word} {print_number(node.zero)} to {print_number(node.one)}"


def _fact(node: ast.FactRef) -> str:
    args = ", ".join(f"{k}: {v.removeprefix('$')}" for k, v in node.args)
    return f"{node.type}({args})" if args else node.type


def _ref(node: ast.Ref) -> str:
    if node.binding in (None, "_"):
        return node.variable
    return f"{node.binding}.{node.variable.split('.', 1)[1]}"


def decimal(value: float) -> str:
    """A number without exponent and without superfluous zeros.

    >>> decimal(15.0), decimal(0.35), decimal(1e-7)
    ('15', '0.35', '0.0000001')
    """
    text = format(Decimal(repr(value)), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text

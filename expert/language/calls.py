"""Calls in expressions: functions of variables and windows, models, facts with their arguments."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING
from typing import Any as Anything

from expert.language import ast
from expert.language.diagnostics import did_you_mean
from expert.language.lexer import KEYWORDS, ExpressionError, Token
from expert.values.features import FEATURES
from expert.values.pairs import PAIRS

if TYPE_CHECKING:
    from expert.language.expression import Parsed, Parser

WINDOWS = ("mean", "min", "max", "std", "range", "slope", "change", "drop", "rise")
Z = ("z", "z_std", "z_slope", "z_range")
AGGREGATES = ("max", "min", "mean", "median", "sum", "spread")
ONE_VARIABLE: dict[str, type] = {
    "baseline": ast.Baseline,
    "minutes_since": ast.Since,
    "age": ast.Age,
    "unchanged": ast.Unchanged,
    "repeats": ast.Repeats,
    "bad": ast.Bad,
}
ROWS = ("count", "sum", "min", "max", "mean")
SPECIAL = ("bounds", "lag", "abs", "sqrt", "model", "raised", "count")
FUNCTIONS = frozenset({*WINDOWS, *Z, *AGGREGATES, *ONE_VARIABLE, *SPECIAL, *FEATURES, *PAIRS})


def call(p: Parser, name: Token) -> Parsed:
    """A call whose name has been taken; the next token is its opening bracket."""
    if name.text in FUNCTIONS or name.text in FEATURES or name.text in PAIRS:
        special: dict[str, Callable[[Parser, Token], Parsed]] = {"model": _model, "raised": _raised}
        return special.get(name.text, _function)(p, name)
    if "." in name.text:
        raise p.error(
            "E0133", f"unknown function {name.text}", name, help=did_you_mean(name.text.split(".")[-1], FUNCTIONS, 0)
        )
    return _fact(p, name)


def _fact(p: Parser, name: Token) -> Parsed:
    p.expect("(")
    args: list[tuple[str, str]] = []
    if not p.take(")"):
        args.append(_fact_arg(p, name))
        while p.take(","):
            args.append(_fact_arg(p, name))
        p.expect(")", "',' or ')'")
    fact = ast.FactRef(type=name.text, args=tuple(args), **p.place(name.start))
    if p.take("."):
        field = p.name("the name of the fact's number")
        return ast.FactValue(fact=fact, field=field.text, **p.place(name.start))
    return fact


def _fact_arg(p: Parser, fact: Token) -> tuple[str, str]:
    field = p.token
    following = p.tokens[min(p.at + 1, len(p.tokens) - 1)]
    if field.kind != "name" or following.text != ":":
        close = did_you_mean(fact.text, FUNCTIONS, 0)
        if (
            close and field.kind == "name" and "." not in field.text and following.text == ")"
        ):  # more like a fact's value
            help = f"write {fact.text}(field: {field.text}); if a function is meant: {close}"
            raise p.error("E0130", f"expected 'field: value' in the fact {fact.text}", field, help=help)
        raise p.error(
            "E0133" if close else "E0130",
            f"unknown function {fact.text}" if close else f"expected 'field: value' in the fact {fact.text}",
            fact if close else field,
            help=close or f"write {fact.text}(field: value); functions are {', '.join(sorted(FUNCTIONS))}",
        )
    p.advance()
    p.expect(":")
    return field.text, fact_value(p)


def fact_value(p: Parser) -> str:
    """Value of a fact's field: a word, a number or a quoted text."""
    token = p.token
    if token.kind == "name" and "." in token.text:
        raise p.error("E0130", "a field's value is a word or a binding", token)
    if token.kind in ("name", "text") or (token.kind == "number" and not token.unit):
        if token.kind == "name" and token.text in KEYWORDS:
            raise p.unexpected("a value")
        return p.advance().text
    raise p.unexpected("a value")


def _arguments(p: Parser, args: list[Parsed]) -> list[Parsed]:
    """What stands between commas up to the closing bracket; the opening one, and ``args``, have been taken."""
    if not args:
        if p.take(")"):
            return args
        args.append(p.either())
    while p.take(","):
        args.append(p.either())
    p.expect(")", "',' or ')'")
    return args


def _function(p: Parser, name: Token) -> Parsed:
    f = name.text
    p.expect("(")
    if f == "count":
        return _over_rows(p, name, None)
    args = [p.either()] if f in ROWS and p.token.text != ")" else []
    if args and p.take("for"):
        return _over_rows(p, name, p.number(_variable(args[0])))
    args = _arguments(p, args)
    if f in ONE_VARIABLE:
        _count(p, name, args, 1, f"{f}(variable)")
        return ONE_VARIABLE[f](ref=_ref(args[0], f), **p.place(name.start))
    if f in Z:
        _count(p, name, args, 2, f"{f}(variable, 60 min)")
        return ast.ZScore(function=_any(f), ref=_ref(args[0], f), duration=p.duration(args[1]), **p.place(name.start))
    if f in FEATURES:
        return _feature(p, name, args)
    if f in PAIRS:
        return _pair(p, name, args)
    if f == "bounds":
        return _bounds(p, name, args)
    if f == "lag":
        _count(p, name, args, 2, "lag(x, 30 min)")
        return ast.Lag(arg=p.number(_variable(args[0])), duration=p.duration(args[1]), **p.place(name.start))
    if f in ("abs", "sqrt"):
        _count(p, name, args, 1, f"{f}(x)")
        return ast.Arithmetic(op=_any(f), args=(p.number(_variable(args[0])),), **p.place(name.start))
    return _window_or_aggregate(p, name, args)


def _feature(p: Parser, name: Token, args: list[Parsed]) -> ast.Feature:
    """A registered feature with its settings, all literal."""
    declared = FEATURES[name.text]
    _count(p, name, args, 2 + len(declared.settings), declared.form)
    return ast.Feature(
        function=name.text,
        ref=_ref(args[0], name.text),
        duration=p.duration(args[1]),
        settings=_settings(name, args[2:], declared.form),
        **p.place(name.start),
    )


def _pair(p: Parser, name: Token, args: list[Parsed]) -> ast.PairFeature:
    """A registered feature of two variables."""
    declared = PAIRS[name.text]
    if len(args) > 1 and _is_duration(args[1]):
        help = f"write {declared.form}"
        raise ExpressionError("E0134", f"{name.text} takes two variables before the window", args[1].span, help=help)
    _count(p, name, args, 3 + len(declared.settings), declared.form)
    return ast.PairFeature(
        function=name.text,
        ref=_ref(args[0], name.text),
        other=_ref(args[1], name.text),
        duration=p.duration(args[2]),
        settings=_settings(name, args[3:], declared.form),
        **p.place(name.start),
    )


def _settings(name: Token, args: list[Parsed], form: str) -> tuple[ast.Number, ...]:
    for arg in args:
        if not isinstance(arg, ast.Number):
            message = f"the settings of {name.text} are numbers with units"
            raise ExpressionError("E0134", message, arg.span, help=f"write {form}")
    return tuple(arg for arg in args if isinstance(arg, ast.Number))


def _over_rows(p: Parser, name: Token, arg: ast.Expr | None) -> ast.RowAggregate:
    """``b in relation where condition)``: the rest of an aggregate over rows."""
    form = f"write {name.text}({'' if arg is None else 'b.field for '}b in relation where ...)"
    if p.token.kind != "name" or p.token.text in KEYWORDS:
        raise p.unexpected("a name for the row", form)
    binding = p.advance()
    if not p.take("in"):
        raise p.unexpected("'in'", form)
    relation = p.name("the name of a relation")
    where = p.condition(p.either()) if p.take("where") else None
    p.expect(")", "'where' or ')'")
    return ast.RowAggregate(
        function=_any(name.text),
        relation=relation.text,
        binding=binding.text,
        arg=arg,
        where=where,
        **p.place(name.start),
    )


def _any(f: str) -> Anything:
    """A function's name, known to be of the right literal type."""
    return f


def _window_or_aggregate(p: Parser, name: Token, args: list[Parsed]) -> Parsed:
    f = name.text
    args = [_variable(a) for a in args]
    if len(args) == 2 and f in WINDOWS and isinstance(args[0], ast.Ref) and _is_duration(args[1]):
        return ast.Window(function=_any(f), ref=args[0], duration=p.duration(args[1]), **p.place(name.start))
    if len(args) == 1 and f in AGGREGATES:
        return _aggregate(p, name, args[0])
    if len(args) >= 2 and f in ("min", "max"):
        return ast.Arithmetic(op=_any(f), args=tuple(p.number(a) for a in args), **p.place(name.start))
    if len(args) == 2 and f in WINDOWS:
        p.duration(args[1])
        raise ExpressionError("E0134", f"{f} takes a variable, not a computed number", args[0].span)
    forms = [f"{f}(variable, 60 min)"] if f in WINDOWS else []
    forms += [f"{f}(set.property)"] if f in AGGREGATES else []
    forms += [f"{f}(a, b, ...)"] if f in ("min", "max") else []
    raise ExpressionError(
        "E0134", f"wrong arguments of {f}", p.place(name.start)["span"], help="write " + " or ".join(forms)
    )


def _aggregate(p: Parser, name: Token, arg: Parsed) -> ast.SetAggregate:
    inner = p.number(arg)
    ref = first_ref(inner)
    if ref is None or "." not in ref.variable:
        raise ExpressionError(
            "E0134", f"{name.text} of one thing ranges over a set", arg.span, help=f"write {name.text}(set.property)"
        )
    return ast.SetAggregate(
        function=_any(name.text), set=ref.variable.split(".", 1)[0], binding="_", arg=inner, **p.place(name.start)
    )


def first_ref(node: object) -> ast.Ref | None:
    """The first variable named inside a number, in reading order."""
    if isinstance(node, ast.Ref):
        return node
    if isinstance(node, (*ast.OF_ONE_VARIABLE, ast.PairFeature)):
        return node.ref
    if isinstance(node, ast.Lag):
        return first_ref(node.arg)
    if isinstance(node, ast.Arithmetic):
        return next((r for r in map(first_ref, node.args) if r is not None), None)
    return None


def _bounds(p: Parser, name: Token, args: list[Parsed]) -> ast.Window:
    if len(args) != 1 or not isinstance(args[0], ast.Window):
        raise ExpressionError(
            "E0134", "bounds takes one window", p.place(name.start)["span"], help="write bounds(mean(variable, 60 min))"
        )
    w = args[0]
    return ast.Window(function=w.function, ref=w.ref, duration=w.duration, bounded=True, **p.place(name.start))


def _is_duration(node: Parsed) -> bool:
    from expert.language.durations import MS

    return isinstance(node, ast.Number) and node.unit in MS


def _variable(node: Parsed) -> Parsed:
    """A lone word inside a function is meant as a variable, not as a fact."""
    if isinstance(node, ast.FactRef) and not node.args and not node.text.endswith(")"):
        return ast.Ref(variable=node.type, span=node.span, text=node.text)
    return node


def _ref(node: Parsed, function: str) -> ast.Ref:
    node = _variable(node)
    if not isinstance(node, ast.Ref):
        raise ExpressionError("E0134", f"{function} takes the name of a variable", node.span)
    return node


def _count(p: Parser, name: Token, args: list[Parsed], n: int, form: str) -> None:
    if len(args) != n:
        raise ExpressionError(
            "E0134",
            f"{name.text} takes {n} argument{'s' if n > 1 else ''}, not {len(args)}",
            p.place(name.start)["span"],
            help=f"write {form}",
        )


def _raised(p: Parser, name: Token) -> ast.Raised:
    p.expect("(")
    rule = p.name("the id of a rule")
    p.expect(")")
    return ast.Raised(rule=rule.text, **p.place(name.start))


def _model(p: Parser, name: Token) -> ast.ModelProbability:
    p.expect("(")
    model = p.name("the id of a model")
    p.expect(")")
    form = "write model(id).below(0.35 %, ahead: 2 h)"
    if not p.take("."):
        raise p.unexpected("'.below(...)' or '.above(...)'", form)
    op = p.take("below", "above")
    if op is None:
        raise p.unexpected("'below' or 'above'", form)
    p.expect("(")
    limit = p.number(p.sum())
    if not isinstance(limit, ast.Number):
        raise ExpressionError("E0134", "a model is asked about a literal limit", limit.span, help=form)
    p.expect(",")
    p.expect("ahead", "'ahead: 2 h'")
    p.expect(":")
    ahead = p.duration(p.sum())
    p.expect(")")
    return ast.ModelProbability(model=model.text, op=_any(op.text), limit=limit, ahead=ahead, **p.place(name.start))

"""Parser of the expression language: text of a condition or a number -> syntax tree.

Precedence climbing over one grammar for numbers and conditions; which of the two stands where is checked while
parsing, so ``(a.b + 1) > 2`` and ``(a.b > 1 and c.d < 2)`` need no look-ahead. Names are not resolved here:
``s.wall_temperature`` is a `Ref`, ``late`` is a `FactRef`, whatever they turn out to mean.
"""

from __future__ import annotations

from typing import Any as Anything

from expert.language import ast
from expert.language.calls import call
from expert.language.diagnostics import Sink
from expert.language.durations import MS
from expert.language.lexer import KEYWORDS, ExpressionError, LexError, Token, tokens
from expert.language.source import Text
from expert.values.interval import millionths

MAX_DEPTH = 60
_COMPARE = ("<", "<=", ">", ">=", "==", "!=")
_CONDITIONS = (
    ast.Compare,
    ast.Graded,
    ast.FactRef,
    ast.Certainty,
    ast.ModelProbability,
    ast.Raised,
    ast.Bad,
    ast.All,
    ast.Any,
    ast.Not,
    ast.Score,
    ast.AtLeast,
    ast.Quantifier,
)
Parsed = ast.Expr | ast.Cond


def bare_word(word: str) -> str:
    """What to say of a name without a dot where a number is needed."""
    return f"{word} reads as a fact; a variable's name has a dot, as in blast.pressure"


def is_condition(node: Parsed) -> bool:
    """True for conditions, false for numbers."""
    return isinstance(node, _CONDITIONS)


class Parser:
    """One expression. ``offset``: where it starts in the YAML scalar (a ``{part}`` of a template)."""

    def __init__(self, text: Text, start: int = 0, stop: int | None = None) -> None:
        self.source = text
        self.value = text.value[:stop]
        self.offset = start
        self.depth = 0
        try:
            self.tokens = tokens(self.value[start:])
        except LexError as e:
            raise ExpressionError("E0131", e.message, text.part(start + e.offset), help=e.help) from None
        self.at = 0

    # ------------------------------------------------------------ tokens

    @property
    def token(self) -> Token:
        """The next token."""
        return self.tokens[self.at]

    def advance(self) -> Token:
        """Take the next token."""
        token = self.token
        self.at = min(self.at + 1, len(self.tokens) - 1)
        return token

    def take(self, *texts: str) -> Token | None:
        """Take the next token if it is one of these words or operators."""
        if self.token.kind in ("operator", "name") and self.token.text in texts:
            return self.advance()
        return None

    def expect(self, text: str, what: str = "") -> Token:
        """Take this word or operator, or fail saying what was expected."""
        token = self.take(text)
        if token is None:
            raise self.unexpected(what or f"{text!r}")
        return token

    def name(self, what: str) -> Token:
        """Take a name that is no keyword."""
        if self.token.kind != "name" or self.token.text in KEYWORDS:
            raise self.unexpected(what)
        return self.advance()

    def unexpected(self, expected: str, help: str = "") -> ExpressionError:
        """Error at the next token."""
        return self.error("E0130", f"expected {expected}, found {self.token.describe()}", self.token, help=help)

    def error(self, code: str, message: str, token: Token, label: str = "", help: str = "") -> ExpressionError:
        """Error at a token."""
        return ExpressionError(code, message, self.span(token.start, token.stop), label=label, help=help)

    def span(self, start: int, stop: int) -> ast.Span:
        """Place in the author's file of a range of the expression."""
        return self.source.part(self.offset + start, max(1, stop - start))

    def place(self, start: int) -> dict[str, Anything]:
        """``span`` and ``text`` of a node from ``start`` to the last token taken."""
        stop = self.tokens[self.at - 1].stop if self.at else start
        return {"span": self.span(start, stop), "text": self.value[self.offset + start : self.offset + stop]}

    # ------------------------------------------------------------ conditions

    def whole(self) -> Parsed:
        """The entire expression."""
        node = self.either()
        if self.token.kind != "end":
            hold = "how long it must hold is a key of the rule: for: 5 min" if self.token.text == "for" else ""
            raise self.unexpected("'and', 'or', a comparison or the end", hold)
        return node

    def either(self) -> Parsed:
        """``a or b``."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.error("E0136", f"nested deeper than {MAX_DEPTH} levels", self.token)
        start = self.token.start
        items = [self.both()]
        while self.take("or"):
            items.append(self.both())
        self.depth -= 1
        if len(items) == 1:
            return items[0]
        return ast.Any(items=tuple(self.condition(i) for i in items), **self.place(start))

    def both(self) -> Parsed:
        """``a and b``."""
        start = self.token.start
        items = [self.negated()]
        while self.take("and"):
            items.append(self.negated())
        if len(items) == 1:
            return items[0]
        return ast.All(items=tuple(self.condition(i) for i in items), **self.place(start))

    def negated(self) -> Parsed:
        """``not a``."""
        start = self.token.start
        count = 0
        while self.take("not"):
            count += 1
        node = self.comparison()
        for _ in range(count):
            node = ast.Not(item=self.condition(node), **self.place(start))
        return node

    def comparison(self) -> Parsed:
        """``a < b``, ``a is term``, ``a rises 1 to 2``, ``fact >= 0.4``."""
        start = self.token.start
        left = self.sum()
        if self.take("is"):
            term = self.name("the name of a soft term")
            nothing = ast.Number(value=0.0)
            return ast.Graded(arg=self.number(left), zero=nothing, one=nothing, term=term.text, **self.place(start))
        if self.take("rises", "falls"):
            return self._graded(left, start, self.tokens[self.at - 1])
        op = self.take(*_COMPARE)
        if op is None:
            return left
        right = self.sum()
        node = self._compared(op, left, right, start)
        again = self.take(*_COMPARE)
        if again:
            raise self.error("E0132", "comparisons do not chain", again, help="write a < x and x < b")
        return node

    def _graded(self, left: Parsed, start: int, word: Token) -> ast.Graded:
        zero = self._signed("where the certainty is 0")
        self.expect("to")
        one = self._signed("where the certainty is 1")
        node = ast.Graded(arg=self.number(left), zero=zero, one=one, **self.place(start))
        if zero.unit in ("", one.unit) and (one.value > zero.value) != (word.text == "rises"):
            other = "falls" if word.text == "rises" else "rises"
            raise ExpressionError(
                "E0213",
                f"{word.text} {zero.text} to {one.text} does not {word.text[:-1]}",
                node.span,
                help=f"write {other}, or exchange the ends: the first end has certainty 0, the second certainty 1",
            )
        return node

    def _signed(self, what: str) -> ast.Number:
        start = self.token.start
        minus = self.take("-")
        if self.token.kind != "number":
            raise self.unexpected(f"a number {what}")
        token = self.advance()
        value = float(token.text)
        return ast.Number(value=-value if minus else value, unit=token.unit, **self.place(start))

    def _compared(self, op: Token, left: Parsed, right: Parsed, start: int) -> ast.Cond:
        sign: Anything = op.text
        if isinstance(left, (ast.FactRef, ast.ModelProbability)):
            return self._certainty(op, left, right, start)
        if isinstance(right, (ast.FactRef, ast.ModelProbability)) and isinstance(left, ast.Number):
            raise self.error(
                "E0135", "the fact stands on the left of a comparison", op, help=f"write {right.text} {op.text} ..."
            )
        if isinstance(right, ast.FactRef) and not right.args and isinstance(left, ast.Ref) and sign in ("==", "!="):
            right = ast.Word(value=right.type, span=right.span, text=right.text)
        return ast.Compare(op=sign, left=self.number(left), right=self.number(right), **self.place(start))

    def _certainty(self, op: Token, left: ast.FactRef | ast.ModelProbability, right: Parsed, start: int) -> ast.Cond:
        sign: Anything = op.text
        if not isinstance(right, ast.Number) or right.unit not in ("", "%"):
            raise ExpressionError(
                "E0135", "a certainty is compared with a number from 0 to 1", right.span, help="write >= 0.4"
            )
        if right.unit or not 0 <= right.value <= 1:
            raise ExpressionError(
                "E0209", f"a certainty lies between 0 and 1, not at {right.text}", right.span, help="write 0.4 for 40 %"
            )
        limit = millionths(right.value)
        if isinstance(left, ast.ModelProbability):
            if sign != ">=":
                raise self.error("E0130", "a model's probability is read with >= only", op)
            return ast.ModelProbability(
                model=left.model,
                op=left.op,
                limit=left.limit,
                ahead=left.ahead,
                at_least=limit,
                **self.place(start),
            )
        if sign == "!=":
            raise self.error("E0130", "a certainty is not compared with !=", op, help="write < or >")
        return ast.Certainty(fact=left, op=sign, limit=limit, **self.place(start))

    # ------------------------------------------------------------ numbers

    def sum(self) -> Parsed:
        """``a + b``."""
        start = self.token.start
        node = self.product()
        while op := self.take("+", "-"):
            node = self._arithmetic(op.text, node, self.product(), start)
        return node

    def product(self) -> Parsed:
        """``a * b``."""
        start = self.token.start
        node = self.signed()
        while op := self.take("*", "/"):
            node = self._arithmetic(op.text, node, self.signed(), start)
        return node

    def _arithmetic(self, op: str, left: Parsed, right: Parsed, start: int) -> ast.Arithmetic:
        sign: Anything = op
        return ast.Arithmetic(op=sign, args=(self.number(left), self.number(right)), **self.place(start))

    def signed(self) -> Parsed:
        """``-a``; of a literal the literal itself."""
        start = self.token.start
        if not self.take("-"):
            return self.atom()
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.error("E0136", f"nested deeper than {MAX_DEPTH} levels", self.token)
        node = self.number(self.signed())
        self.depth -= 1
        if isinstance(node, ast.Number):
            return ast.Number(value=-node.value, unit=node.unit, **self.place(start))
        zero = ast.Number(value=-1.0)
        return ast.Arithmetic(op="*", args=(zero, node), **self.place(start))

    def atom(self) -> Parsed:
        """A literal, a name, a call or something in brackets."""
        token = self.token
        if token.kind == "number":
            self.advance()
            return ast.Number(value=float(token.text), unit=token.unit, **self.place(token.start))
        if self.take("("):
            node = self.either()
            self.expect(")")
            return node
        if token.kind != "name" or token.text in KEYWORDS:
            raise self.unexpected("a variable, a fact, a function or a number")
        self.advance()
        if self.token.text == "(" and self.token.kind == "operator":
            return call(self, token)
        if "." in token.text:
            return ast.Ref(variable=token.text, **self.place(token.start))
        return ast.FactRef(type=token.text, **self.place(token.start))

    def number(self, node: Parsed) -> ast.Expr:
        """``node`` as a number, or fail."""
        if is_condition(node):
            help = bare_word(node.type) if isinstance(node, ast.FactRef) and not node.args else ""
            raise ExpressionError("E0135", "a condition stands where a number is needed", node.span, help=help)
        return node  # type: ignore[return-value]

    def condition(self, node: Parsed) -> ast.Cond:
        """``node`` as a condition, or fail."""
        if not is_condition(node):
            raise ExpressionError(
                "E0135",
                "a number stands where a condition is needed",
                node.span,
                help="compare it: > 3 kPa, is high, rises 1 to 2",
            )
        return node  # type: ignore[return-value]

    def duration(self, node: Parsed) -> int:
        """A literal duration in ms, or fail."""
        if not isinstance(node, ast.Number) or node.unit not in MS:
            raise ExpressionError("E0203", "expected a duration", node.span, help="write a duration such as 15 min")
        ms = round(node.value * MS[node.unit])
        if ms <= 0:
            raise ExpressionError("E0203", "a duration is longer than zero", node.span)
        return ms


def parse_condition(text: Text, sink: Sink, start: int = 0) -> ast.Cond | None:
    """Condition in a YAML string; errors go to ``sink``."""
    try:
        parser = Parser(text, start)
        return parser.condition(parser.whole())
    except ExpressionError as e:
        report(e, sink)
        return None


def parse_number(text: Text, sink: Sink, start: int = 0, stop: int | None = None) -> ast.Expr | None:
    """Number in a YAML string (or in a part of it); errors go to ``sink``."""
    try:
        parser = Parser(text, start, stop)
        return parser.number(parser.whole())
    except ExpressionError as e:
        report(e, sink)
        return None


def read_source(text: Text, what: str, sink: Sink) -> tuple[str, ast.Cond | None] | None:
    """``name where condition`` -> name and condition; errors go to ``sink``."""
    try:
        p = Parser(text)
        name = p.name(what)
        where = p.condition(p.either()) if p.take("where") else None
        if p.token.kind != "end":
            raise p.unexpected("'where' or the end")
        return name.text, where
    except ExpressionError as e:
        report(e, sink)
        return None


def report(e: ExpressionError, sink: Sink) -> None:
    """Turn a parser's error into a diagnostic."""
    sink.error(e.code, e.message, e.span, label=e.label, help=e.help)

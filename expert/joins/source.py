"""Source text of a ground rule's loops: from a row or a fact to every combination of rows that it concerns.

For each place where a change can come from, a function is written that binds what the change names, finds the other
rows through hash indexes, tests what rows alone decide as soon as it can be tested, and hands each combination on. A
comparison with an unknown field is unknown: it costs support but keeps the combination, so rows with unknown fields are
looked at wherever the index would have to know them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from expert.joins.calculus import HUGE, ONE
from expert.joins.closures import Compiler, World
from expert.joins.rows import Index, KeyIndex
from expert.joins.shape import Literal, Shape, Slot, has_rows, is_pure
from expert.language import ast

EMPTY: dict[str, Any] = {}


@dataclass(frozen=True)
class Text:
    """An expression over rows as Python: fields that must be known, and whether the result may be out of range."""

    code: str
    fields: tuple[str, ...]
    computed: bool

    @property
    def unknown(self) -> str:
        """Python for: one of the fields is unknown."""
        return " or ".join(f"{f} is None" for f in self.fields)


@dataclass(eq=False)
class Test:
    """One conjunct that rows alone decide.

    ``rows``: positions it reads; ``left``, ``right``: sides of a comparison that can be written out.
    """

    node: ast.Cond
    rows: frozenset[int]
    left: Text | None = None
    right: Text | None = None
    left_rows: frozenset[int] = frozenset()
    right_rows: frozenset[int] = frozenset()

    def side_of(self, position: int, bound: set[int]) -> tuple[Text, Text] | None:
        """The side that reads only this row and the other one, when an index can look the row up."""
        if not isinstance(self.node, ast.Compare) or self.node.op != "==" or self.left is None or self.right is None:
            return None
        if self.left_rows == {position} and self.right_rows <= bound:
            return self.left, self.right
        if self.right_rows == {position} and self.left_rows <= bound:
            return self.right, self.left
        return None


class Writer:
    """Writes the functions of one ground rule.

    Parameters
    ----------
    finish : callable
        Lines for the innermost place, given the names of the rows, support and plausibility of what was tested.
    """

    def __init__(self, shape: Shape, world: World, compiler: Compiler, names: dict[str, Any]) -> None:
        self.shape, self.world, self.compiler, self.names = shape, world, compiler, names
        names["EMPTY"] = EMPTY
        self.tests = [self._test(c) for c in self._pure()]
        self.sources: list[str] = []
        self._outside: dict[tuple[int, int], Text] = {}
        for i, relation in enumerate(shape.relations):
            names[f"rows{i}"] = world.tables[relation].rows

    def _pure(self) -> list[ast.Cond]:
        found = [c for where in self.shape.wheres for c in where]
        if not self.shape.eager:
            found += self.shape.when or []
        return [c for c in found if is_test(c)]

    def _test(self, node: ast.Cond) -> Test:
        rows = self.shape.rows_of(node, self.world.table)
        if not isinstance(node, ast.Compare):
            return Test(node, rows)
        left, right = self.text(node.left), self.text(node.right)
        if left is None or right is None:
            return Test(node, rows)
        left_rows = self.shape.rows_of(node.left, self.world.table)
        return Test(node, rows, left, right, left_rows, self.shape.rows_of(node.right, self.world.table))

    # ------------------------------------------------------------ expressions

    def text(self, node: ast.Expr) -> Text | None:
        """An expression over rows as Python; None for what is left to closures."""
        if isinstance(node, ast.Number):
            return Text(repr(float(node.value)), (), False)
        if isinstance(node, ast.RowField):
            i = self.shape.position[node.binding]
            j = self.world.tables[self.shape.relations[i]].column[node.field]
            return Text(f"r{i}[{j}]", (f"r{i}[{j}]",), False)
        if not isinstance(node, ast.Arithmetic) or node.op not in ("+", "-", "*", "abs", "min", "max"):
            return None
        parts = [self.text(a) for a in node.args]
        if any(p is None for p in parts):
            return None
        known = [p for p in parts if p is not None]
        if node.op in ("min", "max") and any(p.computed for p in known):
            return None  # it would hide a number out of range
        fields = tuple(dict.fromkeys(f for p in known for f in p.fields))
        codes = [p.code for p in known]
        if node.op in ("abs", "min", "max"):
            code = f"{node.op}({', '.join(codes)})" if len(codes) > 1 or node.op == "abs" else codes[0]
            return Text(code, fields, any(p.computed for p in known))
        if len(codes) == 1:
            return Text(f"(-{codes[0]})" if node.op == "-" else codes[0], fields, known[0].computed)
        return Text(f"({codes[0]} {node.op} {codes[1]})", fields, True)

    def judged(self, node: ast.Cond) -> tuple[str, str] | None:
        """Python for: the condition certainly holds, it possibly holds; None for what is left to closures."""
        if isinstance(node, ast.Compare):
            left, right = self.text(node.left), self.text(node.right)
            if left is None or right is None:
                return None
            known = [f"{f} is not None" for f in dict.fromkeys(left.fields + right.fields)]
            known += [f"{-HUGE!r} <= {t.code} <= {HUGE!r}" for t in (left, right) if t.computed]
            if not known:
                return None
            holds = f"{left.code} {node.op} {right.code}"
            return f"({' and '.join(known)} and {holds})", f"(not ({' and '.join(known)}) or {holds})"
        if isinstance(node, ast.Not):
            inner = self.judged(node.item)
            return None if inner is None else (f"(not {inner[1]})", f"(not {inner[0]})")
        if not isinstance(node, (ast.All, ast.Any)):
            return None
        parts = [self.judged(item) for item in node.items]
        if None in parts:
            return None
        word = " and " if isinstance(node, ast.All) else " or "
        return tuple(f"({word.join(x)})" for x in zip(*parts, strict=True))  # type: ignore[return-value]

    # ------------------------------------------------------------ functions

    def function(self, name: str, finish: Callable[[str, str, str], Iterable[str]], start: Start) -> None:
        """Write one function ``name(x, r)`` that starts from ``x``."""
        lines = [f"def {name}(x, r):"]
        bound: set[int] = set()
        lines += start.lines(self, bound)
        done: set[int] = set()
        self._outside = {}
        indent, s, p = "    ", str(ONE), str(ONE)
        lines, s, p = self._ready(lines, indent, bound, done, s, p, "return")
        depth = 0
        while len(bound) < len(self.shape.relations):
            depth += 1
            position, lookups = self._next(bound, done)
            lines += self._hoist(indent, bound, done | {i for i, _, _ in lookups})
            lines += self._loop(indent, position, lookups, bound, depth)
            bound.add(position)
            indent += "    "
            if lookups:
                lines.append(f"{indent}s{depth} = {s}")
                s = f"s{depth}"
                lines.append(f"{indent}if w{depth}:")
                for i, _, _ in lookups:
                    done.add(i)
                    lines += self._inline(indent + "    ", i, s, "continue")
            lines, s, p = self._ready(lines, indent, bound, done, s, p, "continue", depth)
        lines += [indent + line for line in finish(", ".join(f"r{i}" for i in range(len(bound))), s, p)]
        self.sources.append("\n".join(lines))

    def _next(self, bound: set[int], done: set[int]) -> tuple[int, list[tuple[int, Text, Text]]]:
        """The row to bind next: the one that most comparisons look up."""
        best = -1
        found: list[tuple[int, Text, Text]] = []
        for position in range(len(self.shape.relations)):
            if position in bound:
                continue
            sides = [(i, t.side_of(position, bound)) for i, t in enumerate(self.tests) if i not in done]
            lookups = [(i, *x) for i, x in sides if x is not None]
            keys = [x for x in lookups if self._is_key(position, x[1])]
            if keys:  # at most one row, whatever else is compared
                return position, keys[:1]
            if best < 0 or len(lookups) > len(found):
                best, found = position, lookups
        return best, found

    def _loop(
        self, indent: str, position: int, lookups: list[tuple[int, Text, Text]], bound: set[int], depth: int
    ) -> list[str]:
        if not lookups:
            return [f"{indent}for r{position} in rows{position}.values():"]
        if self._is_key(position, lookups[0][1]):
            ix = self._named(self.world.tables[self.shape.relations[position]].key_index())
            one = f"() if (x := rows{position}.get(k{depth})) is None else (x,)"
            return [
                *self._key(indent, f"k{depth}", [lookups[0][2]]),
                f"{indent}w{depth} = {ix}l or k{depth} is None",
                f"{indent}for r{position} in {ix}.wide(k{depth}) if w{depth} else {one}:",
            ]
        ix = self._index(position, [own for _, own, _ in lookups])
        lines = self._key(indent, f"k{depth}", [other for _, _, other in lookups])
        lines.append(f"{indent}w{depth} = {ix}l or k{depth} is None")
        some = f"{ix}b.get(k{depth}, EMPTY).values()"
        lines.append(f"{indent}for r{position} in {ix}.wide(k{depth}) if w{depth} else {some}:")
        return lines

    def _key(self, indent: str, name: str, texts: list[Text]) -> list[str]:
        """Python that sets ``name`` to the value to look up, or None when it is unknown."""
        unknown = " or ".join(dict.fromkeys(f"{f} is None" for t in texts for f in t.fields))
        if len(texts) == 1 and texts[0].code in texts[0].fields:
            return [f"{indent}{name} = {texts[0].code}"]
        value = texts[0].code if len(texts) == 1 else f"({', '.join(t.code for t in texts)})"
        lines = [f"{indent}{name} = None if {unknown} else {value}" if unknown else f"{indent}{name} = {value}"]
        for i, t in enumerate(texts):
            if t.computed:
                part = name if len(texts) == 1 else f"{name}[{i}]"
                lines.append(f"{indent}if {name} is not None and not {-HUGE!r} <= {part} <= {HUGE!r}: {name} = None")
        return lines

    def _index(self, position: int, own: list[Text]) -> str:
        """Name of the index of a relation by these expressions over its own row."""
        relation = self.shape.relations[position]
        texts = [Text(t.code.replace(f"r{position}[", "row["), _renamed(t, position), t.computed) for t in own]
        source = "\n".join(self._key("    ", "k", texts))
        columns = frozenset(int(f.removeprefix("row[").removesuffix("]")) for t in texts for f in t.fields)
        return self._named(self.world.tables[relation].index(source, columns))

    def _named(self, index: Index | KeyIndex) -> str:
        """Name of an index in the written functions."""
        name = next((n for n, x in self.names.items() if x is index), None)
        if name is None:
            name = f"ix{sum(isinstance(x, Index | KeyIndex) for x in self.names.values())}"
            self.names.update({name: index, f"{name}l": index.loose})
            if isinstance(index, Index):
                self.names[f"{name}b"] = index.buckets
        return name

    def _is_key(self, position: int, own: Text) -> bool:
        """Whether this is the field that is the relation's key."""
        column = self.world.tables[self.shape.relations[position]].key_column
        return column is not None and own.code == f"r{position}[{column}]"

    # ------------------------------------------------------------ tests

    def _ready(
        self,
        lines: list[str],
        indent: str,
        bound: set[int],
        done: set[int],
        s: str,
        p: str,
        leave: str,
        depth: int = 0,
    ) -> tuple[list[str], str, str]:
        """Add the tests whose rows are all bound; support and plausibility get names of their own when they change."""
        now = [i for i, t in enumerate(self.tests) if i not in done and t.rows <= bound]
        done.update(now)
        if not now:
            return lines, s, p
        if s != f"s{depth}":
            lines.append(f"{indent}s{depth} = {s}")
            s = f"s{depth}"
        for i in now:
            test = self.tests[i]
            if test.left is not None:
                lines += self._inline(indent, i, s, leave)
                continue
            judged = self.judged(test.node)
            if judged is not None:
                sure, possible = judged
                lines += [f"{indent}if not ({possible}): {leave}", f"{indent}if not ({sure}): {s} = 0"]
                continue
            if p != f"p{depth}":
                lines.append(f"{indent}p{depth} = {p}")
                p = f"p{depth}"
            f = self.compiler.cond(test.node, self.shape.env)
            name = f"test{i}"
            self.names[name] = f
            rows = ", ".join(f"r{j}" if j in bound else "None" for j in range(len(self.shape.relations)))
            lines += [
                f"{indent}a, b = {name}(0, ({rows},))",
                f"{indent}if not b: {leave}",
                f"{indent}if a < {s}: {s} = a",
                f"{indent}if b < {p}: {p} = b",
            ]
        return lines, s, p

    def _hoist(self, indent: str, bound: set[int], done: set[int]) -> list[str]:
        """Work out before a loop what later comparisons read of rows that stand outside of it."""
        lines = []
        for i, test in enumerate(self.tests):
            for side, text, rows in ((0, test.left, test.left_rows), (1, test.right, test.right_rows)):
                if i in done or text is None or not text.fields or not rows <= bound or (i, side) in self._outside:
                    continue
                name = f"h{i}_{side}"
                lines += self._key(indent, name, [text])
                self._outside[i, side] = Text(name, (name,), False)
        return lines

    def _inline(self, indent: str, i: int, s: str, leave: str) -> list[str]:
        test = self.tests[i]
        left, right = self._outside.get((i, 0), test.left), self._outside.get((i, 1), test.right)
        assert left is not None and right is not None and isinstance(test.node, ast.Compare)
        fields = tuple(dict.fromkeys(left.fields + right.fields))
        unknown = [f"{f} is None" for f in fields]
        sides = []
        lines = []
        guards = []
        for name, t in (("u", left), ("v", right)):
            if t.computed:
                guards.append((name, t))
                sides.append(name)
            else:
                sides.append(t.code)
        check = f"{sides[0]} {test.node.op} {sides[1]}"
        if guards:
            inner = indent + ("    " if unknown else "")
            if unknown:
                lines += [f"{indent}if {' or '.join(unknown)}: {s} = 0", f"{indent}else:"]
            lines += [f"{inner}{name} = {t.code}" for name, t in guards]
            far = " and ".join(f"{-HUGE!r} <= {name} <= {HUGE!r}" for name, _ in guards)
            return [*lines, f"{inner}if not ({far}): {s} = 0", f"{inner}elif not {check}: {leave}"]
        if unknown:
            return [f"{indent}if {' or '.join(unknown)}: {s} = 0", f"{indent}elif not {check}: {leave}"]
        return [f"{indent}if not {check}: {leave}"]


@dataclass(frozen=True)
class Start:
    """Where a function starts: from nothing, from a row, or from the key of a fact."""

    row: int | None = None
    literal: Literal | None = None
    fields: int = 0

    def lines(self, writer: Writer, bound: set[int]) -> list[str]:
        """Python that binds what ``x`` names."""
        if self.row is not None:
            bound.add(self.row)
            return [f"    r{self.row} = x"]
        if self.literal is None:
            return []
        positions = self.literal.pattern if self.literal.pattern is not None else tuple(range(self.fields))
        lines = []
        for slot, i in zip(self.literal.slots, positions, strict=True):
            value = "x" if self.fields == 1 else f"x[{i}]"
            lines += self._bind(slot, value, bound)
        return lines

    def _bind(self, slot: Slot, value: str, bound: set[int]) -> list[str]:
        if isinstance(slot, str):
            return [f"    if {value} != {slot!r}: return"]
        if slot in bound:
            return [f"    if r{slot}[0] != {value}: return"]
        bound.add(slot)
        return [f"    r{slot} = rows{slot}.get({value})", f"    if r{slot} is None: return"]


def is_test(node: ast.Cond) -> bool:
    """Whether rows alone decide a condition."""
    return is_pure(node) and has_rows(node)


def _renamed(text: Text, position: int) -> tuple[str, ...]:
    return tuple(f.replace(f"r{position}[", "row[") for f in text.fields)

"""Rows as tuples, and hash indexes over what the rules compare for equality.

A row is ``(key, field, field, ...)`` with the relation's fields in order: texts as ``str``, numbers as ``float`` in
house units, and None where nothing usable was given.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Container, Iterable, Mapping
from fractions import Fraction
from typing import Any

from expert.language.ast import Relation

RowTuple = tuple[Any, ...]
Bucket = dict[str, RowTuple]
EXACT = 2**53
"""Every integer up to here is a float."""


def house_number(raw: object, factor: Fraction) -> float | None:
    """A row's number in house units, rounded once; None when it is none.

    >>> house_number(3, Fraction(60)), house_number("3", Fraction(60))
    (180.0, None)
    """
    if isinstance(raw, bool) or not isinstance(raw, (int, float)) or not math.isfinite(raw):
        return None
    return float(Fraction(raw) * factor)


def row_maker(relation: Relation, units: Mapping[str, Fraction]) -> Callable[[str, Mapping[str, Any]], RowTuple]:
    """A function from a row's key and values to its tuple, written out for the relation's fields."""
    lines = ["def make(key, values):", "    get = values.get"]
    names: dict[str, Any] = {"number": house_number}
    for i, (name, kind) in enumerate(relation.fields.items(), 1):
        lines.append(f"    f{i} = get({name!r})")
        if kind == "text":
            lines.append(f"    if f{i}.__class__ is not str and f{i} is not None: f{i} = str(f{i})")
            continue
        factor = Fraction(1) if kind == "number" else units[kind]
        names[f"factor{i}"] = factor
        slow = f"f{i} = number(f{i}, factor{i})"
        n, d = factor.numerator, factor.denominator
        if (n == 1 or d == 1) and max(n, d) <= EXACT:  # one multiplication or division is rounded once, too
            step = f"f{i} * {float(n)!r}" if d == 1 else f"f{i} / {float(d)!r}"
            check = f"(f{i}.__class__ is float or f{i}.__class__ is int) and {-EXACT} <= f{i} <= {EXACT}"
            lines += [f"    if {check}: f{i} = {step} + 0.0", f"    else: {slow}"]
        else:
            lines.append(f"    {slow}")
    fields = "".join(f", f{i}" for i in range(1, len(relation.fields) + 1))
    lines.append(f"    return (key{fields})" if fields else "    return (key,)")
    exec("\n".join(lines), names)
    made: Callable[[str, Mapping[str, Any]], RowTuple] = names["make"]
    return made


class Index:
    """Rows by the value of some expressions over their own fields.

    ``source``: Python that sets ``k`` to their value for ``row``, or None; ``columns``: what they read; ``loose``: rows
    for which one of them is unknown, so that they may match anything.
    """

    __slots__ = ("buckets", "columns", "key", "loose", "source", "table")

    def __init__(self, table: Table, source: str, columns: frozenset[int]) -> None:
        self.table, self.source, self.columns = table, source, columns
        space: dict[str, Any] = {}
        exec(f"def key(row):\n{source}\n    return k", space)
        self.key: Callable[[RowTuple], Any] = space["key"]
        self.buckets: dict[Any, Bucket] = {}
        self.loose: Bucket = {}
        for row in table.rows.values():
            self.add(row)

    def add(self, row: RowTuple) -> None:
        """Take in a row."""
        k = self.key(row)
        if k is None:
            self.loose[row[0]] = row
            return
        bucket = self.buckets.get(k)
        if bucket is None:
            self.buckets[k] = {row[0]: row}
        else:
            bucket[row[0]] = row

    def remove(self, row: RowTuple) -> None:
        """Forget a row."""
        k = self.key(row)
        if k is None:
            del self.loose[row[0]]
            return
        bucket = self.buckets[k]
        del bucket[row[0]]
        if not bucket:
            del self.buckets[k]

    def extend(self, rows: Iterable[RowTuple]) -> None:
        """Take in many rows."""
        key, buckets = self.key, self.buckets
        for row in rows:
            k = key(row)
            bucket = buckets.get(k)
            if bucket is not None:
                bucket[row[0]] = row
            elif k is not None:
                buckets[k] = {row[0]: row}
            else:
                self.loose[row[0]] = row

    def wide(self, k: Any) -> Iterable[RowTuple]:
        """Rows that may match when something is unknown; ``k`` None: what they are compared with is."""
        if k is None:
            return self.table.rows.values()
        return [*self.buckets.get(k, {}).values(), *self.loose.values()]


class KeyIndex:
    """Rows by the field that is their relation's key: the table itself, as long as rows carry their own key.

    ``loose``: rows that do not.
    """

    __slots__ = ("column", "columns", "loose", "table")

    def __init__(self, table: Table, column: int) -> None:
        self.table, self.column, self.columns = table, column, frozenset({column})
        self.loose: Bucket = {}
        self.extend(table.rows.values())

    def add(self, row: RowTuple) -> None:
        """Take in a row."""
        if row[self.column] != row[0]:
            self.loose[row[0]] = row

    def remove(self, row: RowTuple) -> None:
        """Forget a row."""
        self.loose.pop(row[0], None)

    def extend(self, rows: Iterable[RowTuple]) -> None:
        """Take in many rows."""
        column = self.column
        self.loose.update({row[0]: row for row in rows if row[column] != row[0]})

    def wide(self, k: Any) -> Iterable[RowTuple]:
        """Rows that may match when something is unknown; ``k`` None: what they are compared with is."""
        if k is None:
            return self.table.rows.values()
        own = self.table.rows.get(k)
        found = list(self.loose.values())
        if own is not None and k not in self.loose:
            found.append(own)
        return found


class Table:
    """All rows of one relation."""

    def __init__(self, relation: Relation, units: Mapping[str, Fraction]) -> None:
        self.relation = relation
        self.rows: Bucket = {}
        self.make = row_maker(relation, units)
        self.column = {name: i for i, name in enumerate(relation.fields, 1)}
        key = relation.key[0] if len(relation.key) == 1 else ""
        self.key_column = self.column[key] if relation.fields.get(key) == "text" else None
        self.indexes: dict[str, Index | KeyIndex] = {}

    def index(self, source: str, columns: frozenset[int]) -> Index | KeyIndex:
        """The index by what this Python makes of a row (`Index`), made when it is new."""
        if source not in self.indexes:
            self.indexes[source] = Index(self, source, columns)
        return self.indexes[source]

    def key_index(self) -> Index | KeyIndex:
        """The index over the relation's key, made when it is new."""
        if "" not in self.indexes:
            assert self.key_column is not None
            self.indexes[""] = KeyIndex(self, self.key_column)
        return self.indexes[""]

    def extend(self, rows: list[RowTuple]) -> None:
        """Add rows whose keys are not there."""
        self.rows.update([(row[0], row) for row in rows])
        for index in self.indexes.values():
            if len(rows) == 1:
                index.add(rows[0])
            else:
                index.extend(rows)

    def replacer(self, moved: Container[int]) -> Callable[[RowTuple, RowTuple], None]:
        """A function, written out, that puts a row in the place of one with its key that differs in these columns only.

        All indexes see it.
        """
        lines = ["def replace(old, new):", "    i = new[0]", "    rows[i] = new"]
        names: dict[str, Any] = {"rows": self.rows}
        for n, index in enumerate(self.indexes.values()):
            misplaced = any(c in moved for c in index.columns)
            names.update({f"add{n}": index.add, f"remove{n}": index.remove})
            if isinstance(index, KeyIndex):
                lines += [f"    remove{n}(old)"] * misplaced + [f"    add{n}(new)"]
                continue
            names[f"buckets{n}"] = index.buckets
            if misplaced:
                lines += ["    row = old", index.source, f"    b = buckets{n}.get(k)"]
                lines += [f"    if k is None or len(b) == 1: remove{n}(old)", "    else: del b[i]"]
            lines += ["    row = new", index.source, f"    b = buckets{n}.get(k)"]
            lines += [f"    if b is None: add{n}(new)", "    else: b[i] = new"]
        exec("\n".join(lines), names)
        made: Callable[[RowTuple, RowTuple], None] = names["replace"]
        return made

    def drop(self, row: RowTuple) -> None:
        """Take a row out."""
        del self.rows[row[0]]
        for index in self.indexes.values():
            index.remove(row)

"""Rows as tuples, and hash indexes over what the rules compare for equality.

A row is ``(key, field, field, ...)`` with the relation's fields in order: texts as ``str``, numbers as ``float`` in
house units, and None where nothing usable was given.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
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

    ``loose``: rows for which one of them is unknown, so that they may match anything.
    """

    __slots__ = ("buckets", "key", "loose", "table")

    def __init__(self, table: Table, key: Callable[[RowTuple], Any]) -> None:
        self.table, self.key = table, key
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

    def wide(self, k: Any) -> Iterable[RowTuple]:
        """Rows that may match when something is unknown; ``k`` None: what they are compared with is."""
        if k is None:
            return list(self.table.rows.values())
        return [*self.buckets.get(k, {}).values(), *self.loose.values()]


class Table:
    """All rows of one relation."""

    def __init__(self, relation: Relation, units: Mapping[str, Fraction]) -> None:
        self.relation = relation
        self.rows: Bucket = {}
        self.make = row_maker(relation, units)
        self.column = {name: i for i, name in enumerate(relation.fields, 1)}
        self.indexes: dict[str, Index] = {}

    def index(self, name: str, key: Callable[[RowTuple], Any]) -> Index:
        """The index of that name (the text of its key), made when it is new."""
        if name not in self.indexes:
            self.indexes[name] = Index(self, key)
        return self.indexes[name]

    def put(self, row: RowTuple) -> None:
        """Add a row whose key is not there."""
        self.rows[row[0]] = row
        for index in self.indexes.values():
            index.add(row)

    def drop(self, row: RowTuple) -> None:
        """Take a row out."""
        del self.rows[row[0]]
        for index in self.indexes.values():
            index.remove(row)

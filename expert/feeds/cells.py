"""One cell of a recording -> an integer number of its variable's resolution, or the cause why not."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from expert.values.types import Quality

NO_VALUE_WORDS = frozenset({"", "-", "--", "na", "n/a", "#n/a", "nan", "null", "none"})
_NUMBER = re.compile(r"[-+]?(?:[0-9]{1,25}(?:\.[0-9]{0,25})?|\.[0-9]{1,25})(?:[eE][-+]?[0-9]{1,2})?")
MAX_COUNT = 2**53
MEMO = 100_000


@dataclass(frozen=True, slots=True)
class Match:
    """Numbers and words that an author listed: constants, closed ranges, texts."""

    ranges: tuple[tuple[Fraction | None, Fraction | None], ...] = ()
    words: frozenset[str] = frozenset()

    def number(self, x: Fraction) -> bool:
        """True when a number is one of the constants or lies in one of the ranges."""
        return any((low is None or low <= x) and (high is None or x <= high) for low, high in self.ranges)

    def __bool__(self) -> bool:
        return bool(self.ranges or self.words)


@dataclass(frozen=True, slots=True)
class Cell:
    """What a cell says.

    ``count`` None: nothing was read. ``raw``: the number as written, for formulas; None when it must not be used.
    ``note``: the sample's; ``cause``: what is counted ('' for a good cell). ``skip``: no sample at all.
    """

    count: int | None
    quality: Quality = "good"
    note: str = ""
    cause: str = ""
    raw: Fraction | None = None
    skip: bool = False


@dataclass(slots=True)
class Scale:
    """Exact conversion of a column's numbers to counts of a variable's resolution.

    count = round(gain * number + bias), half-even; ``low, high``: counts within the variable's range.
    """

    gain: Fraction
    bias: Fraction
    low: int
    high: int

    def cell(self, number: Fraction) -> Cell:
        """The cell of a number."""
        count = round(self.gain * number + self.bias)
        if abs(count) > MAX_COUNT:
            return Cell(None, "bad", "range", "range")
        if not self.low <= count <= self.high:
            return Cell(count, "bad", "range", "range")
        return Cell(count, raw=number)


@dataclass(slots=True)
class CellReader:
    """Text of one column's cells.

    Parameters
    ----------
    scale : Scale or None
        None for a column that only a formula uses.
    decimal_comma : bool
        Numbers are written ``1,5``.
    missing : Match
        Placeholders: bad, as if nothing stood there.
    ignore : Match
        No sample at all: nothing was measured, and what was known before still holds.
    status : mapping of str to str
        Status words that stand in the place of a number -> cause.
    """

    scale: Scale | None
    decimal_comma: bool = False
    missing: Match = field(default_factory=Match)
    ignore: Match = field(default_factory=Match)
    status: Mapping[str, str] = field(default_factory=dict)
    _memo: dict[str, Cell] = field(default_factory=dict)

    def read(self, text: str) -> Cell:
        """The cell of a text; equal texts give the same object."""
        cell = self._memo.get(text)
        if cell is None:
            if len(self._memo) > MEMO:
                self._memo.clear()
            cell = self._memo[text] = self._read(text.strip())
        return cell

    def _read(self, text: str) -> Cell:
        if text in self.ignore.words:
            return Cell(None, cause="ignored", skip=True)
        if text in self.status:
            return Cell(None, "bad", "status", f"status: {self.status[text]}")
        if text.lower() in NO_VALUE_WORDS:
            return Cell(None, "bad", "missing", "missing")
        if text in self.missing.words:
            return Cell(None, "bad", "missing", "placeholder")
        number = parse_number(text, self.decimal_comma)
        if number is None:
            return Cell(None, "bad", "type", "not a number")
        if self.ignore.number(number):
            return Cell(None, cause="ignored", skip=True)
        if self.missing.number(number):
            return Cell(None, "bad", "missing", "placeholder")
        return Cell(None, raw=number) if self.scale is None else self.scale.cell(number)


def parse_number(text: str, decimal_comma: bool = False) -> Fraction | None:
    """A decimal number as it is written, exactly; None for anything else.

    >>> parse_number("12.50"), parse_number("12,5", decimal_comma=True), parse_number("12,5")
    (Fraction(25, 2), Fraction(25, 2), None)
    """
    if decimal_comma:
        text = text.replace(".", "x").replace(",", ".")
    return Fraction(text) if _NUMBER.fullmatch(text) else None


def scale_of(
    gain: Fraction, offset: Fraction, resolution: str, valid: tuple[float, float], unit_ratio: Fraction
) -> Scale:
    """Conversion of ``(gain * number + offset)`` in a column's unit.

    Parameters
    ----------
    unit_ratio : Fraction
        Variable units per column unit.
    valid : tuple of float
        Range in the variable's unit.
    """
    per_count = Fraction(resolution)
    low, high = (Fraction(str(end)) / per_count for end in valid)
    return Scale(gain * unit_ratio / per_count, offset * unit_ratio / per_count, math.ceil(low), math.floor(high))


@dataclass(slots=True)
class QualityColumn:
    """A column that says how good the value beside it is."""

    column: str
    good: Collection[str]
    uncertain: Collection[str]

    def apply(self, cell: Cell, word: str) -> Cell:
        """The cell with the quality that the word stands for; an unlisted word is bad and named as the cause."""
        word = word.strip()
        if word in self.good or cell.skip or cell.quality == "bad":
            return cell
        if word in self.uncertain:
            return Cell(cell.count, "uncertain", "uncertain", "", cell.raw)
        return Cell(None, "bad", "status", f"quality: {word[:30] or 'empty'}")

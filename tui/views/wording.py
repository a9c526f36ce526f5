"""Dates, numbers and letters in the reader's language."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from expert.values.types import Variable
from tui.texts import say

ASCII_FORMS = {
    "±": "+-", "°": "deg", "–": "-", "—": "-", "−": "-", "·": ".", "×": "x", "→": "->", "≥": ">=", "≤": "<=",
    "²": "2", "³": "3", "µ": "u", "μ": "u", "σ": "sigma", "Δ": "d", "η": "eta", "“": '"', "”": '"', "‘": "'", "’": "'",
    "…": "...", "≈": "~", "₂": "2",
}  # fmt: skip


def plain_letters(text: str, lang: str) -> str:
    """The text with ASCII signs only; Chinese letters stay where the language is Chinese.

    >>> plain_letters("ΔP ≥ 5 °C", "en")
    'dP >= 5 degC'
    """
    text = "".join(ASCII_FORMS.get(char, char) for char in text)
    if lang == "zh":
        return text
    return text.encode("ascii", "replace").decode("ascii")


def date(ms: int, lang: str, year: bool = False) -> str:
    """Day of a plant time, e.g. ``Tue 03 Mar``.

    >>> date(1_772_505_660_000, "en"), date(1_772_505_660_000, "zh")
    ('Tue 03 Mar', '3月3日 周二')
    """
    at = datetime.fromtimestamp(ms / 1000, UTC)
    weekday = say(lang, "weekdays").split()[at.weekday()]
    month = say(lang, "months").split()[at.month - 1]
    return say(lang, "date_year" if year else "date", weekday=weekday, day=at.day, month=month, year=at.year)


def decimals(variable: Variable) -> int:
    """Decimals of a variable's resolution."""
    return max(0, -int(Decimal(variable.resolution).as_tuple().exponent))


def number(value: float, digits: int) -> str:
    """A number with fixed decimals, never a negative zero.

    >>> number(-0.004, 2), number(1496.4, 0)
    ('0.00', '1496')
    """
    text = f"{value:.{digits}f}"
    return text.lstrip("-") if text.strip("-0.") == "" else text


def unit_text(unit: str) -> str:
    """A unit as people read it: a bare number has none.

    >>> unit_text("kPa"), unit_text("1")
    ('kPa', '')
    """
    return "" if unit == "1" else unit


def amount(value: float) -> str:
    """An amount as its author would write it.

    >>> amount(10.0), amount(0.5)
    ('10', '0.5')
    """
    return f"{value:g}"


def lower_first(text: str) -> str:
    """The text with a small first letter, unless it begins with an abbreviation.

    >>> lower_first("Hot metal"), lower_first("PCI rate")
    ('hot metal', 'PCI rate')
    """
    return text if text[1:2].isupper() or not text else text[0].lower() + text[1:]

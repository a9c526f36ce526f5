"""Text widths in terminal cells: wide characters count two."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from itertools import pairwise


@lru_cache(maxsize=4096)
def _cell(char: str) -> int:
    if char.isascii():
        return 1
    if unicodedata.combining(char) or unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in ("W", "F") else 1


def cells(text: str) -> int:
    """Width of a text in cells; combining marks have none.

    >>> cells("hang"), cells("悬料"), cells("e\N{COMBINING ACUTE ACCENT}")
    (4, 4, 1)
    """
    return sum(map(_cell, text))


def cut(text: str, width: int, mark: str = "~") -> str:
    """The text, shortened to at most ``width`` cells; a shortened text ends with ``mark``.

    >>> cut("悬料处理", 5)
    '悬料~'
    """
    if cells(text) <= width:
        return text
    return head(text, width - cells(mark)) + mark if width > 0 else ""


def head(text: str, width: int) -> str:
    """As much of a text as fits into ``width`` cells.

    >>> head("悬料处理", 5)
    '悬料'
    """
    used = 0
    for i, char in enumerate(text):
        used += _cell(char)
        if used > width:
            return text[:i]
    return text


def fit(text: str, width: int, right: bool = False) -> str:
    """The text in exactly ``width`` cells, padded on the right (or left with ``right``).

    >>> fit("悬料", 6) + "|", fit("7", 3, right=True)
    ('悬料  |', '  7')
    """
    text = cut(text, width)
    pad = " " * (width - cells(text))
    return pad + text if right else text + pad


def wrap(text: str, width: int) -> list[str]:
    """Break a text into lines of at most ``width`` cells, at spaces or between wide characters.

    Chinese punctuation that closes stays on the line before, what opens goes to the next one.

    >>> wrap("one two three", 8), wrap("悬料，减风", 4), wrap("悬料（东）", 6)
    (['one two', 'three'], ['悬', '料，', '减风'], ['悬料', '（东）'])
    """
    lines: list[str] = []
    line = ""
    for word in _words(text):
        if cells(line) + cells(word.rstrip()) <= width:
            line += word
            continue
        if line.strip():
            lines.append(line.rstrip())
        while cells(word) > width:
            lines.append(head(word, width) or word[:1])
            word = word[len(lines[-1]) :]
        line = word
    if line.strip() or not lines:
        lines.append(line.rstrip())
    return lines


CLOSING = "，。；：、！？）】”’％"
OPENING = "（【“‘"


def _words(text: str) -> list[str]:
    words: list[str] = []
    current = ""
    for char, after in pairwise(f"{text} "):
        current += char
        wide = _cell(char) == 2 or after in OPENING
        if char == " " or (wide and char not in OPENING and after not in CLOSING):
            words.append(current)
            current = ""
    return words + [current] if current else words


BLOCKS = "▁▂▃▄▅▆▇█"
PLAIN_BLOCKS = "_.:-=+*#"


def sparkline(values: list[float | None], ascii_only: bool = False) -> str:
    """One character a value, scaled between the smallest and the largest; a gap is a blank.

    >>> sparkline([1.0, 2.0, None, 3.0], ascii_only=True)
    '_= #'
    """
    known = [v for v in values if v is not None]
    if not known:
        return " " * len(values)
    blocks = PLAIN_BLOCKS if ascii_only else BLOCKS
    low, span = min(known), max(known) - min(known)
    flat = len(blocks) // 2 - 1
    return "".join(
        " " if v is None else blocks[flat if span == 0 else min(7, int((v - low) / span * 8))] for v in values
    )

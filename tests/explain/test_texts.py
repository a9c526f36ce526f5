"""The texts of explanations have the same keys and the same gaps in every language."""

from __future__ import annotations

import re
import string
import unicodedata
from pathlib import Path

import yaml

import expert.explain
from expert.texts import LANGUAGES, keys, say

FOLDER = Path(expert.explain.__file__).parent.parent
MADE = re.compile(
    r"^(word|why|note|set|rows|against|because|state|now|model|came)_|^(z|z_std|z_slope|z_range|mean|min|max|std|range)$"
)
"""Keys that the program puts together."""


def table(lang: str) -> dict[str, str]:
    """All texts of a language."""
    text: dict[str, str] = yaml.safe_load((FOLDER / "texts" / f"{lang}.yaml").read_text(encoding="utf-8"))
    return text


def gaps(text: str) -> set[str]:
    """Names to fill in."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_key_is_in_every_language() -> None:
    """No language lacks a text."""
    assert all(keys("en") == keys(lang) for lang in LANGUAGES)


def test_the_same_values_are_filled_in() -> None:
    """A text names the same values in every language."""
    english, chinese = table("en"), table("zh")
    assert {} == {k: (v, chinese[k]) for k, v in english.items() if gaps(v) != gaps(chinese[k])}


def test_english_texts_are_ascii() -> None:
    """They are shown on any terminal."""
    assert [] == [v for v in table("en").values() if not v.isascii()]


def test_chinese_texts_are_chinese() -> None:
    """Every text with words has Chinese ones."""
    plain = {k: re.sub(r"\{\w+\}", "", v) for k, v in table("zh").items()}
    english = {k for k, v in plain.items() if re.search("[A-Za-z]{3,}", v)}
    assert set() == {k for k in english if not any(unicodedata.east_asian_width(c) == "W" for c in plain[k])}


def test_no_text_is_left_over() -> None:
    """Every key is named somewhere in the program."""
    source = "".join(p.read_text(encoding="utf-8") for p in FOLDER.rglob("*.py"))
    functions = {"slope", "change", "drop", "rise", "baseline", "since", "age", "unchanged", "repeats", "abs", "sqrt"}
    unused = {k for k in keys("en") if f'"{k}"' not in source and not MADE.search(k) and k not in functions}
    assert set() == unused


def test_a_gap_is_filled() -> None:
    """Values stand where the text wants them."""
    assert "held since 02:26" == say("en", "held_since", time="02:26")

"""Texts: the same keys and places in both languages, and neither speaks the other's."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest

import tui
from tui.language import can_write, language, needs_ascii
from tui.texts import both, keys, say

ROOT = Path(tui.__file__).parent
NAMES = re.compile(r"TUYERE|tuyere|English|Esc|P\(|sha|UTF|\{[^}]*\}|\b[a-z]\b")
CHINESE = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")


def places(text: str) -> set[str]:
    """Names of the values that a text takes."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def raw(lang: str, key: str) -> str:
    """A text with its places left open."""
    import yaml

    table = yaml.safe_load((ROOT / "texts" / f"{lang}.yaml").read_text(encoding="utf-8"))
    return str(table[key])


def test_both_languages_have_the_same_keys() -> None:
    """No text is missing in one language."""
    assert keys("en") == keys("zh")


@pytest.mark.parametrize("key", sorted(keys("en")))
def test_texts_take_the_same_values(key: str) -> None:
    """What is filled in is the same in both languages."""
    allowed = {"weekday", "day", "month", "year"}  # a language may leave the order of a date to itself
    assert places(raw("en", key)) - allowed == places(raw("zh", key)) - allowed


@pytest.mark.parametrize("key", sorted(keys("en") - {"key_language"}))
def test_english_has_no_chinese_letters(key: str) -> None:
    """English stays English, but for the key that names the other language."""
    assert not CHINESE.search(raw("en", key))


@pytest.mark.parametrize("key", sorted(keys("zh") - {"key_language", "key_language_ascii"}))
def test_chinese_has_no_english_words(key: str) -> None:
    """Chinese has no Latin words but names and units."""
    assert re.findall(r"[A-Za-z]{2,}", NAMES.sub(" ", raw("zh", key))) == []


def test_every_text_is_used() -> None:
    """No key is left behind: each one, or the beginning that a screen completes, stands in the code."""
    code = "\n".join(p.read_text(encoding="utf-8") for p in ROOT.rglob("*.py"))
    composed = ("chance_", "peer_", "status_", "role_", "key_language_ascii")
    unused = [k for k in sorted(keys("en")) if not re.search(rf"[\"']{k}[\"']", code) and not k.startswith(composed)]
    assert unused == []


def test_both_fills_every_language() -> None:
    """One call gives the text in all languages."""
    assert {"en": "2 more", "zh": "另有 2 条"} == both("more", n=2)


def test_say_fills_values() -> None:
    """Values are filled into the text."""
    assert say("en", "data", percent=96) == "data 96 %"


@pytest.mark.parametrize(
    ("option", "environ", "expected"),
    [
        (None, {}, "en"),
        (None, {"LANG": "zh_CN.UTF-8"}, "zh"),
        (None, {"LC_ALL": "C", "LANG": "zh_CN.UTF-8"}, "en"),
        (None, {"LC_ALL": "", "LC_MESSAGES": "zh_TW", "LANG": "en_US"}, "zh"),
        ("en", {"LANG": "zh_CN.UTF-8"}, "en"),
        ("zh", {"LANG": "C"}, "zh"),
        (None, {"LANG": "de_DE.UTF-8"}, "en"),
    ],
)
def test_language_comes_from_option_or_locale(option: str | None, environ: dict[str, str], expected: str) -> None:
    """The option wins, then the first variable of the locale that is set; English otherwise."""
    assert expected == language(option, environ)


def test_ascii_without_utf8() -> None:
    """Plots are ASCII when asked for, or when the encoding is not UTF-8."""
    assert [True, True, True, False] == [
        needs_ascii(True, "utf-8"), needs_ascii(False, "ascii"), needs_ascii(False, None), needs_ascii(False, "UTF-8"),
    ]  # fmt: skip


def test_chinese_needs_an_encoding_that_has_it() -> None:
    """GBK and UTF-8 can write Chinese, Latin-1 cannot."""
    assert [True, True, False] == [can_write("zh", "gbk"), can_write("zh", "utf-8"), can_write("zh", "latin-1")]

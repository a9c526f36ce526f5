"""Every page of the shipped packs, in both languages: widths, signs, language, purity."""

from __future__ import annotations

import re
import unicodedata

import pytest

from expert.explain import text_of, why, why_not
from expert.explain.builder import Builder
from expert.explain.evidence import Evidence
from expert.explain.recorded import Recorded
from expert.trace.codec import from_json, to_json
from expert.values.cells import cells
from expert.values.types import ScanRecord
from tests.explain.scenes import PACK_CASES, evidence, furnace, pages, texts

KEY = re.compile(r"\b(?:why|note|set|state|against|because|word)_[a-z_]+\b")
"""A key of the texts that was shown instead of its text."""


def is_wide(text: str) -> bool:
    """Whether there is a Chinese character or sign in a text."""
    return any(unicodedata.east_asian_width(c) in "WF" for c in text)


def test_every_scene_is_raised() -> None:
    """The cases of the packs give something to explain."""
    assert sorted(PACK_CASES) == sorted(rule for rule, _, _ in furnace())


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("width", [60, 80, 120, 160])
def test_no_line_is_wider_than_the_page(lang: str, width: int) -> None:
    """All pages keep to their width in cells."""
    wide = [text_of(line) for _, page in pages(lang, width) for line in page if cells(text_of(line)) > width]
    assert [] == wide


def test_english_pages_have_no_chinese() -> None:
    """Not even in the rule's own lines."""
    assert [] == [line for _, page in pages("en", 80) for line in texts(page) if is_wide(line)]


def test_english_pages_for_a_plain_terminal_are_ascii() -> None:
    """Marks, plots and signs included."""
    assert [] == [line for _, page in pages("en", 80, True) for line in texts(page) if not line.isascii()]


def test_chinese_pages_have_no_english_words() -> None:
    """Apart from tags, names of rules and episodes, units and the verdict's own words."""
    allowed = {"HOLD", "BACK", "STOP", "min", "degC", "kPa", "BOF"}
    names = re.compile(r"\S*[._\[/]\S*|[A-Z]+-\d+\S*|H\d+-\d|事件 [0-9a-f]{10}")
    words = set()
    for rule, page in pages("zh", 160):
        for line in evidence(page):
            words |= {(rule, w) for w in re.findall(r"[A-Za-z]{3,}", names.sub(" ", line)) if w not in allowed}
    assert set() == words


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_nothing_is_left_to_fill_in(lang: str) -> None:
    """No placeholder, no key, no author's operator stands before the rule's own lines."""
    for _, page in pages(lang, 120):
        for line in evidence(page):
            assert "{" not in line and "None" not in line and not KEY.search(line)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_decoded_record_gives_the_same_pages(lang: str) -> None:
    """What is on screen can be read from the trace: the record after JSON says the same."""
    for _, program, record in furnace():
        again = from_json(ScanRecord, to_json(record))
        for firing in record.firings:
            live = why(program, record, firing.rule, firing.bindings, lang)
            assert live == why(program, again, firing.rule, firing.bindings, lang)
        for rule in program.rules:
            assert why_not(program, record, rule, lang) == why_not(program, again, rule, lang)


def leaves(e: Evidence) -> list[Evidence]:
    """The ends of a tree."""
    return [x for child in e.children for x in leaves(child)] if e.children else [e]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_leaf_has_what_an_instrument_showed(lang: str) -> None:
    """Going down, also through conclusions, ends at readings: how many and how fresh, or values of rows."""
    for rule, program, record in furnace():
        firing = next(f for f in record.firings if f.rule == rule)
        builder = Builder(Recorded(program, record), lang)
        for leaf in leaves(builder.rule(program.rules[rule], firing.bindings)):
            assert leaf.readings or leaf.note.endswith(builder.words.say("above")), leaf
            assert all(r.state if r.tag else r.value for r in leaf.readings), leaf

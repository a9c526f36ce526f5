"""Lines keep to the width of the page, whatever the evidence says."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from expert.explain.evidence import Evidence
from expert.explain.lines import TreeLines, paragraph, text_of
from expert.explain.readings import Reading
from expert.explain.source import own_yaml, wrapped
from expert.values.cells import cells, wrap

TEXT = st.text("abc xyz-/=<>0123 悬料，风压（东）。ℓ", max_size=90)
SHORT = st.text("abc 1.5%悬（）", max_size=20)
PLOT = st.sampled_from([None, ("a.x", 60_000), ("a.y", 60_000)])
READING = st.builds(Reading, SHORT, TEXT, TEXT, st.booleans(), PLOT)
WIDTHS = st.integers(60, 160)


def evidence(children: st.SearchStrategy[Evidence]) -> st.SearchStrategy[Evidence]:
    """One piece of evidence with readings and what is below it."""
    return st.builds(
        Evidence,
        mark=st.sampled_from(["+", "x", "?", "-", ""]),
        text=TEXT.map(lambda text: text.strip() or "a"),
        value=SHORT,
        limit=TEXT,
        note=TEXT,
        weight=st.sampled_from([None, Fraction(20), Fraction(5, 2)]),
        readings=st.lists(READING, max_size=3).map(tuple),
        children=st.lists(children, max_size=3).map(tuple),
        rule=SHORT,
    )


LEAF = evidence(st.just(Evidence("+", "a"))).map(lambda e: replace(e, children=()))
TREES = st.recursive(LEAF, evidence, max_leaves=6)


def history(name: str, start: int, end: int) -> list[tuple[int, float | None]]:
    """A few samples."""
    return [(start + 10_000, 1.0), (start + 40_000, None), (end, 2.0)]


@given(TREES, WIDTHS, st.booleans())
def test_no_evidence_is_wider_than_the_page(tree: Evidence, width: int, plots: bool) -> None:
    """In cells, Chinese counting two, with plots and without, folded where it is too long."""
    lines = TreeLines(width, 60_000, history if plots else None, True).trees([tree])
    assert all(cells(text_of(line)) <= width for line in lines)


@given(TREES, WIDTHS)
def test_nothing_that_was_measured_is_cut(tree: Evidence, width: int) -> None:
    """Folding keeps every sign of texts, values, limits and states."""

    def said(e: Evidence) -> str:
        own = [e.text, e.value, e.limit, e.note, *(x for r in e.readings for x in (r.tag, r.value, r.state))]
        return "".join(own) + "".join(said(c) for c in e.children)

    shown = "".join(text_of(line) for line in TreeLines(width, 0, None, True).trees([tree]))
    assert not Counter("".join(said(tree).split())) - Counter(shown)


@given(SHORT, TEXT, WIDTHS)
def test_paragraphs_keep_to_the_width(label: str, text: str, width: int) -> None:
    """Label and text together."""
    assert all(cells(text_of(line)) <= width for line in paragraph(label, text, width))


@given(TEXT, st.integers(8, 60))
def test_wrapping_keeps_all_words(text: str, width: int) -> None:
    """No line too wide, nothing lost but blanks; a line does not begin with a closing sign where it can be helped."""
    parts = wrap(text, width)
    assert all(cells(part) <= width for part in parts)
    assert "".join(text.split()) == "".join("".join(parts).split())


@given(st.text("ab: {},'\"中#-[]", max_size=60), st.integers(20, 80))
def test_any_yaml_can_be_shown(line: str, width: int) -> None:
    """Lines of a rule are wrapped, never wider than the page."""
    assert all(cells(part) <= width for own in own_yaml(line, "en") for part in wrapped(own, width))


def test_texts_of_other_languages_are_left_out() -> None:
    """In mappings on one line, with quotes and commas inside, and over several lines."""
    lines = [
        'title: {en: "Hang, it is", zh: "悬料，是"}',
        "because:",
        "  zh: >-",
        "    悬料",
        "    很久",
        '  en: "It hangs."',
        "owner: x",
    ]
    english = ['title: {en: "Hang, it is"}', "because:", '  en: "It hangs."', "owner: x"]
    chinese = ['title: {zh: "悬料，是"}', *lines[1:5], "owner: x"]
    assert (english, chinese) == (own_yaml("\n".join(lines), "en"), own_yaml("\n".join(lines), "zh"))

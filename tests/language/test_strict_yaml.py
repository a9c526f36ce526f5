"""Strict YAML: positions are right and nothing breaks the reader (the traps are shown in tests/golden)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from expert.language.diagnostics import Sink
from expert.language.source import Text
from expert.language.strict_yaml import Broken, Mapping, YamlNode, decode, read


def value(text: str) -> YamlNode | None:
    """The value of the only key ``a``."""
    sink = Sink()
    node = read(text, "x.yaml", sink)
    assert [] == sink.found
    assert isinstance(node, Mapping)
    return node.find("a")


@pytest.mark.parametrize(
    ("text", "word", "line", "column"),
    [
        ("a: one two", "two", 1, 8),
        ("a: 'it''s two'", "two", 1, 11),
        ('a: "x\\"y\\u00e9 two"', "two", 1, 16),
        ("a: one\n   two", "two", 2, 4),
        ("a: |\n  one\n    two\n", "two", 3, 5),
        ("a: >-\n  one\n  two\n", "two", 3, 3),
        ("a: 热风 two", "two", 1, 7),
        ("a: f(x: one, y: two)", "two", 1, 17),
        ('a: "one \\\n  two"', "two", 2, 3),
    ],
)
def test_place_inside_a_text(text: str, word: str, line: int, column: int) -> None:
    """A word of a value is found at its line and column, whatever way the value is written."""
    node = value(text)
    assert isinstance(node, Text)
    span = node.part(node.value.index(word), len(word))
    assert (line, column, len(word)) == (span.line, span.column, span.length)


def test_calls_need_no_quotes() -> None:
    """Colons and commas inside the brackets of a call do not split a YAML value."""
    node = value("a: [20, z(b.c, 60 min) is high, 'x']")
    assert ["20", "z(b.c, 60 min) is high", "x"] == [i.value for i in node.items]  # type: ignore[union-attr]


def test_colons_outside_calls_split_as_in_yaml() -> None:
    """A flow mapping with brackets that are no call stays a mapping."""
    node = value("a: {en: Lower (b, zh: x)}")
    assert isinstance(node, Mapping)
    assert ["en", "zh"] == [k.value for k, _ in node.entries]


def test_comment_after_a_space_is_a_comment() -> None:
    """An ordinary comment behind a value is no error."""
    node = value("a: one  # two")
    assert isinstance(node, Text)
    assert "one" == node.value


@given(st.binary(max_size=200))
def test_any_bytes_give_a_node_or_an_error(data: bytes) -> None:
    """No file ends in a traceback; without a node there is an error."""
    sink = Sink()
    text = decode(data, "x.yaml", sink)
    node = None if text is None else read(text, "x.yaml", sink)
    assert node is not None or sink.found


@given(st.text(alphabet="ab:- \n{}[],\"'#&*!|>?%@1.0(\t", max_size=60))
def test_any_yaml_like_text_gives_a_node_or_an_error(text: str) -> None:
    """No order of YAML's own characters ends in a traceback; a broken value comes with an error."""
    sink = Sink()
    node = read(text, "x.yaml", sink)
    assert (node is not None and not isinstance(node, Broken)) or sink.found

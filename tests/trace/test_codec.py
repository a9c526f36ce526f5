"""What is recorded comes back the same, and what does not fit is named."""

from __future__ import annotations

import dataclasses
import typing
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from expert.trace import TraceError, canonical
from expert.trace.canonical import parse
from expert.trace.codec import dump, from_json, load, plan_of, to_json
from expert.trace.schema import TRACED
from expert.values.interval import ONE, Interval
from expert.values.types import Episode, Fact, Firing, ModelAnswer, OperatorEvent, Row, Sample, ScanInput, ScanRecord

finite = st.floats(allow_nan=False, allow_infinity=False)
times = st.integers(0, 4_102_444_800_000)
words = st.text(st.characters(exclude_categories=("Cs",)), max_size=8)
plain: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | finite | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=5,
)
intervals = st.tuples(st.integers(0, ONE), st.integers(0, ONE)).map(lambda x: Interval(min(x), max(x)))
ANSWER = {"model": "m", "ahead": 1, "op": "below", "limit": 1.0, "support": 0, "plausibility": 0}


def hinted(tp: Any) -> st.SearchStrategy[Any]:
    """Values of a declared type, so that new fields are covered as they appear."""
    origin, parts = typing.get_origin(tp), typing.get_args(tp)
    if origin is tuple:
        many = len(parts) == 2 and parts[1] is Ellipsis
        return st.lists(hinted(parts[0]), max_size=3).map(tuple) if many else st.tuples(*map(hinted, parts))
    if origin is dict:
        return st.dictionaries(words, hinted(parts[1]), max_size=3)
    if origin is typing.Literal:
        return st.sampled_from(parts)
    if parts:
        return st.one_of(*map(hinted, parts))
    if dataclasses.is_dataclass(tp) and tp is not Interval:
        hints = typing.get_type_hints(tp)
        return st.builds(tp, **{f.name: hinted(hints[f.name]) for f in dataclasses.fields(tp)})
    simple = {int: times, float: finite, str: words, bool: st.booleans(), Any: plain, Interval: intervals}
    return simple.get(tp, st.none())


@pytest.mark.parametrize("cls", TRACED, ids=lambda c: c.__name__)
@given(data=st.data())
def test_every_shared_type_comes_back_the_same(cls: type, data: st.DataObject) -> None:
    """Writing, spelling canonically, parsing and reading gives an equal value."""
    value = data.draw(hinted(cls))
    assert value == from_json(cls, parse(canonical(to_json(value))))


@given(hinted(ScanRecord))
def test_equal_records_have_equal_bytes(record: ScanRecord) -> None:
    """Reading a document and writing it again changes no byte."""
    assert dump(record) == dump(load(ScanRecord, dump(record)))


def test_a_sample_is_a_short_list() -> None:
    """A good sample takes four values, a bad one says why."""
    assert ["blast.pressure", 1000, 1002, 3521] == to_json(Sample("blast.pressure", 1000, 1002, 3521))
    assert ["x", 1, 2, None, "bad", "missing"] == to_json(Sample("x", 1, 2, None, "bad", "missing"))


def test_defaults_are_left_out() -> None:
    """An empty scan takes its two times and nothing else."""
    assert {"time": 60_000, "run_at": 60_000} == to_json(ScanInput(60_000, 60_000))


def test_a_whole_float_stays_a_float() -> None:
    """The same value has the same bytes whether it was given as 5 or as 5.0."""
    one, other = (to_json(OperatorEvent(1, "answer", "q", value=v)) for v in (5, 5.0))
    assert b'{"kind":"answer","target":"q","time":1,"value":5.0}' == canonical(one) == canonical(other)


def test_a_document_says_its_version() -> None:
    """The version stands in the document and is checked on reading."""
    assert b'{"run_at":1,"time":1,"v":1}' == dump(ScanInput(1, 1))
    with pytest.raises(TraceError, match="this ScanInput has version 2; this program reads version 1"):
        load(ScanInput, b'{"run_at":1,"time":1,"v":2}')


@pytest.mark.parametrize(
    ("cls", "data", "said"),
    [
        (ScanInput, {"time": 1}, "ScanInput: field 'run_at' is missing"),
        (ScanInput, {"time": 1, "run_at": 1, "extra": 0}, "ScanInput: unknown field 'extra'"),
        (ScanInput, {"time": "1", "run_at": 1}, "ScanInput.time: expected a whole number, found '1'"),
        (ScanInput, {"time": True, "run_at": 1}, "ScanInput.time: expected a whole number"),
        (ScanInput, {"time": 1, "run_at": 1, "samples": [["x", 1, 1]]}, r"samples\[0\]: expected a list of 4 to 6"),
        (ScanInput, {"time": 1, "run_at": 1, "samples": {}}, r"ScanInput.samples: expected a list"),
        (ScanInput, [], "ScanInput: expected an object"),
        (Sample, ["x", 1, 1, 1.5], "Sample.count: expected a whole number"),
        (Sample, ["x", 1, 1, 1, "fine"], "Sample.quality: expected good or uncertain or bad, found 'fine'"),
        (Interval, [900_000, 100_000], "Interval: certainty must satisfy"),
        (Interval, [0.1, 0.2], r"Interval: expected \[support, plausibility\]"),
        (Fact, {"type": "a", "args": [["k"]], "certainty": [0, 0]}, r"Fact.args\[0\]: expected a list of 2"),
        (Row, {"relation": "r", "key": "k", "values": 1}, "Row.values: expected an object"),
        (ModelAnswer, {**ANSWER, "limit": "x"}, "ModelAnswer.limit: expected a number"),
    ],
)
def test_what_does_not_fit_is_named(cls: type, data: Any, said: str) -> None:
    """An error says where, what was expected and what was found."""
    with pytest.raises(TraceError, match=said):
        from_json(cls, data)


@pytest.mark.parametrize("data", [b"[]", b"{}", b"12", b'"x"'])
def test_a_document_without_version_is_refused(data: bytes) -> None:
    """Any other JSON is told from a document."""
    with pytest.raises(TraceError, match="carries no version"):
        load(ScanRecord, data)


def test_a_type_without_json_form_is_refused() -> None:
    """A set has no order and so no canonical form."""
    with pytest.raises(TypeError, match="no JSON form"):
        plan_of(set[str])


def test_a_firing_and_an_episode_come_back() -> None:
    """Bindings and sets of instruments keep their nesting."""
    sure = Interval(780_000, 950_000)
    bindings = (("s", "A"),)
    firing = Firing("r", bindings, sure, "raised", "7f3a", True, 4, "f", ("f",), ("p", "q"), (("p",), ("q", "r")))
    episode = Episode("7f3a", "r", bindings, 4, 1000, "held", sure, held_since=2000)
    assert (firing, episode) == (from_json(Firing, to_json(firing)), from_json(Episode, to_json(episode)))

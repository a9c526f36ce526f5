"""The registry of mechanisms and the table of conditions."""

from __future__ import annotations

import pytest

from kb.furnace import Cause
from kb.furnace.conditions import CONDITIONS, condition_of
from kb.furnace.mechanisms import PLACES, REGISTRY, Entry, register
from kb.furnace.mechanisms.descent import Hang
from kb.furnace.mechanisms.profile import Term

HOUR = 3_600_000


def test_conditions_are_those_of_the_catalogue() -> None:
    """C01 to C54, each once."""
    assert [f"C{i:02d}" for i in range(1, 55)] == list(CONDITIONS)


def test_neighbours_and_consequences_are_conditions() -> None:
    """The causal table names nothing that it does not hold, and no condition as its own neighbour."""
    wrong = [
        (c.id, x)
        for c in CONDITIONS.values()
        for x in c.neighbours + c.consequences
        if x not in CONDITIONS or x == c.id
    ]
    assert [] == wrong


def test_every_kind_belongs_to_a_condition() -> None:
    """Each kind of the registry causes a condition of the table."""
    assert set() == {kind for kind in REGISTRY if condition_of(kind) not in CONDITIONS}


def test_other_mechanism_of_the_same_kind_is_refused() -> None:
    """A kind cannot be taken over."""
    with pytest.raises(ValueError, match="there is a mechanism 'hang' already"):
        register([Entry("C01", "hang", Hang, 1, (1, 2))])


def test_unknown_sort_of_place_is_refused() -> None:
    """A mechanism strikes a place that the furnace has."""
    with pytest.raises(ValueError, match="'roof' is not a sort of place"):
        register([Entry("C01", "sag", Hang, 1, (1, 2), place="roof")])


def test_unlisted_reason_is_refused() -> None:
    """A cause cannot claim a reason that its kind does not list."""
    with pytest.raises(ValueError, match="'moonlight' is not one of its causes"):
        Cause("hang", 0, HOUR, why="moonlight")


@pytest.mark.parametrize("kind", list(REGISTRY))
def test_every_kind_can_be_caused_in_each_place_and_for_each_reason(kind: str) -> None:
    """All places and reasons of an entry make a cause."""
    entry = REGISTRY[kind]
    places = PLACES[entry.place] or ("",)
    made = [
        Cause(
            kind,
            0,
            HOUR,
            sector=p if entry.place == "sector" else "",
            place="" if entry.place == "sector" else p,
            why=w,
        )
        for p in places
        for w in (entry.causes or ("",))
    ]
    assert len(places) * max(1, len(entry.causes)) == len({(c.where, c.why) for c in made})


@pytest.mark.parametrize(
    ("term", "passed", "expected"),
    [
        (Term("x", 1.0), 0, 1.0),
        (Term("x", 1.0), 60, 0.0),
        (Term("x", 1.0, rise=30.0, shape="ramp"), 14, 0.5),
        (Term("x", 1.0, delay=10.0), 9, 0.0),
        (Term("x", 1.0, shape="once", delay=10.0), 10, 1.0),
        (Term("x", 1.0, shape="once", delay=10.0), 11, 0.0),
        (Term("x", 1.0, rise=20.0, shape="every"), 40, 1.0),
        (Term("x", 1.0, rise=20.0, shape="every"), 41, 0.0),
        (Term("x", 1.0, fall=10.0), 70, 0.36788),
    ],
)
def test_term_has_its_shape(term: Term, passed: int, expected: float) -> None:
    """Lag, ramp, single stroke, repeated stroke and return, for a cause of an hour."""
    assert expected == pytest.approx(term.share(passed, 60), abs=1e-4)

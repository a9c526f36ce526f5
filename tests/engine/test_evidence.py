"""Evidence groups: independent rules for one fact add up, exactly, in any order, and show each piece."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from expert.explain import why
from expert.values.interval import FALSE, ONE, TRUE, UNKNOWN, Accumulation, Interval, accumulate
from expert.values.types import ScanRecord
from tests.engine.build import FACTS, Bench, fact, good, rule
from tests.explain.scenes import evidence

ENDS = st.tuples(st.integers(0, ONE), st.integers(0, ONE)).map(lambda t: Interval(min(t), max(t)))
PIECES = st.lists(ENDS, max_size=6)
HOW = st.sampled_from(["odds", "dempster"])


def files(how: str) -> dict[str, str]:
    """The facts of the test site, with ``a`` accumulating."""
    plain = "a: {title: {en: A, zh: A}"
    return {"pack/facts.yaml": FACTS.replace(plain, f"{plain}, evidence: {{combine: {how}}}", 1)}


def three(how: str) -> Bench:
    """Three rules of strength 0.8, 0.6 and 0.5 for one fact, and a rule that reads it."""
    return Bench(
        rule("x", "a.x > 50 kPa", 'strength: "0.8"'),
        rule("y", "a.y > 50 kPa", 'strength: "0.6"'),
        rule("v", "a.v > 50 kPa", 'strength: "0.5"'),
        rule("reader", "a >= 0.9", conclude="b"),
        files=files(how),
    )


def scan(bench: Bench, x: int | None, y: int | None, v: int | None) -> ScanRecord:
    """One scan; None: nothing was ever sent."""
    given = {"a.x": x, "a.y": y, "a.v": v}
    return bench.scan(0, [good(n, 0, value) for n, value in given.items() if value is not None])


@pytest.mark.parametrize(
    ("how", "seen", "expected"),
    [
        ("dempster", (60, 60, 60), Fraction(96, 100)),
        ("dempster", (60, 60, 40), Fraction(92, 100)),
        ("dempster", (60, 40, 40), Fraction(8, 10)),
        ("dempster", (40, 40, 40), Fraction(0)),
        ("odds", (60, 60, 60), Fraction(8 * 6, 8 * 6 + 2 * 4)),
        ("odds", (60, 40, 60), Fraction(8, 10)),
        ("odds", (40, 40, 60), Fraction(5, 10)),
    ],
)
def test_pieces_that_hold_add_up(how: str, seen: tuple[int, int, int], expected: Fraction) -> None:
    """By hand, rounded once; what does not hold adds nothing."""
    assert round(expected * ONE) == fact(scan(three(how), *seen), "a").s


def test_a_reader_sees_the_sum() -> None:
    """It stands in a higher stratum, when every piece is in."""
    record = scan(three("dempster"), 60, 60, 40)
    assert (TRUE, 1) == (fact(record, "b"), sum(f.rule == "t.reader" for f in record.firings))


def test_missing_evidence_widens_and_does_not_decide() -> None:
    """What is not known could still speak for it, and says nothing yet."""
    record = scan(three("dempster"), 60, None, 40)
    assert (Interval(800_000, ONE), UNKNOWN) == (fact(record, "a"), fact(scan(three("odds"), None, None, None), "a"))


def test_a_refuter_caps_the_sum() -> None:
    """What speaks against the fact is set against all evidence together."""
    no = rule("never", "a.u > 50 kPa", 'strength: "0.3"', "refute: a", conclude=None)
    bench = Bench(rule("x", "a.x > 50 kPa", 'strength: "0.8"'), rule("y", "a.y > 50 kPa", 'strength: "0.6"'), no,
                  files=files("dempster"))  # fmt: skip
    record = bench.scan(0, [good("a.x", 0, 60), good("a.y", 0, 60), good("a.u", 0, 60)])
    found = next(f for f in record.facts if f.type == "a")
    assert (Interval(700_000, 700_000), True) == (found.certainty, found.disputed)


def test_the_strongest_piece_is_the_canonical_justification() -> None:
    """The fact names one rule that explanations follow."""
    assert "t.x" == next(f.by for f in scan(three("odds"), 60, 60, 60).facts if f.type == "a")


def test_why_shows_every_piece() -> None:
    """The sum, how many pieces, and the evidence of each."""
    bench = three("dempster")
    lines = evidence(why(bench.program, scan(bench, 60, 60, 40), "t.reader", (), "en", width=120))
    text = "\n".join(" ".join(line.split()) for line in lines)
    assert "+ A 0.92-1.00 >= 0.90 2 independent pieces of evidence together" in text
    assert "+ x 0.80-1.00 t.x" in text
    assert "+ y 0.60-1.00 t.y" in text


def test_members_may_be_each_others_second_source() -> None:
    """One rule over the members of a set looks at another instrument each time."""
    bench = Bench(rule("hot", "p.t > 50 degC", "for_each: p in pumps", 'strength: "0.5"'), files=files("dempster"))
    record = bench.scan(0, [good(f"pumps[{m}].t", 0, 60) for m in "ABC"])
    assert Interval(875_000, ONE) == fact(record, "a")


# ---------------------------------------------------------------- the calculus


@given(HOW, PIECES, st.randoms())
def test_order_does_not_matter(how: Accumulation, pieces: list[Interval], random: object) -> None:
    """The same interval whatever came first."""
    shuffled = list(pieces)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert accumulate(how, pieces) == accumulate(how, shuffled)


@given(HOW, PIECES, ENDS)
def test_more_evidence_is_never_less(how: Accumulation, pieces: list[Interval], more: Interval) -> None:
    """Another piece lowers neither end; nothing is below the strongest piece."""
    before, after = accumulate(how, pieces), accumulate(how, [*pieces, more])
    assert before.s <= after.s and before.p <= after.p and more.s <= after.s and more.p <= after.p


@given(HOW, PIECES, st.integers(0, 5))
def test_a_bad_mark_only_widens(how: Accumulation, pieces: list[Interval], which: int) -> None:
    """A piece that becomes unknown raises no support and lowers no plausibility."""
    lost = [UNKNOWN if i == which else x for i, x in enumerate(pieces)]
    before, after = accumulate(how, pieces), accumulate(how, lost)
    assert after.s <= before.s and before.p <= after.p


@given(HOW, st.lists(st.sampled_from([TRUE, FALSE, UNKNOWN]), max_size=4))
def test_of_crisp_pieces_the_best_counts(how: Accumulation, pieces: list[Interval]) -> None:
    """Where nothing is graded, accumulation is OR."""
    best = Interval(max((x.s for x in pieces), default=0), max((x.p for x in pieces), default=0))
    assert best == accumulate(how, pieces)

"""What two versions of a pack differ in over the same history, and what one of them came to."""

from __future__ import annotations

from expert.backtest.compare import compare
from expert.backtest.summary import SHIFT, overlaps, rule_summaries, shifts
from expert.backtest.tally import Result, Spell
from expert.language.ast import Program
from tests.engine.build import MINUTE, T0, program, rule

OLD = program(rule("one", "a.x > 60 kPa", "severity: 2"), rule("two", "a.y > 60 kPa"), rule("gone", "a.v > 1 kPa"))
NEW = program(rule("one", "a.x > 50 kPa", "severity: 2"), rule("two", "a.y > 60 kPa"), rule("added", "a.v > 1 kPa"))


def _result(of: Program, *episodes: tuple[str, int, int | None], scans: int = 600) -> Result:
    """Episodes by rule, first and last minute."""
    spells = [
        Spell(f"t.{r}", f"{r}{a}", T0 + a * MINUTE, 900_000, 1_000_000, None if b is None else T0 + b * MINUTE)
        for r, a, b in sorted(episodes, key=lambda e: e[1])
    ]
    return Result(of, MINUTE, T0, T0 + (scans - 1) * MINUTE, scans, spells)


def test_episodes_of_one_version_only() -> None:
    """Nothing of the other overlaps them."""
    c = compare(_result(OLD, ("one", 10, 20)), _result(NEW, ("one", 20, 30), ("one", 50, 60)))
    assert (["one20", "one50"], ["one10"]) == ([s.episode for s in c.more], [s.episode for s in c.fewer])


def test_an_episode_that_moves_is_one_episode() -> None:
    """Earlier, later, and ending elsewhere are told apart; equal ones are not listed."""
    old = _result(OLD, ("one", 10, 20), ("one", 40, 50), ("one", 70, 80), ("two", 1, 2))
    new = _result(NEW, ("one", 8, 20), ("one", 43, 50), ("one", 70, 85), ("two", 1, 2))
    c = compare(old, new)
    assert ([], []) == (c.more, c.fewer)
    assert ([-2], [3], [5]) == (
        [p.rise // MINUTE for p in c.earlier],
        [p.rise // MINUTE for p in c.later],
        [(p.clears or 0) // MINUTE for p in c.moved if not p.rise],
    )


def test_one_long_episode_that_becomes_three() -> None:
    """The first is its counterpart, the others are more."""
    c = compare(_result(OLD, ("one", 10, 60)), _result(NEW, ("one", 12, 20), ("one", 30, 40), ("one", 50, 60)))
    assert (["one30", "one50"], 1) == ([s.episode for s in c.more], len(c.pairs))


def test_an_open_episode_meets_one_that_ended() -> None:
    """It lasts until the end of the run."""
    c = compare(_result(OLD, ("one", 10, None)), _result(NEW, ("one", 500, 550)))
    assert ([], [], None) == (c.more, c.fewer, c.pairs[0].clears)


def test_rules_that_came_and_went_are_named() -> None:
    """Beside the episodes that they bring and take."""
    c = compare(_result(OLD, ("gone", 1, 2)), _result(NEW, ("added", 1, 2)))
    assert (["t.added"], ["t.gone"]) == (c.rules_added, c.rules_removed)
    assert (["added1"], ["gone1"]) == ([s.episode for s in c.more], [s.episode for s in c.fewer])


def test_what_only_one_version_has_run_is_not_compared() -> None:
    """After an interrupt one version may be ahead of the other."""
    c = compare(_result(OLD, scans=100), _result(NEW, ("one", 150, 160)))
    assert [] == c.more


def test_a_rule_in_figures() -> None:
    """Episodes, time active with the open end, the longest, and nothing for a silent rule."""
    found = {s.rule: s for s in rule_summaries(_result(NEW, ("one", 0, 60), ("one", 570, None)))}
    one = found["t.one"]
    assert (2, 90 * MINUTE, 0.15, 60 * MINUTE) == (one.episodes, one.active, one.share, one.longest)
    assert (0, None) == (found["t.two"].episodes, found["t.two"].first)


def test_rules_that_speak_together() -> None:
    """The rarer one is named first; a rule that is nearly always active is with nobody."""
    found = overlaps(_result(NEW, ("one", 10, 60), ("two", 20, 40), ("added", 0, 590)))
    assert [("t.two", "t.one", 1.0)] == [(o.rule, o.other, o.share) for o in found]


def test_notifications_in_a_shift() -> None:
    """Only episodes of severity 1 or more count; shifts without one are counted too."""
    told = shifts(_result(NEW, ("one", 1, 2), ("one", 5, 6), ("two", 7, 8), scans=2 * SHIFT // MINUTE))
    assert (2, T0) == (told.most, told.most_at)
    assert (0.5, 1.0) == (told.quiet, told.mean)

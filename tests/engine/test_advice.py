"""The advice board: bounded, one lever at a time, nothing twice."""

from __future__ import annotations

import pytest

from expert.values.types import AdviceItem, OperatorEvent
from tests.engine.build import MINUTE, T0, Bench, good, rule, run_of


def advice(name: str, when: str, action: str, amount: str, severity: int = 2) -> str:
    """An advice rule."""
    return rule(
        name,
        when,
        "kind: advice",
        f"severity: {severity}",
        f"advise: [{{action: {action}, amount: {amount}}}]",
        "because: {en: x, zh: x}",
        conclude=None,
    )


DOWN = advice("down", "a.x > 50 kPa", "down", "15 %")
GATE = rule("gate", "a.y > 50 kPa", conclude="gate")


def board(bench: Bench, minute: int = 0, y: int | None = 40, done: tuple[OperatorEvent, ...] = ()) -> list[AdviceItem]:
    """The board after a scan with a high a.x."""
    return list(bench.scan(minute, [*run_of("a.x", [60], minute), *run_of("a.y", [y], minute)], events=done).advice)


def done(minute: float, value: float | None, action: str = "down") -> OperatorEvent:
    """Somebody did it."""
    return OperatorEvent(T0 + round(minute * MINUTE), "done", action, value=value)


def test_an_advice_says_all_that_is_needed() -> None:
    """Amount, unit, limit, rule, episode, when it acts and when to look again."""
    (item,) = board(Bench(DOWN))
    assert ("down", 15.0, "%", 20.0, "t.down", 2, "do") == (
        item.action,
        item.amount,
        item.unit,
        item.limit,
        item.rule,
        item.severity,
        item.status,
    )
    assert (T0 + MINUTE, T0 + 25 * MINUTE) == (item.acts_at, item.review_at)


def test_no_advice_without_its_rule() -> None:
    """It goes with the episode."""
    bench = Bench(DOWN)
    assert 1 == len(board(bench))
    assert () == bench.scan(1, run_of("a.x", [40], 1)).advice


def test_a_gate_blocks() -> None:
    """The fact that forbids it is named."""
    (item,) = board(Bench(DOWN, GATE), y=60)
    assert ("blocked", "gate", None) == (item.status, item.reason, item.acts_at)


def test_an_unknown_gate_does_not_block() -> None:
    """Only what is known to forbid forbids."""
    (item,) = board(Bench(DOWN, GATE), y=None)
    assert "do" == item.status


def test_opposite_directions_of_one_lever_contradict() -> None:
    """The more severe one stays."""
    bench = Bench(DOWN, advice("up", "a.x > 50 kPa", "up", "5 %", severity=3))
    assert [("up", "do", ""), ("down", "contradicted", "up")] == [(i.action, i.status, i.reason) for i in board(bench)]


def test_declared_contradictions_hold_both_ways() -> None:
    """`cool` contradicts `down`, whichever is the stronger."""
    for severity, first in ((1, "down"), (3, "cool")):
        bench = Bench(DOWN, advice("cool", "a.x > 50 kPa", "cool", "5 %", severity=severity))
        items = board(bench)
        assert (first, ["do", "contradicted"]) == (items[0].action, [i.status for i in items])


def test_a_blocked_advice_contradicts_nothing() -> None:
    """What is not to be done does not stand in the way."""
    bench = Bench(DOWN, GATE, advice("up", "a.x > 50 kPa", "up", "5 %", severity=1))
    assert [("down", "blocked"), ("up", "do")] == [(i.action, i.status) for i in board(bench, y=60)]


def test_two_rules_for_one_action_are_one_line() -> None:
    """The more severe rule's amount counts; they do not add up."""
    bench = Bench(DOWN, advice("more", "a.x > 55 kPa", "down", "20 %", severity=3))
    assert [("t.more", 20.0)] == [(i.rule, i.amount) for i in board(bench)]


def test_an_amount_never_exceeds_the_catalogue() -> None:
    """Even when a rule came with more than its action's limit."""
    from dataclasses import replace

    bench = Bench(DOWN)
    site = bench.program.site
    tight = replace(site, actions={**site.actions, "down": replace(site.actions["down"], limit=4.0)})
    (item,) = board(Bench(of=replace(bench.program, site=tight)))
    assert (4.0, 4.0) == (item.amount, item.limit)


@pytest.mark.parametrize(
    ("amounts", "status", "left"),
    [((5.0,), "do", 10.0), ((5.0, 4.0), "do", 6.0), ((15.0,), "pending", 15.0), ((None,), "pending", 15.0)],
)
def test_pending_actions_are_counted(amounts: tuple[float | None, ...], status: str, left: float) -> None:
    """What was done and has not acted fully yet is taken off; without an amount all of it was done."""
    (item,) = board(Bench(DOWN), done=tuple(done(0, a) for a in amounts))
    assert (status, left) == (item.status, item.amount)


def test_pending_ends_when_it_has_acted() -> None:
    """After full_in the advice is whole again, if its rule still says so."""
    bench = Bench(DOWN)
    found = [board(bench, 0, done=(done(0, 15.0),))[0]] + [board(bench, m)[0] for m in (4, 5)]
    assert ["pending", "pending", "do"] == [i.status for i in found]
    assert T0 + 5 * MINUTE == found[0].acts_at


def test_another_action_is_not_pending() -> None:
    """Only more of the same waits."""
    (item,) = board(Bench(DOWN), done=(done(0, 15.0, "cool"),))
    assert ("do", 15.0) == (item.status, item.amount)


def test_held_without_data_still_advises() -> None:
    """Missing data clears no advice."""
    bench = Bench(DOWN)
    board(bench)
    assert ["do"] == [i.status for i in bench.scan(1, run_of("a.x", [None], 1)).advice]


def test_clearing_no_longer_advises() -> None:
    """What is known not to hold any more asks for nothing."""
    text = DOWN.replace("kind: advice", "clear_for: 5 min\n    kind: advice")
    bench = Bench(text)
    board(bench)
    assert () == bench.scan(1, [good("a.x", 1, 40)]).advice

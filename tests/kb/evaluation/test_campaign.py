"""What is injected into whom, and what of it shows."""

from __future__ import annotations

from itertools import pairwise

from kb.evaluation.campaign import Campaign, event, hard_normals, known, plan, play
from kb.evaluation.events import DAY, HOUR, MINUTE
from kb.evaluation.running import committed
from kb.furnace import Cause
from kb.furnace.mechanisms import REGISTRY
from kb.furnace.twin import Effect

START = 40 * DAY
LEAK = Cause("leak", 0, HOUR, 3, "A")


def test_every_condition_and_severity_gets_its_turn() -> None:
    """Twenty slots of four conditions: each at each severity once, besides the second ones."""
    causes, _ = plan(3, 0, 20, ["C01", "C05", "C21", "C45"])
    drawn = {(REGISTRY[c.kind].condition, c.severity) for c in causes}
    assert 20 == len(drawn)
    assert 20 < len(causes) < 30


def test_slots_do_not_meet() -> None:
    """Each begins ten hours after the windows of the one before; two at once are close together."""
    causes, end = plan(4, START, 30, known()[:4])
    for a, b in pairwise(causes):
        over = max(a.end, a.onset + REGISTRY[a.kind].window * MINUTE)
        assert b.onset - a.onset < 30 * MINUTE or b.onset - over >= 10 * HOUR
    assert causes[0].onset >= START + 2 * HOUR and end >= causes[-1].end + 10 * HOUR


def test_a_seed_has_its_campaign() -> None:
    """The same seed the same, another one another."""
    assert plan(5, 0, 9, ["C01", "C05"]) == plan(5, 0, 9, ["C01", "C05"])
    assert plan(5, 0, 9, ["C01", "C05"]) != plan(6, 0, 9, ["C01", "C05"])


def test_seeds_follow_from_the_program() -> None:
    """Another digest, other furnaces, at least twenty of them."""
    assert 20 == len(set(committed("a")))
    assert not set(committed("a")) & set(committed("b"))


def test_clear_needs_two_instruments_within_the_window() -> None:
    """The second crossing counts; after the window it is too late."""
    one, two, late = Effect("a", 10, 4.0, 30, 50), Effect("b", 20, 5.0, 40, 70), Effect("c", 361 * MINUTE, 9.0, 0, 0)
    seen = event(LEAK, [one, two])
    assert (20, 40, (20, 50)) == (seen.clear, seen.peak, seen.visible)
    assert [None, None] == [event(LEAK, e).clear for e in ([one], [one, late])]


def test_a_campaign_has_samples_and_effects() -> None:
    """A hang is clear within its window, shows at its place in time, and the columns hold the history before it."""
    causes = [Cause("hang", START + 2 * HOUR, 40 * MINUTE, 4), Cause("leak", START + 12 * HOUR, 2 * HOUR, 5, "B")]
    campaign: Campaign = play(7, START, causes, START + DAY)
    hang, leak = campaign.events
    assert ("C01", "", "C21", "B") == (hang.condition, hang.where, leak.condition, leak.where)
    assert hang.clear is not None and hang.onset < hang.clear <= hang.until
    assert any(x.condition == "C01" and x.start >= hang.onset for x in campaign.labels)
    blast = campaign.columns["blast.pressure"]
    assert blast.source[0] < START - 30 * DAY and blast.source[-1] > START + 23 * HOUR


def test_hard_normals_disturb_every_second_day_and_are_no_events() -> None:
    """Kinds take turns within a furnace; what they do is in the columns, and nothing has to be found."""
    causes = hard_normals(2, START, 9)
    assert [1, 3, 5, 7] == [(c.onset - START) // DAY for c in causes]
    assert 4 == len({c.kind for c in causes})
    assert () == play(2, START, causes[:1], START + DAY // 2).events

"""Several experts on the screen: all run, one is shown, a key shows the next."""

from __future__ import annotations

import asyncio
from pathlib import Path

from expert.run.board import Peer
from expert.run.past import PastRun
from kb.experts import open_together, team
from tests.commands.experts import GROUPS, MAP, Quick, record
from tests.tui.driver import LARGE, Driver
from tests.tui.scripted import ScriptedDesk, at
from tui.app import TuyereApp
from tui.pump import Pump, Wish
from tui.views.layout import read_layout


def test_e_shows_the_next_expert(tmp_path: Path) -> None:
    """The heading names who is shown and how much stands open at the others; both traces are closed at the end."""
    recorded = Quick(record(tmp_path / "rec"), MAP)
    desks = open_together(recorded, team(recorded, GROUPS, tmp_path / "dir"))
    app = TuyereApp(desks, "en", False)

    async def work() -> None:
        async with app.run_test(size=LARGE) as pilot:
            d = Driver(app, pilot, ScriptedDesk(0))
            await d.shows("expert melter; shop: 1 open", "Shop eases")
            await d.press("e")
            await d.shows("expert shop; melter: 2 open", "Make it slower")
            await d.press("e")
            await d.shows("expert melter; shop: 1 open")

    asyncio.run(work())
    app.pump.stop("quit")
    for name in ("melter", "shop"):
        assert 13 == len(PastRun(tmp_path / "dir" / name))
        assert "close" == [*PastRun(tmp_path / "dir" / name).reader.entries()][-1].kind


def test_a_missed_peer_is_told_among_the_events() -> None:
    """What a scan waited for in vain stands in the story of the run."""
    desk = ScriptedDesk(3)
    desk.peers.append(Peer("shop", Path("dir/shop"), "missed", 60.0, at(2)))
    pump = Pump(desk, read_layout(), Wish("en", False), print, lambda then, x: None, print)
    pump.step()
    assert any("expert shop ran no scan before 02:02 within 60 s" in e.what["en"] for e in pump.story.events)

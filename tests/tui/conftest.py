"""Moments of the scripted plant that tests look at without changing them."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest

from tests.tui.scripted import ScriptedDesk
from tui.views.chronicle import Chronicle
from tui.views.layout import read_layout
from tui.views.overview import Overview, overview

Moment = tuple[ScriptedDesk, Chronicle]


@cache
def moment_at(minute: int) -> Moment:
    """A desk at ``minute`` after 02:00 and the story so far; do not move it."""
    desk = ScriptedDesk(minute)
    story = Chronicle(desk.program, read_layout())
    story.follow(desk.records)
    return desk, story


@pytest.fixture(autouse=True)
def quick_pump(monkeypatch: pytest.MonkeyPatch) -> None:
    """Screens look at the clock ten times as often, so that tests need not wait."""
    monkeypatch.setattr("tui.pump.PERIOD", 0.05)


@pytest.fixture
def moment() -> Callable[[int], Moment]:
    """Desk and story at a minute."""
    return moment_at


@pytest.fixture
def view() -> Callable[..., Overview]:
    """The overview at a minute in a language."""

    def make(minute: int, lang: str = "en") -> Overview:
        return overview(*moment_at(minute), lang)

    return make

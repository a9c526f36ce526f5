"""Drives the application under a pilot on the scripted plant."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from textual.pilot import Pilot

from tests.tui.scripted import ScriptedDesk
from tui.app import TuyereApp
from tui.screens.board import BoardScreen

SMALL, LARGE = (80, 24), (160, 50)


class Driver:
    """One application at work on the scripted plant."""

    def __init__(self, app: TuyereApp, pilot: Pilot[int], desk: ScriptedDesk) -> None:
        self.app = app
        self.pilot = pilot
        self.desk = desk

    @property
    def text(self) -> str:
        """What is on the screen, without colours."""
        assert isinstance(self.app.screen, BoardScreen)
        return self.app.screen.text()

    async def until(self, condition: Callable[[], Any], what: str) -> None:
        """Let the application work until a condition holds."""
        for _ in range(600):
            await self.pilot.pause()
            if condition():
                return
            await asyncio.sleep(0.01)
        raise AssertionError(f"never: {what}\n{self.text}")

    async def shows(self, *words: str) -> None:
        """Wait until all words are on the screen."""
        await self.until(lambda: all(w in self.text for w in words), " and ".join(words))

    async def press(self, *keys: str) -> None:
        """Press keys."""
        await self.pilot.press(*keys)


def drive(
    work: Callable[[Driver], Awaitable[None]],
    size: tuple[int, int] = SMALL,
    minute: int = 33,
    lang: str = "en",
    ascii_only: bool = False,
    desk: ScriptedDesk | None = None,
) -> tuple[int | None, ScriptedDesk]:
    """Run an application, let ``work`` use it, and return its result and the desk."""
    plant = desk or ScriptedDesk(minute)
    app = TuyereApp(plant, lang, ascii_only)

    async def go() -> None:
        async with app.run_test(size=size) as pilot:
            driver = Driver(app, pilot, plant)
            try:
                await driver.until(lambda: app.frame is not None or app.fault is not None, "a first frame")
                await pilot.pause()
                await work(driver)
            finally:
                app.pump.stop("test")

    asyncio.run(go())
    return app.return_value, plant

"""The terminal application: one overview, screens on top of it, and a pump that runs the desk."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any, ClassVar

from textual.app import App
from textual.binding import Binding, BindingType
from textual.message import Message

from tui.language import can_write
from tui.people import person
from tui.port import DeskPort, DesksPort
from tui.pump import Frame, Pump, Wish
from tui.screens.board import BoardScreen
from tui.screens.fault import FaultScreen
from tui.screens.overview import OverviewScreen
from tui.views.layout import read_layout

INTERRUPTED, OUR_FAULT = 130, 3
MESSAGE_SECONDS = 8.0


class FrameReady(Message):
    """The pump made a new frame; an older one that nobody has looked at is dropped."""

    def __init__(self, frame: Frame) -> None:
        super().__init__()
        self.frame = frame

    def can_replace(self, message: Message) -> bool:
        """A newer frame replaces an older one in the queue."""
        return isinstance(message, FrameReady)


class JobDone(Message):
    """The pump did a job."""

    def __init__(self, then: Callable[[Any], None], result: Any) -> None:
        super().__init__()
        self.then = then
        self.result = result


class DeskFailed(Message):
    """The pump ended by an error; the desk is closed."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error


class TuyereApp(App[int]):
    """The screens of one desk.

    Parameters
    ----------
    desk : DeskPort or DesksPort
        The running expert, or several; it is closed when the application ends, however it ends.
    lang : {'en', 'zh'}
    ascii_only : bool
        Plots and marks in ASCII.
    signals : bool
        Whether SIGTERM, SIGINT and SIGHUP end the application (not in tests).
    """

    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q", "leave", priority=False),
        Binding("l", "language"),
        Binding("e", "expert"),
        Binding("ctrl+c", "interrupt", priority=True),
        Binding("ctrl+q", "leave", priority=True),
    ]

    def __init__(self, desk: DeskPort | DesksPort, lang: str, ascii_only: bool, signals: bool = False) -> None:
        super().__init__()
        self.lang = lang
        self.ascii_only = ascii_only
        self.full_letters = not ascii_only or can_write("zh", sys.stdout.encoding if signals else "utf-8")
        self.who = person(os.environ)
        self.frame: Frame | None = None
        self.message = ""
        self.fault: Exception | None = None
        self.experts = tuple(desk.desks) if isinstance(desk, DesksPort) else ()
        first = next(iter(desk.desks.values())) if isinstance(desk, DesksPort) else desk
        self.breakable = tuple(first.breakable)
        self.overview = OverviewScreen()
        self._signals = signals
        self._message_timer: Any = None
        self.pump = Pump(desk, read_layout(), Wish(lang, ascii_only), self._show, self._answer, self._fail)

    # ------------------------------------------------------------ from the pump's thread

    def _show(self, frame: Frame) -> None:
        self.post_message(FrameReady(frame))

    def _answer(self, then: Callable[[Any], None], result: Any) -> None:
        self.post_message(JobDone(then, result))

    def _fail(self, error: Exception) -> None:
        self.post_message(DeskFailed(error))

    # ------------------------------------------------------------ messages

    async def on_mount(self) -> None:
        """Show the overview and start the pump."""
        if self._signals:
            self._catch_signals()
        await self.push_screen(self.overview)
        self.wish_changed()
        self.pump.start()

    def on_frame_ready(self, message: FrameReady) -> None:
        """Draw the new frame."""
        self.frame = message.frame
        if isinstance(self.screen, BoardScreen):
            self.screen.frame_changed()

    def on_job_done(self, message: JobDone) -> None:
        """Hand the result to whoever asked."""
        message.then(message.result)

    def on_desk_failed(self, message: DeskFailed) -> None:
        """Say what happened; nothing more will be scanned."""
        self.fault = message.error
        if os.environ.get("TUYERE_DEBUG"):
            import traceback

            traceback.print_exception(message.error)
        self.push_screen(FaultScreen(f"{type(message.error).__name__}: {message.error}"))

    def wish_changed(self) -> None:
        """Tell the pump what the overview needs now."""
        self.pump.wish(self.overview.wish())

    def tell(self, text: str) -> None:
        """Show a message in the last row for a while."""
        self.message = text
        if self._message_timer is not None:
            self._message_timer.stop()
        self._message_timer = self.set_timer(MESSAGE_SECONDS, self._forget)
        self._redraw()

    def record(self, kind: str, target: str, text: str = "", value: float | None = None) -> None:
        """Put on record what the person at the screen says or does; it goes there with the next scan."""
        self.pump.submit(lambda desk, story: desk.event(kind, target, text, value, self.who))

    def _forget(self) -> None:
        self.message = ""
        self._redraw()

    def _redraw(self) -> None:
        if isinstance(self.screen, BoardScreen):
            self.screen.redraw()

    # ------------------------------------------------------------ keys

    def action_language(self) -> None:
        """Change the language of everything at once."""
        self.lang = "zh" if self.lang == "en" else "en"
        if not self.full_letters:
            self.lang = "en"
        self.message = ""
        self.wish_changed()
        self._redraw()

    def action_expert(self) -> None:
        """Show the next expert, where several run."""
        if self.experts and self.screen is self.overview:
            self.pump.show_next()

    def action_leave(self) -> None:
        """Quit; nothing is asked."""
        self.exit(OUR_FAULT if self.fault is not None else 0)

    def action_interrupt(self) -> None:
        """Quit by Ctrl-C."""
        self.exit(INTERRUPTED)

    def _catch_signals(self) -> None:
        loop = asyncio.get_running_loop()
        for name, code in (("SIGTERM", 143), ("SIGINT", INTERRUPTED), ("SIGHUP", 129)):
            number = getattr(signal, name, None)
            if number is not None:
                with suppress(NotImplementedError, ValueError, RuntimeError):
                    loop.add_signal_handler(number, self.exit, code)

    def _fatal_error(self) -> None:
        """A fault in a screen ends the application with one sentence, not with a traceback (unless debugging)."""
        if os.environ.get("TUYERE_DEBUG"):
            super()._fatal_error()
        else:
            self._close_messages_no_wait()


def run_app(desk: DeskPort | DesksPort, lang: str, ascii_only: bool) -> int:
    """Run the screens until the user leaves; the desk is closed then.

    Returns
    -------
    int
        Exit code: 0 by q, 130 by Ctrl-C, 143 by SIGTERM, 129 by hang-up, 3 after a fault of ours.
    """
    app = TuyereApp(desk, lang, ascii_only, signals=True)
    code: int | None = None
    try:
        code = app.run()
    except OSError:
        code = 129  # the terminal went away while it was drawn
    finally:
        reasons = {0: "quit", INTERRUPTED: "interrupted", 143: "stopped", 129: "hang-up"}
        app.pump.stop(reasons.get(code if code is not None else OUR_FAULT, "fault"))
        desk.close()
    if code is None or app._exception is not None:
        error = app._exception or app.fault
        print(f"internal error: {type(error).__name__}: {error} (TUYERE_DEBUG=1 shows where)", file=sys.stderr)
        return OUR_FAULT
    return code

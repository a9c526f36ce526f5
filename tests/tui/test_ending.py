"""However it ends: the terminal is restored, the desk closed, and the exit code tells how (in a pseudo-terminal)."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import tui

ROOT = Path(tui.__file__).parent.parent
ENTER_SCREEN, LEAVE_SCREEN, SHOW_CURSOR = b"\x1b[?1049h", b"\x1b[?1049l", b"\x1b[?25h"
PROGRAM = """
import sys
from tests.tui.scripted import ScriptedDesk
from tui.app import run_app
desk = ScriptedDesk(33)
code = run_app(desk, "en", False)
open(sys.argv[1], "w").write(" ".join(desk.closed[:1]))
sys.exit(code)
"""
LINES = """
import sys
from tests.tui.scripted import ScriptedDesk
from tui.plain import run_story
class Slow(ScriptedDesk):
    def run_until(self, until):
        for record in super().run_until(until):
            if record.input.time > self.clock.plant + 30 * 60_000:
                import time; time.sleep(30)
            yield record
desk = Slow(0, speed=0)
code = run_story(desk, 1.5, "en", False, sys.stdout)
open(sys.argv[1], "w").write(" ".join(desk.closed[:1]))
sys.exit(code)
"""


class Terminal:
    """A program in a pseudo-terminal of 80x24."""

    def __init__(self, program: str, note: Path) -> None:
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        environ = {**os.environ, "TERM": "xterm-256color", "PYTHONPATH": str(ROOT), "LC_ALL": "C.UTF-8"}
        self.process = subprocess.Popen(
            [sys.executable, "-c", program, str(note)],
            stdin=slave, stdout=slave, stderr=slave, env=environ, cwd=ROOT, start_new_session=True,
        )  # fmt: skip
        os.close(slave)
        self.output = b""
        self.note = note

    def read_until(self, word: bytes, seconds: float = 20.0) -> None:
        """Read until a word has come."""
        end = time.monotonic() + seconds
        while word not in self.output:
            if time.monotonic() > end:
                raise AssertionError(f"never: {word!r} in {self.output[-3000:]!r}")
            self._read(0.2)

    def _read(self, seconds: float) -> bool:
        if not select.select([self.master], [], [], seconds)[0]:
            return True
        try:
            data = os.read(self.master, 65536)
        except OSError:  # the other end is closed
            return False
        self.output += data
        return bool(data)

    def finish(self, read: bool = True) -> int:
        """Read to the end and return the exit code."""
        end = time.monotonic() + 20
        while self.process.poll() is None and time.monotonic() < end:
            if read:
                self._read(0.1)
            else:
                time.sleep(0.05)
        while read and self._read(0.05) and select.select([self.master], [], [], 0.05)[0]:
            pass
        if self.process.poll() is None:
            self.process.kill()
            raise AssertionError(f"did not end: {self.output[-2000:]!r}")
        return self.process.returncode


def key(text: bytes) -> Callable[[Terminal], None]:
    """Press a key."""
    return lambda t: void(os.write(t.master, text))


def send(number: int) -> Callable[[Terminal], None]:
    """Send a signal."""
    return lambda t: t.process.send_signal(number)


def void(_: object) -> None:
    """Nothing."""


@pytest.mark.parametrize(
    ("act", "code", "reason"),
    [
        (key(b"q"), 0, "quit"),
        (key(b"\x03"), 130, "interrupted"),
        (send(signal.SIGTERM), 143, "stopped"),
        (send(signal.SIGINT), 130, "interrupted"),
        (send(signal.SIGHUP), 129, "hang-up"),
    ],
    ids=["q", "ctrl-c", "sigterm", "sigint", "sighup"],
)
def test_screen_ends_cleanly(act: Callable[[Terminal], None], code: int, reason: str, tmp_path: Path) -> None:
    """The alternate screen is left, the cursor is shown, the desk is closed with the reason."""
    t = Terminal(PROGRAM, tmp_path / "note")
    t.read_until(b"ABNORMAL NOW")
    act(t)
    assert t.finish() == code
    assert t.output.rindex(LEAVE_SCREEN) > t.output.rindex(ENTER_SCREEN)
    assert t.output.rindex(SHOW_CURSOR) > t.output.rindex(ENTER_SCREEN)
    assert b"Traceback" not in t.output
    assert reason == t.note.read_text()


def test_a_lost_terminal_closes_the_desk(tmp_path: Path) -> None:
    """The window is closed: the program ends, and the desk is closed."""
    t = Terminal(PROGRAM, tmp_path / "note")
    t.read_until(b"ABNORMAL NOW")
    os.close(t.master)
    t.process.send_signal(signal.SIGHUP)
    assert t.finish(read=False) == 129
    assert t.note.read_text() in ("hang-up", "fault")


@pytest.mark.parametrize(
    ("number", "code", "reason"), [(signal.SIGTERM, 143, "stopped"), (signal.SIGINT, 130, "interrupted")]
)
def test_lines_end_cleanly(number: int, code: int, reason: str, tmp_path: Path) -> None:
    """The summary up to there, and the desk is closed with the reason."""
    t = Terminal(LINES, tmp_path / "note")
    t.read_until(b"Hanging, probable")
    t.process.send_signal(number)
    assert t.finish() == code
    assert b"summary:" in t.output
    assert reason == t.note.read_text()

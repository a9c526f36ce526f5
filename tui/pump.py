"""One thread that owns the desk: it runs the scans that are due and builds what the screens show.

Screens never touch the desk. They say what they want to see, hand in jobs, and get frozen frames and answers.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from expert.explain import Line, clock
from expert.run.board import Peer
from expert.values.types import ScanRecord
from tui import since_start
from tui.port import DeskPort, DesksPort
from tui.texts import Words, both, say
from tui.views.chronicle import Chronicle
from tui.views.layout import Layout
from tui.views.overview import Overview, overview
from tui.views.reasons import why_rows
from tui.views.trends import TREND_HOURS, Trends, trends

T = TypeVar("T")
FOREVER = 1 << 60
PERIOD = 0.5
"""Seconds between two looks at the clock: screens change at most twice a second."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What the screens want: language, size of the small plots, and for big terminals trends and a why tree."""

    lang: str
    ascii_only: bool
    columns: int = 15
    minutes: int = 30
    selected: str = ""
    why_width: int = 0
    trend_columns: int = 0


@dataclass(frozen=True, slots=True)
class Frame:
    """Everything the screens show at one moment."""

    overview: Overview
    record: ScanRecord | None
    why: tuple[Line, ...] = ()
    why_of: str = ""
    trends: Trends | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """Work on the desk, and where its result goes."""

    work: Callable[[DeskPort, Chronicle], Any]
    then: Callable[[Any], None] | None


class Pump:
    """Runs a desk in a thread of its own.

    Parameters
    ----------
    show : callable
        Takes each new `Frame`; called in the pump's thread.
    answer : callable
        Takes (callback, result) of a job; called in the pump's thread.
    fail : callable
        Takes the exception that ended the pump; the desk is closed by then.
    """

    def __init__(
        self,
        watched: DeskPort | DesksPort,
        layout: Layout,
        wish: Wish,
        show: Callable[[Frame], None],
        answer: Callable[[Callable[[Any], None], Any], None],
        fail: Callable[[Exception], None],
    ) -> None:
        self._watched = watched
        self._team = watched if isinstance(watched, DesksPort) else None
        self._desks: dict[str, DeskPort] = dict(watched.desks) if isinstance(watched, DesksPort) else {"": watched}
        self._stories = {name: Chronicle(desk.program, layout) for name, desk in self._desks.items()}
        self._shown = next(iter(self._desks))
        self._peers = 0
        self._wish = wish
        self._show = show
        self._answer = answer
        self._fail = fail
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._stop = threading.Event()
        self._dirty = True
        self._first = False
        self._thread = threading.Thread(target=self._run, name="desk", daemon=True)
        self.reason = "end"

    @property
    def desk(self) -> DeskPort:
        """The expert that is shown."""
        return self._desks[self._shown]

    @property
    def story(self) -> Chronicle:
        """What that expert said."""
        return self._stories[self._shown]

    def show_next(self) -> None:
        """Show the next expert from now on, where several run."""

        def turn(desk: DeskPort, story: Chronicle) -> None:
            names = list(self._desks)
            self._shown = names[(names.index(self._shown) + 1) % len(names)]

        self.submit(turn)

    def start(self) -> None:
        """Begin to run the desk."""
        self._thread.start()

    def stop(self, reason: str, patience: float = 10.0) -> bool:
        """End the thread, which closes the desk; True when it ended in time."""
        self.reason = reason
        self._stop.set()
        self._jobs.put(None)
        if self._thread.is_alive() and self._thread is not threading.current_thread():
            self._thread.join(patience)
        return not self._thread.is_alive()

    def wish(self, wish: Wish) -> None:
        """Ask for other frames from now on; one follows at once."""
        if wish != self._wish:
            self._wish = wish
            self._dirty = True
            self._jobs.put(None)

    def submit(self, work: Callable[[DeskPort, Chronicle], T], then: Callable[[T], None] | None = None) -> None:
        """Have work done on the desk, between two scans; its result goes to ``then`` by way of ``answer``."""
        self._jobs.put(Job(work, then))

    # ------------------------------------------------------------ in the thread

    def _run(self) -> None:
        try:
            for name, desk in self._desks.items():
                self._stories[name].follow(tuple(desk.records))
            while not self._stop.is_set():
                self.step()
                self._wait()
        except Exception as error:
            self._close("fault")
            self._fail(error)
        else:
            self._close(self.reason)

    def _close(self, reason: str) -> None:
        try:
            self._watched.close(reason)
        except Exception as error:
            self._fail(error)

    def _wait(self) -> None:
        """Wait for a job or the next look at the clock, and do the jobs that are there."""
        try:
            job = self._jobs.get(timeout=PERIOD)
            while True:
                self._do(job)
                job = self._jobs.get_nowait()
        except queue.Empty:
            return

    def _do(self, job: Job | None) -> None:
        if job is None:
            return
        result = job.work(self.desk, self.story)
        self._dirty = True
        if job.then is not None:
            self._answer(job.then, result)

    def step(self) -> None:
        """Run the scans that are due and show a frame when something is new."""
        records = self._advance()
        if (records or self.desk.record is not None) and not self._first:
            self._first = True
            self.story.remark(self.desk.now, both("plain_first", seconds=f"{since_start():.1f}"))
        if records or self._dirty:
            self._dirty = False
            self._show(self.frame(self._wish))

    def _advance(self) -> list[ScanRecord]:
        """Run the scans that are due, and take them in; of a desk without a speed as many as run in a moment."""
        if self._team is not None:
            return self._advance_all(self._team)
        if self.desk.speed > 0:
            due = self.desk.tick()
            self._take(due)
            return due
        records: list[ScanRecord] = []
        end = time.monotonic() + PERIOD / 2
        for record in self.desk.run_until(FOREVER):
            self._take([record])
            records.append(record)
            if time.monotonic() > end or self._stop.is_set():
                break
        return records

    def _advance_all(self, team: DesksPort) -> list[ScanRecord]:
        """The same for several experts; each takes in what is its own."""
        records: list[ScanRecord] = []
        end = time.monotonic() + PERIOD / 2
        for name, record in team.tick() if team.speed > 0 else team.run_until(FOREVER):
            self._stories[name].hear(self._desks[name].reloads)
            self._stories[name].follow([record])
            records.append(record)
            if time.monotonic() > end or self._stop.is_set():
                break
        return records

    def _take(self, records: Sequence[ScanRecord]) -> None:
        """Take in records of one desk under the rules that they were run by."""
        self.story.hear(self.desk.reloads)
        for peer in self.desk.peers[self._peers :]:
            self._peers += 1
            self.story.remark(peer.time, peer_words(peer))
        self.story.follow(records)

    def frame(self, wish: Wish) -> Frame:
        """What the screens show now."""
        view = overview(self.desk, self.story, wish.lang, wish.columns, wish.minutes)
        record = self.desk.record
        chosen = next((e for e in view.abnormal if e.id == wish.selected), view.abnormal[0] if view.abnormal else None)
        why: tuple[Line, ...] = ()
        if chosen is not None and record is not None and wish.why_width:
            why = why_rows(self.desk, self.story, record, chosen.id, wish.lang, wish.ascii_only, wish.why_width)
        curves = None
        if wish.trend_columns:
            names = [r.key for r in view.watch]
            curves = trends(self.desk, self.story, names, wish.lang, wish.trend_columns, TREND_HOURS)
        if len(self._desks) > 1:
            view = replace(view, name=self._named(wish.lang))
        return Frame(view, record, why, chosen.id if chosen is not None else "", curves)

    def _named(self, lang: str) -> str:
        """The expert that is shown, and how much stands open at each other one."""
        comma = "、" if lang == "zh" else ", "
        open_ = {n: self._stories[n].totals.open for n in self._desks if n != self._shown}
        others = comma.join(say(lang, "expert_open", name=n, n=k) for n, k in open_.items())
        return say(lang, "expert_shown", name=self._shown, others=others)


def peer_words(peer: Peer) -> Words:
    """What became of an expert in another process, in words."""
    values = {"pack": peer.pack, "folder": peer.folder, "seconds": f"{peer.patience:g}", "time": clock(peer.time)}
    return both(f"peer_{peer.state}", **values)

"""The story of a run as lines: what rose, what cleared, what was held or found late, what to do, the verdict."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import TextIO

from expert import texts as engine_texts
from expert.explain import certainty_word, clock
from expert.values.cells import fit
from tui import since_start
from tui.port import DeskPort
from tui.texts import say
from tui.views.chronicle import Chronicle
from tui.views.events import Event
from tui.views.layout import read_layout
from tui.views.wording import date, plain_letters

HOUR = 3_600_000
FOREVER = 1 << 60
TITLE, WORD = 38, 14
SILENT = ("marker",)
"""Ordinary happenings (a stove change) stay on the screen; as lines they would bury the story."""
SAID_ONCE = (
    "advice", "advice_over", "blocked", "pending", "verdict", "person", "regime", "rules", "shelved", "unshelved",
)  # fmt: skip
"""Happenings that are told by their words alone."""
INTERRUPTED = 130


class Stopped(Exception):
    """A signal asked the run to end; ``code`` is the exit code of it."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class Printer:
    """Writes lines as they happen, in one language."""

    def __init__(self, out: TextIO, lang: str, ascii_only: bool) -> None:
        self.out = out
        self.lang = lang
        self.ascii_only = ascii_only
        self._day = ""

    def line(self, text: str) -> None:
        """Write one line at once."""
        text = plain_letters(text, self.lang) if self.ascii_only else text
        self.out.write(text.rstrip() + "\n")
        self.out.flush()

    def event(self, event: Event, who: str = "") -> None:
        """Write one event, with who says it in front; a new day gets a line of its own."""
        day = date(event.time, self.lang, year=True)
        if day != self._day:
            if self._day:
                self.line(f"-- {day}")
            self._day = day
        self.line(who + event_line(event, self.lang))

    def begin(self, time: int) -> None:
        """Remember the first day, which the heading has named."""
        self._day = date(time, self.lang, year=True)


def event_line(event: Event, lang: str) -> str:
    """One event as a line: time, mark, what, how sure, the rest of the sentence.

    >>> e = Event(9_660_000, "cleared", {"en": "Hanging cleared"}, {"en": "after 28 min"})
    >>> event_line(e, "en")
    '02:41   ok Hanging cleared                                        after 28 min'
    """
    word = certainty_word(event.certainty, lang) if event.certainty is not None else ""
    detail = event.detail[lang]
    head = f"{clock(event.time)}  {event.mark} {event.what[lang]}"
    if event.kind in SAID_ONCE:
        return f"{head}{'；' if lang == 'zh' else '; '}{detail}" if detail else head
    what = event.what[lang]
    padded = fit(what, TITLE) if len(what) <= TITLE and fit(what, TITLE).startswith(what) else what
    return f"{clock(event.time)}  {event.mark} {padded} {fit(word, WORD)}  {detail}".rstrip()


def story(desk: DeskPort, until: int, out: TextIO, lang: str, ascii_only: bool) -> None:
    """Run a desk to plant time ``until`` and write what happens, line by line, with the summary at the end.

    The summary is written, too, when the run is interrupted; the interruption goes on to the caller.
    """
    printer = Printer(out, lang, ascii_only)
    chronicle = Chronicle(desk.program, read_layout())
    heading(desk, until, printer)
    told = False
    try:
        for event in _events(desk, until, chronicle):
            if event.kind in SILENT:
                continue
            printer.event(event)
            if not told and event.kind in ("raised", "late", "verdict"):
                told = True
                printer.line(say(lang, "plain_first", seconds=f"{since_start():.1f}"))
    except (KeyboardInterrupt, Stopped):
        printer.line(say(lang, "plain_interrupted", time=clock(chronicle.totals.last or desk.now)))
        printer.line(summary(desk, chronicle, lang))
        raise
    for line in account(desk, lang):
        printer.line(line)
    printer.line(summary(desk, chronicle, lang))


def _events(desk: DeskPort, until: int, chronicle: Chronicle) -> Iterator[Event]:
    chronicle.follow(tuple(desk.records))
    yield from chronicle.begin(desk.now)
    for record in desk.run_until(until):
        yield from chronicle.hear(desk.reloads)
        yield from chronicle.take(record)


def heading(desk: DeskPort, until: int, printer: Printer) -> None:
    """What is watched, from when, and with which rules."""
    printer.line(watched(desk, printer.lang))
    for line in rules_at_work(desk, printer.lang):
        printer.line(line)
    printer.begin(desk.now)


def watched(desk: DeskPort, lang: str) -> str:
    """What is watched, and from when."""
    name = desk.name.get(lang, desk.program.site.name)
    when = f"{date(desk.now, lang, year=True)} {clock(desk.now)}"
    seed = "" if desk.seed is None else say(lang, "plain_seed", seed=desk.seed)
    return say(lang, "plain_head", name=name, seed=seed, when=when)


def rules_at_work(desk: DeskPort, lang: str) -> list[str]:
    """The packs of a desk, and what its reader should know of them."""
    program = desk.program
    count = len(program.installed) if program.installed is not None else len(program.site.variables)
    names = {"pack": program.pack, "version": program.version, "rules": len(program.rules)}
    return [say(lang, "plain_rules", **names, variables=count), *getattr(desk, "notes", ())]


def account(desk: DeskPort, lang: str) -> list[str]:
    """What was lost on the way in, by cause; for a recording also how often each rule rose."""
    lines = []
    if desk.skipped:
        comma = "，" if lang == "zh" else ", "
        causes = comma.join(f"{cause_words(cause, lang)} {n}" for cause, n in desk.skipped.items())
        lines.append(say(lang, "plain_skipped", n=sum(desk.skipped.values()), causes=causes))
    if desk.end is not None:
        lines.append(say(lang, "plain_raised"))
        rules = desk.program.rules
        severity = {name: rules[name].severity if name in rules else 0 for name in desk.raised}
        ranked = sorted(desk.raised.items(), key=lambda x: (-severity[x[0]], x[0]))
        lines += [f"  {n:>6}  !{severity[rule]}  {rule}" for rule, n in ranked]
    return lines


def cause_words(cause: str, lang: str) -> str:
    """Why values were lost, in words; a status text of the plant stays as it is.

    >>> cause_words("skew", "en"), cause_words("unknown variable", "zh")
    ('time stamp ahead of the clock', '未知变量')
    """
    code, _, detail = cause.partition(":")
    if code == "unknown variable":
        return say(lang, "cause_unknown_variable")
    known = f"note_{code.strip()}"
    words = engine_texts.say(lang, known) if known in engine_texts.keys(lang) else code
    return f"{words}{detail and ': ' + detail.strip()}"


def summary(desk: DeskPort, chronicle: Chronicle, lang: str) -> str:
    """Plant time, scans, episodes, data share, trace folder with the head of its chain."""
    t = chronicle.totals
    minutes = round((t.last - t.first) / 60_000) if t.scans and t.first is not None else 0
    span = say(lang, "span", hours=minutes // 60, minutes=minutes % 60)
    episodes = say(lang, "plain_episodes_one" if t.episodes == 1 else "plain_episodes", n=t.episodes)
    share = round(desk.mean_data_share * 100)
    text = say(
        lang, "plain_summary", span=span, scans=t.scans, episodes=episodes, severe=t.severe, open=t.open, percent=share
    )
    if desk.trace_folder is not None:
        text += say(lang, "plain_trace", folder=desk.trace_folder, head=desk.head[:12])
    return text


def run_story(desk: DeskPort, hours: float | None, lang: str, ascii_only: bool, out: TextIO) -> int:
    """Write the story of ``hours`` of plant time (None: to the end of a recording) and close the desk.

    Returns
    -------
    int
        Exit code: 0 done (also when the reader went away), 130 Ctrl-C, 143 SIGTERM, 129 hang-up.
    """
    until = FOREVER if hours is None else desk.now + int(hours * HOUR)
    return to_the_end(lambda: story(desk, until, out, lang, ascii_only), desk.close, out)


def to_the_end(tell: Callable[[], None], close: Callable[[str], None], out: TextIO) -> int:
    """Tell a story to its end or to a signal, and close what it is of; the exit code as of `run_story`."""
    code, reason = 0, "end"
    try:
        with _signals():
            tell()
    except BrokenPipeError:
        _to_nowhere(out)
        reason = "reader gone"
    except KeyboardInterrupt:
        code, reason = INTERRUPTED, "interrupted"
    except Stopped as e:
        code, reason = e.code, "stopped"
    finally:
        close(reason)
    return code


def _to_nowhere(out: TextIO) -> None:
    """Send what Python still wants to flush at its end to nowhere, so that it does not complain."""
    with suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), out.fileno())


@contextmanager
def _signals() -> Iterator[None]:
    """Turn SIGTERM and SIGHUP into `Stopped` while the story runs (in the main thread only)."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise Stopped(128 + number)

    known: dict[int, Callable[[int, FrameType | None], object] | int | None] = {}
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None:
            with suppress(ValueError):  # not the main thread
                known[number] = signal.signal(number, stop)
    try:
        yield
    finally:
        for number, handler in known.items():
            signal.signal(number, handler)

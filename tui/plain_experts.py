"""The story of several experts as lines, each with the name of who says it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TextIO

from expert.explain import clock
from tui.plain import FOREVER, HOUR, SILENT, Printer, Stopped, account, rules_at_work, summary, to_the_end, watched
from tui.port import DeskPort, DesksPort
from tui.texts import say
from tui.views.chronicle import Chronicle
from tui.views.layout import read_layout


def reads(desk: DeskPort, name: str, lang: str) -> str:
    """What an expert reads of whom, and where its trace is."""
    of: dict[str, list[str]] = {}
    for fact, declared in sorted(desk.program.facts.items()):
        if declared.exporter:
            of.setdefault(declared.exporter, []).append(fact)
    comma = "、" if lang == "zh" else ", "
    told = comma.join(say(lang, "expert_reads", facts=comma.join(f), pack=p) for p, f in sorted(of.items()))
    return say(lang, "expert_head", name=name, folder=desk.trace_folder, reads=told or say(lang, "expert_reads_none"))


def run_experts_story(desks: DesksPort, hours: float | None, lang: str, ascii_only: bool, out: TextIO) -> int:
    """Write what several experts say in ``hours`` of plant time (None: to the end of a recording), and close them.

    Returns
    -------
    int
        As of `tui.plain.run_story`.
    """
    until = FOREVER if hours is None else desks.now + int(hours * HOUR)
    return to_the_end(lambda: story(desks, until, Printer(out, lang, ascii_only)), desks.close, out)


def story(desks: DesksPort, until: int, printer: Printer) -> None:
    """Run experts to plant time ``until`` and write what each says, line by line, with a summary of each at the end."""
    lang, layout = printer.lang, read_layout()
    width = max(len(name) for name in desks.desks)
    stories = {name: Chronicle(desk.program, layout) for name, desk in desks.desks.items()}
    printer.line(watched(next(iter(desks.desks.values())), lang))
    for name, desk in desks.desks.items():
        printer.line(reads(desk, name, lang))
        for line in rules_at_work(desk, lang):
            printer.line(f"  {line}")
    printer.begin(desks.now)
    for name, desk in desks.desks.items():
        stories[name].follow(tuple(desk.records))
    try:
        for name in desks.desks:
            _tell(stories[name].begin(desks.now), name, width, printer)
        for name, record in desks.run_until(until):
            _tell(stories[name].hear(desks.desks[name].reloads), name, width, printer)
            _tell(stories[name].take(record), name, width, printer)
    except (KeyboardInterrupt, Stopped):
        printer.line(say(lang, "plain_interrupted", time=clock(desks.now)))
        _sum_up(desks, stories, printer, whole=False)
        raise
    _sum_up(desks, stories, printer, whole=True)


def _tell(events: Any, name: str, width: int, printer: Printer) -> None:
    for event in events:
        if event.kind not in SILENT:
            printer.event(event, f"{name:<{width}}  ")


def _sum_up(desks: DesksPort, stories: Mapping[str, Chronicle], printer: Printer, whole: bool) -> None:
    for name, desk in desks.desks.items():
        printer.line(f"{name}:")
        for line in account(desk, printer.lang) if whole else []:
            printer.line(f"  {line}")
        printer.line(f"  {summary(desk, stories[name], printer.lang)}")

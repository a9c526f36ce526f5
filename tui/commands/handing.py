"""The shift handover from a trace alone."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tui.commands.common import language_options, readable_errors, speak
from tui.commands.past import AT, scan_at
from tui.commands.runs import runs_in

if TYPE_CHECKING:
    from tui.views.handover import Handover

WIDEST = 120


@click.command()
@click.argument("trace", required=False, type=click.Path(path_type=Path, exists=True))
@click.option("--shift", "hours", type=click.FloatRange(0.1, 24), default=8.0, show_default=True, help="Hours.")
@AT
@click.option("--html", "target", type=click.Path(path_type=Path, dir_okay=False), help="Write the page there too.")
@language_options
def handover(
    trace: Path | None, hours: float, at: str | None, target: Path | None, lang: str | None, ascii_only: bool
) -> None:
    """What the next shift has to know of the run in TRACE (default: the newest in ./runs), half a page.

    Of the last hours (--shift) before the newest scan, or before --at; a handover that was recorded in between cuts
    it short. A folder with the traces of several experts gives a page for each.
    """
    from tui.texts import say
    from tui.views.handover import handover_rows, heading_row, page_html
    from tui.views.pen import plain
    from tui.views.wording import plain_letters

    tongue, keep_ascii = speak(lang, ascii_only)
    width = max(80, min(WIDEST, shutil.get_terminal_size((80, 24)).columns))
    pages = []
    with readable_errors():
        for run in runs_in(trace):
            page = _page(run, at, int(hours * 3_600_000), tongue)
            pages.append(page)
            for row in (heading_row(page), *handover_rows(page, width)):
                text = plain(row).rstrip()
                click.echo(plain_letters(text, tongue) if keep_ascii else text)
        if target is not None:
            target.write_text(page_html(pages, say(tongue, "ho_title")), encoding="utf-8")


def _page(run: Path, at: str | None, length: int, lang: str) -> Handover:
    """The page of one run."""
    from expert.run.past import PastRun
    from tui.views.chronicle import Chronicle
    from tui.views.handover import handover
    from tui.views.layout import read_layout
    from tui.views.shift import SHIFT

    past = PastRun(run)
    record = scan_at(past, at)
    story = Chronicle(past.program_of(record), read_layout())
    # a shift earlier too: what was done then may act only now
    for one in past.since(record.input.time - length - SHIFT):
        if one.sequence > record.sequence:
            break
        story.take(one)
    return handover(story, record, past.history_of(record), past.header["site"], lang, length)

"""Shelving the selected finding or its rule, taking it back, and comments: what to choose, what to type."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.screens.asking import AskScreen
from tui.screens.choosing import ChooseScreen, Item
from tui.texts import say
from tui.views.overview import EpisodeView
from tui.views.shelf import NEVER

if TYPE_CHECKING:
    from tui.app import TuyereApp

TIMES = {"30 min": 30, "1 h": 60, "2 h": 120, "4 h": 240, "8 h": 480}


def shelve(app: TuyereApp, chosen: EpisodeView | None) -> None:
    """Ask for how long, then for a comment; what is shelved already can be taken back from the same list."""
    lang, frame = app.lang, app.frame
    shelved = frame.overview.shelved if frame is not None else ()
    items = []
    if chosen is not None and chosen.severity < NEVER:
        items += [Item(f"{chosen.id} {n}", f"{chosen.title}: {time}", "") for time, n in TIMES.items()]
        title = say(lang, "shelved_rule", title=chosen.title)
        items += [Item(f"{chosen.rule} {n}", f"{title}: {time}", chosen.rule) for time, n in TIMES.items()]
    items += [Item(f"{s.target} 0", say(lang, "take_back", what=s.title), s.until) for s in shelved]
    if not items:
        app.tell(say(lang, "never_shelved" if chosen is not None else "no_selection"))
        return

    def took(id_: str) -> None:
        target, _, minutes = id_.rpartition(" ")
        what = next(i.title for i in items if i.id == id_)
        if minutes == "0":
            app.record("shelve", target, value=0.0)
            app.tell(say(lang, "recorded", what=what))
        else:
            app.push_screen(AskScreen(f"{say(lang, 'shelve_title')} {what}", lambda text: put(target, text, minutes)))

    def put(target: str, text: str, minutes: str) -> None:
        app.record("shelve", target, text, float(minutes))
        app.tell(say(lang, "shelved_now"))

    app.push_screen(ChooseScreen("shelve_title", "shelve_title", items, took))


def comment(app: TuyereApp, chosen: EpisodeView | None) -> None:
    """Ask what the comment is about, the selected finding or an advised action, then for its text."""
    lang, frame = app.lang, app.frame
    advice = frame.overview.advice if frame is not None else ()
    items = [Item(chosen.id, chosen.title, "")] if chosen is not None else []
    items += [Item(a.action, a.short, a.when) for a in advice]
    if not items:
        app.tell(say(lang, "no_selection"))
        return

    def took(target: str) -> None:
        what = next(i.title for i in items if i.id == target)
        app.push_screen(AskScreen(what, lambda text: said(target, text)))

    def said(target: str, text: str) -> None:
        app.record("comment", target, text)
        app.tell(say(lang, "recorded", what=text))

    app.push_screen(ChooseScreen("comment_title", "comment_title", items, took))

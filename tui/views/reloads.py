"""What became of changed rule files, as an event of the story."""

from __future__ import annotations

from expert.run.reload import Reload
from tui.texts import LANGUAGES, Words, both, say
from tui.views.events import Event

NOTHING: Words = dict.fromkeys(LANGUAGES, "")
WHY = {"changed": "rules_changed", "removed": "rules_removed", "gone": "rules_gone"}


def reload_event(reload: Reload) -> Event:
    """Other rules are at work, the files are wrong, or they are again what is at work."""
    if reload.error:
        return Event(reload.time, "rules", both("rules_wrong"), dict.fromkeys(LANGUAGES, reload.error))
    switch = reload.switch
    if switch is None:
        return Event(reload.time, "rules", both("rules_mended"), NOTHING)
    digest = switch.new[:12]
    figures = both("rules_figures", kept=len(switch.kept), added=len(switch.added))
    lost = [d for d in switch.dropped if d.kind == "rule"]
    closed = sum(len(d.episodes) for d in switch.dropped)
    detail = {}
    for lang in LANGUAGES:
        parts = [figures[lang], *(say(lang, WHY[d.why], rule=d.name) for d in lost)]
        parts += [say(lang, "rules_closed", n=closed)] if closed else []
        detail[lang] = ("；" if lang == "zh" else "; ").join(parts)
    return Event(reload.time, "rules", both("rules_new", digest=digest), detail)

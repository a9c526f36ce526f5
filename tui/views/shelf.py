"""What people shelved: findings that are known and not to be shown among what is abnormal, for a time.

An entry ends by itself, in plant time, earlier when its finding gets more severe, and is never made for severity 5.
"""

from __future__ import annotations

from dataclasses import dataclass

from expert.explain import clock, title_of
from expert.language.ast import Program
from expert.values.types import Episode, OperatorEvent, ScanRecord
from tui.texts import LANGUAGES, Words, say
from tui.views.events import Event, severity_mark
from tui.views.grouping import leading, place_of
from tui.views.layout import Layout

NEVER = 5
"""Findings of this severity are shown whatever people say."""
MOST = 8 * 60
"""Minutes that something can be shelved for: a shift."""
MINUTE = 60_000


@dataclass(frozen=True, slots=True)
class Shelved:
    """One entry. ``target``: an episode or a rule; ``severity``: when it was shelved; times in ms."""

    target: str
    rule: str
    bindings: tuple[tuple[str, str], ...]
    severity: int
    since: int
    until: int
    who: str
    text: str


@dataclass(frozen=True, slots=True)
class ShelvedView:
    """One entry in one language."""

    target: str
    severity: int
    mark: str
    title: str
    until: str
    comment: str


class Shelf:
    """Follows the records of a run."""

    def __init__(self) -> None:
        self.entries: dict[str, Shelved] = {}

    def of(self, episode: Episode) -> Shelved | None:
        """The entry that an episode is shelved by, its own or its rule's."""
        if episode.severity >= NEVER:
            return None
        return self.entries.get(episode.id) or self.entries.get(episode.rule)

    def take(self, record: ScanRecord, program: Program, layout: Layout) -> list[Event]:
        """Take in the next record: what people shelved and took back, and what comes back by itself."""
        events: list[Event] = []
        standing = [e for e in record.episodes if e.cleared is None]
        for event in record.input.events:
            if event.kind == "shelve":
                events += self._told(event, standing, program, record.input.time)
        if not self.entries:
            return events
        leaders = leading(record.episodes, program, layout)
        top = {place_of(program, program.rules[e.rule], e.bindings).group: e.severity for e in leaders}
        for entry in tuple(self.entries.values()):
            about = [e for e in standing if entry.target in (e.id, e.rule) and e.rule in program.rules]
            groups = {place_of(program, program.rules[e.rule], e.bindings).group for e in about}
            if not about and entry.target != entry.rule:
                del self.entries[entry.target]  # it ended while it was shelved
            elif max((top.get(g, 0) for g in groups), default=0) > entry.severity:
                events.append(self._back(entry, program, record.input.time, "event_unshelved_worse"))
            elif record.input.time >= entry.until:
                events.append(self._back(entry, program, record.input.time, "event_unshelved"))
        return events

    def _told(self, event: OperatorEvent, standing: list[Episode], program: Program, now: int) -> list[Event]:
        """Shelve or, with no time, take back; nothing for what is too severe or not there."""
        target, minutes = event.target, min(event.value or 0.0, MOST)
        known = self.entries.get(target)
        if minutes <= 0:
            return [] if known is None else [self._back(known, program, now, "event_unshelved")]
        about = [e for e in standing if target in (e.id, e.rule)]
        rule = target if target in program.rules else about[0].rule if about else ""
        severity = max((e.severity for e in about), default=program.rules[rule].severity if rule else NEVER)
        if severity >= NEVER:
            return []
        bindings = about[0].bindings if about and target != rule else ()
        until = event.time + round(minutes * MINUTE)
        entry = Shelved(target, rule, bindings, severity, event.time, until, event.who, event.text)
        self.entries[target] = entry
        comments = {lang: comment(entry, lang) for lang in LANGUAGES}
        return [Event(now, "shelved", _words("event_shelved", entry, program), comments, episode=target)]

    def _back(self, entry: Shelved, program: Program, now: int, key: str) -> Event:
        del self.entries[entry.target]
        return Event(now, "unshelved", _words(key, entry, program), dict.fromkeys(LANGUAGES, ""), episode=entry.target)

    def views(self, program: Program, lang: str) -> tuple[ShelvedView, ...]:
        """The entries, most severe first, then those that come back first."""
        found = sorted(self.entries.values(), key=lambda s: (-s.severity, s.until, s.target))
        return tuple(_view(s, program, lang) for s in found)


def _view(s: Shelved, program: Program, lang: str) -> ShelvedView:
    words = _title(s, program, lang), until(s, lang), comment(s, lang)
    return ShelvedView(s.target, s.severity, severity_mark(s.severity), *words)


def until(entry: Shelved, lang: str) -> str:
    """Until when, and by whom."""
    key = "shelved_until_by" if entry.who else "shelved_until"
    return say(lang, key, time=clock(entry.until), who=entry.who)


def comment(entry: Shelved, lang: str) -> str:
    """What was said when it was shelved, with who said it."""
    who = "" if not entry.who else f"{entry.who}：" if lang == "zh" else f"{entry.who}: "
    return f"{who}{entry.text}" if entry.text else ""


def _title(entry: Shelved, program: Program, lang: str) -> str:
    known = entry.rule in program.rules
    title = title_of(program, entry.rule, entry.bindings, lang) if known else entry.rule
    return say(lang, "shelved_rule", title=title) if entry.target == entry.rule else title


def _words(key: str, entry: Shelved, program: Program) -> Words:
    return {lang: say(lang, key, what=_title(entry, program, lang), time=clock(entry.until)) for lang in LANGUAGES}

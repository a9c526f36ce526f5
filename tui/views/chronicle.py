"""Follows the records of a run and tells what happened: rises, ends, lost data, advice, verdicts.

It keeps what a single record does not hold: what an episode rested on when it rose, the verdict before this
one, the newest answer of each model, and the figures of the summary.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from expert.explain import because_text, clock, duration, expectation_text, title_of, variable_title
from expert.language.ast import Program
from expert.run.reload import Reload
from expert.values.types import AdviceItem, Episode, ModelAnswer, ScanRecord
from tui.texts import LANGUAGES, Words, both, say
from tui.views.advice import advice_words, blocked_why, review_words
from tui.views.events import Event
from tui.views.grouping import SEVERE, has_line, place_of
from tui.views.layout import Layout, VerdictLayout, fitted
from tui.views.reloads import reload_event
from tui.views.shelf import Shelf
from tui.views.shift import ShiftBook
from tui.views.verdict import VerdictState, certainty_of, score_text, verdict_of

NOTHING: Words = dict.fromkeys(LANGUAGES, "")
KEEP_EVENTS = 500


@dataclass(frozen=True, slots=True)
class Totals:
    """Figures of the summary."""

    scans: int = 0
    first: int | None = None
    last: int = 0
    episodes: int = 0
    severe: int = 0
    open: int = 0


class Chronicle:
    """The story of one run.

    Parameters
    ----------
    program : Program
    layout : Layout
        What the overview shows; fitted to the program here.
    """

    def __init__(self, program: Program, layout: Layout) -> None:
        self.program = program
        self.layout = fitted(layout, program)
        self._wanted = layout
        self._heard = 0
        self.events: deque[Event] = deque(maxlen=KEEP_EVENTS)
        self.rests: dict[str, tuple[tuple[str, ...], ...]] = {}
        self.answers: dict[tuple[str, int, str, float], tuple[int, ModelAnswer]] = {}
        self.verdict = VerdictState()
        self.totals = Totals()
        self.shift = ShiftBook()
        self.shelf = Shelf()
        self._open: dict[str, Episode] = {}
        self._advice: dict[str, AdviceItem] = {}
        self._switches: dict[str, int] = {}
        self._seen: set[str] = set()
        self._severe: set[str] = set()

    def follow(self, records: Iterable[ScanRecord]) -> list[Event]:
        """Take in records, oldest first, and return what is new in them."""
        return [event for record in records for event in self.take(record)]

    def take(self, record: ScanRecord) -> list[Event]:
        """Take in the next record and return what is new in it."""
        now = record.input.time
        self.shift.take(record)
        shelved = self.shelf.take(record, self.program, self.layout)
        if record.program != self.program.digest:
            return []  # of before a change of rules: what it says is known, but no longer in these rules' words
        found = [
            *self._markers(record),
            *self._persons(record),
            *shelved,
            *self._episodes(record, now),
            *self._verdict(record, now),
            *self._advices(record, now),
            *self._notes(record, now),
            *self._missed(record, now),
        ]
        for answer in record.input.models:
            self.answers[answer.model, answer.ahead, answer.op, answer.limit] = (now, answer)
        t = self.totals
        first = t.first if t.first is not None else now
        self.totals = Totals(t.scans + 1, first, now, len(self._seen), len(self._severe), len(self._open))
        self.events.extend(found)
        return found

    # ------------------------------------------------------------ episodes

    def _episodes(self, record: ScanRecord, now: int) -> list[Event]:
        for firing in record.firings:
            if firing.rests_on:
                self.rests[firing.episode] = firing.rests_on
        shown = [e for e in record.episodes if has_line(self.program.rules[e.rule], self.layout)]
        standing = {e.id: e for e in shown if e.cleared is None}
        events = self._rises(record, standing, now)
        top = self._tops(standing)
        for episode in standing.values():
            known = self._open.get(episode.id)
            group, rank = self._rank(episode)
            if known is not None and rank == top[group]:
                events += self._changes(known, episode, now)
        events += self._clears([e for e in shown if e.cleared is not None], standing, now)
        for id_ in self._open.keys() - standing.keys():
            self.rests.pop(id_, None)
        self._open = standing
        return events

    def _rank(self, episode: Episode) -> tuple[str, int]:
        place = place_of(self.program, self.program.rules[episode.rule], episode.bindings)
        return place.group, place.rank

    def _tops(self, standing: dict[str, Episode]) -> dict[str, int]:
        """The highest stage of each finding."""
        top: dict[str, int] = {}
        for group, rank in map(self._rank, standing.values()):
            top[group] = max(rank, top.get(group, -1))
        return top

    def _rises(self, record: ScanRecord, standing: dict[str, Episode], now: int) -> list[Event]:
        """A rise is told unless a higher stage of the same finding stands already or rises with it."""
        top = self._tops(standing)
        out = []
        for episode in standing.values():
            if episode.id in self._open:
                continue
            self._seen.add(episode.id)
            if episode.severity >= SEVERE:
                self._severe.add(episode.id)
            group, rank = self._rank(episode)
            if rank == top[group]:
                out.append(self._rise(record, episode, now))
        return out

    def _rise(self, record: ScanRecord, e: Episode, now: int) -> Event:
        sentence = {lang: because_text(self.program, record, e.rule, e.bindings, lang) for lang in LANGUAGES}
        if e.found_late:
            sentence = {lang: say(lang, "event_late", text=sentence[lang]) for lang in LANGUAGES}
        kind = "late" if e.found_late else "raised"
        return Event(now, kind, self._title(e), sentence, e.severity, e.certainty, e.id)  # type: ignore[arg-type]

    def _title(self, e: Episode) -> Words:
        return {lang: title_of(self.program, e.rule, e.bindings, lang) for lang in LANGUAGES}

    def _changes(self, old: Episode, new: Episode, now: int) -> list[Event]:
        title = self._title(new)
        events = []
        if new.state == "held" and old.state != "held":
            words = both("event_held", time=clock(new.held_since or now))
            events.append(Event(now, "held", title, words, new.severity, episode=new.id))
        if old.state == "held" and new.state == "raised":
            events.append(Event(now, "resumed", title, both("event_resumed"), new.severity, episode=new.id))
        if new.open_question and not old.open_question:
            span = duration(now - (new.held_since or now))
            events.append(
                Event(now, "question", title, both("event_question", duration=span), new.severity, episode=new.id)
            )
        return events

    def _clears(self, ended: list[Episode], standing: dict[str, Episode], now: int) -> list[Event]:
        """Of the stages of a finding that end in one scan the highest is told, with the time since the first."""
        groups: dict[str, list[Episode]] = {}
        for episode in ended:
            groups.setdefault(self._rank(episode)[0], []).append(episode)
        out = []
        for group, episodes in groups.items():
            still = [x for x in standing.values() if self._rank(x)[0] == group]
            top = max(episodes, key=lambda x: self._rank(x)[1])
            since = top.raised if still else min(e.raised for e in episodes)
            out.append(self._clear(top, still, now, since))
        return out

    def _clear(self, e: Episode, still: list[Episode], now: int, since: int) -> Event:
        after = both("event_after", duration=duration(now - since))
        if still:
            stays = self._title(max(still, key=lambda x: self._rank(x)[1]))
            comma = {"en": "; ", "zh": "；"}
            after = {
                lang: after[lang] + comma[lang] + say(lang, "event_stays", title=stays[lang]) for lang in LANGUAGES
            }
        title = self._title(e)
        words = {lang: f"{title[lang]} {say(lang, 'event_cleared')}" for lang in LANGUAGES}
        return Event(now, "cleared", words, after, e.severity, episode=e.id)

    # ------------------------------------------------------------ verdict, advice

    def _verdict(self, record: ScanRecord, now: int) -> list[Event]:
        layout = self.layout.verdict
        if layout is None:
            return []
        value = verdict_of(record, layout, self.verdict.value)
        if value == self.verdict.value:
            return []
        old, self.verdict = self.verdict, VerdictState(value, now, self.verdict.value)
        new_word, old_word = self._word(value), self._word(old.value)
        if old.since is None:
            words = {lang: say(lang, "event_verdict_first", new=new_word[lang]) for lang in LANGUAGES}
        else:
            words = {lang: say(lang, "event_verdict", old=old_word[lang], new=new_word[lang]) for lang in LANGUAGES}
        scores = {lang: self._scores(record, layout, lang) for lang in LANGUAGES}
        return [Event(now, "verdict", words, scores)]

    def _word(self, value: str) -> Words:
        layout = self.layout.verdict
        if layout is None or value not in layout.values:
            return both("no_verdict")
        return layout.values[value]

    def _scores(self, record: ScanRecord, layout: VerdictLayout, lang: str) -> str:
        parts = []
        for key, query in (("level", layout.level), ("variation", layout.variation)):
            x = certainty_of(record, query) if query is not None else None
            if x is not None:
                parts.append(say(lang, key, value=score_text(x)))
        return "  ".join(parts)

    def _advices(self, record: ScanRecord, now: int) -> list[Event]:
        site = self.program.site
        current = {item.action: item for item in record.advice}
        events = []
        for item in record.advice:
            known = self._advice.get(item.action)
            if known is not None and (known.status, known.amount) == (item.status, item.amount):
                continue
            what = {lang: advice_words(site, item, lang) for lang in LANGUAGES}
            why = {lang: blocked_why(self.program, item, lang) for lang in LANGUAGES}
            if item.status == "do":
                detail = {lang: review_words(site, item, lang) for lang in LANGUAGES}
                events.append(Event(now, "advice", what, detail, item.severity))
            elif item.status == "pending":
                words = {lang: say(lang, "event_pending", what=what[lang]) for lang in LANGUAGES}
                events.append(Event(now, "pending", words, NOTHING, item.severity))
            else:
                key = "event_blocked" if item.status == "blocked" else "event_rival"
                words = {lang: say(lang, key, what=what[lang], why=why[lang]) for lang in LANGUAGES}
                events.append(Event(now, "blocked", words, NOTHING, item.severity))
        over = [a for a, known in self._advice.items() if a not in current and known.status in ("do", "pending")]
        if over:
            what = {lang: _list((site.actions[a].title.get(lang, a) for a in over), lang) for lang in LANGUAGES}
            events.append(Event(now, "advice_over", _fill("event_advice_over", what=what), NOTHING))
        self._advice = current
        return events

    # ------------------------------------------------------------ notes, markers, people

    def _notes(self, record: ScanRecord, now: int) -> list[Event]:
        events = []
        for firing in record.firings:
            if firing.rising and self.program.rules[firing.rule].kind == "note":
                title = {lang: title_of(self.program, firing.rule, firing.bindings, lang) for lang in LANGUAGES}
                text = {
                    lang: because_text(self.program, record, firing.rule, firing.bindings, lang) for lang in LANGUAGES
                }
                events.append(Event(now, "note", title, text))
        for note in record.notes:
            code, _, rest = note.partition("|")
            if code == "regime change":
                name = rest.partition("|")[0]
                words = {lang: variable_title(self.program, name, lang) for lang in LANGUAGES}
                events.append(Event(now, "regime", _fill("event_regime", what=words), NOTHING))
        return events

    def _missed(self, record: ScanRecord, now: int) -> list[Event]:
        """What a finding said would be seen, and was not: people are told of its mistakes as of its alarms."""
        events = []
        for e in record.expectations:
            rule = self.program.rules[e.rule]
            if e.state == "wrong" and rule.status == "live" and has_line(rule, self.layout):
                title = {lang: title_of(self.program, e.rule, e.bindings, lang) for lang in LANGUAGES}
                text = {lang: expectation_text(self.program, record, e, lang) for lang in LANGUAGES}
                events.append(Event(now, "missed", title, text))
        return events

    def _markers(self, record: ScanRecord) -> list[Event]:
        names = {m.variable for m in self.layout.markers}
        events = []
        for s in record.input.samples:
            if s.variable not in names or s.count is None or s.quality == "bad":
                continue
            known = self._switches.get(s.variable)
            self._switches[s.variable] = s.count
            for marker in self.layout.markers:
                if known is not None and known != s.count and (marker.variable, marker.value) == (s.variable, s.count):
                    events.append(Event(s.source, "marker", marker.title, NOTHING))
        return events

    def _persons(self, record: ScanRecord) -> list[Event]:
        events = []
        for e in record.input.events:
            if e.kind == "ack" and e.target in self._open:
                words = _fill("event_ack", what=self._title(self._open[e.target]))
                events.append(Event(record.input.time, "person", words, NOTHING, episode=e.target))
            elif e.kind == "done" and e.target in self.program.site.actions:
                title = self.program.site.actions[e.target].title
                words = _fill("event_done", what={lang: title.get(lang, e.target) for lang in LANGUAGES})
                events.append(Event(record.input.time, "person", words, NOTHING))
        return events

    def begin(self, now: int) -> list[Event]:
        """Count scans and plant time from here on; what stands of the events so far: the verdict and open rises."""
        self.totals = replace(self.totals, scans=0, first=now)
        verdicts = [e for e in self.events if e.kind == "verdict"][-1:]
        rises = [e for e in self.events if e.kind in ("raised", "late") and e.episode in self._open]
        return sorted(verdicts + rises, key=lambda e: e.time)

    def hear(self, reloads: Sequence[Reload]) -> list[Event]:
        """Go on with the rules that a desk took over since the last call, and tell of them; before its next record."""
        found = []
        for reload in reloads[self._heard :]:
            self.program = reload.program
            self.layout = fitted(self._wanted, self.program)
            self._open = {id_: e for id_, e in self._open.items() if e.rule in self.program.rules}
            found.append(reload_event(reload))
        self._heard = len(reloads)
        self.events.extend(found)
        return found

    def remark(self, time: int, words: Words) -> None:
        """Add a remark about the run itself."""
        self.events.append(Event(time, "marker", words, NOTHING))

    def person(self, time: int, words: Words) -> None:
        """Add something a person did to the plant itself, which no record holds."""
        self.events.append(Event(time, "person", _fill("event_broke", what=words), NOTHING))


def _list(texts: Iterable[str], lang: str) -> str:
    return ("、" if lang == "zh" else ", ").join(texts)


def _fill(key: str, **values: Words) -> Words:
    return {lang: say(lang, key, **{k: v[lang] for k, v in values.items()}) for lang in LANGUAGES}

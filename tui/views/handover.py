"""The shift handover: what the next shift has to know, in the order in which it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from html import escape

from expert.explain import clock, duration, expectation_text, family, title_of, variable_title
from expert.language.ast import Program
from expert.values.cells import cells, wrap
from expert.values.types import Episode, OperatorEvent, ScanRecord
from tui.texts import say
from tui.views.advice import advice_words
from tui.views.chronicle import Chronicle
from tui.views.events import severity_mark
from tui.views.grouping import group_since, has_line, leading, place_of
from tui.views.overview import sure_words
from tui.views.paint import severity_role
from tui.views.pen import Row, Run, width_of
from tui.views.shift import SHIFT, Advised, Said
from tui.views.watch import last_value
from tui.views.wording import amount, date, unit_text

History = Callable[[str, int, int], list[tuple[int, float | None]]]
HTML_WIDTH = 100
HTML = """<!doctype html>
<html lang="{lang}"><head><meta charset="utf-8"><title>{title}</title>
<style>pre {{ font-family: monospace; page-break-after: always }} .heading {{ font-weight: bold }}
.dim {{ color: #555 }} .bad {{ color: #a00; font-weight: bold }} .warn {{ color: #850 }}</style></head>
<body>
{body}
</body></html>
"""
SPOKEN = {"ack": "ho_ack", "comment": "ho_comment", "answer": "ho_answer"}
SHORT = 5 * 60_000
"""Advice that was over sooner could not be followed."""


@dataclass(frozen=True, slots=True)
class Line:
    """One entry: its mark (a severity's, or a sign), the text, what stands at the right, and remarks below it.

    ``severity``: of what is abnormal now; 0 for the rest, which stays grey.
    """

    mark: str
    severity: int
    text: str
    right: str = ""
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """One heading and its entries."""

    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Handover:
    """The page in one language; times are plant times."""

    lang: str
    name: str
    when: str
    span: str
    sections: tuple[Section, ...]


def handover(
    story: Chronicle, record: ScanRecord, history: History, name: str, lang: str, length: int = SHIFT
) -> Handover:
    """The page of a shift that ends with a record.

    Parameters
    ----------
    story : Chronicle
        What happened up to the record.
    history : callable
        Samples of a ground variable in (start, end], as `DeskPort.history`.
    name : str
        What is watched.
    length : int
        Of the shift, ms; less when the shift was handed over, or the run began, since then.
    """
    now = record.input.time
    start = story.shift.start(now, length)
    page = _Page(story, record, lang, start, now)
    sections = (
        page.section("ho_open", page.open()),
        page.section("ho_held", page.held()),
        page.section("ho_shelved", page.shelved()),
        page.section("ho_done", page.done()),
        page.section("ho_questions", page.questions()),
        page.section("ho_not_followed", page.not_followed()),
        page.section("ho_missed", page.missed()),
        page.section("ho_acknowledged", page.acknowledged()),
        page.section("ho_instruments", page.instruments(history)),
    )
    span = say(lang, "ho_span", start=clock(start), end=clock(now), duration=duration(now - start))
    return Handover(lang, name, f"{date(now, lang)} {clock(now)}", span, sections)


class _Page:
    """Makes the sections of one page."""

    def __init__(self, story: Chronicle, record: ScanRecord, lang: str, start: int, now: int) -> None:
        self.story, self.record, self.lang = story, record, lang
        self.program = story.program
        self.start, self.now = start, now
        self.said = [s for s in story.shift.said if s.event.time >= start]
        leaders = leading(record.episodes, self.program, story.layout)
        self.shown = [e for e in leaders if story.shelf.of(e) is None]

    def section(self, title: str, lines: Iterable[Line]) -> Section:
        """A heading with its entries."""
        return Section(say(self.lang, title), tuple(lines))

    # ------------------------------------------------------------ episodes

    def open(self) -> list[Line]:
        """What is raised now, with what was said and done about it."""
        return [self._episode(e) for e in self.shown if e.state != "held"]

    def held(self) -> list[Line]:
        """What was raised when its data went: it stays until they are back."""
        return [self._episode(e) for e in self.shown if e.state == "held" and not e.open_question]

    def shelved(self) -> list[Line]:
        """What is shelved, until when, by whom and why."""
        views = self.story.shelf.views(self.program, self.lang)
        return [Line(s.mark, 0, s.title, s.until, (s.comment,) if s.comment else ()) for s in views]

    def questions(self) -> list[Line]:
        """What was held so long that somebody has to look."""
        return [self._episode(e) for e in self.shown if e.open_question]

    def _episode(self, e: Episode) -> Line:
        disputed = any(f.episode == e.id and f.disputed for f in self.record.firings)
        since = group_since(e, self.record.episodes, self.program)
        right = say(self.lang, "ho_since", time=self._moment(since))
        if e.held_since is not None:
            right = say(self.lang, "ho_no_data", time=self._moment(e.held_since))
        word = sure_words(e, disputed, self.lang)
        return Line(severity_mark(e.severity), e.severity, self._title(e), f"{word}  {right}", self._remarks(e))

    def _moment(self, time: int) -> str:
        """Time of day; what is longer ago than a shift says how long, too."""
        ago = self.now - time
        return clock(time) if ago < SHIFT else say(self.lang, "ho_long", time=clock(time), duration=duration(ago))

    def _title(self, e: Episode) -> str:
        return title_of(self.program, e.rule, e.bindings, self.lang) if e.rule in self.program.rules else e.rule

    def _remarks(self, e: Episode) -> tuple[str, ...]:
        """What persons said of a finding, in whichever shift."""
        stages = self._stages(e)
        words = [self._word(s.event) for s in self.story.shift.said if s.event.target in stages]
        return tuple(w for w in words if w)

    def _stages(self, e: Episode) -> set[str]:
        """The episodes that stand for the stages of its finding, itself among them."""
        rules = self.program.rules
        own = place_of(self.program, rules[e.rule], e.bindings).group
        known = [x for x in self.record.episodes if x.cleared is None and x.rule in rules]
        return {x.id for x in known if place_of(self.program, rules[x.rule], x.bindings).group == own}

    def _word(self, event: OperatorEvent) -> str:
        """What a person said or did, e.g. ``02:41 acknowledged (Li): tuyere 7 looked at``."""
        lang = self.lang
        if event.kind not in SPOKEN:
            return ""
        return _signed(f"{clock(event.time)} {say(lang, SPOKEN[event.kind])}", event, lang)

    def _done(self, event: OperatorEvent) -> str:
        action = self.program.site.actions.get(event.target)
        if action is None:
            return event.target
        title = action.title.get(self.lang, event.target)
        if event.value is None:
            return title
        return f"{title} {amount(event.value)} {unit_text(action.unit)}".rstrip()

    # ------------------------------------------------------------ actions, advice

    def done(self) -> list[Line]:
        """Actions of the shift, and those before it that have not come to their full effect, with when they act."""
        lang, out = self.lang, []
        for s in self.story.shift.said:
            event, action = s.event, self.program.site.actions.get(s.event.target)
            if event.kind != "done" or action is None:
                continue
            begin, full = event.time + action.acts_in, event.time + action.full_in
            if full <= self.now and event.time < self.start:
                continue
            acts = say(lang, "ho_acts", start=clock(begin), end=clock(full), time=clock(event.time))
            out.append(Line("  ~" if self.now < full else " ok", 0, _signed(self._done(event), event, lang), acts))
        return out

    def not_followed(self) -> list[Line]:
        """Advice that nobody reported as done, with the reason where one was given."""
        found = [a for a in self.story.shift.not_followed(self.start) if not a.over or a.last - a.since >= SHORT]
        return [self._advised(a) for a in found if a.item.action in self.program.site.actions]

    def _advised(self, a: Advised) -> Line:
        key = "ho_advised_over" if a.over else "ho_advised"
        times = say(self.lang, key, time=self._moment(a.since), end=clock(a.last))
        about = (a.item.episode, a.item.action)
        reasons = [s.event for s in self.story.shift.said if s.event.kind == "comment" and s.event.target in about]
        words = tuple(self._word(e) for e in reasons if e.time >= a.since)
        what = advice_words(self.program.site, a.item, self.lang, with_limit=False)
        return Line(severity_mark(a.item.severity), 0 if a.over else a.item.severity, what, times, words)

    def missed(self) -> list[Line]:
        """What findings said would be seen, and was not."""
        out = []
        for m in self.story.shift.missed:
            rule = self.program.rules.get(m.expectation.rule)
            if m.time < self.start or rule is None or rule.status != "live" or not has_line(rule, self.story.layout):
                continue
            title = title_of(self.program, rule.id, m.expectation.bindings, self.lang)
            text = expectation_text(self.program, self.record, m.expectation, self.lang)
            out.append(Line(" !=", 0, title, clock(m.time), (text,)))
        return out

    # ------------------------------------------------------------ people, instruments

    def acknowledged(self) -> list[Line]:
        """What was acknowledged or commented in the shift and is over; what stands has its remarks above."""
        standing = {e.id for e in self.shown}
        about: dict[str, list[Said]] = {}
        for s in self.said:
            if s.event.kind in ("ack", "comment") and s.episode is not None and s.episode.id not in standing:
                about.setdefault(s.episode.id, []).append(s)
        out = []
        for said in about.values():
            e = said[0].episode
            assert e is not None
            words = tuple(self._word(s.event) for s in said)
            since = say(self.lang, "ho_raised", time=clock(e.raised))
            out.append(Line(severity_mark(e.severity), 0, self._title(e), since, words))
        return out

    def instruments(self, history: History) -> list[Line]:
        """Instruments behind what stands that give no usable signal."""
        used = {f.episode: f.instruments for f in self.record.firings}
        names = dict.fromkeys(n for e in self.shown for n in used.get(e.id, ()))
        return [
            Line("  ?", 0, variable_title(self.program, n, self.lang), say(self.lang, "no_data"))
            for n in names
            if _silent(self.program, n, history, self.now)
        ]


def _silent(program: Program, name: str, history: History, now: int) -> bool:
    variable = family(program, name)
    if variable is None or (program.installed is not None and name not in program.installed):
        return False
    value, _ = last_value(history(name, now - variable.max_age, now), now, variable.max_age)
    return value is None


def _signed(text: str, event: OperatorEvent, lang: str) -> str:
    who = "" if not event.who else f"（{event.who}）" if lang == "zh" else f" ({event.who})"
    colon = "：" if lang == "zh" else ": "
    return text + who + (f"{colon}{event.text}" if event.text else "")


# ---------------------------------------------------------------- rows


def handover_rows(page: Handover, width: int) -> list[Row]:
    """The page without its heading, in rows of at most ``width`` cells; an empty section takes one row."""
    rows: list[Row] = []
    for section in page.sections:
        if not section.lines:
            rows.append((Run(f" {section.title}", "heading"), Run(f"  {say(page.lang, 'ho_none')}", "dim")))
            continue
        rows.append((Run(f" {section.title} ({len(section.lines)})", "heading"),))
        edge = width - 1 - max(cells(x.right) for x in section.lines)
        for line in section.lines:
            rows += _line_rows(line, width, edge)
    return rows


def _line_rows(line: Line, width: int, edge: int) -> list[Row]:
    """Text at the left, its right part from ``edge`` on; below it where the text needs the room; remarks below."""
    role = severity_role(line.severity) if line.severity else "text"
    head: Row = (Run("  "), Run(line.mark, role if line.severity else "dim"), Run(" "))
    rows: list[Row] = []
    if cells(line.text) + 8 <= edge:
        left = (*head, Run(line.text, role))
        rows.append((*left, Run(" " * (edge - width_of(left))), Run(line.right, "dim")))
    else:
        first, *rest = wrap(line.text, width - 8)
        rows.append((*head, Run(first, role)))
        rows += [(Run(" " * 6), Run(part, role)) for part in rest]
        rows += [(Run(" " * 8), Run(part, "dim")) for part in wrap(line.right, width - 10)]
    for remark in line.remarks:
        first, *rest = wrap(remark, width - 12)
        rows.append((Run(" " * 8), Run(first, "dim")))
        rows += [(Run(" " * 10), Run(part, "dim")) for part in rest]
    return rows


def page_html(pages: Sequence[Handover], title: str) -> str:
    """The pages as one document that can be printed; colour only beside the marks that say the same."""
    parts = []
    for page in pages:
        rows = [heading_row(page), (), *handover_rows(page, HTML_WIDTH)]
        text = "\n".join("".join(f'<span class="{run.role}">{escape(run.text)}</span>' for run in r) for r in rows)
        parts.append(f'<pre lang="{page.lang}">{text}</pre>')
    lang = pages[0].lang if pages else "en"
    return HTML.format(lang=lang, title=escape(title), body="\n".join(parts))


def heading_row(page: Handover) -> Row:
    """Title, what is watched, and the shift's time."""
    title = say(page.lang, "ho_title")
    return (Run(f" {title}", "heading"), Run(f"  {page.name}  {page.when}  ", "text"), Run(page.span, "dim"))

"""The overview as a frozen value: verdict, indices, what is abnormal, what to do, what to watch, what was."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from expert.explain import certainty_word, clock, duration, fact_text, family, title_of, variable_title
from expert.language.ast import Program
from expert.values.interval import Interval
from expert.values.types import AdviceItem, Episode, ScanRecord
from tui.port import DeskPort
from tui.texts import keys, say
from tui.views.advice import acting, advice_words, blocked_why
from tui.views.chronicle import Chronicle
from tui.views.events import Event, severity_mark
from tui.views.grouping import Bindings, group_since, leading
from tui.views.layout import FactQuery
from tui.views.shelf import ShelvedView
from tui.views.verdict import certainty_of
from tui.views.watch import Span, Watcher, WatchRow, changes, distance, last_value
from tui.views.wording import date

MOST_EVIDENCE = 14
"""Evidence variables that are looked at for WATCH; the screen shows as many as have room."""


@dataclass(frozen=True, slots=True)
class VerdictView:
    """``word`` with its ``tone`` (normal, caution, bad, unknown), the scores, what to do first, what it was before."""

    word: str
    tone: str
    action: str
    level: Interval | None
    variation: Interval | None
    before: str


@dataclass(frozen=True, slots=True)
class IndexView:
    """One index: scores of 0..1 as intervals, None where nothing is known."""

    title: str
    level: Interval | None
    variation: Interval | None


@dataclass(frozen=True, slots=True)
class EpisodeView:
    """One abnormal state. ``word``: how sure, or what else is to be known; ``rests``: decisive and lost instruments."""

    id: str
    rule: str
    bindings: Bindings
    severity: int
    mark: str
    title: str
    word: str
    since: str
    rests: str
    lost: bool
    note: str
    acknowledged: bool


@dataclass(frozen=True, slots=True)
class AdviceView:
    """One advice: what with amount and limit, when it acts and is reviewed, and whether it is to be done now."""

    action: str
    what: str
    short: str
    when: str
    status: str
    confirm: str
    amount: float | None


@dataclass(frozen=True, slots=True)
class EventView:
    """One line of EARLIER."""

    time: str
    mark: str
    text: str
    severity: int


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything the overview shows, in one language, at one plant time."""

    lang: str
    name: str
    speed: str
    date: str
    clock: str
    data: float
    late: bool
    verdict: VerdictView | None
    indices: tuple[IndexView, ...]
    abnormal: tuple[EpisodeView, ...]
    advice: tuple[AdviceView, ...]
    watch: tuple[WatchRow, ...]
    evidence_rows: int
    span: Span
    earlier: tuple[EventView, ...]
    shelved: tuple[ShelvedView, ...] = ()


def overview(desk: DeskPort, story: Chronicle, lang: str, columns: int = 15, minutes: int = 30) -> Overview:
    """The overview of a desk now.

    Parameters
    ----------
    columns, minutes : int
        Columns and length of the shared time axis of the small plots.
    """
    record = desk.record
    now = desk.now if record is None else record.input.time
    span = Span(now - minutes * 60_000, now, columns)
    episodes = () if record is None else episode_views(desk, story, record, lang)
    advice = () if record is None else advice_views(desk.program, record, lang)
    rows, evidence = watch_rows(desk, story, episodes, lang, span)
    return Overview(
        lang,
        desk.name.get(lang, ""),
        f"x{desk.speed:g}" if desk.speed not in (0, 1) else "",
        date(now, lang),
        clock(now),
        desk.data_share,
        record is not None and record.input.caught_up,
        None if record is None else verdict_view(story, record, episodes, advice, lang),
        () if record is None else index_views(story, record, lang),
        episodes,
        advice,
        rows,
        evidence,
        span,
        earlier_views(story, episodes, advice, lang),
        story.shelf.views(desk.program, lang),
    )


# ---------------------------------------------------------------- verdict and indices


def verdict_view(
    story: Chronicle,
    record: ScanRecord,
    episodes: tuple[EpisodeView, ...],
    advice: tuple[AdviceView, ...],
    lang: str,
) -> VerdictView | None:
    """The verdict with the first thing to do; None for a program without one."""
    layout = story.layout.verdict
    if layout is None:
        return None
    state = story.verdict
    word = layout.values[state.value].get(lang, state.value) if state.value else say(lang, "no_verdict")
    tone = "unknown" if not state.value else "normal"
    tone = "bad" if state.value in layout.bad else "caution" if state.value in layout.caution else tone
    first = next((a.short for a in advice if a.status == "do"), "")
    if not first:
        first = say(lang, "no_verdict_why" if not state.value else "observe" if episodes else "do_nothing")
    before = ""
    if state.before and state.since is not None:
        old = layout.values[state.before].get(lang, state.before)
        before = say(lang, "until", word=old, time=clock(state.since))
    return VerdictView(word, tone, first, _of(record, layout.level), _of(record, layout.variation), before)


def _of(record: ScanRecord, query: FactQuery | None) -> Interval | None:
    return None if query is None else certainty_of(record, query)


def index_views(story: Chronicle, record: ScanRecord, lang: str) -> tuple[IndexView, ...]:
    """The indices in the order of the layout."""
    return tuple(
        IndexView(i.title.get(lang, ""), _of(record, i.level), _of(record, i.variation)) for i in story.layout.indices
    )


# ---------------------------------------------------------------- what is abnormal


def episode_views(desk: DeskPort, story: Chronicle, record: ScanRecord, lang: str) -> tuple[EpisodeView, ...]:
    """The abnormal states, most severe first; of the stages of one finding the highest; what is shelved is apart."""
    firings = {f.episode: f for f in record.firings}
    out = []
    for e in leading(record.episodes, desk.program, story.layout):
        if story.shelf.of(e) is not None:
            continue
        firing = firings.get(e.id)
        disputed = firing is not None and firing.disputed
        used = firing.instruments if firing is not None else ()
        since = group_since(e, record.episodes, desk.program)
        gone = lost(desk, used, record.input.time)
        out.append(
            EpisodeView(
                e.id,
                e.rule,
                e.bindings,
                e.severity,
                severity_mark(e.severity),
                title_of(desk.program, e.rule, e.bindings, lang),
                sure_words(e, disputed, lang),
                clock(since),
                rests_words(desk, story.rests.get(e.id, ()), gone, lang) if used or e.id in story.rests else "-",
                bool(gone),
                say(lang, "state_late") if e.found_late else "",
                e.acknowledged is not None,
            )
        )
    return tuple(out)


def sure_words(e: Episode, disputed: bool, lang: str) -> str:
    """How sure an episode is; or that it is held, clearing, disputed or an open question."""
    word = certainty_word(e.certainty, lang)
    if e.open_question:
        return say(lang, "state_question")
    if disputed:
        return say(lang, "state_disputed")
    if e.state == "clearing":
        return say(lang, "state_clearing")
    return say(lang, "state_held", word=word) if e.state == "held" else word


def rests_words(desk: DeskPort, sets: tuple[tuple[str, ...], ...], gone: tuple[str, ...], lang: str) -> str:
    """Decisive instruments by tag, single ones first, and those that are lost."""
    lost_words = say(lang, "lost", what=_tag(desk.program, gone[0], lang)) if gone else ""
    singles = [_tag(desk.program, s[0], lang) for s in sets if len(s) == 1 and s[0] not in gone]
    pairs = ["+".join(_tag(desk.program, n, lang) for n in s) for s in sets if len(s) > 1]
    kept = singles or ([] if gone else pairs[:1])
    text = ", ".join(kept[:2])
    if not kept and not gone:
        text = say(lang, "rests_several")
    return ("；" if lang == "zh" else "; ").join(x for x in (lost_words, text) if x)


def _tag(program: Program, name: str, lang: str) -> str:
    """Instrument tag, with its member; the title of a variable without one."""
    pack, said, type_ = name.partition("/")
    if said:
        return f"{fact_text(program, type_, (), lang)} ({pack})"
    variable = family(program, name)
    if variable is None or not variable.tag:
        return variable_title(program, name, lang)
    if "[" not in name:
        return variable.tag
    member = name.partition("[")[2].partition("]")[0]
    return f"{variable.tag}{member}"


def lost(desk: DeskPort, names: Iterable[str], now: int) -> tuple[str, ...]:
    """The variables among ``names`` without a usable value."""
    installed = desk.program.installed
    gone = []
    for name in names:
        variable = family(desk.program, name)
        if variable is None or (installed is not None and name not in installed):
            continue
        value, _ = last_value(desk.history(name, now - variable.max_age, now), now, variable.max_age)
        if value is None:
            gone.append(name)
    return tuple(gone)


# ---------------------------------------------------------------- advice


def advice_views(program: Program, record: ScanRecord, lang: str) -> tuple[AdviceView, ...]:
    """The advice board: what is to be done first, then what is on its way, then what is not to be done now."""
    order = {"do": 0, "pending": 1, "blocked": 2, "contradicted": 3}
    return tuple(advice_view(program, a, lang) for a in sorted(record.advice, key=lambda a: order[a.status]))


def advice_view(program: Program, item: AdviceItem, lang: str) -> AdviceView:
    """One advice in words."""
    action = program.site.actions[item.action]
    sep = "；" if lang == "zh" else "; "
    if item.status == "do":
        when = sep.join([say(lang, "acts", when=acting(action)), say(lang, "review_in", when=duration(action.review))])
    elif item.status == "pending":
        parts = [say(lang, "status_pending")]
        if item.acts_at is not None:
            parts.append(say(lang, "acts_by", time=clock(item.acts_at)))
        if item.review_at is not None:
            parts.append(say(lang, "review_at", time=clock(item.review_at)))
        when = sep.join(parts)
    else:
        when = say(lang, f"status_{item.status}", why=blocked_why(program, item, lang))
    checks = []
    if action.approve:
        checks.append(say(lang, "approve", who=role_name(action.approve, lang)))
    if action.confirm.get(lang):
        checks.append(say(lang, "confirm", text=action.confirm[lang]))
    site = program.site
    what, short = advice_words(site, item, lang), advice_words(site, item, lang, with_limit=False)
    return AdviceView(item.action, what, short, when, item.status, sep.join(checks), item.amount)


def role_name(who: str, lang: str) -> str:
    """A role of the action catalogue in words; as written when it is an unusual one."""
    key = f"role_{who}"
    return say(lang, key) if key in keys(lang) else who


# ---------------------------------------------------------------- what to watch, what was


def watch_rows(
    desk: DeskPort, story: Chronicle, episodes: tuple[EpisodeView, ...], lang: str, span: Span
) -> tuple[tuple[WatchRow, ...], int]:
    """Rows of WATCH and how many of them are evidence of what is abnormal; these come first."""
    watcher = Watcher(desk, span.end, lang, span)
    shown: dict[str, WatchRow] = {}
    titled = {s.since: s for s in story.layout.standing if s.since}
    for name in evidence_names(desk, story, episodes, span.end):
        own = titled.get(name)
        row = watcher.row(name, (own.title or {}).get(lang, "") if own else "", own.normal if own else None)
        if row is not None:
            shown[name] = row
    evidence = len(shown)
    for s in story.layout.standing:
        key = s.variable or s.since or s.model
        if key in shown:
            continue
        title = (s.title or {}).get(lang, "")
        row = watcher.outlook(s, story.answers.values()) if s.model else watcher.row(key, title, s.normal)
        if row is not None:
            shown[key] = row
    return tuple(shown.values()), evidence


def evidence_names(desk: DeskPort, story: Chronicle, episodes: tuple[EpisodeView, ...], now: int) -> list[str]:
    """Ground variables behind the active episodes: decisive ones first, then those farthest from normal."""
    record = desk.record
    firings = {f.episode: f for f in record.firings} if record is not None else {}
    installed = desk.program.installed
    names: dict[str, None] = {}
    for e in episodes:
        decisive = [n for s in story.rests.get(e.id, ()) for n in s if "/" not in n]
        used = list(firings[e.id].instruments) if e.id in firings else []
        ranked = sorted(used, key=lambda n: (-_interest(desk, n, now), n))
        names.update(dict.fromkeys([*dict.fromkeys(decisive), *ranked]))
    return [n for n in names if installed is None or n in installed][:MOST_EVIDENCE]


def _interest(desk: DeskPort, name: str, now: int) -> float:
    variable = family(desk.program, name)
    if variable is None or variable.kind != "analog":
        samples = desk.history(name, now - 4 * 3_600_000, now)
        return 0.5 if changes(samples) else 0.0
    value, _ = last_value(desk.history(name, now - variable.max_age, now), now, variable.max_age)
    return 0.25 if value is None else distance(value, desk.baseline(name))


def earlier_views(
    story: Chronicle, episodes: tuple[EpisodeView, ...], advice: tuple[AdviceView, ...], lang: str
) -> tuple[EventView, ...]:
    """What happened, newest first, without what stands in the lists above anyway."""
    standing = {e.id for e in episodes}
    kept = [
        e
        for e in story.events
        if not (e.kind in ("raised", "late") and e.episode in standing)
        and not (e.kind in ("advice", "blocked", "pending") and advice)
    ]
    return tuple(event_view(e, lang) for e in reversed(kept))


def event_view(e: Event, lang: str) -> EventView:
    """One event in one language."""
    detail = e.detail[lang].split("\n", 1)[0]  # a list of mistakes is as long as it is
    colon = "：" if lang == "zh" else ": "
    wide = e.kind in ("raised", "late", "note", "missed")
    text = e.what[lang] + ((colon if wide else "  ") + detail if detail else "")
    return EventView(clock(e.time), e.mark, text, e.severity if e.kind in ("raised", "late") else 0)

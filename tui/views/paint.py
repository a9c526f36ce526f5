"""The overview as rows of an exact size: what the terminal shows, without a terminal."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from expert.values.cells import cells, cut, fit, wrap
from expert.values.interval import ONE, Interval
from tui.texts import say
from tui.views.overview import AdviceView, EpisodeView, EventView, IndexView, Overview, VerdictView
from tui.views.pen import Row, Run, clipped, columns, spread, width_of
from tui.views.plot import bar, scale, spark
from tui.views.verdict import score_text
from tui.views.watch import WatchRow

TONES = {"bad": "badge_bad", "caution": "badge_warn", "unknown": "unknown", "normal": "badge"}
BAR = 10
FLAGS = {"high": "^", "low": "v", "lost": "?", "": " "}


@dataclass(frozen=True, slots=True)
class Look:
    """How to draw: size in cells, ASCII only, the selected episode, and which lines are new."""

    width: int
    height: int
    ascii_only: bool
    selected: str = ""
    new: Collection[str] = ()


def severity_role(severity: int) -> str:
    """Colour role of a severity; its mark says the same without colour."""
    return "bad" if severity >= 4 else "warn" if severity >= 2 else "text"


def paint(view: Overview, look: Look) -> list[Row]:
    """Rows of the overview, at most ``look.height`` of at most ``look.width`` cells."""
    top = [header(view, look.width), *verdict_rows(view, look)]
    top += index_rows(view.indices, view.lang, look)
    shelf = shelf_rows(view, look)
    room = look.height - len(top) - len(shelf) - 4  # four headings
    shares = Shares.of(view, max(6, room))
    blank: list[Row] = [()] if shares.blanks > 0 else []
    blank2: list[Row] = [()] if shares.blanks > 1 else []
    rows = [
        *top,
        *blank,
        *abnormal_rows(view, look, shares.abnormal),
        *shelf,
        *blank2,
        *advice_rows(view, look, shares.advice),
        *blank2,
        *watch_rows(view, look, shares.watch),
        *blank2,
        *earlier_rows(view, look, shares.earlier),
    ]
    return [clipped(r, look.width) for r in rows[: look.height]]


@dataclass(frozen=True, slots=True)
class Shares:
    """Rows below each heading."""

    abnormal: int
    advice: int
    watch: int
    earlier: int
    blanks: int

    @classmethod
    def of(cls, view: Overview, room: int) -> Shares:
        """Divide the room: what is abnormal and what to do come first, with four rows of WATCH kept free."""
        least_watch = min(4, len(view.watch))
        abnormal = min(len(view.abnormal), max(1, room - least_watch - min(2, len(view.advice))))
        checks = [bool(a.confirm) and a.status == "do" for a in view.advice]
        advice = min(len(view.advice) + any(checks), max(0, room - abnormal - least_watch))
        watch = min(len(view.watch), room - abnormal - advice)
        left = room - abnormal - advice - watch
        earlier = min(2, left, max(0, len(view.earlier) - 1))
        more = min(left - earlier, max(0, sum(checks) - 1)) if advice > len(view.advice) else 0
        left -= earlier + more
        blanks = 2 if left >= 4 else min(1, left)
        left -= 4 if blanks == 2 else blanks
        earlier += min(left, max(0, len(view.earlier) - 1 - earlier))
        return cls(abnormal, advice + more, watch, earlier, blanks)


# ---------------------------------------------------------------- header, verdict, indices


def header(view: Overview, width: int) -> Row:
    """Product, plant and speed at the left; plant time and data share at the right."""
    share = round(view.data * 100)
    role = "dim" if share >= 90 else "warn"
    right = [Run(f"{view.date} {view.clock}", "title"), Run("   ")]
    if view.late:
        right += [Run(say(view.lang, "caught_up"), "unknown"), Run("   ")]
    right += [Run(("! " if share < 90 else "") + say(view.lang, "data", percent=share), role), Run(" ")]
    left = (Run(" "), Run(say(view.lang, "product"), "heading"), Run(f"  {view.name} {view.speed}", "dim"))
    return spread(left, tuple(right), width)


def verdict_rows(view: Overview, look: Look) -> list[Row]:
    """The verdict and its first action in one row; none for a program without a verdict."""
    v = view.verdict
    if v is None:
        return []
    right = _score_runs(v, view.lang)
    room = look.width - width_of(right)
    word = f" {v.word} "
    action = cut(v.action, max(0, room - cells(word) - 4))
    left = (Run(" "), Run(word, TONES[v.tone]), Run("  "), Run(action, "title" if v.tone != "normal" else "text"))
    return [spread(left, right, look.width)]


def _score_runs(v: VerdictView, lang: str) -> Row:
    runs: list[Run] = [Run("  ")]
    for key, x in (("level", v.level), ("variation", v.variation)):
        if x is not None:
            runs.append(Run(say(lang, key, value=score_text(x)) + "  ", score_role(x)))
    if v.before:
        runs.append(Run(v.before + " ", "dim"))
    return tuple(runs)


def score_role(x: Interval) -> str:
    """Role of a score: calm below 25 points. Red is kept for what is severe."""
    return "warn" if x.s >= ONE // 4 else "dim"


def index_rows(indices: tuple[IndexView, ...], lang: str, look: Look) -> list[Row]:
    """Two indices a row, each with the bars of its level and variation."""
    half = min(60, look.width // 2)
    rows = []
    for i in range(0, len(indices), 2):
        runs: list[Run] = []
        for index in indices[i : i + 2]:
            runs += _index(index, lang, half, look.ascii_only)
        rows.append(tuple(runs))
    return rows


def _index(index: IndexView, lang: str, half: int, ascii_only: bool) -> list[Run]:
    letter = [say(lang, "level_letter"), say(lang, "variation_letter")]
    title = half - 3 - sum(BAR + 1 + cells(x) for x in letter)
    runs = [Run("  "), *columns([(index.title, title, "dim")])]
    for name, x, gap in zip(letter, (index.level, index.variation), (" ", ""), strict=True):
        runs.append(Run(f"{name} ", "dim"))
        runs.append(Run(score_bar(x, ascii_only), "dim" if x is None else score_role(x)))
        runs.append(Run(gap))
    return runs


def score_bar(x: Interval | None, ascii_only: bool) -> str:
    """A score as a bar; what is possible beyond what is known is drawn as ``?``; ``--``: nothing judges it here."""
    if x is None:
        return "--".center(BAR)
    known = bar(x.s / ONE, BAR, ascii_only)
    possible = round(x.p / ONE * BAR)
    on = "#" if ascii_only else "▆"
    full = known.count(on)
    return known[:full] + "?" * max(0, possible - full) + known[max(full, possible) :]


# ---------------------------------------------------------------- what is abnormal


def abnormal_rows(view: Overview, look: Look, rows: int) -> list[Row]:
    """Heading and the abnormal states; the list moves so that the selected one is shown."""
    lang, n = view.lang, len(view.abnormal)
    sure, since, rests = _episode_columns(look.width)
    title_width = look.width - sure - since - rests
    name = f" {say(lang, 'abnormal')} ({n})"
    first = _first_shown(view.abnormal, look.selected, rows)
    if n > rows > 0:
        name += "  " + say(lang, "rows", first=first + 1, last=first + rows, n=n)
    if n == 0:
        return [(Run(name, "heading"), Run("  " + say(lang, "nothing_abnormal"), "dim"))]
    head = columns(
        [
            (name, title_width, "heading"),
            (say(lang, "how_sure"), sure, "dim"),
            (say(lang, "since"), since, "dim"),
            (say(lang, "rests_on"), rests, "dim"),
        ]
    )
    shown = view.abnormal[first : first + rows]
    return [head, *(episode_row(e, view.lang, look, title_width, (sure, since, rests)) for e in shown)]


def shelf_rows(view: Overview, look: Look) -> list[Row]:
    """One row of what is shelved, until when and by whom; none when nothing is."""
    if not view.shelved:
        return []
    heading = f" {say(view.lang, 'shelved')} ({len(view.shelved)})  "
    texts = "   ".join(f"{s.mark.strip()} {s.title} {s.until}" for s in view.shelved)
    return [(Run(heading, "heading"), Run(cut(texts, look.width - cells(heading)), "dim"))]


def _episode_columns(width: int) -> tuple[int, int, int]:
    """How sure, since, rests on: fixed, so that nothing jumps when a word changes; the title has the rest."""
    return (15, 6, 18) if width < 100 else (17, 8, 30)


def _first_shown(episodes: tuple[EpisodeView, ...], selected: str, rows: int) -> int:
    position = next((i for i, e in enumerate(episodes) if e.id == selected), 0)
    return max(0, min(position - rows + 1 if position >= rows else 0, len(episodes) - rows))


def episode_row(e: EpisodeView, lang: str, look: Look, title_width: int, widths: tuple[int, int, int]) -> Row:
    """One abnormal state: selection, newness, mark, title, how sure, since, rests on."""
    chosen, fresh = e.id == look.selected, e.id in look.new
    role = severity_role(e.severity)
    pointer = ">" if chosen else " "
    sign = "*" if fresh else "." if e.acknowledged else " "
    note = "" if not e.note else f"（{e.note}）" if lang == "zh" else f" ({e.note})"
    title = cut(e.title, title_width - 7 - cells(note)) + note
    body = "select" if chosen else "new" if fresh else role
    return (
        Run(f"{pointer}{sign}", "title" if fresh or chosen else "dim"),
        Run(e.mark, role),
        *columns([(" " + title, title_width - 5, body)]),
        *columns(
            [
                (e.word, widths[0], "text"),
                (e.since, widths[1], "dim"),
                (e.rests, widths[2], "unknown" if e.lost else "dim"),
            ]
        ),
    )


# ---------------------------------------------------------------- what to do


def advice_rows(view: Overview, look: Look, rows: int) -> list[Row]:
    """Heading and the advice, each with how to see that it worked where there is room."""
    lang = view.lang
    heading = f" {say(lang, 'todo')}"
    if not view.advice:
        return [(Run(heading, "heading"), Run("  " + say(lang, "nothing_todo"), "dim"))]
    out: list[Row] = []
    spare = rows - min(rows, len(view.advice))
    left = 0
    widest = max(cells(a.what) for a in view.advice)
    for i, a in enumerate(view.advice):
        if len(out) >= rows:
            left = len(view.advice) - i
            break
        out.append(advice_row(i + 1, a, look, widest))
        if spare > 0 and a.confirm and a.status == "do":
            out.append((Run(" " * 6), Run(cut(a.confirm, look.width - 7), "dim")))
            spare -= 1
    more = (Run("  " + say(lang, "more", n=left), "warn"),) if left else ()
    return [(Run(heading, "heading"), *more), *out]


def advice_row(n: int, a: AdviceView, look: Look, widest: int) -> Row:
    """One advice: number, what with its limit, and below each other when they act, or why not."""
    role = {"do": "title"}.get(a.status, "dim")
    mark = {"do": f"{n}", "pending": "~", "blocked": "x", "contradicted": "x"}[a.status]
    room = look.width - 6
    when = cut(a.when, max(12, room - min(cells(a.what), room - 14) - 2))
    column = max(12, min(widest, room - cells(when) - 2))
    return (Run(f"   {mark} ", "dim"), Run(fit(a.what, column), role), Run("  "), Run(when, "dim"))


# ---------------------------------------------------------------- what to watch


def watch_rows(view: Overview, look: Look, rows: int) -> list[Row]:
    """Heading and the variables that matter now, on one time axis."""
    lang, plot = view.lang, view.span.columns
    widths = _watch_columns(look.width, plot)
    title, unit, now, normal = widths
    left = len(view.watch) - rows
    name = f" {say(lang, 'watch')}"
    head = columns(
        [
            (name, title + 2, "heading"),
            ("", unit, "dim"),
            (say(lang, "now"), -now, "dim"),
            ("   ", 3, "dim"),
            (say(lang, "normal"), normal, "dim"),
            (say(lang, "minutes", n=view.span.minutes), plot, "dim"),
        ]
    )
    shown = _shown_rows(view, rows)
    return [head, *(watch_row(r, look, widths, plot) for r in shown)] if left >= 0 or shown else [head]


def _shown_rows(view: Overview, rows: int) -> tuple[WatchRow, ...]:
    """Evidence first; two standing rows keep their place as long as there are four rows."""
    standing = len(view.watch) - view.evidence_rows
    kept = min(standing, max(0, rows - view.evidence_rows), rows)
    kept = max(kept, min(standing, 2 if rows >= 4 else 0))
    evidence = rows - kept
    return view.watch[:evidence] + view.watch[view.evidence_rows : view.evidence_rows + kept]


def _watch_columns(width: int, plot: int) -> tuple[int, int, int, int]:
    unit, now, normal = (11, 7, 14) if width < 100 else (12, 9, 18)
    return width - plot - unit - now - normal - 6, unit, now, normal


def watch_row(r: WatchRow, look: Look, widths: tuple[int, int, int, int], plot: int) -> Row:
    """One variable: title, unit, value with its mark, what is normal, and its recent past."""
    title, unit, now, normal = widths
    value = r.value or "--"
    role = {"high": "warn", "low": "warn", "lost": "unknown", "": "text"}[r.flag]
    age = f"{r.at} " if r.at else ""
    low, high = scale(r.plot, r.band)
    tail = spark(r.plot, low, high, look.ascii_only) if r.plot else r.note
    text = r.normal.replace("±", "+-") if look.ascii_only else r.normal
    name = cut(r.title, title - cells(age) - 1)
    space = title - cells(name) - cells(age)
    wide = r.note and not r.plot
    return (
        Run("  "),
        Run(name),
        Run(" " * space),
        Run(age, "dim"),
        *columns([(r.unit, unit, "dim"), (value, -now, role), (f" {FLAGS[r.flag]} ", 3, role)]),
        *columns([(text, normal, "dim")]),
        Run(cut(tail, plot + 1 if wide else plot), "plot" if r.plot else "dim"),
    )


# ---------------------------------------------------------------- what was


def earlier_rows(view: Overview, look: Look, rows: int) -> list[Row]:
    """The newest events: on the heading's row and below it; alone there, as many as fit."""
    heading = f" {say(view.lang, 'earlier')}  "
    if not view.earlier:
        return [(Run(heading, "heading"), Run(say(view.lang, "nothing_earlier"), "dim"))]
    if rows <= 0:
        return [_one_row(view.earlier, heading, look.width)]
    out: list[Row] = []
    for i, e in enumerate(view.earlier[: rows + 1]):
        head = Run(heading, "heading") if i == 0 else Run(" " * cells(heading))
        role = severity_role(e.severity) if e.severity else "dim"
        room = look.width - cells(heading) - 12
        out.append((head, Run(f"{e.time}  ", "dim"), Run(e.mark, role), Run(" " + cut(e.text, room), "dim")))
    return out


def _one_row(events: tuple[EventView, ...], heading: str, width: int) -> Row:
    runs = [Run(heading, "heading")]
    room = width - cells(heading)
    for e in events:
        text = f"{e.time} {e.mark.strip()} {e.text}"
        if runs[1:] and cells(text) > room:
            break
        text = cut(text, room)
        runs.append(Run(text + "   ", "dim"))
        room -= cells(text) + 3
    return tuple(runs)


def notice_rows(width: int, height: int, lang: str, needs: tuple[int, int]) -> list[Row]:
    """What stands in a terminal that is too small for the screen."""
    text = say(lang, "too_small", width=width, height=height, needs_width=needs[0], needs_height=needs[1])
    lines = wrap(text, max(2, width - 1))[: max(1, height)]
    return [clipped((Run(line),), width) for line in lines]

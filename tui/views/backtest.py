"""A backtest as text: a table of rules, a time line, a calendar of weeks, what speaks together, and what changed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime

from expert.backtest.compare import Comparison, Pair
from expert.backtest.summary import (
    DAY,
    HOUR,
    RuleSummary,
    active_times,
    notifies,
    overlaps,
    rule_summaries,
    severities,
    shifts,
)
from expert.backtest.tally import Result, Spell, shared
from expert.backtest.verify import Check
from expert.explain import duration
from expert.values.cells import fit, wrap
from tui.texts import say

RULE, COLUMNS, WIDTH = 34, 52, 110
MOST_OVERLAPS, MOST_WEEKS = 15, 60
WEEK = 7 * DAY
MONDAY = 4 * DAY
"""The first Monday after the epoch."""


def stamp(ms: int) -> str:
    """Date and time of day, UTC.

    >>> stamp(1_772_503_200_000)
    '2026-03-03 02:00'
    """
    return datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%d %H:%M")


def day_of(ms: int) -> str:
    """Date, UTC.

    >>> day_of(1_772_503_200_000)
    '2026-03-03'
    """
    return stamp(ms)[:10]


def report(result: Result, name: str, lang: str, chosen: Collection[str] | None = None) -> list[str]:
    """Everything about one version."""
    if not result.scans:
        return [say(lang, "bt_nothing")]
    found = rule_summaries(result, chosen)
    spells = [s for s in result.spells if chosen is None or s.rule in chosen]
    told = [s for s in spells if notifies(result, s)]
    parts = [
        _head(result, name, lang, chosen),
        _table([s for s in found if s.episodes], lang),
        _silent([s.rule for s in found if not s.episodes], lang),
        _timeline(result, [s.rule for s in found if s.episodes], lang),
        _calendar(result, lang, say(lang, "bt_calendar"), lambda start: _count(told, start)) if told else [],
        _overlaps(result, lang, chosen),
        _shifts(result, lang),
    ]
    return [line for part in parts if part for line in (*part, "")][:-1]


def _head(result: Result, name: str, lang: str, chosen: Collection[str] | None) -> list[str]:
    kinds = ", ".join(f"{k}: {n}" for k, n in severities(result, chosen).items())
    episodes = sum(chosen is None or s.rule in chosen for s in result.spells)
    lines = [
        say(lang, "bt_head", name=name, start=stamp(result.first), end=stamp(result.last)),
        say(lang, "bt_scans", scans=result.scans, days=f"{result.days:.4g}", episodes=episodes),
    ]
    lines += [say(lang, "bt_severities", kinds=kinds)] if kinds else []
    return lines if result.complete else [*lines, say(lang, "bt_interrupted")]


# ---------------------------------------------------------------- rules


def _table(found: Sequence[RuleSummary], lang: str) -> list[str]:
    if not found:
        return []
    sizes = (3, 8, 8, 8, 8, 11, 11, 16, 16)
    names = say(lang, "bt_columns").split("|")
    head = "  ".join([fit(names[0], RULE), *(fit(n, w, right=True) for n, w in zip(names[1:], sizes, strict=True))])
    return [head.rstrip(), *(_row(s, sizes) for s in found)]


def _row(s: RuleSummary, sizes: Sequence[int]) -> str:
    cells = (
        str(s.severity),
        str(s.episodes),
        f"{s.per_day:.2f}",
        f"{s.active / HOUR:.1f}",
        f"{s.share:.1%}",
        duration(s.held) if s.held else "-",
        duration(s.longest) if s.longest < 3 * DAY else f"{s.longest / DAY:.1f} d",
        stamp(s.first) if s.first is not None else "",
        stamp(s.last) if s.last is not None else "",
    )
    return "  ".join([fit(s.rule, RULE), *(fit(c, w, right=True) for c, w in zip(cells, sizes, strict=True))])


def _silent(rules: Sequence[str], lang: str) -> list[str]:
    lines = [f"  {line}" for line in wrap(", ".join(rules), WIDTH)]
    return [say(lang, "bt_silent", n=len(rules)), *lines] if rules else []


# ---------------------------------------------------------------- time


def _timeline(result: Result, rules: Sequence[str], lang: str) -> list[str]:
    if not rules:
        return []
    total = result.end - result.first
    size = max(result.period, -(-total // COLUMNS // result.period) * result.period)
    spells = result.by_rule()
    lines = [say(lang, "bt_timeline", start=day_of(result.first), column=duration(size))]
    for rule in rules:
        active = active_times(result, spells[rule])
        marks = [_mark(active, t, min(t + size, result.end)) for t in range(result.first, result.end, size)]
        lines.append(f"  {fit(rule, RULE)}  {''.join(marks)}")
    return lines


def _mark(active: list[tuple[int, int]], start: int, end: int) -> str:
    """How much of a column a rule was active."""
    share = shared(active, [(start, end)]) / (end - start)
    return "." if not share else "-" if share < 0.1 else "+" if share < 0.5 else "#"


def _calendar(result: Result, lang: str, title: str, cell: Callable[[int], str]) -> list[str]:
    """Rows of weeks, columns of days, UTC; the newest weeks of a long run."""
    first = (result.first - MONDAY) // WEEK * WEEK + MONDAY
    weeks = list(range(first, result.end, WEEK))
    shown = weeks[-MOST_WEEKS:]
    days = say(lang, "weekdays").split()
    lines = [title, "  " + " " * 10 + "".join(fit(d, 7, right=True) for d in days)]
    for week in shown:
        cells = [
            fit(cell(t) if result.first < t + DAY and t < result.end else "", 7, right=True)
            for t in range(week, week + WEEK, DAY)
        ]
        lines.append(f"  {day_of(week)}{''.join(cells)}".rstrip())
    return lines


def _count(spells: Sequence[Spell], day: int) -> str:
    return str(sum(day <= s.raised < day + DAY for s in spells) or ".")


# ---------------------------------------------------------------- together


def _overlaps(result: Result, lang: str, chosen: Collection[str] | None) -> list[str]:
    found = overlaps(result, chosen)
    if not found:
        return []
    lines = [say(lang, "bt_together")]
    for o in found[:MOST_OVERLAPS]:
        key = "bt_always" if o.always else "bt_often"
        lines.append("  " + say(lang, key, rule=o.rule, other=o.other, share=f"{o.share:.0%}", time=duration(o.both)))
    more = len(found) - MOST_OVERLAPS
    return [*lines, "  " + say(lang, "more", n=more)] if more > 0 else lines


def _shifts(result: Result, lang: str) -> list[str]:
    s = shifts(result)
    at = stamp(s.most_at) if s.most_at is not None else "-"
    return [say(lang, "bt_shifts", mean=f"{s.mean:.2f}", most=s.most, at=at, quiet=f"{s.quiet:.0%}", n=s.shifts)]


def verified(checks: Sequence[Check], lang: str) -> list[str]:
    """What became of the weeks that were run scan by scan too."""
    lines = [say(lang, "bt_verified", n=len(checks))]
    for c in checks:
        key = "bt_differs" if c.difference else "bt_equal" if c.done else "bt_not_done"
        values = {"start": stamp(c.times[0]), "end": stamp(c.times[-1]), "scans": c.scans, "changes": c.changes}
        lines.append("  " + say(lang, key, **values, what=c.difference))
    return lines


# ---------------------------------------------------------------- two versions


def difference(c: Comparison, lang: str) -> list[str]:
    """What a change would have done over the history: the sum, the list, and the weeks."""
    days = min(c.old.days, c.new.days)
    lines = [say(lang, "bt_change", more=len(c.more), fewer=len(c.fewer), days=f"{days:.4g}")]
    longer = [p for p in c.moved if p.rise == 0]
    same = len(c.pairs) - len(c.moved)
    lines.append(say(lang, "bt_moved", earlier=len(c.earlier), later=len(c.later), other=len(longer), same=same))
    for key, rules in (("bt_rules_added", c.rules_added), ("bt_rules_removed", c.rules_removed)):
        lines += [say(lang, key, rules=", ".join(rules))] if rules else []
    parts = [
        lines,
        _listed(c.new, c.more, say(lang, "bt_only_new"), lang),
        _listed(c.old, c.fewer, say(lang, "bt_only_old"), lang),
        _pairs(c.moved, lang),
        _calendar(c.new, lang, say(lang, "bt_weeks"), lambda day: _signed(c, day)) if c.more or c.fewer else [],
    ]
    return [line for part in parts if part for line in (*part, "")][:-1]


def _listed(result: Result, spells: Sequence[Spell], title: str, lang: str) -> list[str]:
    lines = [title] if spells else []
    for s in spells:
        end = say(lang, "bt_open") if s.cleared is None else duration(s.cleared - s.raised)
        severity = result.rule(s).severity
        lines.append(f"  {stamp(s.raised)}  !{severity}  {fit(s.key, RULE)}  {end}  {s.episode}")
    return lines


def _pairs(pairs: Sequence[Pair], lang: str) -> list[str]:
    if not pairs:
        return []
    lines = [say(lang, "bt_both")]
    for p in pairs:
        told = [_shift(p.rise, lang, "bt_earlier", "bt_later")] if p.rise else []
        if p.clears is None:
            told.append(say(lang, "bt_other_end"))
        elif p.clears:
            told.append(_shift(p.clears, lang, "bt_clears_earlier", "bt_clears_later"))
        lines.append(f"  {stamp(p.new.raised)}  {fit(p.new.key, RULE)}  {say(lang, 'bt_comma').join(told)}")
    return lines


def _shift(ms: int, lang: str, earlier: str, later: str) -> str:
    return say(lang, earlier if ms < 0 else later, time=duration(abs(ms)))


def _signed(c: Comparison, day: int) -> str:
    """More and fewer on a day."""
    n, m = (sum(day <= s.raised < day + DAY for s in spells) for spells in (c.more, c.fewer))
    return " ".join(([f"+{n}"] if n else []) + ([f"-{m}"] if m else [])) or "."

"""An evaluation as text: a table of conditions, what was named first, recall over severity, and the load."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from expert.values.cells import fit, wrap
from tui.texts import say

if TYPE_CHECKING:
    from kb.evaluation.drops import Drops
    from kb.evaluation.quiet import Quiet
    from kb.evaluation.report import Line, Report
    from kb.evaluation.statistics import Share

NAME, SHARE, WIDTH = 10, 17, 110
SIZES = (7, 6, SHARE, SHARE, SHARE, SHARE, SHARE, 6, 8)


def share(s: Share) -> str:
    """A share with its interval, in percent; a dash of nothing."""
    return f"{100 * s.value:.0f} ({100 * s.low:.0f}-{100 * s.high:.0f})" if s.known else "-"


def report(found: Report, name: str, lang: str) -> list[str]:
    """Everything about a campaign."""
    o = found.overall
    head = say(lang, "ev_head", name=name, furnaces=found.furnaces, days=f"{found.days:.0f}")
    lines = [head, say(lang, "ev_events", events=o.events, clear=o.clear, episodes=o.episodes), ""]
    lines += [*_table(found, lang), "", *_curve(found, lang), "", *_matrix(found, lang), "", *_load(found, lang)]
    return lines


def _table(found: Report, lang: str) -> list[str]:
    rows = [*found.lines.items(), (say(lang, "ev_all"), found.overall)]
    return [say(lang, "ev_intervals"), *_columns(say(lang, "ev_columns")), *(_row(n, line) for n, line in rows)]


def _columns(text: str) -> list[str]:
    names = text.split("|")
    return ["  ".join([fit(names[0], NAME), *(fit(n, w, right=True) for n, w in zip(names[1:], SIZES, strict=True))])]


def _row(name: str, line: Line) -> str:
    cells = (
        str(line.events),
        str(line.clear),
        *(share(s) for s in (line.recall, line.recall_severe, line.recall_rest, line.precision, line.first_named)),
        f"{line.lead:.0f}" if line.lead is not None else "-",
        f"{line.flicker:.2f}",
    )
    return "  ".join([fit(name, NAME), *(fit(c, w, right=True) for c, w in zip(cells, SIZES, strict=True))])


def _curve(found: Report, lang: str) -> list[str]:
    head = "  ".join([fit("", NAME), *(fit(str(s), SHARE, right=True) for s in found.overall.curve)])
    rows = [*found.lines.items(), (say(lang, "ev_all"), found.overall)]
    lines = ["  ".join([fit(n, NAME), *(fit(share(s), SHARE, right=True) for s in x.curve.values())]) for n, x in rows]
    return [say(lang, "ev_curve"), head, *lines]


def _matrix(found: Report, lang: str) -> list[str]:
    lines = [say(lang, "ev_matrix")]
    for name, row in found.matrix.items():
        said = ", ".join(f"{k or say(lang, 'ev_nothing')} {n}" for k, n in sorted(row.items(), key=lambda x: -x[1]))
        lines.append(f"{fit(name, NAME)}  {said}")
    return lines


def _load(found: Report, lang: str) -> list[str]:
    load = found.load
    shares = {name: f"{100 * value:.0f}" for name, value in load.priorities.items()}
    flood = f"{100 * load.flood:.2f}"
    lines = [
        say(lang, "ev_load", mean=f"{load.per_shift:.2f}", most=load.most_per_shift, flood=flood),
        say(lang, "ev_priorities", **shares),
    ]
    if found.misnamed is not None:
        lines.append(say(lang, "ev_misnamed", share=share(found.misnamed)))
    return lines + _in_vain([f"{rule} x{n}" for rule, n in found.in_vain.items()], lang)


def _in_vain(rules: Sequence[str], lang: str) -> list[str]:
    if not rules:
        return [say(lang, "ev_none_in_vain")]
    return [say(lang, "ev_in_vain"), *(f"  {line}" for line in wrap(", ".join(rules), WIDTH))]


def quiet_days(found: Quiet, lang: str) -> list[str]:
    """What was said on days without a cause."""
    unknown, rate = f"{100 * found.unknown:.2f}", f"{found.per_three_days:.2f}"
    return [
        "",
        say(lang, "ev_quiet", days=f"{found.days:.0f}", furnaces=found.furnaces, rate=rate, worst=found.worst),
        say(lang, "ev_quiet_load", most=found.most_per_hour, unknown=unknown),
        *_in_vain([f"{rule} x{n}" for rule, n in found.severe.items()], lang),
    ]


def lost_tags(found: Drops, lang: str) -> list[str]:
    """What the loss of each instrument does."""
    lines = ["", say(lang, "ev_drops", tags=found.tags, events=len(found.found))]
    for d in found.harmful:
        said = ", ".join(f"{rule} x{n}" for rule, n in d.created.items())
        lines.append("  " + say(lang, "ev_drop_creates", tag=d.tag, said=said))
    for d in found.costly:
        lines.append("  " + say(lang, "ev_drop_costs", tag=d.tag, events=", ".join(d.lost)))
    return lines if found.harmful else [*lines, say(lang, "ev_drops_none")]

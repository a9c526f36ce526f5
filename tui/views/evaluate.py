"""An evaluation as text: a table of conditions, what was named first, recall over severity, and the load."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from expert.values.cells import fit, wrap
from tui.texts import say

if TYPE_CHECKING:
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
    return lines + _in_vain([f"{rule} x{n}" for rule, n in found.in_vain.items()], lang)


def _in_vain(rules: Sequence[str], lang: str) -> list[str]:
    if not rules:
        return [say(lang, "ev_none_in_vain")]
    return [say(lang, "ev_in_vain"), *(f"  {line}" for line in wrap(", ".join(rules), WIDTH))]

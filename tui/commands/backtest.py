"""The command backtest: what a pack would have said over a history."""

from __future__ import annotations

import fnmatch
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tui.commands.common import Failed, announce_compiling, language_options, readable_errors, speak, write_json
from tui.commands.rules import JSON, SITE
from tui.texts import say

if TYPE_CHECKING:
    from expert.backtest.apart import Name
    from expert.backtest.source import Source
    from expert.backtest.tally import Result
    from expert.backtest.verify import Check
    from expert.language.ast import Program

EXISTING = click.Path(path_type=Path, exists=True)
INTERRUPTED = 130
BAR_EVERY, LINE_EVERY = 0.5, 30.0
"""Seconds between reports of progress, on a terminal and elsewhere."""


@click.command()
@click.argument("pack", type=EXISTING)
@click.argument("data")
@click.option("--map", "map_file", type=EXISTING, help="How the columns of a recording map to variables.")
@click.option("--against", type=EXISTING, metavar="PACK", help="The older version: show what the change does.")
@click.option("--with", "others", multiple=True, type=EXISTING, metavar="PACK", help="A further pack, for both.")
@click.option("--from", "start", metavar="TIME", help="First scan (UTC); what arrived before is history.")
@click.option("--to", "end", metavar="TIME", help="Last scan (UTC).")
@click.option("--rule", "pattern", metavar="GLOB", help="Report only these rules, e.g. 'descent.*'.")
@click.option(
    "--evaluator",
    type=click.Choice(["batch", "live", "reference"]),
    default="batch",
    show_default=True,
    help="All say the same; batch, over many scans at once, is the quickest by far.",
)
@click.option("--verify-weeks", "weeks", type=click.IntRange(min=1), metavar="N", help="Run N weeks scan by scan too.")
@click.option("--seed", type=int, default=0, show_default=True, help="Chooses the weeks of --verify-weeks.")
@SITE
@JSON
@language_options
def backtest(
    pack: Path,
    data: str,
    map_file: Path | None,
    against: Path | None,
    others: tuple[Path, ...],
    start: str | None,
    end: str | None,
    pattern: str | None,
    evaluator: Name,
    weeks: int | None,
    seed: int,
    site: Path | None,
    json_file: Path | None,
    lang: str | None,
    ascii_only: bool,
) -> None:
    """Run PACK over DATA: how often each rule would have spoken, when, for how long, and with which others.

    DATA is simulated:SEED,DAYS, a folder of `tuyere simulate --columns`, or a recording with its --map.
    """
    from expert.backtest.compare import compare, comparison_json
    from expert.backtest.summary import as_json
    from tui.views.backtest import difference, report, verified

    tongue, _ = speak(lang, ascii_only)
    announce_compiling(evaluator, tongue)
    began = time.monotonic()
    versions = {"new": [pack, *others]} | ({"old": [against, *others]} if against is not None else {})
    with readable_errors():
        source, programs, name = _load(versions, data, map_file, site, (start, end))
        chosen = _chosen(list(programs.values()), pattern)
        results, checks = _run(source, programs, evaluator, (weeks, seed), tongue)
    new = results["new"]
    click.echo("\n".join(report(new, f"{pack.name} / {name}", tongue, chosen)))
    out = as_json(new, chosen)
    if against is not None:
        change = compare(results["old"], new, chosen)
        click.echo("\n" + "\n".join(difference(change, tongue)))
        out["against"] = {"program": results["old"].program.digest, **comparison_json(change)}
    if checks:
        click.echo("\n" + "\n".join(verified(checks, tongue)))
        out["verified"] = [c.as_json() for c in checks]
    seconds = time.monotonic() - began
    write_json(json_file, out | {"seconds": round(seconds, 1), "memory_mb": _memory()})
    if not new.complete:
        raise Failed(INTERRUPTED)
    if any(c.difference for c in checks):
        raise Failed(1)


def _load(
    versions: dict[str, list[Path]],
    text: str,
    map_file: Path | None,
    site: Path | None,
    span: tuple[str | None, str | None],
) -> tuple[Source, dict[str, Program], str]:
    """The history, the programs by version, and the name of the data."""
    from kb.backtests import DataError, open_data
    from kb.paths import plant_folder

    first, last = (_time(t) for t in span)
    try:
        data = open_data(text, map_file, site or plant_folder())
        programs = {name: data.program(folders) for name, folders in versions.items()}
        return data.source(list(programs.values()), first, last), programs, data.name
    except DataError as e:
        raise click.UsageError(str(e)) from e


def _run(
    source: Source, programs: dict[str, Program], evaluator: Name, proof: tuple[int | None, int], lang: str
) -> tuple[dict[str, Result], list[Check]]:
    """Results by version, and what became of the weeks that were run twice."""
    from expert.backtest.apart import make_evaluator
    from expert.backtest.run import backtest as run
    from expert.backtest.verify import borders, choose

    weeks, seed = proof
    try:
        chosen = choose(source.times, weeks, seed) if weeks else []
    except ValueError as e:
        raise click.UsageError(str(e)) from e
    checks: list[Check] = []

    runs = {name: (p, make_evaluator(p, evaluator, chosen, checks)) for name, p in programs.items()}
    return run(source, runs, _progress(lang), borders(chosen)), checks


def _time(text: str | None) -> int | None:
    from datetime import UTC, datetime

    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as e:
        raise click.UsageError(f"{text!r} is not a time; write e.g. 2026-03-03 or 2026-03-03T02:31") from e
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)


def _chosen(programs: list[Program], pattern: str | None) -> frozenset[str] | None:
    """Rules that the pattern means.

    Raises
    ------
    click.UsageError
        When it means none.
    """
    if pattern is None:
        return None
    known = {r for p in programs for r in p.rules}
    found = frozenset(fnmatch.filter(known, pattern))
    if not found:
        from expert.language.diagnostics import did_you_mean

        raise click.UsageError(f"no rule is named {pattern}. {did_you_mean(pattern, known)}".rstrip())
    return found


def _progress(lang: str) -> Callable[[int, int, int], None]:
    """Say on stderr how far it is: one line that is drawn anew on a terminal, else a line now and then."""
    terminal = sys.stderr.isatty()
    every = BAR_EVERY if terminal else LINE_EVERY
    last = 0.0
    began: tuple[float, int] | None = None

    def tell(done: int, total: int, episodes: int) -> None:
        nonlocal last, began
        now = time.monotonic()
        if began is None:  # what came before the first scans is not how fast the others are
            began, last = (now, done), now
            return
        if now - last < every and not (terminal and done == total):
            return
        last = now
        from expert.explain import duration

        rest = duration((now - began[0]) * (total - done) / max(done - began[1], 1) * 1000)
        values: dict[str, Any] = {"percent": 100 * done // total, "done": done, "total": total}
        text = say(lang, "bt_progress", **values, episodes=episodes, rest=rest)
        click.echo(f"\r\033[K{text}" if terminal else text, err=True, nl=not terminal or done == total)

    return tell


def _memory() -> int:
    """Largest memory of this process so far, MB."""
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak // (1 << 20 if sys.platform == "darwin" else 1 << 10)

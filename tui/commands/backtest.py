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
    from expert.backtest.evaluate import Evaluator
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

    DATA is simulated:SEED,DAYS, a folder of `tuyere simulate --columns`, or a recording with its --map. Of packs that
    import from each other each is an expert: they run scan by scan, read each other as in a run, and are told apart.
    """
    from expert.backtest.compare import compare, comparison_json
    from expert.backtest.summary import as_json
    from tui.views.backtest import difference, report, verified

    tongue, _ = speak(lang, ascii_only)
    announce_compiling(evaluator, tongue)
    began = time.monotonic()
    versions = {"new": [pack, *others]} | ({"old": [against, *others]} if against is not None else {})
    with readable_errors():
        source, told, name = _load(versions, data, map_file, site, (start, end))
        programs = {run: p for version in told.values() for run, p in version.items()}
        chosen = _chosen(list(programs.values()), pattern)
        results, checks = _run(source, told, evaluator, (weeks, seed), tongue)
    new = results["new"]
    click.echo("\n".join(report(new, f"{pack.name} / {name}", tongue, chosen)))
    out = as_json(new, chosen)
    beside = [run for run in told["new"] if run != "new"]
    for run in beside:
        click.echo("\n" + "\n".join(report(results[run], f"{programs[run].pack} / {name}", tongue, chosen)))
    if beside:
        out["experts"] = {programs[run].pack: as_json(results[run], chosen) for run in beside}
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
) -> tuple[Source, dict[str, dict[str, Program]], str]:
    """The history, the programs by version and run, and the name of the data.

    A version is one run, called like it; of packs that read each other it is one run for each expert, the others called
    like the version and the expert.
    """
    from expert.run.sharing import experts_among
    from kb.backtests import DataError, open_data
    from kb.paths import plant_folder

    first, last = (_time(t) for t in span)
    site_folder = site or plant_folder()
    try:
        data = open_data(text, map_file, site_folder)
        told: dict[str, dict[str, Program]] = {}
        for version, folders in versions.items():
            groups = experts_among(folders, site_folder)
            groups.sort(key=lambda g: folders[0] not in g)
            main, *others = data.experts(groups)
            told[version] = {version: main} | {f"{version}/{p.pack}": p for p in others}
        programs = [p for runs in told.values() for p in runs.values()]
        return data.source(programs, first, last), told, data.name
    except DataError as e:
        raise click.UsageError(str(e)) from e


def _run(
    source: Source, told: dict[str, dict[str, Program]], evaluator: Name, proof: tuple[int | None, int], lang: str
) -> tuple[dict[str, Result], list[Check]]:
    """Results by run, and what became of the weeks that were run twice."""
    from expert.backtest.apart import make_evaluator
    from expert.backtest.run import backtest as run
    from expert.backtest.together import Together
    from expert.backtest.verify import borders, choose

    weeks, seed = proof
    if weeks and any(len(programs) > 1 for programs in told.values()):
        raise click.UsageError("packs that read each other are run scan by scan; there is nothing for --verify-weeks")
    try:
        chosen = choose(source.times, weeks, seed) if weeks else []
    except ValueError as e:
        raise click.UsageError(str(e)) from e
    checks: list[Check] = []

    runs: dict[str, tuple[Program, Evaluator]] = {}
    for programs in told.values():
        if len(programs) == 1:
            runs |= {name: (p, make_evaluator(p, evaluator, chosen, checks)) for name, p in programs.items()}
        else:
            experts = Together(programs, "reference" if evaluator == "reference" else "live")
            runs |= {name: (p, experts.member(name)) for name, p in programs.items()}
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

"""Commands that look back, from a trace alone: why, why-not, replay."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tui.commands.common import (
    Failed,
    announce_compiling,
    evaluator_option,
    language_options,
    readable_errors,
    speak,
    write_json,
)
from tui.commands.runs import behind, find_episodes, run_with, runs_in, the_run

if TYPE_CHECKING:
    from expert.engine.session import Evaluator
    from expert.run.past import PastRun
    from expert.values.types import Episode, ScanRecord

TRACE = click.option(
    "--trace", type=click.Path(path_type=Path, exists=True), help="A run's trace folder; default: the newest in ./runs."
)
AT = click.option("--at", metavar="TIME", help="Plant time (UTC) of the scan, e.g. 2026-03-03T02:31.")


@click.command()
@click.argument("episode", required=False)
@TRACE
@AT
@click.option("--all", "everything", is_flag=True, help="List episodes of severity 0 too.")
@language_options
def why(
    episode: str | None, trace: Path | None, at: str | None, everything: bool, lang: str | None, ascii_only: bool
) -> None:
    """Explain an EPISODE (its id or its rule): evidence down to samples, what it rests on, the rule, its source.

    Without --at: as it stood when it rose. Without EPISODE: list the run's episodes. A folder with the traces of
    several experts lists those of each, and finds the expert that has the episode.
    """
    from expert.explain import text_of
    from expert.explain import why as explain
    from expert.run.past import PastRun

    tongue, plain = speak(lang, ascii_only)
    with readable_errors():
        runs = runs_in(trace)
        if episode is None:
            for run in runs:
                if len(runs) > 1:
                    click.echo(f"{run}:")
                _list_episodes(PastRun(run), tongue, everything)
            return
        past = run_with(runs, f"an episode {episode!r}", lambda run: bool(find_episodes(run, episode)))
        found, index = _find(past, episode)
        rise = past.record(index)
        record = rise if at is None else scan_at(past, at)
        rests = next((f.rests_on for f in rise.firings if f.episode == found.id), ())
        history = past.history_of(record)
        program = past.program_of(record)
        words = (tongue, history, plain, _width())
        lines = explain(program, record, found.rule, found.bindings, *words, rests, behind(past, tongue))
        for line in lines:
            click.echo(text_of(line))


@click.command()
@TRACE
@click.option("--json", "target", type=click.Path(path_type=Path, dir_okay=False), help="Write the same to a file.")
@language_options
def track(trace: Path | None, target: Path | None, lang: str | None, ascii_only: bool) -> None:
    """How often rules said something, and how often what they expected came; which are proposed for shadow."""
    from dataclasses import asdict

    from expert.engine.ledger import is_weak
    from expert.explain import title_of, track_text
    from expert.run.past import PastRun

    tongue, _ = speak(lang, ascii_only)
    with readable_errors():
        past = PastRun(the_run(trace))
        found = sorted(past.tracks().values(), key=lambda t: (t.share is None, t.share or 0, t.rule))
        for one in found:
            status = past.program.rules[one.rule].status
            shown = "" if status == "live" else f" [{status}]"
            click.echo(f"{one.rule}  {title_of(past.program, one.rule, (), tongue)}{shown}: {track_text(one, tongue)}")
        if not found:
            click.echo("no rule of this run expects anything", err=True)
    write_json(target, {"tracks": [{**asdict(t), "share": t.share, "proposed": is_weak(t)} for t in found]})


@click.command("why-not")
@click.argument("rule")
@TRACE
@AT
@language_options
def why_not(rule: str, trace: Path | None, at: str | None, lang: str | None, ascii_only: bool) -> None:
    """Explain why RULE is not raised: what is missing, by how much. Without --at: in the newest scan."""
    from expert.explain import text_of
    from expert.explain import why_not as explain
    from expert.language.diagnostics import did_you_mean

    tongue, plain = speak(lang, ascii_only)
    with readable_errors():
        past = run_with(runs_in(trace), f"a rule {rule}", lambda run: rule in run.program.rules)
        record = scan_at(past, at)
        program = past.program_of(record)
        if rule not in program.rules:
            raise click.UsageError(f"there is no rule {rule}. {did_you_mean(rule, program.rules)}".rstrip())
        for line in explain(program, record, rule, tongue, plain, _width()):
            click.echo(text_of(line))


@click.command()
@click.argument("folder", required=False, type=click.Path(path_type=Path, exists=True))
@evaluator_option
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Write the result there too.")
def replay(folder: Path | None, evaluator: Evaluator, json_file: Path | None) -> None:
    """Re-run every scan of a trace FOLDER and compare the bytes. Exit code 1 at the first difference.

    Of a folder with the traces of several experts each is re-run by itself: what it read of others is on record.
    """
    announce_compiling(evaluator, speak(None, False)[0])
    runs, results = runs_in(folder), {}
    for run in runs:
        with readable_errors():
            results[run.name] = _replayed(run, evaluator)
    identical = all(not r["differences"] for r in results.values())
    out = {
        "scans": sum(r["scans"] for r in results.values()),
        "identical": identical,
        "differences": next((r["differences"] for r in results.values() if r["differences"]), []),
    }
    write_json(json_file, out | ({"experts": results} if len(runs) > 1 else {}))
    if not identical:
        raise Failed(1)


def _replayed(run: Path, evaluator: Evaluator) -> dict[str, Any]:
    """Re-run one trace up to the first difference, and say what came of it."""
    from expert.explain import clock
    from expert.run.past import PastRun

    past, scans = PastRun(run), 0
    for record, differences in past.replay(evaluator):
        scans += 1
        if differences:
            click.echo("\n  ".join([f"{run}: scan at {clock(record.input.time)} differs:", *differences]))
            return {"scans": scans, "differences": differences}
    click.echo(f"{run}: {scans} scans re-run, all bytes identical (program {past.program.digest[:12]})")
    return {"scans": scans, "differences": []}


def _width() -> int:
    return max(60, min(120, shutil.get_terminal_size((80, 24)).columns))


def _time(text: str) -> int:
    from datetime import UTC, datetime

    try:
        moment = datetime.fromisoformat(text)
    except ValueError as e:
        raise click.UsageError(f"{text!r} is not a time; write e.g. 2026-03-03T02:31") from e
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000) + 59_999


def scan_at(past: PastRun, at: str | None) -> ScanRecord:
    """The scan at a time, or the newest."""
    try:
        return past.record(-1) if at is None else past.at(_time(at))
    except LookupError as e:
        raise click.UsageError(
            f"{past.folder} has no scan that early" if len(past) else f"{past.folder} has no scans"
        ) from e


def _find(past: PastRun, wanted: str) -> tuple[Episode, int]:
    """An episode by id, by rule key or by rule id (the newest)."""
    found = find_episodes(past, wanted)
    if not found:
        raise click.UsageError(f"the run has no episode {wanted!r}; `tuyere why` without an argument lists them")
    return found[-1]


def _list_episodes(past: PastRun, lang: str, everything: bool) -> None:
    from expert.explain import certainty_word, clock, duration, title_of

    hidden = 0
    for e, index in sorted(past.episodes().values(), key=lambda x: (x[0].raised, x[0].id)):
        if e.severity == 0 and not everything:
            hidden += 1
            continue
        if e.cleared is None:
            end, state = "...", certainty_word(e.certainty, lang)
        else:
            end, state = clock(e.cleared), duration(e.cleared - e.raised)
        known = e.rule in past.program.rules
        title = title_of(past.program if known else past.program_of(past.record(index)), e.rule, e.bindings, lang)
        click.echo(f"{e.id}  {clock(e.raised)}-{end:<5}  !{e.severity}  {title}  ({state})  {e.rule}")
    if hidden:
        click.echo(f"{hidden} episodes of severity 0 are not listed; --all lists them", err=True)

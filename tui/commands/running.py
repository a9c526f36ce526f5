"""Commands that run a plant: run, simulate, train."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tui.commands import several
from tui.commands.common import (
    Failed,
    announce_compiling,
    evaluator_option,
    language_options,
    readable_errors,
    speak,
    tell_costs,
    write_json,
)
from tui.texts import say

if TYPE_CHECKING:
    from expert.engine.session import Evaluator
    from kb.desk import Desk

PLAIN_HOURS = 8.0
SPEED = 60.0


@click.command()
@click.argument("packs", nargs=-1, type=click.Path(path_type=Path, exists=True))
@click.option("--seed", type=int, default=None, help="Seed of the virtual furnace; another seed is another furnace.")
@click.option("--plain", is_flag=True, help="Print lines instead of the screen (also without a terminal).")
@click.option("--hours", type=float, default=None, help="Hours of plant time for plain lines (default 8).")
@click.option("--speed", type=float, default=SPEED, show_default=True, help="Times real time, on the screen.")
@click.option("--trace", type=click.Path(path_type=Path), help="Trace folder; one that holds a run goes on with it.")
@click.option("--recording", type=click.Path(path_type=Path), help="Run a recording (file or folder) instead.")
@click.option("--map", "map_file", type=click.Path(path_type=Path), help="How its columns map to variables.")
@click.option("--warm-up", type=click.Path(path_type=Path), help="History (mapped alike) to know what is normal from.")
@click.option("--only", metavar="PACK", help="Of packs that read each other, run this one and read the others' traces.")
@click.option(
    "--patience",
    type=click.FloatRange(min=0),
    default=60.0,
    show_default=True,
    metavar="SECONDS",
    help="With --only: how long a scan of another expert is waited for.",
)
@click.option("--rules", multiple=True, type=click.Path(path_type=Path, exists=True), help="A further rule pack.")
@click.option(
    "--watch-rules", is_flag=True, help="Take over rule files that change and check clean, between two scans."
)
@click.option("--profile", "profiled", is_flag=True, help="Show at the end what each rule of the reference cost.")
@evaluator_option
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Write the summary there too.")
@language_options
def run(
    packs: tuple[Path, ...],
    seed: int | None,
    plain: bool,
    hours: float | None,
    speed: float,
    trace: Path | None,
    recording: Path | None,
    map_file: Path | None,
    warm_up: Path | None,
    only: str | None,
    patience: float,
    rules: tuple[Path, ...],
    watch_rules: bool,
    profiled: bool,
    evaluator: Evaluator,
    json_file: Path | None,
    lang: str | None,
    ascii_only: bool,
) -> None:
    """Watch the virtual furnace (or a recording): what is happening, why, what to do, how sure.

    PACKS are the rules; without any the shipped ones. Packs that import what others of them export run as experts of
    their own, each with its trace in a folder of its name below --trace.
    """
    if (recording is None) != (map_file is None):
        raise click.UsageError("--recording and --map go together")
    tongue, keep_ascii = speak(lang, ascii_only)
    terminal = all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr))  # the screen is drawn on stderr
    lines = plain or recording is not None or not terminal
    if not lines:
        click.echo(say(tongue, "warming_up"))  # the screen opens when the desk knows what is normal
    announce_compiling(evaluator, tongue)
    with readable_errors():
        folders = [*(packs or _shipped(recording is not None)), *rules]
        watched = several.Watched(
            seed, 0.0 if lines else speed, trace, recording, map_file, warm_up, evaluator, not lines
        )
        groups = several.groups_of([*packs, *rules], folders, trace)
        if only is not None and groups is None:
            raise click.UsageError("--only picks one of several experts, but none of these packs imports from another")
        if groups is not None and only is None:
            everyone = several.open_all(watched, groups, watch_rules)
            profiles = {name: d.profile() for name, d in everyone.desks.items()} if profiled else {}
            try:
                code = several.show_all(everyone, not lines, hours, tongue, keep_ascii)
            finally:
                everyone.close("end")
            result = several.summary_of_all(everyone, summary)
            for name, profile in profiles.items():
                click.echo(f"\n{name}:")
                result["experts"][name] |= tell_costs(profile)
        else:
            if groups is not None and only is not None:
                desk = several.open_one(watched, groups, only, patience, watch_rules, tongue)
            else:
                desk = _desk(watched, folders, watch_rules)
            costs = desk.profile() if profiled else None
            try:
                code = _show(desk, lines, hours, tongue, keep_ascii)
            finally:
                desk.close("end")
            result = summary(desk) | tell_costs(costs)
        write_json(json_file, result)
    if code:
        raise Failed(code)


def _desk(watched: several.Watched, packs: Sequence[Path], watch_rules: bool) -> Desk:
    """The desk of one program; it goes on where the trace folder holds a run."""
    from kb import plants, recordings, reloading

    trace, path, map_path, evaluator = watched.trace, watched.recording, watched.map_file, watched.evaluator
    if trace is not None and any(trace.glob("*.trace")):
        if path is not None and map_path is not None:
            desk = recordings.resume_recorded(trace, path, map_path, evaluator)
        else:
            desk = plants.resume_virtual(trace, evaluator=evaluator)
    elif path is not None and map_path is not None:
        warm_up = watched.warm_up
        desk = recordings.recorded(
            path, map_path, trace=watched.folder(), warm_up=warm_up, packs=packs, evaluator=evaluator
        )
    else:
        seed = watched.seed if watched.seed is not None else plants.DEFAULT_SEED
        desk = plants.virtual(seed=seed, speed=watched.speed, trace=watched.folder(), packs=packs, evaluator=evaluator)
    if watch_rules:
        reloading.watch_rules(desk, packs)
    return desk


def _shipped(recorded: bool) -> list[Path]:
    """What runs when no pack is named."""
    from kb.paths import shipped_packs
    from kb.recordings import recorded_packs

    return recorded_packs() if recorded else shipped_packs()


def _show(desk: Desk, lines: bool, hours: float | None, lang: str, ascii_only: bool) -> int:
    if lines:
        from tui.plain import run_story

        span = hours if hours is not None else (PLAIN_HOURS if desk.end is None else None)
        return run_story(desk, span, lang, ascii_only, sys.stdout)
    from tui.app import run_app

    return run_app(desk, lang, ascii_only)


def summary(desk: Desk) -> dict[str, Any]:
    """What a run came to: scans, firings, skipped values by cause."""
    skipped = desk.skipped
    return {
        "scans": desk.scans,
        "firings": desk.firings,
        "skipped": sum(skipped.values()),
        "skipped_by_cause": skipped,
        "raised_by_rule": dict(sorted(desk.raised.items())),
        "data_share": round(desk.mean_data_share, 4),
        "trace": str(desk.trace_folder) if desk.trace_folder else "",
        "head": desk.head,
    }


@click.command()
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--days", type=float, default=1.0, show_default=True, help="Length of the simulation.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder for samples.csv and labels.csv.")
@click.option("--columns", is_flag=True, help="Write compact columns for `tuyere backtest` instead of CSV.")
@click.option("--campaign", is_flag=True, help="Let something go wrong every few days, as in `simulated:SEED,DAYS`.")
@click.option(
    "--cause",
    "causes",
    multiple=True,
    metavar="KIND@HOUR[:SEVERITY[:WHERE]]",
    help="What goes wrong, e.g. hang@6, channel@10:4:B, freeze@2:1:blast.pressure. Repeatable.",
)
def simulate(seed: int, days: float, out: Path, columns: bool, campaign: bool, causes: tuple[str, ...]) -> None:
    """Simulate the virtual furnace and write CSV with true labels."""
    from kb.furnace import VirtualFurnace, scenario
    from kb.furnace.csvout import write_csv
    from kb.plants import DEMO_START, parse_cause

    try:
        wanted = [parse_cause(text, DEMO_START) for text in causes]
    except ValueError as e:
        raise click.UsageError(str(e)) from e
    wanted += scenario.campaign(seed, DEMO_START, days) if campaign else []
    end = DEMO_START + int(days * 86_400_000)
    with readable_errors():
        furnace = VirtualFurnace(seed, DEMO_START, wanted)
        if columns:
            from kb.backtests import store

            stored = store(furnace, out, end)
            size = sum(f.stat().st_size for f in out.glob("*.npz")) / 1e6
            click.echo(f"{sum(p.samples for p in stored.parts)} samples in {out}, {size:.1f} MB")
            return
        samples, labels = write_csv(out, furnace, end)
    click.echo(f"{samples} samples and {labels} labels in {out}")


@click.command()
@click.option("--out", type=click.Path(path_type=Path), help="Where the model's coefficients go.")
def train(out: Path | None) -> None:
    """Train the silicon model on simulated furnaces (needs the extra `ml`)."""
    try:
        from kb.models import train as trainer
    except ImportError as e:
        raise click.UsageError("training needs scikit-learn: install tuyere[ml]") from e
    with readable_errors():
        click.echo(trainer.main(out=out))

"""Commands that measure: the product on this machine, and the engine beside its peers."""

from __future__ import annotations

import json
from pathlib import Path

import click

from tui.commands.common import Failed, announce_compiling, speak, write_json

JSON = click.option("--json", "json_file", type=click.Path(path_type=Path), help="Write the figures there too.")
DISAGREE = 3


@click.group()
def bench() -> None:
    """Measure, in one run and on this machine."""


@bench.command()
@click.option("--minutes", type=click.IntRange(min=1), default=600, help="Plant minutes for the engine (default 600).")
@JSON
def product(minutes: int, json_file: Path | None) -> None:
    """Simulator, recording, engine and trace: what the product does per second."""
    from kb.bench import bench_product, lines

    figures = bench_product(minutes)
    write_json(json_file, figures)
    click.echo("\n".join(lines(figures)))


@bench.command()
@click.option("--quick", is_flag=True, help="Fewer scans: under a minute.")
@click.option("--seed", type=int, default=1, help="Seed of the workloads (default 1).")
@JSON
def engine(quick: bool, seed: int, json_file: Path | None) -> None:
    """Scan, backtest and join beside other engines: same work, same conclusions. Exit code 3 when they disagree."""
    from expert.bench.race import Disagreement
    from expert.bench.report import table
    from expert.bench.run import bench_engine

    announce_compiling("live", speak(None, False)[0])
    try:
        result = bench_engine(quick, lambda text: click.echo(f"measuring {text}", err=True), seed)
    except Disagreement as e:
        click.echo(f"error: {e}", err=True)
        raise Failed(DISAGREE) from e
    write_json(json_file, json.loads(json.dumps(result)))
    click.echo(table(result))

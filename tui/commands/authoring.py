"""Commands for rule authors: new."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tui.commands.common import readable_errors
from tui.commands.rules import SITE

if TYPE_CHECKING:
    from expert.workshop.scaffold import Written

FOLDER = click.Path(path_type=Path, file_okay=False)


@click.group()
def new() -> None:
    """Make a new rule or a new pack."""


@new.command("pack")
@click.argument("name")
@click.option("--in", "folder", type=FOLDER, help="Where; default: here.")
@click.option("--title", default="", help="Title in English.")
@click.option("--zh", default="", help="Title in Chinese.")
def new_pack(name: str, folder: Path | None, title: str, zh: str) -> None:
    """Make a pack: the folder NAME with its pack.yaml."""
    from expert.workshop import scaffold

    target = (folder or Path()) / name
    try:
        written = scaffold.new_pack(target, {"en": title, "zh": zh})
    except (scaffold.ScaffoldError, OSError) as e:
        raise click.UsageError(_reason(e)) from e
    _tell(written)
    click.echo(f"next: tuyere new rule TOPIC.NAME --in {target.as_posix()}")


@new.command("rule")
@click.argument("rule_id", metavar="TOPIC.NAME")
@click.option("--in", "pack", type=FOLDER, help="Pack; default: here.")
@click.option("--variable", default="", metavar="ID", help="What the sample condition looks at.")
@click.option("--title", default="", help="Title in English.")
@click.option("--zh", default="", help="Title in Chinese.")
@SITE
def new_rule(rule_id: str, pack: Path | None, variable: str, title: str, zh: str, site: Path | None) -> None:
    """Write the rule TOPIC.NAME with a sample condition and both cases: one where it fires, one where it is quiet."""
    from expert.compile import load_program
    from expert.workshop import scaffold
    from kb.paths import plant_folder

    folder = pack or Path()
    if not (folder / "pack.yaml").is_file():
        raise click.UsageError(f"{folder.as_posix()} is no pack (no pack.yaml); name one with --in, or make one")
    with readable_errors():
        program = load_program(folder, site or plant_folder())
    try:
        written = scaffold.new_rule(folder, scaffold.Wish(rule_id, {"en": title, "zh": zh}, variable), program)
    except (scaffold.ScaffoldError, OSError) as e:
        raise click.UsageError(_reason(e)) from e
    _tell(written)
    click.echo(f"next: write its condition, then tuyere check {folder.as_posix()} and tuyere test {folder.as_posix()}")


def _reason(e: Exception) -> str:
    return f"{e.filename}: {e.strerror}" if isinstance(e, OSError) else str(e)


def _tell(written: list[Written]) -> None:
    for w in written:
        click.echo(f"{'added to' if w.added else 'wrote'} {w.path.as_posix()}")

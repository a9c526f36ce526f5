"""Commands for rule authors: check, test and lint."""

from __future__ import annotations

from pathlib import Path

import click

from tui.commands.common import Failed, readable_errors, write_json

PACKS = click.argument("packs", nargs=-1, type=click.Path(path_type=Path, exists=True))
JSON = click.option("--json", "json_file", type=click.Path(path_type=Path), help="Write the result there too.")
SITE = click.option("--site", type=click.Path(path_type=Path, exists=True), help="Site folder; else the shipped one.")


def chosen(packs: tuple[Path, ...], site: Path | None) -> tuple[list[Path], Path]:
    """Packs and site to work on; the shipped ones where none are named."""
    from kb.paths import plant_folder, shipped_packs

    return list(packs) or shipped_packs(), site or plant_folder()


@click.command()
@PACKS
@SITE
@JSON
def check(packs: tuple[Path, ...], site: Path | None, json_file: Path | None) -> None:
    """Check rule packs: every mistake at once, with its place. Exit code 1 when there is one."""
    from expert.compile import load_program
    from expert.language.diagnostics import ProgramError

    folders, site_folder = chosen(packs, site)
    try:
        program = load_program(folders, site_folder)
    except ProgramError as e:
        write_json(json_file, {"errors": len(e.diagnostics), "diagnostics": [d.as_json() for d in e.diagnostics]})
        click.echo(str(e))
        click.echo(f"\n{len(e.diagnostics)} mistakes", err=True)
        raise Failed(1) from e
    write_json(json_file, {"errors": 0, "diagnostics": [], "rules": len(program.rules), "program": program.digest})
    click.echo(f"no mistakes: rules {len(program.rules)}, packs {len(folders)}, program {program.digest[:12]}")


@click.command()
@PACKS
@SITE
@click.option("-k", "pattern", help="Only cases whose rule or name contains this text.")
@JSON
def test(packs: tuple[Path, ...], site: Path | None, pattern: str | None, json_file: Path | None) -> None:
    """Run the cases beside the rules. Exit code 1 when one fails or a rule has none."""
    from expert.compile import load_program
    from expert.testing import case_files, run_cases

    folders, site_folder = chosen(packs, site)
    with readable_errors():
        program = load_program(folders, site_folder)
        report = run_cases(program, case_files(folders), pattern)
    write_json(json_file, report.as_json())
    click.echo(report.text())
    if report.failed or report.without_cases:
        raise Failed(1)


@click.command()
@PACKS
@SITE
@JSON
def lint(packs: tuple[Path, ...], site: Path | None, json_file: Path | None) -> None:
    """Look for rules that load but cannot be meant: dead, duplicate, without effect. Exit code 1 when there is one."""
    from expert.compile import as_shown, load_program
    from expert.language.diagnostics import render
    from expert.lint import lint_program
    from tui.views.layout import read_layout

    folders, site_folder = chosen(packs, site)
    with readable_errors():
        program = load_program(folders, site_folder)
    found, sources = as_shown(lint_program(program, read_layout().hidden()), folders, site_folder)
    write_json(json_file, {"findings": len(found), "diagnostics": [d.as_json() for d in found]})
    if found:
        click.echo(render(found, sources))
        click.echo(f"\n{len(found)} findings", err=True)
        raise Failed(1)
    click.echo(f"nothing found: rules {len(program.rules)}, packs {len(folders)}")

"""Commands for rule authors: check, test and lint."""

from __future__ import annotations

import shutil
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from tui.commands.common import Failed, readable_errors, write_json

if TYPE_CHECKING:
    from expert.language.ast import Program

PACKS = click.argument("packs", nargs=-1, type=click.Path(path_type=Path, exists=True))
JSON = click.option("--json", "json_file", type=click.Path(path_type=Path), help="Write the result there too.")
SITE = click.option("--site", type=click.Path(path_type=Path, exists=True), help="Site folder; else the shipped one.")


def chosen(packs: tuple[Path, ...], site: Path | None) -> tuple[list[Path], Path]:
    """Packs and site to work on; the shipped ones where none are named."""
    from kb.paths import plant_folder, shipped_packs

    return list(packs) or shipped_packs(), site or plant_folder()


def loaded(folders: list[Path], site: Path) -> list[tuple[list[Path], Program]]:
    """Packs and the programs that they make: one, or of packs that read each other one for each expert.

    Raises
    ------
    ProgramError
        When a pack has mistakes.
    """
    from expert.compile import load_program
    from expert.run.experts import load_experts
    from expert.run.sharing import experts_among

    groups = experts_among(folders, site)
    if len(groups) < 2:
        return [(folders, load_program(folders, site))]
    return list(zip(groups, load_experts(groups, site), strict=True))


@click.command()
@PACKS
@SITE
@click.option("--watch", "keep_on", is_flag=True, help="Check again whenever a file changes, until Ctrl-C.")
@JSON
def check(packs: tuple[Path, ...], site: Path | None, keep_on: bool, json_file: Path | None) -> None:
    """Check rule packs: every mistake at once, with its place. Exit code 1 when there is one."""
    folders, site_folder = chosen(packs, site)
    if keep_on:
        _watch(folders, site_folder, json_file)
    lines, mistakes = _checked(folders, site_folder, json_file)
    click.echo(lines)
    if mistakes:
        click.echo(f"\n{mistakes} mistakes", err=True)
        raise Failed(1)


def _checked(folders: list[Path], site: Path, json_file: Path | None) -> tuple[str, int]:
    """What a check says, and the number of mistakes."""
    from expert.language.diagnostics import ProgramError

    try:
        programs = [program for _, program in loaded(folders, site)]
    except ProgramError as e:
        write_json(json_file, {"errors": len(e.diagnostics), "diagnostics": [d.as_json() for d in e.diagnostics]})
        return str(e), len(e.diagnostics)
    rules = sum(len(p.rules) for p in programs)
    digests = {p.pack: p.digest for p in programs}
    named = {"program": programs[0].digest} if len(programs) == 1 else {"programs": digests}
    write_json(json_file, {"errors": 0, "diagnostics": [], "rules": rules, **named})
    told = ", ".join(d[:12] if len(digests) == 1 else f"{name} {d[:12]}" for name, d in digests.items())
    return f"no mistakes: rules {rules}, packs {len(folders)}, program{'s' if len(digests) > 1 else ''} {told}", 0


def _watch(folders: list[Path], site: Path, json_file: Path | None) -> NoReturn:
    """Check after every change of a file; only an interrupt ends it."""
    from expert.workshop.watching import POLL, changes, one_screen, stamp

    terminal = sys.stdout.isatty()
    for _ in changes(lambda: stamp([*folders, site]), lambda: time.sleep(POLL)):
        text, mistakes = _checked(folders, site, json_file)
        lines = text.splitlines() + ([f"{mistakes} mistakes"] if mistakes else [])
        if terminal:
            click.clear()
            lines = one_screen(lines, shutil.get_terminal_size((80, 24)).lines - 1)
        click.echo("\n".join(lines))
        sys.stdout.flush()
    raise AssertionError("changes never end")


@click.command()
@PACKS
@SITE
@click.option("-k", "pattern", help="Only cases whose rule or name contains this text.")
@click.option("--mutate", is_flag=True, help="Do the cases notice small mistakes in the rules?")
@click.option("--seconds", type=click.FloatRange(min=0), help="With --mutate: begin no further rule after that time.")
@JSON
def test(
    packs: tuple[Path, ...],
    site: Path | None,
    pattern: str | None,
    mutate: bool,
    seconds: float | None,
    json_file: Path | None,
) -> None:
    """Run the cases beside the rules. Exit code 1 when one fails or a rule has none.

    With --mutate every rule is changed in one place at a time (a limit, a direction, a condition left out), and what
    none of its cases notices is listed with what a case would have to show; with -k only rules whose id contains the
    text. Exit code 1 when a topic is below 80 %.
    """
    from expert.compile import shown_names
    from expert.testing import case_files, merged, run_cases
    from expert.testing.mutation import mutation_report

    folders, site_folder = chosen(packs, site)
    with readable_errors():
        experts = loaded(folders, site_folder)
        if mutate and len(experts) > 1:
            raise click.UsageError("--mutate works on one program, and these packs read each other; name one of them")
        if mutate:
            program = experts[0][1]
            names = shown_names(folders, site_folder)
            mutation = mutation_report(program, case_files(folders), pattern, seconds)
            write_json(json_file, mutation.as_json(names))
            click.echo(mutation.text(names))
            if not mutation.ok:
                raise Failed(1)
            return
        programs = [program for _, program in experts]
        report = merged(
            [
                run_cases(program, case_files(own), pattern, [p for p in programs if p is not program])
                for own, program in experts
            ]
        )
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
    from expert.compile import as_shown
    from expert.language.diagnostics import Diagnostic, render
    from expert.lint import lint_program
    from tui.views.layout import read_layout

    folders, site_folder = chosen(packs, site)
    with readable_errors():
        experts = loaded(folders, site_folder)
    found: list[Diagnostic] = []
    sources: dict[str, str] = {}
    for own, program in experts:
        more, texts = as_shown(lint_program(program, read_layout().hidden()), own, site_folder)
        found, sources = [*found, *(d for d in more if d not in found)], sources | texts
    write_json(json_file, {"findings": len(found), "diagnostics": [d.as_json() for d in found]})
    if found:
        click.echo(render(found, sources))
        click.echo(f"\n{len(found)} findings", err=True)
        raise Failed(1)
    click.echo(f"nothing found: rules {sum(len(p.rules) for _, p in experts)}, packs {len(folders)}")

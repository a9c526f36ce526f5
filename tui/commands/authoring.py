"""Commands for rule authors: new, diff, graph, pages, fmt, try."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tui.commands.common import Failed, readable_errors, tell_costs, write_json
from tui.commands.rules import JSON, PACKS, SITE, chosen, loaded

if TYPE_CHECKING:
    from expert.workshop.graph import Graph, Key
    from expert.workshop.scaffold import Written

EXISTING = click.Path(path_type=Path, exists=True)
FOLDER = click.Path(path_type=Path, file_okay=False)


@click.group()
def new() -> None:
    """Make a new rule, a new pack, or schemas for editors."""


@new.command("pack")
@click.argument("name")
@click.option("--in", "folder", type=FOLDER, help="Where; default: here.")
@click.option("--title", default="", help="Title in English.")
@click.option("--zh", default="", help="Title in Chinese.")
@SITE
def new_pack(name: str, folder: Path | None, title: str, zh: str, site: Path | None) -> None:
    """Make a pack: the folder NAME with its pack.yaml, and schemas by which editors complete and check its files."""
    from expert.compile import load_program
    from expert.workshop import scaffold
    from kb.paths import plant_folder

    target = (folder or Path()) / name
    with readable_errors():
        program = load_program([], site or plant_folder())
    try:
        written = scaffold.new_pack(target, {"en": title, "zh": zh}, program.site)
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


@new.command("schema")
@click.option("--in", "pack", type=FOLDER, help="Pack; default: here.")
@SITE
def new_schema(pack: Path | None, site: Path | None) -> None:
    """Write the schemas of a pack anew, with the names that the site has now."""
    from expert.compile import load_program
    from expert.workshop.editor import write_schemas
    from kb.paths import plant_folder

    with readable_errors():
        program = load_program([], site or plant_folder())
    folder = (pack or Path()) / ".schema"
    try:
        written = write_schemas(folder, program.site)
    except OSError as e:
        raise click.UsageError(_reason(e)) from e
    click.echo(f"wrote {len(written)} schemas to {folder.as_posix()}")


def _reason(e: Exception) -> str:
    return f"{e.filename}: {e.strerror}" if isinstance(e, OSError) else str(e)


def _tell(written: list[Written]) -> None:
    for w in written:
        click.echo(f"{'added to' if w.added else 'wrote'} {w.path.as_posix()}")


@click.command()
@click.argument("old", type=EXISTING)
@click.argument("new", metavar="NEW", type=EXISTING)
@SITE
@JSON
def diff(old: Path, new: Path, site: Path | None, json_file: Path | None) -> None:
    """Show what changed from pack OLD to pack NEW by meaning, and what that asks of its version.

    Major: a rule is gone, fires less or says something else; minor: there is one more; patch: it matches more or is
    worded otherwise. Exit code 1 when something changed.
    """
    from expert.compile import load_program, shown_names
    from expert.workshop.diff import compare_packs, difference_lines
    from kb.paths import plant_folder

    folder = site or plant_folder()
    with readable_errors():
        before, after = load_program(old, folder), load_program(new, folder)
    names = [shown_names(p, folder) for p in (old, new)]
    found = compare_packs(before, after).located(*names)
    write_json(json_file, found.as_json())
    click.echo("\n".join(difference_lines(found)))
    if found.changes:
        raise Failed(1)


@click.command()
@PACKS
@SITE
@click.option("--rule", metavar="ID", help="Only around this rule: what it reads, who reads what it concludes.")
@click.option("--variable", metavar="ID", help="Only around this variable: who reads it.")
@click.option("--fact", metavar="NAME", help="Only around this fact: who concludes it, who reads it.")
@click.option("--dot", "dot_file", type=click.Path(path_type=Path), help="Write the picture as Graphviz text.")
@click.option("--svg", "svg_file", type=click.Path(path_type=Path), help="Write the picture as SVG.")
@JSON
def graph(
    packs: tuple[Path, ...],
    site: Path | None,
    rule: str | None,
    variable: str | None,
    fact: str | None,
    dot_file: Path | None,
    svg_file: Path | None,
    json_file: Path | None,
) -> None:
    """Show what hangs on what: strata from the ground up, or the surroundings of one rule, variable or fact."""
    from expert.compile import load_program
    from expert.workshop import graph as graphs
    from expert.workshop.graph_dot import dot
    from expert.workshop.graph_svg import svg

    folders, site_folder = chosen(packs, site)
    with readable_errors():
        whole = graphs.build_graph(load_program(folders, site_folder))
    wanted = _wanted(whole, rule, variable, fact)
    click.echo("\n".join(_lines(whole, wanted)))
    shown = whole.around(wanted) if wanted else whole
    write_json(json_file, shown.as_json())
    for file, text in ((dot_file, dot), (svg_file, svg)):
        if file is not None:
            file.write_text(text(shown, bool(wanted)), encoding="utf-8")


def _wanted(whole: Graph, rule: str | None, variable: str | None, fact: str | None) -> list[Key]:
    """The nodes that were asked for.

    Raises
    ------
    click.UsageError
        For a name that the program does not have.
    """
    from expert.language.diagnostics import did_you_mean

    program = whole.program
    asked: list[tuple[Key, Collection[str]]] = []
    asked += [(("rule", rule), program.rules)] if rule else []
    asked += [(("variable", variable), program.site.variables)] if variable else []
    asked += [(("fact", fact), program.facts)] if fact else []
    for (kind, name), known in asked:
        if name not in known:
            raise click.UsageError(f"there is no {kind} {name}. {did_you_mean(name, known)}".rstrip())
    return [key for key, _ in asked]


def _lines(whole: Graph, wanted: list[Key]) -> list[str]:
    from expert.workshop import graph_text

    if not wanted:
        return graph_text.strata_lines(whole)
    show = {"rule": graph_text.rule_lines, "variable": graph_text.variable_lines, "fact": graph_text.fact_lines}
    return [line for kind, name in wanted for line in show[kind](whole, name)]


@click.command()
@PACKS
@SITE
@click.option("--out", type=FOLDER, required=True, help="Folder for the pages.")
def pages(packs: tuple[Path, ...], site: Path | None, out: Path) -> None:
    """Write a page for each topic: its rules in words, their sources and their cases."""
    from expert.compile import load_program
    from expert.testing import case_files, load_cases
    from expert.workshop.pages import topic_pages

    folders, site_folder = chosen(packs, site)
    with readable_errors():
        program = load_program(folders, site_folder)
        cases = load_cases(program, case_files(folders))
    titles = {f.resolve().name: f.resolve().name.replace("_", " ").capitalize() for f in folders}
    written = topic_pages(program, cases, titles)
    for name, text in written.items():
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        (out / name).write_text(text, encoding="utf-8")
    click.echo(f"wrote {len(written)} pages to {out.as_posix()}")


@click.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path, exists=True))
@click.option("--check", "only_check", is_flag=True, help="Change nothing; exit code 1 when something would change.")
def fmt(files: tuple[Path, ...], only_check: bool) -> None:
    """Write rule FILES (or all of folders) in one way: order of keys, indentation, spaces, quotes.

    Comments and meaning stay. A file that cannot be read is reported and left alone, with exit code 2.
    """
    from expert.language.diagnostics import Sink, render
    from expert.language.strict_yaml import decode
    from expert.workshop.formatter import format_text
    from kb.paths import shipped_packs

    changed = broken = 0
    paths = _yaml_files(list(files) or shipped_packs())
    for path in paths:
        sink = Sink()
        data = path.read_bytes()
        name = _shown(path)
        text = decode(data, name, sink)
        done = format_text(text, name) if text is not None else None
        found = done.errors if done is not None else sink.sorted
        if done is None or found:
            click.echo(render(found, {name: text or ""}), err=True)
            broken += 1
        elif done.kept:
            click.echo(f"left alone: {name}: {done.kept}", err=True)
        elif done.text.encode() != data:
            click.echo(f"{'would change' if only_check else 'changed'} {name}")
            changed += 1
            if not only_check:
                path.write_bytes(done.text.encode())
    click.echo(f"{len(paths)} files: {changed} {'would change' if only_check else 'changed'}")
    if broken or (only_check and changed):
        raise Failed(2 if broken else 1)


def _yaml_files(named: list[Path]) -> list[Path]:
    return sorted({f for p in named for f in (p.rglob("*.yaml") if p.is_dir() else [p])})


def _shown(path: Path) -> str:
    """The path as the user knows it: below the working folder relative to it."""
    full, here = path.resolve(), Path.cwd().resolve()
    return full.relative_to(here).as_posix() if full.is_relative_to(here) else path.as_posix()


@click.command("try")
@click.argument("rule")
@click.option("--on", "recording", type=EXISTING, help="The recording (file or folder).")
@click.option("--rows", "tables", multiple=True, type=EXISTING, help="CSV of a table's rows, called like the table.")
@click.option("--map", "map_file", type=EXISTING, help="How its columns map to variables; default: of `simulate`.")
@click.option("--warm-up", type=EXISTING, help="History (mapped alike) to know what is normal from.")
@click.option("--rules", multiple=True, type=EXISTING, help="Packs to look in; default: the shipped ones.")
@click.option("--profile", "profiled", is_flag=True, help="Show what each rule costs.")
@SITE
@JSON
def try_rule(
    rule: str,
    recording: Path | None,
    tables: tuple[Path, ...],
    map_file: Path | None,
    warm_up: Path | None,
    rules: tuple[Path, ...],
    profiled: bool,
    site: Path | None,
    json_file: Path | None,
) -> None:
    """Show what RULE would have said over a recording: each of its conditions over time, and when it was raised.

    A rule over tables reads --rows: CSV with the table's fields as columns and, where rows come and go, `at` with the
    time from when a row counts; a row whose other cells are empty goes.
    """
    from expert.engine.profile import Profile
    from expert.workshop.trial import trial_lines, trials_of, watch
    from kb.paths import data_file
    from kb.trials import rule_over_recording

    folders, site_folder = chosen(rules, site)
    with readable_errors():
        _known_rule(rule, folders, site_folder)
        if recording is None and not tables:
            raise click.UsageError("give the data: --on RECORDING, --rows TABLE.csv, or both")
        mapping = map_file or data_file("maps/simulated.yaml")
        profile = Profile() if profiled else None
        program, records = rule_over_recording(rule, folders, site_folder, recording, mapping, warm_up, tables, profile)
        trials = trials_of(program, rule)
        watch(program, trials, records, rule)
    click.echo("\n".join(trial_lines(trials)) if trials else f"{rule}: no rows matched")
    write_json(json_file, {"rule": rule, "trials": [t.as_json() for t in trials], **tell_costs(profile)})


def _known_rule(rule: str, folders: list[Path], site: Path) -> None:
    """Say so when there is no such rule, before any data are read.

    Raises
    ------
    click.UsageError
        With the nearest name.
    """
    from expert.language.diagnostics import did_you_mean

    known = {id_ for _, program in loaded(folders, site) for id_ in program.rules}
    if rule not in known:
        raise click.UsageError(f"there is no rule {rule}. {did_you_mean(rule, known)}".rstrip())

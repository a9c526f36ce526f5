"""The command evaluate: what a pack finds of what is injected into virtual furnaces."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tui.commands.common import announce_compiling, language_options, readable_errors, speak, write_json
from tui.commands.rules import JSON, SITE
from tui.texts import say

if TYPE_CHECKING:
    from kb.evaluation.running import Setting

EXISTING = click.Path(path_type=Path, exists=True)
QUIET_FURNACES = 10
DROP_SLOTS = 4
"""Slots of the campaign in which instruments are lost, at most."""
RANGE = re.compile(r"(\d+)(?:\.\.(\d+))?")


@click.command()
@click.argument("packs", nargs=-1, type=EXISTING, metavar="[PACK]...")
@click.option("--seeds", default="commit", show_default=True, metavar="A..B|commit", help="One furnace for each seed.")
@click.option("--conditions", multiple=True, metavar="C01,C08", help="Inject only these; default: all there are.")
@click.option("--slots", type=click.IntRange(min=0), help="Times that something goes wrong, per furnace; 0: none.")
@click.option("--mechanism", "mechanisms", multiple=True, type=EXISTING, metavar="FILE.py", help="Inject what it adds.")
@click.option(
    "--quiet-days", type=click.IntRange(min=1), metavar="N", help="N days without a cause on each of ten furnaces."
)
@click.option("--drop-tags", is_flag=True, help="Lose each instrument of the first furnace, one after the other.")
@click.option("--workers", type=click.IntRange(min=0), default=0, help="Processes; 0: one for every processor.")
@SITE
@JSON
@language_options
def evaluate(
    packs: tuple[Path, ...],
    seeds: str,
    conditions: tuple[str, ...],
    slots: int | None,
    mechanisms: tuple[Path, ...],
    quiet_days: int | None,
    drop_tags: bool,
    workers: int,
    site: Path | None,
    json_file: Path | None,
    lang: str | None,
    ascii_only: bool,
) -> None:
    """Inject causes into virtual furnaces and say what PACK finds of them (default: the blast furnace pack).

    Seeds `commit` follow from the program: whoever changes a rule is judged on furnaces that nobody has seen.
    """
    tongue, _ = speak(lang, ascii_only)
    setting = _setting(packs, site, conditions, slots, mechanisms)
    announce_compiling("batch", tongue)
    with readable_errors():
        chosen, digest = _seeds(seeds, setting)
        out = _campaign(setting, chosen, workers, tongue) if setting.slots else {}
        out |= _quiet(setting, chosen, quiet_days, workers, tongue) if quiet_days else {}
        out |= _drops(setting, chosen[0], workers, tongue) if drop_tags else {}
    write_json(json_file, out | {"program": digest, "seeds": chosen})


def _campaign(setting: Setting, seeds: list[int], workers: int, lang: str) -> dict[str, Any]:
    """The campaign, printed, and its JSON form."""
    from kb.evaluation.running import evaluate as run
    from kb.evaluation.running import summary
    from tui.views.evaluate import report

    found = summary(run(setting, seeds, workers, _progress(lang, len(seeds))))
    click.echo("\n".join(report(found, ", ".join(p.name for p in setting.packs), lang)))
    return found.as_json()


def _quiet(setting: Setting, seeds: list[int], days: int, workers: int, lang: str) -> dict[str, Any]:
    """Days without a cause on the first furnaces, printed, and their JSON form."""
    from kb.evaluation.quiet import quiet
    from tui.views.evaluate import quiet_days

    found = quiet(setting, seeds[:QUIET_FURNACES], days, workers)
    click.echo("\n".join(quiet_days(found, lang)))
    return {"quiet": found.as_json()}


def _drops(setting: Setting, seed: int, workers: int, lang: str) -> dict[str, Any]:
    """Each instrument lost once, printed, and its JSON form."""
    from kb.evaluation.drops import drops
    from tui.views.evaluate import lost_tags

    found = drops(replace(setting, slots=min(setting.slots, DROP_SLOTS) or DROP_SLOTS), seed, workers)
    click.echo("\n".join(lost_tags(found, lang)))
    return {"drops": found.as_json()}


def _setting(
    packs: tuple[Path, ...],
    site: Path | None,
    conditions: tuple[str, ...],
    slots: int | None,
    mechanisms: tuple[Path, ...],
) -> Setting:
    from expert.language.diagnostics import did_you_mean
    from kb.evaluation.campaign import known
    from kb.evaluation.running import SLOTS, Setting
    from kb.paths import plant_folder, rules_folder

    added = _added(mechanisms)
    asked = tuple(dict.fromkeys(c for text in conditions for c in re.split(r"[,\s]+", text) if c))
    wanted = (*asked, *added) or known()
    for name in wanted:
        if name not in known():
            hint = did_you_mean(name, known())
            raise click.UsageError(f"the virtual furnace cannot cause {name}; it can {', '.join(known())}. {hint}")
    folders = packs or (rules_folder() / "blast_furnace",)
    return Setting(folders, site or plant_folder(), wanted, SLOTS if slots is None else slots, mechanisms)


def _added(mechanisms: tuple[Path, ...]) -> tuple[str, ...]:
    """Conditions that files of mechanisms add.

    Raises
    ------
    click.UsageError
        When a file cannot be used.
    """
    from kb.furnace.mechanisms.outside import load_file

    try:
        return tuple(dict.fromkeys(entry.condition for path in mechanisms for entry in load_file(path)))
    except ValueError as e:
        raise click.UsageError(str(e)) from e


def _seeds(text: str, setting: Setting) -> tuple[list[int], str]:
    """The seeds that a user means, and the digest of the program.

    Raises
    ------
    click.UsageError
        When the text means none.
    """
    from expert.compile import load_program
    from kb.evaluation.running import committed

    digest = load_program(list(setting.packs), setting.site).digest
    if text == "commit":
        return committed(digest), digest
    found = RANGE.fullmatch(text)
    chosen = list(range(int(found[1]), int(found[2] or found[1]) + 1)) if found else []
    if not chosen:
        raise click.UsageError(f"{text!r} is no range of seeds; write e.g. 1..20, 7 or commit")
    return chosen, digest


def _progress(lang: str, total: int) -> Callable[[int], None]:
    """Say on stderr how many furnaces are done, on a terminal only."""

    def tell(done: int) -> None:
        if sys.stderr.isatty():
            click.echo(f"\r\033[K{say(lang, 'ev_progress', done=done, total=total)}", err=True, nl=done == total)

    return tell

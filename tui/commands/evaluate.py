"""The command evaluate: what a pack finds of what is injected into virtual furnaces."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tui.commands.common import announce_compiling, language_options, readable_errors, speak, write_json
from tui.commands.rules import JSON, SITE
from tui.texts import say

if TYPE_CHECKING:
    from kb.evaluation.running import Setting

EXISTING = click.Path(path_type=Path, exists=True)
RANGE = re.compile(r"(\d+)(?:\.\.(\d+))?")


@click.command()
@click.argument("packs", nargs=-1, type=EXISTING, metavar="[PACK]...")
@click.option("--seeds", default="commit", show_default=True, metavar="A..B|commit", help="One furnace for each seed.")
@click.option("--conditions", multiple=True, metavar="C01,C08", help="Inject only these; default: all there are.")
@click.option("--slots", type=click.IntRange(min=1), help="Times that something goes wrong, per furnace.")
@click.option("--workers", type=click.IntRange(min=0), default=0, help="Processes; 0: one for every processor.")
@SITE
@JSON
@language_options
def evaluate(
    packs: tuple[Path, ...],
    seeds: str,
    conditions: tuple[str, ...],
    slots: int | None,
    workers: int,
    site: Path | None,
    json_file: Path | None,
    lang: str | None,
    ascii_only: bool,
) -> None:
    """Inject causes into virtual furnaces and say what PACK finds of them (default: the blast furnace pack).

    Seeds `commit` follow from the program: whoever changes a rule is judged on furnaces that nobody has seen.
    """
    from kb.evaluation.running import evaluate as run
    from kb.evaluation.running import summary
    from tui.views.evaluate import report

    tongue, _ = speak(lang, ascii_only)
    setting = _setting(packs, site, conditions, slots)
    announce_compiling("batch", tongue)
    with readable_errors():
        chosen, digest = _seeds(seeds, setting)
        found = summary(run(setting, chosen, workers, _progress(tongue, len(chosen))))
    name = ", ".join(p.name for p in setting.packs)
    click.echo("\n".join(report(found, name, tongue)))
    write_json(json_file, found.as_json() | {"program": digest, "seeds": chosen, "conditions_asked": list(conditions)})


def _setting(packs: tuple[Path, ...], site: Path | None, conditions: tuple[str, ...], slots: int | None) -> Setting:
    from expert.language.diagnostics import did_you_mean
    from kb.evaluation.campaign import known
    from kb.evaluation.running import SLOTS, Setting
    from kb.paths import plant_folder, rules_folder

    wanted = tuple(dict.fromkeys(c for text in conditions for c in re.split(r"[,\s]+", text) if c)) or known()
    for name in wanted:
        if name not in known():
            hint = did_you_mean(name, known())
            raise click.UsageError(f"the virtual furnace cannot cause {name}; it can {', '.join(known())}. {hint}")
    return Setting(packs or (rules_folder() / "blast_furnace",), site or plant_folder(), wanted, slots or SLOTS)


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

"""What several commands share: language, output, and errors that people can read."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from tui.language import can_write, language, needs_ascii
from tui.texts import say

if TYPE_CHECKING:
    from expert.engine.profile import Profile

F = TypeVar("F", bound=Callable[..., Any])


def language_options(command: F) -> F:
    """Add ``--lang`` and ``--ascii``."""
    command = click.option("--lang", type=click.Choice(["en", "zh"]), help="Language; default: the locale's.")(command)
    return click.option("--ascii", "ascii_only", is_flag=True, help="Plots and marks in ASCII only.")(command)


def speak(lang: str | None, ascii_only: bool) -> tuple[str, bool]:
    """Language and whether to keep to ASCII, for standard output as it is."""
    chosen = language(lang, os.environ)
    encoding = sys.stdout.encoding
    if not can_write(chosen, encoding):
        chosen = "en"
    return chosen, needs_ascii(ascii_only, encoding)


def evaluator_option(command: F) -> F:
    """Add ``--evaluator``."""
    return click.option(
        "--evaluator",
        type=click.Choice(["reference", "live"]),
        default="reference",
        show_default=True,
        help="Both say the same; live, compiled once, costs what changed, reference starts at once.",
    )(command)


def announce_compiling(evaluator: str, lang: str) -> None:
    """Say on stderr that nothing will be heard for a while, where an evaluator is yet to be compiled."""
    from expert.columns.jit import is_compiled

    if evaluator != "reference" and not is_compiled():
        click.echo(say(lang, "compiling"), err=True)


def write_json(path: Path | None, value: Any) -> None:
    """Write a command's result as JSON, when asked to."""
    if path is not None:
        path.write_text(json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def tell_costs(profile: Profile | None) -> dict[str, Any]:
    """Print what each rule cost, the dearest first, and return it as an entry of the JSON; nothing where none asked."""
    if profile is None:
        return {}
    click.echo("\n".join(["", *profile.lines()]))
    return {"profile": profile.table()}


@contextmanager
def readable_errors() -> Iterator[None]:
    """Turn errors in what the user gave (rules, recordings, traces) into one message and exit code 2."""
    from expert.engine.guards import RuleFault
    from expert.engine.session import SessionError
    from expert.language.diagnostics import ProgramError
    from expert.trace import TraceError
    from kb.models.artifact import ArtifactError

    try:
        yield
    except ProgramError as e:
        click.echo(str(e), err=True)
        raise Failed(2) from e
    except (TraceError, SessionError, RuleFault, ArtifactError, FileNotFoundError) as e:
        click.echo(f"error: {e}", err=True)
        raise Failed(2) from e


class Failed(click.ClickException):
    """Ends the command with an exit code; the message has been printed."""

    def __init__(self, code: int) -> None:
        super().__init__("")
        self.exit_code = code  # type: ignore[misc]  # click declares it for the class, not the instance

    def show(self, file: Any = None) -> None:
        """Print nothing more."""


def newest_run(folder: Path | None) -> Path:
    """The run to look at: the folder itself, or the newest run in ``runs/``.

    Raises
    ------
    click.UsageError
        When there is none.
    """
    if folder is not None:
        return folder
    runs = sorted(p for p in Path("runs").glob("*") if any(p.glob("*")))
    if not runs:
        raise click.UsageError("there is no run in ./runs yet; start one with `tuyere run`, or name one with --trace")
    return max(runs, key=lambda p: p.stat().st_mtime)

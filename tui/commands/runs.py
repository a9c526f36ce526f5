"""Which run a command looks at: one trace, or one expert among several whose traces stand in one folder."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tui.commands.common import newest_run
from tui.texts import say

if TYPE_CHECKING:
    from expert.explain.imported import Behind
    from expert.run.past import PastRun
    from expert.values.types import Episode


def runs_in(folder: Path | None) -> list[Path]:
    """The run itself (or the newest in ``runs/``), or the runs of all experts whose traces stand in it."""
    from expert.run.sharing import expert_folders

    run = newest_run(folder)
    return list(expert_folders(run).values()) or [run]


def the_run(folder: Path | None) -> Path:
    """The one run that is meant.

    Raises
    ------
    click.UsageError
        When the folder holds those of several experts.
    """
    runs = runs_in(folder)
    if len(runs) > 1:
        raise click.UsageError(f"{runs[0].parent} holds the runs of several experts; name one: {listed(runs)}")
    return runs[0]


def listed(runs: list[Path]) -> str:
    """Folders as they can be named with --trace."""
    return ", ".join(f"--trace {run}" for run in runs)


def run_with(runs: list[Path], what: str, has: Callable[[PastRun], bool]) -> PastRun:
    """The run, of several experts', that has something; of one run that one, whatever it has.

    Raises
    ------
    click.UsageError
        When none or more than one has it.
    """
    from expert.run.past import PastRun

    if len(runs) == 1:
        return PastRun(runs[0])
    found = [past for past in map(PastRun, runs) if has(past)]
    if len(found) == 1:
        return found[0]
    which = "none of the experts' runs has" if not found else "several experts' runs have"
    raise click.UsageError(f"{which} {what}; name one: {listed([p.folder for p in found] or runs)}")


def find_episodes(past: PastRun, wanted: str) -> list[tuple[Episode, int]]:
    """Episodes with this id, rule key or rule id, with the scan of each rise; the newest last."""
    from expert.values.types import rule_key

    episodes = past.episodes()
    if wanted in episodes:
        return [episodes[wanted]]
    found = [x for x in episodes.values() if wanted in (x[0].rule, rule_key(x[0].rule, x[0].bindings))]
    return sorted(found, key=lambda x: x[0].raised)


def behind(past: PastRun, lang: str) -> Behind:
    """Looks up, in the traces beside this one, what an import rests on there, and says how to open it."""
    from datetime import UTC, datetime

    from expert.explain import resting_there
    from expert.explain.imported import Rests, strongest
    from expert.explain.recorded import split_key
    from expert.run.past import PastRun
    from expert.run.sharing import expert_folders, home_of
    from expert.values.types import Export

    beside = expert_folders(past.folder.parent)

    @lru_cache
    def of(folder: Path) -> PastRun:
        return PastRun(folder)

    def tell(export: Export, type_: str) -> list[str]:
        folder = home_of(past.folder.parent, export.pack, list(beside))
        if folder not in beside.values() or folder == past.folder:
            return []
        other = of(folder)
        index = export.sequence - other.record(0).sequence
        if not 0 <= index < len(other) or (record := other.record(index)).program != export.program:
            return []  # a run that was begun anew is not the one that was read

        def rise(episode: str) -> Rests:
            at = other.episodes()[episode][1]
            return next((f.rests_on for f in other.record(at).firings if f.episode == episode), ())

        there = resting_there(other.program_of(record), record, type_, rise, lang)
        fact = strongest(record, type_)
        if fact is None:
            return [there]
        at = datetime.fromtimestamp(record.input.time / 1000, UTC).strftime("%Y-%m-%dT%H:%M")
        command = f"tuyere why {split_key(fact.by)[0]} --trace {folder} --at {at}"
        return [there, say(lang, "there_open", command=command)]

    return tell

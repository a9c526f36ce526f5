"""`tuyere run` with packs that read each other: experts of their own, all in this process or one of them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from expert.engine.session import Evaluator
    from expert.run.board import Peer
    from kb.desk import Desk
    from kb.experts import Desks, Plant, Team


@dataclass(frozen=True)
class Watched:
    """What is watched, and where it is put on record."""

    seed: int | None
    speed: float
    trace: Path | None
    recording: Path | None
    map_file: Path | None
    warm_up: Path | None
    evaluator: Evaluator
    on_screen: bool

    @property
    def label(self) -> str:
        """A word for the run's folder."""
        from kb.plants import DEFAULT_SEED

        seed = self.seed if self.seed is not None else DEFAULT_SEED
        return self.recording.stem if self.recording is not None else f"seed{seed}"

    def folder(self) -> Path:
        """The trace folder that was asked for, or one of its own."""
        from kb.plants import run_folder

        return self.trace if self.trace is not None else run_folder(Path("runs"), self.label)

    def plant(self) -> Plant:
        """What all experts watch."""
        from kb.experts import FurnacePlant, RecordedPlant
        from kb.plants import DEFAULT_SEED

        if self.recording is not None and self.map_file is not None:
            return RecordedPlant(self.recording, self.map_file, self.warm_up, self.evaluator)
        return FurnacePlant(self.seed if self.seed is not None else DEFAULT_SEED, self.speed, self.evaluator)


def groups_of(named: Sequence[Path], folders: Sequence[Path], trace: Path | None) -> list[list[Path]] | None:
    """Packs by the expert that runs them; None: all are one program. Empty: those whose traces are there go on."""
    from expert.run.sharing import expert_folders, experts_among
    from kb.paths import plant_folder

    if trace is not None and any(trace.glob("*.trace")):
        return None
    there = expert_folders(trace) if trace is not None else {}
    if there and not named:
        return []
    groups = experts_among(folders, plant_folder())
    return groups if len(groups) > 1 or there else None


def open_all(watched: Watched, groups: Sequence[Sequence[Path]], watch_rules: bool) -> Desks:
    """All experts, in this process."""
    from kb.experts import open_together, team

    plant = watched.plant()
    experts = team(plant, groups, watched.folder())
    desks = open_together(plant, experts)
    if watch_rules:
        for name, desk in desks.desks.items():
            _watch(desk, experts, name)
    return desks


def open_one(
    watched: Watched,
    groups: Sequence[Sequence[Path]],
    only: str,
    patience: float,
    watch_rules: bool,
    lang: str,
) -> Desk:
    """One expert; the others run in processes of their own, now, before or never."""
    from kb.experts import open_alone, team
    from tui.plain_experts import reads

    if watched.trace is None:
        raise click.UsageError(
            "--only needs --trace FOLDER: the traces of all experts stand there, and tell what they say"
        )
    plant = watched.plant()
    experts = team(plant, groups, watched.trace)
    try:
        name = experts.named(only)
    except KeyError as e:
        raise click.UsageError(str(e.args[0])) from e
    tell = Teller(lang)
    desk = open_alone(plant, experts, name, patience, tell)
    desk.peers, tell.on_screen = tell.told, watched.on_screen
    desk.notes = (reads(desk, name, lang), *desk.notes)
    if watch_rules:
        _watch(desk, experts, name)
    return desk


def _watch(desk: Desk, experts: Team, name: str) -> None:
    from kb.reloading import watch_rules

    if not experts.folders:
        raise click.UsageError("--watch-rules needs the packs that are watched; name them")
    watch_rules(desk, experts.folders[name])


class Teller:
    """Says what becomes of an expert that is waited for: on stderr, and for the screens once they are open."""

    def __init__(self, lang: str) -> None:
        self.lang = lang
        self.on_screen = False
        self.told: list[Peer] = []

    def __call__(self, peer: Peer) -> None:
        """Take in what became of one."""
        from tui.pump import peer_words

        if self.on_screen:
            self.told.append(peer)
        else:
            click.echo(peer_words(peer)[self.lang], err=True)


def show_all(desks: Desks, on_screen: bool, hours: float | None, lang: str, ascii_only: bool) -> int:
    """The screens or the lines of all experts; the exit code."""
    if on_screen:
        from tui.app import run_app

        return run_app(desks, lang, ascii_only)
    from tui.plain_experts import run_experts_story

    return run_experts_story(desks, hours, lang, ascii_only, sys.stdout)


def summary_of_all(desks: Desks, summary: Callable[[Desk], dict[str, Any]]) -> dict[str, Any]:
    """What a run of several experts came to: of each, and scans and firings in all.

    Every expert is given the same values, so what was skipped is what the one that skipped most did.
    """
    each = {name: summary(desk) for name, desk in desks.desks.items()}
    causes = {c for s in each.values() for c in s["skipped_by_cause"]}
    skipped = {c: max(s["skipped_by_cause"].get(c, 0) for s in each.values()) for c in sorted(causes)}
    return {
        "scans": sum(s["scans"] for s in each.values()),
        "firings": sum(s["firings"] for s in each.values()),
        "skipped": sum(skipped.values()),
        "skipped_by_cause": skipped,
        "experts": each,
    }

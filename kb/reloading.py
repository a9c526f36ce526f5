"""Watching the rule packs of a desk, so that what an author saves is at work from the next scan on."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from expert.compile import installation, load_program
from expert.language.ast import Program
from expert.run.reload import RuleWatch
from expert.workshop.watching import stamp
from kb.desk import Desk
from kb.paths import plant_folder


def watch_rules(desk: Desk, packs: Sequence[Path]) -> None:
    """Let a desk take over the rules of these packs whenever their files change and check clean."""
    folders = list(packs)

    def load(old: Program) -> Program:
        return load_program(folders, plant_folder(), **installation(old.sources))

    desk.watch = RuleWatch(load, lambda: stamp(folders))

"""Several experts at one plant: loading their packs for each other, and running their sessions in one process."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from expert.compile import load_program
from expert.compile.exchange import exporters_of
from expert.language.ast import Program
from expert.language.check import shape
from expert.language.diagnostics import Diagnostic, ProgramError
from expert.run.runner import Runner
from expert.values.types import ScanRecord


def load_experts(packs: Sequence[Path | Sequence[Path]], site: Path, **options: Any) -> list[Program]:
    """Each pack (or group of packs) as a program of its own that may read what the others export.

    Parameters
    ----------
    packs : sequence
        Folders; a sequence of folders is one expert.
    site : Path
    **options
        What `load_program` takes: ``installed``, ``variables``, ``period``, ``root``.

    Raises
    ------
    ProgramError
        With all mistakes of all packs, or when what one imports has another shape where it is exported.
    """
    alone: list[Program] = []
    found: dict[Diagnostic, None] = {}
    sources: dict[str, str] = {}
    for pack in packs:
        try:
            alone.append(load_program(pack, site, **options))
        except ProgramError as e:
            found |= dict.fromkeys(e.diagnostics)
            sources |= e.sources
    if found:
        raise ProgramError(list(found), sources)
    exporters = exporters_of(alone)
    if not any(f.imported for program in alone for f in program.facts.values()):
        return alone
    programs = [load_program(pack, site, exporters=exporters, **options) for pack in packs]
    _check_shapes(programs)
    return programs


def _check_shapes(programs: Sequence[Program]) -> None:
    by_pack = {name: p for p in programs for name in p.pack.split("+")}
    found = [
        Diagnostic(
            "E0326",
            f"pack {program.pack} imports {name}, which has another shape in pack {fact.exporter} that exports it",
            help=f"declare {name} as it is declared there",
        )
        for program in programs
        for name, fact in program.facts.items()
        if fact.exporter and shape(fact) != shape(by_pack[fact.exporter].facts[name])
    ]
    if found:
        raise ProgramError(found, {})


class Experts:
    """Sessions of several experts in one process, scan after scan in order of plant time.

    Parameters
    ----------
    runners : mapping
        Name -> runner; they share one `Blackboard`. At one time they run by name, whichever was started first; as each
        reads only earlier scans of the others, that order changes nothing.
    """

    def __init__(self, runners: Mapping[str, Runner]) -> None:
        self.runners = dict(sorted(runners.items()))

    @property
    def next_due(self) -> int:
        """Time of the next scan of any of them, ms."""
        return min(r.next_due for r in self.runners.values())

    def due(self, now: int) -> Iterator[tuple[str, ScanRecord]]:
        """Run every scan that is due at plant time ``now``, oldest first; yield it with the expert's name."""
        while (time := self.next_due) <= now:
            for name, runner in self.runners.items():
                if runner.next_due == time:
                    late = now - time >= runner.period
                    yield name, runner.scan(time, now if late else time, late)

"""Where a backtest's data come from: the virtual furnace, a folder of columns, or a recording."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from expert.backtest.source import DAY, SPAN, Part, Source, cut, grid
from expert.compile import load_program
from expert.engine.installed import ground_variables
from expert.engine.session import Session
from expert.feeds import Recording
from expert.feeds.columns import MANIFEST, ColumnFolder, Manifest, joined, write_columns
from expert.language.ast import Program, Site
from expert.models.port import Question
from expert.run.experts import load_experts
from expert.values.history import Column, History
from expert.values.types import Row, ScanInput
from kb.furnace import VirtualFurnace
from kb.furnace.catalogue import ground, load_members, load_variables
from kb.furnace.scenario import campaign
from kb.models.past import answers_over
from kb.models.silicon import MODEL, SiliconPort
from kb.orders import demo_orders
from kb.plants import DEMO_START, WARM_UP
from kb.recordings import read

SIMULATED = re.compile(r"simulated:(\d+),(\d+(?:\.\d+)?)")


class DataError(ValueError):
    """Data that no backtest can run over; the message says why."""


class Data(Protocol):
    """Data of one plant, before it is known which program runs over them."""

    name: str

    def program(self, packs: Sequence[Path]) -> Program:
        """Packs as a program for the plant that the data show."""
        ...

    def experts(self, groups: Sequence[Sequence[Path]]) -> list[Program]:
        """Groups of packs as programs that read each other, for the plant that the data show."""
        ...

    def source(self, programs: Sequence[Program], start: int | None, end: int | None) -> Source:
        """The data as parts; scans from ``start`` to ``end`` (ms UTC; None: all there is)."""
        ...


def open_data(text: str, map_path: Path | None, site_folder: Path) -> Data:
    """Data by what a user writes: ``simulated:SEED,DAYS``, a folder of columns, or a recording and its map.

    Raises
    ------
    DataError
        When there is nothing of that name, or a recording has no map.
    ProgramError
        When the data, the map or the site have mistakes.
    """
    simulated = SIMULATED.fullmatch(text)
    if simulated:
        return Simulated(int(simulated[1]), float(simulated[2]), site_folder)
    path = Path(text)
    if text.startswith("simulated"):
        raise DataError(f"{text!r} is no simulated history; write simulated:SEED,DAYS, e.g. simulated:7,365")
    if not path.exists():
        raise DataError(f"there is no recording {text}; a simulated history is simulated:SEED,DAYS")
    if (path / MANIFEST).is_file():
        return Stored(path, site_folder)
    if map_path is None:
        raise DataError(f"{text} is a recording: say with --map how its columns map to variables")
    return Recorded(path, map_path, site_folder)


def scans(programs: Sequence[Program], start: int, end: int) -> range:
    """The grid of all programs' period between two times.

    Raises
    ------
    DataError
        When the programs differ in it, or no scan lies there.
    """
    periods = {p.site.period for p in programs}
    if len(periods) != 1:
        raise DataError("the two versions scan at different periods; compare them at one")
    times = grid(start, end, periods.pop())
    if not len(times):
        raise DataError("no scan lies in this time")
    return times


class Modelled:
    """Adds to parts what is no sample: the answers of the models, and rows for programs that match relations."""

    def __init__(self, programs: Sequence[Program], rows: Sequence[Row] = ()) -> None:
        site = programs[0].site
        self.questions: list[Question] = sorted({q for p in programs for q in Session(p).questions() if q[0] == MODEL})
        self.port = SiliconPort(variables=site.variables) if self.questions else None
        self.expiry = min((p.site.models[MODEL].expiry for p in programs if MODEL in p.site.models), default=DAY)
        self.rows = tuple(rows) if any(r.match for p in programs for r in p.rules.values()) else ()

    def part(self, columns: Mapping[str, Column], times: range) -> Part:
        """The next part."""
        found: dict[int, ScanInput] = {}
        if self.rows:
            found[times[0]] = ScanInput(times[0], times[0], rows=self.rows)
            self.rows = ()
        if self.port is not None:
            for now, models in answers_over(self.port, columns, times, self.questions, self.expiry):
                rows = found[now].rows if now in found else ()
                found[now] = ScanInput(now, now, rows=rows, models=models)
        return Part(History(dict(columns), tuple(found[t] for t in sorted(found))), times)


@dataclass
class Simulated:
    """The virtual furnace with a campaign of causes, simulated part by part; 31 days before it fill the baselines."""

    seed: int
    days: float
    site_folder: Path
    name: str = field(init=False)

    def __post_init__(self) -> None:
        self.name = f"simulated:{self.seed},{self.days:g}"

    def program(self, packs: Sequence[Path]) -> Program:
        """Packs as a program for what the furnace measures."""
        return self.experts([packs])[0]

    def experts(self, groups: Sequence[Sequence[Path]]) -> list[Program]:
        """See `Data`."""
        measured = frozenset(VirtualFurnace(self.seed, DEMO_START).measured)
        return _loaded(groups, self.site_folder, installed=measured)

    def source(self, programs: Sequence[Program], start: int | None, end: int | None) -> Source:
        """The days as parts; they begin at the demonstration's time."""
        last = DEMO_START + round(self.days * DAY) - 1
        first = max(DEMO_START, start if start is not None else 0)
        return _SimulatedSource(self, programs, scans(programs, first, min(last, end if end is not None else last)))


class _SimulatedSource:
    def __init__(self, data: Simulated, programs: Sequence[Program], times: range) -> None:
        self.data, self.programs, self.times = data, programs, times

    def parts(self, borders: Iterable[int] = ()) -> Iterator[Part]:
        """Each part is simulated when it is asked for."""
        causes = campaign(self.data.seed, DEMO_START, self.data.days)
        furnace = VirtualFurnace(self.data.seed, DEMO_START - WARM_UP, causes)
        modelled = Modelled(self.programs, demo_orders())
        for times in cut(self.times, borders):
            yield modelled.part(furnace.columns(times[-1]), times)


class Stored:
    """A folder of columns."""

    def __init__(self, folder: Path, site_folder: Path) -> None:
        self.name = folder.name
        self.site_folder = site_folder
        variables = {v.id: v for v in ground_variables(_site(site_folder))}
        self.folder = ColumnFolder(folder, variables)

    def program(self, packs: Sequence[Path]) -> Program:
        """Packs as a program for the variables that are stored."""
        return self.experts([packs])[0]

    def experts(self, groups: Sequence[Sequence[Path]]) -> list[Program]:
        """See `Data`."""
        return _loaded(groups, self.site_folder, installed=self.folder.installed)

    def source(self, programs: Sequence[Program], start: int | None, end: int | None) -> Source:
        """The stored parts, cut to size; what arrived before ``start`` is history."""
        manifest = self.folder.manifest
        first = manifest.start if start is None else start
        last = manifest.end if end is None else min(end, manifest.end)
        return _StoredSource(self.folder, programs, scans(programs, first, last))


class _StoredSource:
    def __init__(self, folder: ColumnFolder, programs: Sequence[Program], times: range) -> None:
        self.folder, self.programs, self.times = folder, programs, times

    def parts(self, borders: Iterable[int] = ()) -> Iterator[Part]:
        """Parts are read as they are needed; what was read too early waits."""
        stored = self.folder.read()
        modelled = Modelled(self.programs)
        waiting: dict[str, Column] = {}
        upto: int | None = None
        for times in cut(self.times, borders):
            pieces = [waiting]
            while upto is None or upto < times[-1]:
                found = next(stored, None)
                if found is None:
                    break
                upto = found[0]
                pieces.append(found[1])
            columns = joined(pieces)
            waiting = {name: c.between(times[-1], None) for name, c in columns.items()}
            yield modelled.part({name: c.between(None, times[-1]) for name, c in columns.items()}, times)


class Recorded:
    """A recording under a map."""

    def __init__(self, path: Path, map_path: Path, site_folder: Path) -> None:
        self.name = path.name
        self.site_folder = site_folder
        self.recording: Recording = read(path, map_path, _site(site_folder))

    def program(self, packs: Sequence[Path]) -> Program:
        """Packs as a program for the plant that the recording shows."""
        return self.experts([packs])[0]

    def experts(self, groups: Sequence[Sequence[Path]]) -> list[Program]:
        """See `Data`."""
        return _loaded(
            groups,
            self.site_folder,
            installed=self.recording.installed,
            variables=self.recording.variables,
            period=self.recording.scan_period or None,
        )

    def source(self, programs: Sequence[Program], start: int | None, end: int | None) -> Source:
        """The recording as parts; what arrived before ``start`` is history."""
        first = self.recording.start if start is None else start
        last = self.recording.end if end is None else min(end, self.recording.end)
        columns = {name: series.column() for name, series in sorted(self.recording.series.items())}
        return Held(columns, programs, scans(programs, first, last))


class Held:
    """Columns in memory as parts; what arrived before the first scan is history."""

    def __init__(self, columns: Mapping[str, Column], programs: Sequence[Program], times: range) -> None:
        self.columns, self.programs, self.times = columns, programs, times

    def parts(self, borders: Iterable[int] = ()) -> Iterator[Part]:
        """The columns, cut at the borders."""
        modelled = Modelled(self.programs)
        before: int | None = None
        for times in cut(self.times, borders):
            yield modelled.part({n: c.between(before, times[-1]) for n, c in self.columns.items()}, times)
            before = times[-1]


def store(furnace: VirtualFurnace, folder: Path, end: int) -> Manifest:
    """Simulate a furnace from its clock until ``end`` (ms) and write its samples as columns.

    Raises
    ------
    OSError
        When the folder cannot be written.
    """
    borders = [*range(furnace.clock + SPAN, end, SPAN), end]
    variables = ground(load_variables(), load_members())
    return write_columns(folder, ((until, furnace.columns(until)) for until in borders), variables)


def _loaded(groups: Sequence[Sequence[Path]], site_folder: Path, **options: Any) -> list[Program]:
    """Programs that read each other; a single one reads nobody."""
    if len(groups) == 1:
        return [load_program(groups[0], site_folder, **options)]
    return load_experts(groups, site_folder, **options)


def _site(site_folder: Path) -> Site:
    """The declarations alone."""
    return load_program([], site_folder).site

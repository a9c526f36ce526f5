"""Reading the files of a recording into series."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from expert.feeds.cells import Cell, CellReader, QualityColumn, scale_of
from expert.feeds.clock import Clock
from expert.feeds.plan import FileMap, Target
from expert.feeds.series import Columns, Readings, columns, gap_marks, hold, merge
from expert.feeds.tables import TableFile
from expert.language.ast import Span
from expert.language.diagnostics import Sink, did_you_mean

if TYPE_CHECKING:
    from expert.feeds.recording import Recording

MANY = 60
"""So many different causes are told apart per recording; further ones are counted together."""


class Loader:
    """Loads one recording; what is wrong with the files goes to the sink."""

    def __init__(self, path: Path, recording: Recording, sink: Sink) -> None:
        self.path = path
        self.recording = recording
        self.sink = sink
        self.parts: dict[str, list[Columns]] = {}
        self.read = True

    def load(self) -> None:
        """Read all files of the map and fill the recording; with a mistake before, only look whether all is there."""
        self.read = not self.sink.found
        if not self.path.exists():
            self.sink.error("E0401", "the recording does not exist", Span(str(self.path), 0, 0))
            return
        for file in self.recording.map.files:
            for path in self._paths(file):
                self._load_file(path, file)
        if self.sink.found:
            return
        dropped = 0
        for variable in sorted(self.parts):
            series, twice = merge(variable, self.parts[variable])
            dropped += twice
            if len(series):
                self.recording.series[variable] = series
        if dropped:
            self.recording.skipped["duplicate"] += dropped
        mapped = (t.variable for f in self.recording.map.files for t in f.targets)
        self.recording.installed = frozenset(mapped) | frozenset(self.parts)
        if not self.recording.series:
            self.sink.error("E0402", "the recording has no samples", Span(str(self.path), 0, 0))

    def _paths(self, file: FileMap) -> list[Path]:
        """The files that one entry of the map means."""
        if not file.file:
            return []  # reported with the map
        if self.path.is_file():
            same = [f for f in self.recording.map.files if Path(self.path.name).match(f.file)]
            if file in same or (not same and len(self.recording.map.files) == 1):
                return [self.path]
            if not same and file is self.recording.map.files[0]:
                names = ", ".join(f.file for f in self.recording.map.files)
                self.sink.error("E0401", f"the map has no file {self.path.name}", file.span, help=f"it has {names}")
            return []
        found = sorted(self.path.glob(file.file)) if "*" in file.file else [self.path / file.file]
        if found and all(p.is_file() for p in found):
            return found
        near = [p.name for p in self.path.iterdir() if p.is_file()]
        self.sink.error("E0401", f"no file {file.file} in {self.path}", file.span, help=did_you_mean(file.file, near))
        return []

    def _load_file(self, path: Path, file: FileMap) -> None:
        try:
            table = TableFile(path, file.delimiter, file.encoding)
        except OSError as e:
            self.sink.error("E0401", f"{path.name} cannot be read: {e.strerror or e}", file.span)
            return
        try:
            reader = _FileReader(table, file, self)
            if reader.usable() and self.read:
                reader.read()
        finally:
            table.close()

    def count(self, file: str, column: str, cause: str, skip: bool, times: int = 1) -> None:
        """Count skipped rows or cells, or bad samples."""
        if not times:
            return
        counter = self.recording.skipped if skip else self.recording.bad
        if cause not in counter and len(counter) >= MANY:
            cause = "other"
        counter[cause] += times
        self.recording.details[(file, column, cause)] += times


@dataclass(slots=True)
class _Input:
    """A column as one target or formula reads it."""

    column: str
    index: int
    reader: CellReader
    quality: QualityColumn | None
    quality_index: int

    def cell(self, row: list[str]) -> Cell:
        """What the row says in this column."""
        cell = self.reader.read(row[self.index])
        return cell if self.quality is None else self.quality.apply(cell, row[self.quality_index])


class _FileReader:
    """One file while it is read."""

    def __init__(self, table: TableFile, file: FileMap, loader: Loader) -> None:
        self.table, self.file, self.loader = table, file, loader
        self.name = table.path.name
        self.at = {name: i for i, name in enumerate(table.header)}
        self.times: array[int] = array("q")
        self.bad_time = ""
        self.readings: dict[str, tuple[Target, Readings]] = {}
        self._plain: list[tuple[_Input, Target, Readings]] = []
        self._computed: list[tuple[list[_Input], Target, Readings]] = []

    # ------------------------------------------------------------ columns

    def usable(self) -> bool:
        """True when the file has all columns that the map names; otherwise everything is reported."""
        sink = self.loader.sink
        if not self.at:
            what = self.table.cut or f"{self.name} is empty"
            sink.error("E0401" if self.table.cut else "E0402", what, self.file.span)
            return False
        before = len(sink.found)
        for column, span in self._wanted():
            if column not in self.at:
                self._unknown(column, span)
        if self.file.long is None:
            used = {column for column, _ in self._wanted()}
            self.loader.recording.unmapped[self.name] = [c for c in self.table.header if c not in used]
        return len(sink.found) == before

    def _wanted(self) -> Iterator[tuple[str, Span]]:
        file = self.file
        for column in file.time:
            yield column, file.time_span
        if file.arrival:
            yield file.arrival, file.span
        if file.quality:
            yield file.quality.column, file.span
        if file.long is not None:
            for column in file.long:
                yield column, file.long_span
            return
        for target in file.targets:
            if target.quality:
                yield target.quality.column, target.span
            for column in target.formula.columns if target.formula else (target.column,):
                yield column, target.span

    def _unknown(self, column: str, span: Span) -> None:
        help = did_you_mean(column, self.at, limit=40)
        if len(self.at) == 1:
            help = f"its only column is {next(iter(self.at))[:60]!r}; is the delimiter right?"
        self.loader.sink.error("E0403", f"{self.name} has no column {column}", span, help=help)

    def _prepare(self) -> None:
        plain = {t.column: t for t in self.file.targets if t.reader is not None}
        for target in self.file.targets:
            readings = Readings()
            self.readings[target.variable] = (target, readings)
            if target.formula is None:
                self._plain.append((self._input(target.column, target), target, readings))
            else:
                inputs = [self._input(c, plain.get(c)) for c in target.formula.columns]
                self._computed.append((inputs, target, readings))

    def _input(self, column: str, target: Target | None) -> _Input:
        reader = target.reader if target is not None else None
        quality = target.quality if target is not None else self.file.quality
        index = self.at[quality.column] if quality is not None else -1
        return _Input(column, self.at[column], reader or self.file.defaults, quality, index)

    # ------------------------------------------------------------ rows

    def read(self) -> None:
        """Read all rows."""
        file = self.file
        if file.long is None:
            self._prepare()
        take = self._take_wide if file.long is None else self._take_long
        clock, arrivals = Clock(file.zone, file.form), Clock(file.zone, file.form)
        time_at = [self.at[c] for c in file.time]
        arrival_at = self.at[file.arrival] if file.arrival else -1
        after_stamp = file.averaging if file.stamp == "start" else 0
        newest = -(2**62)
        for row in self.table:
            text = " ".join(row[i].strip() for i in time_at)
            time = clock.read(text)
            if time is None:
                self.bad_time = self.bad_time or text
                self._count(file.time[0], "unreadable time", skip=True)
                continue
            source = time + after_stamp
            arrival = source + file.delay if arrival_at < 0 else arrivals.read(row[arrival_at].strip())
            if arrival is None:
                self._count(file.arrival, "unreadable arrival", skip=True)
                continue
            if arrival < newest:
                self.loader.recording.reordered += 1
            newest = max(newest, arrival)
            self.times.append(source)
            take(row, source, arrival)
        self._close()

    def _take_wide(self, row: list[str], source: int, arrival: int) -> None:
        for column, target, readings in self._plain:
            self._add(column.cell(row), column.column, target, readings, source, arrival)
        for inputs, target, readings in self._computed:
            cell = _compute(target, [(c.column, c.cell(row)) for c in inputs])
            self._add(cell, target.variable, target, readings, source, arrival)

    def _take_long(self, row: list[str], source: int, arrival: int) -> None:
        assert self.file.long is not None
        name = row[self.at[self.file.long[0]]].strip()
        found = self.readings.get(name) or self._new_name(name)
        if found is None:
            self._count(name, "unknown variable", skip=True)
            return
        target, readings = found
        assert target.reader is not None
        cell = target.reader.read(row[self.at[self.file.long[1]]])
        if target.quality is not None:
            cell = target.quality.apply(cell, row[self.at[target.quality.column]])
        self._add(cell, name, target, readings, source, arrival)

    def _new_name(self, name: str) -> tuple[Target, Readings] | None:
        """A name of a long file: one of the map's, or the site's own."""
        target = next((t for t in self.file.targets if t.column == name), None)
        plan = self.loader.recording.map
        if target is None and self.file.own_names and name in plan.ground:
            v = plan.variables[plan.ground[name]]
            scale = scale_of(Fraction(1), Fraction(0), v.resolution, v.valid, Fraction(1))
            d = self.file.defaults
            reader = CellReader(scale, d.decimal_comma, d.missing, d.ignore, d.status)
            target = Target(name, name, scale, self.file.span, reader, quality=self.file.quality)
        if target is None:
            return None
        self.readings[name] = (target, Readings())
        return self.readings[name]

    def _add(self, cell: Cell, column: str, target: Target, readings: Readings, source: int, arrival: int) -> None:
        if cell.cause:
            self._count(column, cell.cause, cell.skip)
        if not cell.skip:
            readings.add(source - target.shift, arrival, cell)

    def _count(self, column: str, cause: str, skip: bool, times: int = 1) -> None:
        self.loader.count(self.name, column, cause, skip, times)

    # ------------------------------------------------------------ the end of the file

    def _close(self) -> None:
        table, recording = self.table, self.loader.recording
        recording.rows += table.rows
        if table.odd:
            self._count("", "row of another length", skip=True, times=table.odd)
        if table.cut:
            recording.notes.append(table.cut)
            self._count("", "rest of a damaged file", skip=True)
        if not self.times:
            self._report_nothing()
        for target, readings in self.readings.values():
            if readings.source:
                self._finish(target, readings)

    def _report_nothing(self) -> None:
        sink, file = self.loader.sink, self.file
        if not self.bad_time:
            odd = f"no row of {self.name} has {len(self.at)} cells like its header" if self.table.odd else ""
            what = self.table.cut or odd or f"{self.name} has no rows"
            sink.error("E0401" if self.table.cut else "E0402", what, file.span)
            return
        form = "ISO 8601, as 2023-02-09 13:00:00" if file.form == "iso" else file.form
        sink.error(
            "E0404",
            f"no row of {self.name} has a readable time",
            file.time_span,
            notes=[f"the first one is {self.bad_time[:40]!r}, expected {form}"],
            help="add format: with a pattern such as %d.%m.%Y %H:%M" if file.form == "iso" else "",
        )

    def _finish(self, target: Target, readings: Readings) -> None:
        recording, file = self.loader.recording, self.file
        data = columns(readings)
        parts = self.loader.parts.setdefault(target.variable, [])
        if target.hold:
            data, held = hold(data, target.hold)
            recording.held += held
            self._count(target.column, "missing", skip=False, times=-held)
        elif file.every:
            times = data[0] if file.long else np.frombuffer(self.times, dtype=np.int64) - target.shift
            reach = recording.map.variables[recording.map.ground[target.variable]].max_age
            marks = gap_marks(times, file.every, file.delay + target.shift, reach)
            self._count(target.column or target.variable, "no row", skip=False, times=len(marks[0]))
            parts.append(marks)
        parts.append(data)


def _compute(target: Target, inputs: list[tuple[str, Cell]]) -> Cell:
    """Cell of a formula: no better than its inputs."""
    assert target.formula is not None
    if any(cell.skip for _, cell in inputs):
        return Cell(None, cause="ignored", skip=True)
    values = {name: cell.raw for name, cell in inputs if cell.raw is not None}
    if len(values) < len(inputs):
        return Cell(None, "bad", "missing", "bad input of a formula")
    value = target.formula.evaluate(values)
    if value is None:
        return Cell(None, "bad", "compute", "division by zero")
    cell = target.scale.cell(value)
    doubtful = cell.quality == "good" and any(c.quality == "uncertain" for _, c in inputs)
    return Cell(cell.count, "uncertain", "uncertain", "", cell.raw) if doubtful else cell

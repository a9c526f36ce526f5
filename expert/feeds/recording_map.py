"""Reading the map of a recording: which column is which variable, in which unit, known when.

`docs/recordings.md` is the manual for authors of maps.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import UTC, tzinfo
from fractions import Fraction
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from expert.feeds.cells import CellReader, Match, QualityColumn, Scale, scale_of
from expert.feeds.formula import Formula, FormulaError
from expert.feeds.plan import FeedError, FileMap, RecordingMap, Target, ground_names
from expert.language import strict_yaml
from expert.language.ast import Span
from expert.language.diagnostics import Sink, did_you_mean
from expert.language.schema import Table, as_mapping, as_range, entries
from expert.language.source import Text
from expert.language.units import UnitError, Units, in_words
from expert.values.types import Variable

MAP_KEYS = ("title", "note", "time_zone", "scan_period", "files")
FILE_KEYS = (
    "file", "note", "time", "format", "time_zone", "stamp", "averaging", "delay", "arrival", "delimiter", "decimal",
    "encoding", "missing", "status", "quality", "every", "period", "max_age", "long", "columns", "compute",
)  # fmt: skip
TARGET_KEYS = ("variable", "unit", "scale", "offset", "missing", "ignore", "valid", "period", "max_age", "hold",
               "shift", "quality", "note")  # fmt: skip
COMPUTE_KEYS = ("value", "unit", "valid", "period", "max_age", "shift", "note")
DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|"}


def read_map(
    path: Path, variables: Mapping[str, Variable], units: Units, sets: Mapping[str, Collection[str]]
) -> RecordingMap:
    """Read and check a map.

    Raises
    ------
    FeedError
        With every finding.
    """
    sink, sources = Sink(), dict[str, str]()
    found = parse_map(path, variables, units, sets, sink, sources)
    if found is None or sink.found:
        raise FeedError(sink.sorted, sources)
    return found


def parse_map(
    path: Path,
    variables: Mapping[str, Variable],
    units: Units,
    sets: Mapping[str, Collection[str]],
    sink: Sink,
    sources: dict[str, str],
) -> RecordingMap | None:
    """What can be read of a map; findings go to ``sink``, its text to ``sources``; None when it is no mapping."""
    shown = str(path)
    try:
        data = path.read_bytes()
    except OSError as e:
        sink.error("E0116", f"map {e.strerror.lower() if e.strerror else 'cannot be read'}", Span(shown, 0, 0))
        return None
    text = strict_yaml.decode(data, shown, sink)
    node = None if text is None else strict_yaml.read(text, shown, sink)
    sources[shown] = text or ""
    root = None if node is None else as_mapping(node, "a map", sink)
    if root is None:
        return None
    return _MapReader(variables, units, sets, sink).read(Table(root, "map", sink, MAP_KEYS), sources)


class _MapReader:
    """Reads one map; every finding goes to the sink."""

    def __init__(
        self, variables: Mapping[str, Variable], units: Units, sets: Mapping[str, Collection[str]], sink: Sink
    ) -> None:
        self.declared = dict(variables)
        self.variables = dict(variables)
        self.ground = ground_names(variables, sets)
        self.units = units
        self.sink = sink
        self.changed: dict[tuple[str, str], tuple[object, Span]] = {}

    def read(self, top: Table, sources: dict[str, str]) -> RecordingMap:
        zone = self._zone(top, UTC, required=True)
        nodes = top.listing("files")
        if not nodes and not top.broken("files"):
            self.sink.error("E0121", "map has no files", top.span, help="add files: with a list of files")
        mappings = [m for m in (as_mapping(n, "a file", self.sink) for n in nodes) if m is not None]
        tables = [Table(m, "file", self.sink, FILE_KEYS) for m in mappings]
        for table in tables:  # ranges first: a column's conversion needs its variable as this recording has it
            self._overrides(table)
        files = [self._file(t, zone) for t in tables]
        title = top.titles("title", required=False)
        period = top.duration("scan_period")
        return RecordingMap(title, period, files, self.variables, self.ground, self.units, sources)

    # ------------------------------------------------------------ variables

    def _rows(self, table: Table, key: str, keys: Collection[str]) -> list[tuple[Text, Table]]:
        node = table.get(key)
        if isinstance(node, Text):
            return []
        found = ((k, as_mapping(v, key, self.sink)) for k, v in entries(node, key, self.sink))
        return [
            (k, Table(m, "column" if key == "columns" else key, self.sink, keys)) for k, m in found if m is not None
        ]

    def _variable(self, name: Text) -> str | None:
        """A ground name, or None after reporting."""
        if name.value in self.ground:
            return name.value
        help = did_you_mean(name.value, self.ground)
        declared = self.declared.get(name.value)
        if declared is not None and declared.of:
            help = f"name the member: {declared.of}[...].{name.value.partition('.')[2]}"
        self.sink.error("E0301", f"unknown variable {name.value}", name.span, help=help)
        return None

    def _overrides(self, file: Table) -> None:
        for key, keys in (("columns", TARGET_KEYS), ("compute", COMPUTE_KEYS)):
            for name, table in self._rows(file, key, keys):
                text = table.text("variable") if key == "columns" else name
                if text is not None and text.value in self.ground:
                    self._override(self.ground[text.value], file, table)

    def _override(self, id_: str, file: Table, table: Table) -> None:
        where = table if table.has("period") else file
        period = where.duration("period")
        if period:
            self._change(id_, "period", period, where.key_span("period"))
        where = table if table.has("max_age") else file
        age = where.duration("max_age")
        if age or period:
            age = age or max(3 * period, self.declared[id_].max_age)
            self._change(id_, "max_age", age, where.key_span("max_age"))
        node = table.get("valid")
        valid = None if node is None else as_range(node, "valid", self.sink)
        if valid is not None:
            self._change(id_, "valid", valid, table.key_span("valid"))
        if self.variables[id_].max_age < self.variables[id_].period:
            self.sink.error("E0205", f"max_age of {id_} is below its period", where.key_span("max_age"))

    def _change(self, id_: str, what: str, value: Any, span: Span) -> None:
        before = self.changed.setdefault((id_, what), (value, span))
        if before[0] != value:
            self.sink.error(
                "E0407",
                f"{what} of {id_} is given in two ways",
                span,
                notes=[f"first in line {before[1].line}"],
                help="all members of a set share one declaration",
            )
        self.variables[id_] = replace(self.variables[id_], **{what: value})

    # ------------------------------------------------------------ files

    def _file(self, t: Table, zone: tzinfo) -> FileMap:
        times = t.texts("time")
        if not times and not t.broken("time"):
            t.get("time", required=True)
        name = t.text("file", required=True)
        out = FileMap(
            file=name.value if name else "",
            span=name.span if name else t.span,
            time=tuple(x.value for x in times),
            time_span=times[0].span if times else t.span,
            zone=self._zone(t, zone),
            form=t.word("format", "iso"),
            stamp=t.choice("stamp", ("instant", "start", "end"), "instant"),
            averaging=t.duration("averaging"),
            delay=t.duration("delay"),
            arrival=t.word("arrival"),
            delimiter=DELIMITERS[t.choice("delimiter", DELIMITERS, "comma")],
            encoding=self._encoding(t),
            every=t.duration("every"),
        )
        if out.stamp == "start" and not out.averaging:
            self.sink.error(
                "E0121",
                "a row stamped at the start of its interval needs averaging",
                t.key_span("stamp"),
                help="add averaging: 1 h, the length of the interval",
            )
        out.defaults = CellReader(
            None, t.choice("decimal", ("point", "comma"), "point") == "comma", self._match(t, "missing"), Match(),
            self._status(t),
        )  # fmt: skip
        out.quality = self._quality(t)
        self._layout(t, out)
        self._targets(t, out)
        return out

    def _layout(self, t: Table, out: FileMap) -> None:
        long = t.table("long", ("name", "value"))
        if long is not None:
            out.long = (long.word("name", required=True), long.word("value", required=True))
            out.long_span = long.span
        node = t.get("columns")
        if isinstance(node, Text):
            out.own_names = node.value == "site"
            if not out.own_names or out.long is None:
                self.sink.error(
                    "E0122",
                    "columns must be a mapping (column: {variable: ..., unit: ...})",
                    node.span,
                    help="columns: site is for long: files that use the site's own names and units",
                )
        elif node is None and t.get("compute") is None and not t.broken("columns"):
            self.sink.error("E0121", "file has no columns", t.span, help="add columns: with column: {variable:, unit:}")

    def _targets(self, t: Table, out: FileMap) -> None:
        taken: dict[str, Span] = {}
        for key, keys, make in (
            ("columns", TARGET_KEYS, self._column),
            ("compute", COMPUTE_KEYS, self._computed),
        ):
            for name, table in self._rows(t, key, keys):
                target = make(name, table, out)
                if target is None:
                    continue
                if target.variable in taken:
                    note = f"first in line {taken[target.variable].line}"
                    self.sink.error("E0407", f"{target.variable} is mapped twice in one file", name.span, notes=[note])
                taken[target.variable] = name.span
                out.targets.append(target)
        if out.long is not None and any(x.formula for x in out.targets):
            self.sink.error("E0122", "compute needs a file with one column per variable", t.key_span("compute"))

    def _column(self, name: Text, t: Table, file: FileMap) -> Target | None:
        variable = t.text("variable", required=True)
        ground = None if variable is None else self._variable(variable)
        gain, offset = t.number("scale"), t.number("offset")
        scale = self._scale(ground, t, Fraction(1) if gain is None else gain, offset or Fraction(0))
        missing, ignore = self._match(t, "missing"), self._match(t, "ignore")
        if ground is None or scale is None:
            return None
        d = file.defaults
        both = Match(d.missing.ranges + missing.ranges, d.missing.words | missing.words)
        reader = CellReader(scale, d.decimal_comma, both, ignore, d.status)
        hold, shift = t.duration("hold"), t.duration("shift")
        quality = self._quality(t) or file.quality
        return Target(name.value, ground, scale, name.span, reader, None, hold, shift, quality)

    def _computed(self, name: Text, t: Table, file: FileMap) -> Target | None:
        ground = self._variable(name)
        text = t.text("value", required=True)
        scale = self._scale(ground, t, Fraction(1), Fraction(0))
        formula = None
        if text is not None:
            try:
                formula = Formula(text.value)
            except FormulaError as e:
                self.sink.error("E0406", str(e), text.part(e.start, e.length))
        if ground is None or scale is None or formula is None:
            return None
        return Target("", ground, scale, text.span if text else t.span, formula=formula, shift=t.duration("shift"))

    # ------------------------------------------------------------ values

    def _scale(self, ground: str | None, t: Table, gain: Fraction, offset: Fraction) -> Scale | None:
        """Conversion from the column's unit (``kPa``, or with a leading number, ``10000 Nm3/h``)."""
        text = t.text("unit", required=True)
        if text is None or ground is None:
            return None
        match = re.fullmatch(r"\s*([0-9]+(?:\.[0-9]+)?)\s+(\S.*?)\s*", text.value)
        times, unit = (Fraction(match.group(1)), match.group(2)) if match else (Fraction(1), text.value.strip())
        variable = self.variables[self.ground[ground]]
        try:
            here, there = self.units.dimension_of(unit), self.units.dimension_of(variable.unit)
            ratio = self.units.factor(unit) / self.units.factor(variable.unit)
        except UnitError as e:
            self.sink.error("E0201", str(e), text.span, help=e.help)
            return None
        if here != there:
            self.sink.error(
                "E0207",
                f"{ground} cannot be in {unit}",
                text.span,
                label=in_words(here),
                notes=[f"{ground} is {in_words(there)} [{variable.unit or '1'}]"],
            )
            return None
        return scale_of(gain * times, offset * times, variable.resolution, variable.valid, ratio)

    def _match(self, t: Table, key: str) -> Match:
        ranges: list[tuple[Fraction | None, Fraction | None]] = []
        words = set()
        for item in t.texts(key):
            span = _range(item.value)
            if span is None:
                words.add(item.value.strip())
            else:
                ranges.append(span)
        return Match(tuple(ranges), frozenset(words))

    def _status(self, t: Table) -> dict[str, str]:
        node = t.get("status")
        return {k.value: v.value for k, v in entries(node, "status", self.sink) if isinstance(v, Text)}

    def _quality(self, t: Table) -> QualityColumn | None:
        q = t.table("quality", ("column", "good", "uncertain"))
        if q is None:
            return None
        good, uncertain = ({x.value.strip() for x in q.texts(key)} for key in ("good", "uncertain"))
        if not good:
            self.sink.error(
                "E0121", "quality has no good", q.span, help='add good: ["Good"], the words for good values'
            )
        return QualityColumn(q.word("column", required=True), good, uncertain)

    def _zone(self, t: Table, default: tzinfo, required: bool = False) -> tzinfo:
        name = t.text("time_zone", required)
        if name is None:
            return default
        try:
            return ZoneInfo(name.value)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            from zoneinfo import available_timezones

            help = did_you_mean(name.value, available_timezones()) or "write for example Asia/Shanghai or UTC"
            self.sink.error("E0405", f"unknown time zone {name.value}", name.span, help=help)
            return default

    def _encoding(self, t: Table) -> str:
        name = t.text("encoding")
        if name is None:
            return "utf-8-sig"
        try:
            found = codecs.lookup(name.value).name
        except LookupError:
            self.sink.error("E0405", f"unknown encoding {name.value}", name.span, help="write for example utf-8 or gbk")
            return "utf-8-sig"
        return "utf-8-sig" if found == "utf-8" else found


def _range(text: str) -> tuple[Fraction | None, Fraction | None] | None:
    """``5``, ``0 to 5``, ``up to 0`` or ``from 900`` as a closed range; None for a word."""
    n = r"([-+]?[0-9]+(?:\.[0-9]+)?)"
    text = text.strip()
    if one := re.fullmatch(n, text):
        return Fraction(one.group(1)), Fraction(one.group(1))
    if both := re.fullmatch(rf"{n} to {n}", text):
        return Fraction(both.group(1)), Fraction(both.group(2))
    if high := re.fullmatch(rf"up to {n}", text):
        return None, Fraction(high.group(1))
    if low := re.fullmatch(rf"from {n}", text):
        return Fraction(low.group(1)), None
    return None

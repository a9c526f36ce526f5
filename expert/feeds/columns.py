"""A folder of columns: years of samples on disk, one compressed file a part, read part by part.

manifest.json    format, the variables with unit and resolution, and the parts with the times that they cover
0000.npz ...     columns of one part; times as differences, because they compress to almost nothing
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from expert.feeds.plan import FeedError
from expert.language.ast import Span
from expert.language.diagnostics import Sink
from expert.values.history import BAD, Column, join_columns
from expert.values.types import Variable

FORMAT = 1
MANIFEST = "manifest.json"
FIELDS = ("arrival", "source", "count", "quality", "note")


@dataclass(frozen=True, slots=True)
class StoredPart:
    """One file: its samples arrived after the part before and not later than ``until`` (ms UTC)."""

    file: str
    until: int
    samples: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a folder of columns holds: ``start``, ``end``: earliest and latest arrival, ms UTC."""

    variables: dict[str, tuple[str, str]]
    parts: tuple[StoredPart, ...]
    start: int
    end: int


def write_columns(
    folder: Path, parts: Iterable[tuple[int, Mapping[str, Column]]], variables: Mapping[str, Variable]
) -> Manifest:
    """Write a history.

    Parameters
    ----------
    folder : Path
        Made when missing.
    parts : iterable
        (until, columns by ground name) in the order of time; what arrived not later than ``until`` ms.
    variables : mapping
        Declarations by ground name.

    Raises
    ------
    ValueError
        When there are no samples.
    OSError
        When the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    stored: list[StoredPart] = []
    seen: dict[str, tuple[str, str]] = {}
    times: list[int] = []
    for until, columns in parts:
        filled = {name: c for name, c in columns.items() if len(c)}
        name = f"{len(stored):04}.npz"
        np.savez_compressed(folder / name, **_packed(filled))  # type: ignore[arg-type]  # its stub forbids names
        stored.append(StoredPart(name, until, sum(len(c) for c in filled.values())))
        seen |= {v: (variables[v].unit, variables[v].resolution) for v in filled}
        times += [int(t) for c in filled.values() for t in (c.arrival[0], c.arrival[-1])]
    if not times:
        raise ValueError("a history without samples cannot be written")
    manifest = Manifest(dict(sorted(seen.items())), tuple(stored), min(times), max(times))
    (folder / MANIFEST).write_text(json.dumps(_as_json(manifest), indent=1) + "\n", encoding="utf-8")
    return manifest


def _as_json(m: Manifest) -> dict[str, Any]:
    parts = [{"file": p.file, "until": p.until, "samples": p.samples} for p in m.parts]
    return {"format": FORMAT, "start": m.start, "end": m.end, "parts": parts, "variables": m.variables}


def _packed(columns: Mapping[str, Column]) -> dict[str, NDArray[Any]]:
    out: dict[str, NDArray[Any]] = {}
    for name, c in columns.items():
        values: tuple[NDArray[Any], ...] = (
            np.diff(c.arrival, prepend=0),
            c.arrival - c.source,
            c.count,
            c.quality,
            c.note,
        )
        out |= {f"{name}|{part}": x for part, x in zip(FIELDS, values, strict=True)}
        out[f"{name}|notes"] = np.array(c.notes)
    return out


class ColumnFolder:
    """A folder that `write_columns` made.

    Parameters
    ----------
    folder : Path
    variables : mapping of str to Variable
        The site's declarations by ground name: those that the folder has must agree in unit and resolution.

    Raises
    ------
    FeedError
        When the folder is none, is damaged, or does not fit the site.
    """

    def __init__(self, folder: Path, variables: Mapping[str, Variable]) -> None:
        self.folder = folder
        sink = Sink()
        try:
            data = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
            if data["format"] != FORMAT:
                raise ValueError(f"it has format {data['format']!r}, this version reads {FORMAT}")
            self.manifest = _manifest(data)
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as e:
            raise self._failure(MANIFEST, f"the folder of columns cannot be used: {e}") from e
        for name, (unit, resolution) in self.manifest.variables.items():
            v = variables.get(name)
            if v is not None and (v.unit, v.resolution) != (unit, resolution):
                said = f"{name} is stored in {resolution} {unit}, the site has {v.resolution} {v.unit}"
                sink.error("E0402", said, Span(str(folder / MANIFEST), 0, 0))
        if sink.found:
            raise FeedError(sink.sorted, {})
        self.installed = frozenset(self.manifest.variables) & frozenset(variables)

    def read(self) -> Iterator[tuple[int, dict[str, Column]]]:
        """(until, columns of the site's variables) of every part, in the order of time."""
        for part in self.manifest.parts:
            try:
                with np.load(self.folder / part.file, allow_pickle=False) as stored:
                    names = sorted({key.rpartition("|")[0] for key in stored.files} & self.installed)
                    columns = {name: _unpacked(stored, name) for name in names}
            except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as e:
                raise self._failure(part.file, f"the part cannot be read: {e}") from e
            yield part.until, columns

    def _failure(self, file: str, text: str) -> FeedError:
        sink = Sink()
        sink.error("E0401", text, Span(str(self.folder / file), 0, 0))
        return FeedError(sink.sorted, {})


def _manifest(data: Mapping[str, Any]) -> Manifest:
    parts = tuple(StoredPart(str(p["file"]), int(p["until"]), int(p["samples"])) for p in data["parts"])
    variables = {str(k): (str(v[0]), str(v[1])) for k, v in data["variables"].items()}
    return Manifest(variables, parts, int(data["start"]), int(data["end"]))


def _unpacked(stored: Mapping[str, NDArray[Any]], name: str) -> Column:
    step, back, count, quality, note = (stored[f"{name}|{part}"] for part in FIELDS)
    if not len(step) == len(back) == len(count) == len(quality) == len(note):
        raise ValueError(f"the columns of {name} differ in length")
    notes = tuple(str(n) for n in stored[f"{name}|notes"])
    if len(note) and not (0 <= note.min() and note.max() < len(notes) and quality.max() <= BAD):
        raise ValueError(f"the marks of {name} are none")
    arrival = np.cumsum(step, dtype=np.int64)
    return Column(arrival - back, arrival, count, quality, note, notes)


def joined(parts: Iterable[Mapping[str, Column]]) -> dict[str, Column]:
    """Columns of several parts as one, in the order of time."""
    found: dict[str, list[Column]] = {}
    for columns in parts:
        for name, column in columns.items():
            found.setdefault(name, []).append(column)
    return {name: join_columns(columns) for name, columns in found.items()}

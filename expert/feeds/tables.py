"""Rows of CSV files, plain or gzipped, as far as they can be read."""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

csv.field_size_limit(1 << 20)


class TableFile:
    """One CSV file.

    Parameters
    ----------
    path : Path
    delimiter, encoding : str

    Attributes
    ----------
    header : list of str
        Names of the columns, without the space around them; empty for an empty file.
    rows : int
        Rows read so far.
    odd : int
        Rows left out because they have more or fewer cells than the header, or cannot be read as CSV.
    cut : str
        Why reading ended before the file's end; '' when it did not.

    Raises
    ------
    OSError
        When the file cannot be opened.
    """

    def __init__(self, path: Path, delimiter: str = ",", encoding: str = "utf-8-sig") -> None:
        self.path = path
        self.rows = 0
        self.odd = 0
        self.cut = ""
        self._file = _open(path, encoding)
        self._reader = csv.reader(self._file, delimiter=delimiter)
        self.header = [name.strip() for name in self._next() or []]

    def __iter__(self) -> Iterator[list[str]]:
        """Whole rows, from the second line on."""
        width = len(self.header)
        while (row := self._next()) is not None:
            if not row:
                continue  # an empty line says nothing
            self.rows += 1
            if len(row) == width:
                yield row
            else:
                self.odd += 1

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _next(self) -> list[str] | None:
        """The next row that is CSV; None at the end, or where the file is damaged."""
        while True:
            try:
                return next(self._reader)
            except StopIteration:
                return None
            except csv.Error:
                self.rows += 1
                self.odd += 1
            except (EOFError, zlib.error, OSError) as e:
                self.cut = f"{self.path.name} cannot be read beyond row {self.rows}: {e}"
                return None


def _open(path: Path, encoding: str) -> IO[str]:
    with path.open("rb") as f:
        zipped = f.read(2) == b"\x1f\x8b"
    if zipped:
        return io.TextIOWrapper(gzip.open(path, "rb"), encoding=encoding, errors="replace", newline="")
    return path.open("r", encoding=encoding, errors="replace", newline="")

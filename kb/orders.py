"""The small order table of the demonstration, as rows of the relation `operation`."""

from __future__ import annotations

import csv
from pathlib import Path

from expert.values.types import Row
from kb.paths import data_file

RELATION = "operation"
NUMBERS = ("step", "release", "duration", "due")


def demo_orders(path: Path | None = None) -> tuple[Row, ...]:
    """Rows of a CSV file with the relation's fields as columns; times in minutes from the start of the plan.

    Raises
    ------
    ValueError
        For a number that cannot be read, naming file, line and column.
    """
    file = path or data_file("demo/orders.csv")
    with file.open(newline="", encoding="utf-8") as f:
        return tuple(_row(file, i, entry) for i, entry in enumerate(csv.DictReader(f), 2))


def _row(file: Path, line: int, entry: dict[str, str]) -> Row:
    values: dict[str, object] = dict(entry)
    for name in NUMBERS:
        text = (entry.get(name) or "").strip()
        try:
            values[name] = float(text) if text else None
        except ValueError as e:
            raise ValueError(f"{file.name}:{line}: {name} is {text!r}, a number was expected") from e
    return Row(RELATION, entry["id"], values)

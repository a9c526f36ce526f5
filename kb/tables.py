"""Rows of tables from CSV files, with the times from when they count."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

from expert.language import ast
from expert.language.diagnostics import ProgramError, Sink, did_you_mean
from expert.values.types import Row

AT = "at"
"""Column of the time (UTC) from which a row counts; empty: from the start. A row whose other cells are empty goes."""
Timed = tuple[int | None, Row]


def read_rows(path: Path, site: ast.Site) -> list[Timed]:
    """Rows of a file that is called like its relation, by time; those without a time first.

    Numbers are in the unit that the relation declares for the field; an empty cell is an unknown value.

    Raises
    ------
    ProgramError
        With every mistake in the file: its name, its columns, its cells.
    """
    sink = Sink()
    relation = site.relations.get(path.stem)
    if relation is None:
        help = did_you_mean(path.stem, site.relations, limit=0)
        _fail(sink, "E0311", f"{path.name} is called like no relation of the site", ast.Span(path.name, 0, 0, 0), help)
    with path.open(newline="", encoding="utf-8-sig") as f:
        reader = csv.reader(f)
        header = [name.strip() for name in next(reader, [])]
        _check_header(header, relation, path, sink)
        found = [_row(path, reader.line_num, header, cells, relation, sink) for cells in reader if any(cells)]
    if sink.found:
        raise ProgramError(sink.sorted, {path.name: path.read_text(encoding="utf-8-sig")})
    return sorted(found, key=lambda r: (r[0] is not None, r[0] or 0))


def _fail(sink: Sink, code: str, message: str, span: ast.Span, help: str) -> NoReturn:
    sink.error(code, message, span, help=help)
    raise ProgramError(sink.sorted, {})


def _check_header(header: list[str], relation: ast.Relation, path: Path, sink: Sink) -> None:
    for name in header:
        if name not in relation.fields and name != AT:
            help = did_you_mean(name, [*relation.fields, AT], limit=0)
            sink.error("E0304", f"{relation.name} has no field {name}", ast.Span(path.name, 1, 1, 1), help=help)
    for name in relation.key:
        if name not in header:
            sink.error("E0121", f"{path.name} has no column {name}", ast.Span(path.name, 1, 1, 1))


def _row(
    path: Path, line: int, header: list[str], cells: list[str], relation: ast.Relation, sink: Sink
) -> tuple[int | None, Row]:
    texts = {name: cell.strip() for name, cell in zip(header, cells, strict=False) if cell.strip()}
    span = ast.Span(path.name, line, 1, 1)
    at = _time(texts.pop(AT), span, sink) if AT in texts else None
    key = "/".join(texts.get(k, "") for k in relation.key)
    values = {k: _value(v, relation.fields.get(k, "text"), k, span, sink) for k, v in texts.items()}
    goes = set(texts) <= set(relation.key) and len(relation.fields) > len(relation.key)
    return at, Row(relation.name, key, None if goes else values)


def _value(text: str, kind: str, field: str, span: ast.Span, sink: Sink) -> str | float | None:
    if kind == "text":
        return text
    try:
        return float(text)
    except ValueError:
        wanted = "a number" if kind == "number" else f"a number in {kind}"
        sink.error("E0204", f"{field} is {text!r}; {wanted} was expected", span)
        return None


def _time(text: str, span: ast.Span, sink: Sink) -> int | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        sink.error("E0404", f"{text!r} is not a time; write e.g. 2026-03-03T02:31", span)
        return None
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)

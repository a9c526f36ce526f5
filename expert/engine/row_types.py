"""Fields of rows that are not what their relation declares: such a field counts as empty, and is named."""

from __future__ import annotations

import math
from collections.abc import Iterator

from expert.language.ast import Relation
from expert.values.types import Row


def wrong_fields(relation: Relation, row: Row) -> Iterator[str]:
    """One message for each field of a row that cannot be read as declared.

    >>> r = Relation(name="job", key=("id",), fields={"id": "text", "due": "min"}, title={})
    >>> list(wrong_fields(r, Row("job", "A", {"due": "soon"})))
    ['row A of job: no key field id', "row A of job: due is 'soon', not a number [min]"]
    """
    key, values = row.key, row.values or {}
    for name in relation.key:
        if values.get(name) is None:
            yield f"row {key} of {relation.name}: no key field {name}"
    for name, kind in relation.fields.items():
        value = values.get(name)
        if value is None:
            continue
        number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
        if kind != "text" and not number:
            unit = "" if kind == "number" else f" [{kind}]"
            yield f"row {key} of {relation.name}: {name} is {value!r}, not a number{unit}"

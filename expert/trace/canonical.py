"""One spelling for every value: JSON that gives the same bytes on every machine."""

from __future__ import annotations

import json
from typing import Any

from expert.trace.frames import TraceError


def canonical(value: Any) -> bytes:
    """UTF-8 JSON with sorted keys, without spaces, NaN or infinity.

    Raises
    ------
    TraceError
        For what has no JSON form.

    Examples
    --------
    >>> canonical({"b": 1.0, "a": "降"}).decode()
    '{"a":"降","b":1.0}'
    """
    try:
        text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
        return text.encode("utf-8")
    except (TypeError, ValueError, RecursionError) as e:
        raise TraceError(f"value cannot be recorded: {e}") from e


def parse(data: bytes) -> Any:
    """Value of JSON bytes; NaN, infinity and duplicate keys are errors.

    Raises
    ------
    TraceError
        When they are no JSON.
    """
    try:
        return json.loads(data.decode("utf-8"), parse_constant=_refuse, object_pairs_hook=_unique)
    except (ValueError, RecursionError) as e:
        raise TraceError(f"entry is not readable JSON: {e}") from e


def _refuse(word: str) -> None:
    raise ValueError(f"{word} is not a number")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    out = dict(pairs)
    if len(out) != len(pairs):
        raise ValueError("a key is given twice")
    return out

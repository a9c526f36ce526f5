"""Lines of segments with roles, of exact widths in cells."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from expert.values.cells import cells, cut, fit

ROLES = (
    "text", "dim", "title", "mark", "bad", "ok", "unknown", "plot", "key",  # those of the explanations
    "warn", "heading", "new", "select", "badge_bad", "badge_warn", "badge",  # and the screens' own
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of text with its role (one of `ROLES`)."""

    text: str
    role: str = "text"


Row = tuple[Run, ...]


def width_of(row: Row) -> int:
    """Cells of a row."""
    return sum(cells(r.text) for r in row)


def plain(row: Row) -> str:
    """A row without roles."""
    return "".join(r.text for r in row)


def clipped(row: Row, width: int) -> Row:
    """The row in at most ``width`` cells."""
    out: list[Run] = []
    room = width
    for run in row:
        if room <= 0:
            break
        text = cut(run.text, room)
        out.append(Run(text, run.role))
        room -= cells(text)
    return tuple(out)


def padded(row: Row, width: int) -> Row:
    """The row in exactly ``width`` cells."""
    row = clipped(row, width)
    room = width - width_of(row)
    return (*row, Run(" " * room)) if room > 0 else row


def spread(left: Row, right: Row, width: int) -> Row:
    """Left and right parts at the two ends of a row; the left one gives way."""
    need = width_of(right)
    if need >= width:
        return clipped(right, width)
    return (*padded(left, width - need), *right)


def columns(parts: Iterable[tuple[str, int, str]]) -> Row:
    """Texts in columns of fixed widths: (text, cells, role); a negative width aligns right."""
    return tuple(Run(fit(text, abs(w), right=w < 0), role) for text, w, role in parts)


def beside(left: Sequence[Row], right: Sequence[Row], left_width: int, right_width: int) -> list[Row]:
    """Two blocks side by side, with a gap of two cells."""
    out = []
    for i in range(max(len(left), len(right))):
        a = left[i] if i < len(left) else ()
        b = right[i] if i < len(right) else ()
        out.append((*padded(a, left_width), Run("  "), *clipped(b, right_width)))
    return out

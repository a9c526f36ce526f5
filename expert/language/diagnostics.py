"""What is wrong with an author's files: data first, text rendered from it.

A `Diagnostic` is one finding with its place; `render` prints all of a run, sorted by file and line, each with
the source line and carets under the words concerned.
"""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from expert.language.ast import NOWHERE, Span
from expert.language.codes import CODES
from expert.values.cells import cells

MAX_LINE_CELLS = 160


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding.

    Parameters
    ----------
    code : str
        Stable code, one of `codes.CODES`.
    message : str
        Lower-case, one fact.
    span : Span
        Place in the author's file.
    label : str
        Short text behind the carets.
    notes : tuple of str
        Further facts, one line each.
    help : str
        What to write instead; at most one.
    """

    code: str
    message: str
    span: Span = NOWHERE
    label: str = ""
    notes: tuple[str, ...] = ()
    help: str = ""

    def __post_init__(self) -> None:
        if self.code not in CODES:
            raise ValueError(f"diagnostic code {self.code} is not registered")

    @property
    def order(self) -> tuple[str, int, int, str, str]:
        """Sort key: file, line, column, code, message."""
        return (self.span.file, self.span.line, self.span.column, self.code, self.message)

    @property
    def severity(self) -> str:
        """``warning`` for findings of lint, else ``error``."""
        return "warning" if self.code.startswith("L") else "error"

    def as_json(self) -> dict[str, Any]:
        """Plain JSON form."""
        return {
            "code": self.code,
            "severity": self.severity,
            "message": self.message,
            "file": self.span.file,
            "line": self.span.line,
            "column": self.span.column,
            "length": self.span.length,
            "label": self.label,
            "notes": list(self.notes),
            "help": self.help,
        }


@dataclass
class Sink:
    """Collects diagnostics; the same finding at the same place is kept once."""

    found: list[Diagnostic] = field(default_factory=list)

    def error(
        self, code: str, message: str, span: Span, *, label: str = "", notes: Sequence[str] = (), help: str = ""
    ) -> None:
        """Add one diagnostic."""
        d = Diagnostic(code, message, span, label, tuple(notes), help)
        if d not in self.found:
            self.found.append(d)

    @property
    def sorted(self) -> list[Diagnostic]:
        """All findings in the order of files and lines."""
        return sorted(self.found, key=lambda d: d.order)


class ProgramError(Exception):
    """A pack or site that cannot be loaded.

    Attributes
    ----------
    diagnostics : list of Diagnostic
        All findings, sorted.
    sources : mapping of str to str
        File name -> text, for the source lines.
    """

    def __init__(self, diagnostics: Sequence[Diagnostic], sources: Mapping[str, str] | None = None) -> None:
        self.diagnostics = sorted(diagnostics, key=lambda d: d.order)
        self.sources = dict(sources or {})
        super().__init__(self.render())

    def render(self) -> str:
        """All findings as text."""
        return render(self.diagnostics, self.sources)


def render(diagnostics: Iterable[Diagnostic], sources: Mapping[str, str]) -> str:
    """Print findings, sorted by file and line, separated by empty lines.

    >>> d = Diagnostic("E0301", "unknown variable blast.presure", Span("a.yaml", 1, 9, 13), help="did you mean x?")
    >>> print(render([d], {"a.yaml": "  when: blast.presure > 3"}))
    a.yaml:1:9: error[E0301] unknown variable blast.presure
        1 |   when: blast.presure > 3
          |         ^^^^^^^^^^^^^
          = help: did you mean x?
    """
    lines_of: dict[str, list[str]] = {}
    out = []
    for d in sorted(diagnostics, key=lambda d: d.order):
        if d.span.file not in lines_of:
            lines_of[d.span.file] = sources.get(d.span.file, "").splitlines()
        out.append(_one(d, lines_of[d.span.file]))
    return "\n\n".join(out)


def _one(d: Diagnostic, lines: Sequence[str]) -> str:
    span = d.span
    place = f"{span.file}:{span.line}:{span.column}" if span.line else span.file
    found = f"{d.severity}[{d.code}] {d.message}"
    out = [f"{place}: {found}" if place else found]
    gutter = max(5, len(str(span.line)))
    if 0 < span.line <= len(lines):
        text, start, carets = _excerpt(lines[span.line - 1], span)
        out.append(f"{span.line:>{gutter}} | {text}".rstrip())
        out.append(f"{'':>{gutter}} | {' ' * start}{'^' * carets}{' ' + d.label if d.label else ''}")
    elif d.label:
        out.append(f"{'':>{gutter}} = {d.label}")
    out += [f"{'':>{gutter}} = {note}" for note in d.notes]
    if d.help:
        out.append(f"{'':>{gutter}} = help: {d.help}")
    return "\n".join(out)


def _excerpt(line: str, span: Span) -> tuple[str, int, int]:
    """Printable line, cells before the carets, number of carets (>= 1); a long line is cut around the place."""
    shown = "".join(_visible(c) for c in line)
    first = min(max(span.column - 1, 0), len(shown))
    last = min(first + max(span.length, 1), max(len(shown), first + 1))
    start, carets = cells(shown[:first]), max(1, cells(shown[first:last]))
    if cells(shown) <= MAX_LINE_CELLS:
        return shown, start, carets
    cut = max(0, first - 60)
    tail = shown[cut : cut + 120]
    head = "..." if cut else ""
    start = cells(head) + cells(shown[cut:first])
    text = head + tail + ("..." if cut + 120 < len(shown) else "")
    return text, start, min(carets, max(1, cells(text) - start))


def _visible(c: str) -> str:
    if c == "\t":
        return " "
    return "\N{REPLACEMENT CHARACTER}" if unicodedata.category(c) in ("Cc", "Cs", "Co", "Cn") else c


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name most like ``name``, or None when none is alike.

    >>> nearest("blast.presure", ["blast.pressure", "blast.volume"])
    'blast.pressure'
    """
    candidates = sorted(set(known))
    by_case = {c.lower(): c for c in reversed(candidates)}
    if name.lower() in by_case:
        return by_case[name.lower()]
    close = difflib.get_close_matches(name, candidates, n=1, cutoff=0.6)
    if close:
        return close[0]
    tails = [c for c in candidates if c.rsplit(".", 1)[-1] == name]
    return tails[0] if len(tails) == 1 else None


def did_you_mean(name: str, known: Iterable[str], limit: int = 8) -> str:
    """Help text: the nearest known name, or the list of names when it is short, or ''."""
    names = sorted(set(known))
    best = nearest(name, names)
    if best is not None:
        return f"did you mean {best}?"
    if names and len(names) <= limit:
        return f"known: {', '.join(names)}"
    return ""

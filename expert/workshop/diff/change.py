"""A single change and all of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from expert.language.ast import Span

Level = Literal["major", "minor", "patch"]
Effect = Literal["more", "less", "otherwise"]
REMOVED = "removed"
LEVELS: tuple[Level, ...] = ("patch", "minor", "major")


@dataclass(frozen=True, slots=True)
class Step:
    """One difference of two conditions: in words, and whether the new one holds more often, less often or otherwise.

    ``sure``: it does so whatever the data; not where another question is asked of a model.
    """

    words: str
    effect: Effect
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Change:
    """One change of a pack.

    ``subject``: ``rule descent.slip``, ``fact hanging`` or ``pack``; ``what``: what is different, in words; ``reason``:
    what that means for those who rely on it; ``span``: where it stands, in the new pack where it still exists.
    """

    level: Level
    subject: str
    what: str
    reason: str
    span: Span

    def located(self, names: Mapping[str, str]) -> Change:
        """With the file's name as the user knows it."""
        return replace(self, span=replace(self.span, file=names.get(self.span.file, self.span.file)))

    def as_json(self) -> dict[str, Any]:
        """Plain JSON form."""
        return {
            "level": self.level,
            "subject": self.subject,
            "what": self.what,
            "reason": self.reason,
            "file": self.span.file,
            "line": self.span.line,
        }


@dataclass(frozen=True, slots=True)
class Difference:
    """All changes from one version of a pack to another.

    ``versions``: what both call themselves; ``touched``: rules whose words stayed but that read what a changed rule
    concludes.
    """

    changes: tuple[Change, ...]
    versions: tuple[str, str]
    touched: tuple[str, ...] = ()

    @property
    def level(self) -> Level | None:
        """The gravest level; None when nothing changed."""
        return max((c.level for c in self.changes), key=LEVELS.index, default=None)

    @property
    def asked(self) -> str:
        """The version that the changes ask for at least; the old one when nothing changed."""
        return next_version(self.versions[0], self.level)

    def located(self, old: Mapping[str, str], new: Mapping[str, str]) -> Difference:
        """With places as the user knows the files of both packs."""
        return replace(self, changes=tuple(c.located(old if c.what == REMOVED else new) for c in self.changes))

    def as_json(self) -> dict[str, Any]:
        """Plain JSON form."""
        return {
            "changes": [c.as_json() for c in self.changes],
            "level": self.level,
            "versions": list(self.versions),
            "asked": self.asked,
            "touched": list(self.touched),
        }


def next_version(version: str, level: Level | None) -> str:
    """The next version number; what is no ``x.y.z`` stays as it is.

    >>> next_version("0.1.3", "major"), next_version("0.1.3", "minor"), next_version("0.1.3", "patch")
    ('1.0.0', '0.2.0', '0.1.4')
    """
    numbers = version.split(".")
    if level is None or len(numbers) != 3 or not all(n.isdigit() for n in numbers):
        return version
    at = 2 - LEVELS.index(level)
    raised = [int(n) for n in numbers[:at]] + [int(numbers[at]) + 1] + [0] * (2 - at)
    return ".".join(map(str, raised))


def enough(versions: tuple[str, str], asked: str) -> bool:
    """True when the new version is at least the one that is asked for, or cannot be compared."""
    pair = [v.split(".") for v in (versions[1], asked)]
    if not all(len(v) == 3 and all(n.isdigit() for n in v) for v in pair):
        return True
    new, wanted = (tuple(int(n) for n in v) for v in pair)
    return new >= wanted

"""A difference as lines of text."""

from __future__ import annotations

from itertools import groupby

from expert.workshop.diff.change import LEVELS, Change, Difference, enough

_WIDTH = 100


def difference_lines(difference: Difference) -> list[str]:
    """Each subject with its gravest level and place, below it what changed and what that means; a summary last."""
    if not difference.changes:
        return ["nothing changed in meaning"]
    out: list[str] = []
    for subject, group in groupby(difference.changes, key=lambda c: c.subject):
        out += _block(subject, list(group))
    if difference.touched:
        out += ["", *_listed("read what changed: ", difference.touched)]
    return [*out, "", _summary(difference)]


def _block(subject: str, changes: list[Change]) -> list[str]:
    level = max((c.level for c in changes), key=LEVELS.index)
    span = changes[0].span
    place = f"  {span.file}:{span.line}" if span.file else ""
    return [f"{level:<6} {subject}{place}", *(f"         {c.what}: {c.reason}" for c in changes)]


def _summary(difference: Difference) -> str:
    kinds = {"removed": 0, "added": 0, "changed": 0}
    for subject in dict.fromkeys(c.subject for c in difference.changes if c.subject.startswith("rule ")):
        what = next(c.what for c in difference.changes if c.subject == subject)
        kinds[what if what in kinds else "changed"] += 1
    counted = ", ".join(f"{n} {k}" for k, n in kinds.items())
    old, new = difference.versions
    asked = difference.asked
    version = f"version {old} -> {new}" if old != new else f"version {old}"
    if asked != old and not enough(difference.versions, asked):
        version += f"; a {difference.level} change asks for {asked}"
    return f"rules: {counted}. {difference.level}. {version}"


def _listed(head: str, names: tuple[str, ...]) -> list[str]:
    lines, line = [], head
    for i, name in enumerate(names):
        if i and len(line) + len(name) + 2 > _WIDTH:
            lines.append(line + ",")
            line = "  " + name
        else:
            line += (", " if i else "") + name
    return [*lines, line]

"""A rule's own YAML for readers of one language: the texts of the others are left out."""

from __future__ import annotations

import re

from expert.texts import LANGUAGES
from expert.values.cells import wrap

_QUOTED = r"""(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^,}]*)"""


def own_yaml(yaml: str, lang: str) -> list[str]:
    """Lines of a rule without the texts of other languages.

    >>> own_yaml('title: {en: Hang, zh: "悬料"}\\nbecause:\\n  en: "It hangs."\\n  zh: "悬料。"', "en")
    ['title: {en: Hang}', 'because:', '  en: "It hangs."']
    """
    others = "|".join(x for x in LANGUAGES if x != lang)
    block = re.compile(rf"^(\s*)(?:{others}):(?:\s|$)")
    inline = re.compile(rf"(?<=[{{,])\s*(?:{others}):\s*{_QUOTED}\s*,?")
    out: list[str] = []
    left_out: int | None = None
    for line in yaml.rstrip().splitlines():
        depth = len(line) - len(line.lstrip())
        if left_out is not None and (depth > left_out or not line.strip()):
            continue
        left_out = None
        found = block.match(line)
        if found:
            left_out = len(found.group(1))
            continue
        out.append(_tidy(inline.sub("", line)) if "{" in line else line)
    return out


def _tidy(line: str) -> str:
    """A flow mapping without the comma and blanks that a left out entry leaves behind."""
    return re.sub(r"\{\s+", "{", re.sub(r",\s*\}", "}", line))


def wrapped(line: str, width: int) -> list[str]:
    """A line of YAML in at most ``width`` cells, continued deeper than it begins.

    >>> wrapped("  when: aaa bbb ccc", 13)
    ['  when: aaa', '    bbb ccc']
    """
    pad = " " * min(len(line) - len(line.lstrip()), width // 2)
    first, *rest = wrap(line.strip(), width - len(pad)) or [""]
    if not rest:
        return [pad + first]
    more = wrap(line.strip()[len(first) :].strip(), width - len(pad) - 2)
    return [pad + first, *(pad + "  " + part for part in more)]

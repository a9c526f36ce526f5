"""Commas and colons inside the brackets of a call, hidden from YAML so that authors need no quotes there."""

from __future__ import annotations

import re

_COLON, _COMMA = "\ue000", "\ue001"  # stand-ins of one character, so places stay as they are
_CALL = re.compile(r"[A-Za-z0-9_]\(")


def mask(text: str) -> str:
    """Hide commas and colons inside a call's brackets from YAML, character by character.

    >>> mask("f(a: b, c)").replace("\\ue000", "_").replace("\\ue001", ";")
    'f(a:_b; c)'
    """
    if "(" not in text or _COLON in text or _COMMA in text:
        return text
    return "\n".join(_mask_line(line) if "(" in line else line for line in text.split("\n"))


def _mask_line(line: str) -> str:
    out = list(line)
    for match in _CALL.finditer(line):
        close = _closing(line, match.end() - 1)
        for i in range(match.end(), close):
            if line[i] == ",":
                out[i] = _COMMA
            elif line[i] == " " and line[i - 1] == ":":
                out[i] = _COLON
    return "".join(out)


def _closing(line: str, start: int) -> int:
    """Index of the bracket that closes the one at ``start``, or ``start`` when none does on this line."""
    depth = 0
    for i in range(start, len(line)):
        depth += (line[i] == "(") - (line[i] == ")")
        if depth == 0:
            return i
    return start


def unmask(value: str) -> str:
    """Undo `mask` in a value."""
    return value.replace(_COLON, " ").replace(_COMMA, ",")

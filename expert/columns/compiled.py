"""How functions of the columns are compiled.

None may raise, and what is handed over lives until the outermost call ends; so but for a few that make arrays of their
own they need not count references, which would take longer than what most of them do.
"""

from __future__ import annotations

from typing import Any

from numba import njit

_COMPILE: Any = njit
plain = _COMPILE(cache=True, _nrt=False)
"""Compiled, and kept on disk; makes no arrays and counts no references."""
inlined = _COMPILE(cache=True, inline="always", _nrt=False)
"""The same, put in where it is called."""
making = _COMPILE(cache=True, _nrt=True)
"""Compiled, and kept on disk; may make arrays."""

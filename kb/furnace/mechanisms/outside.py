"""Mechanisms from a file of somebody else's; see docs/mechanisms.md."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from kb.furnace.mechanisms import Entry, register


def load_file(path: Path) -> tuple[Entry, ...]:
    """Register the ``ENTRIES`` of a Python file and return them.

    Parameters
    ----------
    path : Path
        A file that assigns a sequence of `Entry` to ``ENTRIES``. It is run: use files that you trust.

    Raises
    ------
    ValueError
        When there is no such file, it does not run, or it has no entries; or a kind is taken.
    """
    if not path.is_file():
        raise ValueError(f"no mechanism file '{path}'")
    spec = importlib.util.spec_from_file_location(f"mechanism_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise ValueError(f"'{path.name}' is not a Python file")
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise ValueError(f"'{path.name}' does not run: {type(error).__name__}: {error}") from error
    entries = tuple(getattr(module, "ENTRIES", ()))
    if not entries or not all(isinstance(e, Entry) for e in entries):
        raise ValueError(f"'{path.name}' has no ENTRIES; assign a tuple of Entry, see docs/mechanisms.md")
    known = [e for e in entries if e.kind in _loaded.get(path.resolve(), {})]
    register(e for e in entries if e not in known)
    _loaded[path.resolve()] = {e.kind for e in entries}
    return entries


_loaded: dict[Path, set[str]] = {}
"""Kinds by file, so that a file may be named again."""

"""Tuyere: a forward-chaining expert system that explains itself. This room knows no steel.

The names below are its public face; each is imported when it is first used, so `import expert` is quick.

>>> import expert
>>> expert.Interval(200_000, 700_000)
Interval(s=200000, p=700000)
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOMES = {
    "expert.compile": ("ProgramError", "check", "load_program", "load_program_from_sources"),
    "expert.engine.session": ("Session", "SessionError"),
    "expert.explain": ("why", "why_not"),
    "expert.feeds": ("load_recording",),
    "expert.language.ast": ("Program",),
    "expert.models.port": ("ModelPort",),
    "expert.run.log": ("RunLog",),
    "expert.run.past": ("PastRun",),
    "expert.run.runner": ("Runner",),
    "expert.testing": ("run_cases",),
    "expert.values.interval": ("Interval",),
    "expert.values.types": (
        "Episode",
        "Fact",
        "Firing",
        "OperatorEvent",
        "Sample",
        "ScanInput",
        "ScanRecord",
        "Variable",
    ),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}
__all__ = sorted(_HOME_OF)  # one list of names, kept with their homes


def __getattr__(name: str) -> Any:
    """Import a public name from its home."""
    if name not in _HOME_OF:
        raise AttributeError(f"module 'expert' has no attribute {name!r}")
    return getattr(import_module(_HOME_OF[name]), name)


def __dir__() -> list[str]:
    """The public names."""
    return __all__

"""From checked rules and a site to an immutable program: grounding, strata, digest."""

from expert.compile.load import (
    as_shown,
    check,
    describe_coverage,
    installation,
    load_program,
    load_program_from_sources,
    shown_names,
)
from expert.language.diagnostics import ProgramError

__all__ = [
    "ProgramError",
    "as_shown",
    "check",
    "describe_coverage",
    "installation",
    "load_program",
    "load_program_from_sources",
    "shown_names",
]

"""From checked rules and a site to an immutable program: grounding, strata, digest."""

from expert.compile.load import check, describe_coverage, load_program, load_program_from_sources
from expert.language.diagnostics import ProgramError

__all__ = ["ProgramError", "check", "describe_coverage", "load_program", "load_program_from_sources"]

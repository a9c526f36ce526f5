"""Findings about rules that load: what can never be, what says nothing new, what nobody reads.

Only what is sure is said: a lint may miss something, it never accuses a rule that does its work.
"""

from __future__ import annotations

from collections.abc import Collection

from expert.language import ast
from expert.language.diagnostics import Diagnostic, Sink
from expert.lint.constants import find_constants
from expert.lint.contradiction import find_contradictions
from expert.lint.exclusion import find_exclusions
from expert.lint.facts import find_loose_facts
from expert.lint.overlap import find_overlaps
from expert.lint.style import find_style

__all__ = ["lint_program"]


def lint_program(program: ast.Program, shown: Collection[str] = ()) -> list[Diagnostic]:
    """All findings about a program's rules, sorted by file and line.

    Parameters
    ----------
    program : Program
    shown : collection of str
        Fact types that people see although no rule reads them.
    """
    sink = Sink()
    find_constants(program, sink)
    find_exclusions(program, sink)
    find_overlaps(program, sink)
    find_contradictions(program, sink)
    find_loose_facts(program, shown, sink)
    find_style(program, sink)
    return sink.sorted

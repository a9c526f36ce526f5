"""Taking over changed rules while a run goes on: between two scans, and only when they check clean."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass

from expert.engine.session import SessionError
from expert.language.ast import Program
from expert.language.diagnostics import ProgramError
from expert.run.runner import Runner
from expert.values.types import Switch


@dataclass(frozen=True, slots=True)
class Reload:
    """What came of a change of the files.

    ``time``: of the scan that follows; ``program``: the one at work from there on. ``error``: why it is still the old
    one. With neither a switch nor an error the files are again what is at work.
    """

    time: int
    program: Program
    switch: Switch | None = None
    error: str = ""


class RuleWatch:
    """Looks at rule files and hands a runner the program that they make.

    Parameters
    ----------
    load : callable
        The program of the files as they are now, for the plant of a program; may raise `ProgramError`.
    look : callable
        What tells one state of the files from another.
    """

    def __init__(self, load: Callable[[Program], Program], look: Callable[[], Hashable]) -> None:
        self._load = load
        self._look = look
        self._seen: Hashable = None
        self._broken = False

    def check(self, runner: Runner) -> Reload | None:
        """Look at the files, and load them when they are not what was seen last; None when there is nothing to tell.

        Raises
        ------
        TraceError
            When the switch cannot be written.
        """
        seen = self._look()
        if seen == self._seen:
            return None
        self._seen = seen
        old, was_broken = runner.session.program, self._broken
        self._broken = False
        try:
            program = self._load(old)
            if program.digest == old.digest:
                return Reload(runner.next_due, old) if was_broken else None
            return Reload(runner.next_due, program, runner.switch(program))
        except (ProgramError, SessionError) as e:
            self._broken = True
            return Reload(runner.next_due, old, error=str(e))

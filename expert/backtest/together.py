"""Experts that read each other over one history: all of them scan by scan, over one blackboard, as in a run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from expert.backtest.evaluate import STRETCH, ScanByScan, Stretch
from expert.backtest.source import Part
from expert.language.ast import Program
from expert.run.board import Blackboard
from expert.values.changes import Change


class Together:
    """Sessions of several experts in step; each of them is an evaluator for `backtest`.

    Parameters
    ----------
    programs : mapping
        Name -> program; all scan at one period.
    evaluator : {'reference', 'live'}
        Who works out each scan.
    """

    def __init__(self, programs: Mapping[str, Program], evaluator: Literal["reference", "live"] = "reference") -> None:
        board = Blackboard()
        self._sessions = {n: ScanByScan(p, evaluator=evaluator, board=board) for n, p in sorted(programs.items())}
        self._part: Part | None = None
        self._done: dict[str, list[Stretch]] = {}

    def member(self, name: str) -> Member:
        """The evaluator of one of them."""
        return Member(self, name)

    def stretches(self, name: str, part: Part) -> Iterator[Stretch]:
        """One expert's scans of a part; whoever is asked first runs all of them."""
        if part is self._part:
            yield from self._done.pop(name)
            return
        self._part = part
        self._done = {n: [] for n in self._sessions if n != name}
        left = self._fresh()
        for scans in zip(*(s.steps(part) for s in self._sessions.values()), strict=True):
            for who, (time, changes) in zip(self._sessions, scans, strict=True):
                left[who][0].append(time)
                left[who][1].extend(changes)
            if len(left[name][0]) == STRETCH:
                yield self._hand_out(left, name)
                left = self._fresh()
        if left[name][0]:
            yield self._hand_out(left, name)

    def _fresh(self) -> dict[str, tuple[list[int], list[Change]]]:
        return {who: ([], []) for who in self._sessions}

    def _hand_out(self, scans: Mapping[str, tuple[list[int], list[Change]]], name: str) -> Stretch:
        for who, done in self._done.items():
            done.append(Stretch(*scans[who]))
        return Stretch(*scans[name])

    def snapshot(self, name: str) -> dict[str, Any]:
        """State of one of them."""
        return self._sessions[name].snapshot()


class Member:
    """One of several experts, as `backtest` runs it."""

    def __init__(self, all_: Together, name: str) -> None:
        self._all, self._name = all_, name

    def snapshot(self) -> dict[str, Any]:
        """State after the part before."""
        return self._all.snapshot(self._name)

    def run(self, part: Part) -> Iterator[Stretch]:
        """The scans of the next part."""
        yield from self._all.stretches(self._name, part)

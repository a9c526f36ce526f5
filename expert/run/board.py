"""The blackboard between experts: what each concluded in its completed scans, for the others to read.

A reader always gets the exporter's newest scan before its own, so it does not matter in which order experts run, nor
whether they share a process. Between processes the exporter's trace is the blackboard: a scan counts as completed when
it is on record, a torn end is no scan, and a restarted exporter goes on in the same folder.
"""

from __future__ import annotations

import time as wall
from collections import deque
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from expert.engine.exchange import narrowed
from expert.language.ast import Program
from expert.run.past import record_of
from expert.trace import TraceError, TraceReader
from expert.trace.canonical import parse
from expert.values.types import Export

KEPT = 256
"""So many of an expert's newest exports stay at hand; a reader that is further behind finds none."""
POLL = 0.02
"""Seconds between two looks at a trace that is waited for."""


class Board(Protocol):
    """Where exports are read."""

    def newest(self, pack: str, before: int) -> Export | None:
        """What an expert said in its newest completed scan before a time (ms); None when there is none."""
        ...


class Blackboard:
    """Of experts in one process."""

    def __init__(self) -> None:
        self._said: dict[str, deque[Export]] = {}

    def put(self, export: Export | None) -> None:
        """Take in what a completed scan exports; a program of several packs speaks for each of them."""
        if export is not None:
            for name in export.pack.split("+"):
                self._said.setdefault(name, deque(maxlen=KEPT)).append(export)

    def newest(self, pack: str, before: int) -> Export | None:
        """See `Board`."""
        return next((e for e in reversed(self._said.get(pack, ())) if e.time < before), None)


class TraceBoard:
    """Of experts in other processes, read from their traces.

    Parameters
    ----------
    folders : mapping
        Pack -> trace folder of the expert that runs it.
    patience : float
        A scan waits for so many seconds until the exporter has completed the scan that is due before it. An exporter
        that has closed its trace is not waited for; one that comes too late, or is down, is read as it stands.
    """

    def __init__(self, folders: Mapping[str, Path], patience: float = 0.0) -> None:
        self.patience = patience
        self._tails = {pack: _Tail(folder) for pack, folder in folders.items()}

    def newest(self, pack: str, before: int) -> Export | None:
        """See `Board`.

        Raises
        ------
        TraceError
            When the exporter's trace is damaged.
        """
        tail = self._tails.get(pack)
        if tail is None:
            return None
        end = wall.monotonic() + self.patience
        while not tail.complete(before) and wall.monotonic() < end:
            wall.sleep(POLL)
            tail.look()
        return next((e for e in reversed(tail.said) if e.time < before), None)


class _Tail:
    """The end of one trace."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.said: deque[Export] = deque(maxlen=KEPT)
        self.closed = False
        self.first: int | None = None
        self._reader: TraceReader | None = None
        self._next = 0
        self.look()

    def look(self) -> None:
        """Take in what was written since."""
        if self._reader is None:
            if not any(self.folder.glob("*.trace")):
                return
            try:
                self._reader = TraceReader(self.folder)
            except TraceError as e:
                if e.fault is None:  # its first entry is being written
                    return
                raise
            scans = self._reader.seqs("scan")[-KEPT:]
            self.first = next((parse(e.payload).get("first") for e in self._reader.entries(0, ("header",))), None)
            self._next = scans[0] if scans else 0
        else:
            self._reader.refresh()
        for entry in self._reader.entries(self._next, ("scan", "close", "snapshot")):
            self._next = entry.seq + 1
            self.closed = entry.kind == "close"
            if entry.kind == "scan":
                export = record_of(entry).exports
                if export is not None:
                    self.said.append(export)

    def complete(self, before: int) -> bool:
        """Whether no scan before a time is still to come."""
        if not self.said or self.said[-1].time < before:
            self.look()
        newest = self.said[-1] if self.said else None
        due = self.first if newest is None else newest.time + newest.period
        return self.closed or (due is not None and due >= before)


def imports_for(program: Program, board: Board, time: int) -> tuple[Export, ...]:
    """What a scan of a program reads of other experts, by pack."""
    wanted: dict[str, list[str]] = {}
    for name, fact in sorted(program.facts.items()):
        if fact.exporter:
            wanted.setdefault(fact.exporter, []).append(name)
    found = [(pack, types, board.newest(pack, time)) for pack, types in sorted(wanted.items())]
    return tuple(narrowed(e, pack, types) for pack, types, e in found if e is not None)

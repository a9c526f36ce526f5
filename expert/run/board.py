"""The blackboard between experts: what each concluded in its completed scans, for the others to read.

A reader always gets the exporter's newest scan before its own, so it does not matter in which order experts run, nor
whether they share a process. Between processes the exporter's trace is the blackboard: a scan counts as completed when
it is on record, a torn end is no scan, and a restarted exporter goes on in the same folder.
"""

from __future__ import annotations

import time as wall
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

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
TOLD_AFTER = 1.0
"""Seconds of waiting that nobody needs to hear of."""


@dataclass(frozen=True, slots=True)
class Peer:
    """What became of an expert in another process.

    ``state``: it is ``awaited`` (for at most ``patience`` seconds), it was ``missed`` and is read as it stands until it
    writes again, or it is ``back``. ``time``: of the scan that was needed before it, ms.
    """

    pack: str
    folder: Path
    state: Literal["awaited", "missed", "back"]
    patience: float
    time: int


def _silent(peer: Peer) -> None:
    """Nobody is told."""


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

    def recall(self, folder: Path) -> None:
        """Take in what an expert of an earlier process has on record, so that all can go on.

        Raises
        ------
        TraceError
            When the trace is damaged.
        """
        for export in _Tail(folder).last(KEPT):
            self.put(export)

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
        A scan waits for so many seconds until the exporter has completed the scan that is due before it. One that does
        not come in time is read as it stands, and not waited for again before it has written another scan.
    closes : bool
        An exporter that has closed its trace is not waited for; False: it may be started again, as in a restart of all.
    tell : callable, optional
        Is told when a `Peer` is waited for, was missed, and is back.
    """

    def __init__(
        self,
        folders: Mapping[str, Path],
        patience: float = 0.0,
        closes: bool = True,
        tell: Callable[[Peer], None] = _silent,
    ) -> None:
        self.patience = patience
        self.closes = closes
        self.tell = tell
        self._tails = {pack: _Tail(folder) for pack, folder in folders.items()}
        self._missed: dict[str, int | None] = {}

    @property
    def missed(self) -> list[str]:
        """Packs that are read as they stand because they did not come in time."""
        return sorted(self._missed)

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
        came = self._complete(tail, before) or self._wait(pack, tail, before)
        if came and pack in self._missed:
            del self._missed[pack]
            self.tell(Peer(pack, tail.folder, "back", self.patience, before))
        return tail.before(before)

    def _complete(self, tail: _Tail, before: int) -> bool:
        return tail.complete(before) or (self.closes and tail.closed)

    def _wait(self, pack: str, tail: _Tail, before: int) -> bool:
        """Wait for a scan, unless its expert was missed and nothing was heard of it since; True when it came."""
        if pack in self._missed and self._missed[pack] == _time_of(tail.newest):
            return False
        begun, told = wall.monotonic(), False
        while (waited := wall.monotonic() - begun) < self.patience:
            if waited > TOLD_AFTER and not told:
                told = True
                self.tell(Peer(pack, tail.folder, "awaited", self.patience, before))
            wall.sleep(POLL)
            tail.look()
            if self._complete(tail, before):
                return True
        known = pack in self._missed
        self._missed[pack] = _time_of(tail.newest)
        if self.patience > 0 and not known:
            self.tell(Peer(pack, tail.folder, "missed", self.patience, before))
        return False


def _time_of(export: Export | None) -> int | None:
    return None if export is None else export.time


class _Tail:
    """One trace, as far as it is written."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.closed = False
        self.newest: Export | None = None
        self._first: int | None = None
        self._reader: TraceReader | None = None
        self._scans: list[int] = []
        self._seen: dict[Path, int] = {}
        self._at = 0
        self.look()

    def look(self) -> None:
        """Take in what was written since."""
        sizes = {p: p.stat().st_size for p in self.folder.glob("*.trace")}
        if sizes == self._seen:
            return
        try:
            if self._reader is None:
                self._reader = TraceReader(self.folder)
            else:
                self._reader.refresh()
        except TraceError as e:
            if e.fault is None:  # its first entry is being written
                return
            raise
        self._seen = sizes
        if self._first is None:
            self._first = next((parse(e.payload).get("first") for e in self._reader.entries(0, ("header",))), None)
        known, self._scans = len(self._scans), self._reader.seqs("scan")
        self.closed = len(self._reader) > 0 and self._reader[len(self._reader) - 1].kind == "close"
        if len(self._scans) > known:
            self.newest = self._said(len(self._scans) - 1)

    def before(self, time: int) -> Export | None:
        """What was said in the newest scan before a time; readers mostly ask for one scan after the other."""
        if self.newest is None or self.newest.time < time:
            return self.newest
        at = min(self._at, len(self._scans) - 1)
        while at > 0 and not self._earlier(at, time):
            at -= 1
        while at + 1 < len(self._scans) and self._earlier(at + 1, time):
            at += 1
        self._at = at
        said = self._said(at)
        return said if said is not None and said.time < time else None

    def last(self, n: int) -> list[Export]:
        """What was said in the newest scans, oldest first."""
        found = [self._said(i) for i in range(max(0, len(self._scans) - n), len(self._scans))]
        return [e for e in found if e is not None]

    def complete(self, before: int) -> bool:
        """Whether no scan before a time is still to come."""
        if self.newest is None or self.newest.time < before:
            self.look()
        due = self._first if self.newest is None else self.newest.time + self.newest.period
        return due is not None and due >= before

    def _earlier(self, index: int, time: int) -> bool:
        said = self._said(index)
        return said is not None and said.time < time

    def _said(self, index: int) -> Export | None:
        assert self._reader is not None
        return record_of(self._reader[self._scans[index]]).exports


def imports_for(program: Program, board: Board, time: int) -> tuple[Export, ...]:
    """What a scan of a program reads of other experts, by pack."""
    wanted: dict[str, list[str]] = {}
    for name, fact in sorted(program.facts.items()):
        if fact.exporter:
            wanted.setdefault(fact.exporter, []).append(name)
    found = [(pack, types, board.newest(pack, time)) for pack, types in sorted(wanted.items())]
    return tuple(narrowed(e, pack, types) for pack, types, e in found if e is not None)

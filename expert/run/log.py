"""The record of one run in a trace folder: what the program was, where it started, every scan, how it ended.

Entries: ``header`` (program by the hashes of its sources, settings), ``snapshot`` (exact state), ``scan`` (a whole
`ScanRecord`), ``switch`` (another program takes over: its sources, what goes on and what does not), ``event`` (what
changed the plant from outside, e.g. a fault that was injected), ``close``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from expert.engine.session import Session
from expert.language.ast import Program
from expert.models.port import ModelPort
from expert.trace import ArtifactStore, TraceWriter, canonical
from expert.trace.codec import to_json
from expert.values.types import ScanRecord, Switch

FORMAT = 1
SNAPSHOT_EVERY = 60
"""Scans between two snapshots: a restart re-runs at most this many."""


class RunLog:
    """Writes the trace of one run.

    Parameters
    ----------
    folder : Path
        The run's own folder.
    origin : str
        Site and pack.
    resume : bool
        Go on in a folder that holds a trace of the same origin.
    """

    def __init__(self, folder: Path, origin: str, resume: bool = False) -> None:
        self.folder = folder
        self.writer = TraceWriter(folder, origin, resume=resume)
        self.artifacts = ArtifactStore(folder / "artifacts")
        self._since_snapshot = 0
        self._closed = False

    @property
    def head(self) -> str:
        """Chain hash of the newest entry, hex."""
        return self.writer.head

    def begin(self, program: Program, settings: Mapping[str, Any], first: int | None = None) -> None:
        """Write the header of a new run; the program's sources go to the artifact store.

        ``first``: when its first scan is due, so that who reads this expert knows what to wait for.
        """
        header = {"format": FORMAT, **self._described(program), "settings": dict(settings)}
        if first is not None:
            header["first"] = first
        self.writer.append("header", canonical(header))
        self.writer.sync()

    def _described(self, program: Program) -> dict[str, Any]:
        """What a program is built again from."""
        return {
            "program": program.digest,
            "pack": program.pack,
            "version": program.version,
            "site": program.site.name,
            "sources": {name: self.artifacts.put(text.encode()) for name, text in sorted(program.sources.items())},
        }

    def switch(self, program: Program, switch: Switch) -> None:
        """Put on record that another program takes over from here, and what became of the state."""
        self.writer.append("switch", canonical({**self._described(program), "switch": to_json(switch)}))
        self.writer.sync()

    def scan(self, record: ScanRecord) -> None:
        """Put a scan on record, durably."""
        self.writer.append("scan", canonical(to_json(record)))
        self.writer.sync()
        self._since_snapshot += 1

    def event(self, event: Mapping[str, Any]) -> None:
        """Record what changed the plant from outside."""
        self.writer.append("event", canonical(dict(event)))
        self.writer.sync()

    def maybe_snapshot(self, session: Session, models: Sequence[ModelPort]) -> None:
        """Write a snapshot when enough scans have passed since the last one."""
        if self._since_snapshot >= SNAPSHOT_EVERY:
            self.snapshot(session, models)

    def snapshot(self, session: Session, models: Sequence[ModelPort]) -> None:
        """Write the exact state."""
        state = {"session": session.snapshot(), "models": {m.id: m.snapshot() for m in models}}
        self.writer.append("snapshot", canonical(state))
        self.writer.sync()
        self._since_snapshot = 0

    def close(self, reason: str) -> None:
        """Write the last entry and let go of the folder; a second call does nothing."""
        if self._closed:
            return
        self._closed = True
        try:
            self.writer.append("close", canonical({"reason": reason}))
            self.writer.sync()
        finally:
            self.writer.close()

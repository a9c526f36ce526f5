"""Reading a run back from its trace alone: program, records, samples, replay, restart."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from expert.compile import load_program_from_sources
from expert.engine.migrate import take_over
from expert.engine.session import Evaluator, Session
from expert.language.ast import Program
from expert.trace import ArtifactStore, Entry, TraceError, TraceReader, canonical
from expert.trace.canonical import parse
from expert.trace.codec import from_json, to_json
from expert.values.types import Episode, Sample, ScanRecord, Switch, TrackRecord


class PastRun:
    """One recorded run.

    Parameters
    ----------
    folder : Path
        A run's trace folder.

    Raises
    ------
    TraceError
        When there is no trace, it is damaged, or its program cannot be rebuilt to the same digest.

    Attributes
    ----------
    program
        The one that was at work last.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.reader = TraceReader(folder)
        self.artifacts = ArtifactStore(folder / "artifacts")
        first = next(iter(self.reader.entries(0, ("header",))), None)
        if first is None:
            raise TraceError(f"{folder} holds a trace without a header")
        self.header: dict[str, Any] = parse(first.payload)
        self._switches = [(e.seq, parse(e.payload)) for e in self.reader.entries(0, ("switch",))]
        self._programs: dict[str, Program] = {}
        self.program = self._program(self._switches[-1][1] if self._switches else self.header)
        self._scans = self.reader.seqs("scan")

    def _program(self, described: dict[str, Any]) -> Program:
        """A program from its sources, as the header or a switch names them."""
        digest = described["program"]
        if digest not in self._programs:
            sources = {name: self.artifacts.get(sha).decode() for name, sha in described["sources"].items()}
            program = load_program_from_sources(sources)
            if program.digest != digest:
                raise TraceError(
                    f"{self.folder}: the program rebuilt from the trace has digest {program.digest[:12]}, "
                    f"the trace was written by {digest[:12]}; use the version that wrote it"
                )
            self._programs[digest] = program
        return self._programs[digest]

    def _program_at(self, seq: int) -> Program:
        """The program that was at work at an entry."""
        before = [described for at, described in self._switches if at < seq]
        return self._program(before[-1] if before else self.header)

    def program_of(self, record: ScanRecord) -> Program:
        """The program that a scan was run by."""
        return self._program(
            next(d for d in (self.header, *(x for _, x in self._switches)) if d["program"] == record.program)
        )

    @property
    def origin(self) -> str:
        """Who writes this trace."""
        return f"{self.header['site']}/{self.header['pack']}"

    def switches(self) -> list[Switch]:
        """Programs that took over while the run went on, in order: what went on, what did not, and why."""
        return [from_json(Switch, described["switch"]) for _, described in self._switches]

    def __len__(self) -> int:
        return len(self._scans)

    def record(self, index: int) -> ScanRecord:
        """The scan with this index (negative: from the end)."""
        return record_of(self.reader[self._scans[index]])

    def records(self) -> Iterator[ScanRecord]:
        """All scans, oldest first."""
        for entry in self.reader.entries(0, ("scan",)):
            yield record_of(entry)

    def at(self, time: int) -> ScanRecord:
        """The newest scan not later than ``time`` (ms UTC).

        Raises
        ------
        LookupError
            When there is none.
        """
        after = self._first_after(time)
        if after == 0:
            raise LookupError("the run has no scan that early")
        return self.record(after - 1)

    def since(self, time: int) -> Iterator[ScanRecord]:
        """The scans later than ``time`` (ms UTC), oldest first."""
        for index in range(self._first_after(time), len(self._scans)):
            yield self.record(index)

    def _first_after(self, time: int) -> int:
        """Index of the first scan later than a time; how many there are, when none is."""
        low, high = 0, len(self._scans)
        while low < high:
            middle = (low + high) // 2
            if self.record(middle).input.time <= time:
                low = middle + 1
            else:
                high = middle
        return low

    def episodes(self) -> dict[str, tuple[Episode, int]]:
        """Every episode of the run as last recorded, with the index of the scan that recorded its rise."""
        found: dict[str, tuple[Episode, int]] = {}
        i = -1
        for entry in self.reader.entries(0, ("scan", "switch")):
            if entry.kind == "switch":
                switch = from_json(Switch, parse(entry.payload)["switch"])
                for id_ in (id_ for dropped in switch.dropped for id_ in dropped.episodes if id_ in found):
                    old, first = found[id_]
                    found[id_] = (replace(old, state="normal", cleared=switch.time), first)
                continue
            i += 1
            for e in record_of(entry).episodes:
                found[e.id] = (e, found[e.id][1] if e.id in found else i)
        return found

    def tracks(self) -> dict[str, TrackRecord]:
        """Track record of every rule that expects something, as last recorded; of one that never rose an empty one."""
        found = {name: TrackRecord(name, 0) for name, rule in self.program.rules.items() if rule.expect}
        for entry in self.reader.entries(0, ("scan", "switch")):
            if entry.kind == "scan":
                found.update((t.rule, t) for t in record_of(entry).tracks if t.rule in found)
                continue
            for dropped in from_json(Switch, parse(entry.payload)["switch"]).dropped:
                if dropped.kind == "rule" and dropped.name in found:
                    found[dropped.name] = TrackRecord(dropped.name, 0)
        return found

    def history_of(self, record: ScanRecord) -> Callable[[str, int, int], list[tuple[int, float | None]]]:
        """Samples as the scan of a record knew them: a function of (ground variable, start, end).

        What arrived after that scan is not among them, so an explanation is the same as it was on the screen.
        """
        seq = self._scans[record.sequence - self.record(0).sequence]
        snapshots = [s for s in self.reader.seqs("snapshot") if s < seq]
        if not snapshots:
            return lambda variable, start, end: []
        state = parse(self.reader[snapshots[-1]].payload)
        session = Session.restore(self._program_at(snapshots[-1]), state["session"])
        for entry in self.reader.entries(snapshots[-1], ("scan", "switch")):
            if entry.seq > seq:
                break
            if entry.kind == "switch":
                session, _ = take_over(session, self._program_at(entry.seq + 1))
                continue
            again = record_of(entry).input
            session.memory.insert(again.samples, {})
            session.memory.forget(again.time)
        return session.memory.history

    # ------------------------------------------------------------ going on, and proving

    def restore(self, evaluator: Evaluator = "reference") -> tuple[Session, dict[str, Any], list[Sample], int | None]:
        """The session as it stood after the last recorded scan, whichever evaluator recorded it.

        Returns
        -------
        Session
        dict
            Snapshots of the models at the last snapshot.
        list of Sample
            What arrived after that snapshot, for the models to see again.
        int or None
            When the last scan ran (plant time): everything that arrived by then has been taken in.

        Raises
        ------
        TraceError
            When a recorded scan cannot be re-derived.
        """
        seqs = self.reader.seqs("snapshot")
        if not seqs:
            raise TraceError(f"{self.folder} holds no snapshot to go on from")
        state = parse(self.reader[seqs[-1]].payload)
        session = Session.restore(self._program_at(seqs[-1]), state["session"], evaluator)
        after: list[Sample] = []
        run_at = self._run_at_of_scan_before(seqs[-1])
        for entry in self.reader.entries(seqs[-1], ("scan", "switch")):
            if entry.kind == "switch":
                session, _ = take_over(session, self._program_at(entry.seq + 1))
                continue
            record = record_of(entry)
            again = session.scan(record.input)
            if canonical(to_json(again)) != entry.payload:
                raise TraceError(f"{self.folder}: scan {record.sequence} cannot be re-derived; see `tuyere replay`")
            after += record.input.samples
            run_at = record.input.run_at
        return session, state["models"], after, run_at

    def _run_at_of_scan_before(self, seq: int) -> int | None:
        before = [s for s in self._scans if s < seq]
        return record_of(self.reader[before[-1]]).input.run_at if before else None

    def replay(self, evaluator: Evaluator = "reference") -> Iterator[tuple[ScanRecord, list[str]]]:
        """Re-run every scan from the first snapshot; yield each record with the paths where the bytes differ.

        The evaluator need not be the one that the run was recorded with.

        Where another program took over, what became of the state is worked out again, too; what differs there stands
        with the scan that follows.
        """
        first = next(iter(self.reader.entries(0, ("snapshot",))), None)
        if first is None:
            raise TraceError(f"{self.folder} holds no snapshot to start from")
        session = Session.restore(self._program_at(first.seq), parse(first.payload)["session"], evaluator)
        before: list[str] = []
        for entry in self.reader.entries(first.seq, ("scan", "switch")):
            if entry.kind == "switch":
                session, switch = take_over(session, self._program_at(entry.seq + 1))
                before = differing(parse(entry.payload)["switch"], to_json(switch), "switch")
                continue
            record = record_of(entry)
            again = canonical(to_json(session.scan(record.input)))
            differences = [] if again == entry.payload else differing(parse(entry.payload), parse(again))
            yield record, before + differences
            before = []

    def events(self) -> list[dict[str, Any]]:
        """What changed the plant from outside, in order."""
        return [parse(e.payload) for e in self.reader.entries(0, ("event",))]


def record_of(entry: Entry) -> ScanRecord:
    """The scan record in a trace entry."""
    return from_json(ScanRecord, parse(entry.payload))


def differing(a: Any, b: Any, path: str = "") -> list[str]:
    """Paths at which two plain JSON values differ, at most twenty.

    >>> differing({"x": [1, 2]}, {"x": [1, 3]})
    ['x[1]: 2 -> 3']
    """
    if isinstance(a, dict) and isinstance(b, dict):
        out: list[str] = []
        for key in sorted(a.keys() | b.keys()):
            out += differing(a.get(key), b.get(key), f"{path}.{key}" if path else key)
        return out[:20]
    if isinstance(a, list) and isinstance(b, list) and len(a) == len(b):
        out = []
        for i, (x, y) in enumerate(zip(a, b, strict=True)):
            out += differing(x, y, f"{path}[{i}]")
        return out[:20]
    return [] if a == b else [f"{path}: {a!r} -> {b!r}"]

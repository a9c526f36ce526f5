"""Reading a run back from its trace alone: program, records, samples, replay, restart."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from expert.compile import load_program_from_sources
from expert.engine.session import Session, ground_variables
from expert.language.ast import Program
from expert.trace import ArtifactStore, Entry, TraceError, TraceReader, canonical
from expert.trace.canonical import parse
from expert.trace.codec import from_json, to_json
from expert.values.types import Episode, Sample, ScanRecord, Variable


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
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.reader = TraceReader(folder)
        self.artifacts = ArtifactStore(folder / "artifacts")
        first = next(iter(self.reader.entries(0, ("header",))), None)
        if first is None:
            raise TraceError(f"{folder} holds a trace without a header")
        self.header: dict[str, Any] = parse(first.payload)
        self.program = self._program()
        self._scans = self.reader.seqs("scan")
        self._samples: dict[str, list[tuple[int, float | None]]] | None = None

    def _program(self) -> Program:
        sources = {name: self.artifacts.get(sha).decode() for name, sha in self.header["sources"].items()}
        program = load_program_from_sources(sources)
        if program.digest != self.header["program"]:
            raise TraceError(
                f"{self.folder}: the program rebuilt from the trace has digest {program.digest[:12]}, "
                f"the trace was written by {self.header['program'][:12]}; use the version that wrote it"
            )
        return program

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
        low, high = 0, len(self._scans)
        while low < high:
            middle = (low + high) // 2
            if self.record(middle).input.time <= time:
                low = middle + 1
            else:
                high = middle
        if low == 0:
            raise LookupError("the run has no scan that early")
        return self.record(low - 1)

    def episodes(self) -> dict[str, tuple[Episode, int]]:
        """Every episode of the run as last recorded, with the index of the scan that recorded its rise."""
        found: dict[str, tuple[Episode, int]] = {}
        for i, record in enumerate(self.records()):
            for e in record.episodes:
                found[e.id] = (e, found[e.id][1] if e.id in found else i)
        return found

    def history(self, variable: str, start: int, end: int) -> list[tuple[int, float | None]]:
        """Samples of a ground variable with source time in (start, end], by source time."""
        if self._samples is None:
            self._samples = self._collect()
        return [x for x in self._samples.get(variable, []) if start < x[0] <= end]

    def _collect(self) -> dict[str, list[tuple[int, float | None]]]:
        variables = {v.id: v for v in ground_variables(self.program.site)}
        known: dict[str, dict[int, float | None]] = {}
        state = next(iter(self.reader.entries(0, ("snapshot",))), None)
        if state is not None:
            for name, series in parse(state.payload)["session"]["series"].items():
                v = variables[name]
                values = (None if x is None else v.value(x) for x in series["x"])
                known[name] = dict(zip(series["s"], values, strict=True))
        for record in self.records():
            for s in record.input.samples:
                if s.variable in variables:
                    known.setdefault(s.variable, {})[s.source] = sample_value(variables[s.variable], s)
        return {name: sorted(values.items()) for name, values in known.items()}

    # ------------------------------------------------------------ going on, and proving

    def restore(self) -> tuple[Session, dict[str, Any], list[Sample], int | None]:
        """The session as it stood after the last recorded scan.

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
        session = Session.restore(self.program, state["session"])
        after: list[Sample] = []
        run_at = self._run_at_of_scan_before(seqs[-1])
        for entry in self.reader.entries(seqs[-1], ("scan",)):
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

    def replay(self) -> Iterator[tuple[ScanRecord, list[str]]]:
        """Re-run every scan from the first snapshot; yield each record with the paths where the bytes differ."""
        first = next(iter(self.reader.entries(0, ("snapshot",))), None)
        if first is None:
            raise TraceError(f"{self.folder} holds no snapshot to start from")
        session = Session.restore(self.program, parse(first.payload)["session"])
        for entry in self.reader.entries(first.seq, ("scan",)):
            record = record_of(entry)
            again = canonical(to_json(session.scan(record.input)))
            differences = [] if again == entry.payload else differing(parse(entry.payload), parse(again))
            yield record, differences

    def events(self) -> list[dict[str, Any]]:
        """What changed the plant from outside, in order."""
        return [parse(e.payload) for e in self.reader.entries(0, ("event",))]


def record_of(entry: Entry) -> ScanRecord:
    """The scan record in a trace entry."""
    return from_json(ScanRecord, parse(entry.payload))


def sample_value(variable: Variable, sample: Sample) -> float | None:
    """Value of a sample in its variable's unit; None when it is bad."""
    usable = sample.quality == "good" or (sample.quality == "uncertain" and variable.uncertainty is not None)
    return variable.value(sample.count) if usable and sample.count is not None else None


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

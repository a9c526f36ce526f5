"""Reading and checking a trace, also while it is being written."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from expert.trace.frames import (
    Fault,
    Frame,
    SegmentHead,
    TraceError,
    Unreadable,
    chain_hash,
    genesis,
    payload_of,
    segment_head,
    segments,
    unpack_frame,
    walk,
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a trace; ``hash`` is its chain hash, hex."""

    seq: int
    kind: str
    payload: bytes
    hash: str


@dataclass(frozen=True, slots=True)
class Tail:
    """Where a trace goes on: behind byte ``end`` of ``path``."""

    path: Path
    origin: str
    end: int
    next_seq: int
    chain: bytes


@dataclass(slots=True)
class _Segment:
    path: Path
    head: SegmentHead
    end: int
    offsets: list[int]
    kinds: list[str]


class TraceReader:
    """Entries of a trace folder.

    Parameters
    ----------
    folder : path
        A run's trace folder.

    Raises
    ------
    TraceError
        When there is no trace, or when it is damaged anywhere but at its torn end: file, offset and sequence number.

    Attributes
    ----------
    origin : str
        Who wrote it.
    torn : Fault or None
        A last entry that was not written whole; it is left out.

    Notes
    -----
    Opening checks every frame's CRC and sequence; iterating and random access check the hash chain too.
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)
        self.torn: Fault | None = None
        self._segments: list[_Segment] = []
        self.refresh()
        if not self._segments:
            raise TraceError(f"{self.folder} holds no trace")
        self.origin = self._segments[0].head.origin

    def refresh(self) -> int:
        """Take in what was appended since; return the number of entries."""
        self.torn = None
        try:
            paths = segments(self.folder)
            for i, path in enumerate(paths):
                if i >= len(self._segments) - 1 and self.torn is None:
                    self._take_in(i, path, last=path == paths[-1])
        except OSError as e:
            raise TraceError(f"trace in {self.folder} cannot be read: {e.strerror or e}") from e
        return len(self)

    def __len__(self) -> int:
        return self._segments[-1].head.first_seq + len(self._segments[-1].offsets) if self._segments else 0

    def __iter__(self) -> Iterator[Entry]:
        return self.entries()

    def entries(self, start: int = 0, kinds: Collection[str] | None = None) -> Iterator[Entry]:
        """Entries from a sequence number on, of some kinds or of all; each checked against the one before."""
        for segment in self._segments:
            for i in range(max(0, start - segment.head.first_seq), len(segment.offsets)):
                if kinds is None or segment.kinds[i] in kinds:
                    yield self._entry(segment, i)

    def __getitem__(self, seq: int) -> Entry:
        """The entry with a sequence number."""
        if not 0 <= seq < len(self):
            raise TraceError(f"trace in {self.folder} has entries 0 to {len(self) - 1}, not {seq}")
        segment = next(s for s in reversed(self._segments) if s.head.first_seq <= seq)
        return self._entry(segment, seq - segment.head.first_seq)

    def seqs(self, kind: str) -> list[int]:
        """Sequence numbers of the entries of a kind, without reading them."""
        return [s.head.first_seq + i for s in self._segments for i, k in enumerate(s.kinds) if k == kind]

    def _take_in(self, index: int, path: Path, last: bool) -> None:
        data = path.read_bytes()
        if index == len(self._segments):
            expected = len(self)
            head = segment_head(path, data, expected, last)
            if isinstance(head, Fault):
                if not head.torn:
                    raise TraceError(head)
                self.torn = head
                return
            self._segments.append(_Segment(path, head, head.end, [], []))
        segment = self._segments[index]
        for found in walk(path, data, segment.end, len(self), last):
            if isinstance(found, Frame):
                segment.offsets.append(found.offset)
                segment.kinds.append(found.kind)
                segment.end = found.end
            elif found.torn:
                self.torn = found
            else:
                raise TraceError(found)

    def _entry(self, segment: _Segment, i: int) -> Entry:
        """Read one entry, and the one before it for its chain hash."""
        first = segment.offsets[max(0, i - 1)]
        last = segment.offsets[i + 1] if i + 1 < len(segment.offsets) else segment.end
        seq = segment.head.first_seq + i
        try:
            with segment.path.open("rb") as f:
                f.seek(first)
                data = f.read(last - first)
            before = unpack_frame(data, 0).chain if i else segment.head.chain
            return _checked(segment.path, unpack_frame(data, segment.offsets[i] - first), before)
        except OSError as e:
            raise TraceError(f"trace in {self.folder} cannot be read: {e.strerror or e}") from e
        except Unreadable as e:
            raise TraceError(Fault(segment.path.name, segment.offsets[i], seq, str(e))) from e


def verify(folder: str | Path) -> Fault | None:
    """The first fault of a trace, or None when every byte is as it was written.

    Also a torn end is a fault here. What it cannot see is that whole entries are gone from the end: for that somebody
    must have kept a later `TraceWriter.head` elsewhere.
    """
    folder = Path(folder)
    paths = segments(folder)
    if not paths:
        return Fault(str(folder), 0, 0, "no trace stands here")
    seq, chain, origin = 0, b"", None
    for path in paths:
        data = path.read_bytes()
        head = segment_head(path, data, seq, path == paths[-1])
        if isinstance(head, Fault):
            return head
        if origin is None:
            origin, chain = head.origin, genesis(head.origin)
        if head.origin != origin or head.chain != chain:
            return Fault(path.name, 0, seq, "the segment does not follow the one before it")
        for found in walk(path, data, head.end, seq, path == paths[-1]):
            if isinstance(found, Fault):
                return found
            try:
                _checked(path, found, chain)
            except TraceError as e:
                return e.fault
            seq, chain = seq + 1, found.chain
    return None


def read_tail(folder: Path) -> Tail:
    """Where a trace goes on, after checking its last segment.

    Raises
    ------
    TraceError
        When the last segment is damaged before its end.
    """
    path = segments(folder)[-1]
    data = path.read_bytes()
    seq = int(path.stem)
    head = segment_head(path, data, seq, True)
    if isinstance(head, Fault):
        raise TraceError(head)
    end, chain = head.end, head.chain
    for found in walk(path, data, head.end, seq, True):
        if isinstance(found, Frame):
            _checked(path, found, chain)
            end, seq, chain = found.end, seq + 1, found.chain
        elif not found.torn:
            raise TraceError(found)
    return Tail(path, head.origin, end, seq, chain)


def _checked(path: Path, frame: Frame, before: bytes) -> Entry:
    """The entry of a frame, after its place in the chain."""
    try:
        payload = payload_of(frame)
    except Unreadable as e:
        raise TraceError(Fault(path.name, frame.offset, frame.seq, str(e))) from e
    if chain_hash(before, frame.kind, payload) != frame.chain:
        raise TraceError(Fault(path.name, frame.offset, frame.seq, "the entry does not fit the chain of hashes"))
    return Entry(frame.seq, frame.kind, payload, frame.chain.hex())

"""Appending to a trace: one writer, durable on request, and no second try after a failed write."""

from __future__ import annotations

import fcntl
import hashlib
import itertools
import os
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from expert.trace.canonical import canonical
from expert.trace.frames import (
    KINDS,
    MAX_PAYLOAD,
    Fault,
    TraceError,
    chain_hash,
    genesis,
    pack_frame,
    pack_segment,
    segment_head,
    segment_name,
    segments,
)
from expert.trace.reader import Tail, read_tail

SEGMENT_BYTES = 64 * 2**20


class TraceWriter:
    """The only writer of a run's trace folder.

    Parameters
    ----------
    folder : path
        Made when it does not exist.
    origin : str
        Who writes, e.g. ``BF2``; part of the first hash.
    resume : bool
        Go on with the trace that stands there. Its last segment is checked; a torn last entry, as a kill leaves it,
        is moved to a ``.cut`` file beside it and recorded as an entry of kind ``gap``.
    segment_bytes : int
        A new segment file starts above this size.
    level : int
        zlib's compression level.

    Raises
    ------
    TraceError
        When another process writes here, when a trace stands here and ``resume`` is false, when it belongs to
        another origin, or when it is damaged.

    Notes
    -----
    `append` hands the bytes to the operating system: a kill of the process loses nothing after it. Only `sync` makes
    them outlive a loss of power. After a failed write or sync nothing is known of the file's end (the kernel may have
    dropped the pages and reports it once), so the writer refuses to go on; a new one with ``resume`` finds the truth.
    """

    def __init__(
        self,
        folder: str | Path,
        origin: str,
        *,
        resume: bool = False,
        segment_bytes: int = SEGMENT_BYTES,
        level: int = 3,
    ) -> None:
        self.folder = Path(folder)
        self.origin = origin
        self._segment_bytes = segment_bytes
        self._level = level
        self._broken = ""
        self._fd = -1
        self._size = 0
        self._seq, self._chain = 0, genesis(origin)
        self._mutex = threading.Lock()
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._lock = _lock(self.folder)
        except OSError as e:
            raise TraceError(f"trace folder {self.folder} cannot be used: {e.strerror or e}") from e
        try:
            self._open(resume)
        except OSError as e:
            self._release()
            raise TraceError(f"trace in {self.folder} cannot be written: {e.strerror or e}") from e
        except BaseException:
            self._release()
            raise

    @property
    def next_seq(self) -> int:
        """Sequence number of the next entry."""
        return self._seq

    @property
    def head(self) -> str:
        """Chain hash of the newest entry, hex: who keeps it elsewhere can prove that nothing before it was changed."""
        return self._chain.hex()

    def append(self, kind: str, payload: bytes) -> int:
        """Write one entry and return its sequence number.

        Raises
        ------
        TraceError
            For an unknown kind, a payload above 256 MiB, a closed or broken writer, or a failed write.
        """
        if kind not in KINDS:
            raise TraceError(f"unknown kind of entry {kind!r}; known: {', '.join(KINDS)}")
        if len(payload) > MAX_PAYLOAD:
            raise TraceError(f"a payload of {len(payload)} bytes is above the limit of {MAX_PAYLOAD}")
        with self._mutex:
            self._check_usable()
            if self._size >= self._segment_bytes:
                self._guard("start a segment", self._roll)
            seq, chain = self._seq, chain_hash(self._chain, kind, payload)
            frame = pack_frame(kind, seq, payload, chain, self._level)
            self._guard("write", self._write, frame)
            self._seq, self._chain = seq + 1, chain
            return seq

    def sync(self) -> None:
        """Make all entries so far outlive a loss of power.

        Raises
        ------
        TraceError
            When the disk refuses; nothing more can be appended then.
        """
        with self._mutex:
            self._check_usable()
            self._guard("sync", os.fdatasync, self._fd)

    def close(self) -> None:
        """Sync and give the folder free; a second call does nothing."""
        with self._mutex:
            if self._fd < 0:
                return
            try:
                if not self._broken:
                    self._guard("sync", os.fdatasync, self._fd)
            finally:
                self._release()

    def __enter__(self) -> TraceWriter:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()

    def _check_usable(self) -> None:
        if self._broken:
            raise TraceError(f"trace in {self.folder} takes no more entries: {self._broken}")
        if self._fd < 0:
            raise TraceError(f"trace in {self.folder} is closed")

    def _guard(self, action: str, do: Callable[..., object], *arguments: object) -> None:
        """Run a disk operation; an error breaks the writer for good."""
        try:
            do(*arguments)
        except OSError as e:
            self._broken = f"could not {action}: {e.strerror or e}"
            raise TraceError(f"trace in {self.folder}: {self._broken}") from e

    def _open(self, resume: bool) -> None:
        if not segments(self.folder):
            self._start_segment()
            return
        if not resume:
            raise TraceError(f"{self.folder} already holds a trace; resume it, or choose another folder")
        cuts = [self._drop_torn_segment()]
        if not segments(self.folder):
            self._start_segment()
        else:
            tail = read_tail(self.folder)
            if tail.origin != self.origin:
                raise TraceError(f"{self.folder} holds the trace of {tail.origin}, not of {self.origin}")
            self._seq, self._chain = tail.next_seq, tail.chain
            self._continue(tail)
            cuts.append(self._cut(tail))
        for cut in filter(None, cuts):
            self.append("gap", canonical(cut))
            self.sync()

    def _continue(self, tail: Tail) -> None:
        self._fd = os.open(tail.path, os.O_WRONLY | os.O_APPEND)
        self._size = tail.end

    def _drop_torn_segment(self) -> dict[str, object] | None:
        """A last segment whose header never got whole has no entries: put it aside."""
        path = segments(self.folder)[-1]
        data = path.read_bytes()
        head = segment_head(path, data, int(path.stem), True)
        if not isinstance(head, Fault):
            return None
        if not head.torn:
            raise TraceError(head)
        path.rename(_free_name(path, 0))
        _sync_folder(self.folder)
        return _gap(path.name, 0, data)

    def _cut(self, tail: Tail) -> dict[str, object] | None:
        """Move a torn end out of the segment; it stays as evidence, and the entries before it stay whole."""
        rest = tail.path.read_bytes()[tail.end :]
        if not rest:
            return None
        with _free_name(tail.path, tail.end).open("wb") as f:
            f.write(rest)
            f.flush()
            os.fsync(f.fileno())
        _sync_folder(self.folder)
        os.ftruncate(self._fd, tail.end)
        os.fsync(self._fd)
        return _gap(tail.path.name, tail.end, rest)

    def _start_segment(self) -> None:
        path = self.folder / segment_name(self._seq)
        header = pack_segment(self._seq, self._chain, self.origin)
        self._fd = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL, 0o644)
        self._size = 0
        self._write(header)
        os.fsync(self._fd)
        _sync_folder(self.folder)

    def _roll(self) -> None:
        os.fdatasync(self._fd)
        os.close(self._fd)
        self._start_segment()

    def _write(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            view = view[os.write(self._fd, view) :]
        self._size += len(data)

    def _release(self) -> None:
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1
        os.close(self._lock)


def _free_name(path: Path, offset: int) -> Path:
    """Name beside a segment for what is cut from it at an offset."""
    names = (path.with_name(f"{path.name}.{offset}.{n}.cut") for n in itertools.count())
    return next(name for name in names if not name.exists())


def _gap(file: str, offset: int, cut: bytes) -> dict[str, object]:
    note = "the end of a write that never finished was cut"
    return {"bytes": len(cut), "file": file, "note": note, "offset": offset, "sha256": hashlib.sha256(cut).hexdigest()}


def _lock(folder: Path) -> int:
    """Descriptor that holds the folder; the system frees it when the process dies, however it dies."""
    fd = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as e:
        owner = os.read(fd, 200).decode("utf-8", "replace").strip()
        os.close(fd)
        raise TraceError(f"trace in {folder} is being written by {owner or 'another process'}") from e
    os.ftruncate(fd, 0)
    os.pwrite(fd, f"process {os.getpid()} on {socket.gethostname()}\n".encode(), 0)
    return fd


def _sync_folder(folder: Path) -> None:
    """Make a new or renamed file's name outlive a loss of power."""
    fd = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)

"""The trace on disk: order, locks, durability."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from expert.trace import TraceError, TraceReader, TraceWriter, verify
from expert.trace.frames import HEAD, MAX_PAYLOAD, segments


def write(folder: Path, payloads: list[bytes], **options: int) -> None:
    with TraceWriter(folder, "BF2", **options) as trace:
        for payload in payloads:
            trace.append("scan", payload)


def payloads(folder: Path) -> list[bytes]:
    return [e.payload for e in TraceReader(folder)]


def test_entries_come_back_in_order(tmp_path: Path) -> None:
    """What was appended is read in order, with kinds and sequence numbers."""
    with TraceWriter(tmp_path, "BF2") as trace:
        seqs = [trace.append(kind, kind.encode()) for kind in ("header", "snapshot", "scan", "event", "close")]
    found = [(e.seq, e.kind, e.payload) for e in TraceReader(tmp_path)]
    assert [0, 1, 2, 3, 4] == seqs
    assert [(i, k, k.encode()) for i, k in enumerate(("header", "snapshot", "scan", "event", "close"))] == found


def test_an_entry_is_found_by_its_number(tmp_path: Path) -> None:
    """Random access reads one entry, also across segments."""
    write(tmp_path, [b"%d" % i * 50 for i in range(40)], segment_bytes=500)
    assert len(segments(tmp_path)) > 3
    reader = TraceReader(tmp_path)
    assert [b"%d" % i * 50 for i in (39, 0, 17)] == [reader[i].payload for i in (39, 0, 17)]


def test_an_entry_out_of_range_is_refused(tmp_path: Path) -> None:
    """A number that no entry has is answered with those there are."""
    write(tmp_path, [b"a", b"b"])
    with pytest.raises(TraceError, match="has entries 0 to 1, not 2"):
        TraceReader(tmp_path)[2]


def test_kinds_are_found_without_reading(tmp_path: Path) -> None:
    """The numbers of all snapshots are known from the index."""
    with TraceWriter(tmp_path, "BF2", segment_bytes=200) as trace:
        for kind in ("header", "scan", "snapshot", "scan", "scan", "snapshot"):
            trace.append(kind, b"x" * 80)
    reader = TraceReader(tmp_path)
    assert ([2, 5], [2, 5]) == (reader.seqs("snapshot"), [e.seq for e in reader.entries(kinds=("snapshot",))])


def test_hash_chain_is_the_documented_one(tmp_path: Path) -> None:
    """The chain can be recomputed with SHA-256 alone, from the format's description."""
    from hashlib import sha256

    with TraceWriter(tmp_path, "BF2") as trace:
        trace.append("header", b"one")
        trace.append("scan", b"two")
        head = trace.head
    first = sha256(sha256(b"tuyere trace\nBF2").digest() + b"\x01" + b"one").digest()
    second = sha256(first + b"\x03" + b"two").hexdigest()
    assert [second, second] == [head, TraceReader(tmp_path)[1].hash]


def test_the_chain_does_not_depend_on_compression(tmp_path: Path) -> None:
    """Another compression level gives the same hashes."""
    heads = []
    for level in (0, 9):
        with TraceWriter(tmp_path / str(level), "BF2", level=level) as trace:
            trace.append("scan", b"abc" * 1000)
            heads.append(trace.head)
    assert heads[0] == heads[1]


def test_a_reader_follows_a_writer(tmp_path: Path) -> None:
    """A reader opened while the trace grows takes in what came since."""
    with TraceWriter(tmp_path, "BF2", segment_bytes=300) as trace:
        trace.append("scan", b"0" * 99)
        reader = TraceReader(tmp_path)
        for _ in range(1, 12):
            trace.append("scan", os.urandom(99))
        assert (1, 12, 12) == (len(list(reader)), reader.refresh(), len(list(reader)))


def test_a_second_writer_is_refused(tmp_path: Path) -> None:
    """While one process writes, another is told which one."""
    with TraceWriter(tmp_path, "BF2"), pytest.raises(TraceError, match=f"being written by process {os.getpid()}"):
        TraceWriter(tmp_path, "BF2", resume=True)


def test_the_lock_of_a_dead_process_is_taken_over(tmp_path: Path) -> None:
    """A writer that was killed does not keep the folder."""
    code = (
        "import os, signal, sys; from expert.trace import TraceWriter; t = TraceWriter(sys.argv[1], 'BF2'); "
        "t.append('scan', b'kept'); os.kill(os.getpid(), signal.SIGKILL)"
    )
    done = subprocess.run([sys.executable, "-c", code, tmp_path])
    assert -signal.SIGKILL == done.returncode
    with TraceWriter(tmp_path, "BF2", resume=True) as trace:
        assert 1 == trace.append("scan", b"more")
    assert [b"kept", b"more"] == payloads(tmp_path)


def test_an_existing_trace_is_not_written_over(tmp_path: Path) -> None:
    """Without `resume` a folder that holds a trace is refused."""
    write(tmp_path, [b"a"])
    with pytest.raises(TraceError, match="already holds a trace"):
        TraceWriter(tmp_path, "BF2")


def test_resuming_goes_on_with_the_chain(tmp_path: Path) -> None:
    """After a clean end the next entry follows the last one."""
    write(tmp_path, [b"a"])
    with TraceWriter(tmp_path, "BF2", resume=True) as trace:
        assert 1 == trace.append("scan", b"b")
    assert ([b"a", b"b"], None) == (payloads(tmp_path), verify(tmp_path))


def test_the_trace_of_another_plant_is_refused(tmp_path: Path) -> None:
    """An origin cannot go on with another's trace."""
    write(tmp_path, [b"a"])
    with pytest.raises(TraceError, match="holds the trace of BF2, not of BF3"):
        TraceWriter(tmp_path, "BF3", resume=True)


def test_a_refused_writer_leaves_no_lock(tmp_path: Path) -> None:
    """After a refusal the folder can be opened properly."""
    write(tmp_path, [b"a"])
    with pytest.raises(TraceError):
        TraceWriter(tmp_path, "BF2")
    TraceWriter(tmp_path, "BF2", resume=True).close()


def test_a_failed_sync_stops_the_writer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After an error of fdatasync no further entry is taken, and sync is not tried again."""

    def fail(fd: int) -> None:
        raise OSError(5, "Input/output error")

    trace = TraceWriter(tmp_path, "BF2")
    trace.append("scan", b"a")
    monkeypatch.setattr(os, "fdatasync", fail)
    with pytest.raises(TraceError, match="could not sync: Input/output error"):
        trace.sync()
    monkeypatch.undo()
    with pytest.raises(TraceError, match="takes no more entries: could not sync"):
        trace.append("scan", b"b")
    trace.close()
    assert [b"a"] == payloads(tmp_path)


def test_a_full_disk_stops_the_writer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a frame on a full disk is cut by the next writer, and the gap is recorded."""
    real = os.write

    def half(fd: int, data: bytes) -> int:
        if len(data) > HEAD:
            return real(fd, bytes(data)[:HEAD])
        raise OSError(28, "No space left on device")

    trace = TraceWriter(tmp_path, "BF2")
    trace.append("scan", b"a")
    monkeypatch.setattr(os, "write", half)
    with pytest.raises(TraceError, match="No space left on device"):
        trace.append("scan", b"b" * 100)
    monkeypatch.undo()
    trace.close()
    TraceWriter(tmp_path, "BF2", resume=True).close()
    gap = TraceReader(tmp_path)[1]
    assert ("gap", HEAD) == (gap.kind, json.loads(gap.payload)["bytes"])


def test_a_closed_writer_takes_nothing(tmp_path: Path) -> None:
    """Appending after close is an error, closing twice is none."""
    trace = TraceWriter(tmp_path, "BF2")
    trace.close()
    trace.close()
    with pytest.raises(TraceError, match="is closed"):
        trace.append("scan", b"a")


def test_an_unknown_kind_is_refused(tmp_path: Path) -> None:
    """A misspelt kind is answered with the known ones."""
    with TraceWriter(tmp_path, "BF2") as trace, pytest.raises(TraceError, match="known: header, snapshot, scan"):
        trace.append("scans", b"a")


def test_an_oversized_payload_is_refused(tmp_path: Path) -> None:
    """Above the limit nothing is written."""

    class Huge(bytes):
        def __len__(self) -> int:
            return MAX_PAYLOAD + 1

    with TraceWriter(tmp_path, "BF2") as trace, pytest.raises(TraceError, match="above the limit"):
        trace.append("scan", Huge())


def test_a_folder_without_trace_is_named(tmp_path: Path) -> None:
    """Reading where no trace stands names the folder."""
    with pytest.raises(TraceError, match="holds no trace"):
        TraceReader(tmp_path / "nowhere")


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    """A file in the place of the folder is a clear error."""
    (tmp_path / "file").write_text("")
    with pytest.raises(TraceError, match="cannot be used"):
        TraceWriter(tmp_path / "file", "BF2")


def test_new_files_are_synced_with_their_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A segment's name outlives a loss of power: its folder is synced when it is made."""
    synced = []
    real = os.fsync
    monkeypatch.setattr(os, "fsync", lambda fd: (synced.append(os.readlink(f"/proc/self/fd/{fd}")), real(fd))[1])
    TraceWriter(tmp_path, "BF2").close()
    assert [str(segments(tmp_path)[0]), str(tmp_path)] == synced

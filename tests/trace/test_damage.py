"""What a crash leaves and what tampering leaves are told apart."""

from __future__ import annotations

import json
import shutil
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from expert.trace import TraceError, TraceReader, TraceWriter, verify
from expert.trace.frames import HEAD, pack_frame, segments, unpack_frame, unpack_segment

PAYLOADS = [b'{"scan":%d,"pressure":%d}' % (i, 3300 + 7 * i) for i in range(6)]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A trace of six entries in one segment."""
    folder = tmp_path_factory.mktemp("whole")
    with TraceWriter(folder, "BF2") as trace:
        for payload in PAYLOADS:
            trace.append("scan", payload)
    return folder


def ends(folder: Path) -> list[int]:
    """Byte offset behind the header and behind each entry."""
    data = segments(folder)[0].read_bytes()
    out = [unpack_segment(data).end]
    while out[-1] < len(data):
        out.append(unpack_frame(data, out[-1]).end)
    return out


def copy(folder: Path, target: Path, data: bytes) -> Path:
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir()
    (target / segments(folder)[0].name).write_bytes(data)
    return target


def test_cutting_anywhere_keeps_the_whole_entries(whole: Path, tmp_path: Path) -> None:
    """Cut at every byte of the last three entries: reading and resuming keep exactly the entries before the cut."""
    data, offsets = segments(whole)[0].read_bytes(), ends(whole)
    for cut in range(offsets[3], len(data)):
        kept = sum(end <= cut for end in offsets) - 1
        folder = copy(whole, tmp_path / "cut", data[:cut])
        reader = TraceReader(folder)
        assert (PAYLOADS[:kept], cut not in offsets) == ([e.payload for e in reader], reader.torn is not None)
        with TraceWriter(folder, "BF2", resume=True) as trace:
            trace.append("scan", b"next")
        kinds = [(e.kind, e.payload) for e in TraceReader(folder) if e.kind == "scan"]
        assert [("scan", p) for p in [*PAYLOADS[:kept], b"next"]] == kinds
        assert verify(folder) is None


def test_what_is_cut_is_kept_and_recorded(whole: Path, tmp_path: Path) -> None:
    """The torn bytes lie beside the segment, and a gap entry says how many they were."""
    data, offsets = segments(whole)[0].read_bytes(), ends(whole)
    folder = copy(whole, tmp_path / "cut", data[:-5])
    TraceWriter(folder, "BF2", resume=True).close()
    gap = json.loads(TraceReader(folder)[5].payload)
    aside = next(folder.glob("*.cut"))
    assert (data[offsets[5] : -5], offsets[5]) == (aside.read_bytes(), gap["offset"])


def test_flipping_any_byte_is_found(whole: Path, tmp_path: Path) -> None:
    """Every single byte of a segment is covered by a check."""
    data = segments(whole)[0].read_bytes()
    for i in range(len(data)):
        changed = data[:i] + bytes((data[i] ^ 0x41,)) + data[i + 1 :]
        assert verify(copy(whole, tmp_path / "flip", changed)) is not None, f"byte {i}"


@given(st.data())
def test_damage_before_the_end_is_not_taken_for_a_crash(whole: Path, data: st.DataObject) -> None:
    """A changed byte with whole entries behind it is an error on reading and on resuming, with its place."""
    original, offsets = segments(whole)[0].read_bytes(), ends(whole)
    entry = data.draw(st.integers(0, 4))
    at = data.draw(st.integers(offsets[entry], offsets[entry + 1] - 1))
    flip = data.draw(st.integers(1, 255))
    changed = original[:at] + bytes((original[at] ^ flip,)) + original[at + 1 :]
    folder = copy(whole, whole.with_name("damaged"), changed)
    for attempt in (lambda: list(TraceReader(folder)), lambda: TraceWriter(folder, "BF2", resume=True)):
        with pytest.raises(TraceError) as error:
            attempt()
        fault = error.value.fault
        assert fault is not None
        assert (entry, offsets[entry], segments(folder)[0].name, False) == (
            fault.seq,
            fault.offset,
            fault.file,
            fault.torn,
        )


def test_an_edit_with_a_repaired_crc_breaks_the_chain(whole: Path, tmp_path: Path) -> None:
    """Who rewrites an entry and its CRC is found by the hash of the next one, or by its own."""
    data, offsets = segments(whole)[0].read_bytes(), ends(whole)
    frame = unpack_frame(data, offsets[2])
    forged = pack_frame("scan", frame.seq, PAYLOADS[2].replace(b"3314", b"3300"), frame.chain, 3)
    folder = copy(whole, tmp_path / "forged", data[: offsets[2]] + forged + data[offsets[3] :])
    assert f"byte {offsets[2]}, entry 2: the entry does not fit the chain of hashes" in str(verify(folder))


@pytest.mark.parametrize(
    ("name", "parts", "entry"),
    [("deleted", (0, 1, 3, 4, 5), 2), ("swapped", (0, 1, 3, 2, 4, 5), 2), ("copied", (0, 1, 1, 2, 3, 4, 5), 2)],
)
def test_moved_entries_are_found(whole: Path, tmp_path: Path, name: str, parts: tuple[int, ...], entry: int) -> None:
    """Deleting, swapping or copying an entry breaks the sequence at the first place."""
    data, offsets = segments(whole)[0].read_bytes(), ends(whole)
    rest = b"".join(data[offsets[i] : offsets[i + 1]] for i in parts)
    fault = verify(copy(whole, tmp_path / name, data[: offsets[0]] + rest))
    assert fault is not None
    assert (entry, False) == (fault.seq, fault.torn)


def test_an_entry_of_another_origin_does_not_fit(whole: Path, tmp_path: Path) -> None:
    """The same entries under another plant's name break the chain at the first one."""
    with TraceWriter(tmp_path / "other", "BF9") as trace:
        trace.append("scan", PAYLOADS[0])
    mine, other = segments(whole)[0].read_bytes(), segments(tmp_path / "other")[0].read_bytes()
    frames = other[unpack_segment(other).end :]
    fault = verify(copy(whole, tmp_path / "mixed", mine[: unpack_segment(mine).end] + frames))
    assert "entry 0: the entry does not fit the chain of hashes" in str(fault)


def test_a_missing_segment_is_found(tmp_path: Path) -> None:
    """Without one of its files a trace names the first entry that is missing."""
    with TraceWriter(tmp_path, "BF2", segment_bytes=300) as trace:
        for _ in range(12):
            trace.append("scan", b"x" * 200)
    segments(tmp_path)[1].unlink()
    with pytest.raises(TraceError, match=r"starts with entry \d+, entry \d+ is missing"):
        TraceReader(tmp_path)


def test_a_segment_that_never_got_its_header_is_put_aside(whole: Path, tmp_path: Path) -> None:
    """A crash while a segment is made loses nothing: the trace goes on in a new one."""
    folder = copy(whole, tmp_path / "roll", segments(whole)[0].read_bytes())
    (folder / "000000000006.trace").write_bytes(b"TUYTRC")
    assert PAYLOADS == [e.payload for e in TraceReader(folder)]
    with TraceWriter(folder, "BF2", resume=True) as trace:
        trace.append("scan", b"next")
    assert ["scan"] * 6 + ["gap", "scan"] == [e.kind for e in TraceReader(folder)]
    assert verify(folder) is None


def test_a_payload_that_grows_is_refused(whole: Path, tmp_path: Path) -> None:
    """A frame that decompresses to more than it declares is damage, not memory gone."""
    data, offsets = segments(whole)[0].read_bytes(), ends(whole)
    bomb = zlib.compress(bytes(10_000_000))
    head = bytearray(data[offsets[5] : offsets[5] + HEAD])
    head[12:16] = len(bomb).to_bytes(4, "big")
    head[-4:] = zlib.crc32(bomb, zlib.crc32(bytes(head[:-4]))).to_bytes(4, "big")
    fault = verify(copy(whole, tmp_path / "bomb", data[: offsets[5]] + bytes(head) + bomb))
    assert "the payload has another length than its head says" in str(fault)


def test_a_folder_without_trace_has_a_fault(tmp_path: Path) -> None:
    """Nothing is not a whole trace."""
    assert "no trace stands here" in str(verify(tmp_path))

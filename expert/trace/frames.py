"""The bytes of a trace: segment headers and frames, chained by SHA-256.

A trace is a folder of segment files, named by the sequence number of their first entry. A segment starts with

    magic 8 | first seq u64 | chain hash before it, 32 | length of origin u16 | origin, UTF-8 | CRC-32

and goes on with frames, one per entry, all integers big-endian:

    magic 2 | version u8 | kind u8 | seq u64 | stored length u32 | raw length u32 | chain hash 32 | CRC-32 | stored

``stored`` is the payload compressed by zlib, the CRC covers the frame before it and ``stored``, and the chain hash is
``SHA-256(chain hash of the entry before || kind || payload)``. The hash covers the payload, not what is stored, so
an old segment may be compressed anew without touching a hash. The first hash is that of the origin, so an entry of
another plant does not fit.
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

KINDS: dict[str, int] = {"header": 1, "snapshot": 2, "scan": 3, "event": 4, "close": 5, "gap": 6, "switch": 7}
NAMES = {code: name for name, code in KINDS.items()}
MAX_PAYLOAD = 256 * 2**20
SUFFIX = ".trace"

_SEGMENT_MAGIC = b"TUYTRC1\n"
_FRAME_MAGIC = b"\xf1T"
_VERSION = 1
_SEGMENT = struct.Struct(">8sQ32sH")
_FRAME = struct.Struct(">2sBBQII32s")
_CRC = struct.Struct(">I")
HEAD = _FRAME.size + _CRC.size


@dataclass(frozen=True, slots=True)
class Fault:
    """The first thing wrong with a trace.

    ``torn``: nothing whole follows, as after a crash in the middle of a write; what stands before is whole.
    """

    file: str
    offset: int
    seq: int
    what: str
    torn: bool = False

    def __str__(self) -> str:
        return f"{self.file}, byte {self.offset}, entry {self.seq}: {self.what}"


class TraceError(Exception):
    """A trace that cannot be read or written; ``fault`` says where when the place is known."""

    def __init__(self, message: str | Fault) -> None:
        super().__init__(str(message))
        self.fault = message if isinstance(message, Fault) else None


@dataclass(frozen=True, slots=True)
class Frame:
    """One entry as it lies in a segment."""

    offset: int
    end: int
    kind: str
    seq: int
    raw_length: int
    chain: bytes
    stored: bytes


@dataclass(frozen=True, slots=True)
class SegmentHead:
    """What a segment says of itself; its frames start at ``end``."""

    first_seq: int
    chain: bytes
    origin: str
    end: int


class Unreadable(Exception):
    """Bytes that are no whole frame or segment header."""


def genesis(origin: str) -> bytes:
    """Chain hash before the first entry of an origin's trace."""
    return hashlib.sha256(b"tuyere trace\n" + origin.encode("utf-8")).digest()


def chain_hash(before: bytes, kind: str, payload: bytes) -> bytes:
    """Chain hash of an entry."""
    return hashlib.sha256(before + bytes((KINDS[kind],)) + payload).digest()


def segment_name(first_seq: int) -> str:
    """File name of a segment, so that names sort in the order of entries."""
    return f"{first_seq:012d}{SUFFIX}"


def segments(folder: Path) -> list[Path]:
    """Segment files in order."""
    return sorted(folder.glob("[0-9]" * 12 + SUFFIX))


def pack_segment(first_seq: int, chain: bytes, origin: str) -> bytes:
    """Header of a segment."""
    name = origin.encode("utf-8")
    head = _SEGMENT.pack(_SEGMENT_MAGIC, first_seq, chain, len(name)) + name
    return head + _CRC.pack(zlib.crc32(head))


def unpack_segment(data: bytes) -> SegmentHead:
    """Header at the start of a segment's bytes.

    Raises
    ------
    Unreadable
        When it is cut or damaged.
    """
    if len(data) < _SEGMENT.size:
        raise Unreadable("the segment's header is cut")
    magic, first_seq, chain, length = _SEGMENT.unpack_from(data)
    if magic != _SEGMENT_MAGIC:
        raise Unreadable("this is no trace segment")
    end = _SEGMENT.size + length
    if len(data) < end + _CRC.size:
        raise Unreadable("the segment's header is cut")
    if _CRC.unpack_from(data, end)[0] != zlib.crc32(data[:end]):
        raise Unreadable("the segment's header is damaged (CRC)")
    return SegmentHead(first_seq, chain, data[_SEGMENT.size : end].decode("utf-8", "replace"), end + _CRC.size)


def segment_head(path: Path, data: bytes, seq: int, last: bool) -> SegmentHead | Fault:
    """Header of a segment that must start with entry ``seq``; torn when it is the last one and holds no entry yet."""
    try:
        head = unpack_segment(data)
    except Unreadable as e:
        return Fault(path.name, 0, seq, str(e), torn=last and not _whole_frame_after(data, 0, seq))
    if head.first_seq != seq or path.name != segment_name(seq):
        return Fault(path.name, 0, seq, f"the segment starts with entry {head.first_seq}, entry {seq} is missing")
    return head


def pack_frame(kind: str, seq: int, payload: bytes, chain: bytes, level: int) -> bytes:
    """Bytes of an entry whose chain hash is ``chain``."""
    stored = zlib.compress(payload, level)
    head = _FRAME.pack(_FRAME_MAGIC, _VERSION, KINDS[kind], seq, len(stored), len(payload), chain)
    return b"".join((head, _CRC.pack(zlib.crc32(stored, zlib.crc32(head))), stored))


def unpack_frame(data: bytes, offset: int) -> Frame:
    """Entry at an offset of a segment's bytes.

    Raises
    ------
    Unreadable
        When no whole frame stands there.
    """
    if len(data) - offset < HEAD:
        raise Unreadable("the entry is cut")
    magic, version, code, seq, stored_length, raw_length, chain = _FRAME.unpack_from(data, offset)
    if magic != _FRAME_MAGIC:
        raise Unreadable("no entry starts here")
    if version != _VERSION or code not in NAMES or raw_length > MAX_PAYLOAD:
        raise Unreadable("the entry's head is damaged")
    start, end = offset + HEAD, offset + HEAD + stored_length
    if end > len(data):
        raise Unreadable("the entry is cut")
    stored = data[start:end]
    if _CRC.unpack_from(data, start - _CRC.size)[0] != zlib.crc32(stored, zlib.crc32(data[offset : start - _CRC.size])):
        raise Unreadable("the entry is damaged (CRC)")
    return Frame(offset, end, NAMES[code], seq, raw_length, chain, stored)


def payload_of(frame: Frame) -> bytes:
    """Uncompressed payload; never more than the frame declares.

    Raises
    ------
    Unreadable
        When it does not decompress to exactly the declared length.
    """
    inflate = zlib.decompressobj()
    try:
        payload = inflate.decompress(frame.stored, frame.raw_length + 1)
    except zlib.error as e:
        raise Unreadable(f"the payload does not decompress: {e}") from e
    if len(payload) != frame.raw_length or not inflate.eof or inflate.unused_data:
        raise Unreadable("the payload has another length than its head says")
    return payload


def walk(path: Path, data: bytes, start: int, seq: int, last: bool) -> Iterator[Frame | Fault]:
    """Frames of a segment from an offset, in order; ends behind the last byte or with the first fault.

    ``last``: nothing follows this segment, so an unreadable end may be torn.
    """
    offset = start
    while offset < len(data):
        try:
            frame = unpack_frame(data, offset)
        except Unreadable as e:
            torn = last and not _whole_frame_after(data, offset + 1, seq)
            yield Fault(path.name, offset, seq, str(e), torn)
            return
        if frame.seq != seq:
            yield Fault(path.name, offset, seq, f"entry {frame.seq} stands where entry {seq} should")
            return
        yield frame
        offset, seq = frame.end, seq + 1


def _whole_frame_after(data: bytes, offset: int, seq: int) -> bool:
    """True when a later entry can be read: what is unreadable before it is damage, not a torn write."""
    while (offset := data.find(_FRAME_MAGIC, offset)) >= 0:
        try:
            if unpack_frame(data, offset).seq >= seq:
                return True
        except Unreadable:
            pass
        offset += 1
    return False

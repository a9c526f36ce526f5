"""Artifacts are found by their content, and by nothing else."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from expert.trace import ArtifactStore, TraceError, canonical
from expert.trace.canonical import parse


def test_an_artifact_is_named_by_its_hash(tmp_path: Path) -> None:
    """The name is SHA-256 of the bytes, which come back unchanged."""
    store = ArtifactStore(tmp_path / "artifacts")
    name = store.put(b"rules")
    assert (hashlib.sha256(b"rules").hexdigest(), b"rules") == (name, store.get(name))


def test_the_same_bytes_are_stored_once(tmp_path: Path) -> None:
    """A second put of the same bytes adds no file."""
    store = ArtifactStore(tmp_path)
    assert [store.put(b"a")] == sorted({store.put(b"a")})
    assert [store.put(b"a")] == store.names()


def test_a_changed_artifact_is_refused(tmp_path: Path) -> None:
    """Bytes that no longer match their name are not given out, and a new put repairs them."""
    store = ArtifactStore(tmp_path)
    name = store.put(b"rules")
    path = tmp_path / name[:2] / name[2:]
    path.write_bytes(b"other")
    with pytest.raises(TraceError, match="has been changed"):
        store.get(name)
    assert (name, b"rules") == (store.put(b"rules"), store.get(name))


def test_a_missing_artifact_is_named(tmp_path: Path) -> None:
    """The start of the hash says which one is missing."""
    name = hashlib.sha256(b"x").hexdigest()
    assert name not in ArtifactStore(tmp_path)
    with pytest.raises(TraceError, match=f"artifact {name[:12]} is missing"):
        ArtifactStore(tmp_path).get(name)


@pytest.mark.parametrize("name", ["", "abc", "../../etc/passwd", "A" * 64, "g" * 64])
def test_a_name_that_is_no_hash_is_refused(tmp_path: Path, name: str) -> None:
    """No name can lead out of the store."""
    with pytest.raises(TraceError, match="is not the SHA-256"):
        ArtifactStore(tmp_path).get(name)


def test_canonical_json_does_not_depend_on_the_order_of_keys() -> None:
    """Equal values have equal bytes."""
    assert canonical({"a": 1, "b": [1.5, None]}) == canonical({"b": [1.5, None], "a": 1})


@pytest.mark.parametrize("value", [float("nan"), float("inf"), {1, 2}, {"a": object()}, "\ud800"])
def test_what_has_no_json_form_is_refused(value: object) -> None:
    """NaN, infinity, sets and lone surrogates are errors when they are recorded, not when they are read."""
    with pytest.raises(TraceError, match="cannot be recorded"):
        canonical(value)


@pytest.mark.parametrize("data", [b"", b"{", b"NaN", b'{"a":1,"a":2}', b"\xff", b"[" * 100_000])
def test_damaged_json_is_refused(data: bytes) -> None:
    """What is no JSON, or ambiguous, is a trace error."""
    with pytest.raises(TraceError, match="not readable JSON"):
        parse(data)

"""No map and no file, however damaged, ends in anything but a recording or a readable error."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from expert.feeds import FeedError
from tests.feeds.plant import load

MAP = """title: {en: "Plant", zh: "厂"}
time_zone: Europe/Berlin
scan_period: 1 h
files:
  - file: a.csv
    time: [t]
    stamp: start
    averaging: 1 h
    every: 1 h
    period: 1 h
    status: {Bad Input: fault}
    quality: {column: q, good: [G], uncertain: [U]}
    columns:
      p: {variable: blast.pressure, unit: MPa, missing: ["0", up to -1], valid: [0, 500], hold: 2 h}
      w: {variable: "sectors[A].wall", unit: degC, scale: 2, offset: "-3", ignore: [x, 5 to 6], shift: 1 h}
    compute:
      gas.use: {value: "100 * p / (p + w)", unit: "%"}
"""
ROWS = "t,p,w,q\n" + "".join(f"2023-03-26 {h:02d}:00,0.4{h},6{h},{'GUX'[h % 3]}\n" for h in range(9))
CHARACTERS = st.sampled_from(list("abpt0519 .,:;-_{}[]()'\"\n\t#&*!|>%@`/\\\0é厂")) | st.characters(
    max_codepoint=0x2FFF
)


@st.composite
def damaged(draw: st.DrawFn, text: str) -> str:
    """A text with a few characters deleted, inserted or moved."""
    out = text
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(out)))
        end = min(len(out), at + draw(st.integers(0, 6)))
        new = draw(st.text(CHARACTERS, max_size=4) | st.just(out[end : end + 40]))
        out = out[:at] + new + out[end:]
    return out


def attempt(map_text: str, data: bytes) -> None:
    """Load, and read every sample; a `FeedError` with a message is fine."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            recording = load(Path(folder), map_text, a_csv=data)
        except FeedError as e:
            assert "error[E" in str(e)
        else:
            assert len(recording) == sum(1 for _ in recording.samples)


@given(damaged(MAP), damaged(ROWS))
def test_damaged_texts_are_read_or_explained(map_text: str, rows: str) -> None:
    """A slip of the pen in the map or in the data gives a message or a counted skip."""
    attempt(map_text.encode("utf-8", "replace").decode("utf-8"), rows.encode("utf-8", "replace"))


@given(st.binary(max_size=300))
def test_rubbish_is_explained(data: bytes) -> None:
    """Bytes that are no CSV at all give a message."""
    attempt(MAP, data)


@pytest.mark.long
@settings(max_examples=3000)
@given(damaged(MAP), damaged(ROWS))
def test_many_damaged_texts_are_read_or_explained(map_text: str, rows: str) -> None:
    """The same, three thousand times."""
    attempt(map_text.encode("utf-8", "replace").decode("utf-8"), rows.encode("utf-8", "replace"))

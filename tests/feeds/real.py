"""Where the recording of a real furnace lies, when it is there: it is not part of the product."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path(os.environ.get("TUYERE_DATA", ROOT.parent / "shared" / "data")) / "bf_cn2023"
NEEDS_RECORDING = pytest.mark.skipif(not FOLDER.is_dir(), reason="the recording bf_cn2023 is not here")

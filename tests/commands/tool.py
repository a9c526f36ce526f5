"""Calling the command line in tests."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def tuyere(*arguments: str, cwd: Path, shell: str = "") -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own, without a terminal; ``shell`` is appended, e.g. ``| head -2``."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "LC_ALL": "C.UTF-8", "PYTHONUTF8": "1"}
    command: list[str] = [sys.executable, "-m", "tui.main", *arguments]
    if shell:
        quoted = " ".join(f"'{c}'" for c in command)
        command = ["bash", "-c", f"set -o pipefail; {quoted} {shell}"]
    return subprocess.run(
        command, cwd=cwd, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300
    )

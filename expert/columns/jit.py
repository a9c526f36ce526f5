"""Compiled functions are kept on disk; what is kept must be of the code that runs.

The compiler looks only at the file of a function, not at the files of the functions that it calls. So the folder's kept
code is thrown away as soon as any of its sources is another one.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

HERE = Path(__file__).parent
LAST = "stretches.stretch"
"""What is compiled last (`expert.columns.warm`)."""


def forget_stale(folder: Path = HERE) -> bool:
    """Remove compiled code of other sources; return whether there was any.

    A folder that cannot be written is left alone: the compiler then keeps its code elsewhere or nowhere.
    """
    digest = hashlib.sha256()
    for path in sorted(folder.glob("*.py")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    cache = folder / "__pycache__"
    stamp = cache / "sources.sha256"
    try:
        if stamp.is_file() and stamp.read_text(encoding="ascii") == digest.hexdigest():
            return False
        stale = [*cache.glob("*.nbi"), *cache.glob("*.nbc")]
        for path in stale:
            path.unlink(missing_ok=True)
        cache.mkdir(exist_ok=True)
        stamp.write_text(digest.hexdigest(), encoding="ascii")
    except OSError:
        return False
    return bool(stale)


def is_compiled(folder: Path = HERE) -> bool:
    """Whether the compiled code of the evaluators is on disk, so that they start at once."""
    return any((folder / "__pycache__").glob(f"{LAST}-*.nbi"))

"""Artifacts by their content: programs, models and tables live once, and a trace holds their hashes."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from pathlib import Path

from expert.trace.frames import TraceError

_HEX = re.compile(r"[0-9a-f]{64}")


class ArtifactStore:
    """A folder of files named by the SHA-256 of their content.

    Parameters
    ----------
    folder : path
        Made on the first `put`.
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)

    def put(self, data: bytes) -> str:
        """Store bytes durably and return their SHA-256, hex; what is there already is not written again."""
        name = hashlib.sha256(data).hexdigest()
        path = self._path(name)
        if self._matches(path, name):
            return name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".new-", delete=False) as f:
                f.write(data)
                f.flush()
                os.fsync(f.fileno())
            os.replace(f.name, path)  # readers see the whole file or none
            for folder in (path.parent, self.folder):
                fd = os.open(folder, os.O_RDONLY)
                try:
                    os.fsync(fd)
                finally:
                    os.close(fd)
        except OSError as e:
            raise TraceError(f"artifact {name[:12]} cannot be stored in {self.folder}: {e.strerror or e}") from e
        return name

    def get(self, name: str) -> bytes:
        """Bytes of an artifact.

        Raises
        ------
        TraceError
            When the name is no SHA-256, when it is missing, or when its bytes have changed.
        """
        if not _HEX.fullmatch(name):
            raise TraceError(f"{name[:80]!r} is not the SHA-256 of an artifact")
        try:
            data = self._path(name).read_bytes()
        except OSError as e:
            raise TraceError(f"artifact {name[:12]} is missing from {self.folder}") from e
        if hashlib.sha256(data).hexdigest() != name:
            raise TraceError(f"artifact {name[:12]} in {self.folder} has been changed")
        return data

    def __contains__(self, name: str) -> bool:
        return _HEX.fullmatch(name) is not None and self._path(name).is_file()

    def names(self) -> list[str]:
        """Hashes of all artifacts, sorted."""
        return sorted(p.parent.name + p.name for p in self.folder.glob("[0-9a-f][0-9a-f]/" + "[0-9a-f]" * 62))

    def _path(self, name: str) -> Path:
        return self.folder / name[:2] / name[2:]

    def _matches(self, path: Path, name: str) -> bool:
        try:
            return hashlib.sha256(path.read_bytes()).hexdigest() == name
        except OSError:
            return False

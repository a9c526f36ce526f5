"""Where the product's data lie, in a checkout and in an installed wheel alike."""

from __future__ import annotations

import difflib
from pathlib import Path

KB = Path(__file__).resolve().parent


def rules_folder() -> Path:
    """Folder of the packs: the sibling of `kb`, both in a checkout and in site-packages."""
    return _present(KB.parent / "rules")


def plant_folder() -> Path:
    """Folder of the site that travels with the product."""
    return _present(KB / "plant")


def shipped_packs() -> list[Path]:
    """Folders of the packs that travel with the product, by name."""
    return sorted(p.parent for p in rules_folder().glob("*/pack.yaml"))


def data_file(name: str) -> Path:
    """A file of `kb` by its name relative to `kb`, e.g. ``maps/bf_cn2023.yaml``.

    Raises
    ------
    FileNotFoundError
        When there is none, naming the most similar one.
    """
    path = KB / name
    if path.is_file():
        return path
    known = sorted(str(p.relative_to(KB)) for p in KB.rglob("*") if p.suffix in (".yaml", ".json"))
    near = difflib.get_close_matches(name, known, n=1)
    raise FileNotFoundError(f"kb has no file {name}" + (f"; did you mean {near[0]}?" if near else ""))


def _present(folder: Path) -> Path:
    if not folder.is_dir():
        raise FileNotFoundError(f"{folder} is missing; the installation is incomplete, install tuyere again")
    return folder

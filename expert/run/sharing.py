"""Who reads whom among packs: which of them are experts of their own, and where each keeps its trace."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from expert.compile import ProgramError, load_program
from expert.compile.exchange import importers
from expert.language.diagnostics import Sink
from expert.language.pack import read_pack
from expert.language.raw import RawPack
from expert.language.strict_yaml import decode


def experts_among(packs: Sequence[Path], site: Path) -> list[list[Path]]:
    """Packs in groups, each of them one expert.

    A pack that imports what another of them exports is an expert of its own, and so is the other. Packs that nobody
    reads this way stay one program; one that needs another's facts without importing them joins it.

    Parameters
    ----------
    packs : sequence of Path
        Folders with ``pack.yaml``, or single rule files.
    site : Path
        Folder with ``site.yaml``.
    """
    heads = [_head(pack) for pack in packs]
    linked = {i for pair in importers(heads) for i in pair}
    groups = [[packs[i]] for i in sorted(linked)]
    others = [pack for i, pack in enumerate(packs) if i not in linked]
    if not linked or not others:
        return [*groups, others] if others else groups
    if _clean(others, site):
        return [*groups, others]
    for pack in others:
        if not _clean([pack], site):
            home = next((g for g in groups if _clean([*g, pack], site)), None)
            if home is not None:
                home.append(pack)
    left = [pack for pack in others if not any(pack in g for g in groups)]
    return [*groups, left] if left else groups


def _head(pack: Path) -> RawPack:
    """What a pack says of itself; mistakes in it are reported when it is loaded."""
    file = pack / "pack.yaml"
    text = decode(file.read_bytes(), file.name, Sink()) if file.is_file() else None
    return read_pack({file.name: text}, "", Sink()) if text is not None else RawPack(name=pack.stem)


def _clean(packs: Sequence[Path], site: Path) -> bool:
    try:
        load_program(packs, site)
    except ProgramError:
        return False
    return True


def expert_folders(root: Path) -> dict[str, Path]:
    """Trace folders of experts below a folder, by name; none when the folder is itself a trace."""
    if not root.is_dir() or any(root.glob("*.trace")):
        return {}
    return {p.name: p for p in sorted(root.iterdir()) if any(p.glob("*.trace"))}


def home_of(root: Path, pack: str, names: Sequence[str]) -> Path:
    """Trace folder of the expert that runs a pack; ``names``: of all experts, e.g. ``furnace`` or ``a+b``."""
    return root / next((n for n in names if pack in n.split("+")), pack)

"""The distribution holds the rules and the knowledge base's data."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from kb import paths

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("expert", "kb", "tui", "rules")


def test_rules_lie_beside_kb() -> None:
    """In a checkout the packs are found."""
    assert (ROOT / "rules", ROOT / "kb" / "plant") == (paths.rules_folder(), paths.plant_folder())


def test_an_unknown_data_file_names_the_nearest() -> None:
    """A misspelt name is answered with the one that exists."""
    with pytest.raises(FileNotFoundError, match=r"did you mean plant/site\.yaml\?"):
        paths.data_file("plant/sites.yaml")


def test_a_wheel_holds_all_data(tmp_path: Path) -> None:
    """Every YAML and JSON file of rules, kb and expert stands in the wheel where `kb.paths` looks for it."""
    copy = tmp_path / "src"
    for folder in FOLDERS:
        shutil.copytree(ROOT / folder, copy / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, copy)
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "wheel", "-q"]
    built = subprocess.run(
        [*pip, "--no-deps", "--no-build-isolation", "-w", tmp_path, copy], capture_output=True, text=True
    )
    assert (0, "") == (built.returncode, built.stderr)
    with zipfile.ZipFile(next(tmp_path.glob("tuyere-*.whl"))) as wheel:
        held = set(wheel.namelist())
    files = (p.relative_to(copy) for folder in ("expert", "kb", "rules") for p in (copy / folder).rglob("*"))
    data = {str(p) for p in files if p.suffix in (".yaml", ".json")}
    assert set() == data - held
    assert {"kb/paths.py", "expert/values/types.py"} <= held

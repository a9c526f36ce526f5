"""The distribution holds the rules and the knowledge base's data."""

from __future__ import annotations

import os
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


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The distribution, built from a copy of the packages."""
    folder = tmp_path_factory.mktemp("wheel")
    copy = folder / "src"
    for name in FOLDERS:
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, copy)
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "wheel", "-q"]
    built = subprocess.run(
        [*pip, "--no-deps", "--no-build-isolation", "-w", folder, copy], capture_output=True, text=True
    )
    assert (0, "") == (built.returncode, built.stderr)
    return next(folder.glob("tuyere-*.whl"))


def test_a_wheel_holds_all_data(wheel: Path) -> None:
    """Every YAML and JSON file of rules, kb and expert stands in the wheel where `kb.paths` looks for it."""
    with zipfile.ZipFile(wheel) as archive:
        held = set(archive.namelist())
    files = (p.relative_to(ROOT) for folder in ("expert", "kb", "rules") for p in (ROOT / folder).rglob("*"))
    data = {str(p) for p in files if p.suffix in (".yaml", ".json")}
    assert set() == data - held
    assert {"kb/paths.py", "expert/values/types.py"} <= held


WORK = """new pack mine --title Mine --zh 我的
new rule blast.high --in mine --variable blast.pressure --title High --zh 高
check mine
test mine
test --mutate mine
lint mine
fmt --check mine
diff mine mine
graph mine
pages mine --out pages
check
lint"""


def test_the_workshop_works_outside_the_checkout(wheel: Path, tmp_path: Path) -> None:
    """From the unpacked wheel alone an author makes, checks, tests, lints, formats and compares a pack."""
    unpacked, here = tmp_path / "installed", tmp_path / "here"
    here.mkdir()
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(unpacked)
    environment = {**os.environ, "PYTHONPATH": str(unpacked), "LC_ALL": "C.UTF-8", "PYTHONUTF8": "1"}
    where = [sys.executable, "-c", "import expert, kb, tui; print(expert.__file__, kb.__file__, tui.__file__)"]
    found = subprocess.run(where, cwd=here, env=environment, capture_output=True, text=True).stdout.split()
    assert [True] * 3 == [Path(f).is_relative_to(unpacked) for f in found]
    for line in WORK.splitlines():
        command = [sys.executable, "-m", "tui.main", *line.split()]
        done = subprocess.run(command, cwd=here, env=environment, capture_output=True, text=True)
        assert (0, "") == (done.returncode, done.stderr), f"{line}: {done.stdout}"

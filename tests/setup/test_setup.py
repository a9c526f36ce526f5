"""Set-up on machines that lack something, with interpreters faked by shell scripts."""

from __future__ import annotations

import ast
import importlib.util
import json
import os
import subprocess
import sys
from importlib.metadata import distribution
from pathlib import Path
from types import ModuleType

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]
REFUSED = (
    "WARNING: Retrying after connection broken by NewConnectionError('Failed to establish a new connection: "
    "[Errno 111] Connection refused'): /simple/six/\n"
    "ERROR: Could not find a version that satisfies the requirement six==1.17.0 (from versions: none)\n"
    "ERROR: No matching distribution found for six==1.17.0\n"
)


def load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("setup_script", ROOT / "scripts" / "setup.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


setup = load()


def write_script(path: Path, text: str) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n" + text)
    path.chmod(0o755)
    return str(path)


def fake_python(path: Path, version: str = "3.12.1", venv: bool = True, pip: str = "exit 1", module: str = "") -> str:
    """An interpreter that answers the probe, makes environments of itself and runs ``pip`` for `pip install`."""
    found = json.dumps({"version": [int(n) for n in version.split(".")], "venv": venv})
    make = f'mkdir -p "$3/bin" "$3/lib/python3.12/site-packages"; cp "{path}" "$3/bin/python"'
    return write_script(
        path,
        f"""case "$1 $2" in
"-c "*) echo '{found}' ;;
"-m venv") {module or make} ;;
"-m pip") case "$*" in *--version*) echo pip ;; *install*) site="$(dirname "$0")/../lib/python3.12/site-packages"
{pip}
;; esac ;;
esac
""",
    )


GOOD_PIP = """for d in six-1.17.0; do mkdir -p "$site/$d.dist-info"; echo "six.py,," > "$site/$d.dist-info/RECORD"; done
touch "$site/six.py"; echo x >> "$site/../../../../installs"
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    root = tmp_path / "a checkout"
    (root / "requirements").mkdir(parents=True)
    for level in ("core", "ml", "dev"):
        (root / "requirements" / f"{level}.lock").write_text("# pinned\n")
    (root / "requirements" / "core.lock").write_text("six==1.17.0  # a pin\n")
    (root / "pyproject.toml").write_text('[project]\nversion = "0.1.0"\n')
    return root


def run(root: Path, python: str, level: str = "core") -> int:
    result: int = setup.main([level, "--root", str(root), "--python", python])
    return result


def sentence(capsys: pytest.CaptureFixture[str]) -> str:
    """The last line of stderr; what a user reads."""
    return capsys.readouterr().err.strip().splitlines()[-1]


def test_an_old_python_gets_the_remedy(checkout: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Python 3.9 is refused with what is needed and how to name another."""
    python = fake_python(tmp_path / "old", "3.9.2")
    assert 1 == run(checkout, python)
    assert (
        f"tuyere set-up: {python} is Python 3.9.2, and 3.11 or newer is needed; install it or a newer Python and "
        "name it: make PYTHON=/path/to/python3.12"
    ) == sentence(capsys)


def test_a_python_without_venv_gets_the_package_to_install(
    checkout: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Debian's Python without its venv package names that package."""
    assert 1 == run(checkout, fake_python(tmp_path / "bare", "3.11.2", venv=False))
    assert "lacks the venv module (on Debian or Ubuntu: apt install python3.11-venv)" in sentence(capsys)


def test_a_venv_that_fails_is_reported_and_removed(
    checkout: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """When `python -m venv` fails half way, nothing half made is left."""
    python = fake_python(tmp_path / "p", module='mkdir -p "$3"; echo "Error: no ensurepip" >&2; exit 1')
    assert 1 == run(checkout, python)
    assert "cannot make a virtual environment (Error: no ensurepip)" in sentence(capsys)
    assert not (checkout / ".venv").exists()


def test_no_network_is_said_in_one_sentence(checkout: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A refused connection is told from a package that does not exist."""
    (tmp_path / "pip.txt").write_text(REFUSED)
    python = fake_python(tmp_path / "p", pip=f'cat "{tmp_path}/pip.txt"; exit 1')
    assert 1 == run(checkout, python)
    assert sentence(capsys).startswith("tuyere set-up: the package index cannot be reached")
    assert REFUSED == (checkout / ".venv" / "setup.log").read_text()


def test_a_command_that_is_no_python_is_named(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A wrong PYTHON= is named in the message."""
    assert 1 == run(checkout, "/no/such/python")
    assert sentence(capsys).startswith("tuyere set-up: /no/such/python does not run as a Python 3 interpreter")


def test_the_first_python_that_can_serve_is_taken(tmp_path: Path) -> None:
    """Without PYTHON= an old `python3` is passed over for a newer one."""
    old, new = fake_python(tmp_path / "old", "3.9.2"), fake_python(tmp_path / "new", "3.13.0")
    assert new == setup.choose(None, (old, "/no/such/python", new))


def test_the_advice_prefers_the_python_that_only_lacks_venv(tmp_path: Path) -> None:
    """Installing a package is an easier remedy than a new Python."""
    old, bare = fake_python(tmp_path / "old", "3.9.2"), fake_python(tmp_path / "bare", "3.12.1", venv=False)
    with pytest.raises(setup.Trouble, match=r"python3\.12-venv"):
        setup.choose(None, (old, bare))


def test_a_second_run_calls_no_pip(checkout: Path, tmp_path: Path) -> None:
    """When the stamp fits nothing is installed again."""
    python = fake_python(tmp_path / "p", pip=GOOD_PIP)
    assert (0, 0) == (run(checkout, python), run(checkout, python))
    assert "x\n" == (checkout / "installs").read_text()


def test_a_changed_lock_file_is_installed(checkout: Path, tmp_path: Path) -> None:
    """The stamp is keyed by the lock file's contents."""
    python = fake_python(tmp_path / "p", pip=GOOD_PIP)
    run(checkout, python)
    before = (checkout / ".venv" / "tuyere-setup.json").read_text()
    (checkout / "requirements" / "core.lock").write_text("six==1.17.0\n# changed\n")
    assert 0 == run(checkout, python)
    assert before != (checkout / ".venv" / "tuyere-setup.json").read_text()


def test_a_lost_package_is_installed_again(checkout: Path, tmp_path: Path) -> None:
    """The stamp alone is not believed: what it stands for must be there."""
    python = fake_python(tmp_path / "p", pip=GOOD_PIP)
    run(checkout, python)
    (checkout / ".venv/lib/python3.12/site-packages/six-1.17.0.dist-info/RECORD").unlink()
    assert 0 == run(checkout, python)
    assert "x\nx\n" == (checkout / "installs").read_text()


def test_an_interrupted_installation_is_mended(checkout: Path, tmp_path: Path) -> None:
    """Without a stamp a package whose files are gone is installed again, and leftovers are removed."""
    python = fake_python(tmp_path / "p", pip=GOOD_PIP)
    run(checkout, python)
    site = checkout / ".venv/lib/python3.12/site-packages"
    (site / "six.py").unlink()
    (site / "~ix").mkdir()
    (checkout / ".venv" / "tuyere-setup.json").unlink()
    assert 0 == run(checkout, python)
    assert (True, False) == ((site / "six.py").exists(), (site / "~ix").exists())


def test_a_broken_environment_is_rebuilt(checkout: Path, tmp_path: Path) -> None:
    """An environment whose interpreter no longer runs is made anew."""
    python = fake_python(tmp_path / "p", pip=GOOD_PIP)
    run(checkout, python)
    (checkout / ".venv/bin/python").write_text("#!/no/such/interpreter\n")
    assert 0 == run(checkout, python)
    assert setup.probe(str(checkout / ".venv/bin/python")) is not None


def test_an_environment_that_was_moved_is_rebuilt(checkout: Path, tmp_path: Path) -> None:
    """After its folder got another name, the commands of an environment look for Python in the old place."""
    python = fake_python(tmp_path / "p", pip=GOOD_PIP)
    run(checkout, python)
    write_script(checkout / ".venv/bin/pip", f'exec "{checkout}/.venv/bin/python"\n')
    moved = checkout.rename(tmp_path / "moved")
    assert 0 == run(moved, python)
    assert not (moved / ".venv/bin/pip").exists()


def test_a_damaged_stamp_is_no_stamp(checkout: Path, tmp_path: Path) -> None:
    """Half a stamp file is read as none."""
    python = fake_python(tmp_path / "p", pip=GOOD_PIP)
    run(checkout, python)
    (checkout / ".venv" / "tuyere-setup.json").write_text('{"core": "12')
    assert 0 == run(checkout, python)
    assert {"core"} == set(json.loads((checkout / ".venv" / "tuyere-setup.json").read_text()))


def test_the_command_runs_from_a_folder_with_a_space(checkout: Path, tmp_path: Path) -> None:
    """The `tuyere` command finds its interpreter although a shebang line cannot hold a space."""
    run(checkout, fake_python(tmp_path / "p", pip=GOOD_PIP))
    write_script(checkout / ".venv/bin/python", 'echo "started $2"\n')
    out = subprocess.run([checkout / ".venv/bin/tuyere", "run"], stdout=subprocess.PIPE, text=True)
    assert (0, "started run\n") == (out.returncode, out.stdout)


@pytest.mark.parametrize(
    ("output", "said"),
    [
        ("ERROR: No matching distribution found for numpy==2.4.6", "no build of numpy==2.4.6 for this Python"),
        ("OSError: [Errno 28] No space left on device", "the disk is full"),
        ("note\nERROR: strange thing\nhint", "pip failed (ERROR: strange thing)"),
    ],
)
def test_a_failed_pip_is_explained(output: str, said: str) -> None:
    """Each known cause has its sentence, an unknown one the first error and where the rest is."""
    assert said in setup.diagnose(output)


def test_the_script_is_readable_by_old_pythons() -> None:
    """Python 3.6 can compile the script and so print its remedy."""
    ast.parse((ROOT / "scripts" / "setup.py").read_text(), feature_version=(3, 6))


def test_lock_files_name_no_place() -> None:
    """A lock file holds pins only: no index, no path, no hash."""
    for lock in (ROOT / "requirements").glob("*.lock"):
        lines = [line for line in lock.read_text().splitlines() if line and not line.startswith("#")]
        assert [] == [line for line in lines if line.count("==") != 1 or "/" in line or " " in line]


def test_make_says_when_there_is_no_python(tmp_path: Path) -> None:
    """Without any Python, make prints the remedy."""
    (tmp_path / "sh").symlink_to("/bin/sh")
    env = {"PATH": str(tmp_path)}
    make = next(p for d in os.environ["PATH"].split(":") if (p := Path(d) / "make").exists())
    out = subprocess.run([make, "-C", ROOT, "setup"], capture_output=True, text=True, env=env)
    assert 2 == out.returncode
    assert "tuyere set-up: no Python 3 was found; install Python 3.11 or newer" in out.stderr


def test_the_running_environment_is_the_pinned_one() -> None:
    """The tests run with the versions of the lock files."""
    have = setup.installed(os.path.dirname(os.path.dirname(pytest.__file__)))
    want = {
        n: v for level in ("core", "ml", "dev") for n, v in setup.pins(str(ROOT / f"requirements/{level}.lock")).items()
    }
    assert want == {name: have[name][0] for name in want if name in have}
    assert sys.version_info >= (3, 11)


def test_lock_files_are_whole() -> None:
    """What a pinned package requires is pinned, too, in a version it accepts; pip is not asked to add anything."""
    pins = {n: v for lock in (ROOT / "requirements").glob("*.lock") for n, v in setup.pins(str(lock)).items()}
    pythons = [{"python_version": f"3.{n}", "python_full_version": f"3.{n}.0", "extra": ""} for n in range(11, 15)]
    found = set()
    for name in pins:
        for required in map(Requirement, distribution(name).requires or []):
            applies = required.marker is None or any(map(required.marker.evaluate, pythons))
            if applies and pins.get(setup.normal(required.name), "") not in required.specifier:
                found.add((name, str(required)))
    assert {("experta", "frozendict==1.2")} == found  # see bench.lock

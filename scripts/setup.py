"""Make `.venv` ready and say in one sentence what is missing when that fails.

    python3 scripts/setup.py [--python COMMAND] core|ml|bench|dev

The syntax is that of Python 3.6, so that an old interpreter prints the remedy instead of a SyntaxError.
`.venv/tuyere-setup.json` is written last and keyed by the lock files and pyproject.toml: when it fits, nothing
is done and no network is touched; when it does not, only what is missing or damaged is installed.
"""

import argparse
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from typing import Any, Dict, List, Optional, Sequence, Set, Tuple

OLDEST = (3, 11)
COMMANDS = ("python3", "python3.14", "python3.13", "python3.12", "python3.11", "python")
LEVELS = {
    "core": ("core",),
    "ml": ("core", "ml"),
    "bench": ("core", "bench"),
    "dev": ("core", "ml", "bench", "dev"),
}
LAYOUT = "1"  # raise it when link() changes, so that old environments are linked again

PROBE = (
    "import importlib.util as u, json, sys; print(json.dumps({'version': list(sys.version_info[:3]), "
    "'venv': all(u.find_spec(m) is not None for m in ('venv', 'ensurepip'))}))"
)
OFFLINE = (
    "NewConnectionError|ConnectTimeoutError|ReadTimeoutError|ConnectionResetError|ProxyError|SSLError|"
    "CERTIFICATE_VERIFY_FAILED|Temporary failure in name resolution|Network is unreachable|Connection refused|"
    "Remote end closed connection|Failed to establish a new connection|getaddrinfo failed"
)


class Trouble(Exception):
    """What went wrong and its remedy, in one sentence."""


def probe(command: str) -> Optional[Dict[str, Any]]:
    """Version and modules of an interpreter; None when the command does not run."""
    try:
        out = subprocess.run([command, "-c", PROBE], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=60)
        found = json.loads(out.stdout.decode("utf-8")) if out.returncode == 0 else None
    except (OSError, ValueError, subprocess.SubprocessError):
        return None
    return found if isinstance(found, dict) else None


def complaint(command: str, found: Optional[Dict[str, Any]]) -> str:
    """Why an interpreter cannot serve; empty when it can."""
    if found is None:
        return "%s does not run as a Python 3 interpreter" % command
    version = ".".join(str(n) for n in found["version"])
    if tuple(found["version"][:2]) < OLDEST:
        return "%s is Python %s, and 3.11 or newer is needed" % (command, version)
    if not found["venv"]:
        short = version.rsplit(".", 1)[0]
        return "%s (Python %s) lacks the venv module (on Debian or Ubuntu: apt install python%s-venv)" % (
            command,
            version,
            short,
        )
    return ""


def choose(asked: Optional[str], commands: Sequence[str] = COMMANDS) -> str:
    """The interpreter to build from: the one asked for, or the first that can serve."""
    first = ""
    for command in [asked] if asked else commands:
        if not asked and shutil.which(command) is None:
            continue
        reason = complaint(command, probe(command))
        if not reason:
            return command
        # A Python that only lacks venv is nearer to working than an old one, so its remedy is the better advice.
        first = reason if not first or ("venv module" in reason and "venv module" not in first) else first
    raise Trouble(
        "%s; install it or a newer Python and name it: make PYTHON=/path/to/python3.12"
        % (first or "no Python was found")
    )


def pins(lock: str) -> Dict[str, str]:
    """Normalised name -> version of a lock file."""
    with open(lock, encoding="utf-8") as f:
        lines = [line.split("#")[0].strip() for line in f]
    return dict((normal(name), version) for name, version in (line.split("==") for line in lines if line))


def normal(name: str) -> str:
    """Name of a distribution as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def installed(site: str) -> Dict[str, Tuple[str, str]]:
    """Normalised name -> (version, dist-info folder) of what stands whole in site-packages."""
    out = {}
    for entry in os.listdir(site) if os.path.isdir(site) else []:
        match = re.match(r"(.+)-([^-]+)\.dist-info$", entry)
        # pip writes RECORD last, so a folder without it is the rest of an interrupted installation
        if match and os.path.isfile(os.path.join(site, entry, "RECORD")):
            out[normal(match.group(1))] = (match.group(2), os.path.join(site, entry))
    return out


def damaged(site: str, folder: str) -> bool:
    """True when a file of the distribution's RECORD is gone."""
    with open(os.path.join(folder, "RECORD"), encoding="utf-8") as f:
        names = [line.rsplit(",", 2)[0].strip('"') for line in f if line.count(",") >= 2]
    return not all(os.path.exists(os.path.join(site, n)) for n in names if not n.endswith(".pyc"))


def clear_leftovers(site: str) -> None:
    """Remove what an interrupted pip leaves: `~name` folders and dist-info without RECORD."""
    for entry in os.listdir(site):
        half = entry.endswith(".dist-info") and not os.path.isfile(os.path.join(site, entry, "RECORD"))
        if half or entry.startswith("~"):
            remove(os.path.join(site, entry))


def remove(path: str) -> None:
    """Delete a file, link or folder."""
    if os.path.isdir(path) and not os.path.islink(path):
        shutil.rmtree(path, ignore_errors=True)
    elif os.path.lexists(path):
        os.unlink(path)


class Setup:
    """One checkout and its `.venv`."""

    def __init__(self, root: str, level: str, asked: Optional[str] = None) -> None:
        self.root = os.path.realpath(root)
        self.level = level
        self.asked = asked
        self.venv = os.path.join(self.root, ".venv")
        self.stamp = os.path.join(self.venv, "tuyere-setup.json")
        self.python = os.path.join(self.venv, "bin", "python")

    def lock(self, part: str) -> str:
        """Path of a lock file."""
        return os.path.join(self.root, "requirements", part + ".lock")

    def key(self, level: str) -> str:
        """Fingerprint of all that the environment of a level is made from."""
        h = hashlib.sha256((LAYOUT + "\0" + self.venv).encode("utf-8"))
        for path in [self.lock(part) for part in LEVELS[level]] + [os.path.join(self.root, "pyproject.toml")]:
            with open(path, "rb") as f:
                h.update(b"\0" + f.read())
        return h.hexdigest()

    def site(self) -> str:
        """The environment's site-packages; empty when there is none."""
        lib = os.path.join(self.venv, "lib")
        for entry in sorted(os.listdir(lib)) if os.path.isdir(lib) else []:
            if os.path.isdir(os.path.join(lib, entry, "site-packages")):
                return os.path.join(lib, entry, "site-packages")
        return ""

    def stamped(self) -> Dict[str, str]:
        """Level -> key as the last whole set-up wrote it."""
        try:
            with open(self.stamp, encoding="utf-8") as f:
                found = json.load(f)
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def missing(self) -> Set[str]:
        """Pinned distributions that are not there in the pinned version."""
        have = installed(self.site())
        want = {}  # type: Dict[str, str]
        for part in LEVELS[self.level]:
            want.update(pins(self.lock(part)))
        return set(name for name, version in want.items() if have.get(name, ("",))[0] != version)

    def current(self) -> bool:
        """True when nothing has to be done."""
        if self.stamped().get(self.level) != self.key(self.level) or self.missing():
            return False
        found = probe(self.python)
        return found is not None and not self.other_python(found)

    def other_python(self, found: Dict[str, Any]) -> bool:
        """True when PYTHON= asks for another version than the environment has."""
        wish = probe(self.asked) if self.asked else None
        return wish is not None and wish["version"][:2] != found["version"][:2]

    def moved(self) -> bool:
        """True when the environment was made in another folder: its commands would look for Python there."""
        try:
            with open(os.path.join(self.venv, "bin", "pip"), encoding="utf-8", errors="replace") as f:
                return self.venv not in f.read(2000)
        except OSError:
            return False

    def run(self) -> None:
        """Bring the environment to its level; do nothing when it is there."""
        if self.current():
            return
        started = time.time()
        with exclusive(os.path.join(self.root, ".setup.lock")):
            if self.current():
                return
            self.create()
            self.install()
            self.link()
            self.write_stamp()
        say("%s environment ready in %.0f s" % (self.level, time.time() - started))

    def create(self) -> None:
        """Make .venv unless one is there that works."""
        found = probe(self.python)
        works = found is not None and not complaint(self.python, found) and self.site() != "" and not self.moved()
        if works and not self.other_python(found or {}) and self.pip(["--version"]).returncode == 0:
            return
        base = choose(self.asked)
        if os.path.lexists(self.venv):
            say("rebuilding .venv")
        else:
            say("creating .venv with %s" % base)
        remove(self.venv)
        out = subprocess.run([base, "-m", "venv", self.venv], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if out.returncode != 0:
            remove(self.venv)
            raise Trouble(
                "%s cannot make a virtual environment (%s); install its venv and ensurepip modules, or name another "
                "Python: make PYTHON=/path/to/python3.12" % (base, last_line(out.stdout))
            )

    def pip(self, arguments: List[str]) -> "subprocess.CompletedProcess[bytes]":
        """Run the environment's pip, deaf to settings that would install elsewhere."""
        stray = ("PIP_TARGET", "PIP_PREFIX", "PIP_USER", "PIP_REQUIRE_HASHES", "PYTHONHOME", "PYTHONPATH")
        environment = dict((k, v) for k, v in os.environ.items() if k not in stray)
        command = [self.python, "-m", "pip", "--disable-pip-version-check", "--no-input"] + arguments
        return subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment
        )

    def install(self) -> None:
        """Install what is missing, and again what an interruption has damaged."""
        site = self.site()
        clear_leftovers(site)
        wanted = [name for part in LEVELS[self.level] for name in pins(self.lock(part))]
        broken = [n for n, (_, folder) in installed(site).items() if n in wanted and damaged(site, folder)]
        for name in broken:
            remove(installed(site)[name][1])  # without its dist-info pip takes it as absent and writes it anew
        lacking = self.missing()
        if not lacking:
            return
        say("installing %d packages (%s); the first time this takes a minute or two" % (len(lacking), self.level))
        locks = [argument for part in LEVELS[self.level] for argument in ("-r", self.lock(part))]
        # The lock files are whole, so nothing else comes in; and one package asks for a version that cannot work.
        out = self.pip(["install", "--retries", "2", "--no-deps", "--only-binary", ":all:"] + locks)
        with open(os.path.join(self.venv, "setup.log"), "wb") as f:
            f.write(out.stdout)
        if out.returncode != 0:
            raise Trouble(diagnose(out.stdout.decode("utf-8", "replace")))
        if self.missing():
            raise Trouble("pip did not install %s; remove .venv and try again" % ", ".join(sorted(self.missing())))

    def link(self) -> None:
        """Make the checkout importable and give it the `tuyere` command, without a build and without network."""
        with open(os.path.join(self.root, "pyproject.toml"), encoding="utf-8") as f:
            match = re.search(r'^version = "([^"]+)"', f.read(), re.MULTILINE)
        version = match.group(1) if match else "0"
        site = self.site()
        for entry in os.listdir(site):
            if re.match(r"tuyere-.*\.dist-info$", entry):
                remove(os.path.join(site, entry))
        info = "tuyere-%s.dist-info" % version
        os.mkdir(os.path.join(site, info))
        command = os.path.join(self.venv, "bin", "tuyere")
        url = "file://" + self.root.replace(" ", "%20")
        files = {
            "tuyere.pth": self.root + "\n",
            info + "/METADATA": "Metadata-Version: 2.1\nName: tuyere\nVersion: %s\n" % version,
            info + "/INSTALLER": "tuyere-setup\n",
            info + "/direct_url.json": json.dumps({"dir_info": {"editable": True}, "url": url}),
            info + "/entry_points.txt": "[console_scripts]\ntuyere = tui.main:main\n",
            os.path.relpath(command, site): COMMAND % self.python,
        }
        for name, text in files.items():
            with open(os.path.join(site, name), "w", encoding="utf-8") as f:
                f.write(text)
        os.chmod(command, 0o755)
        with open(os.path.join(site, info, "RECORD"), "w", encoding="utf-8") as f:
            f.write("".join("%s,,\n" % name for name in list(files) + [info + "/RECORD"]))

    def write_stamp(self) -> None:
        """Say that the levels reached are whole; the last step, and atomic."""
        now = dict((level, self.key(level)) for level in LEVELS if set(LEVELS[level]) <= set(LEVELS[self.level]))
        keep = dict((level, key) for level, key in self.stamped().items() if level in LEVELS and self.key(level) == key)
        keep.update(now)
        with open(self.stamp + ".new", "w", encoding="utf-8") as f:
            json.dump(keep, f, indent=1, sort_keys=True)
        os.replace(self.stamp + ".new", self.stamp)


# The first two lines are both shell and Python: a path with spaces or of any length may stand there.
COMMAND = """#!/bin/sh
'''exec' "%s" "$0" "$@"
' '''
import sys

from tui.main import main

if __name__ == "__main__":
    sys.exit(main())
"""


class exclusive:
    """Holds a lock file while two set-ups would run in one checkout; released when the process ends."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __enter__(self) -> None:
        self.file = open(self.path, "w")
        try:
            import fcntl
        except ImportError:
            return
        try:
            fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            say("waiting for another set-up of this checkout")
            fcntl.flock(self.file, fcntl.LOCK_EX)

    def __exit__(self, *_: object) -> None:
        self.file.close()


def diagnose(output: str) -> str:
    """One sentence for a failed `pip install`."""
    if re.search(OFFLINE, output):
        return (
            "the package index cannot be reached, and some packages are not here yet; connect to the network "
            "(or give pip a proxy or a folder of wheels by its PIP_ settings) and run the same command again"
        )
    if "No space left on device" in output:
        return "the disk is full; free about 1 GB and run the same command again"
    match = re.search(r"No matching distribution found for (\S+)", output)
    if match:
        return (
            "pip found no build of %s for this Python; connect to an index that has it, or name another Python: "
            "make PYTHON=/path/to/python3.12" % match.group(1)
        )
    return "pip failed (%s); its output is in .venv/setup.log" % last_line(output.encode("utf-8"))


def last_line(output: bytes) -> str:
    """The last line that says something, errors first."""
    lines = [line.strip() for line in output.decode("utf-8", "replace").splitlines() if line.strip()]
    errors = [line for line in lines if line.upper().startswith("ERROR")]
    return (errors or lines or ["no output"])[-1][:200]


def say(text: str) -> None:
    """Progress goes to stderr: stdout belongs to the program."""
    sys.stderr.write("tuyere set-up: %s\n" % text)
    sys.stderr.flush()


def main(arguments: Optional[List[str]] = None) -> int:
    """Entry point; 0 when the environment is ready, 1 with one sentence otherwise, 130 when interrupted."""
    parser = argparse.ArgumentParser(description="Make .venv ready.")
    parser.add_argument("level", choices=sorted(LEVELS))
    parser.add_argument("--python", default=None, help="interpreter to build from")
    parser.add_argument("--root", default=os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    options = parser.parse_args(arguments)
    try:
        Setup(options.root, options.level, options.python or None).run()
    except Trouble as e:
        say(str(e))
        return 1
    except KeyboardInterrupt:
        say("interrupted; the same command goes on from here")
        return 130
    except OSError as e:
        say("%s; check space and permissions of %s" % (e, options.root))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

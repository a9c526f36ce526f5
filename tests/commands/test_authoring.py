"""`tuyere new` as an author calls it."""

from __future__ import annotations

from pathlib import Path

from tests.commands.tool import tuyere


def test_from_nothing_to_a_tested_rule(tmp_path: Path) -> None:
    """new pack, new rule, check, test: each ends with 0."""
    for line in (
        "new pack my_pack",
        "new rule blast.pressure.high --in my_pack --variable blast.pressure",
        "check my_pack",
        "test my_pack",
    ):
        done = tuyere(*line.split(), cwd=tmp_path)
        assert (0, "") == (done.returncode, done.stderr), line


def test_a_rule_outside_a_pack_is_wrong_use(tmp_path: Path) -> None:
    """Exit code 2, and what to do."""
    done = tuyere("new", "rule", "blast.high", cwd=tmp_path)
    assert (2, True) == (done.returncode, "name one with --in" in done.stderr)
    assert [] == list(tmp_path.iterdir())

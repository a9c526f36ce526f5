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


def test_graph_writes_what_it_shows(tmp_path: Path) -> None:
    """Text, JSON and both pictures of the surroundings of one rule."""
    line = "graph --rule descent.hanging.suspected --json g.json --dot g.dot --svg g.svg"
    done = tuyere(*line.split(), cwd=tmp_path)
    assert (0, "") == (done.returncode, done.stderr)
    assert "blast.pressure" in done.stdout
    assert {"g.json", "g.dot", "g.svg"} == {p.name for p in tmp_path.iterdir()}


def test_graph_of_an_unknown_name_is_wrong_use(tmp_path: Path) -> None:
    """The nearest name is said."""
    done = tuyere("graph", "--variable", "blast.presure", cwd=tmp_path)
    assert (2, True) == (done.returncode, "did you mean blast.pressure?" in done.stderr)

"""`tuyere new` as an author calls it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from tests.commands.tool import ROOT, tuyere


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


def test_fmt_check_finds_and_fmt_changes(tmp_path: Path) -> None:
    """--check ends with 1 and touches nothing; without it the file is written; then --check ends with 0."""
    file = tmp_path / "top.yaml"
    file.write_text("rules:\n- id: top.warm\n  when: top.temperature>3 degC # warm\n", encoding="utf-8")
    before = file.read_text("utf-8")
    done = tuyere("fmt", "--check", "top.yaml", cwd=tmp_path)
    assert (1, before) == (done.returncode, file.read_text("utf-8"))
    assert "would change top.yaml" in done.stdout
    assert 0 == tuyere("fmt", "top.yaml", cwd=tmp_path).returncode
    assert "    when: top.temperature > 3 degC  # warm" in file.read_text("utf-8").splitlines()
    assert 0 == tuyere("fmt", "--check", "top.yaml", cwd=tmp_path).returncode


def test_fmt_reports_a_broken_file_and_goes_on(tmp_path: Path) -> None:
    """The mistake has its place, the other file is formatted, exit code 2."""
    (tmp_path / "a.yaml").write_text("rules: [\n", encoding="utf-8")
    (tmp_path / "b.yaml").write_text("rules:\n- id: b.x\n", encoding="utf-8")
    done = tuyere("fmt", "a.yaml", "b.yaml", cwd=tmp_path)
    assert (2, True) == (done.returncode, "a.yaml:" in done.stderr and "E0102" in done.stderr)
    assert "rules:\n  - id: b.x\n" == (tmp_path / "b.yaml").read_text("utf-8")


def test_try_shows_a_rule_over_a_recording(tmp_path: Path) -> None:
    """Each condition with what was seen; as JSON too. An unknown rule gets the nearest name."""
    assert 0 == tuyere("simulate", "--days", "0.05", "--out", "rec", cwd=tmp_path).returncode
    done = tuyere("try", "descent.slip", "--on", "rec", "--json", "out.json", cwd=tmp_path)
    assert (0, "") == (done.returncode, done.stderr)
    assert "stockline.south" in done.stdout
    assert "never raised" in done.stdout
    assert 60 <= json.loads((tmp_path / "out.json").read_text("utf-8"))["trials"][0]["scans"]
    wrong = tuyere("try", "descent.slp", "--on", "rec", cwd=tmp_path)
    assert (2, True) == (wrong.returncode, "did you mean descent.slip?" in wrong.stderr)


def test_diff_grades_what_changed(tmp_path: Path) -> None:
    """The place as the user knows it, the words, the level; 1 when something changed, 0 when not."""
    line = "new pack one\nnew rule blast.high --in one --variable blast.pressure"
    for part in line.splitlines():
        assert 0 == tuyere(*part.split(), cwd=tmp_path).returncode
    shutil.copytree(tmp_path / "one", tmp_path / "two")
    assert 0 == tuyere("diff", "one", "two", cwd=tmp_path).returncode
    file = tmp_path / "two" / "blast.yaml"
    file.write_text(file.read_text("utf-8").replace("severity: 1", "severity: 0"), "utf-8")
    done = tuyere("diff", "one", "two", "--json", "out.json", cwd=tmp_path)
    assert (1, "") == (done.returncode, done.stderr)
    assert "major  rule blast.high  two/blast.yaml:3\n         severity: 1 -> 0: less urgent" in done.stdout
    assert "major" == json.loads((tmp_path / "out.json").read_text("utf-8"))["level"]


def test_try_counts_what_rules_cost_and_stops_a_join_without_end(tmp_path: Path) -> None:
    """`--profile` adds a table; too many rows are one message with the rule, its place and the growth, exit code 2."""
    site = tmp_path / "site"
    shutil.copytree(ROOT / "tests" / "data" / "site", site)
    (tmp_path / "pack").mkdir()
    for name in ("pack.yaml", "facts.yaml"):
        shutil.copy(ROOT / "tests" / "data" / "pack" / name, tmp_path / "pack" / name)
    pairs = '    match: {a: operation, b: operation}\n    when: a.step < b.step\n    conclude: "slipping"\n'
    text = f"rules:\n  - id: flow.pairs\n    title: {{en: Pairs, zh: 配对}}\n{pairs}"
    (tmp_path / "pack" / "flow.yaml").write_text(text, "utf-8")
    lines = ["id,order,step,resource,release,duration,due", *(f"o{i},O,{i},LF,0,10,90" for i in range(9))]
    (tmp_path / "operation.csv").write_text("\n".join(lines) + "\n", "utf-8")
    asked = ("try", "flow.pairs", "--rows", "operation.csv", "--rules", "pack", "--site", "site", "--profile")
    done = tuyere(*asked, "--json", "out.json", cwd=tmp_path)
    assert (0, "") == (done.returncode, done.stderr)
    costs = json.loads((tmp_path / "out.json").read_text("utf-8"))["profile"]
    assert [("flow.pairs", 81)] == [(c["rule"], c["activations"]) for c in costs]
    assert "activations" in done.stdout
    (site / "site.yaml").write_text((site / "site.yaml").read_text("utf-8") + "max_activations: 50\n", "utf-8")
    stopped = tuyere(*asked, cwd=tmp_path)
    assert 2 == stopped.returncode
    assert stopped.stderr.startswith("error: rule flow.pairs (")
    assert "flow.yaml:2) matches more than 50 combinations of rows in one scan" in stopped.stderr
    assert "a in operation: 6, b in operation: 51" in stopped.stderr

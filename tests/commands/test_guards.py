"""Rules that ask for too much stop `run` and `backtest` with one message: which rule, where it stands, what grew."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from expert.engine import fixpoint
from kb import paths, plants
from kb.paths import plant_folder
from tui.main import cli

PACK = "name: flow\nversion: 0.1.0\ntitle: {en: Flow, zh: 流程}\nowner: me\n"
FACTS = "facts:\n  waits: {title: {en: Waits, zh: 等待}, fields: {operation: {relation: operation}}}\n"
PAIRS = """rules:
  - id: flow.pairs
    title: {en: Pairs, zh: 配对}
    match: {a: operation, b: operation}
    when: a.step < b.step
    conclude: waits(operation: b)
"""
CHAIN = """rules:
  - id: flow.first
    title: {en: First, zh: 首道}
    match: {a: operation}
    when: a.step < 2
    conclude: waits(operation: a)
  - id: flow.next
    title: {en: Next, zh: 下道}
    match: {a: operation, b: operation where b.order == a.order and b.step == a.step + 1}
    when: "waits(operation: a)"
    conclude: waits(operation: b)
"""
RUN = ("run", "flow", "--plain", "--hours", "0.02", "--trace", "t")
BACKTEST = ("backtest", "flow", "simulated:1,0.02")
Called = Callable[[str, tuple[str, ...]], Result]


@pytest.fixture
def called(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Called:
    """Run a command on a pack of these rules, at a site that allows 20 combinations of rows and a rule 2 rounds."""
    site = tmp_path / "site"
    shutil.copytree(plant_folder(), site)
    (site / "site.yaml").write_text((site / "site.yaml").read_text("utf-8") + "max_activations: 20\n", "utf-8")
    for module in (paths, plants):
        monkeypatch.setattr(module, "plant_folder", lambda: site)
    monkeypatch.setattr(plants, "WARM_UP", 2 * 3_600_000)
    monkeypatch.setattr(fixpoint, "MAX_ROUNDS", 2)
    monkeypatch.chdir(tmp_path)

    def call(rules: str, command: tuple[str, ...]) -> Result:
        (tmp_path / "flow").mkdir()
        for name, text in (("pack.yaml", PACK), ("facts.yaml", FACTS), ("flow.yaml", rules)):
            (tmp_path / "flow" / name).write_text(text, "utf-8")
        return CliRunner().invoke(cli, command)

    return call


@pytest.mark.parametrize("command", [RUN, BACKTEST], ids=["run", "backtest"])
def test_a_join_without_end_stops_the_command(called: Called, command: tuple[str, ...]) -> None:
    """The rule, its file and line, and how many bindings there were at each depth; wrong use, no traceback."""
    done = called(PAIRS, command)
    assert 2 == done.exit_code, done.output
    assert "error: rule flow.pairs (flow/flow.yaml:2) matches more than 20 combinations of rows" in done.stderr
    assert "bindings so far: a in operation: 3, b in operation: 21" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", [RUN, BACKTEST], ids=["run", "backtest"])
def test_endless_growth_stops_the_command(called: Called, command: tuple[str, ...]) -> None:
    """The rule, its file and line, and how many facts it changed from round to round."""
    done = called(CHAIN, command)
    assert 2 == done.exit_code, done.output
    assert "error: facts still change after 2 rounds of one scan: in rounds 1, 2 rule flow.next" in done.stderr
    assert "rule flow.next (flow/flow.yaml:7) changed 6, 3" in done.stderr
    assert "Traceback" not in done.stderr


def test_what_a_stopped_run_had_concluded_is_on_record(called: Called, tmp_path: Path) -> None:
    """The trace is closed and replays up to the scan that was stopped."""
    assert 2 == called(CHAIN, RUN).exit_code
    replayed = CliRunner().invoke(cli, ("replay", "t"))
    assert (0, True) == (replayed.exit_code, "0 scans re-run, all bytes identical" in replayed.output)


def test_a_run_says_at_its_end_what_each_rule_cost(called: Called, tmp_path: Path) -> None:
    """`--profile` adds a table of every rule with its activations, and the same to the JSON."""
    own = CHAIN[: CHAIN.index("  - id: flow.next")]
    done = called(own, (*RUN, "--profile", "--json", "out.json"))
    assert 0 == done.exit_code, done.output
    costs = json.loads((tmp_path / "out.json").read_text("utf-8"))["profile"]
    assert [("flow.first", 9)] == [(c["rule"], c["activations"]) for c in costs]
    assert done.stdout.rstrip().endswith("flow.first")

"""`tuyere run` with packs that read each other: in one process, in two, killed, and with one of them missing."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from expert.run.board import Peer
from expert.run.past import PastRun
from expert.run.sharing import experts_among
from expert.trace import TraceError
from kb.experts import open_alone, open_together, team
from kb.paths import plant_folder, rules_folder
from tests.commands.experts import GROUPS, MAP, NAMES, PACKS, Quick, heads, record
from tests.commands.tool import ROOT, tuyere

FOREVER = 1 << 60


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Quick:
    """The plant of a short recording."""
    return Quick(record(tmp_path_factory.mktemp("plant") / "rec"), MAP)


@pytest.fixture(scope="module")
def one(recorded: Quick, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Both experts in one process."""
    root = tmp_path_factory.mktemp("one")
    together(recorded, root)
    return root


def together(recorded: Quick, root: Path, scans: int | None = None) -> None:
    """Run both in this process, to the end or so many scans far, and leave them as a kill would."""
    desks = open_together(recorded, team(recorded, GROUPS, root))
    for n, _ in enumerate(desks.run_until(FOREVER), 1):
        if n == scans:
            for desk in desks.desks.values():
                assert desk.log is not None
                desk.log.writer.close()
            return
    desks.close("end")


def alone(recorded: Quick, root: Path, name: str, patience: float, told: list[Peer]) -> None:
    """Run one of them to the end."""
    desk = open_alone(recorded, team(recorded, GROUPS, root), name, patience, told.append)
    for _ in desk.run_until(FOREVER):
        pass
    desk.close("end")


def test_each_pack_alone_reads_what_the_other_says(recorded: Quick, one: Path, tmp_path: Path) -> None:
    """Side by side over one folder they conclude, with the same hashes, what they conclude in one process."""
    told: list[Peer] = []
    both = [threading.Thread(target=alone, args=(recorded, tmp_path / "two", n, 60.0, told)) for n in NAMES]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    assert heads(one) == heads(tmp_path / "two")
    assert "missed" not in {peer.state for peer in told}
    rose = {f.rule for n in NAMES for r in PastRun(tmp_path / "two" / n).records() for f in r.firings}
    assert {"press.some", "plan.slower", "press.eased"} == rose


def test_a_killed_run_goes_on_with_each_expert(recorded: Quick, one: Path, tmp_path: Path) -> None:
    """Also where one of them was a scan ahead; the records are those of a run that nobody killed."""
    together(recorded, tmp_path / "two", scans=15)
    desks = open_together(recorded, team(recorded, [], tmp_path / "two"))
    assert [8, 7] == [d.runner.session.sequence for d in desks.desks.values()]
    for _ in desks.run_until(FOREVER):
        pass
    desks.close("end")
    for name in NAMES:
        assert [*PastRun(one / name).records()] == [*PastRun(tmp_path / "two" / name).records()]


def test_a_reader_far_behind_reads_what_was_said_then(recorded: Quick, one: Path, tmp_path: Path) -> None:
    """One that starts when the other has long finished reads scan for scan what it would have read beside it."""
    shutil.copytree(one / "melter", tmp_path / "two" / "melter")
    alone(recorded, tmp_path / "two", "shop", 5.0, [])
    assert heads(one) == heads(tmp_path / "two")


def test_a_peer_that_is_not_there_is_waited_for_once(recorded: Quick, tmp_path: Path) -> None:
    """For the time that was given, once; then it is read as it stands, and the records say that nothing was heard."""
    told: list[Peer] = []
    alone(recorded, tmp_path / "two", "shop", 0.1, told)
    assert [("melter", "missed", tmp_path / "two" / "melter")] == [(p.pack, p.state, p.folder) for p in told]
    assert all(r.input.imports == () for r in PastRun(tmp_path / "two" / "shop").records())


def test_packs_that_do_not_read_each_other_stay_one_program() -> None:
    """Nothing changes for the shipped packs."""
    packs = [rules_folder() / "blast_furnace", rules_folder() / "schedule"]
    assert [packs] == experts_among(packs, plant_folder())


def test_a_pack_that_nobody_reads_is_one_program_with_others_like_it() -> None:
    """Those that read each other are experts of their own, whatever stands beside them."""
    other = rules_folder() / "schedule"
    packs = [PACKS / "shop", other, PACKS / "melter"]
    assert [[PACKS / "shop"], [PACKS / "melter"], [other]] == experts_among(packs, plant_folder())


def test_a_pack_joins_the_expert_whose_facts_it_needs(tmp_path: Path) -> None:
    """It reads them in the same scan, as packs of one program do."""
    extra = tmp_path / "extra.yaml"
    extra.write_text(
        "rules:\n  - id: extra.much\n    title: {en: Extra, zh: 补充}\n"
        "    when: 'slower and blast.volume > 0 Nm3/min'\n"
        "    kind: alarm\n    severity: 1\n    because: {en: Extra, zh: 补充}\n",
        "utf-8",
    )
    found = experts_among([PACKS / "melter", PACKS / "shop", extra], plant_folder())
    assert 2 == len(found)
    assert any(extra in group and len(group) == 2 for group in found)


def test_traces_of_other_experts_are_not_mixed_in(recorded: Quick, one: Path) -> None:
    """A folder that holds them is refused by name."""
    with pytest.raises(TraceError, match="holds a trace of melter, shop, but these packs make the experts schedule"):
        team(recorded, [[rules_folder() / "schedule"]], one)


def test_the_command_runs_all_and_tells_who_says_what(tmp_path: Path) -> None:
    """Each line begins with its expert; each trace has a folder of its own; the figures stand by expert in the JSON."""
    record(tmp_path / "rec")
    packs = [str(PACKS / n) for n in NAMES]
    given = ("--recording", "rec", "--map", str(MAP), "--trace", "dir")
    done = tuyere("run", *packs, *given, "--json", "out.json", cwd=tmp_path)
    assert (0, "") == (done.returncode, done.stderr)
    assert "expert shop: reads pressed of melter; trace dir/shop" in done.stdout
    assert any(line.startswith("shop    02:08   .1 Make it slower") for line in done.stdout.splitlines())
    result = json.loads((tmp_path / "out.json").read_text("utf-8"))
    assert (26, {"melter", "shop"}) == (result["scans"], set(result["experts"]))
    wrong = tuyere("run", *packs, *given, "--only", "shopp", cwd=tmp_path)
    assert 2 == wrong.returncode
    assert "there is no expert shopp. did you mean shop?" in wrong.stderr


@pytest.mark.long
def test_two_processes_write_the_traces_of_one(tmp_path: Path) -> None:
    """An hour of the virtual furnace: byte for byte, with --only in two processes and without in one."""
    packs = [str(PACKS / n) for n in NAMES]
    done = tuyere("run", *packs, "--hours", "1", "--trace", "one", cwd=tmp_path)
    assert 0 == done.returncode, done.stderr
    command = [sys.executable, "-m", "tui.main", "run", *packs, "--hours", "1", "--trace", str(tmp_path / "two")]
    children = [subprocess.Popen([*command, "--only", n], cwd=ROOT, stdout=subprocess.DEVNULL) for n in NAMES]
    assert [0, 0] == [c.wait(timeout=200) for c in children]
    for name in NAMES:
        one, two = (sorted((tmp_path / how / name).glob("*.trace")) for how in ("one", "two"))
        assert [p.read_bytes() for p in one] == [p.read_bytes() for p in two]

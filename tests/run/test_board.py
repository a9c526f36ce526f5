"""Experts that read each other: on one blackboard, in one process and in two."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from expert.compile import ProgramError, load_program
from expert.engine.session import Session, SessionError
from expert.run.board import Blackboard, TraceBoard, imports_for
from expert.run.experts import load_experts
from expert.run.log import RunLog
from expert.run.past import PastRun
from expert.run.runner import Runner
from expert.trace import TraceReader
from expert.values.interval import Interval
from expert.values.types import Export, Sample, ScanInput, ScanRecord, SharedFact
from kb.desk import FurnaceFeed
from kb.furnace import VirtualFurnace
from kb.paths import plant_folder, rules_folder
from tests.run.experts import NAMES, PACKS, alone, open_runner, programs, together
from tests.run.plant import DATA, MINUTE

SITE = DATA / "site"


SLOWER = """
rules:
  - id: furnace.slower
    title: {en: Slower, zh: 减产}
    kind: alarm
    severity: 1
    when: cooling
    because: {en: "The furnace is cooling.", zh: "炉凉。"}
"""


class Nothing:
    """A feed of a plant without instruments."""

    def advance(self, until: int) -> tuple[Sample, ...]:
        """No samples."""
        return ()


def say(time: int, *facts: SharedFact, pack: str = "furnace", unknown: tuple[str, ...] = ()) -> Export:
    """What the furnace's expert exports at a minute."""
    return Export(pack, "digest", time, time * MINUTE, MINUTE, ("cooling", "reach"), unknown, facts)


def told(stage: str, s: int, p: int, disputed: bool = False) -> SharedFact:
    return SharedFact("cooling", (("stage", stage),), Interval(s, p), disputed)


def read(*exports: Export, at: int) -> ScanRecord:
    """The planner's first scan, with these imports."""
    return Session(programs()["planner"]).scan(ScanInput(at * MINUTE, at * MINUTE, imports=exports))


def certainty(record: ScanRecord, rule: str) -> Interval:
    return Interval(*record.nodes[f"rule:{rule}"]["when"][:2])


def test_what_an_expert_says_is_read_in_the_next_scan() -> None:
    """The certainty crosses as it is while it is one period old."""
    record = read(say(9, told("sure", 800_000, 900_000)), at=10)
    assert certainty(record, "plan.sure") == Interval(800_000, 900_000)
    assert next(f for f in record.facts if f.type == "cooling").certainty == Interval(800_000, 900_000)


@pytest.mark.parametrize(
    ("age", "expected"),
    [(1, (1_000_000, 1_000_000)), (2, (750_000, 1_000_000)), (4, (250_000, 1_000_000)), (5, (0, 1_000_000))],
)
def test_an_import_grows_old(age: int, expected: tuple[int, int]) -> None:
    """From the exporter's period to the max_age of 5 min it is discounted linearly, then it is unknown."""
    record = read(say(10, told("sure", 1_000_000, 1_000_000)), at=10 + age)
    assert certainty(record, "plan.sure") == Interval(*expected)


@pytest.mark.parametrize(("age", "p"), [(1, 0), (3, 500_000), (6, 1_000_000)])
def test_silence_about_a_fact_grows_old_too(age: int, p: int) -> None:
    """What the exporter did not conclude is false, as long as it is recent."""
    assert certainty(read(say(10), at=10 + age), "plan.sure") == Interval(0, p)


def test_a_number_crosses_and_grows_old() -> None:
    """The derived value is there at once; what is concluded from an old one is discounted."""
    fact = SharedFact("reach", (("of", "blast"),), Interval(1_000_000, 1_000_000), number={"v": 360_000.0})
    assert certainty(read(say(9, fact), at=10), "plan.pressure") == Interval(1_000_000, 1_000_000)
    older = certainty(read(say(5, fact), at=10), "plan.pressure")
    assert 0 < older.s < 1_000_000 == older.p


def test_a_disputed_fact_stays_disputed() -> None:
    """An alarm does not lean on what another expert sees disputed."""
    assert read(say(9, told("sure", 900_000, 900_000)), at=10).firings
    record = read(say(9, told("sure", 900_000, 900_000, disputed=True)), at=10)
    assert next(f for f in record.facts if f.type == "cooling").disputed
    assert not record.firings


def test_off_at_the_exporter_is_unknown_here() -> None:
    """A type whose rules are all off over there cannot be called false."""
    record = read(say(9, unknown=("cooling",)), at=10)
    assert certainty(record, "plan.sure") == Interval(0, 1_000_000)


def test_an_exporter_that_has_not_scanned_yet_is_unknown() -> None:
    """It is installed, so its silence widens."""
    assert certainty(read(at=10), "plan.sure") == Interval(0, 1_000_000)


def test_without_an_exporter_it_was_never_installed() -> None:
    """The rules over it are off, as with a variable that the site never had."""
    program = load_program(PACKS / "planner", SITE)
    assert not program.facts["cooling"].exporter
    assert [True] * 3 == [g.off for layer in program.strata for g in layer]


def test_a_scan_cannot_read_its_own_time() -> None:
    """An import must be older than the scan that reads it."""
    with pytest.raises(SessionError, match="cannot read what furnace concluded at 600000"):
        read(say(10), at=10)


def test_shapes_must_agree(tmp_path: Path) -> None:
    """A fact that is declared in another way where it is imported is an error of loading."""
    for name in NAMES:
        (tmp_path / name).mkdir()
        for file in (PACKS / name).iterdir():
            text = file.read_text(encoding="utf-8")
            (tmp_path / name / file.name).write_text(
                text.replace("[suspected, sure]", "[suspected, sure, over]") if name == "furnace" else text,
                encoding="utf-8",
            )
    with pytest.raises(ProgramError) as e:
        load_experts([tmp_path / n for n in NAMES], SITE)
    assert "error[E0326] pack planner imports cooling, which has another shape in pack furnace" in e.value.render()


def heads(root: Path) -> dict[str, list[str]]:
    """Chain hashes of every scan of both traces."""
    return {n: [e.hash for e in TraceReader(root / n).entries(0, ("scan",))] for n in NAMES}


def test_the_order_of_starting_changes_nothing(tmp_path: Path) -> None:
    """Whoever is named first: the same traces; and both experts do raise something."""
    for folder, names in (("a", NAMES), ("b", NAMES[::-1])):
        for runner in together(tmp_path / folder, 50, names).values():
            assert runner.log is not None
            runner.log.close("end")
    assert heads(tmp_path / "a") == heads(tmp_path / "b")
    for name, rules in (("furnace", {"heat.spare"}), ("planner", {"plan.slow", "plan.sure"})):
        records = PastRun(tmp_path / "a" / name).records()
        assert rules <= {f.rule for r in records for f in r.firings if f.rising}


def test_two_processes_conclude_what_one_does(tmp_path: Path) -> None:
    """The same scans with the same hashes, and each record names the scan that it read."""
    together(tmp_path / "one", 50)
    children = [_child(n, tmp_path / "two", 50) for n in NAMES]
    assert [0, 0] == [c.wait(timeout=100) for c in children]
    assert heads(tmp_path / "one") == heads(tmp_path / "two")
    record = PastRun(tmp_path / "two" / "planner").record(-1)
    assert [("furnace", 49, 49 * MINUTE)] == [(e.pack, e.sequence, e.time) for e in record.input.imports]


def test_a_killed_peer_comes_back(tmp_path: Path) -> None:
    """Kill one of the two in the middle, start it again: nothing that was completed is lost, and the same is said."""
    together(tmp_path / "one", 50)
    other = _child("planner", tmp_path / "two", 50)
    first = _child("furnace", tmp_path / "two", 50)
    assert first.stdout is not None
    for line in first.stdout:
        if int(line) == 23:
            break
    first.kill()
    first.wait()
    assert 0 == _child("furnace", tmp_path / "two", 50).wait(timeout=100)
    assert 0 == other.wait(timeout=100)
    for name in NAMES:
        past = [PastRun(tmp_path / folder / name) for folder in ("one", "two")]
        assert [*past[0].records()] == [*past[1].records()]


def _child(name: str, root: Path, minutes: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.run.experts", name, str(root), str(minutes)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2])


def test_a_replay_needs_no_exporter(tmp_path: Path) -> None:
    """What was imported is an input on record."""
    together(tmp_path, 40)
    assert all(not differences for _, differences in PastRun(tmp_path / "planner").replay())


def test_a_peer_that_is_down_is_read_as_it_stands(tmp_path: Path) -> None:
    """Its last word grows old, then it is unknown; nobody waits for ever."""
    runners = together(tmp_path, 30)
    assert runners["furnace"].log is not None
    board = TraceBoard({"furnace": tmp_path / "furnace", "nobody": tmp_path / "nobody"})
    assert board.newest("nobody", 31 * MINUTE) is None
    planner = open_runner(programs()["planner"], None, board)
    seen = [certainty(planner.scan(m * MINUTE, m * MINUTE), "plan.slow") for m in (31, 33, 35, 36)]
    assert [x.s for x in seen] == sorted((x.s for x in seen), reverse=True)
    assert Interval(0, 1_000_000) == seen[-1]


def test_a_blackboard_gives_the_newest_scan_before() -> None:
    """Not the newest of all: a reader that catches up reads what was so at its time."""
    board = Blackboard()
    for minute in (1, 2, 3):
        board.put(say(minute))
    program = programs()["planner"]
    assert [2] == [e.sequence for e in imports_for(program, board, 3 * MINUTE)]
    assert () == imports_for(program, board, MINUTE)


def test_the_furnace_speaks_to_the_schedule(tmp_path: Path) -> None:
    """A cooling furnace reaches a schedule that imports it, alike whether they share a process or a trace folder."""
    folder = tmp_path / "schedule"
    shutil.copytree(rules_folder() / "schedule", folder)
    pack = (folder / "pack.yaml").read_text(encoding="utf-8")
    (folder / "pack.yaml").write_text(pack.replace("imports: []", "imports: [blast_furnace/cooling]"), encoding="utf-8")
    (folder / "furnace.yaml").write_text(SLOWER, encoding="utf-8")
    furnace, schedule = load_experts([rules_folder() / "blast_furnace", folder], plant_folder())
    assert ("blast_furnace", True) == (schedule.facts["cooling"].exporter, "cooling" in furnace.exports)
    records: dict[str, list[ScanRecord]] = {}
    for how in ("one", "two"):
        start = 60 * MINUTE
        root, shared = tmp_path / how, Blackboard()
        own = TraceBoard({"blast_furnace": root / "furnace"}) if how == "two" else shared
        log = RunLog(root / "furnace", "furnace")
        log.begin(furnace, {}, first=start)
        at_furnace = Runner(Session(furnace), FurnaceFeed(VirtualFurnace(3, 0)), (), log, start, board=shared)
        at_schedule = Runner(Session(schedule), Nothing(), start=start, board=own)
        for time in range(start, start + 6 * MINUTE, MINUTE):
            at_furnace.scan(time, time)
            records.setdefault(how, []).append(at_schedule.scan(time, time))
        log.close("end")
    assert records["one"] == records["two"]
    assert [0, 1, 2, 3, 4, 5] == [sum(e.sequence for e in r.input.imports) for r in records["one"]]
    assert all("rule:furnace.slower" in r.nodes for r in records["one"])


def test_one_of_the_two_alone_in_this_process(tmp_path: Path) -> None:
    """Without the other's trace an expert runs all the same, and says so in no import."""
    import tests.run.experts as experts

    patience, experts.PATIENCE = experts.PATIENCE, 0.0
    try:
        alone("planner", tmp_path, 5)
    finally:
        experts.PATIENCE = patience
    assert all(r.input.imports == () for r in PastRun(tmp_path / "planner").records())

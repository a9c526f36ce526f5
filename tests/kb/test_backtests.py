"""Data of a backtest: the simulated year, what the model answers over it, and columns on disk."""

from __future__ import annotations

from pathlib import Path

import pytest

from expert.backtest.evaluate import ScanByScan
from expert.backtest.run import backtest
from expert.values.history import History
from expert.values.types import Sample, ScanInput
from kb.backtests import DataError, Modelled, Simulated, Stored, open_data, scans, store
from kb.furnace import Cause, VirtualFurnace
from kb.furnace.scenario import EVERY, campaign
from kb.models.silicon import SiliconPort
from kb.paths import plant_folder, rules_folder

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
PACK = [rules_folder() / "blast_furnace"]


def test_columns_of_the_furnace_are_its_samples() -> None:
    """The same readings in both forms, bad ones included."""
    faults = [Cause("dropout", HOUR, HOUR, tag="blast.volume", silent=False)]
    columns = VirtualFurnace(3, 0, faults).columns(6 * HOUR)
    found = [s for name, c in columns.items() for s in c.samples(name)]
    wanted = [
        s if s.quality == "good" else Sample(s.variable, s.source, s.arrival, None, "bad", s.note)
        for s in VirtualFurnace(3, 0, faults).advance(6 * HOUR)
    ]
    assert sorted(map(repr, wanted)) == sorted(map(repr, found))
    assert any(s.note == "status" for s in found)


def test_a_campaign_has_its_causes_in_time() -> None:
    """Two causes in each span, over before the next begins; another seed has others."""
    causes = campaign(5, 0, 40)
    assert [2] * 10 == [sum(i * EVERY <= c.onset and c.end <= (i + 1) * EVERY for c in causes) for i in range(10)]
    assert causes != campaign(6, 0, 40)


def test_answers_over_a_history_are_those_of_every_scan() -> None:
    """A program that asks the model sees in each scan what a port beside it would answer."""
    program = Simulated(3, 1, plant_folder()).program(PACK)
    columns = VirtualFurnace(3, 0).columns(9 * DAY)
    times = scans([program], 8 * DAY, 9 * DAY)
    modelled = Modelled([program])
    given = {x.time: x.models for x in modelled.part(columns, times).history.others}
    port, current, spared = SiliconPort(variables=program.site.variables), (), 0
    for scan in History(columns).inputs(times):
        port.observe(scan.samples)
        answers = port.answer(scan.time, scan.time, modelled.questions)
        spared += scan.time not in given
        current = given.get(scan.time, current)
        assert answers == current
    assert spared > len(times) / 2
    assert any(a.support > 0 or a.plausibility < 1_000_000 for answers in given.values() for a in answers)


def test_stored_columns_are_read_part_by_part(tmp_path: Path) -> None:
    """Whatever the borders, a run over the folder is fed with all samples once."""
    store(VirtualFurnace(4, 0), tmp_path, 2 * DAY)
    data = Stored(tmp_path, plant_folder())
    program = data.program(PACK)
    source = data.source([program], None, None)
    parts = list(source.parts([DAY // 2, DAY + 7 * MINUTE]))
    fed = [s for p in parts for scan in p.history.inputs(p.times) for s in scan.samples]
    wanted = [s for s in VirtualFurnace(4, 0).advance(2 * DAY) if s.arrival <= source.times[-1]]
    assert len(wanted) == len(fed)
    assert {(s.variable, s.source) for s in wanted} == {(s.variable, s.source) for s in fed}


def test_what_lies_before_the_first_scan_is_history() -> None:
    """A run from the second day on knows windows from its first scan, and scans nothing of the first day."""
    data = Simulated(4, 2, plant_folder())
    program = data.program(PACK)
    source = data.source([program], 1_772_503_200_000 + DAY, 1_772_503_200_000 + DAY + 20 * MINUTE)
    result = backtest(source, {"new": (program, ScanByScan(program))})["new"]
    assert (21, 1_772_503_200_000 + DAY) == (result.scans, result.first)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("simulated:x", "write simulated:SEED,DAYS"),
        ("nowhere.csv", "there is no recording nowhere.csv"),
        (str(Path(__file__)), "say with --map"),
    ],
)
def test_data_that_are_none(text: str, said: str) -> None:
    """The message says what was expected."""
    with pytest.raises(DataError, match=said):
        open_data(text, None, plant_folder())


def test_no_scan_in_the_time_is_refused() -> None:
    """Instead of an empty table."""
    data = Simulated(4, 1, plant_folder())
    with pytest.raises(DataError, match="no scan"):
        data.source([data.program(PACK)], 9 * DAY, 8 * DAY)


def test_scan_inputs_of_the_model_carry_no_samples() -> None:
    """They stay in the columns."""
    program = Simulated(3, 1, plant_folder()).program(PACK)
    part = Modelled([program]).part(VirtualFurnace(3, 0).columns(DAY), scans([program], HOUR, DAY))
    assert all(isinstance(x, ScanInput) and not x.samples for x in part.history.others)

"""Each cause shows in the signals with the right sign and size, measured against a twin without it."""

from __future__ import annotations

import numpy as np
import pytest

from kb.furnace import Cause

MINUTE = 60_000
ONSET = 360 * MINUTE
HANG = Cause("hang", ONSET, 30 * MINUTE)
CHANNEL = Cause("channel", ONSET, 30 * MINUTE, sector="B")
COAL = Cause("pci_stop", ONSET, 45 * MINUTE, severity=4)
LEAK = Cause("leak", ONSET, 300 * MINUTE, severity=3, sector="D")

EFFECTS = [
    (HANG, "blast.pressure", 9, 11, 9.0, 20.0),  # 1.5 kPa/min
    (HANG, "blast.volume", 15, 30, -150.0, -40.0),
    (HANG, "permeability.index", 9, 11, -3.0, -1.2),
    (HANG, "top.temperature", 15, 30, 10.0, 50.0),
    (HANG, "pressure_drop.lower", 15, 30, 5.0, 25.0),
    (HANG, "pressure_drop.upper", 15, 30, 5.0, 25.0),
    (HANG, "blast.pressure", 30, 34, -12.0, -1.0),  # relieved by the slip
    (HANG, "hot_metal.temperature", 270, 420, -50.0, -10.0),
    (CHANNEL, "sectors[B].uptake_temperature", 4, 28, 60.0, 130.0),
    (CHANNEL, "sectors[A].uptake_temperature", 4, 28, -2.0, 2.0),
    (CHANNEL, "top_gas.utilisation", 10, 28, -2.6, -1.3),
    (CHANNEL, "blast.pressure", 3, 11, -15.0, -5.0),
    (CHANNEL, "blast.pressure", 18, 28, 10.0, 30.0),
    (CHANNEL, "sectors[B].wall_temperature", 15, 28, 15.0, 60.0),
    (CHANNEL, "hot_metal.temperature", 270, 420, -40.0, -5.0),
    (COAL, "pci.rate", 3, 44, -52.0, -38.0),
    (COAL, "pci.setpoint", 0, 45, 0.0, 0.0),
    (COAL, "raft.temperature", 3, 44, 300.0, 500.0),
    (COAL, "blast.pressure", 3, 44, -8.0, -0.5),
    (COAL, "top_gas.h2", 3, 44, -3.2, -2.2),
    (COAL, "hot_metal.temperature", 260, 400, -80.0, -25.0),
    (COAL, "hot_metal.silicon", 260, 400, -0.4, -0.12),
    (LEAK, "cooling.makeup_water", 60, 240, 1.7, 2.9),
    (LEAK, "top_gas.h2", 60, 240, 0.35, 0.6),  # 0.28 pp per t/h at most
    (LEAK, "top_gas.h2_expected", 60, 240, -0.05, 0.0),
    (LEAK, "sectors[D].wall_temperature", 120, 240, -30.0, -8.0),
    (LEAK, "sectors[A].wall_temperature", 120, 240, 0.0, 0.0),
    (LEAK, "cooling.heat_load", 120, 240, -3.0, -0.5),
    (LEAK, "hot_metal.temperature", 240, 400, -60.0, -12.0),
]


@pytest.mark.parametrize(("cause", "name", "first", "last", "low", "high"), EFFECTS)
def test_effect_has_sign_and_size(effect, cause, name, first, last, low, high) -> None:
    """The mean difference to the twin lies in the band."""
    found = round(effect(cause, name, first, last), 6)
    assert low <= found <= high


def test_hung_burden_is_not_charged(furnace_run) -> None:
    """No charge falls from the onset until the slip."""
    run = furnace_run(3, (HANG,))
    inside = (run.times["charge.count"] > ONSET) & (run.times["charge.count"] < HANG.end)
    assert 0 == float(np.ptp(run.values["charge.count"][inside]))


def test_hang_ends_with_a_slip_of_metres(furnace_run) -> None:
    """The level drops by 1-3 m in one reading at the end of the hang."""
    run = furnace_run(3, (HANG,))
    near = np.abs(run.times["stockline.south"] - HANG.end) < 3 * MINUTE
    assert 1.0 <= float(np.diff(run.values["stockline.south"][near]).max()) <= 3.1


def test_stockline_recovers_after_the_slip(furnace_run) -> None:
    """An hour later charging has caught up."""
    run = furnace_run(3, (HANG,))
    assert run.mean("stockline.south", 100, 160) < 1.3


def test_channel_spikes_top_pressure(furnace_run) -> None:
    """More than the equalising spikes: at least three more in half an hour."""

    def spikes(causes: tuple[Cause, ...]) -> int:
        run = furnace_run(3, causes)
        inside = (run.times["top.pressure"] > ONSET) & (run.times["top.pressure"] < CHANNEL.end)
        return int(np.sum(run.values["top.pressure"][inside] > run.mean("top.pressure", -30, 0) + 4.0))

    assert spikes((CHANNEL,)) - spikes(()) >= 3


def test_coal_stop_makes_the_burden_faster(effect) -> None:
    """More charges than in the twin by the end of the stop."""
    longer = Cause("pci_stop", ONSET, 180 * MINUTE, severity=5)
    assert effect(longer, "charge.count", 150, 180) >= 1.0


@pytest.mark.parametrize("kind", ["hang", "channel", "leak"])
def test_severity_scales_the_effect(effect, kind: str) -> None:
    """Severity 5 shows more than severity 1."""
    sector = "" if kind == "hang" else "B"
    signal = {"hang": "blast.pressure", "channel": "sectors[B].uptake_temperature", "leak": "top_gas.h2"}[kind]
    sizes = [effect(Cause(kind, ONSET, 40 * MINUTE, severity, sector), signal, 12, 38) for severity in (1, 5)]
    assert sizes[0] > 0.0 and sizes[1] > 1.3 * sizes[0]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"kind": "fire"}, "'fire' is not a cause"),
        ({"severity": 6}, "severity 6 is not in 1..5"),
        ({"duration": 10}, "at least one minute"),
        ({"kind": "leak", "sector": "E"}, "sector 'E'"),
        ({"kind": "freeze"}, "needs the tag"),
    ],
)
def test_wrong_cause_is_refused(fields: dict, message: str) -> None:
    """A cause that makes no sense is refused with a sentence."""
    with pytest.raises(ValueError, match=message):
        Cause(**({"kind": "hang", "onset": 0, "duration": 30 * MINUTE} | fields))

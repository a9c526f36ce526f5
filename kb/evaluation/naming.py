"""Which conclusions of a pack name which condition."""

from __future__ import annotations

from collections.abc import Mapping

from expert.language.ast import Program
from kb.evaluation.events import UNKNOWN

NAMED: Mapping[str, str] = {
    "hanging": "C01",
    "slip": "C02",
    "collapse": "C03",
    "low_stockline": "C04",
    "channelling": "C05",
    "edge_flow": "C06",
    "edge_weak": "C07",
    "cooling": "C08",
    "overheating": "C09",
    "chilled_hearth": "C10",
    "accretion": "C11",
    "peel_off": "C12",
    "uneven_descent": "C13",
    "zone_rise": "C14",
    "tight": "C15",
    "water_leak": "C21",
    "coal_lost": "C45",
    "probe_fault": "C52",
    "sensor_fault": "C52",
    "sector_sensor_fault": "C52",
    "tuyere_sensor_fault": "C52",
    "stove_sensor_fault": "C52",
    "zone_sensor_fault": "C52",
    "gas_analysis_fault": "C52",
    "unknown_abnormal": UNKNOWN,
}
"""Fact type -> the condition that a conclusion of it names."""


def naming(program: Program) -> dict[str, str]:
    """Rule id -> the condition that it names, '' none."""
    return {
        r.id: NAMED.get(r.conclude.type, "") if r.conclude is not None and not r.conclude.refutes else ""
        for r in program.rules.values()
    }

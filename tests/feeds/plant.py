"""A small plant and recordings of it, for the tests of the feeds."""

from __future__ import annotations

from pathlib import Path

from expert.feeds import FeedError, Recording, load_recording
from expert.language.units import Units
from expert.values.types import Variable

MINUTE = 60_000
HOUR = 60 * MINUTE
START = 1_675_918_800_000
"""2023-02-09 13:00 in Shanghai, 05:00 UTC, in ms."""


def variable(id_: str, unit: str, resolution: str, valid: tuple[float, float], of: str | None = None) -> Variable:
    return Variable(id_, unit, resolution, MINUTE, 10 * MINUTE, valid, {"en": id_, "zh": id_}, of=of)


VARIABLES = {
    v.id: v
    for v in (
        variable("blast.pressure", "kPa", "0.1", (0, 550)),
        variable("blast.volume", "Nm3/min", "1", (0, 7500)),
        variable("gas.co", "%", "0.01", (0, 40)),
        variable("gas.co2", "%", "0.01", (0, 40)),
        variable("gas.use", "%", "0.01", (0, 100)),
        variable("metal.temperature", "degC", "1", (1300, 1600)),
        variable("sectors.wall", "degC", "0.1", (0, 800), of="sectors"),
    )
}
SETS = {"sectors": ("A", "B")}
UNITS = Units(("Nm3 = [normal_volume]",))

HEAD = "time_zone: Asia/Shanghai\nfiles:\n  - file: a.csv\n    time: t\n"
PRESSURE = "    columns: {p: {variable: blast.pressure, unit: MPa}}\n"


def load(folder: Path, map_text: str, **files: str | bytes) -> Recording:
    """Load a recording from the texts of its map and files (``a_csv`` is ``a.csv``)."""
    data = folder / "data"
    data.mkdir(exist_ok=True)
    for name, text in files.items():
        path = data / name.replace("_", ".")
        path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    (folder / "map.yaml").write_text(map_text, encoding="utf-8")
    return load_recording(data, folder / "map.yaml", VARIABLES, UNITS, SETS)


def failure(folder: Path, map_text: str, **files: str | bytes) -> str:
    """Text of the error that loading ends with."""
    try:
        load(folder, map_text, **files)
    except FeedError as e:
        return str(e).replace(str(folder) + "/", "")
    raise AssertionError("the recording was loaded")


def rows(recording: Recording, name: str) -> list[tuple[int, int, int | None, str, str]]:
    """Samples of a variable: source and arrival in minutes from START, count, quality, note."""
    series = recording.series[name]
    found = [series.sample(i) for i in range(len(series))]
    return [((s.source - START) // MINUTE, (s.arrival - START) // MINUTE, s.count, s.quality, s.note) for s in found]

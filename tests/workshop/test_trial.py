"""A rule over recorded data: marks over time, values seen, episodes."""

from __future__ import annotations

from pathlib import Path

import pytest

from expert.compile import load_program
from expert.engine.session import Session
from expert.values.types import Sample, ScanInput
from expert.workshop.trial import Trial, trial_lines, trials_of, watch

DATA = Path(__file__).parents[1] / "data"
MIN = 60_000
START = 1_772_409_600_000
RULES = """rules:
  - id: try.pressure
    title: {en: Pressure, zh: 压力}
    severity: 1
    when: {all: [blast.pressure > 400 kPa, {not: blast.volume < 1000 Nm3/min}]}
    conclude: slipping

  - id: try.wall
    title: {en: Wall, zh: 炉壁}
    for_each: s in sectors
    when: s.wall_temperature > 100 degC
    conclude: hot_wall(sector: s)
"""


@pytest.fixture
def tried(tmp_path: Path) -> dict[str, list[Trial]]:
    """Ten scans: pressure above its limit in the minutes 3 to 5, volume lost from minute 8 on, one hot sector."""
    (tmp_path / "try.yaml").write_text(RULES, encoding="utf-8")
    for name in ("pack.yaml", "facts.yaml"):
        (tmp_path / name).write_text((DATA / "pack" / name).read_text("utf-8"), "utf-8")
    program = load_program(tmp_path, DATA / "site")
    session = Session(program)

    def sample(name: str, i: int, count: int | None) -> Sample:
        at = START + i * MIN
        return Sample(name, at, at, count, "good" if count is not None else "bad", "" if count is not None else "lost")

    inputs = []
    for i in range(10):
        samples = [sample("blast.pressure", i, 4200 if 3 <= i <= 5 else 3900)]
        samples.append(sample("blast.volume", i, 5000 if i < 8 else None))
        samples += [sample(f"sectors[{m}].wall_temperature", i, 1500 if m == "B" else 600) for m in "ABCD"]
        inputs.append(ScanInput(START + i * MIN, START + i * MIN, tuple(samples)))
    found = {rule: trials_of(program, rule) for rule in program.rules}
    watch(program, [t for ts in found.values() for t in ts], (session.scan(x) for x in inputs))
    return found


def test_marks_follow_the_data(tried: dict[str, list[Trial]]) -> None:
    """Held, not held and unknown, for the rule and each of its conditions."""
    (trial,) = tried["try.pressure"]
    assert ["...###....", "........??"] == ["".join(t.marks) for t in trial.tracks]
    assert "...###...." == "".join(trial.marks)


def test_an_episode_has_its_times(tried: dict[str, list[Trial]]) -> None:
    """From the rise to the clearing; one that lasts has no end."""
    (trial,) = tried["try.pressure"]
    assert [(START + 3 * MIN, START + 6 * MIN)] == trial.episodes
    hot = next(t for t in tried["try.wall"] if t.bindings == (("s", "B"),))
    assert [(START, None)] == hot.episodes


def test_the_values_seen_have_the_unit_of_the_limit(tried: dict[str, list[Trial]]) -> None:
    """Least and largest."""
    (trial,) = tried["try.pressure"]
    assert "390.0 kPa to 420.0 kPa" == trial.tracks[0].seen(trial.program)


def test_the_loudest_member_comes_first(tried: dict[str, list[Trial]]) -> None:
    """In full; the others follow in a line each."""
    lines = trial_lines(tried["try.wall"])
    assert lines[0].startswith("try.wall[s=B], 2026-03-02T00:00 to 2026-03-02T00:09, 10 scans")
    assert 3 == sum(line.lstrip().startswith("try.wall[s=") for line in lines[1:])


def test_no_scans_are_said(tried: dict[str, list[Trial]]) -> None:
    """A recording shorter than a scan gives no timeline."""
    trial = tried["try.pressure"][0]
    assert ["try.pressure: no scans"] == trial_lines([Trial(trial.program, trial.rule, (), False)])

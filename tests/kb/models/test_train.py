"""Training gives the same file again, keeps its furnaces apart, and says what it found."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from kb.models import train
from kb.models.artifact import load
from kb.models.dataset import DAY, Example, examples, mishaps
from kb.models.features import FEATURES, HOUR
from kb.models.silicon import SiliconPort


@pytest.fixture(scope="module")
def rows() -> list[tuple[int, Example]]:
    """A fortnight of each of four furnaces."""
    return [(seed, row) for seed in (71, 72, 73, 74) for row in examples(seed, 10)]


@pytest.fixture(scope="module")
def quick(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """File and table of a training on short furnaces."""
    out = tmp_path_factory.mktemp("trained") / "new" / "silicon.json"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(train, "DAYS", 10)
        patch.setattr(train, "TEST_SEEDS", (81,))
        return out, train.main((71, 72, 73, 74), out)


def test_same_rows_give_the_same_coefficients(rows: list[tuple[int, Example]]) -> None:
    """Nothing in the training is left to chance."""
    seeds, data = zip(*rows, strict=True)
    assert train.fit(data, seeds) == train.fit(data, seeds)


def test_trained_file_drives_a_port(quick: tuple[Path, str]) -> None:
    """What training writes is what the port reads."""
    assert [71, 72, 73, 74] == SiliconPort(load(quick[0])).artifact.card["training"]["seeds"]


def test_table_compares_with_what_is_simpler(quick: tuple[Path, str]) -> None:
    """The table shows mean, last assay, AR(1) and Ridge, coverage and width."""
    words = ("mean", "last", "AR(1)", "Ridge", "90 % interval held", "width", "silicon.json")
    assert [] == [w for w in words if w not in quick[1]]


def test_missing_inputs_take_no_part_in_the_means(rows: list[tuple[int, Example]]) -> None:
    """A feature that is missing in some rows keeps the mean of the others."""
    seeds, data = zip(*rows, strict=True)
    gaps = [Example(r.t, (*r.values[:-1], None if i % 2 else r.values[-1]), r.outcome) for i, r in enumerate(data)]
    seen = [r.values[-1] for r in data[::2]]
    assert sum(seen) / len(seen) == pytest.approx(train.fit(gaps, seeds)["features"][-1]["mean"])


def test_domain_reaches_beyond_what_was_seen(rows: list[tuple[int, Example]]) -> None:
    """Each feature's range holds every value of the training with a margin."""
    seeds, data = zip(*rows, strict=True)
    found = train.fit(data, seeds)["features"]
    inside = [
        f["low"] < min(column) and max(column) < f["high"]
        for f, column in zip(found, zip(*(r.values for r in data), strict=True), strict=True)
    ]
    assert [True] * len(FEATURES) == inside


@pytest.mark.parametrize("seeds", [(1, 2, 3), (1, 1, 1, 1), (1, 2, 3, train.TEST_SEEDS[0])])
def test_seeds_that_cannot_serve_are_refused(seeds: tuple[int, ...]) -> None:
    """Too few furnaces, or one that is kept for the scores, is an error."""
    with pytest.raises(ValueError, match="4 or more different seeds"):
        train.main(seeds)


def test_rows_lie_on_full_hours_after_the_start() -> None:
    """Rows are hourly, begin when every window is full, and none lacks the newest assay."""
    found = examples(75, 4)
    assert (True, True, True) == (
        all(r.t % HOUR == 0 for r in found),
        min(r.t for r in found) >= 2 * DAY,
        all(r.values[0] is not None for r in found),
    )


def test_mishaps_fit_into_their_days() -> None:
    """Causes begin within the time and keep order, another seed draws others."""
    found = [c.onset for c in mishaps(76, 40)]
    assert (True, True, False) == (found == sorted(found), 0 < found[0] < found[-1] < 40 * DAY, found == [
        c.onset for c in mishaps(77, 40)
    ])  # fmt: skip


def test_features_are_those_of_the_shipped_file() -> None:
    """The features still give the numbers that they gave when the shipped coefficients were made, to the bit."""
    stored: dict[str, Any] = json.loads((train.KB / "models" / "silicon_outlook.json").read_text(encoding="utf-8"))
    assert train.golden() == stored["golden"]


def test_command_trains_and_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`tuyere train --out FILE` hands over to the training and prints its table."""
    from tui.commands.running import train as command

    asked: list[Path | None] = []
    monkeypatch.setattr(train, "main", lambda seeds=None, out=None: asked.append(out) or "the table")
    done = CliRunner().invoke(command, ["--out", str(tmp_path / "m.json")])
    assert ([tmp_path / "m.json"], "the table\n", 0) == (asked, done.output, done.exit_code)

"""The model file travels as plain numbers, fits the plant, and is refused when it does not."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from kb.furnace.catalogue import load_variables
from kb.models.artifact import ArtifactError, load, missing
from kb.models.features import FEATURES, TARGET, VARIABLES
from kb.models.silicon import SiliconPort, artifact_file


@pytest.fixture
def stored() -> dict[str, Any]:
    return json.loads(artifact_file().read_text(encoding="utf-8"))


def middle() -> list[float | None]:
    return [w.mean for w in load(artifact_file()).weights]


def test_digest_is_that_of_the_file() -> None:
    """The answers name the file that they came from by its SHA-256."""
    assert hashlib.sha256(artifact_file().read_bytes()).hexdigest() == SiliconPort().artifact.digest


def test_trained_units_are_those_of_the_plant() -> None:
    """Unit and resolution of every input are the site's, so counts mean the same."""
    variables, model = load_variables(), load(artifact_file())
    expected = {name: (variables[name].unit, variables[name].resolution) for name in VARIABLES}
    assert expected == {name: (model.units[name], model.resolutions[name]) for name in VARIABLES}


def test_another_unit_at_the_site_is_refused() -> None:
    """A site that measures an input in another unit gets an error, not a wrong prediction."""
    variables = load_variables()
    variables["pci.rate"] = dataclasses.replace(variables["pci.rate"], unit="kg/s")
    with pytest.raises(ArtifactError, match=r"pci\.rate in 0\.1 of t/h"):
        SiliconPort(variables=variables)


def test_scores_beat_what_is_simpler(stored: dict[str, Any]) -> None:
    """On furnaces not trained on, Ridge beats AR(1), which beats the mean and the last assay."""
    order = ("ridge", "ar1", "mean", "persistence")
    for scores in stored["scores"].values():
        assert sorted(order, key=scores.__getitem__) == list(order)


def test_intervals_held_what_they_promise(stored: dict[str, Any]) -> None:
    """The card's 90 % intervals covered 88-92 %."""
    assert {} == {k: s["coverage90"] for k, s in stored["scores"].items() if not 0.88 <= s["coverage90"] <= 0.92}


def test_missing_input_counts_as_its_training_mean() -> None:
    """A missing value predicts the same as the training mean in its place."""
    model, values = load(artifact_file()), middle()
    values[0] = 0.6
    gap = [*values[:-1], None]
    assert (model.ridge(values), (FEATURES[-1].variable,)) == (model.ridge(gap), missing(gap))


def test_average_inputs_predict_the_average() -> None:
    """At the training means the prediction is the intercept, and AR(1) stays at its level."""
    model = load(artifact_file())
    assert (model.intercept, model.level) == (model.ridge(middle()), model.ar1(model.level))


def test_value_beyond_the_training_names_its_variable() -> None:
    """A feature outside what the training saw puts its variable on the list, once."""
    model, values = load(artifact_file()), middle()
    values[0] = values[1] = 1.9
    assert (TARGET,) == model.outside(values)


def test_extreme_cold_lowers_the_prediction() -> None:
    """Lost coal three hours ago predicts less silicon than coal as usual."""
    model, usual = load(artifact_file()), middle()
    lost = list(usual)
    lost[[f.name for f in FEATURES].index("pci.rate.mean.2-3h")] = 20.0
    assert model.ridge(lost) < model.ridge(usual) - 0.05


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda f: f.update(format=2), "format 2 instead of 1"),
        (lambda f: f["features"].pop(), "made for other features"),
        (lambda f: f["features"].reverse(), "their order"),
        (lambda f: f["features"][0].update(slope="0.1"), "'0.1' is not a number"),
        (lambda f: f["ridge"].update(intercept=None), "None is not a number"),
        (lambda f: f["inputs"].pop(TARGET), "inputs are"),
        (lambda f: f.pop("ar1"), "ar1"),
        (lambda f: f["features"][3].update(mean=float("nan")), "nan is not a number"),
    ],
)
def test_damaged_file_is_refused(tmp_path: Path, stored: dict[str, Any], change: Any, said: str) -> None:
    """A file with a wrong part is an error that names the part and the remedy."""
    change(stored)
    path = tmp_path / "m.json"
    path.write_text(json.dumps(stored), encoding="utf-8")
    with pytest.raises(ArtifactError, match=said) as error:
        load(path)
    assert "make models" in str(error.value)


@pytest.mark.parametrize("text", ["", "[]", "{", "null", "\x00"])
def test_no_model_at_all_is_refused(tmp_path: Path, text: str) -> None:
    """Text that is no model is an error with one sentence."""
    path = tmp_path / "m.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ArtifactError, match=r"model file m\.json cannot be used"):
        load(path)


def test_missing_file_is_refused(tmp_path: Path) -> None:
    """A file that is not there is an error that says how to make one."""
    with pytest.raises(ArtifactError, match="cannot be read"):
        load(tmp_path / "none.json")


def test_port_needs_no_learning_library() -> None:
    """Predicting imports neither scikit-learn nor SciPy."""
    code = "import sys, kb.models.silicon as s; s.SiliconPort(); print(*{'sklearn', 'scipy'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "" == done.stdout.strip()

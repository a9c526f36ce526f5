"""Reading the plant's variables."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.furnace.catalogue import CatalogueError, ground, load_members, load_variables


def test_plant_has_the_agreed_sectors() -> None:
    """Four sectors A to D."""
    assert ("A", "B", "C", "D") == load_members()["sectors"]


def test_titles_are_in_both_languages() -> None:
    """Every variable has an English and a Chinese title."""
    assert [] == [v.id for v in load_variables().values() if set(v.title) != {"en", "zh"}]


def test_every_fact_has_a_source() -> None:
    """Each variable names the source of its ranges, or says that there is none."""
    assert [] == [v.id for v in load_variables().values() if not v.source]


def test_normal_lies_in_valid() -> None:
    """The usual range lies inside the instrument's range."""
    inside = [v.valid[0] <= v.normal[0] < v.normal[1] <= v.valid[1] for v in load_variables().values() if v.normal]
    assert all(inside)


def test_member_variables_are_ground_by_member() -> None:
    """A sector's property has one ground name per sector."""
    names = ground(load_variables(), load_members())
    assert {f"sectors[{s}].heat_flux" for s in "ABCD"} == {n for n in names if n.endswith("heat_flux")}


def test_missing_folder_is_named(tmp_path: Path) -> None:
    """Without a variables file the error says so."""
    with pytest.raises(CatalogueError, match=r"no variables\*.yaml"):
        load_variables(tmp_path)


def test_incomplete_entry_is_named(tmp_path: Path) -> None:
    """An entry without a key is reported with file and id."""
    (tmp_path / "variables.yaml").write_text("variables: [{id: a.b, unit: kPa}]", encoding="utf-8")
    with pytest.raises(CatalogueError, match=r"variables.yaml: variable 'a.b'"):
        load_variables(tmp_path)


def test_broken_yaml_is_named(tmp_path: Path) -> None:
    """A file that is no YAML is reported by name."""
    (tmp_path / "variables.yaml").write_text("variables: [", encoding="utf-8")
    with pytest.raises(CatalogueError, match=r"'variables.yaml' is not valid YAML"):
        load_variables(tmp_path)


def test_unknown_set_is_named() -> None:
    """A variable of a set that the equipment lacks is an error."""
    with pytest.raises(CatalogueError, match="which the equipment does not have"):
        ground(load_variables(), {})

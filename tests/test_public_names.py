"""The public face of the engine."""

from __future__ import annotations

import pytest

import expert


@pytest.mark.parametrize("name", expert.__all__)
def test_every_public_name_is_there(name: str) -> None:
    """Each is importable from the top and has a docstring."""
    assert getattr(expert, name).__doc__


def test_an_unknown_name_is_an_attribute_error() -> None:
    """As for any module."""
    with pytest.raises(AttributeError, match="no_such_name"):
        expert.no_such_name  # noqa: B018

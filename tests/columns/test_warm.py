"""Compiling ahead of time."""

from expert.columns.warm import warm


def test_every_way_is_run_once() -> None:
    """One live scan and a stretch of two."""
    assert 3 == warm()

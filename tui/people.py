"""Who sits at the screen: the name that goes on record with what a person says and does."""

from __future__ import annotations

from collections.abc import Mapping

VARIABLE = "TUYERE_OPERATOR"


def person(environment: Mapping[str, str]) -> str:
    """Name from the variable `VARIABLE`, else that of the login; '' where there is neither.

    >>> person({"TUYERE_OPERATOR": "shift B", "USER": "bf2"}), person({})
    ('shift B', '')
    """
    return next((name for key in (VARIABLE, "USER", "USERNAME") if (name := environment.get(key, "").strip())), "")

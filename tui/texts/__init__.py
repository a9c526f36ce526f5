"""Texts of the screens and the plain lines in English and Chinese, by key."""

from __future__ import annotations

from functools import lru_cache
from importlib import resources
from typing import Any

import yaml

LANGUAGES = ("en", "zh")
Words = dict[str, str]
"""One text in every language: language -> text."""


@lru_cache(maxsize=8)
def _table(lang: str) -> dict[str, str]:
    text = resources.files(__package__).joinpath(f"{lang}.yaml").read_text(encoding="utf-8")
    return {str(k): str(v) for k, v in yaml.safe_load(text).items()}


def say(lang: str, key: str, **values: Any) -> str:
    """Text of a key in a language with its values filled in.

    >>> say("en", "more", n=2)
    '2 more'
    """
    return _table(lang)[key].format(**values)


def both(key: str, **values: Any) -> Words:
    """The text of a key in every language.

    >>> both("more", n=2)["zh"]
    '另有 2 条'
    """
    return {lang: say(lang, key, **values) for lang in LANGUAGES}


def keys(lang: str) -> frozenset[str]:
    """All keys of a language, for the test that both have the same."""
    return frozenset(_table(lang))

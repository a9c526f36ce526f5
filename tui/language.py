"""Which language to speak and whether plots may leave ASCII, from options and the locale."""

from __future__ import annotations

from collections.abc import Mapping

from tui.texts import LANGUAGES

LOCALE_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")
SAMPLE = {"en": "a", "zh": "悬料"}


def language(option: str | None, environ: Mapping[str, str]) -> str:
    """Language of a run: the option, else the locale's (zh* is Chinese), else English.

    As in POSIX the first of LC_ALL, LC_MESSAGES and LANG that is set decides.

    >>> language(None, {"LANG": "zh_CN.UTF-8"}), language(None, {"LC_ALL": "C", "LANG": "zh_CN.UTF-8"})
    ('zh', 'en')
    """
    if option in LANGUAGES:
        return option
    named = next((environ[name] for name in LOCALE_VARIABLES if environ.get(name)), "")
    return "zh" if named.lower().startswith("zh") else "en"


def can_write(lang: str, encoding: str | None) -> bool:
    """Whether an encoding has the letters of a language.

    >>> can_write("zh", "ascii"), can_write("zh", "gbk"), can_write("en", None)
    (False, True, True)
    """
    try:
        SAMPLE[lang].encode(encoding or "ascii")
    except (UnicodeError, LookupError):
        return False
    return True


def needs_ascii(option: bool, encoding: str | None) -> bool:
    """Whether plots and marks must be ASCII: asked for, or the encoding is not UTF-8.

    >>> needs_ascii(False, "utf-8"), needs_ascii(False, "iso8859-1"), needs_ascii(True, "UTF8")
    (False, True, True)
    """
    return option or (encoding or "").lower().replace("-", "").replace("_", "") != "utf8"

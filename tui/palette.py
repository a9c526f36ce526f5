"""Colours of the roles: grey unless abnormal, and never colour alone (every role's text has a mark or a word too)."""

from __future__ import annotations

from rich.style import Style

BACKGROUND = "#1b1b1b"
GREY = "#a8a8a8"

STYLES: dict[str, Style] = {
    "text": Style(color=GREY),
    "dim": Style(color="#7c7c7c"),
    "title": Style(color="#e4e4e4", bold=True),
    "heading": Style(color="#c0c0c0", bold=True),
    "mark": Style(color="#c0c0c0", bold=True),
    "key": Style(color="#d0d0d0"),
    "plot": Style(color="#8c9aa8"),
    "ok": Style(color="#8a8a8a"),
    "bad": Style(color="#ff6c60", bold=True),
    "warn": Style(color="#e0b050"),
    "unknown": Style(color="#c08ad0"),
    "new": Style(color="#ffffff", bold=True, underline=True),
    "select": Style(color="#ffffff", bgcolor="#454545", bold=True),
    "badge": Style(color=GREY, reverse=True),
    "badge_warn": Style(color="#e0b050", bold=True, reverse=True),
    "badge_bad": Style(color="#ff6c60", bold=True, reverse=True),
}
BASE = Style(color=GREY, bgcolor=BACKGROUND)


def style_of(role: str) -> Style:
    """Style of a role on the screen's background."""
    return BASE + STYLES.get(role, STYLES["text"])

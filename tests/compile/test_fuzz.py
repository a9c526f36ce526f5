"""Damaged packs and sites: always a program or findings, never a traceback."""

from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from expert.compile import ProgramError, load_program_from_sources
from expert.language import ast

DATA = Path(__file__).parent.parent / "data"
SOURCES = {
    p.relative_to(DATA).as_posix(): p.read_text(encoding="utf-8")
    for folder in ("pack", "site")
    for p in sorted((DATA / folder).glob("*.yaml"))
}
WORDS = [
    "a.b",
    ":",
    ",",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "-",
    ">",
    ">=",
    "is",
    "rises",
    "0",
    "1",
    "60",
    "min",
    "kPa",
    "%",
]
WORDS += ["not", "all", "any", "score", "of", "s", "t", "null", "off", "降", "'", '"', "#", "\n", "\n ", " "]
PATCH = st.tuples(
    st.sampled_from(sorted(SOURCES)),
    st.floats(0, 1),
    st.integers(0, 30),
    st.lists(st.sampled_from(WORDS) | st.text(max_size=3), max_size=3).map(" ".join),
)


def damaged(patches: list[tuple[str, float, int, str]]) -> dict[str, str]:
    """The sample's sources with some characters replaced."""
    out = dict(SOURCES)
    for name, where, length, text in patches:
        at = round(where * len(out[name]))
        out[name] = out[name][:at] + text + out[name][at + length :]
    return out


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(PATCH, min_size=1, max_size=3))
def test_damage_gives_findings(patches: list[tuple[str, float, int, str]]) -> None:
    """Whatever is cut out of or pasted into the files, the answer is a program or findings with places."""
    try:
        found = load_program_from_sources(damaged(patches))
        assert isinstance(found, ast.Program)
    except ProgramError as e:
        assert [] != e.diagnostics
        assert e.render()

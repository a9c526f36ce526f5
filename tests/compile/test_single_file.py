"""A single rule file is a pack of its own."""

from __future__ import annotations

from pathlib import Path

from expert.compile import load_program, load_program_from_sources

DATA = Path(__file__).parents[1] / "data"
RULE = "rules: [{id: top.warm, title: {en: Warm, zh: 热}, kind: note, when: top.temperature > 150 degC}]\n"


def test_a_rule_file_is_loaded_as_a_pack(tmp_path: Path) -> None:
    """Its name is the pack's name, and the program can be rebuilt from its sources."""
    (tmp_path / "top.yaml").write_text(RULE, encoding="utf-8")
    program = load_program([tmp_path / "top.yaml"], DATA / "site")
    assert ("top", ["top.warm"]) == (program.pack, sorted(program.rules))
    assert program.digest == load_program_from_sources(program.sources).digest

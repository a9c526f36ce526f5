"""One way to write a rule file, with the same meaning and the same comments as before."""

from __future__ import annotations

import random
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from expert.compile import load_program_from_sources
from expert.language.diagnostics import Sink
from expert.language.printer import print_condition
from expert.language.schema import plain
from expert.language.strict_yaml import read
from expert.workshop.formatter import format_text
from expert.workshop.formatter.spacing import same_words, spaced
from kb.paths import plant_folder, rules_folder
from tests.language.strategies import CONDITIONS

TOPICS = sorted(p for p in rules_folder().rglob("*.yaml") if not p.name.endswith(".test.yaml"))

MESSY = """# topic comment


rules:
- title: {en: 'A', zh: 甲}   # name
  id: topic.a


  # why this limit
  when:
      all:
        -   mean( a.b,60min )>=-3 kPa    # first
        # - left out for now
        - {any: [c.d<5degC,not e( f:g )]}
        - score:
            of:
             - [ 20 , a.b is high ]
            at_least: 0.6
  conclude: hanging(stage:suspected)
  for:   5 min
  because:
    en: "Text {a.b}  with   spaces."
    zh: >-
        folded
        text
  # the end of a
- id: topic.b
  title: {en: "It's", zh: '"b"'}
  when: a.b > 3 kPa and
    c.d < 4 kPa
# last words"""

TIDY = """# topic comment

rules:
  - id: topic.a
    title: {en: "A", zh: 甲}  # name

    # why this limit
    when:
      all:
        - mean(a.b, 60 min) >= -3 kPa    # first
        # - left out for now
        - {any: [c.d < 5 degC, not e(f: g)]}
        - score:
            of:
              - [20, a.b is high]
            at_least: 0.6
    for: 5 min
    conclude: hanging(stage: suspected)
    because:
      en: "Text {a.b}  with   spaces."
      zh: >-
        folded
        text
    # the end of a

  - id: topic.b
    title: {en: "It's", zh: '"b"'}
    when: a.b > 3 kPa and
      c.d < 4 kPa
# last words
"""


def sources() -> dict[str, str]:
    """The shipped site and packs by name."""
    files = {f"plant/{p.name}": p for p in plant_folder().glob("*.yaml")}
    files |= {p.relative_to(rules_folder()).as_posix(): p for p in TOPICS}
    return {k: p.read_text(encoding="utf-8") for k, p in files.items()}


def tidy(text: str) -> str:
    """The canonical form; nothing stood in its way."""
    done = format_text(text, "topic.yaml")
    assert ("", ()) == (done.kept, done.errors)
    return done.text


def comments(text: str) -> list[str]:
    """Comments of the test's own making, sorted."""
    return sorted(re.findall(r"# c\d+", text))


def test_a_messy_file_becomes_tidy() -> None:
    """Order of keys, indentation, spaces, quotes; comments stay with what they are about."""
    assert TIDY == tidy(MESSY)


def test_a_tidy_file_stays() -> None:
    """Formatting twice changes nothing more."""
    assert TIDY == tidy(TIDY)


def test_the_shipped_packs_are_tidy() -> None:
    """Rules, facts and cases; `tuyere fmt` makes them so."""
    files = sorted(rules_folder().rglob("*.yaml"))
    assert [] == [p.name for p in files if tidy(p.read_text("utf-8")) != p.read_text("utf-8")]


def shaken(text: str, seed: int) -> str:
    """The file with the keys of each rule in another order, other spaces, and comments in between."""
    dice = random.Random(seed)
    head, *rules = re.split(r"^  - ", text, flags=re.MULTILINE)
    out = [head]
    for rule in rules:
        parts = re.split(r"^    (?=\w)", rule, flags=re.MULTILINE)
        parts = [p if p.endswith("\n") else p + "\n" for p in parts]
        dice.shuffle(parts)
        noted = [
            f"# c{dice.randrange(10**6)}\n    {p}" if i and dice.random() < 0.2 else p for i, p in enumerate(parts)
        ]
        out.append("  - " + "    ".join(noted))
    lines = []
    for line in "".join(out).split("\n"):
        if re.match(r" +(- |when: |conclude: )[^\"'\[{]*$", line):
            line = re.sub(r" ([<>]=?|[*/]) ", lambda m: dice.choice([m.group(), m.group(1), f"  {m.group(1)}  "]), line)
            line += (
                f"  # c{dice.randrange(10**6)}" if dice.random() < 0.2 and not line.endswith((":", ">", "|")) else ""
            )
        lines.append(line)
    return "\n".join(lines)


@pytest.mark.parametrize("seed", range(3))
def test_formatting_keeps_the_program_and_the_comments(seed: int) -> None:
    """Shaken files give the same digest before and after, keep every comment, and settle at once."""
    before = sources()
    shaken_files = {k: shaken(v, seed) if "/" in k and "rules:" in v else v for k, v in before.items()}
    after = {k: tidy(v) if k.split("/")[0] != "plant" else v for k, v in shaken_files.items()}
    digests = {load_program_from_sources(x).digest for x in (before, shaken_files, after)}
    assert 1 == len(digests)
    assert [comments(v) for v in shaken_files.values()] == [comments(v) for v in after.values()]
    assert [k for k, v in after.items() if k.split("/")[0] != "plant" and tidy(v) != v] == []
    assert 20 <= sum(len(comments(v)) for v in after.values())


@given(CONDITIONS, st.randoms(use_true_random=False))
@settings(max_examples=150, deadline=None)
def test_spaces_of_an_expression_follow_the_printer(condition: object, dice: random.Random) -> None:
    """However an expression is spaced, it gets the spaces that the printer writes, and keeps its words."""
    text = print_condition(condition)  # type: ignore[arg-type]
    loose = re.sub(r" ", lambda _: " " * dice.randint(1, 3), text)
    loose = re.sub(r"([(),])", lambda m: m.group() + " " * dice.randint(0, 2), loose)
    assert same_words(text, spaced(text))
    assert spaced(text) == spaced(loose)
    assert print_condition(condition) == spaced(text)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("---\nrules: []\n", "the mark of a document"),
        ("- a\n- b\n", "a file that is no mapping"),
        ("rules:\n  - # odd place\n    id: a.b\n", "the comment in line 2"),
        ("a: |+\n  x\n\n", "a block text that begins with |+"),
        ("a:\n  b\n", "a value on a line of its own"),
        ("a: [b: c]\n", "a pair without brackets in a list"),
    ],
)
def test_what_cannot_be_kept_is_left_alone(text: str, why: str) -> None:
    """The text comes back as it was, with the reason."""
    done = format_text(text, "topic.yaml")
    assert (text, f"{why} cannot be kept") == (done.text, done.kept)


def test_a_section_comment_keeps_the_order() -> None:
    """Where an empty line parts a comment from the keys below it, the keys stay where they are."""
    text = "rules:\n  - title: x\n    # section\n\n    id: a.b\n"
    assert text == tidy(text)


def test_a_broken_file_is_reported() -> None:
    """Errors are those of the checker; the text stays."""
    done = format_text("rules: [\n", "topic.yaml")
    assert ("rules: [\n", ["E0102"]) == (done.text, [e.code for e in done.errors])


def test_brackets_over_several_lines_move_as_they_are() -> None:
    """With the comments in them."""
    text = "rules:\n- id: a.b\n  advise: [{action: x}, # one\n    {action: y}]\n"
    assert "rules:\n  - id: a.b\n    advise: [{action: x}, # one\n      {action: y}]\n" == tidy(text)


SCRAPS = (
    "#",
    "  # x\n",
    "\n\n",
    "- ",
    "|",
    "'",
    '"',
    "[",
    "]",
    "{",
    "}",
    ": ",
    ",",
    "\t",
    "a: b\n",
    "    # c\n",
    ">-\n",
    "中",
)


def test_damaged_files_are_left_alone_or_keep_their_meaning() -> None:
    """Whatever is put into a rule file or cut from it: no fault of ours, and what is formatted reads as before."""
    dice = random.Random(11)
    text = MESSY + "\n"
    for _ in range(400):
        damaged = text
        for _ in range(dice.randint(1, 3)):
            at = dice.randrange(len(damaged) + 1)
            damaged = damaged[:at] + dice.choice(SCRAPS) + damaged[at + dice.choice((0, 0, 2, 5)) :]
        done = format_text(damaged, "topic.yaml")
        if done.errors or done.kept:
            assert damaged == done.text
        else:
            assert content(damaged) == content(done.text)
            assert done == format_text(done.text, "topic.yaml")


def content(text: str) -> object:
    """What a file holds, without the spaces in its texts."""

    def bare(value: object) -> object:
        if isinstance(value, dict):
            return {k: bare(v) for k, v in value.items()}
        return [bare(v) for v in value] if isinstance(value, list) else re.sub(r"\s+", "", str(value))

    node = read(text, "topic.yaml", Sink())
    assert node is not None
    return bare(plain(node))

"""The table *operator x (true, false, unknown, gap, late, restart)*: documentation and test in one.

`TABLE` is the only source: `test_operator_table.py` plays every cell, and

    python -m tests.semantics.operator_table > docs/operators-table.md

writes the page. How a story is read: `tests.semantics.story`.
"""

from __future__ import annotations

from tests.engine.build import rule
from tests.semantics.operators_logic import FACTS, LOGIC, SETS
from tests.semantics.operators_promises import PROMISES
from tests.semantics.operators_rows import ROWS
from tests.semantics.operators_windows import FEATURES, WINDOWS
from tests.semantics.row import COLUMNS, Section, one

VALUES = Section(
    "Values and their age",
    [
        one(
            "value, held",
            "a.x > 50 kPa",
            """
            60 -> 1
            40 -> 0
            60 ! -> ?
            60 .*3 -> [0.8, 1]
            40 60>2 .*2 -> [0, 0.1] then [0.9, 1]
            60 R . -> 1
            """,
            note="An overdue value counts less, linearly from its period (1 min) to its `max_age` (11 min).",
        ),
        one(
            "value that is never certain",
            "a.u > 50 kPa",
            """
            53 -> 1
            47 -> 0
            51 -> ?
            53 .*3 -> [0.8, 1]
            47 53>2 .*2 -> [0, 0.1] then [0.9, 1]
            53 R . -> 1
            """,
            variable="u",
            note="`a.u` has an uncertainty of 2 kPa.",
        ),
        one(
            "soft threshold",
            "a.x rises 40 kPa to 60 kPa",
            """
            60 -> 1
            40 -> 0
            50 ! -> ?
            50 .*3 -> [0.4, 0.6]
            40 50>1 . -> 0 then 0.5
            50 R . -> 0.5
            """,
        ),
        one(
            "soft threshold of an uncertain value",
            "a.u rises 40 kPa to 60 kPa",
            """
            62 -> 1
            38 -> 0
            50 ! -> ?
            50 -> [0.4, 0.6]
            38 62>1 . -> 0 then 1
            62 R . -> 1
            """,
            variable="u",
        ),
        one(
            "arithmetic",
            "a.x - a.y > 10 kPa",
            """
            x: 60; y: 40 -> 1
            x: 60; y: 60 -> 0
            x: 60; y: ! -> ?
            x: 60*4; y: 40 .*3 -> [0.8, 1]
            x: 60*3; y: 60 40>1 . -> 0 then 1
            x: 60 R .; y: 40 . -> 1
            """,
            note="The oldest input counts. Unknown in, unknown out.",
        ),
        one(
            "division",
            "a.x / a.y > 2",
            """
            x: 60; y: 20 -> 1
            x: 60; y: 40 -> 0
            x: 60; y: 0 -> ?
            x: 60*4; y: 20 .*3 -> [0.8, 1]
            x: 60*3; y: 60 20>1 . -> 0 then 1
            x: 60 R .; y: 20 . -> 1
            """,
            note="Division by zero is unknown.",
        ),
        one(
            "age",
            "age(a.x) > 3 min",
            """
            60 .*4 -> 1
            60 -> 0
            . -> ?
            60 !*4 -> 1
            60 .*3 60>1 . -> 1 then 0
            60 .*2 R .*2 -> 1
            """,
            note="Of the newest good sample: bad ones do not make it younger.",
        ),
        one(
            "unchanged",
            "unchanged(a.x) > 3 min",
            """
            60*5 -> 1
            60*4 61 -> 0
            . -> ?
            60*5 ! -> 0
            60*5 61>1 . -> 1 then 0
            60*3 R 60*2 -> 1
            """,
            note="Zero while the value is missing: a dead sensor is not a frozen one.",
        ),
        one(
            "repeats",
            "repeats(a.x) >= 4",
            """
            60*5 -> 1
            60*4 61 -> 0
            . -> ?
            60*5 ! -> 0
            60*5 61>1 . -> 1 then 0
            60*3 R 60*2 -> 1
            """,
            note="Counts readings, so one limit serves plants of any sampling period.",
        ),
        one(
            "minutes_since",
            "minutes_since(a.n) > 3 min",
            """
            1 2*5 -> 1
            1 2*2 -> 0
            1 2*4 ! -> ?
            1 2*5 .*2 -> [0.9, 1]
            1 1 2>2 .*2 -> ? then [0, 0.1]
            1 2*3 R 2*2 -> 1
            """,
            variable="n",
            note="It may have changed while its newest sample is bad. Before a first change is seen only a lower bound "
            "is known.",
        ),
        one(
            "bad",
            "bad(a.x)",
            """
            60 ! -> 1
            60 -> 0
            . -> 1
            60 .*11 -> 1
            60 .*10 60>1 . -> 1 then 0
            60 R ! -> 1
            """,
            note="Certain truth about data, never unknown.",
        ),
        one(
            "lag",
            "lag(a.x, 2 min) > 50 kPa",
            """
            60 40*2 -> 1
            40 60*2 -> 0
            60*2 -> ?
            60 _*2 40 -> 1
            40 60>2 .*4 -> [0, 0.1] then [0.9, 1]
            60 40 R 40 -> 1
            """,
            note="What the newest scan two minutes ago or earlier saw; a late sample does not change what it saw.",
        ),
    ],
)

HOLDS = Section(
    "Time over scans",
    [
        one(
            "for",
            "a.x > 50 kPa",
            """
            60*4 -> 1
            60*3 40 -> 0
            60*3 ! -> ?
            60*2 _*2 60 -> 1
            60*3 40>1 60 -> 1 then 1
            60*2 R 60*2 -> 1
            """,
            "for: 3 min",
            written="a.x > 50 kPa, for: 3 min",
            note="Up to two scans in a row may be missing; what a scan saw is not changed by a late sample.",
        ),
        one(
            "for, too many scans missing",
            "a.x > 50 kPa",
            """
            60*2 _*3 60 60*3 -> 1
            60*2 _*3 40 -> 0
            60*2 -> ?
            60*2 _*3 60 -> ?
            60*2 _*3 60 60>1 60*2 -> ? then 1
            60*2 _*3 R 60 60*3 -> 1
            """,
            "for: 3 min",
            written="a.x > 50 kPa, for: 3 min",
            note="The hold starts after the gap, and at the session's start.",
        ),
        one(
            "raising",
            "a.x > 50 kPa",
            """
            60 -> raised
            60 40*3 -> clearing then clearing then normal
            60 ! -> held
            60 40 _*3 40 -> clearing
            60 40>1 . -> raised then clearing
            60 40 R 40*2 -> normal
            """,
            "clear_for: 2 min",
            shows="state",
            written="a.x > 50 kPa, clear_for: 2 min",
            note="Neither missing data nor missing scans clear an alarm.",
        ),
        one(
            "raising, held for long",
            "a.x > 50 kPa",
            """
            60 !*3 60 -> raised
            60 !*3 40 -> normal
            60 !*2 -> held
            60 !*4 -> held (open question)
            60 ! 40>1 ! -> held then held
            60 !*2 R !*2 -> held (open question)
            """,
            "max_hold: 3 min",
            shows="state",
            written="a.x > 50 kPa, max_hold: 3 min",
        ),
        one(
            "raised",
            "raised(t.one)",
            """
            60 -> 1
            40 -> 0
            60 ! -> 1
            60 _*3 40 -> 1
            60 40>1 . -> 1 then 1
            60 R 40 -> 1
            """,
            rules=(
                rule("one", "a.x > 50 kPa", "clear_for: 2 min"),
                rule("two", "raised(t.one)", conclude="b"),
            ),
            read="two",
            note="Crisp and latched: true until the machine of `t.one` (a.x > 50 kPa, clear_for: 2 min) is normal "
            "again.",
        ),
    ],
)

TABLE = (VALUES, WINDOWS, FEATURES, HOLDS, LOGIC, SETS, ROWS, FACTS, PROMISES)


def page() -> str:
    """The table as a Markdown page."""
    lines = [*HEAD.strip().splitlines(), ""]
    for section in TABLE:
        lines += [f"## {section.title}", "", f"| operator | {' | '.join(COLUMNS)} |", "|---" * (1 + len(COLUMNS)) + "|"]
        for row in section.rows:
            name = f"**{row.name}**<br>`{row.written}`" + (f"<br>{row.note}" if row.note else "")
            lines.append(f"| {name} | " + " | ".join(_cell(row.cells[c]) for c in COLUMNS) + " |")
        lines.append("")
    return "\n".join(lines).replace("\n\n\n", "\n\n")


def _cell(story: str) -> str:
    tokens, _, results = story.partition(" -> ")
    return f"`{tokens}`<br>{results}"


HEAD = """
# Operators, row by row

What every operator says when it is true, false and unknown, when samples or scans are missing (*gap*), when a sample
comes *late*, and when the process is killed and goes on (*restart*). Written by
`python -m tests.semantics.operator_table > docs/operators-table.md`; a test plays every cell.

A cell is a story and its end. The story has one token per minute, and in every minute there is a scan:

| token | meaning |
|---|---|
| `60` | a good sample, true and known in this minute |
| `60>2` | a sample that is true in this minute and arrives two minutes later |
| `!` | a sample marked bad |
| `.` | no sample |
| `_` | no sample, and the scan of this minute never ran |
| `R` | (takes no time) the process is killed here and goes on from its snapshot |
| `60*3` | the token three times |

Several variables are told apart by name (`x` is a.x, `A` the temperature of pump A). A model's answer is
`support:plausibility`, a row `A:10<B,due=20` (job A takes 10 min, comes after B, is due at 20 min; `?` an empty field;
`-A` the row is withdrawn).

An end is `1` true, `0` false, `?` unknown, one number where both ends agree, or `[support, plausibility]`; *then* joins
the results of the last scans. Variables have a period of 1 min, a `max_age` of 11 min and the range 0 to 100.
"""

if __name__ == "__main__":
    print(page(), end="")

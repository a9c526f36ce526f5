"""Rows of the operator table: logic, counts, sets, facts, models, recursion."""

from __future__ import annotations

from tests.engine.build import rule
from tests.semantics.row import Section, one

LOGIC = Section(
    "Logic, scores and counts",
    [
        one(
            "all",
            "{all: [a.x > 50 kPa, a.y > 50 kPa]}",
            """
            x: 60; y: 60 -> 1
            x: !; y: 40 -> 0
            x: 60; y: ! -> ?
            x: 60*4; y: 60 .*3 -> [0.8, 1]
            x: 60*3; y: 40 60>1 . -> 0 then 1
            x: 60 R .; y: 60 . -> 1
            """,
        ),
        one(
            "any",
            "{any: [a.x > 50 kPa, a.y > 50 kPa]}",
            """
            x: !; y: 60 -> 1
            x: 40; y: 40 -> 0
            x: 40; y: ! -> ?
            x: 40*4; y: 60 .*3 -> [0.8, 1]
            x: 40*3; y: 40 60>1 . -> 0 then 1
            x: 40 R .; y: 60 . -> 1
            """,
        ),
        one(
            "not",
            "{not: a.x > 50 kPa}",
            """
            40 -> 1
            60 -> 0
            40 ! -> ?
            40 .*3 -> [0.8, 1]
            60 40>1 . -> 0 then 1
            40 R . -> 1
            """,
        ),
        one(
            "score",
            "{score: {of: [[3, a.x > 50 kPa], [1, a.y > 50 kPa]]}}",
            """
            x: 60; y: 60 -> 1
            x: 40; y: 40 -> 0
            x: 60; y: ! -> [0.75, 1]
            x: 60*4; y: 60 .*3 -> [0.95, 1]
            x: 60*3; y: 40 60>1 . -> 0.75 then 1
            x: 60 R .; y: 60 . -> 1
            """,
            note="Missing evidence widens the certainty.",
        ),
        one(
            "score at least",
            "{score: {at_least: 0.8, of: [[3, a.x > 50 kPa], [1, a.y > 50 kPa]]}}",
            """
            x: 60; y: 60 -> 1
            x: 60; y: 40 -> 0
            x: 60; y: ! -> ?
            x: 60*4; y: 60 .*3 -> 1
            x: 60*3; y: 40 60>1 . -> 0 then 1
            x: 60 R .; y: 60 . -> 1
            """,
        ),
        one(
            "at least k of conditions",
            "{at_least: 2, of: [a.x > 50 kPa, a.y > 50 kPa, a.v > 50 kPa]}",
            """
            x: 60; y: !; v: 60 -> 1
            x: !; y: 40; v: 40 -> 0
            x: 60; y: !; v: 40 -> ?
            x: 60*4; y: 60 .*3; v: 40*4 -> [0.8, 1]
            x: 60*3; y: 40 60>1 .; v: 40*3 -> 0 then 1
            x: 60 R .; y: 60 .; v: 40 . -> 1
            """,
        ),
        one(
            "strength",
            "a.x > 50 kPa",
            """
            60 -> [0.8, 1]
            40 -> 0
            60 ! -> ?
            60 .*3 -> [0.64, 1]
            40 60>1 . -> 0 then [0.8, 1]
            60 R . -> [0.8, 1]
            """,
            "strength: 0.8",
            written="a.x > 50 kPa, strength: 0.8",
            note="Multiplies support; plausibility stays.",
        ),
    ],
)

SETS = Section(
    "Over a set (pumps A, B, C; range 0 to 200 degC)",
    [
        one(
            "at least k of members",
            "{at_least: 2, of: {p: pumps}, where: p.t > 100 degC}",
            """
            A: 120; B: 120; C: ! -> 1
            A: 80; B: 80; C: ! -> 0
            A: 120; B: 80; C: ! -> ?
            A: 120*4; B: 120 .*3; C: 80*4 -> [0.8, 1]
            A: 120*3; B: 80 120>1 .; C: 80*3 -> 0 then 1
            A: 120 R .; B: 120 .; C: 80 . -> 1
            """,
        ),
        one(
            "at least k of members picked by an attribute (A and B are east)",
            "{at_least: 2, of: {p: pumps where p.line == east}, where: p.t > 100 degC}",
            """
            A: 120; B: 120; C: ! -> 1
            A: 80; B: 120; C: 120 -> 0
            A: 120; B: !; C: 120 -> ?
            A: 120*4; B: 120 .*3; C: 80*4 -> [0.8, 1]
            A: 120*3; B: 80 120>1 .; C: 80*3 -> 0 then 1
            A: 120 R .; B: 120 .; C: 80 . -> 1
            """,
        ),
        one(
            "max",
            "max(pumps.t) > 100 degC",
            """
            A: 120; B: 80; C: 80 -> 1
            A: 80; B: 80; C: 80 -> 0
            A: 80; B: 80; C: ! -> ?
            A: 120 .*3; B: 80*4; C: 80*4 -> [0.8, 1]
            A: 80 120>1 .; B: 80*3; C: 80*3 -> 0 then 1
            A: 120 R .; B: 80 .; C: 80 . -> 1
            """,
            note="A member without a value may be anything in its range: 120, 80 and nothing is certainly above 100.",
        ),
        one(
            "max, one member lost",
            "max(pumps.t) > 100 degC",
            """
            A: 120; B: !; C: 80 -> 1
            A: 80; B: 80; C: 80 -> 0
            A: !; B: !; C: ! -> ?
            A: 120*4; B: 80 .*3; C: 80*4 -> 1
            A: 80 120>1 .; B: !*3; C: 80*3 -> ? then 1
            A: 120 R .; B: ! .; C: 80 . -> 1
            """,
            note="A lost or old member takes nothing from what the others say alone.",
        ),
        one(
            "min",
            "min(pumps.t) > 100 degC",
            """
            A: 120; B: 120; C: 120 -> 1
            A: !; B: 120; C: 80 -> 0
            A: 120; B: 120; C: ! -> ?
            A: 120*4; B: 120 .*3; C: 120*4 -> [0.8, 1]
            A: 120*3; B: 80 120>1 .; C: 120*3 -> 0 then 1
            A: 120 R .; B: 120 .; C: 120 . -> 1
            """,
        ),
        one(
            "mean",
            "mean(pumps.t) > 100 degC",
            """
            A: 120; B: 120; C: 90 -> 1
            A: 80; B: 80; C: 80 -> 0
            A: 120; B: 120; C: ! -> ?
            A: 120*4; B: 120 .*3; C: 90*4 -> [0.8, 1]
            A: 120*3; B: 80 120>1 .; C: 90*3 -> 0 then 1
            A: 120 R .; B: 120 .; C: 90 . -> 1
            """,
        ),
        one(
            "median",
            "median(pumps.t) > 100 degC",
            """
            A: 120; B: !; C: 120 -> 1
            A: 80; B: !; C: 80 -> 0
            A: 120; B: 80; C: ! -> ?
            A: 120*4; B: 120 .*3; C: 80*4 -> [0.8, 1]
            A: 120*3; B: 80 120>1 .; C: 80*3 -> 0 then 1
            A: 120 R .; B: 120 .; C: 80 . -> 1
            """,
        ),
        one(
            "sum",
            "sum(pumps.t) > 300 degC",
            """
            A: 120; B: 120; C: 90 -> 1
            A: 80; B: !; C: 10 -> 0
            A: 120; B: 120; C: ! -> ?
            A: 120*4; B: 120 .*3; C: 90*4 -> [0.8, 1]
            A: 120*3; B: 80 120>1 .; C: 90*3 -> 0 then 1
            A: 120 R .; B: 120 .; C: 90 . -> 1
            """,
        ),
        one(
            "spread",
            "spread(pumps.t) > 30 degC",
            """
            A: 120; B: !; C: 80 -> 1
            A: 80; B: 80; C: 80 -> 0
            A: 80; B: 80; C: ! -> ?
            A: 120 .*3; B: 80*4; C: 80*4 -> [0.8, 1]
            A: 80 120>1 .; B: 80*3; C: 80*3 -> 0 then 1
            A: 120 R .; B: 80 .; C: 80 . -> 1
            """,
            note="Largest minus smallest.",
        ),
    ],
)

_GRADED = rule("one", "a.x rises 40 kPa to 60 kPa")
_PLAIN = rule("one", "a.x > 50 kPa")
_END = (
    rule("done", "j.duration > 0 min", "match: {j: job}", conclude="end(job: j, at: j.duration)"),
    rule(
        "after",
        '"end(job: i)"',
        "match: {i: job, j: job where j.after == i.id}",
        conclude="end(job: j, at: end(job: i).at + j.duration)",
    ),
)

FACTS = Section(
    "Facts, refuters, models, rows",
    [
        one(
            "fact",
            "a",
            """
            60 -> 1
            40 -> 0
            60 ! -> ?
            60 .*3 -> [0.8, 1]
            40 60>1 . -> 0 then 1
            60 R . -> 1
            """,
            rules=(_PLAIN, rule("two", "a", conclude="b")),
            read="two",
            note="`a` is concluded from a.x > 50 kPa.",
        ),
        one(
            "fact >=",
            "a >= 0.4",
            """
            50 -> 1
            42 -> 0
            50 ! -> ?
            50 .*4 -> ?
            42 50>1 . -> 0 then 1
            50 R . -> 1
            """,
            rules=(_GRADED, rule("two", "a >= 0.4", conclude="b")),
            read="two",
            note="Crisp ends. `a` is concluded from a.x rises 40 kPa to 60 kPa.",
        ),
        one(
            "fact <",
            "a < 0.4",
            """
            42 -> 1
            50 -> 0
            42 ! -> ?
            42 .*5 -> ?
            50 42>1 . -> 0 then 1
            42 R . -> 1
            """,
            rules=(_GRADED, rule("two", "a < 0.4", conclude="b")),
            read="two",
        ),
        one(
            "refute",
            "a, refuted by a.y > 50 kPa",
            """
            x: 60; y: 40 -> 1
            x: 60; y: 60 -> 0
            x: 60; y: ! -> 1
            x: 60*4; y: 60 .*3 -> 0.2
            x: 60*3; y: 40 60>1 . -> 1 then 0
            x: 60 R .; y: 60 . -> 0
            """,
            rules=(
                _PLAIN,
                "  - id: t.no\n    title: {en: n, zh: n}\n    when: a.y > 50 kPa\n    refute: a\n",
                rule("two", "a", conclude="b"),
            ),
            read="two",
            note="Only what is known to refute counts: a lost sensor of the refuter does not silence the alarm.",
        ),
        one(
            "model",
            '"model(outlook).below(50 kPa, ahead: 2 h)"',
            """
            model: 1:1 -> 1
            model: 0:0 -> 0
            model: . -> ?
            model: 0.7:0.9 .*3 -> [0.7, 0.9]
            model: . 0.7:0.9 -> ? then [0.7, 0.9]
            model: 0.7:0.9 R . -> [0.7, 0.9]
            """,
            written="model(outlook).below(50 kPa, ahead: 2 h)",
            note="Its answer holds until it expires.",
        ),
        one(
            "model, expired",
            '"model(outlook).below(50 kPa, ahead: 2 h)"',
            """
            model: 1:1 _*239 . -> 1
            model: 0:0 _*239 . -> 0
            model: 1:1 _*240 . -> ?
            model: 1:1 _*240 0.2:0.3 -> [0.2, 0.3]
            model: 1:1 _*240 . 1:1 -> ? then 1
            model: 1:1 R _*240 . -> ?
            """,
            written="model(outlook).below(50 kPa, ahead: 2 h)",
            note="Expiry 4 h.",
        ),
        one(
            "model >=",
            '"model(outlook).below(50 kPa, ahead: 2 h) >= 0.75"',
            """
            model: 0.8:0.9 -> 1
            model: 0.6:0.7 -> 0
            model: 0.7:0.9 -> ?
            model: 0.8:0.9 .*3 -> 1
            model: . 0.8:0.9 -> ? then 1
            model: 0.8:0.9 R . -> 1
            """,
            written="model(outlook).below(50 kPa, ahead: 2 h) >= 0.75",
        ),
        one(
            "field of a row",
            "j.duration > 5 min",
            """
            rows: A:10 -> 1
            rows: A:5 -> 0
            rows: A:? -> ?
            rows: A:10 -A -> 0
            rows: A:5 A:10 -> 0 then 1
            rows: A:10 R . -> 1
            """,
            rules=(rule("one", "j.duration > 5 min", "match: {j: job}", conclude="late(job: j)"),),
            read="one[j=A]",
            note="A row that went takes its conclusions with it.",
        ),
        one(
            "late by predecessor",
            "late(job: i), i before j",
            """
            rows: A:10,due=5+B:5<A,due=99+C:1<B,due=99 -> 1
            rows: A:10,due=10+B:5<A,due=99+C:1<B,due=99 -> 0
            rows: A:?,due=5+B:5<A,due=99+C:1<B,due=99 -> ?
            rows: A:10,due=5+B:5<A,due=99+C:1<B,due=99 -B -> 0
            rows: A:10,due=5+C:1<B,due=99 B:5<A,due=99 -> 0 then 1
            rows: A:10,due=5+B:5<A,due=99 R C:1<B,due=99 -> 1
            """,
            rules=(
                rule("own", "j.duration > j.due", "match: {j: job}", conclude="late(job: j)"),
                rule(
                    "next",
                    '"late(job: i)"',
                    "match: {i: job, j: job where j.after == i.id}",
                    conclude="late(job: j)",
                ),
                rule("two", '"late(job: j)"', "match: {j: job}", conclude="b"),
            ),
            read="two[j=C]",
            note="A positive recursion of facts.",
        ),
        one(
            "max through recursion",
            "end(job: j).at > j.due",
            """
            rows: A:10+B:5<A,due=12 -> 1
            rows: A:10+B:5<A,due=15 -> 0
            rows: A:?+B:5<A,due=12 -> ?
            rows: A:10<B+B:5<A,due=12 -> ?
            rows: A:1+B:5<A,due=12 A:10 -> 0 then 1
            rows: A:10 R B:5<A,due=12 -> 1
            """,
            rules=(*_END, rule("two", '"end(job: j).at > j.due"', "match: {j: job}", conclude="late(job: j)")),
            read="two[j=B]",
            note="Finish times; a circle in the data (gap) makes them unknown.",
        ),
    ],
)

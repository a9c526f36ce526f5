"""Rows of the operator table: expectations, evidence that adds up, rules in shadow."""

from __future__ import annotations

from tests.engine.build import rule
from tests.semantics.row import Section, one

PROMISES = Section(
    "What a rise promises, and who may speak",
    [
        one(
            "expect",
            "a.x > 50 kPa",
            """
            x: 60*3; y: 40 40 60 -> right
            x: 60*3; y: 40 40 40 -> wrong
            x: 60*3; y: 40 ! 40 -> undecided
            x: 60 _*3 60; y: 40 _*3 40 -> undecided
            x: 60*3; y: 40 60>1 . -> right
            x: 60*3; y: 40 R 40 60 -> right
            """,
            "expect: a.y > 50 kPa within 2 min",
            shows="expectation",
            written="expect: a.y > 50 kPa within 2 min",
            note="Missing data and missing scans never count as a miss.",
        ),
        one(
            "expect, what holds already",
            "a.x > 50 kPa",
            """
            x: 60*3; y: 60 40 60 -> right
            x: 60*3; y: 60 40 40 -> wrong
            x: 60*3; y: 60*3 -> undecided
            x: 60*3; y: 60 .*2 -> undecided
            x: 60*3; y: 60 60>1 . -> undecided
            x: 60*3; y: 60 40 R 60 -> right
            """,
            "expect: a.y > 50 kPa within 2 min",
            shows="expectation",
            written="expect: a.y > 50 kPa within 2 min",
            note="It counts once it was seen not to hold.",
        ),
        one(
            "expect, any of two",
            "a.x > 50 kPa",
            """
            x: 60*4; y: 40*4; v: 40*3 60 -> right
            x: 60*4; y: 40*4; v: 40*4 -> wrong
            x: 60*4; y: 40 ! 40 40; v: 40*4 -> undecided
            x: 60*4; y: 40 . 40 40; v: 40*4 -> wrong
            x: 60*4; y: 40*3 60; v: 40*3 60>1 -> wrong then none
            x: 60*4; y: 40*4; v: 40*3 R 60 -> right
            """,
            "expect: {b: within 2 min, or: a.v > 50 kPa within 3 min}",
            rules=(
                rule("one", "a.x > 50 kPa", "expect: {b: within 2 min, or: a.v > 50 kPa within 3 min}"),
                rule("b", "a.y > 50 kPa", conclude="b"),
            ),
            shows="expectation",
            written="expect: {b: within 2 min, or: a.v > 50 kPa within 3 min}",
            note="Each has its own time; `b` is a.y > 50 kPa.",
        ),
        one(
            "evidence that adds up",
            "proof",
            """
            x: 60; y: 60 -> [0.941176, 1]
            x: 40; y: 40 -> 0
            x: !; y: ! -> ?
            x: 60; y: ! -> [0.8, 1]
            x: 60*2; y: 40 60>1 . -> [0.8, 1] then [0.8, 1] then [0.941176, 1]
            x: 60; y: 60 R . -> [0.941176, 1]
            """,
            rules=(
                rule("one", "a.x > 50 kPa", 'strength: "0.8"', conclude="proof"),
                rule("two", "a.y > 50 kPa", 'strength: "0.8"', conclude="proof"),
                rule("three", "proof", conclude="b"),
            ),
            read="three",
            written="proof, evidence: {combine: odds}",
            note="Concluded from a.x > 50 kPa and from a.y > 50 kPa, with strength 0.8 each.",
        ),
        one(
            "status: shadow",
            "a.x > 50 kPa",
            """
            60 -> ?
            40 -> ?
            ! -> ?
            60 .*3 -> ?
            40 60>1 . -> ? then ?
            60 R . -> ?
            """,
            rules=(rule("one", "a.x > 50 kPa", "status: shadow"), rule("two", "a", conclude="b")),
            read="two",
            written="a, concluded by a rule in shadow",
            note="Unknown to readers, like a fact whose rules are all off.",
        ),
    ],
)

"""Rows of the operator table: windows, bounds, the z family, baseline."""

from __future__ import annotations

from tests.semantics.row import Section, window

LEVEL = """
    60*5 -> 1
    40*5 -> 0
    60*2 !*3 -> ?
    60*4 ! -> [0.8, 1]
    60*3 60>1 . -> [0.6, 1] then [0.8, 1]
    60*3 R 60*2 -> 1
"""
SPREAD = """
    40 50 40 50 40 -> 1
    50*5 -> 0
    40 50 !*3 -> ?
    40 50 40 50 ! -> [0.8, 1]
    40 50 40 50>1 . -> [0.6, 1] then [0.8, 1]
    40 50 40 R 50 40 -> 1
"""
SWING = "x: 40 45 50 46 41 44 51 45 39 46 49 45 40 44 52 46"
TWICE = "40 50 60 52 42 48 62 50 38 52 58 50 40 48 64"
CLIMB = """
    40 42 44 46 48 -> 1
    50*5 -> 0
    40 48 !*3 -> ?
    40 42 44 46 ! -> [0.8, 1]
    40 42 44 46>1 . -> {late}
    40 42 44 R 46 48 -> 1
"""

WINDOWS = Section(
    "Windows `f(x, T)`",
    [
        window("mean", "mean(a.x, 5 min) > 50 kPa", LEVEL, note="Coverage counts; below 60 % it is unknown."),
        window("min", "min(a.x, 5 min) > 50 kPa", LEVEL),
        window("max", "max(a.x, 5 min) > 50 kPa", LEVEL),
        window("std", "std(a.x, 5 min) > 4 kPa", SPREAD),
        window("range", "range(a.x, 5 min) > 8 kPa", SPREAD),
        window("slope", "slope(a.x, 5 min) > 1 kPa/min", CLIMB.format(late="[0.6, 1] then [0.8, 1]")),
        window(
            "change",
            "change(a.x, 5 min) > 5 kPa",
            CLIMB.format(late="[0, 0.4] then [0.8, 1]"),
            note="Last minus first good value.",
        ),
        window("rise", "rise(a.x, 5 min) > 5 kPa", CLIMB.format(late="[0, 0.4] then [0.8, 1]")),
        window(
            "drop",
            "drop(a.x, 5 min) > 5 kPa",
            """
            48 46 44 42 40 -> 1
            50*5 -> 0
            48 40 !*3 -> ?
            48 46 44 42 ! -> [0.8, 1]
            48 46 44 42>1 . -> [0, 0.4] then [0.8, 1]
            48 46 44 R 42 40 -> 1
            """,
        ),
        window(
            "missing-high",
            "mean(a.x, 5 min) < 98.2 kPa",
            """
            60*5 -> 1
            100*5 -> 0
            98*4 ! -> ?
            60*4 ! -> [0.8, 1]
            98*3 98>1 . -> ? then [0.8, 1]
            60*3 R 60*2 -> 1
            """,
            note="Next to the end of the range (here 100) a missing sample may be anything up to it.",
        ),
        window(
            "bounds of a mean",
            "bounds(mean(a.x, 5 min)) > 50 kPa",
            """
            60*5 -> 1
            40*5 -> 0
            60*2 !*3 -> ?
            70*4 ! -> 1
            70*3 70>1 . -> ? then 1
            60*3 R 60*2 -> 1
            """,
            note="Missing samples lie anywhere in the range: not fooled, and not discounted.",
        ),
        window(
            "bounds of a maximum",
            "bounds(max(a.x, 5 min)) > 50 kPa",
            """
            60*5 -> 1
            40*5 -> 0
            40*4 ! -> ?
            60*4 ! -> 1
            40*3 60>1 . -> ? then 1
            60*3 R 60*2 -> 1
            """,
        ),
        window("z", "z(a.x, 5 min) > 0.5", LEVEL, normal=(50, 10), note="Median 50 kPa, inter-quartile range 10 kPa."),
        window("z_std", "z_std(a.x, 5 min) > 0.5", SPREAD, normal=(50, 10)),
        window(
            "z_slope",
            "z_slope(a.x, 5 min) > 0.5",
            CLIMB.format(late="[0.6, 1] then [0.8, 1]"),
            normal=(50, 10),
        ),
        window("z_range", "z_range(a.x, 5 min) > 0.5", SPREAD, normal=(50, 10)),
        window(
            "z without a baseline",
            "z(a.x, 5 min) > 0.5",
            """
            60*5 -> ?
            40*5 -> ?
            60*2 !*3 -> ?
            60*4 ! -> ?
            60*3 60>1 . -> ? then ?
            60*3 R 60*2 -> ?
            """,
            note="Unknown until there are 24 h of hourly means.",
        ),
        window(
            "baseline",
            "a.x > baseline(a.x)",
            """
            60 -> 1
            40 -> 0
            60 ! -> ?
            60 .*3 -> [0.8, 1]
            40 60>1 . -> 0 then 1
            60 R . -> 1
            """,
            normal=(50, 10),
        ),
    ],
)


FEATURES = Section(
    "Registered features of a window",
    [
        window(
            "residual",
            "residual(a.x, 5 min) > 2 kPa",
            """
            40 50 40 50 40 -> 1
            40 42 44 46 48 -> 0
            40 50 !*3 -> ?
            40 50 40 50 ! -> [0.8, 1]
            40 50 40 50>1 . -> [0.6, 1] then [0.8, 1]
            40 50 40 R 50 40 -> 1
            """,
            note="Scatter about its own trend; exact.",
        ),
        window(
            "autocorrelation",
            "autocorrelation(a.x, 8 min, 4 min) > 0.5",
            """
            40 45 50 45 40 45 50 45 -> 1
            40 50 40 50 50 40 50 40 -> 0
            45*8 -> ?
            40 45 50 45 40 45 50 ! -> [0.875, 1]
            40 45 50 45 40 45 50>1 . -> [0.75, 1] then [0.875, 1]
            40 45 50 45 R 40 45 50 45 -> 1
            """,
            note="A window that does not move at all has none.",
        ),
        window(
            "band_rms",
            "band_rms(a.x, 8 min, 0.003 Hz, 0.006 Hz) > 2.5 kPa",
            """
            40 45 50 45 40 45 50 45 -> 1
            40 50 40 50 40 50 40 50 -> 0
            40 45 50 45 !*4 -> ?
            40 45 50 45 40 45 50 ! -> [0.875, 1]
            40 45 50 45 40 45 50>1 . -> [0.75, 1] then [0.875, 1]
            40 45 50 45 R 40 45 50 45 -> 1
            """,
            note="Recorded with the scan, and taken from there when it is derived again.",
        ),
        window(
            "coherence",
            "coherence(a.x, a.y, 16 min, 0.0042 Hz, 0.0045 Hz) > 0.8",
            f"""
            {SWING}; y: {TWICE} 52 -> 1
            {SWING}; y: 55 50 55 45 50 45 50 55 55 45 50 40 40 55 45 55 -> 0
            x: 45*16; y: {TWICE} 52 -> ?
            {SWING}; y: {TWICE} ! -> [0.9375, 1]
            {SWING} .; y: {TWICE} 52>1 . -> [0.9375, 1] then [0.9375, 1]
            {SWING.replace("51", "R 51")}; y: {TWICE} 52 -> 1
            """,
            note="Of pairs: where one of the two is missing, bad or late, the pair is. Recorded with the scan.",
        ),
    ],
)

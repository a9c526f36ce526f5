"""Registered features of two variables: what coherence is, which samples make a pair, and what is recorded."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from expert.compile import load_program_from_sources
from expert.engine.session import Session
from expert.explain import why
from expert.language.printer import print_condition
from expert.values.pairs import PAIRS, Pairs, register_pair
from expert.values.types import ScanRecord
from tests.engine.build import MINUTE, Bench, bytes_of, good, program, rule, state
from tests.explain.scenes import evidence

WRITTEN = "coherence(a.x, a.y, 32 min, 0.0025 Hz, 0.005 Hz) > 0.5"
TOGETHER = rule("one", WRITTEN)
compute = PAIRS["coherence"].compute


def noise(seed: int, n: int = 64) -> list[int]:
    """Counts that have nothing in common with those of another seed."""
    return np.random.default_rng(seed).integers(20, 80, n).tolist()


def pairs(first: list[int], second: list[int], *band: float, lost: tuple[int, ...] = ()) -> Pairs:
    """Samples of two variables every second, without those of some places."""
    places = [k for k in range(len(first)) if k not in lost]
    return Pairs(places, [first[k] for k in places], [second[k] for k in places], 1000, len(first), band)


def play(bench: Bench, start: int, end: int, y: int = 1) -> list[ScanRecord]:
    """a.y follows a.x; ``y``: of another seed it does not."""
    x, other = noise(1), noise(y)
    return [bench.scan(i, [good("a.x", i, x[i]), good("a.y", i, other[i])]) for i in range(start, end)]


# ---------------------------------------------------------------- the function


@pytest.mark.parametrize("n", [16, 21, 64, 117, 400])
def test_it_is_what_scipy_finds(n: int) -> None:
    """Hann window, segments of a quarter that overlap by half, each without its mean, the last one at the end."""
    signal = pytest.importorskip("scipy.signal")
    x = noise(3, n)
    y = [a + b for a, b in zip(x, noise(4, n), strict=True)]
    length = n // 4
    rest = (n - length) % (length - length // 2)
    _, found = signal.coherence(
        np.array(x[rest:]), np.array(y[rest:]), fs=1.0, window="hann", nperseg=length, noverlap=length // 2
    )
    assert abs(float(found[1:].mean()) - compute(pairs(x, y, 1 / length, 0.5))) < 1e-9  # type: ignore[operator]
    assert abs(float(found[2]) - compute(pairs(x, y, 2 / length, 2 / length))) < 1e-9  # type: ignore[operator]


def test_what_is_the_same_coheres_and_what_is_not_does_not() -> None:
    """1, whatever the scale and the sign; about 0.2 of what has nothing in common."""
    x = noise(1)
    assert abs(1 - compute(pairs(x, [90 - 2 * v for v in x], 0.1, 0.4))) < 1e-12  # type: ignore[operator]
    unlike = [compute(pairs(noise(i, 400), noise(1000 + i, 400), 0.05, 0.45)) or 0.0 for i in range(20)]
    assert 0.1 < sum(unlike) / 20 < 0.3


def test_a_lost_pair_takes_nothing_away_from_the_others() -> None:
    """Scattered or in a row, the rest still coheres; too few segments say nothing, for one would always cohere."""
    x = noise(1)
    scattered, in_a_row = tuple(range(0, 64, 3)), tuple(range(20))
    assert all(abs(1 - (compute(pairs(x, x, 0.1, 0.4, lost=lost)) or 0)) < 1e-12 for lost in (scattered, in_a_row))
    assert compute(pairs(x, noise(2), 0.1, 0.4, lost=tuple(range(40)))) is None


def test_what_does_not_move_has_none() -> None:
    """Undefined, not zero; a swing at another frequency is no swing in the band."""
    assert compute(pairs([50] * 64, noise(1), 0.1, 0.4)) is None
    fast = [40, 60] * 32
    assert compute(pairs(fast, noise(1), 0.0625, 0.0625)) == 0.0


# ---------------------------------------------------------------- in scans


def test_it_raises_a_rule_and_is_recorded() -> None:
    """The number stands in the scan's input, so that a replay on another machine gives the same bytes."""
    records = play(Bench(TOGETHER), 0, 40)
    assert "raised" == state(records[-1])
    key, value = records[-1].input.computed[0]
    assert value == records[-1].nodes[key]["v"]
    derived = Session(program(TOGETHER))
    near = [replace(r, input=replace(r.input, computed=tuple((k, v - 1e-12) for k, v in r.input.computed)))
            for r in records]  # fmt: skip
    assert [r.input for r in near] == [derived.scan(r.input).input for r in near]


def test_what_does_not_follow_does_not_raise() -> None:
    """Another seed."""
    assert "normal" == state(play(Bench(TOGETHER), 0, 40, y=2)[-1])


def test_a_restart_changes_no_byte() -> None:
    """The samples of both are kept, as long as the window reaches."""
    whole = [bytes_of(r) for r in play(Bench(TOGETHER), 0, 40)]
    bench = Bench(TOGETHER)
    play(bench, 0, 30)
    bench.session = Session.restore(bench.program, json.loads(json.dumps(bench.session.snapshot())))
    assert whole[30:] == [bytes_of(r) for r in play(bench, 30, 40)]


def test_samples_make_a_pair_though_they_are_not_of_one_instant() -> None:
    """One is sampled twenty seconds after the other."""
    bench, x = Bench(TOGETHER), noise(1)
    for i in range(40):
        record = bench.scan(i, [good("a.x", i - 0.4, x[i], i), good("a.y", i - 0.1, x[i], i)])
    node = next(n for n in record.nodes.values() if n.get("m") == 32)
    assert (32, True) == (node["n"], node["v"] > 0.999)


def test_missing_samples_next_to_an_end_of_the_range_make_it_unknown() -> None:
    """Of either: nobody knows how far it went there."""
    bench, x = Bench(TOGETHER), noise(1)
    for i in range(40):
        lost = i in (30, 31)
        high = 99 if i in (29, 32) else x[i]
        record = bench.scan(i, [good("a.x", i, x[i]), *([] if lost else [good("a.y", i, high)])])
    assert [0, 1_000_000] == record.nodes["rule:t.one"]["when"]


@pytest.mark.parametrize("name", ["a.x", "a.y"])
def test_a_site_without_one_of_them_does_without(name: str) -> None:
    """Removed like any condition whose variable was never installed; so where a plant samples one more slowly."""
    others = {"a.x", "a.y"} - {name}
    assert [(0, True)] == [(g.coverage, g.off) for la in program(TOGETHER, installed=others).strata for g in la]
    slow = replace(program(TOGETHER).site.variables[name], period=2 * MINUTE)
    loaded = load_program_from_sources(program(TOGETHER).sources, variables={name: slow})
    assert [(0, True)] == [(g.coverage, g.off) for layer in loaded.strata for g in layer]


def test_it_rests_on_both() -> None:
    """Either instrument alone is enough to lose it."""
    severe = rule("one", WRITTEN, "severity: 2")
    record = next(r for r in play(Bench(severe), 0, 40) if r.firings)
    assert {"a.x", "a.y"} == set(record.firings[0].instruments)
    assert {("a.x",), ("a.y",)} == set(record.firings[0].rests_on)


def test_why_names_both() -> None:
    """In both languages."""
    bench = Bench(TOGETHER)
    record = play(bench, 0, 40)[-1]
    pages = {
        lang: "\n".join(evidence(why(bench.program, record, "t.one", (), lang, width=120))) for lang in ("en", "zh")
    }
    assert "X (coherence with Y from 0.0025 Hz to 0.005 Hz in 32 min)" in pages["en"]
    assert "32/32 samples" in pages["en"]
    assert "X（32 min 内 0.0025 Hz 至 0.005 Hz 与Y的相干性）" in pages["zh"]


def test_it_is_printed_as_it_is_written() -> None:
    """The printer and the parser agree."""
    assert WRITTEN == print_condition(program(TOGETHER).rules["t.one"].when)


def test_a_name_is_registered_once() -> None:
    """Among features of one variable and of two."""
    with pytest.raises(ValueError, match="coherence is registered already"):
        register_pair(PAIRS["coherence"])
    with pytest.raises(ValueError, match="residual is registered already"):
        register_pair(replace(PAIRS["coherence"], name="residual"))
    with pytest.raises(ValueError, match="needs at least two pairs, not 1"):
        register_pair(replace(PAIRS["coherence"], name="other", least=1))

"""The same records, whatever the order of rules, files and samples, the hash seed, and a restart in between."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from expert.compile import load_program_from_sources
from expert.engine.session import Session
from expert.language.ast import Program
from expert.values.types import Row, ScanRecord
from tests.engine.build import FACTS, SITE, Bench, bytes_of, good, program, rule
from tests.engine.strategies import BOUNDS, ESTIMATES, HELD, LAGS, SETS, Stream, rules, streams

EVERYTHING = rules(*HELD, *SETS, *BOUNDS, *LAGS, *ESTIMATES)

CHAIN = (
    rule("own", "j.duration > j.due", "match: {j: job}", "severity: 1", conclude="late(job: j)"),
    rule("next", '"late(job: i)"', "match: {i: job, j: job where j.after == i.id}", conclude="late(job: j)"),
    rule("done", "j.duration > 0 min", "match: {j: job}", conclude="end(job: j, at: j.duration)"),
    rule(
        "after",
        '"end(job: i)"',
        "match: {i: job, j: job where j.after == i.id}",
        conclude="end(job: j, at: end(job: i).at + j.duration)",
    ),
    rule("warm", "p.t > 100 degC", "for_each: p in pumps", "for: 1 min", "strength: 0.9", conclude="hot(pump: p)"),
    rule("any", "hot", "severity: 2", conclude="a"),
    rule("neither", "{not: a}", conclude="b"),
    rule("again", '{any: ["c", "a.x > 50 kPa"]}', conclude="c"),
)


def chain_story(bench: Bench) -> list[ScanRecord]:
    """A few scans of `CHAIN` with samples, rows that come and go, and a cycle of facts."""
    names = ["A", "B", "C", "D", "E"]
    rows = [
        Row("job", n, {"id": n, "after": names[i - 1] if i else "", "step": i, "duration": 5.0 + i, "due": 4.0 + 9 * i})
        for i, n in enumerate(names)
    ]
    records = []
    for minute in range(6):
        samples = [good(f"pumps[{p}].t", minute, 90 + 7 * minute + 5 * i) for i, p in enumerate("ABC")]
        samples.append(good("a.x", minute, 60 if minute < 3 else 40))
        gone = [Row("job", "A", None)] if minute == 4 else []
        records.append(bench.scan(minute, samples, rows=rows if minute == 0 else gone))
    return records


def digest(records: list[ScanRecord]) -> str:
    """One number for all bytes of some records."""
    return hashlib.sha256(b"".join(bytes_of(r) for r in records)).hexdigest()


def played(bench: Bench, stream: Stream) -> list[ScanRecord]:
    """All records of a stream."""
    return [bench.scan(m, stream.arriving(m)) for m in range(stream.minutes)]


@given(st.permutations(CHAIN))
@settings(max_examples=20)
def test_order_of_rules_in_the_file(texts: list[str]) -> None:
    """Rules in another order are the same program and give the same bytes."""
    assert digest(chain_story(Bench(*CHAIN))) == digest(chain_story(Bench(*texts)))


@given(st.randoms())
@settings(max_examples=20)
def test_order_of_evaluation(random: object) -> None:
    """The fixpoint does not depend on the order in which a stratum's rules are looked at."""
    bench = Bench(*CHAIN)
    strata = [list(layer) for layer in bench.program.strata]
    for layer in strata:
        random.shuffle(layer)  # type: ignore[attr-defined]
    shuffled = replace(bench.program, strata=tuple(tuple(layer) for layer in strata))
    assert digest(chain_story(bench)) == digest(chain_story(Bench(of=shuffled)))


def _program_of_files(names: list[str]) -> Program:
    files = {
        f"pack/{n}.yaml": "rules:\n" + rule("x", f"a.x > {30 + i} kPa").replace("t.x", f"{n}.x")
        for i, n in enumerate(names)
    }
    sources = {
        **files,
        "pack/facts.yaml": FACTS,
        "pack/pack.yaml": "name: p\nversion: 0.1.0\ntitle: {en: P, zh: P}\n",
        **SITE,
    }
    return load_program_from_sources(dict(reversed(sources.items())) if names[0] > names[-1] else sources)


def test_order_of_files() -> None:
    """Files in another order are the same program."""
    names = ["alpha", "beta", "gamma"]
    sources = _program_of_files(names).sources
    backward = load_program_from_sources(dict(reversed(sources.items())))
    assert _program_of_files(names).digest == backward.digest


@given(EVERYTHING, streams(), st.randoms())
def test_order_of_samples_within_a_scan(texts: tuple[str, ...], stream: Stream, random: object) -> None:
    """Only arrival times count, not the order in which a scan is handed its samples."""
    plain, shuffled = Bench(*texts), Bench(*texts)
    for minute in range(stream.minutes):
        samples = stream.arriving(minute)
        mixed = list(samples)
        random.shuffle(mixed)  # type: ignore[attr-defined]
        a, b = plain.scan(minute, samples), shuffled.scan(minute, mixed)
        assert bytes_of(a) == bytes_of(replace(b, input=a.input))


@given(EVERYTHING, streams(), st.data())
def test_snapshot_and_restore_at_any_scan(texts: tuple[str, ...], stream: Stream, data: st.DataObject) -> None:
    """A session restored from plain JSON writes the same bytes, and the same next snapshot."""
    through, restored = Bench(*texts), Bench(*texts)
    at = data.draw(st.integers(0, stream.minutes - 1))
    for minute in range(stream.minutes):
        if minute == at:
            state = json.loads(json.dumps(restored.session.snapshot()))
            restored.session = Session.restore(restored.program, state)
        samples = stream.arriving(minute)
        assert bytes_of(through.scan(minute, samples)) == bytes_of(restored.scan(minute, samples))
    assert json.dumps(through.session.snapshot()) == json.dumps(restored.session.snapshot())


def test_snapshot_of_everything_goes_on_byte_identically() -> None:
    """Rows, holds, machines, facts on cycles: restored after every scan, nothing changes."""
    through, restored = chain_story(Bench(*CHAIN)), []

    class Killed(Bench):
        def scan(self, *args: object, **more: object) -> ScanRecord:
            state = json.loads(json.dumps(self.session.snapshot()))
            self.session = Session.restore(self.program, state)
            return super().scan(*args, **more)  # type: ignore[arg-type]

    restored = chain_story(Killed(*CHAIN))
    assert digest(through) == digest(restored)


def test_hash_seed() -> None:
    """Three processes with three hash seeds write the same bytes."""
    found = set()
    for seed in ("0", "1", "4711"):
        done = subprocess.run(
            [sys.executable, "-m", "tests.engine.test_determinism"],
            cwd=Path(__file__).parents[2],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        )
        found.add(done.stdout.strip())
    assert {digest(chain_story(Bench(*CHAIN)))} == found


def test_the_input_is_left_alone() -> None:
    """A scan changes neither its input nor the program."""
    p = program(*CHAIN)
    before = p.digest
    rows = Row("job", "A", {"id": "A", "after": "", "step": 1, "duration": 5.0, "due": 4.0})
    bench = Bench(of=p)
    bench.scan(0, rows=[rows])
    bench.session.rows["job"]["A"]["duration"] = 99.0
    assert (before, 5.0) == (p.digest, rows.values["duration"] if rows.values else None)


if __name__ == "__main__":
    print(digest(chain_story(Bench(*CHAIN))))

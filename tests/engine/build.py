"""Small programs from YAML text, and a bench that scans them minute by minute."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from expert.compile import load_program_from_sources
from expert.engine.session import Session
from expert.language.ast import Program
from expert.trace.canonical import canonical
from expert.trace.codec import to_json
from expert.values.interval import Interval
from expert.values.types import ModelAnswer, OperatorEvent, Quality, Row, Sample, ScanInput, ScanRecord

T0 = 480_000 * 3_600_000
"""Start of all test time: a full hour."""
MINUTE = 60_000

VARIABLES = """
variables:
  - {id: a.x, unit: kPa, resolution: "1", period: 1 min, max_age: 11 min, valid: [0, 100], title: {en: X, zh: X}}
  - {id: a.y, unit: kPa, resolution: "1", period: 1 min, max_age: 11 min, valid: [0, 100], title: {en: Y, zh: Y}}
  - {id: a.v, unit: kPa, resolution: "1", period: 1 min, max_age: 11 min, valid: [0, 100], title: {en: V, zh: V}}
  - {id: a.u, unit: kPa, resolution: "1", period: 1 min, max_age: 11 min, valid: [0, 100], uncertainty: 2,
     title: {en: U, zh: U}}
  - {id: a.e, unit: kPa, resolution: "1", period: 1 min, max_age: 11 min, valid: [0, 100], exclude: away,
     title: {en: E, zh: E}}
  - {id: a.n, unit: "1", resolution: "1", period: 1 min, max_age: 11 min, valid: [0, 1000000], kind: counter,
     title: {en: N, zh: N}}
  - {id: a.w, unit: "1", resolution: "1", period: 1 min, max_age: 11 min, valid: [0, 1], kind: switch,
     title: {en: W, zh: W}}
  - {id: pumps.t, of: pumps, unit: degC, resolution: "1", period: 1 min, max_age: 11 min, valid: [0, 200],
     title: {en: T, zh: T}}
"""

SITE = {
    "site/site.yaml": """
name: T1
title: {en: Test, zh: 测试}
period: 1 min
""",
    "site/variables.yaml": VARIABLES,
    "site/equipment.yaml": """
sets:
  pumps:
    title: {en: Pumps, zh: 泵}
    attributes: {line: {values: [east, west]}}
    members: {A: {en: A, zh: A, line: east}, B: {en: B, zh: B, line: east}, C: {en: C, zh: C, line: west}}
""",
    "site/relations.yaml": """
relations:
  job:
    key: [id]
    title: {en: Job, zh: 工序}
    fields: {id: text, after: text, step: number, duration: min, due: min}
""",
    "site/models.yaml": """
models:
  - {id: outlook, title: {en: Outlook, zh: 预测}, target: a.v, horizons: [2 h], expiry: 4 h, artifact: none.json}
""",
    "site/actions.yaml": """
actions:
  - {id: down, title: {en: Down, zh: 减}, lever: blast, direction: -1, unit: "%", limit: 20, acts_in: 1 min,
     full_in: 5 min, review: 25 min, confirm: {en: falls, zh: 降}, blocked_by: [gate], source: test}
  - {id: up, title: {en: Up, zh: 加}, lever: blast, direction: 1, unit: "%", limit: 10, acts_in: 1 min,
     full_in: 5 min, review: 25 min, confirm: {en: rises, zh: 升}, source: test}
  - {id: cool, title: {en: Cool, zh: 冷}, lever: coolant, direction: 1, unit: "%", limit: 10, acts_in: 1 min,
     full_in: 5 min, review: 25 min, confirm: {en: cools, zh: 冷}, contradicts: [down], source: test}
""",
}

FACTS = """
facts:
  a: {title: {en: A, zh: A}}
  b: {title: {en: B, zh: B}}
  c: {title: {en: C, zh: C}}
  d: {title: {en: D, zh: D}}
  gate: {title: {en: Gate, zh: 门}}
  proof: {title: {en: Proof, zh: 证}, evidence: {combine: odds}}
  away: {title: {en: Away, zh: 离}}
  hot: {title: {en: Hot, zh: 热}, fields: {pump: {set: pumps}}}
  level: {title: {en: Level, zh: 级}, fields: {grade: {values: [low, high], order: exclusive}}}
  end: {title: {en: End, zh: 完}, fields: {job: {relation: job}}, number: {field: at, unit: min, combine: max}}
  peak:
    title: {en: Peak, zh: 峰}
    fields: {grade: {values: [low, high]}}
    number: {field: at, unit: kPa, combine: max}
  late: {title: {en: Late, zh: 晚}, fields: {job: {relation: job}}}
"""


def rule(name: str, when: str, *lines: str, conclude: str | None = "a") -> str:
    """YAML of one rule ``t.<name>``; ``lines``: further keys, each on its own line."""
    keys = [f"id: t.{name}", f"title: {{en: {name}, zh: {name}}}", f"when: {when}", *lines]
    if conclude is not None:
        keys.append(f'conclude: "{conclude}"')
    return "  - " + "\n    ".join(keys) + "\n"


@lru_cache(maxsize=512)
def _load(sources: tuple[tuple[str, str], ...], installed: frozenset[str] | None) -> Program:
    return load_program_from_sources(dict(sources), installed=installed)


def program(*rules: str, installed: Iterable[str] | None = None, files: dict[str, str] | None = None) -> Program:
    """The test site with these rules (see `rule`); ``files`` replaces files of the site or the pack."""
    sources = {
        **SITE,
        "pack/pack.yaml": "name: p\nversion: 0.1.0\ntitle: {en: P, zh: P}\nowner: tests\n",
        "pack/facts.yaml": FACTS,
        "pack/t.yaml": "rules:\n" + "".join(rules),
        **(files or {}),
    }
    return _load(tuple(sorted(sources.items())), None if installed is None else frozenset(installed))


def good(name: str, minute: float, value: int, arrival: float | None = None, quality: Quality = "good") -> Sample:
    """A sample with source time ``minute`` (after `T0`), arriving at once or at minute ``arrival``."""
    source = T0 + round(minute * MINUTE)
    return Sample(name, source, source if arrival is None else T0 + round(arrival * MINUTE), value, quality)


def bad(name: str, minute: float, note: str = "status", arrival: float | None = None) -> Sample:
    """A bad mark."""
    source = T0 + round(minute * MINUTE)
    return Sample(name, source, source if arrival is None else T0 + round(arrival * MINUTE), None, "bad", note)


def run_of(name: str, values: Sequence[int | None], first: int = 0) -> list[Sample]:
    """One sample a minute from minute ``first`` on; None makes a bad mark."""
    return [bad(name, first + i) if v is None else good(name, first + i, v) for i, v in enumerate(values)]


class Bench:
    """A session on a test program, run by the reference and the live evaluator; times in minutes after `T0`."""

    def __init__(self, *rules: str, of: Program | None = None, **more: Any) -> None:
        self.program = of if of is not None else program(*rules, **more)
        self.session = Session(self.program)
        self._of: Session | None = None

    def scan(
        self,
        minute: float,
        samples: Iterable[Sample] = (),
        *,
        rows: Iterable[Row] = (),
        models: Iterable[ModelAnswer] = (),
        events: Iterable[OperatorEvent] = (),
        run_at: float | None = None,
    ) -> ScanRecord:
        """One scan; ``run_at`` later than ``minute`` makes it caught up."""
        time = T0 + round(minute * MINUTE)
        late = run_at is not None
        run = T0 + round(run_at * MINUTE) if run_at is not None else time
        return self.run(ScanInput(time, run, tuple(samples), tuple(rows), tuple(models), tuple(events), late))

    def run(self, scan_input: ScanInput) -> ScanRecord:
        """One scan, on the live evaluator as well; both must say and keep the same."""
        if self._of is not self.session or self.session.last is None:
            self._of = self.session
            self.twin = Session.restore(self.program, self.session.snapshot(), "live")
        record = self.session.scan(scan_input)
        twin = self.twin.scan(scan_input)
        assert [] == differences(to_json(record), to_json(twin))
        assert [] == differences(self.session.snapshot(), self.twin.snapshot())
        return record

    def play(self, name: str, values: Sequence[int | None], first: int = 0) -> ScanRecord:
        """One scan and one sample of a variable a minute; the newest record."""
        record = None
        for i, sample in enumerate(run_of(name, values, first)):
            record = self.scan(first + i, [sample])
        assert record is not None
        return record


def differences(expected: Any, found: Any, path: str = "") -> list[str]:
    """Where two plain JSON values differ, as ``path: expected / found``."""
    if isinstance(expected, dict) and isinstance(found, dict):
        keys = sorted(expected.keys() | found.keys())
        each = [differences(expected.get(k, "missing"), found.get(k, "missing"), f"{path}/{k}") for k in keys]
        return [line for lines in each for line in lines]
    if isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        each = [differences(a, b, f"{path}/{i}") for i, (a, b) in enumerate(zip(expected, found, strict=True))]
        return [line for lines in each for line in lines]
    return [] if repr(expected) == repr(found) else [f"{path}: {expected} / {found}"]


def out(record: ScanRecord, name: str = "one", stage: str = "out") -> tuple[int, int]:
    """Interval of rule ``t.<name>``: ``when``, ``held`` (after `for`) or ``out`` (after strength and refuters)."""
    x = record.nodes[f"rule:t.{name}"][stage]
    return x[0], x[1]


def fact(record: ScanRecord, key: str) -> Interval:
    """Certainty of a fact; false when it is not there."""
    return next((f.certainty for f in record.facts if f.key == key), Interval(0, 0))


def state(record: ScanRecord, name: str = "one") -> str:
    """State of a rule's machine in a record."""
    return next((f.state for f in record.firings if f.rule == f"t.{name}"), "normal")


def bytes_of(record: ScanRecord) -> bytes:
    """Canonical bytes of a record."""
    return canonical(to_json(record))

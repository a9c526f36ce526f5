"""Judging the furnace pack on the virtual furnace: are injected causes found, and are normal days quiet?

Each cause acts on a furnace of its own with thirty days behind it; scans run from an hour before its onset to the end
of the kind's window. Found means: a rule of the matching condition is raised at or after the onset, for a channel in
the right sector. Run as a program it draws new seeds: ``python -m kb.judge``.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from expert.compile import load_program
from expert.engine.session import Session
from expert.language.ast import Program
from expert.run.pool import each
from expert.values.types import ScanInput, ScanRecord
from kb.furnace.causes import Cause, Kind
from kb.furnace.simulator import VirtualFurnace
from kb.furnace.traits import SECTORS
from kb.paths import plant_folder, rules_folder

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
WARM_UP = 30 * DAY
SEVERE = 4
KINDS: tuple[Kind, ...] = ("hang", "channel", "pci_stop", "leak")
WINDOWS = {"hang": 60, "channel": 60, "pci_stop": 480, "leak": 360}
"""Minutes after the onset in which the condition must be raised."""
LENGTHS = {"hang": (20, 60), "channel": (10, 60), "pci_stop": (30, 240), "leak": (360, 360)}
"""Shortest and longest duration of a cause, minutes: injection figures of the project's domain notes."""
MATCHING = {
    "hang": ("descent.hanging.suspected", "descent.hanging.probable"),
    "channel": ("gas.channelling.suspected", "gas.channelling.confirmed"),
    "pci_stop": ("thermal.coal_lost", "thermal.cooling.suspected", "thermal.cooling.confirmed"),
    "leak": ("water.leak.suspected", "water.leak.confirmed"),
}


@dataclass(slots=True)
class Finding:
    """What was raised for one cause: minutes from the onset by rule, and severe episodes that do not match."""

    kind: str
    seed: int
    severity: int
    minutes: int
    raised: dict[str, int] = field(default_factory=dict)
    strangers: list[str] = field(default_factory=list)

    @property
    def found(self) -> bool:
        """Whether any matching rule was raised."""
        return bool(self.raised)


@dataclass(slots=True)
class NormalDay:
    """Severe episodes of 24 h without a cause, and all episodes by rule."""

    seed: int
    severe: list[str] = field(default_factory=list)
    episodes: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class Judgement:
    """All findings and normal days."""

    findings: list[Finding]
    days: list[NormalDay]

    def found(self, kind: str = "") -> int:
        """Number of causes found, of one kind or of all."""
        return sum(f.found for f in self.findings if not kind or f.kind == kind)

    def text(self) -> str:
        """The table."""
        lines = [f"{'cause':<9} {'sev':>3} {'seed':>7} {'lasts':>6}  raised, minutes from the onset"]
        for f in self.findings:
            said = ", ".join(f"{rule} {m}" for rule, m in sorted(f.raised.items(), key=lambda x: x[1])) or "not found"
            also = f"   also severe: {', '.join(f.strangers)}" if f.strangers else ""
            lines.append(f"{f.kind:<9} {f.severity:>3} {f.seed:>7} {f.minutes:>6}  {said}{also}")
        kinds = list(dict.fromkeys(f.kind for f in self.findings))
        shares = [f"{k} {self.found(k)}/{sum(f.kind == k for f in self.findings)}" for k in kinds]
        lines.append(f"found {self.found()} of {len(self.findings)}" + (f": {', '.join(shares)}" if shares else ""))
        if "pci_stop" in kinds:
            cold = sum(any("cooling" in rule for rule in f.raised) for f in self.findings if f.kind == "pci_stop")
            lines.append(f"of the coal stops {cold} were also found by the cooling that follows")
        for day in self.days:
            rules = ", ".join(f"{r} x{n}" for r, n in sorted(day.episodes.items())) or "none"
            lines.append(f"normal day, seed {day.seed}: {len(day.severe)} severe; episodes: {rules}")
        return "\n".join(lines)


def judge(
    seeds: Sequence[int],
    kinds: Sequence[Kind] = KINDS,
    severities: Sequence[int] = (1, 2, 3, 4, 5),
    normal_seeds: Sequence[int] = (),
    program: Program | None = None,
    workers: int = 1,
) -> Judgement:
    """Inject every kind at every severity, one seed each, and run normal days.

    Parameters
    ----------
    seeds : sequence of int
        One per kind and severity, kinds outermost.
    normal_seeds : sequence of int
        One per normal day of 24 h.
    program : Program, optional
        Default: the pack and plant of this product.
    workers : int
        Processes to judge in, see `expert.run.pool.each`.

    Raises
    ------
    ValueError
        When there are fewer seeds than kinds times severities.
    """
    cases = [(k, s) for k in kinds for s in severities]
    if len(seeds) < len(cases):
        raise ValueError(f"{len(cases)} seeds are needed, one per kind and severity, not {len(seeds)}")
    if program is None:
        measured = frozenset(VirtualFurnace(seeds[0] if seeds else 0, 0).measured)
        program = load_program(rules_folder() / "blast_furnace", plant_folder(), installed=measured)
    todo: list[_Task] = [(program, k, s, seed) for (k, s), seed in zip(cases, seeds, strict=False)]
    todo += [(program, None, 0, seed) for seed in normal_seeds]
    results = list(each(_one, todo, workers))
    return Judgement([r for r in results if isinstance(r, Finding)], [r for r in results if isinstance(r, NormalDay)])


_Task = tuple[Program, Kind | None, int, int]
"""Program, kind (None: a normal day), severity, seed."""


def _one(task: _Task) -> Finding | NormalDay:
    program, kind, severity, seed = task
    return normal_day(program, seed) if kind is None else inject(program, kind, severity, seed)


def cause_of(kind: Kind, severity: int, seed: int) -> Cause:
    """The cause of a seed: onset in the day after the warm-up, length and place drawn at random."""
    chance = random.Random(f"{kind}/{seed}")
    low, high = LENGTHS[kind]
    sector = SECTORS[chance.randrange(len(SECTORS))] if kind in ("channel", "leak") else ""
    onset = WARM_UP + 2 * HOUR + chance.randrange(20 * 60) * MINUTE
    return Cause(kind, onset, chance.randint(low, high) * MINUTE, severity=severity, sector=sector)


def inject(program: Program, kind: Kind, severity: int, seed: int) -> Finding:
    """Run one cause and note when its condition is raised."""
    cause = cause_of(kind, severity, seed)
    finding = Finding(kind, seed, severity, cause.duration // MINUTE)
    furnace = VirtualFurnace(seed, 0, [cause])
    first, last = cause.onset - HOUR, cause.onset + WINDOWS[kind] * MINUTE
    for record in scans(program, furnace, first, last):
        now = record.input.time
        for f in record.firings:
            if not f.rising:
                continue
            placed = not f.bindings or not cause.sector or ("s", cause.sector) in f.bindings
            if f.rule in MATCHING[kind] and placed and now >= cause.onset:
                finding.raised.setdefault(f.rule, (now - cause.onset) // MINUTE)
            elif f.severity >= SEVERE and not f.rule.startswith("advice."):
                finding.strangers.append(f"{f.rule} at {(now - cause.onset) // MINUTE}")
    return finding


def normal_day(program: Program, seed: int) -> NormalDay:
    """24 h without a cause."""
    day = NormalDay(seed)
    for record in scans(program, VirtualFurnace(seed, 0), WARM_UP, WARM_UP + DAY):
        for f in record.firings:
            if f.rising:
                day.episodes[f.rule] = day.episodes.get(f.rule, 0) + 1
                if f.severity >= SEVERE:
                    day.severe.append(f"{f.rule} at {(record.input.time - WARM_UP) // MINUTE} min")
    return day


def scans(program: Program, furnace: VirtualFurnace, first: int, last: int) -> Iterator[ScanRecord]:
    """Warm a session up to ``first`` from the furnace's history, then scan every period up to ``last``."""
    session = Session(program)
    period = program.site.period
    first = first // period * period
    for name, h in furnace.history(first - period).items():
        session.load_history(name, h.source.tolist(), h.arrival.tolist(), h.count.tolist(), h.good.tolist())
    for now in range(first, last + 1, period):
        yield session.scan(ScanInput(now, now, tuple(furnace.advance(now))))


def main(arguments: Sequence[str] | None = None) -> int:
    """Judge with seeds drawn at random above 1000, or with given first ones; 1 when the target is missed."""
    parser = argparse.ArgumentParser(prog="python -m kb.judge", description=__doc__)
    parser.add_argument("--seed", type=int, help="draw the seeds from this number; default: new ones each time")
    parser.add_argument("--kinds", default=",".join(KINDS), help="kinds of causes, with commas between")
    parser.add_argument("--days", type=int, default=3, help="normal days")
    parser.add_argument("--workers", type=int, default=1, help="processes; 0: one for every processor")
    options = parser.parse_args(arguments)
    chance = random.Random(options.seed) if options.seed is not None else random.SystemRandom()
    kinds = [k for k in KINDS if k in options.kinds.split(",")]
    seeds = [chance.randrange(1001, 1_000_000) for _ in range(5 * len(kinds))]
    days = [chance.randrange(1001, 1_000_000) for _ in range(options.days)]
    result = judge(seeds, kinds, normal_seeds=days, workers=options.workers)
    print(result.text())
    enough = result.found() >= 4 * len(kinds) and all(result.found(k) >= 3 for k in kinds)
    return 0 if enough and not any(d.severe for d in result.days) else 1


if __name__ == "__main__":
    sys.exit(main())

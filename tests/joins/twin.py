"""The joins beside the reference session: the same program, the same scans, everything compared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from expert.engine.facts import FactBase
from expert.engine.reference import Reference
from expert.engine.results import Num
from expert.engine.session import Session
from expert.joins import reading
from expert.joins.relations import Relations
from expert.language import ast
from expert.language.ast import Program
from expert.values.interval import Interval
from expert.values.types import Row, Sample, ScanInput, ScanRecord
from tests.engine.build import MINUTE, T0


class ReferenceStatic:
    """What depends on no row, as the reference sees it after a scan."""

    def __init__(self, session: Session, record: ScanRecord) -> None:
        world = session.world(record.input.time)
        world.facts = FactBase()
        for f in record.facts:
            number = None if f.value is None else Num(f.value, f.value, f.value)
            world.facts.contribute(f.type, f.args, ("record", ()), f.certainty, number, 0)
        for key, machine in session.machines.items():
            rule = key.split("[", 1)[0]
            world.active[rule] = world.active.get(rule, False) or machine.active
        self.evaluator = Reference(world)

    def cond(self, node: ast.Cond, env: Mapping[str, str]) -> Interval | None:
        """Certainty of a condition."""
        return self.evaluator.cond(node, env)

    def number(self, node: ast.Expr, env: Mapping[str, str]) -> Num | None:
        """Value of a number."""
        return self.evaluator.number(node, env)


class Twin:
    """A session and the joins on one program; times in minutes."""

    def __init__(self, program: Program) -> None:
        self.session, self.joins = Session(program), Relations(program)

    def scan(self, minute: float, rows: Iterable[Row] = (), samples: Iterable[Sample] = ()) -> ScanRecord:
        """One scan of both; fails when they differ."""
        now = T0 + round(minute * MINUTE)
        record = self.session.scan(ScanInput(now, now, tuple(samples), tuple(rows)))
        self.joins.scan(now, rows, ReferenceStatic(self.session, record))
        wanted = tuple(f for f in record.facts if f.type in self.joins.facts)
        assert wanted == reading.facts(self.joins)
        said = {
            f"rule:{a.key}": {"when": [*a.when], "held": [*a.held], "out": [*a.shown], "since": a.since}
            for a in reading.activations(self.joins)
        }
        nodes = {k: v for k, v in record.nodes.items() if k.split(":")[0] == "rule"}
        owned = {k: v for k, v in nodes.items() if k[5:].split("[")[0] in self.joins.owned}
        assert owned == said
        return record

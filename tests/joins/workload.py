"""A schedule as rows: orders, operations and machines, with moves of single operations."""

from __future__ import annotations

import random
from collections.abc import Iterator

from expert.language.ast import Program
from expert.values.types import Row
from tests.engine.build import program, rule

FILES = {
    "site/relations.yaml": """
relations:
  order:
    key: [id]
    title: {en: Order, zh: 订单}
    fields: {id: text, due: min, rank: number}
  operation:
    key: [id]
    title: {en: Operation, zh: 工序}
    fields: {id: text, order: text, step: number, machine: text, start: min, duration: min}
  machine:
    key: [id]
    title: {en: Machine, zh: 机器}
    fields: {id: text, open: min, grade: number}
""",
    "pack/facts.yaml": """
facts:
  away: {title: {en: Away, zh: 离}}
  gate: {title: {en: Gate, zh: 门}}
  unfit: {title: {en: U, zh: U}, fields: {operation: {relation: operation}}}
  clash: {title: {en: C, zh: C}, fields: {operation: {relation: operation}, other: {relation: operation}}}
  late: {title: {en: L, zh: L}, fields: {operation: {relation: operation}}}
  fine: {title: {en: F, zh: F}, fields: {operation: {relation: operation}}}
  urgent: {title: {en: G, zh: G}, fields: {order: {relation: order}}}
""",
}
AFTER = "q.order == p.order and q.step == p.step + 1"
RULES = (
    rule(
        "unfit",
        '"o.start < m.open or m.grade < r.rank"',
        "match: {r: order, o: operation where o.order == r.id, m: machine where m.id == o.machine}",
        conclude="unfit(operation: o)",
    ),
    rule(
        "clash",
        '"q.start < p.start + p.duration"',
        "match: {p: operation, q: operation where q.machine == p.machine and q.start > p.start}",
        conclude="clash(operation: q, other: p)",
    ),
    rule(
        "due",
        '"o.start + o.duration > r.due"',
        "match: {o: operation, r: order where r.id == o.order}",
        conclude="late(operation: o)",
    ),
    rule("after", "late(operation: p)", f"match: {{p: operation, q: operation where {AFTER}}}",
         conclude="late(operation: q)"),
    rule("fine", "{all: [{not: late(operation: o)}, {not: clash(operation: o)}, {not: unfit(operation: o)}]}",
         "match: {o: operation}", conclude="fine(operation: o)"),
    rule("urgent", "{all: [late(operation: o), {not: fine(operation: o)}, r.rank > 2]}",
         "match: {r: order, o: operation where o.order == r.id}", conclude="urgent(order: r)"),
)  # fmt: skip
STEPS = 4


def schedule() -> Program:
    """The rules."""
    return program(*RULES, files=FILES)


class Shop:
    """Rows of a shop with so many orders, from a seed."""

    def __init__(self, orders: int, seed: int = 1) -> None:
        self.random = random.Random(seed)
        self.machines = max(4, orders // 2)
        self.horizon = 800
        self.orders = [f"r{i}" for i in range(orders)]
        self.operations = {f"{r}.{k}": self._operation(f"{r}.{k}", r, k) for r in self.orders for k in range(STEPS)}

    def _operation(self, key: str, order: str, step: int) -> Row:
        rng = self.random
        machine = f"m{rng.randrange(self.machines)}"
        start = step * self.horizon // STEPS + rng.randrange(self.horizon // STEPS)
        values = {"id": key, "order": order, "step": step, "machine": machine}
        return Row("operation", key, {**values, "start": start, "duration": rng.randrange(10, 60)})

    def rows(self) -> list[Row]:
        """All rows, to begin with."""
        rng = self.random
        found = [
            Row("machine", f"m{i}", {"id": f"m{i}", "open": rng.randrange(60), "grade": rng.randrange(1, 5)})
            for i in range(self.machines)
        ]
        found += [
            Row("order", r, {"id": r, "due": self.horizon - 100 + rng.randrange(300), "rank": rng.randrange(4)})
            for r in self.orders
        ]
        return found + list(self.operations.values())

    def moves(self, n: int) -> Iterator[Row]:
        """Single operations that go to another machine or time."""
        keys = list(self.operations)
        for _ in range(n):
            old = self.operations[self.random.choice(keys)].values or {}
            yield self._operation(old["id"], old["order"], old["step"])

"""The workload *join*: orders, their operations and machines, with moves of single operations, all from a seed."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from expert.values.types import Row

STEPS = 4
HORIZON = 800
"""Minutes over which an order's operations are spread."""
CONCLUSIONS = {"unfit": 1, "clash": 2, "late": 1, "fine": 1, "urgent": 1}
"""Facts, with the number of their fields."""
FILES = {
    "site/site.yaml": "name: shop\ntitle: {en: Shop, zh: 车间}\nperiod: 1 min\n",
    "site/variables.yaml": """
variables:
  - {id: shop.open, unit: "1", resolution: "1", period: 1 min, max_age: 11 min, valid: [0, 1], title: {en: O, zh: 开}}
""",
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
    "pack/pack.yaml": "name: shop\nversion: 0.1.0\ntitle: {en: Shop, zh: 车间}\nowner: bench\n",
    "pack/facts.yaml": """
facts:
  unfit: {title: {en: Unfit, zh: 不适}, fields: {operation: {relation: operation}}}
  clash: {title: {en: Clash, zh: 冲突}, fields: {operation: {relation: operation}, other: {relation: operation}}}
  late: {title: {en: Late, zh: 晚}, fields: {operation: {relation: operation}}}
  fine: {title: {en: Fine, zh: 好}, fields: {operation: {relation: operation}}}
  urgent: {title: {en: Urgent, zh: 急}, fields: {order: {relation: order}}}
""",
    "pack/shop.yaml": """
rules:
  - id: shop.unfit
    title: {en: Machine not open or not good enough, zh: 机器不适}
    match: {r: order, o: operation where o.order == r.id, m: machine where m.id == o.machine}
    when: o.start < m.open or m.grade < r.rank
    conclude: "unfit(operation: o)"
  - id: shop.clash
    title: {en: Begins while another runs, zh: 时间冲突}
    match: {p: operation, q: operation where q.machine == p.machine and q.start > p.start}
    when: q.start < p.start + p.duration
    conclude: "clash(operation: q, other: p)"
  - id: shop.due
    title: {en: Ends after its due time, zh: 超期}
    match: {o: operation, r: order where r.id == o.order}
    when: o.start + o.duration > r.due
    conclude: "late(operation: o)"
  - id: shop.after
    title: {en: Follows a late one, zh: 前序延误}
    match: {p: operation, q: operation where q.order == p.order and q.step == p.step + 1}
    when: late(operation: p)
    conclude: "late(operation: q)"
  - id: shop.fine
    title: {en: Nothing against it, zh: 正常}
    match: {o: operation}
    when: {all: [{not: late(operation: o)}, {not: clash(operation: o)}, {not: unfit(operation: o)}]}
    conclude: "fine(operation: o)"
  - id: shop.urgent
    title: {en: Important and late, zh: 紧急}
    match: {r: order, o: operation where o.order == r.id}
    when: {all: [late(operation: o), {not: fine(operation: o)}, r.rank > 2]}
    conclude: "urgent(order: r)"
""",
}


class Shop:
    """Rows of a shop with so many orders; half as many machines, so that each has about eight operations.

    >>> [row.key for row in Shop(2).rows()][:6]
    ['m0', 'm1', 'm2', 'm3', 'r0', 'r1']
    """

    def __init__(self, orders: int, seed: int = 1) -> None:
        draw = self._draw = random.Random(f"{seed}/{orders}")
        self._machines = max(4, orders // 2)
        self._tables: dict[str, dict[str, dict[str, Any]]] = {
            "machine": {
                f"m{i}": {"id": f"m{i}", "open": draw.randrange(60), "grade": draw.randrange(1, 5)}
                for i in range(self._machines)
            },
            "order": {
                f"r{i}": {"id": f"r{i}", "due": HORIZON // 2 + draw.randrange(HORIZON), "rank": draw.randrange(4)}
                for i in range(orders)
            },
        }
        self._tables["operation"] = {
            f"r{i}x{k}": self._operation(f"r{i}x{k}", f"r{i}", k) for i in range(orders) for k in range(STEPS)
        }

    def _operation(self, key: str, order: str, step: int) -> dict[str, Any]:
        draw = self._draw
        start = step * HORIZON // STEPS + draw.randrange(HORIZON // STEPS)
        machine = f"m{draw.randrange(self._machines)}"
        fixed = {"id": key, "order": order, "step": step}
        return {**fixed, "machine": machine, "start": start, "duration": draw.randrange(10, 60)}

    def rows(self) -> list[Row]:
        """All rows as they are now."""
        return [Row(name, key, values) for name, table in self._tables.items() for key, values in table.items()]

    def moves(self, n: int) -> Iterator[Row]:
        """Operations that go to another machine and time, one after the other."""
        table = self._tables["operation"]
        keys = list(table)
        for _ in range(n):
            old = table[self._draw.choice(keys)]
            key = old["id"]
            table[key] = self._operation(key, old["order"], old["step"])
            yield Row("operation", key, table[key])

    def conclusions(self) -> set[tuple[str, ...]]:
        """What follows from the rows, computed from nothing: the measure of every engine's conclusions."""
        operations, orders, machines = (self._tables[t] for t in ("operation", "order", "machine"))
        late: set[str] = set()
        for i in orders:
            for k in range(STEPS):
                o = operations[f"{i}x{k}"]
                if o["start"] + o["duration"] > orders[i]["due"] or f"{i}x{k - 1}" in late:
                    late.add(o["id"])
        unfit, at = set(), defaultdict(list)
        for o in operations.values():
            m = machines[o["machine"]]
            at[o["machine"]].append(o)
            if o["start"] < m["open"] or m["grade"] < orders[o["order"]]["rank"]:
                unfit.add(o["id"])
        clash = {
            (q["id"], p["id"])
            for there in at.values()
            for p in there
            for q in there
            if p["start"] < q["start"] < p["start"] + p["duration"]
        }
        fine = set(operations) - late - unfit - {q for q, _ in clash}
        urgent = {operations[o]["order"] for o in late if orders[operations[o]["order"]]["rank"] > 2}
        named = {"unfit": unfit, "late": late, "fine": fine, "urgent": urgent}
        return {(name, x) for name, found in named.items() for x in found} | {("clash", *pair) for pair in clash}

"""The plan of a program: which operations in which order, where every value lies.

A plan is built once per program and never changes; `expert.columns.core` gives it memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from expert.columns import layout as at
from expert.columns.expand import Args, Expansion, FactKey, Item, Scope
from expert.columns.soft import relational_rules
from expert.compile.components import components
from expert.engine.installed import off_facts, readable
from expert.engine.nodes import NodeTable, children, conclusion_args, roots, walk
from expert.language import ast, units
from expert.language.members import members_of
from expert.values.interval import ONE
from expert.values.types import Variable, rule_key

UNKNOWN_SLOT = 0
"""The condition that is always unknown."""


@dataclass(eq=False, slots=True)
class PlannedRule:
    """A rule with static bindings: its place among the rules, its condition and what becomes of it.

    ``level``: its stratum; ``final``: the stratum after which its machine may step.
    """

    ground: ast.GroundRule
    key: str
    row: int
    level: int
    final: int
    when: Item
    args: Args
    out: Item
    machine: Item | None = None
    firm: Item | None = None
    held: int = -1


@dataclass(eq=False, slots=True)
class PlannedFact:
    """A fact that static rules conclude: who, who refutes it, where it lies.

    ``row``: among refuted facts, or -1; ``off``: all rules for it are off, so it is unknown.
    """

    key: FactKey
    concluded: list[PlannedRule]
    refuters: list[PlannedRule]
    seen: Item
    refuted: Item | None
    firm: Item | None
    row: int = -1
    raw: int = -1
    off: bool = False


@dataclass(eq=False, slots=True)
class Plan:
    """All of it.

    ``order``: operations as they run; ``loops``: ranges of it that are positive recursion; ``passing``: operations that
    only pass on what they read and are left out.
    """

    program: ast.Program
    table: NodeTable
    scope: Scope
    expansion: Expansion
    rules: list[PlannedRule]
    facts: dict[FactKey, PlannedFact]
    relational: frozenset[str]
    by_id: dict[str, list[PlannedRule]] = field(default_factory=dict)
    refuted: list[PlannedFact] = field(default_factory=list)
    order: list[Item] = field(default_factory=list)
    loops: list[tuple[int, int]] = field(default_factory=list)
    leaves: list[Item] = field(default_factory=list)
    passing: list[Item] = field(default_factory=list)
    constants: list[Item] = field(default_factory=list)
    numbers: int = 0
    conditions: int = 1
    layers: int = 0

    def off_seen(self, x: Item) -> bool:
        """Whether an operation shows a fact whose rules are all off."""
        return any(f.seen is x and f.off for f in self.facts.values()) if self.scope.off else False


def build_plan(
    program: ast.Program,
    table: NodeTable,
    variables: Mapping[str, Variable],
    texts: bool = True,
    promises: bool = False,
) -> Plan:
    """Expand, order and place a program.

    Parameters
    ----------
    variables : mapping
        Ground variables of the site by name.
    texts : bool
        Also work out the numbers that sentences show.
    promises : bool
        Also work out the conditions that rules expect.
    """
    relational = relational_rules(program, promises=promises)
    scope = _scope(program, table, variables, relational)
    plan = Plan(program, table, scope, Expansion(scope), [], {}, relational)
    _add_rules(plan, texts, promises)
    _add_facts(plan)
    _add_machines(plan)
    _add_static(plan)
    _order(plan)
    _shorten(plan)
    _place(plan)
    return plan


def _scope(
    program: ast.Program, table: NodeTable, variables: Mapping[str, Variable], relational: frozenset[str]
) -> Scope:
    installed = program.installed
    site = program.site
    facts: dict[str, list[Args]] = {}
    live: dict[str, bool] = {}
    rules_on: set[str] = set()
    refuted: set[str] = set()
    for g in (g for layer in program.strata for g in layer):
        readable_ = readable(g)
        if readable_:
            rules_on.add(g.rule.id)
        conclusion = g.rule.conclude
        if conclusion is None:
            continue
        if conclusion.refutes:
            if not g.off:
                refuted.add(conclusion.type)
            continue
        live[conclusion.type] = live.get(conclusion.type, False) or readable_
        if not g.off and g.rule.id not in relational:
            args = conclusion_args(g.rule, dict(g.bindings))
            known = facts.setdefault(conclusion.type, [])
            if args not in known:
                known.append(args)
    return Scope(
        program=program,
        table=table,
        variables={n: v for n, v in variables.items() if installed is None or n in installed},
        units={v.unit: units.factor(v.unit, site.unit_definitions) for v in site.variables.values()},
        facts=facts,
        off=frozenset(off_facts(program)),
        off_types=frozenset(t for t, on in live.items() if not on),
        off_rules=frozenset(program.rules) - rules_on,
        no_exporter=frozenset(n for n, f in program.facts.items() if f.imported and n not in live),
        refuted=frozenset(refuted),
    )


# ---------------------------------------------------------------- rules, facts, machines


def _add_rules(plan: Plan, texts: bool, promises: bool) -> None:
    refuter_level: dict[str, int] = {}
    for level, layer in enumerate(plan.program.strata):
        for g in layer:
            if g.rule.conclude is not None and g.rule.conclude.refutes:
                refuter_level[g.rule.conclude.type] = level
    for level, layer in enumerate(plan.program.strata):
        for g in layer:
            if g.off or g.rule.id in plan.relational:
                continue
            env = dict(g.bindings)
            when = plan.expansion.item(g.rule.when, env)
            if when is None:
                continue
            kind = g.rule.conclude.type if g.rule.conclude is not None else ""
            row = len(plan.rules)
            planned = PlannedRule(
                ground=g,
                key=rule_key(g.rule.id, g.bindings),
                row=row,
                level=level,
                final=max(level, refuter_level.get(kind, level)),
                when=when,
                args=conclusion_args(g.rule, env),
                out=Item(at.OP_RULE, False, [when], [row, -1, -1, -1]),
            )
            if g.rule.kind in ("alarm", "advice"):
                firm = plan.expansion.item(g.rule.when, env, firm=True)
                planned.firm = firm if firm is not when else None
            for name in sorted(g.rule.because_parts) if texts else ():
                plan.expansion.item(g.rule.because_parts[name], env)
            for expected in g.rule.expect if promises else ():
                plan.expansion.item(expected.when, env)
            plan.rules.append(planned)
            plan.by_id.setdefault(g.rule.id, []).append(planned)


def _add_facts(plan: Plan) -> None:
    for rule in plan.rules:
        conclusion = rule.ground.rule.conclude
        if conclusion is None or conclusion.refutes:
            continue
        key = (conclusion.type, rule.args)
        if key not in plan.facts:
            seen = Item(at.OP_SEEN, False, params=[-1, -1, -1, -1])
            plan.facts[key] = PlannedFact(key, [], [], seen, None, None)
        plan.facts[key].concluded.append(rule)
    for key in sorted(plan.scope.off):
        seen = Item(at.OP_SEEN, False, params=[-1, -1, -1, -1])
        plan.facts[key] = PlannedFact(key, [], [], seen, None, None, off=True)
    for rule in plan.rules:
        conclusion = rule.ground.rule.conclude
        if conclusion is not None and conclusion.refutes:
            wanted = set(rule.args)
            for key, fact in plan.facts.items():
                if key[0] == conclusion.type and wanted.issubset(key[1]):
                    fact.refuters.append(rule)
    for fact in plan.facts.values():
        fact.seen.args = [r.out for r in fact.concluded]
        if fact.refuters:
            fact.row = len(plan.refuted)
            plan.refuted.append(fact)
            fact.refuted = Item(at.OP_REFUTED, False, [r.out for r in fact.refuters], [-1, fact.row, -1, -1])
            fact.firm = Item(at.OP_FIRM, False, [], [-1, fact.row, -1, -1])
            fact.seen.params[1] = fact.row


def _add_machines(plan: Plan) -> None:
    for rule in plan.rules:
        conclusion = rule.ground.rule.conclude
        if conclusion is not None and conclusion.refutes:
            continue
        machine = Item(at.OP_MACHINE, False, params=[rule.row, -1, -1, -1])
        if conclusion is not None:
            fact = plan.facts[conclusion.type, rule.args]
            machine.params[1] = fact.row
            machine.args = [r.out for r in fact.concluded if r.level <= rule.final]
        rule.machine = machine


def _add_static(plan: Plan) -> None:
    """What relational rules ask of samples alone, under the bindings that are known before any row."""
    for layer in plan.program.strata:
        for g in layer:
            if g.off or g.rule.id not in plan.relational:
                continue
            for root in roots(g.rule):
                _expand_static(plan, root, [dict(g.bindings)])


def _expand_static(plan: Plan, node: ast.Node, envs: list[dict[str, str]]) -> None:
    """Expand the parts of a node that need no row and no fact, for every member that is counted over on the way."""
    for env in envs:
        if _static(plan, node, env):
            plan.expansion.item(node, env)
    below: Iterable[ast.Node] = children(node)
    if isinstance(node, ast.AtLeast) and node.set is not None and node.binding is not None:
        below = node.items  # its filter picks the members, no scan looks at it
        envs = [{**env, node.binding: m} for env in envs for m in _members(plan, node, env)]
    elif isinstance(node, ast.SetAggregate):
        envs = [{**env, node.binding: m} for env in envs for m in plan.program.site.sets[node.set]]
    for child in below:
        _expand_static(plan, child, envs)


def _members(plan: Plan, node: ast.AtLeast, env: Mapping[str, str]) -> tuple[str, ...]:
    """Members that are counted; all of the set where rows decide, which nobody knows yet."""
    assert node.set is not None
    known = set(plan.table.name(node)[1]) <= set(env)
    return members_of(plan.program.site, node, env) if known else plan.program.site.sets[node.set]


def _static(plan: Plan, node: ast.Node, env: Mapping[str, str]) -> bool:
    from expert.columns.expand import COLUMNAR

    if isinstance(node, ast.Number | ast.Raised) or type(node) not in COLUMNAR:
        return False
    _, free, reads = plan.table.name(node)
    below = list(walk(node))
    return not reads and set(free) <= set(env) and all(type(n) in COLUMNAR for n in below) and not _raises(below)


def _raises(nodes: Iterable[ast.Node]) -> bool:
    return any(isinstance(n, ast.Raised) for n in nodes)


# ---------------------------------------------------------------- order


def _order(plan: Plan) -> None:
    """Operations so that each stands behind what it reads; cycles of positive recursion stay together as loops."""
    reached = _reachable(plan)
    number = {id(x): i for i, x in enumerate(reached)}
    forward: dict[int, list[int]] = {i: [] for i in range(len(reached))}
    for i, x in enumerate(reached):
        for y in _reads(plan, x):
            forward[number[id(y)]].append(i)
    for group in components(list(range(len(reached))), forward):
        first = len(plan.order)
        members = [reached[i] for i in group]
        ops = [x for x in members if x.op >= 0]
        plan.leaves += [x for x in members if x.leaf is not None]
        plan.constants += [x for x in members if x.op < 0 and x.leaf is None]
        plan.order += ops
        if len(group) > 1 or group[0] in forward[group[0]]:
            plan.loops.append((first, len(plan.order)))
    plan.order += [Item(at.OP_STORE, True, params=[-1, -1, -1, -1], args=[x]) for x in plan.order if x.op == at.OP_LAG]


def _reachable(plan: Plan) -> list[Item]:
    """All items that rules need, operands before their readers where there is no cycle."""
    out: list[Item] = []
    seen: set[int] = set()

    def visit(start: Item) -> None:
        stack: list[tuple[Item, bool]] = [(start, False)]
        while stack:
            x, done = stack.pop()
            if done:
                out.append(x)
            elif id(x) not in seen:
                seen.add(id(x))
                stack.append((x, True))
                stack.extend((y, False) for y in reversed(_reads(plan, x)))

    for rule in plan.rules:
        for x in (rule.out, rule.machine, rule.firm):
            if x is not None:
                visit(x)
    for fact in plan.facts.values():
        visit(fact.seen)
    for item in plan.expansion.items.values():  # also what stands beside something that the site never had
        if item is not None:
            visit(item)
    for x in list(out):  # what a lag of facts looks at is known at the end of a scan
        if x.op == at.OP_LAG:
            visit(x.args[0])
    return out


def _reads(plan: Plan, x: Item) -> list[Item]:
    """What must be worked out before an item."""
    found = [] if x.op == at.OP_LAG and x.params[2] else list(x.args)
    for key in x.facts:
        fact = plan.facts.get(key)
        if fact is not None:
            found.append(fact.firm if x.firm and fact.firm is not None else fact.seen)
    for name in x.rules:
        found += [r.machine for r in plan.by_id.get(name, ()) if r.machine is not None]
    if x.op in (at.OP_SEEN, at.OP_FIRM, at.OP_MACHINE) and x.params[1] >= 0:
        fact = plan.refuted[x.params[1]]
        if fact.refuted is not None:
            found.append(fact.refuted)
        if x.op == at.OP_FIRM:
            found.append(fact.seen)
    if x.op == at.OP_MACHINE:
        rule = plan.rules[x.params[0]]
        found.append(rule.out)
        if rule.firm is not None:
            found.append(rule.firm)
    return found


def _shorten(plan: Plan) -> None:
    """Leave out operations that only pass on what they read: its readers read that instead."""
    looped = {id(x) for first, end in plan.loops for x in plan.order[first:end]}
    kept: list[Item] = []
    place = [0]
    for x in plan.order:
        source = None if id(x) in looped else _passed_on(plan, x)
        if source is None:
            kept.append(x)
        else:
            x.same = source.same or source
            plan.passing.append(x)
        place.append(len(kept))
    plan.order = kept
    plan.loops = [(place[first], place[end]) for first, end in plan.loops]


def _passed_on(plan: Plan, x: Item) -> Item | None:
    """What an operation passes on unchanged, if that is all it does."""
    if x.op == at.OP_RULE:
        rule = plan.rules[x.params[0]].ground.rule
        return x.args[0] if not rule.hold and rule.strength == ONE else None
    if x.op == at.OP_SEEN:
        return x.args[0] if x.params[1] < 0 and len(x.args) == 1 else None
    if x.op == at.OP_FACT and not x.params[0]:
        read = _reads(plan, x)
        return read[0] if len(read) == 1 else None
    return x.args[0] if x.op in (at.OP_ALL, at.OP_ANY) and len(x.args) == 1 else None


# ---------------------------------------------------------------- places


def _place(plan: Plan) -> None:
    """A slot for every result."""
    lag = 0
    for x in [*plan.constants, *plan.leaves, *plan.order]:
        if x.op in (at.OP_STORE, at.OP_REFUTED):
            continue
        if x.numeric:
            x.slot, plan.numbers = plan.numbers, plan.numbers + 1
            plan.layers += x.layers
        else:
            x.slot, plan.conditions = plan.conditions, plan.conditions + 1
        if x.op == at.OP_LAG:
            x.params[0], lag = lag, lag + 1
    for x in plan.passing:
        assert x.same is not None
        x.slot = x.same.slot
    for fact in plan.facts.values():
        if fact.seen.same is not None:
            fact.raw = fact.seen.slot
        else:
            fact.raw, plan.conditions = plan.conditions, plan.conditions + 1
        fact.seen.params[2] = fact.raw
    for rule in plan.rules:
        rule.held = rule.when.slot
        if rule.ground.rule.hold:
            rule.held, plan.conditions = plan.conditions, plan.conditions + 1
        rule.out.params[1] = rule.held
        if rule.machine is not None:
            rule.machine.params[3] = rule.held
            rule.machine.params[2] = -1 if rule.firm is None else rule.firm.slot

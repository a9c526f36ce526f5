"""The crisp fragment of a program as an answer set program, solved by clingo.

Unlike the bridge it writes nothing out and pushes no negation down: every inner condition is a predicate of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import clingo

from expert.compat.crisp import Cell, Given, domains_of, is_leaf, is_row_test, layers
from expert.engine.nodes import NodeTable
from expert.language import ast
from expert.values.types import fact_key

Scope = dict[str, tuple[str, str]]
"""Binding -> name of its ASP variable, and the atom that ranges over it."""
OPERATORS = {"==": "=", "!=": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}


def run_clingo(program: ast.Program, start: Given) -> frozenset[str]:
    """Facts of the only answer set."""
    control = clingo.Control(["0", "--warn=none"])
    control.add("base", [], text(program, start))
    control.ground([("base", [])])
    models: list[list[clingo.Symbol]] = []
    control.solve(on_model=lambda m: models.append(m.symbols(atoms=True)))
    assert 1 == len(models), "a stratified program has one answer set"
    found = (s.arguments for s in models[0] if s.name == "fact")
    return frozenset(_key(program, [a.string for a in arguments]) for arguments in found)


def _key(program: ast.Program, values: list[str]) -> str:
    return fact_key(values[0], tuple(zip(program.facts[values[0]].fields, values[1:], strict=True)))


def text(program: ast.Program, start: Given) -> str:
    """The whole program in clingo's language."""
    translation = _Translation(program, start.table)
    for rule in (r for layer in layers(program) for r in layer):
        translation.rule(rule)
    return "\n".join([*_given(start), *translation.lines]) + "\n"


def quoted(value: str) -> str:
    """A text constant."""
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _given(start: Given) -> Iterator[str]:
    for name, values in sorted(start.leaves):
        yield atom("leaf", name, *map(quoted, values)) + "."
    for set_, members in start.sets.items():
        yield from (atom("member", quoted(set_), quoted(m)) + "." for m in members)
    for relation, table in start.rows.items():
        for key, row in table.items():
            yield atom("row", quoted(relation), quoted(key)) + "."
            for name, value in row.items():
                yield atom("cell", quoted(relation), quoted(key), quoted(name), _cell(value)) + "."


def _cell(value: Cell) -> str:
    if isinstance(value, str):
        return quoted(value)
    assert value == int(value), "clingo has integers only"
    return str(int(value))


def atom(name: str, *terms: str) -> str:
    """``name(terms)``."""
    return f"{name}({','.join(terms)})" if terms else name


@dataclass
class _Translation:
    program: ast.Program
    table: NodeTable
    lines: list[str] = field(default_factory=list)
    count: int = 0

    def rule(self, rule: ast.Rule) -> None:
        """One line for the rule, and one or more for each inner condition."""
        relation = {m.binding: m.relation for m in rule.match}
        scope: Scope = {}
        for binding, domain in domains_of(rule).items():
            predicate = "member" if domain.startswith("@") else "row"
            variable = f"V{len(scope)}"
            scope[binding] = variable, atom(predicate, quoted(domain[1:]), variable)
        wheres = [m.where for m in rule.match if m.where is not None]
        assert rule.conclude is not None
        args = dict(rule.conclude.args)
        values = [self._term(args[f], scope) for f in self.program.facts[rule.conclude.type].fields]
        body = [self._condition(c, scope, relation) for c in [*wheres, rule.when]]
        self._line(atom("fact", quoted(rule.conclude.type), *values), scope, body)

    def _line(self, head: str, scope: Scope, body: list[str]) -> None:
        whole = [domain for _, domain in scope.values()] + body
        self.lines.append(f"{head} :- {', '.join(whole)}." if whole else f"{head}.")

    def _term(self, value: str, scope: Scope) -> str:
        return scope[value[1:]][0] if value.startswith("$") else quoted(value)

    def _new(self, scope: Scope) -> str:
        self.count += 1
        return atom(f"c{self.count}", *[v for v, _ in scope.values()])

    def _condition(self, node: ast.Cond, scope: Scope, relation: dict[str, str]) -> str:
        """An atom that is true where the condition is."""
        if isinstance(node, ast.FactRef):
            args = {k: self._term(v, scope) for k, v in node.args}
            return atom("fact", quoted(node.type), *[args.get(f, "_") for f in self.program.facts[node.type].fields])
        if is_leaf(node):
            name, free, _ = self.table.name(node)
            return atom("leaf", name, *[scope[b][0] for b in free])
        head = self._new(scope)
        if is_row_test(node):
            assert isinstance(node, ast.Compare)
            body: list[str] = []
            left, right = (self._number(side, scope, relation, body) for side in (node.left, node.right))
            self._line(head, scope, [*body, f"{left} {OPERATORS[node.op]} {right}"])
        elif isinstance(node, ast.Not):
            self._line(head, scope, ["not " + self._condition(node.item, scope, relation)])
        elif isinstance(node, ast.All):
            self._line(head, scope, [self._condition(i, scope, relation) for i in node.items])
        elif isinstance(node, ast.Any):
            for item in node.items:
                self._line(head, scope, [self._condition(item, scope, relation)])
        else:
            assert isinstance(node, ast.AtLeast)
            self._line(head, scope, [f"{node.k} <= #count{{ {self._counted(node, scope, relation)} }}"])
        return head

    def _counted(self, node: ast.AtLeast, scope: Scope, relation: dict[str, str]) -> str:
        if node.set is None or node.binding is None:
            items = [self._condition(i, scope, relation) for i in node.items]
            return "; ".join(f"{i} : {literal}" for i, literal in enumerate(items))
        variable = f"V{len(scope)}"
        domain = atom("member", quoted(node.set), variable)
        inner = self._condition(node.items[0], {**scope, node.binding: (variable, domain)}, relation)
        return f"{variable} : {domain}, {inner}"

    def _number(self, node: ast.Expr, scope: Scope, relation: dict[str, str], body: list[str]) -> str:
        """A term; the cells that it reads join the body."""
        if isinstance(node, ast.Number):
            return _cell(node.value)
        if isinstance(node, ast.RowField):
            self.count += 1
            variable = f"X{self.count}"
            place = quoted(relation[node.binding]), scope[node.binding][0], quoted(node.field)
            body.append(atom("cell", *place, variable))
            return variable
        assert isinstance(node, ast.Arithmetic) and node.op in ("+", "-", "*")
        parts = [self._number(a, scope, relation, body) for a in node.args]
        return f"({node.op.join(parts)})" if len(parts) > 1 else f"({node.op}{parts[0]})"

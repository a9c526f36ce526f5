"""Rules over rows inside a live session: what changed is inferred by the joins, shown as the reference would show it.

All that a record says of these rules is kept from scan to scan. Only activations that the joins asked are evaluated
node by node; of the others only what depends on no row, and the time of what holds now, is brought up to date.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from expert.engine.facts import Args, FactBase
from expert.engine.fixpoint import Activation, EndlessGrowth, Outcome, activation, infer, refuter_levels
from expert.engine.guards import JoinExplosion
from expert.engine.hold import Hold
from expert.engine.nodes import NodeTable, walk
from expert.engine.reference import Reference
from expert.engine.results import interval_json
from expert.joins.carried import KeptFacts, KeptNodes, load_holds, save_holds
from expert.joins.joinrule import JoinRule
from expert.joins.matched import Keys
from expert.joins.relations import Relations
from expert.joins.rows import RowTuple
from expert.joins.shown import Shown, show_statics
from expert.joins.split import joined_rules
from expert.language import ast
from expert.language.ast import Program
from expert.values.interval import ONE, Interval
from expert.values.types import Row

Capped = tuple[Interval, bool]
"""What a rule's machine sees, and whether the fact is disputed."""
PLAIN_TEXT = (ast.RowField, ast.Number, ast.Arithmetic)


class Entry:
    """One activation and what became of it."""

    __slots__ = ("activation", "nodes", "outcome", "rule", "texts")

    def __init__(self, rule: JoinRule, activation: Activation) -> None:
        self.rule, self.activation = rule, activation
        self.outcome: Outcome | None = None
        self.nodes: tuple[str, ...] = ()
        self.texts: dict[str, Any] | None = None


class RowsBeside:
    """The joined rules of one session.

    Parameters
    ----------
    program : Program
    table : NodeTable
        The session's.

    Attributes
    ----------
    outcomes : dict
        Of every activation by its key.
    capped : dict
        What their machines see.
    """

    def __init__(self, program: Program, table: NodeTable) -> None:
        self.program, self.table = program, table
        self.owned = joined_rules(program, table)
        self.outcomes: dict[str, Outcome] = {}
        self.capped: dict[str, Capped] = {}
        self._entries: dict[int, dict[Keys, Entry]] = {}
        self._by_key: dict[str, Entry] = {}
        self._possible: dict[str, None] = {}
        self._doubted: dict[str, None] = {}
        self._sure: dict[str, None] = {}
        self._nodes = KeptNodes()
        self._rule_nodes: dict[str, dict[str, Any]] = {}
        self._ran = False

    def prepare(self, scout: Reference) -> None:
        """Compile, and find out what this site leaves out; ``scout`` evaluates without being shown."""
        dead: frozenset[str] = frozenset()
        while True:
            self.owned = joined_rules(self.program, self.table, dead)
            self.relations = Relations(self.program, self.table, self.owned, matched=True)
            self.relations.compile(scout)
            more = {rule.shape.rule.id for rule in self.relations.rules if rule.shape.dead}
            if not more:
                break
            dead |= more
        self.strata = [[g for g in layer if g.rule.id in self.owned] for layer in self.program.strata]
        self.ground = [g for layer in self.strata for g in layer if not g.off]
        self._levels = {g.rule.id: i for i, layer in enumerate(self.strata) for g in layer}
        self._final = refuter_levels(self.strata)
        self._tracked = [*self.relations.rules, *self.relations.partial]
        self._entries = {rule.rank: {} for rule in self._tracked}
        self._facts = KeptFacts(self.relations)

    # ------------------------------------------------------------ one scan

    def infer(
        self,
        told: Reference,
        scout: Reference,
        rows: Iterable[Row],
        holds: dict[str, Hold],
    ) -> list[str]:
        """Run the joined rules of a scan; ``told`` shows what depends on no row.

        Parameters
        ----------
        rows : iterable of Row
            Rows that came, changed or went since the scan before; in the first scan all.
        holds : dict
            Of the session; those of joined rules are taken over in the first scan.

        Returns
        -------
        list of str
            Keys of activations whose machines may see something else.
        """
        self._stop_early(told)
        if not self._ran:
            load_holds(self.relations.rules, holds)
        try:
            self.relations.scan(told.w.now, rows, scout)
        except (EndlessGrowth, JoinExplosion):
            self._as_the_reference_says(told)
            raise
        self._ran = True
        dirty = self._match()
        stirred = self._facts.update(told.w.facts)
        self.shown = Shown(told, self.relations.owned_types, self._nodes.json)
        for entry in dirty:
            self._evaluate(entry, self.shown)
        show_statics(self._tracked, told)
        return self._cap(told.w.facts, dirty, stirred)

    def _stop_early(self, told: Reference) -> None:
        """Stop before rows are combined that nothing ties together; those that something ties are counted later."""
        for g in self.ground:
            n = 1
            for match in g.rule.match:
                n *= len(told.w.rows.get(match.relation, ()))
                if match.where is not None:
                    break
                if n > self.program.site.max_activations:
                    self._as_the_reference_says(told)

    def _as_the_reference_says(self, told: Reference) -> None:
        """Let the reference say what is wrong with the rules of this scan."""
        infer(told.w, self.strata, {}, None, Reference(told.w))

    def _match(self) -> list[Entry]:
        """Take over what the joins asked: what matches now, and what does no more."""
        dirty: list[Entry] = []
        for rule in self._tracked:
            matched, entries = rule.matched, self._entries[rule.rank]
            assert matched is not None
            for keys in matched.dirty:
                rows, entry = matched.rows.get(keys), entries.get(keys)
                if rows is None:
                    if entry is not None:
                        del entries[keys]
                        self._drop(entry)
                    continue
                if entry is None:
                    entry = entries[keys] = self._enter(rule, rows)
                dirty.append(entry)
            matched.dirty = {}
        return dirty

    def _enter(self, rule: JoinRule, rows: tuple[RowTuple, ...]) -> Entry:
        shape = rule.shape
        env: dict[str, str] = dict(shape.env)
        for binding, i in shape.position.items():
            env[binding] = f"#{shape.relations[i]}:{rows[i][0]}"
        bindings = shape.ground.bindings + tuple((b, rows[i][0]) for b, i in shape.position.items())
        entry = Entry(rule, activation(rule.rule, bindings, env, Interval(ONE, ONE)))
        if not rule.partial:
            self._by_key[entry.activation.key] = entry
            if not rule.refutes and rule.conclusion is not None:
                self._facts.enter(rule.conclusion.type, entry.activation.args, entry.activation.key)
        return entry

    def _drop(self, entry: Entry) -> None:
        self._nodes.put(entry.nodes, {})
        if entry.rule.partial:
            return
        key, rule = entry.activation.key, entry.rule
        if not rule.refutes and rule.conclusion is not None:
            self._facts.leave(rule.conclusion.type, entry.activation.args, key)
        del self._by_key[key]
        for kept in (self.outcomes, self.capped, self._possible, self._sure, self._doubted):
            kept.pop(key, None)
        self._rule_nodes.pop(f"rule:{key}", None)

    def _evaluate(self, entry: Entry, shown: Shown) -> None:
        rule, a = entry.rule, entry.activation
        matched, when, nodes = shown.activation(rule, a.env)
        entry.nodes = self._nodes.put(entry.nodes, nodes)
        entry.texts = None
        if rule.partial:
            return
        held, since = when, (shown.w.now if when.s else None)
        if rule.book is not None:
            state = rule.book.states[tuple(v for _, v in a.bindings[len(rule.shape.ground.bindings) :])]
            held, since = Interval(*rule.book.amount(state, shown.w.now)), state.start
        a = Activation(a.rule, a.bindings, a.env, matched, a.key, a.args)
        entry.activation = a
        entry.outcome = self.outcomes[a.key] = Outcome(a, when, held, held.attenuate(rule.strength), since)

    def _cap(self, facts: FactBase, dirty: Sequence[Entry], stirred: Iterable[tuple[str, Args]]) -> list[str]:
        """Work out what machines see, where it may have changed."""
        moved = {e.activation.key: None for e in dirty if not e.rule.partial}
        for fact in stirred:
            if fact[0] in self._final:  # who else speaks of it may be disputed now
                moved.update(self._facts.speakers.get(fact, {}))
        for key in moved:
            entry = self._by_key[key]
            outcome = entry.outcome
            assert outcome is not None
            x, _ = self.capped[key] = self._capped(facts, outcome)
            if x.p >= entry.rule.rule.threshold:
                self._possible[key] = None
            else:
                self._possible.pop(key, None)
            self._rule_nodes[f"rule:{key}"] = {
                "when": interval_json(outcome.when),
                "held": interval_json(outcome.held),
                "out": interval_json(x),
                "since": outcome.since,
            }
            if outcome.when.s and entry.rule.book is None:
                self._sure[key] = None
            else:
                self._sure.pop(key, None)
        return list(moved)

    def _capped(self, facts: FactBase, outcome: Outcome) -> Capped:
        """What the machine sees: its own interval capped by refuters, and whether the fact is disputed by then."""
        conclusion = outcome.activation.rule.conclude
        if conclusion is None or conclusion.refutes:
            return outcome.out, False
        state = facts.by_type[conclusion.type][outcome.activation.args]
        if not state.refuted:
            return outcome.out, state.off and state.disputed
        level = max(self._levels[outcome.activation.rule.id], self._final[conclusion.type])
        said = [c.certainty for (rule, _), c in state.contributions.items() if self._levels[rule] <= level]
        s, p = max((x.s for x in said), default=0), max((x.p for x in said), default=0)
        return outcome.out.refute(state.refuted), s > min(p, ONE - state.refuted)

    # ------------------------------------------------------------ for the session

    def to_step(self, moved: Iterable[str], machines: Iterable[str]) -> list[str]:
        """Keys of the activations whose machines are to be stepped in this scan."""
        there = [key for key in machines if key in self._by_key]
        return sorted({*moved, *there, *self._doubted})

    def stepped(self, key: str, disputed: bool, machine: bool) -> None:
        """What became of an activation: one that is disputed and has no machine is looked at again in the next scan."""
        if disputed and not machine:
            self._doubted[key] = None
        else:
            self._doubted.pop(key, None)

    def texts(self, told: Reference, machines: Mapping[str, object], looks_back: Callable[[ast.Rule], bool]) -> None:
        """Evaluate what the sentences show of activations that are possible or raised, or look back."""
        keys = {*self._possible, *(key for key in machines if key in self._by_key)}
        for rule in self._tracked:
            if not rule.partial and looks_back(rule.rule):
                for entry in self._entries[rule.rank].values():
                    keys.add(entry.activation.key)
                    for expected in rule.rule.expect:
                        told.cond(expected.when, entry.activation.env)
        for key in keys:
            entry = self._by_key[key]
            parts, env = entry.rule.rule.because_parts.values(), entry.activation.env
            if entry.texts is None:
                entry.texts = {}
                for part in parts:
                    if _plain(part):
                        entry.texts.update(self.shown.text(entry.rule, part, env))
            told.nodes.update(entry.texts)
            for part in parts:
                if not _plain(part):
                    told.nodes.update(self.shown.text(entry.rule, part, env))

    def nodes(self, now: int) -> dict[str, Any]:
        """Nodes of the record."""
        for key in self._sure:
            name = f"rule:{key}"
            self._rule_nodes[name] = {**self._rule_nodes[name], "since": now}
        return {**self._nodes.json, **self._rule_nodes}

    def holds(self) -> dict[str, Hold]:
        """Past scans of every activation with a `for`."""
        return save_holds(self.relations.rules) if self._ran else {}


def _plain(node: ast.Node) -> bool:
    """Whether a number changes only with the rows of its activation."""
    return all(isinstance(n, PLAIN_TEXT) for n in walk(node))

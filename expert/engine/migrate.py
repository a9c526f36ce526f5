"""A snapshot of one program as a snapshot of another: what means the same goes on, the rest is closed with a reason.

A rule means the same when its canonical form is the same, its words (title, because, source, owner) and its severity
left out: neither says when it holds. Its holds, machines, episodes, acknowledgements, promises and track record go on.
Samples and baselines go on where the variable is measured alike, values under a lag where the same lag is still asked
for, rows and answers of models where these are declared alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Literal

from expert.compile.canonical import digest
from expert.engine.formats import State, upgrade
from expert.engine.installed import ground_variables
from expert.engine.nodes import NodeTable
from expert.engine.session import Session, SessionError
from expert.language import units
from expert.language.ast import Program, Rule
from expert.values.types import Dropped, Switch, rule_key

Kind = Literal["variable", "relation", "model", "action"]


def migrate(state: State, old: Program, new: Program, *, rebuilt: bool = False) -> tuple[State, Switch]:
    """A snapshot of ``old`` as one of ``new``, for `Session.restore`.

    Parameters
    ----------
    state : dict
        A snapshot, of this format or an older one; it stays as it is.
    old, new : Program
    rebuilt : bool
        ``old`` was built again from the sources of the snapshot's program by a version that gives it another digest.

    Returns
    -------
    dict
    Switch
        What went on, what did not, and why.

    Raises
    ------
    SessionError
        When the snapshot's format cannot be read, it is not of ``old``, it is damaged, or the new program is for
        another site or scan period.
    """
    state = upgrade(state)
    if not rebuilt and state.get("program") != old.digest:
        raise SessionError(f"snapshot of program {str(state.get('program'))[:12]}, not of {old.digest[:12]}")
    if old.site.name != new.site.name:
        raise SessionError(f"a snapshot of site {old.site.name} cannot go on at site {new.site.name}")
    if old.site.period != new.site.period:
        raise SessionError(f"the scan period was {old.site.period} ms and is {new.site.period} ms: timers cannot go on")
    try:
        return _Migration(state, old, new, state.get("program") == old.digest).run()
    except (KeyError, IndexError, TypeError, AttributeError) as e:
        raise SessionError(f"the snapshot is damaged: {type(e).__name__} {e}") from e


def take_over(session: Session, program: Program) -> tuple[Session, Switch]:
    """A session that goes on under another program from its next scan on; the one given stays as it is.

    Raises
    ------
    SessionError
        When the program is for another site or scan period.
    """
    state, switch = migrate(session.snapshot(), session.program, program)
    after = Session.restore(program, state, session.evaluator)
    after.profile = session.profile
    return after, switch


def meaning(rule: Rule) -> str:
    """Digest of when a rule holds and what it concludes; words and severity do not count."""
    words = {"title": {}, "because": {}, "because_parts": {}, "source": "", "owner": "", "single_instrument": ""}
    return digest(replace(rule, severity=0, **words))  # type: ignore[arg-type]


class _Migration:
    """One snapshot on its way from one program to another; ``numbered``: the names of its lags can be read."""

    def __init__(self, state: State, old: Program, new: Program, numbered: bool) -> None:
        self.state = state
        self.old = old
        self.new = new
        self.numbered = numbered
        self.dropped: list[Dropped] = []
        both = old.rules.keys() & new.rules.keys()
        self.kept = frozenset(r for r in both if meaning(old.rules[r]) == meaning(new.rules[r]))
        self._ground = {rule_key(g.rule.id, g.bindings) for layer in new.strata for g in layer}

    def run(self) -> tuple[State, Switch]:
        """The new snapshot and what became of the old one."""
        old, new, last = self.old, self.new, self.state["last"]
        parts = (self._timers(), self._ledger(), self._memory(), self._lags(), self._inputs())
        state = {**self.state, "program": new.digest}
        for part in parts:
            state.update(part)
        added = tuple(sorted(new.rules.keys() - old.rules.keys()))
        dropped = tuple(sorted(self.dropped, key=lambda d: (d.kind, d.name)))
        return state, Switch(old.digest, new.digest, last, tuple(sorted(self.kept)), added, dropped)

    # ------------------------------------------------------------ rules

    def _timers(self) -> State:
        """Holds, machines, episodes and acknowledgements; what is closed goes on record with its rule."""
        machines, closed = self.state["machines"], dict[str, list[str]]()
        for key in sorted(k for k in machines if not self._stays(k)):
            rule = _rule_of(key)
            if rule not in self.kept:
                closed.setdefault(rule, []).append(machines[key]["episode"])
            else:
                self.dropped.append(Dropped("rule", key, "gone", (machines[key]["episode"],)))
        for rule in (self.old.rules.keys() | closed.keys()) - self.kept:
            why: Literal["changed", "removed"] = "changed" if rule in self.new.rules else "removed"
            self.dropped.append(Dropped("rule", rule, why, tuple(closed.get(rule, ()))))
        kept = {k: m for k, m in machines.items() if self._stays(k)}
        open_ = {m["episode"] for m in kept.values()}
        return {
            "holds": {k: h for k, h in self.state["holds"].items() if self._stays(k)},
            "machines": kept,
            "episodes": [e for e in self.state["episodes"] if e["id"] in open_],
            "acknowledged": {e: t for e, t in self.state["acknowledged"].items() if e in open_},
        }

    def _stays(self, key: str) -> bool:
        """Whether a rule with its bindings means the same. Rows that went are seen by the next scan."""
        rule = _rule_of(key)
        return rule in self.kept and (bool(self.new.rules[rule].match) or key in self._ground)

    def _ledger(self) -> State:
        ledger = self.state["ledger"]
        open_ = {k: p for k, p in ledger["open"].items() if self._stays(k.rpartition("@")[0])}
        log = {rule: entries for rule, entries in ledger["log"].items() if rule in self.kept}
        for rule, entries in log.items():
            waiting = {p["said"] for p in open_.values() if p["rule"] == rule}
            log[rule] = [e for e in entries if e[1] != "open" or e[0] in waiting]
        return {"ledger": {"open": open_, "log": log}}

    def _lags(self) -> State:
        """What lags saw, by the numbers that the new program has for the same lags."""
        lagged = self.state["lagged"]
        if not lagged:
            return {}
        if not self.numbered:
            self.dropped.append(Dropped("lag", "all", "renumbered"))
            return {"lagged": {}}
        before, after = NodeTable(self.old), NodeTable(self.new)
        found = {}
        for key, past in lagged.items():
            number, at, bindings = key.partition("@")
            index = after.find(before.nodes[int(number)])
            if index is not None:
                found[f"{index}{at}{bindings}"] = past
        return {"lagged": found}

    # ------------------------------------------------------------ the plant

    def _memory(self) -> State:
        """Samples and baselines of variables that are measured as before."""
        old, new = (_measured(p) for p in (self.old, self.new))
        state = self.state
        held = {*state["series"], *(n for n, h in state["hourly"].items() if h["h"] or h["f"])}
        self._lose("variable", held, old, new)
        alike = {n for n in old if new.get(n) == old[n]}
        return {
            "series": {n: s for n, s in state["series"].items() if n in alike},
            "hourly": {n: h for n, h in state["hourly"].items() if n in alike},
            "waiting": [s for s in state["waiting"] if s["variable"] in alike or s["variable"] not in old],
        }

    def _inputs(self) -> State:
        """Rows, answers of models, and what people did, as far as the new site still knows them."""
        state, old, new = self.state, self.old.site, self.new.site
        rows, answers, done = state["rows"], state["answers"], state["done"]
        tables = [{n: (r.key, r.fields) for n, r in site.relations.items()} for site in (old, new)]
        models = [{n: replace(m, title={}) for n, m in site.models.items()} for site in (old, new)]
        actions = [dict.fromkeys(site.actions) for site in (old, new)]
        self._lose("relation", rows, *tables)
        self._lose("model", {a["model"] for _, a in answers}, *models)
        self._lose("action", {e["target"] for e in done}, *actions)
        return {
            "rows": {n: r for n, r in rows.items() if n in tables[1] and tables[1][n] == tables[0].get(n)},
            "answers": [x for x in answers if models[1].get(x[1]["model"]) == models[0].get(x[1]["model"])],
            "done": [e for e in done if e["target"] in actions[1] or e["target"] not in actions[0]],
        }

    def _lose(self, kind: Kind, held: Iterable[str], old: Mapping[str, Any], new: Mapping[str, Any]) -> None:
        """Put on record what had some state and is not declared as before."""
        for name in held:
            if name in old and (name not in new or new[name] != old[name]):
                self.dropped.append(Dropped(kind, name, "changed" if name in new else "removed"))


def _rule_of(key: str) -> str:
    return key.partition("[")[0]


def _measured(program: Program) -> dict[str, tuple[Any, ...]]:
    """How each ground variable is measured: what a count of it stands for."""
    own = program.site.unit_definitions
    return {v.id: (units.factor(v.unit, own), v.unit, v.resolution, v.kind) for v in ground_variables(program.site)}

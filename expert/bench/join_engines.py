"""The engines that join: ours by what changed, and CLIPS with `logical` conclusions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from expert.bench.peer import need
from expert.bench.shop import CONCLUSIONS, FILES
from expert.compile import load_program_from_sources
from expert.joins.tables import Tables
from expert.values.interval import ONE
from expert.values.types import Row

Found = set[tuple[str, ...]]


class Joiner(Protocol):
    """An engine at work on rows; `load` and `move` are timed."""

    name: str
    idiom: str

    def prepare(self, rows: Sequence[Row]) -> None:
        """Bring the first rows into the form that the engine reads fastest."""

    def load(self) -> None:
        """Take in the first rows and conclude."""

    def move(self, row: Row) -> None:
        """Change one row and conclude."""

    def conclusions(self) -> Found:
        """Name and fields of all that holds."""


class Ours:
    """The incremental evaluator of rules over rows."""

    name = "Tuyere joins"
    idiom = "rows as they come"

    def __init__(self) -> None:
        self._tables = Tables(load_program_from_sources(FILES))
        self._tables.apply(())
        self._rows: Sequence[Row] = ()

    def prepare(self, rows: Sequence[Row]) -> None:
        """Rows are read as they are."""
        self._rows = rows

    def load(self) -> None:
        """All rows in one scan."""
        self._tables.apply(self._rows)

    def move(self, row: Row) -> None:
        """One row in a scan."""
        self._tables.apply((row,))

    def conclusions(self) -> Found:
        """Facts whose support reaches one half."""
        return {(t, *args) for t in CONCLUSIONS for args, x in self._tables.possible(t) if 2 * x.s >= ONE}


RULES = (
    """(defrule unfit (logical (order (id ?r) (rank ?k)) (operation (id ?o) (order ?r) (machine ?m) (start ?s))
       (machine (id ?m) (open ?a) (grade ?g)) (test (or (< ?s ?a) (< ?g ?k)))) => (assert (unfit (a ?o))))""",
    """(defrule clash (logical (operation (id ?p) (machine ?m) (start ?s) (duration ?d))
       (operation (id ?q) (machine ?m) (start ?t&:(> ?t ?s)&:(< ?t (+ ?s ?d))))) => (assert (clash (a ?q) (b ?p))))""",
    """(defrule due (logical (operation (id ?o) (order ?r) (start ?s) (duration ?d))
       (order (id ?r) (due ?u&:(> (+ ?s ?d) ?u)))) => (assert (late (a ?o))))""",
    """(defrule after (logical (late (a ?p)) (operation (id ?p) (order ?r) (step ?k))
       (operation (id ?q) (order ?r) (step =(+ ?k 1)))) => (assert (late (a ?q))))""",
    """(defrule fine (declare (salience -1)) (logical (operation (id ?o)) (not (late (a ?o))) (not (clash (a ?o)))
       (not (unfit (a ?o)))) => (assert (fine (a ?o))))""",
    """(defrule urgent (declare (salience -2)) (logical (late (a ?o)) (operation (id ?o) (order ?r))
       (order (id ?r) (rank ?k&:(> ?k 2))) (not (fine (a ?o)))) => (assert (urgent (a ?r))))""",
)
IDIOMS = {"modify": "a fact a row, moved in place", "renew": "a fact a row, moved as a new fact"}


class ClipsJoin:
    """CLIPS; Python holds the operations only, which stay."""

    name = "CLIPS"

    def __init__(self, idiom: str) -> None:
        clips = need("clips", "clipspy")
        self.idiom = IDIOMS[idiom]
        self._renew = idiom == "renew"
        self._symbol: Any = clips.Symbol
        self._environment = clips.Environment()
        self._facts: dict[str, Any] = {}
        build = self._environment.build
        build("(deftemplate order (slot id) (slot due) (slot rank))")
        build("(deftemplate operation (slot id) (slot order) (slot step) (slot machine) (slot start) (slot duration))")
        build("(deftemplate machine (slot id) (slot open) (slot grade))")
        for name, fields in CONCLUSIONS.items():
            build(f"(deftemplate {name} {' '.join(f'(slot {s})' for s in 'ab'[:fields])})")
        for rule in RULES:
            build(rule)
        names = ("machine", "order", "operation")
        self._templates = {name: self._environment.find_template(name) for name in names}
        self._rows: list[tuple[Row, dict[str, Any]]] = []

    def __del__(self) -> None:
        """Let go of the facts first: CLIPS complains about an environment that goes while its facts are held."""
        self._facts = {}

    def prepare(self, rows: Sequence[Row]) -> None:
        """Slots of each fact, texts as symbols."""
        self._rows = [(row, self._slots(row)) for row in rows]

    def load(self) -> None:
        """A fact for each row, then the agenda; the operations stay known, for they will move."""
        for row, slots in self._rows:
            fact = self._templates[row.relation].assert_fact(**slots)
            if row.relation == "operation":
                self._facts[row.key] = fact
        self._environment.run()

    def move(self, row: Row) -> None:
        """One operation changed."""
        slots = self._slots(row)
        fact = self._facts[row.key]
        if self._renew:
            fact.retract()
            self._facts[row.key] = self._templates["operation"].assert_fact(**slots)
        else:
            fact.modify_slots(machine=slots["machine"], start=slots["start"], duration=slots["duration"])
        self._environment.run()

    def conclusions(self) -> Found:
        """All facts of the concluded templates."""
        found = set()
        for name, fields in CONCLUSIONS.items():
            for fact in self._environment.find_template(name).facts():
                found.add((name, *(str(fact[s]) for s in "ab"[:fields])))
        return found

    def _slots(self, row: Row) -> dict[str, Any]:
        assert row.values is not None
        return {k: self._symbol(v) if isinstance(v, str) else v for k, v in row.values.items()}

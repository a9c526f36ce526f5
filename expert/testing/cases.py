"""Case files -> cases; mistakes are reported like those of rule files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

from expert.engine.installed import ground_variables
from expert.language import ast
from expert.language.diagnostics import ProgramError, Sink, did_you_mean
from expert.language.schema import (
    Table,
    as_certainty,
    as_duration,
    as_mapping,
    as_text,
    entries,
    items,
    quantity,
)
from expert.language.source import Text
from expert.language.strict_yaml import Listing, YamlNode, decode, read
from expert.language.units import UnitError, Units, units_of
from expert.testing.series import Piece, counts_of, parse_series
from expert.values.interval import ONE
from expert.values.types import ModelAnswer, Row, Variable

EXPECTATIONS = ("raised", "held", "clearing", "possible", "quiet")
CASE_KEYS = (
    "name",
    "rule",
    "bind",
    "run",
    "every",
    "baseline",
    "arrival",
    "given",
    "rows",
    "model",
    "expect",
    "support",
)
MODEL_KEYS = ("below", "above", "ahead", "certainty")
HALF_HOUR = 1_800_000


@dataclass(frozen=True, slots=True)
class Case:
    """One story of one rule.

    ``given``: pieces by ground variable name; ``baseline``: (median, inter-quartile range) in the variable's unit;
    ``arrival``: delay in ms; ``expect``: (ms from the start, expectation), the end last; ``support``: bounds of the
    support at the end in millionths.
    """

    name: str
    rule: str
    span: ast.Span
    run: int
    every: int
    expect: tuple[tuple[int, str], ...]
    bind: tuple[tuple[str, str], ...] = ()
    given: dict[str, tuple[Piece, ...]] = field(default_factory=dict)
    baseline: dict[str, tuple[float, float]] = field(default_factory=dict)
    arrival: dict[str, int] = field(default_factory=dict)
    rows: tuple[Row, ...] = ()
    answers: tuple[ModelAnswer, ...] = ()
    support: tuple[int, int] = (0, ONE)

    @property
    def fires(self) -> bool:
        """Whether a rise is expected somewhere."""
        return any(e in ("raised", "held", "clearing") for _, e in self.expect)


def case_files(packs: Path | Sequence[Path]) -> list[Path]:
    """All ``*.test.yaml`` of pack folders, sorted; a single rule file has the one beside it, a case file is its own."""
    folders = [packs] if isinstance(packs, Path) else list(packs)
    return sorted({f for p in folders for f in (_beside(p) if p.is_file() else p.rglob("*.test.yaml"))})


def _beside(file: Path) -> list[Path]:
    own = file if file.name.endswith(".test.yaml") else file.with_suffix(".test.yaml")
    return [own] if own.is_file() else []


def load_cases(program: ast.Program, files: Iterable[Path]) -> list[Case]:
    """Cases of files in their order.

    Raises
    ------
    ProgramError
        With every mistake in the files.
    """
    sink = Sink()
    reader = _Reader(program, sink)
    sources: dict[str, str] = {}
    cases: list[Case] = []
    for path in files:
        shown = _shown(path)
        try:
            text = decode(path.read_bytes(), shown, sink)
        except OSError as e:
            sink.error("E0101", f"cannot be read: {e.strerror}", ast.Span(shown, 0, 0, 0))
            continue
        if text is None:
            continue
        sources[shown] = text
        node = read(text, shown, sink)
        if node is not None:
            cases += reader.file(node)
    if sink.found:
        raise ProgramError(sink.sorted, sources)
    return cases


def _shown(path: Path) -> str:
    full, base = path.resolve(), Path.cwd().resolve()
    return full.relative_to(base).as_posix() if full.is_relative_to(base) else path.as_posix()


class _Reader:
    """Reads the cases of one program."""

    def __init__(self, program: ast.Program, sink: Sink) -> None:
        self.program, self.sink = program, sink
        self.units: Units = units_of(tuple(program.site.unit_definitions))
        self.variables = {v.id: v for v in ground_variables(program.site)}

    def file(self, node: YamlNode) -> list[Case]:
        mapping = as_mapping(node, "case file", self.sink)
        if mapping is None:
            return []
        found = []
        for item in Table(mapping, "case file", self.sink, ("cases",)).listing("cases"):
            inner = as_mapping(item, "case", self.sink)
            if inner is not None:
                case = self.case(Table(inner, "case", self.sink, CASE_KEYS))
                found += [case] if case is not None else []
        return found

    def case(self, t: Table) -> Case | None:
        rule = t.text("rule", required=True)
        known = self.program.rules
        if rule is not None and rule.value not in known:
            self.sink.error("E0312", f"unknown rule {rule.value}", rule.span, help=did_you_mean(rule.value, known))
        run, every = t.duration("run", HALF_HOUR), t.duration("every", self.program.site.period)
        if every <= 0 or run < every:
            self.sink.error("E0205", "a run is at least one scan long", t.key_span("run"))
        expect = self._expect(t, run)
        if rule is None or not expect or rule.value not in known or every <= 0:
            return None
        return Case(
            name=t.word("name", required=True),
            rule=rule.value,
            span=t.span,
            run=run,
            every=every,
            expect=expect,
            bind=self._bind(t, known[rule.value]),
            given=self._given(t),
            baseline=self._baseline(t),
            arrival={n: as_duration(x, self.sink) for x, names in self._by_variable(t, "arrival") for n in names},
            rows=self._rows(t),
            answers=self._answers(t),
            support=self._support(t),
        )

    # ------------------------------------------------------------ parts

    def _expect(self, t: Table, run: int) -> tuple[tuple[int, str], ...]:
        node = t.get("expect", required=True)
        if node is None:
            return ()
        pairs: list[tuple[int, Text]] = []
        if isinstance(node, Text):
            pairs.append((run, node))
        else:
            for key, value in entries(node, "expect", self.sink):
                text = as_text(value, "expectation", self.sink)
                at = run if key.value == "end" else as_duration(key, self.sink)
                if at > run:
                    self.sink.error("E0205", "the time lies after the end of the run", key.span)
                if text is not None:
                    pairs.append((at, text))
        for _, text in pairs:
            if text.value not in EXPECTATIONS:
                message = f"{text.value!r} is not one of {', '.join(EXPECTATIONS)}"
                self.sink.error("E0123", message, text.span, help=did_you_mean(text.value, EXPECTATIONS, limit=0))
        return tuple(sorted((at, text.value) for at, text in pairs))

    def _bind(self, t: Table, rule: ast.Rule) -> tuple[tuple[str, str], ...]:
        sets = dict(rule.for_each)
        names = [*sets, *(m.binding for m in rule.match)]
        out = []
        for key, value in entries(t.get("bind"), "bind", self.sink):
            text = as_text(value, key.value, self.sink)
            if key.value not in names:
                help = did_you_mean(key.value, names)
                self.sink.error("E0303", f"{rule.id} binds no {key.value}", key.span, help=help)
            elif text is not None and self._is_member(text, sets.get(key.value)):
                out.append((key.value, text.value))
        return tuple(out)

    def _is_member(self, text: Text, set_name: str | None) -> bool:
        """True for a member of the set, and for anything where no set is meant."""
        members = self.program.site.sets[set_name] if set_name is not None else (text.value,)
        if text.value not in members:
            help = did_you_mean(text.value, members)
            self.sink.error("E0307", f"{set_name} has no {text.value}", text.span, help=help)
        return text.value in members

    def _by_variable(self, t: Table, key: str) -> list[tuple[Text, list[str]]]:
        """Texts of a mapping by the ground variables they are about."""
        out = []
        for name, value in entries(t.get(key), key, self.sink):
            text = as_text(value, name.value, self.sink)
            names = self._ground(name)
            if text is not None and names:
                out.append((text, names))
        return out

    def _ground(self, name: Text) -> list[str]:
        if name.value in self.variables:
            return [name.value]
        declared = self.program.site.variables.get(name.value)
        if declared is not None and declared.of is not None:
            head, _, rest = name.value.partition(".")
            return [f"{head}[{m}].{rest}" for m in self.program.site.sets[declared.of]]
        known = [*self.variables, *self.program.site.variables]
        self.sink.error("E0301", f"unknown variable {name.value}", name.span, help=did_you_mean(name.value, known))
        return []

    def _given(self, t: Table) -> dict[str, tuple[Piece, ...]]:
        out = {}
        for text, names in self._by_variable(t, "given"):
            pieces = parse_series(text, self.variables[names[0]], self.units, self.sink)
            out.update({n: pieces for n in names if pieces})
        return out

    def _baseline(self, t: Table) -> dict[str, tuple[float, float]]:
        out = {}
        for text, names in self._by_variable(t, "baseline"):
            variable = self.variables[names[0]]
            parts = text.value.split("+-")
            try:
                if len(parts) != 2:
                    form = f"420 {variable.unit} +- 6 {variable.unit}"
                    raise ValueError(f"{text.value!r} is not a baseline; write for example {form}")
                median, iqr = (counts_of(p, variable, self.units) * Fraction(variable.resolution) for p in parts)
            except ValueError as e:
                self.sink.error("E0501", str(e), text.span)
                continue
            out.update({n: (float(median), float(iqr)) for n in names})
        return out

    def _rows(self, t: Table) -> tuple[Row, ...]:
        out = []
        for name, value in entries(t.get("rows"), "rows", self.sink):
            relation = self.program.site.relations.get(name.value)
            if relation is None:
                help = did_you_mean(name.value, self.program.site.relations)
                self.sink.error("E0311", f"unknown relation {name.value}", name.span, help=help)
                continue
            for item in items(value, name.value, self.sink):
                inner = as_mapping(item, "row", self.sink)
                if inner is not None:
                    out.append(self._row(relation, Table(inner, f"row of {relation.name}", self.sink, relation.fields)))
        return tuple(out)

    def _row(self, relation: ast.Relation, t: Table) -> Row:
        values: dict[str, Any] = {}
        for field_name, kind in relation.fields.items():
            text = t.text(field_name)
            if text is None:
                continue
            values[field_name] = text.value if kind == "text" else self._number(text, kind)
        key = "/".join(str(values.get(k, "")) for k in relation.key)
        return Row(relation.name, key, values)

    def _number(self, text: Text, kind: str) -> float | None:
        found = quantity(text, self.sink)
        if found is None:
            return None
        value, unit = found
        if not unit:
            return float(value)
        try:
            wanted = "" if kind == "number" else kind
            if self.units.dimension_of(unit) != self.units.dimension_of(wanted):
                self.sink.error("E0207", "unit mismatch", text.span, help=f"write it in {kind}")
            return float(value * self.units.factor(unit) / self.units.factor(wanted))
        except UnitError as e:
            self.sink.error("E0201", str(e), text.span, help=e.help)
            return None

    def _answers(self, t: Table) -> tuple[ModelAnswer, ...]:
        out = []
        for name, value in entries(t.get("model"), "model", self.sink):
            spec = self.program.site.models.get(name.value)
            inner = as_mapping(value, "answer of a model", self.sink)
            if spec is None:
                help = did_you_mean(name.value, self.program.site.models)
                self.sink.error("E0310", f"unknown model {name.value}", name.span, help=help)
            elif inner is not None:
                answer = self._answer(spec, Table(inner, "answer of a model", self.sink, MODEL_KEYS))
                out += [answer] if answer is not None else []
        return tuple(out)

    def _answer(self, spec: ast.ModelSpec, t: Table) -> ModelAnswer | None:
        op = "above" if t.has("above") else "below"
        limit = t.text(op, required=True)
        ahead = t.duration("ahead", spec.horizons[0])
        ends = self._ends(t.get("certainty", required=True), "certainty")
        if limit is None or ends is None:
            return None
        variable = self.program.site.variables[spec.target]
        try:
            value = counts_of(limit.value, variable, self.units) * Fraction(variable.resolution)
        except ValueError as e:
            self.sink.error("E0501", str(e), limit.span)
            return None
        return ModelAnswer(spec.id, ahead, op, float(value), *ends)  # type: ignore[arg-type]

    def _support(self, t: Table) -> tuple[int, int]:
        node = t.get("support")
        ends = None if node is None else self._ends(node, "support")
        return ends or (0, ONE)

    def _ends(self, node: YamlNode | None, what: str) -> tuple[int, int] | None:
        if node is None:
            return None
        found = [as_text(n, what, self.sink) for n in items(node, what, self.sink)]
        ends = [as_certainty(x, self.sink, 0) for x in found if x is not None]
        if len(ends) == 2 and ends[0] <= ends[1]:
            return ends[0], ends[1]
        if isinstance(node, Listing):
            self.sink.error("E0205", f"{what} must be [low, high] with numbers from 0 to 1", node.span)
        return None


def middle(variable: Variable) -> float | None:
    """Middle of a variable's normal range; None where none is declared."""
    return None if variable.normal is None else (variable.normal[0] + variable.normal[1]) / 2

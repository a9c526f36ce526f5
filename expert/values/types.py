"""The frozen types that all rooms share.

Times are integer milliseconds since the Unix epoch (UTC), durations integer
milliseconds. A sample's value is an integer number of its variable's
resolution; `Variable.value` turns it into the unit's float with one division.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal

from expert.values.interval import Interval

Quality = Literal["good", "uncertain", "bad"]
Kind = Literal["condition", "alarm", "advice", "note"]
RaiseState = Literal["normal", "raised", "held", "clearing"]


@dataclass(frozen=True, slots=True)
class Variable:
    """A named process quantity.

    Parameters
    ----------
    id : str
        ``object.property``; for a variable that every member of an entity set has: ``set.property``,
        and its ground names are ``set[member].property``.
    unit : str
        The plant's unit; ``resolution``, ranges and ``uncertainty`` are in it.
    resolution : str
        Decimal text, e.g. ``"0.1"``; a sample is an integer number of it.
    period, max_age : int
        Sampling period and age after which a held value is unknown, ms.
    valid : tuple of float
        Physical range of the instrument; a value outside is bad.
    normal : tuple of float, optional
        Usual range, for screens only.
    uncertainty : float, optional
        Known half-width; comparisons are certain only beyond it.
    kind : {'analog', 'counter', 'switch'}
    exclude : str, optional
        Fact whose times do not count for the baseline.
    skew : int
        Source time may be ahead of arrival by this many ms before the sample is bad.
    of : str, optional
        Entity set that the variable belongs to.
    """

    id: str
    unit: str
    resolution: str
    period: int
    max_age: int
    valid: tuple[float, float]
    title: dict[str, str]
    tag: str = ""
    normal: tuple[float, float] | None = None
    uncertainty: float | None = None
    kind: Literal["analog", "counter", "switch"] = "analog"
    exclude: str | None = None
    skew: int = 5_000
    of: str | None = None
    source: str = "unverified"

    def quantise(self, x: float) -> int:
        """Nearest integer number of resolutions, half-even."""
        return round(Fraction(x) / Fraction(self.resolution))

    def value(self, count: int) -> float:
        """Value in ``unit``: one correctly rounded division."""
        r = Fraction(self.resolution)
        return (count * r.numerator) / r.denominator


@dataclass(frozen=True, slots=True)
class Sample:
    """One reading: ``count`` is None when the quality is bad and nothing was read.

    ``source``: when it was true at the plant; ``arrival``: when we could know it (both ms UTC).
    ``note``: why it is bad, in a word ("missing", "status", "range", "skew", "type").
    """

    variable: str
    source: int
    arrival: int
    count: int | None
    quality: Quality = "good"
    note: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a relation at a time; ``values`` None withdraws the key."""

    relation: str
    key: str
    values: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class ModelAnswer:
    """What a model said to one question of the program; recorded as an input.

    ``ahead`` in ms; ``limit`` in the target variable's unit; `support`/`plausibility` in millionths
    of ``P(target <op> limit)``; ``value, low, high``: the prediction and its interval, in the unit.
    Unknown is ``[0, 1_000_000]`` with a reason.
    """

    model: str
    ahead: int
    op: Literal["below", "above"]
    limit: float
    support: int
    plausibility: int
    value: float | None = None
    low: float | None = None
    high: float | None = None
    reason: str = ""
    artifact: str = ""


@dataclass(frozen=True, slots=True)
class OperatorEvent:
    """What a person said or did: ack, comment, answer, done (an action), mark (an outcome), shelve.

    ``value``: amount of an action; minutes that an episode or a rule is shelved for, 0 takes it back.
    """

    time: int
    kind: Literal["ack", "comment", "answer", "done", "mark", "shelve"]
    target: str
    who: str = ""
    text: str = ""
    value: float | None = None


@dataclass(frozen=True, slots=True)
class SharedFact:
    """One fact as an expert hands it to others: what readers see of it, and its number as plain JSON."""

    type: str
    args: tuple[tuple[str, str], ...]
    certainty: Interval
    disputed: bool = False
    number: dict[str, Any] | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Export:
    """What an expert puts on the blackboard with a completed scan.

    ``pack``, ``program``, ``sequence``, ``time``: which scan of whom; ``period``: of its scans, ms. ``types``: what it
    speaks about: a fact of them that is not in ``facts`` is false, of a type in ``unknown`` unknown.
    """

    pack: str
    program: str
    sequence: int
    time: int
    period: int
    types: tuple[str, ...]
    unknown: tuple[str, ...] = ()
    facts: tuple[SharedFact, ...] = ()


@dataclass(frozen=True, slots=True)
class ScanInput:
    """Everything a scan at plant time ``time``, run at ``run_at``, may know that is new.

    ``computed``: window features that no two machines need compute to the same bit, by node key; filled by the scan
    that computes them first, and taken from here when it is derived again.
    ``imports``: of every expert that is read, the newest scan before this one, whether it is new or not.
    """

    time: int
    run_at: int
    samples: tuple[Sample, ...] = ()
    rows: tuple[Row, ...] = ()
    models: tuple[ModelAnswer, ...] = ()
    events: tuple[OperatorEvent, ...] = ()
    caught_up: bool = False
    computed: tuple[tuple[str, float], ...] = ()
    imports: tuple[Export, ...] = ()


@dataclass(frozen=True, slots=True)
class Fact:
    """A typed statement with its certainty; ``args`` in the order of the type's fields.

    ``value``: for a fact type with a derived value (max or min), in house units. ``by``: the canonical derivation, a
    rule with its bindings: of the strongest the one of the lowest naive round, then rule id, then bindings; following
    it from fact to fact never goes in a circle. '' without support.
    """

    type: str
    args: tuple[tuple[str, str], ...]
    certainty: Interval
    disputed: bool = False
    value: float | None = None
    reason: str = ""
    by: str = ""

    @property
    def key(self) -> str:
        """Canonical name, e.g. ``hanging(stage=suspected)``."""
        return fact_key(self.type, self.args)


def fact_key(type_: str, args: tuple[tuple[str, str], ...]) -> str:
    """Canonical name of a fact.

    >>> fact_key("hanging", (("stage", "suspected"),))
    'hanging(stage=suspected)'
    """
    return f"{type_}({', '.join(f'{k}={v}' for k, v in args)})" if args else type_


def rule_key(rule: str, bindings: tuple[tuple[str, str], ...]) -> str:
    """Canonical name of a rule with its bindings, e.g. ``gas.channel[s=A]``."""
    return f"{rule}[{', '.join(f'{k}={v}' for k, v in bindings)}]" if bindings else rule


@dataclass(frozen=True, slots=True)
class Firing:
    """A rule with its bindings whose support reached the threshold in this scan.

    ``justification``: keys of the facts used; ``instruments``: variables used; ``rests_on``: the smallest
    sets of instruments whose loss would undo it (filled when the rule rises).
    """

    rule: str
    bindings: tuple[tuple[str, str], ...]
    certainty: Interval
    state: RaiseState
    episode: str
    rising: bool
    severity: int
    concludes: str
    justification: tuple[str, ...] = ()
    instruments: tuple[str, ...] = ()
    rests_on: tuple[tuple[str, ...], ...] = ()
    disputed: bool = False


@dataclass(frozen=True, slots=True)
class Episode:
    """One rise of a rule with its bindings until it clears."""

    id: str
    rule: str
    bindings: tuple[tuple[str, str], ...]
    severity: int
    raised: int
    state: RaiseState
    certainty: Interval
    cleared: int | None = None
    found_late: bool = False
    held_since: int | None = None
    open_question: bool = False
    acknowledged: int | None = None


@dataclass(frozen=True, slots=True)
class Expectation:
    """What a rise promised to be seen, and what came of it.

    ``said``: when it rose; ``deadline``: of its last alternative. ``state``: ``right`` when one of them was seen in
    time, ``wrong`` when all were known not to hold all along, ``undecided`` when data were missing or it held already;
    ``decided``: at which scan; ``seen``: which alternative it was, counted from 0.
    """

    rule: str
    bindings: tuple[tuple[str, str], ...]
    said: int
    deadline: int
    state: Literal["open", "right", "wrong", "undecided"] = "open"
    decided: int | None = None
    seen: int | None = None


@dataclass(frozen=True, slots=True)
class TrackRecord:
    """How often a rule rose in the last 90 days of plant time, and how often what it expected came."""

    rule: str
    said: int
    right: int = 0
    wrong: int = 0
    undecided: int = 0

    @property
    def share(self) -> float | None:
        """Share of right among right and wrong; None when there was neither."""
        decided = self.right + self.wrong
        return self.right / decided if decided else None


@dataclass(frozen=True, slots=True)
class AdviceItem:
    """One line of advice in a scan.

    ``amount`` and ``limit`` in ``unit``; ``status``: ``do``, or why it is not to be done now: ``blocked`` by a fact,
    ``contradicted`` by a stronger advice, ``pending`` because enough of it was done and has not acted yet.
    ``acts_at``, ``review_at``: ms UTC.
    """

    action: str
    amount: float | None
    unit: str
    limit: float | None
    rule: str
    episode: str
    severity: int
    status: Literal["do", "blocked", "contradicted", "pending"]
    reason: str = ""
    acts_at: int | None = None
    review_at: int | None = None


@dataclass(frozen=True, slots=True)
class ScanRecord:
    """One scan, whole: what came in, what followed, and every node's value for why and why-not.

    ``nodes``: node key -> result as plain JSON (`expert.engine.results`); ``episodes``: all open ones and
    those that ended in this scan; ``advice``: the advice board; ``counts``: e.g. samples skipped by cause.
    ``expectations``: open ones, and those decided in this scan; ``tracks``: of the rules in them and in the firings.
    ``shadow``: what rules in shadow would have said; nobody is shown it. ``exports``: what other experts may read.
    """

    program: str
    sequence: int
    input: ScanInput
    facts: tuple[Fact, ...]
    firings: tuple[Firing, ...]
    episodes: tuple[Episode, ...]
    advice: tuple[AdviceItem, ...] = ()
    nodes: dict[str, Any] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    expectations: tuple[Expectation, ...] = ()
    tracks: tuple[TrackRecord, ...] = ()
    shadow: tuple[Firing, ...] = ()
    exports: Export | None = None


@dataclass(frozen=True, slots=True)
class Dropped:
    """What did not go on when another program took over.

    ``why``: ``changed`` or ``removed`` in the new program; ``gone``: the member that a rule is about;
    ``renumbered``: nobody can say any more which was which. ``episodes``: of machines that were closed by that.
    """

    kind: Literal["rule", "variable", "relation", "model", "action", "lag"]
    name: str
    why: Literal["changed", "removed", "gone", "renumbered"]
    episodes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Switch:
    """One program taking over from another between two scans.

    ``old``, ``new``: digests; ``time``: of the last scan of the old one, None when there was none. ``kept``: rules
    whose timers go on; ``added``: rules that are new. A rule that is ``changed`` starts as if it were new.
    """

    old: str
    new: str
    time: int | None
    kept: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    dropped: tuple[Dropped, ...] = ()

"""Why and why-not of a record, with what the run remembers of an episode; and the list of rules to choose from."""

from __future__ import annotations

from dataclasses import dataclass

from expert.explain import Line, title_of, why, why_not
from expert.values.types import ScanRecord
from tui.port import DeskPort
from tui.texts import say
from tui.views.chronicle import Chronicle


@dataclass(frozen=True, slots=True)
class Why:
    """Reasons of one episode as the record at ``time`` (ms) has them."""

    title: str
    time: int
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class RuleChoice:
    """One rule to ask why-not of: its id, title, and how it stands."""

    id: str
    title: str
    state: str


def why_rows(
    desk: DeskPort, story: Chronicle, record: ScanRecord, episode: str, lang: str, ascii_only: bool, width: int
) -> tuple[Line, ...]:
    """Lines of why of an open episode; none when the record does not have it, or is one of other rules."""
    found = next((e for e in record.episodes if e.id == episode and _of_now(desk, record)), None)
    if found is None:
        return ()
    rests = story.rests.get(episode)
    lines = why(desk.program, record, found.rule, found.bindings, lang, desk.history, ascii_only, width, rests)
    return tuple(lines)


def why_of(
    desk: DeskPort, story: Chronicle, record: ScanRecord, episode: str, lang: str, ascii_only: bool, width: int
) -> Why | None:
    """Why of an episode, or None when the record does not have it, or is one of other rules."""
    found = next((e for e in record.episodes if e.id == episode and _of_now(desk, record)), None)
    if found is None:
        return None
    title = title_of(desk.program, found.rule, found.bindings, lang)
    lines = why_rows(desk, story, record, episode, lang, ascii_only, width)
    return Why(title, record.input.time, lines)


def why_not_of(desk: DeskPort, record: ScanRecord, rule: str, lang: str, ascii_only: bool, width: int) -> Why:
    """Why-not of a rule; no lines when the record is one of other rules."""
    if not _of_now(desk, record):
        return Why(rule, record.input.time, ())
    title = title_of(desk.program, rule, (), lang)
    return Why(title, record.input.time, tuple(why_not(desk.program, record, rule, lang, ascii_only, width)))


def _of_now(desk: DeskPort, record: ScanRecord) -> bool:
    """Whether a record is of the rules at work: what was asked on the screen may be older than a switch."""
    return record.program == desk.program.digest


def rule_choices(desk: DeskPort, record: ScanRecord | None, lang: str) -> tuple[RuleChoice, ...]:
    """All rules by title within their topic, with how they stand in a record."""
    program = desk.program
    raised = {e.rule for e in record.episodes if e.cleared is None} if record is not None else set()
    possible = set()
    for key, entry in (record.nodes if record is not None else {}).items():
        if key.startswith("rule:") and isinstance(entry, dict):
            rule_id = key[5:].partition("[")[0]
            rule = program.rules.get(rule_id)
            if rule is not None and entry["out"][1] >= rule.threshold > entry["out"][0]:
                possible.add(rule_id)
    on = {g.rule.id for layer in program.strata for g in layer if not g.off}
    return tuple(
        RuleChoice(id_, program.rules[id_].title.get(lang, id_), _state(id_, raised, possible, on, lang))
        for id_ in sorted(program.rules)
    )


def _state(rule: str, raised: set[str], possible: set[str], on: set[str], lang: str) -> str:
    if rule in raised:
        return say(lang, "state_raised_short")
    if rule not in on:
        return say(lang, "state_off_short")
    return say(lang, "state_possible_short") if rule in possible else ""

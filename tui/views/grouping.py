"""Which rules have a line of their own, and which are stages of one finding."""

from __future__ import annotations

from dataclasses import dataclass

from expert.language.ast import Program, Rule
from expert.values.types import Episode, rule_key
from tui.views.layout import Layout

Bindings = tuple[tuple[str, str], ...]
SEVERE = 4


@dataclass(frozen=True, slots=True)
class Place:
    """The finding a rule with its bindings belongs to, and how far up its ordered value stands."""

    group: str
    rank: int


def place_of(program: Program, rule: Rule, bindings: Bindings) -> Place:
    """Finding and stage of a rule with its bindings.

    Rules that conclude one fact type with ordered values (suspected, probable, confirmed) about the same
    entity are stages of one finding; every other rule is a finding of its own.
    """
    conclusion = rule.conclude
    declared = program.facts.get(conclusion.type) if conclusion is not None else None
    if conclusion is None or declared is None or declared.order != "ordered" or declared.value_field is None:
        return Place(rule_key(rule.id, bindings), 0)
    bound = dict(bindings)
    args = {k: bound.get(v[1:], v) if v.startswith("$") else v for k, v in conclusion.args}
    stages = declared.fields[declared.value_field]
    value = args.pop(declared.value_field, "")
    about = ", ".join(f"{k}={v}" for k, v in sorted(args.items()))
    return Place(f"{conclusion.type}({about})", stages.index(value) if value in stages else 0)


def has_line(rule: Rule, layout: Layout) -> bool:
    """Whether a rule's episode is an abnormal state that people see as a line of its own.

    Conditions of severity 0 are steps of reasoning; advice stands in the advice list; the verdict and its
    indices have places of their own.
    """
    if rule.kind not in ("condition", "alarm") or rule.severity < 1:
        return False
    return rule.conclude is None or rule.conclude.type not in layout.hidden()


def leading(episodes: tuple[Episode, ...], program: Program, layout: Layout) -> list[Episode]:
    """The open episodes with a line: of each finding the highest stage; most severe first, then the newest."""
    best: dict[str, tuple[int, Episode]] = {}
    for episode in episodes:
        rule = program.rules.get(episode.rule)
        if rule is None or episode.cleared is not None or not has_line(rule, layout):
            continue
        place = place_of(program, rule, episode.bindings)
        known = best.get(place.group)
        if known is None or place.rank > known[0]:
            best[place.group] = (place.rank, episode)
    found = [episode for _, episode in best.values()]
    return sorted(found, key=lambda e: (-e.severity, -e.raised, e.rule, e.bindings))


def group_since(episode: Episode, episodes: tuple[Episode, ...], program: Program) -> int:
    """When the first of the open stages of an episode's finding was raised, ms."""
    group = place_of(program, program.rules[episode.rule], episode.bindings).group
    times = [
        e.raised
        for e in episodes
        if e.cleared is None
        and e.rule in program.rules
        and place_of(program, program.rules[e.rule], e.bindings).group == group
    ]
    return min(times, default=episode.raised)

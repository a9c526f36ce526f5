"""The advice board: what to do now, and what is not to be done and why.

Advice never exceeds the catalogue's limit; contradicting levers are never shown together; what was done
and has not acted yet is counted before more of the same is advised.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from expert.engine.facts import FactBase
from expert.engine.nodes import fact_args
from expert.language.ast import Action, Rule, Site
from expert.values.types import AdviceItem, Episode, OperatorEvent, fact_key

HOLDS = 500_000
"""A gate's fact blocks from this support on (the default raise threshold)."""


def board(
    site: Site,
    advising: Sequence[tuple[Rule, Episode]],
    facts: FactBase,
    done: Sequence[OperatorEvent],
    now: int,
) -> tuple[AdviceItem, ...]:
    """Advice of one scan, strongest first.

    Parameters
    ----------
    advising : sequence of (Rule, Episode)
        Advice rules that are raised, with their episodes.
    done : sequence of OperatorEvent
        Actions reported as done (``target`` is the action, ``value`` the amount; without one: all that was advised).
    """
    wanted = _wanted(site, advising)
    out: list[AdviceItem] = []
    accepted: list[Action] = []
    for item in wanted:
        action = site.actions[item.action]
        gate = _blocked(action, facts)
        rival = next((a for a in accepted if contradicts(a, action)), None)
        if gate:
            out.append(replace(item, status="blocked", reason=gate))
        elif rival is not None:
            out.append(replace(item, status="contradicted", reason=rival.id))
        else:
            accepted.append(action)
            out.append(_less_pending(item, action, done, now))
    return tuple(out)


def _wanted(site: Site, advising: Sequence[tuple[Rule, Episode]]) -> list[AdviceItem]:
    """One item per action: the most severe rule's, ties by time of raise, then rule; bounded by the limit."""
    ranked = sorted(advising, key=lambda x: (-x[0].severity, x[1].raised, x[0].id, x[1].bindings))
    items: dict[str, AdviceItem] = {}
    for rule, episode in ranked:
        for step in rule.advise:
            action = site.actions[step.action]
            amount = step.amount
            if amount is not None and action.limit is not None:
                amount = min(amount, action.limit)
            items.setdefault(
                step.action,
                AdviceItem(step.action, amount, action.unit, action.limit, rule.id, episode.id, rule.severity, "do"),
            )
    return list(items.values())


def _blocked(action: Action, facts: FactBase) -> str:
    """Key of the first fact that forbids the action, or ''."""
    for ref in action.blocked_by:
        wanted = fact_args(ref, {})
        if facts.certainty(ref.type, wanted).s >= HOLDS:
            return fact_key(ref.type, tuple(sorted(wanted.items())))
    return ""


def contradicts(a: Action, b: Action) -> bool:
    """Whether two actions must not be shown together."""
    same_lever = a.lever == b.lever and a.direction * b.direction < 0
    return same_lever or b.id in a.contradicts or a.id in b.contradicts


def _less_pending(item: AdviceItem, action: Action, done: Iterable[OperatorEvent], now: int) -> AdviceItem:
    recent = [e for e in done if e.target == action.id and now - e.time < action.full_in]
    if not recent:
        return replace(item, acts_at=now + action.acts_in, review_at=now + action.review)
    last = max(e.time for e in recent)
    pending = sum(e.value if e.value is not None else item.amount or 0.0 for e in recent)
    if item.amount is not None and pending < item.amount:
        rest = round(item.amount - pending, 6)
        return replace(item, amount=rest, acts_at=now + action.acts_in, review_at=now + action.review)
    return replace(item, status="pending", acts_at=last + action.full_in, review_at=last + action.review)

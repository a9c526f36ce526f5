"""One line of advice in words: what, how much, within which limit, when it acts, when to look again."""

from __future__ import annotations

from expert.explain import clock, duration, fact_text
from expert.language.ast import Action, Program, Site
from expert.values.types import AdviceItem
from tui.texts import say
from tui.views.wording import amount, unit_text


def advice_words(site: Site, item: AdviceItem, lang: str, with_limit: bool = True) -> str:
    """Action with its amount and limit, e.g. ``Cut the blast 10 % (limit 20 %)``."""
    action = site.actions[item.action]
    text = action.title.get(lang, item.action)
    if item.amount is not None:
        text += f" {amount(item.amount)} {unit_text(item.unit)}".rstrip()
    if with_limit and item.limit is not None:
        shown = say(lang, "limit", limit=f"{amount(item.limit)} {unit_text(item.unit)}".rstrip())
        text += f"（{shown}）" if lang == "zh" else f" ({shown})"
    return text


def acting(action: Action) -> str:
    """From when until when an action shows, e.g. ``1-5 min``."""
    first, last = action.acts_in, action.full_in
    if last <= first:
        return duration(first)
    a, b = duration(first), duration(last)
    head, _, unit = a.partition(" ")
    return f"{head}-{b}" if b.endswith(f" {unit}") and b.count(" ") == 1 else f"{a} - {b}"


def review_words(site: Site, item: AdviceItem, lang: str) -> str:
    """When it acts and the time to review it, for the moment it is advised."""
    action = site.actions[item.action]
    parts = [say(lang, "acts", when=acting(action))]
    if item.review_at is not None:
        parts.append(say(lang, "review_at", time=clock(item.review_at)))
    return ("；" if lang == "zh" else "; ").join(parts)


def blocked_why(program: Program, item: AdviceItem, lang: str) -> str:
    """Why an advice is not to be done now, in words; '' for one that is."""
    if item.status == "contradicted":
        action = program.site.actions.get(item.reason)
        return action.title.get(lang, item.reason) if action else item.reason
    if item.status != "blocked":
        return ""
    type_, _, rest = item.reason.partition("(")
    args = tuple((k, v) for k, _, v in (p.partition("=") for p in rest.rstrip(")").split(", ") if p))
    return fact_text(program, type_, args, lang)

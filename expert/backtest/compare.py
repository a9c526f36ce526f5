"""Two versions of a pack over the same history: which episodes one has and the other has not."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from expert.backtest.summary import spell_json
from expert.backtest.tally import Result, Spell


@dataclass(frozen=True, slots=True)
class Pair:
    """One episode as both versions have it."""

    old: Spell
    new: Spell

    @property
    def rise(self) -> int:
        """How much later the new version raises it, ms; negative: earlier."""
        return self.new.raised - self.old.raised

    @property
    def clears(self) -> int | None:
        """How much later the new version clears it, ms; None where it is open in only one of them."""
        if self.old.cleared is None or self.new.cleared is None:
            return 0 if self.old.cleared is self.new.cleared else None
        return self.new.cleared - self.old.cleared

    @property
    def same(self) -> bool:
        """True when it begins and ends in the same scans."""
        return self.rise == 0 and self.clears == 0


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a change of a pack does over a history, up to the scan that both versions have run.

    Attributes
    ----------
    more, fewer : list of Spell
        Episodes that only the new, and only the old version has, in the order of time.
    pairs : list of Pair
        Episodes that both have.
    rules_added, rules_removed : list of str
        Rules that only one of the versions has.
    """

    old: Result
    new: Result
    more: list[Spell]
    fewer: list[Spell]
    pairs: list[Pair]
    rules_added: list[str]
    rules_removed: list[str]

    @property
    def moved(self) -> list[Pair]:
        """Episodes that both have, but not in the same scans."""
        return [p for p in self.pairs if not p.same]

    @property
    def earlier(self) -> list[Pair]:
        """Episodes that the new version raises earlier."""
        return [p for p in self.pairs if p.rise < 0]

    @property
    def later(self) -> list[Pair]:
        """Episodes that the new version raises later."""
        return [p for p in self.pairs if p.rise > 0]


def compare(old: Result, new: Result, chosen: Collection[str] | None = None) -> Comparison:
    """Match episodes by rule and bindings where they overlap in time.

    Where one episode of one version meets several of the other, the first is its counterpart.
    """
    upto = min(old.last, new.last)
    spells = [
        _by_key([s for s in r.spells if s.raised <= upto and (chosen is None or s.rule in chosen)]) for r in (old, new)
    ]
    more: list[Spell] = []
    fewer: list[Spell] = []
    pairs: list[Pair] = []
    for key in sorted(spells[0].keys() | spells[1].keys()):
        _match(old, new, spells[0].get(key, []), spells[1].get(key, []), (fewer, more, pairs))
    rules = [{k for k in r.program.rules if chosen is None or k in chosen} for r in (old, new)]
    return Comparison(
        old,
        new,
        sorted(more, key=_when),
        sorted(fewer, key=_when),
        sorted(pairs, key=lambda p: _when(p.new)),
        sorted(rules[1] - rules[0]),
        sorted(rules[0] - rules[1]),
    )


def _when(spell: Spell) -> tuple[int, str]:
    return spell.raised, spell.key


def _by_key(spells: list[Spell]) -> dict[str, list[Spell]]:
    found: dict[str, list[Spell]] = {}
    for spell in spells:
        found.setdefault(spell.key, []).append(spell)
    return found


def _match(
    old: Result, new: Result, was: list[Spell], now: list[Spell], out: tuple[list[Spell], list[Spell], list[Pair]]
) -> None:
    """Go through both lists in time; an episode is over before the other's begins, or they are a pair."""
    fewer, more, pairs = out
    i = j = 0
    while i < len(was) and j < len(now):
        a, b = was[i], now[j]
        if old.until(a) <= b.raised:
            fewer.append(a)
            i += 1
        elif new.until(b) <= a.raised:
            more.append(b)
            j += 1
        else:
            pairs.append(Pair(a, b))
            i, j = i + 1, j + 1
    fewer += was[i:]
    more += now[j:]


def comparison_json(c: Comparison) -> dict[str, Any]:
    """Plain JSON form; times in ms UTC, shifts in minutes."""
    return {
        "more": len(c.more),
        "fewer": len(c.fewer),
        "earlier": len(c.earlier),
        "later": len(c.later),
        "moved": len(c.moved),
        "same": len(c.pairs) - len(c.moved),
        "rules_added": c.rules_added,
        "rules_removed": c.rules_removed,
        "only_new": [spell_json(c.new, s) for s in c.more],
        "only_old": [spell_json(c.old, s) for s in c.fewer],
        "changed": [
            {
                "key": p.new.key,
                "old": spell_json(c.old, p.old),
                "new": spell_json(c.new, p.new),
                "raised_later_minutes": p.rise / 60_000,
                "cleared_later_minutes": None if p.clears is None else p.clears / 60_000,
            }
            for p in c.moved
        ],
    }

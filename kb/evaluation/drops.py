"""One instrument lost at a time: nothing severe may come of it, and what is still evident should still be found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from expert.run.pool import each
from kb.evaluation.campaign import Campaign
from kb.evaluation.events import Episode, SeedRun
from kb.evaluation.running import Setting, drawn, judged
from kb.evaluation.scoring import findings, overlap

GRAVE = 4
"""Episodes from this severity on must not come from a lost instrument."""
BATCH = 8
"""Instruments that one piece of work takes."""


@dataclass(frozen=True, slots=True)
class Drop:
    """What the loss of an instrument changes: grave episodes that are new by rule, conditions no longer found."""

    tag: str
    created: Mapping[str, int]
    lost: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Drops:
    """All instruments of a furnace, and the conditions that it finds while all are there."""

    tags: int
    found: tuple[str, ...]
    harmful: tuple[Drop, ...]
    costly: tuple[Drop, ...]

    def as_json(self) -> dict[str, Any]:
        """Plain JSON form."""
        return {
            "tags": self.tags,
            "found": list(self.found),
            "created": {d.tag: dict(d.created) for d in self.harmful},
            "lost": {d.tag: list(d.lost) for d in self.costly},
        }


def drops(setting: Setting, seed: int, workers: int = 1, tags: Sequence[str] | None = None) -> Drops:
    """Lose each instrument from the first scan of a campaign on; default: all of them, one after the other."""
    campaign = drawn(setting, seed)
    whole = judged(setting, campaign)
    names = sorted(campaign.columns) if tags is None else list(tags)
    batches = [(setting, whole, names[i : i + BATCH]) for i in range(0, len(names), BATCH)]
    done = [d for batch in each(_batch, batches, workers) for d in batch]
    return Drops(
        len(names), tuple(_found(whole)), tuple(d for d in done if d.created), tuple(d for d in done if d.lost)
    )


def _batch(task: tuple[Setting, SeedRun, Sequence[str]]) -> list[Drop]:
    setting, whole, tags = task
    campaign = drawn(setting, whole.seed)  # simulated again in each process: quicker than sending it there
    return [compare(tag, whole, judged(setting, without(campaign, tag))) for tag in tags]


def without(campaign: Campaign, tag: str) -> Campaign:
    """The campaign with an instrument that sends nothing from the first scan on."""
    cut = campaign.columns[tag].between(None, campaign.first)
    return replace(campaign, columns={**campaign.columns, tag: cut})


def compare(tag: str, whole: SeedRun, less: SeedRun) -> Drop:
    """What a run with an instrument less says more and finds less."""
    created = Counter(e.rule for e in less.episodes if e.severity >= GRAVE and not _known(e, whole))
    left = Counter(_found(less))
    return Drop(tag, dict(created), tuple((Counter(_found(whole)) - left).elements()))


def _known(episode: Episode, whole: SeedRun) -> bool:
    same = (e for e in whole.episodes if (e.rule, e.members) == (episode.rule, episode.members))
    return any(overlap(episode, e.raised, e.cleared) for e in same)


def _found(run: SeedRun) -> list[str]:
    """Conditions of the events that are found, one for each event."""
    return [f"{f.event.condition}/{f.event.severity}" for f in findings(run, {}) if f.hit]

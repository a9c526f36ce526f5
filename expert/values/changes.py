"""What an evaluator of many scans reports: not every scan's certainty, but when a rule's state changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ChangeKind = Literal["raised", "held", "clearing", "resumed", "cleared"]


@dataclass(frozen=True, slots=True)
class Change:
    """A rule with its bindings (``key``) enters another state of its machine in a scan.

    ``s``, ``p``: its certainty in that scan, millionths.
    """

    time: int
    key: str
    kind: ChangeKind
    episode: str
    s: int
    p: int

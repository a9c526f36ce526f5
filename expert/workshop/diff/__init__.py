"""What changed between two versions of a pack, by meaning, and what that asks of its version number.

A rule that is gone, fires less, is less urgent or says something else is a *major* change: somebody may have relied on
it. A rule more is *minor*. A rule that only matches more, is more urgent or is worded otherwise is a *patch*.
"""

from expert.workshop.diff.change import Change, Difference
from expert.workshop.diff.packs import compare_packs
from expert.workshop.diff.report import difference_lines

__all__ = ["Change", "Difference", "compare_packs", "difference_lines"]

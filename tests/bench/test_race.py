"""The engines under measurement do the same work."""

from __future__ import annotations

import numpy as np
import pytest

from expert.bench import clips_peer, zen_peer
from expert.bench.clips_peer import Clips
from expert.bench.experta_peer import Experta
from expert.bench.ours import LiveEvaluator, ReferenceEvaluator, has_columns, load
from expert.bench.peer import PeerMissing, need
from expert.bench.plain import numpy_over_time
from expert.bench.python_peers import PlainPython, RuleEngine
from expert.bench.race import Disagreement, Lane, race
from expert.bench.workload import Bools, change_share, make_workload
from expert.bench.zen_peer import Zen

WORKLOAD = make_workload(24, seed=5)
MAKERS = {
    **{f"clips-{i}": lambda i=i: Clips(WORKLOAD, i) for i in clips_peer.IDIOMS},
    "clips-watch": lambda: Clips(WORKLOAD, "comparison", watch=True),
    **{f"zen-{i}": lambda i=i: Zen(WORKLOAD, i) for i in zen_peer.IDIOMS},
    "zen-trace": lambda: Zen(WORKLOAD, "self", trace=True),
    "rule-engine": lambda: RuleEngine(WORKLOAD),
    "experta": lambda: Experta(WORKLOAD),
    "python": lambda: PlainPython(WORKLOAD),
    "reference": lambda: ReferenceEvaluator(load(WORKLOAD)),
}
if has_columns():
    MAKERS["live"] = lambda: LiveEvaluator(load(WORKLOAD))
    MAKERS["live-why"] = lambda: LiveEvaluator(load(WORKLOAD), why=True)


@pytest.mark.parametrize("name", MAKERS)
def test_every_engine_concludes_the_same(name: str) -> None:
    """Scan by scan, an engine's conclusions have the hash of NumPy's over the whole time axis."""
    values = WORKLOAD.values(12, "fast")
    lane = Lane(MAKERS[name](), 12)
    race([lane], values, numpy_over_time(WORKLOAD, values))
    assert 12 == len(lane.hashes)


class Wrong(PlainPython):
    """An engine with one fault."""

    name = "wrong"

    def conclusions(self) -> Bools:
        """The seventh rule the other way round."""
        out = super().conclusions()
        out[6] = not out[6]
        return out


def test_a_wrong_conclusion_ends_the_race_and_is_named() -> None:
    """The message names engine, scan and rule."""
    values = WORKLOAD.values(5, "fast")
    with pytest.raises(Disagreement, match=r"^wrong disagrees in scan 0: rule 6: (True, not False|False, not True)$"):
        race([Lane(Wrong(WORKLOAD), 5)], values, numpy_over_time(WORKLOAD, values))


@pytest.mark.parametrize(("pace", "low", "high"), [("fast", 0.11, 0.15), ("slow", 0.007, 0.014)])
def test_the_paces_change_what_they_promise(pace: str, low: float, high: float) -> None:
    """About 13 % and 1 % of the conditions change from scan to scan."""
    workload = make_workload(100)
    values = workload.values(400, pace)
    assert low < change_share(workload, values, numpy_over_time(workload, values)) < high


def test_a_workload_comes_from_its_seed_alone() -> None:
    """Twice the same seed gives the same rules and signals, another seed others."""
    assert make_workload(24, seed=5) == WORKLOAD
    assert make_workload(24, seed=6).rules != WORKLOAD.rules
    np.testing.assert_array_equal(WORKLOAD.values(9, "fast"), make_workload(24, seed=5).values(9, "fast"))


def test_upper_strata_read_lower_ones_only() -> None:
    """No rule reads a conclusion of its own stratum or of one above."""
    from expert.bench.tree import Known, leaves

    read = [
        (r.stratum, WORKLOAD.rules[n.rule].stratum)
        for r in WORKLOAD.rules
        for n in leaves(r.when)
        if isinstance(n, Known)
    ]
    assert read and all(lower < upper for upper, lower in read)


def test_a_missing_peer_is_told_in_one_sentence() -> None:
    """The message names the package and the extra that has it."""
    with pytest.raises(PeerMissing, match=r"^no-such-peer is not installed; pip install 'tuyere\[bench\]' adds it$"):
        need("no_such_peer_at_all", "no-such-peer")

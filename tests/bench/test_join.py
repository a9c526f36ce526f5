"""The engines that join do the same work."""

from __future__ import annotations

import pytest

from expert.bench.join import JoinPlan, run_join
from expert.bench.join_engines import IDIOMS, ClipsJoin, Found, Joiner, Ours
from expert.bench.race import Disagreement
from expert.bench.shop import CONCLUSIONS, Shop


@pytest.mark.parametrize("name", ["ours", *IDIOMS])
def test_every_engine_concludes_what_follows_from_nothing(name: str) -> None:
    """After loading and after each of 30 moves, conclusions are those computed anew from all rows."""
    engine: Joiner = Ours() if name == "ours" else ClipsJoin(name)
    shop = Shop(30, seed=3)
    engine.prepare(shop.rows())
    engine.load()
    assert shop.conclusions() == engine.conclusions()
    for row in shop.moves(30):
        engine.move(row)
        assert shop.conclusions() == engine.conclusions()


def test_the_workload_concludes_every_fact() -> None:
    """No rule of the workload is idle."""
    assert set(CONCLUSIONS) == {name for name, *_ in Shop(30, seed=3).conclusions()}


def test_a_wrong_join_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The message names the engine, the time and the fact."""

    def one_wrong(self: Ours) -> Found:
        return {x for x in found(self) if x != ("late", "r0x3")} | {("late", "nobody")}

    found = Ours.conclusions
    monkeypatch.setattr(Ours, "conclusions", one_wrong)
    with pytest.raises(Disagreement, match=r"^Tuyere joins disagrees after loading: late\(nobody\) is too much"):
        run_join(JoinPlan(5, 1, 1, 1))

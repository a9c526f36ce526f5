"""Liquids in the hearth and the casts that drain them."""

from __future__ import annotations

from kb.furnace.traits import SLAG

RESIDUAL = 70.0  # t of iron that stays in the hearth at the end of a cast
SHORTEST, LONGEST = 90, 150  # min of a cast


class Hearth:
    """Iron and slag, t; one taphole open at a time.

    ``age`` counts the minutes of the running cast, -1 when the taphole is closed.
    """

    __slots__ = ("_gap", "_pace", "age", "casts", "iron", "rate", "slag")

    def __init__(self) -> None:
        self.iron, self.slag, self.rate = 130.0, 40.0, 0.0
        self.age, self.casts = -1, 0
        self._gap, self._pace = 8, 5.5

    def step(self, make: float, chance: float, hold: bool = False, widen: float = 0.0) -> None:
        """Move on by one minute.

        Parameters
        ----------
        make : float
            New iron, t.
        chance : float
            Uniform number of this minute.
        hold : bool
            No taphole can be opened.
        widen : float
            How much more than usual runs out, as a share.
        """
        self.iron += make
        self.slag += make * SLAG
        if self.age >= 0:
            self._tap(chance, 1.0 + widen)
            return
        self._gap = max(self._gap - 1, 1 if hold else 0)
        if self._gap <= 0:
            self.age, self.casts = 0, self.casts + 1
            self._pace = 5.2 + 0.6 * chance

    def _tap(self, chance: float, widen: float) -> None:
        self.age += 1
        wear = 0.92 + 0.0013 * self.age  # the hole widens
        self.rate = widen * self._pace * wear * (1.0 + 0.0015 * (self.iron - 120.0))
        self.iron -= self.rate
        if self.age > 25:
            self.slag -= min(self.slag * 0.03, 3.5)
        if (self.iron <= RESIDUAL and self.age >= SHORTEST) or self.age >= LONGEST:
            self.age, self.rate = -1, 0.0
            self._gap = 10 + int(10.0 * chance)

    @property
    def volume(self) -> float:
        """Liquids, m3 (densities 6.8 and 2.65 t/m3)."""
        return self.iron / 6.8 + self.slag / 2.65

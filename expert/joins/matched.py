"""What a rule matches at the moment, for those who show all of it and not only what is true."""

from __future__ import annotations

from expert.engine.guards import JoinExplosion
from expert.joins.rows import RowTuple

Keys = tuple[str, ...]
"""Keys of the rows that a rule binds, in its order."""


class Matched:
    """Combinations of rows of one rule.

    ``rows``: those that match; ``dirty``: those that were asked, changed or taken back since somebody looked.

    Parameters
    ----------
    limit : int
        Most combinations.
    told : str
        The rule, for the message.
    """

    __slots__ = ("dirty", "limit", "rows", "told")

    def __init__(self, limit: int, told: str = "") -> None:
        self.limit, self.told = limit, told
        self.rows: dict[Keys, tuple[RowTuple, ...]] = {}
        self.dirty: dict[Keys, None] = {}

    def note(self, keys: Keys, rows: tuple[RowTuple, ...] | None) -> None:
        """Whether a combination matches: its rows, or None.

        Raises
        ------
        JoinExplosion
            When there are too many.

        Examples
        --------
        >>> some = Matched(10)
        >>> some.note(("a",), (("a", 1.0),))
        >>> some.note(("b",), None)
        >>> list(some.rows), list(some.dirty)
        ([('a',)], [('a',)])
        """
        if rows is None:
            if self.rows.pop(keys, None) is not None:
                self.dirty[keys] = None
            return
        self.rows[keys] = rows
        self.dirty[keys] = None
        if len(self.rows) > self.limit:
            raise JoinExplosion(f"{self.told} matches more than {self.limit} combinations of rows in one scan")

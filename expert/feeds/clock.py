"""Reading the times of a recording: formats, time zones, the hour that comes twice."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, tzinfo
from fractions import Fraction

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)
_SECONDS = re.compile(r"[0-9]{1,14}(\.[0-9]{1,9})?")
FORMATS = {"epoch s": 1000, "epoch ms": 1}


class Clock:
    """Text of a time -> ms UTC.

    Parameters
    ----------
    zone : tzinfo
        Zone of times that carry none.
    form : str
        ``iso``, ``epoch s``, ``epoch ms``, or a pattern of `datetime.strptime`.

    Notes
    -----
    When the clock is set back in autumn one hour comes twice. A time in it is taken as the first of the two unless
    the row before it is not earlier than that: then it is the second. A local time that never was (spring) is refused.

    Examples
    --------
    >>> from zoneinfo import ZoneInfo
    >>> Clock(ZoneInfo("Asia/Shanghai"), "iso").read("2023-02-09 13:00:00")
    1675918800000
    >>> Clock(UTC, "iso").read("yesterday") is None
    True
    """

    def __init__(self, zone: tzinfo, form: str = "iso") -> None:
        self._zone = zone
        self._form = form
        self._text = ""
        self._last: int | None = None

    def read(self, text: str) -> int | None:
        """Time in ms UTC, or None when the text is none."""
        if text == self._text:
            return self._last
        try:
            time = self._parse(text)
        except (ValueError, OverflowError):
            return None
        self._text, self._last = text, time
        return time

    def _parse(self, text: str) -> int | None:
        if self._form in FORMATS:
            return round(Fraction(text) * FORMATS[self._form]) if _SECONDS.fullmatch(text) else None
        moment = datetime.fromisoformat(text) if self._form == "iso" else datetime.strptime(text, self._form)
        return self._utc(moment)

    def _utc(self, moment: datetime) -> int | None:
        if moment.tzinfo is not None:
            return (moment - EPOCH) // MILLISECOND
        first, second = (self._instant(moment.replace(fold=fold)) for fold in (0, 1))
        if first is None or second is None:
            return None
        return second if first < second and self._last is not None and self._last >= first else first

    def _instant(self, moment: datetime) -> int | None:
        local = moment.replace(tzinfo=self._zone)
        there = local.astimezone(UTC)
        if there.astimezone(self._zone).replace(tzinfo=None, fold=0) != moment.replace(fold=0):
            return None  # the clock was set forward over this time
        return (there - EPOCH) // MILLISECOND

"""Terminal screens: they know the public API of `expert` and what `kb` says of the plant, and hold no rule logic."""

import time

_STARTED = time.monotonic()


def since_start() -> float:
    """Seconds since the program began to load, for saying how long the first conclusion took."""
    return time.monotonic() - _STARTED

"""What all tests share: settings of the property tests."""

from __future__ import annotations

import signal

from hypothesis import HealthCheck, settings

if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:  # as a shell starts what runs in its background
    signal.signal(signal.SIGINT, signal.default_int_handler)  # programs that tests start would never be interrupted

# No deadline: the machine may be busy, and a slow example is no wrong one. The same examples every time, so that a
# red `make test` means a change; `make check-long` looks for new ones.
settings.register_profile(
    "short", deadline=None, max_examples=50, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("long", deadline=None, max_examples=1000, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("short")

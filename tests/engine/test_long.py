"""The property tests with many more examples."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, settings

from tests.engine import test_determinism as determinism
from tests.engine import test_late as late
from tests.engine import test_monotone as monotone
from tests.engine import test_recursion as recursion

PROPERTIES: list[Callable[[], None]] = [
    monotone.test_bad_samples_only_widen,
    monotone.test_bad_samples_only_widen_over_sets,
    late.test_a_late_sample_equals_one_in_time_once_it_has_arrived,
    late.test_a_scan_run_late_sees_nothing_of_later_times,
    determinism.test_order_of_samples_within_a_scan,
    determinism.test_snapshot_and_restore_at_any_scan,
    recursion.test_max_recursion_is_the_longest_path,
    recursion.test_a_cycle_in_the_data_makes_the_values_behind_it_unknown,
]


@pytest.mark.long
@pytest.mark.parametrize("check", PROPERTIES, ids=lambda f: f.__name__)
def test_with_many_examples(check: Callable[[], None]) -> None:
    """A thousand examples of each law."""
    settings(max_examples=1000, deadline=None, suppress_health_check=list(HealthCheck))(check)()

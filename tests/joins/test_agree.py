"""The joins say what the reference evaluator says, after every scan, to the bit."""

from __future__ import annotations

from hypothesis import Phase, given, settings

from tests.engine.build import program
from tests.joins.strategies import FILES, NUMERIC_FILES, Change, changes, numeric_programs, programs
from tests.joins.twin import Twin


@given(programs(), changes())
@settings(max_examples=100, deadline=None, phases=(Phase.explicit, Phase.generate))
def test_the_joins_agree_with_the_reference(rules: tuple[str, ...], scans: tuple[Change, ...]) -> None:
    """Facts, canonical derivations and every activation, whatever the rules and however rows come and go."""
    twin = Twin(program(*rules, files=FILES))
    for scan in scans:
        twin.scan(scan.minute, scan.rows, scan.samples)


@given(numeric_programs(), changes())
@settings(max_examples=100, deadline=None, phases=(Phase.explicit, Phase.generate))
def test_numbers_by_max_and_min_agree(rules: tuple[str, ...], scans: tuple[Change, ...]) -> None:
    """Recursive numbers over rows, cycles in the data and numbers that nobody concluded included."""
    twin = Twin(program(*rules, files=NUMERIC_FILES))
    for scan in scans:
        twin.scan(scan.minute, scan.rows, scan.samples)

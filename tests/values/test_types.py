"""Resolutions: integers to values and back."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from expert.values.types import Variable, fact_key, rule_key

RESOLUTIONS = st.sampled_from(["1", "0.1", "0.01", "0.05", "2.5", "0.001"])


def variable(resolution: str) -> Variable:
    """A variable of some unit."""
    return Variable("a.x", "kPa", resolution, 60_000, 600_000, (0, 100), {})


@given(RESOLUTIONS, st.integers(-(10**9), 10**9))
def test_value_is_one_correctly_rounded_division(resolution: str, count: int) -> None:
    """A count's value is the float nearest to the exact product."""
    assert float(count * Fraction(resolution)) == variable(resolution).value(count)


@given(RESOLUTIONS, st.integers(-(10**9), 10**9))
def test_a_value_is_read_back_as_the_same_count(resolution: str, count: int) -> None:
    """Writing a reading and quantising it again changes nothing."""
    v = variable(resolution)
    assert count == v.quantise(v.value(count))


@given(RESOLUTIONS, st.floats(-1e6, 1e6))
def test_quantising_errs_by_half_a_resolution_at_most(resolution: str, x: float) -> None:
    """The nearest count is taken."""
    error = abs(Fraction(x) - variable(resolution).quantise(x) * Fraction(resolution))
    assert error <= Fraction(resolution) / 2


def test_keys_name_arguments_in_order() -> None:
    """Facts and rules with bindings have one canonical name each."""
    assert "hot(pump=A, side=left)" == fact_key("hot", (("pump", "A"), ("side", "left")))
    assert ("t.r", "t.r[p=A]") == (rule_key("t.r", ()), rule_key("t.r", (("p", "A"),)))

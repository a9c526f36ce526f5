"""Units: exact factors, dimensions, durations."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from expert.language.durations import format_duration, parse_duration
from expert.language.units import UnitError, Units, units_of

UNITS = ["kPa", "bar", "Nm3/min", "Nm3/h", "t/h", "kW/m2", "MW", "degC", "%", "g/Nm3", "Nm3/min/kPa", "m/min", "1/min"]


@pytest.mark.parametrize("unit", UNITS)
def test_house_unit_has_factor_one(unit: str) -> None:
    """The unit in which a dimension is computed converts with exactly one."""
    units = units_of()
    assert Fraction(1) == units.factor(units.house_unit(units.dimension_of(unit)))


def test_percent_is_no_plain_number() -> None:
    """% is a dimension of its own, so 0.35 and 0.35 % never mix."""
    assert ("[fraction]", "") == (units_of().dimension("%"), units_of().dimension(""))


def test_site_adds_units() -> None:
    """A site's own unit may build on a new dimension or on a known unit."""
    units = Units(["rev = [rotation]", "rpm = rev / min"])
    assert Fraction(1, 60) == units.factor("rpm")
    assert "rev/s" == units.house_unit(units.dimension_of("rpm"))


@pytest.mark.parametrize("line", ["rev", "rev = [", "= 3", "x y = 3 * m", "a = 3 * nothing", "kPa = 3 * m", "q = m +"])
def test_bad_definition_is_an_error(line: str) -> None:
    """A definition that is none, or that changes a known unit, is refused."""
    with pytest.raises(UnitError):
        Units([line])


@given(st.text(max_size=12))
def test_any_text_is_a_unit_or_an_error(text: str) -> None:
    """No unit text ends in another exception."""
    try:
        assert units_of().factor(text) > 0
    except UnitError as e:
        assert str(e)


@given(st.integers(0, 10**12))
def test_durations_read_back(ms: int) -> None:
    """A duration written by the product is read as the same one."""
    assert ms == parse_duration(format_duration(ms))


@pytest.mark.parametrize("text", ["5", "min", "5 kPa", "-5 min", "5 minutes later", "0.0001 ms", ""])
def test_no_duration(text: str) -> None:
    """A text that is no duration is refused."""
    with pytest.raises(ValueError, match="is not a"):
        parse_duration(text)

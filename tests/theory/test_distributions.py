"""Distributions as quantile functions: ordered, centred on their mean, inside their ends."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError
from scipy import stats
from scipy.integrate import quad

from returnsim.errors import Problems
from returnsim.theory.distributions import (
    Distribution,
    Duration,
    Empirical,
    Exponential,
    Fixed,
    Lognormal,
    Normal,
    Triangular,
    Uniform,
)

ANY: TypeAdapter[Any] = TypeAdapter(Distribution)
TIME: TypeAdapter[Any] = TypeAdapter(Duration)
FIRST, LAST = 2.0**-53, 1 - 2.0**-53
"""The smallest and largest number that a generator returns, but for the zero that it returns
once in many thousand years of simulation."""
TRIED = settings(max_examples=100, deadline=None, derandomize=True)

values = st.floats(-100, 100)
positive = st.floats(0.01, 100)


@st.composite
def ordered(draw: st.DrawFn, count: int) -> list[float]:
    """Return ascending numbers that differ."""
    return sorted(draw(st.lists(values, min_size=count, max_size=count, unique=True)))


@st.composite
def truncated(draw: st.DrawFn) -> Normal:
    """Return a normal distribution cut within four standard deviations of its mean."""
    mean, sd = draw(values), draw(positive)
    low, high = sorted(
        draw(st.lists(st.floats(-4, 4), min_size=2, max_size=2, unique_by=lambda x: round(x, 3)))
    )
    return Normal(mean=mean, sd=sd, low=mean + low * sd, high=mean + high * sd)


families = st.one_of(
    values.map(lambda v: Fixed(value=v)),
    ordered(2).map(lambda v: Uniform(low=v[0], high=v[1])),
    ordered(3).map(lambda v: Triangular(low=v[0], mode=v[1], high=v[2])),
    positive.map(lambda m: Exponential(mean=m)),
    st.builds(lambda m, cv: Lognormal(mean=m, cv=cv), positive, st.floats(0.01, 3)),
    st.builds(lambda m, sd: Normal(mean=m, sd=sd), values, positive),
    truncated(),
    st.lists(values, min_size=1, max_size=9).map(lambda v: Empirical(values=tuple(v))),
)
uniforms = st.lists(st.floats(FIRST, LAST), min_size=2, max_size=20).map(sorted)


@TRIED
@given(families, uniforms)
def test_more_luck_never_gives_less(of: Any, luck: list[float]) -> None:
    found = of.quantile(np.array(luck))
    assert found.shape == (len(luck),)
    assert (np.diff(found) >= 0).all()


SMOOTH: list[Any] = [
    Fixed(value=7.0),
    Uniform(low=-3.0, high=12.0),
    Triangular(low=2.0, mode=5.0, high=9.0),
    Triangular(low=2.0, mode=2.0, high=9.0),
    Triangular(low=2.0, mode=9.0, high=9.0),
    Exponential(mean=6.0),
    Lognormal(mean=6.0, cv=0.5),
    Normal(mean=-8.0, sd=6.0),
    Normal(mean=5.0, sd=2.0, low=1.0, high=9.0),
    Normal(mean=1.1, sd=0.22, low=1.0),
    Normal(mean=1.1, sd=0.22, high=1.0),
    Normal(mean=-3.0, sd=6.0, low=1.0, high=4.0),
    Normal(mean=5.0, sd=1.0, low=9.0),
    Empirical(values=(3.0, 1.0, 7.5, 3.0)),
]


def integral(of: Any, power: int = 1) -> float:
    """Integrate a power of the quantile function over all luck."""
    kinks = sorted(np.arange(1, 12) / 12)
    value, _ = quad(
        lambda u: float(of.quantile(np.array([u]))[0]) ** power, 0, 1, points=kinks, limit=500
    )
    return float(value)


@pytest.mark.parametrize("of", SMOOTH, ids=lambda of: f"{of.kind} {of.mean:g}")
def test_the_mean_is_the_integral_of_the_quantile(of: Any) -> None:
    assert of.mean == pytest.approx(integral(of), rel=1e-5)


@TRIED
@given(truncated())
def test_the_mean_of_a_cut_normal_curve_is_where_it_may_be(of: Normal) -> None:
    """And moves the way the cut pushes it, like the curve upside down."""
    assert of.low is not None
    assert of.high is not None
    assert of.low <= of.mean <= of.high
    mirrored = Normal(mean=-of.centre, sd=of.sd, low=-of.high, high=-of.low)
    assert mirrored.mean == pytest.approx(-of.mean, rel=1e-6, abs=1e-6)
    above = Normal(mean=of.centre, sd=of.sd, low=of.low)
    assert above.mean >= max(of.centre, of.mean) - 1e-9


def test_a_gap_too_narrow_for_arithmetic_still_has_its_mean_inside() -> None:
    of = Normal(mean=0.0, sd=1.0, low=5.9, high=math.nextafter(5.9, 6.0))
    assert 5.9 <= of.mean <= math.nextafter(5.9, 6.0)


def test_the_centre_of_a_normal_curve_is_called_mean_in_files() -> None:
    of = Normal.model_validate({"kind": "normal", "mean": 2.0, "sd": 1.0, "low": 2.0})
    assert (of.centre, of.model_dump()["mean"]) == (2.0, 2.0)
    assert Normal.model_validate(of.model_dump()) == of
    assert of.mean == pytest.approx(2.0 + math.sqrt(2 / math.pi))


@pytest.mark.parametrize("cv", [0.1, 0.5, 1.5])
def test_the_coefficient_of_variation_of_a_lognormal(cv: float) -> None:
    of = Lognormal(mean=6.0, cv=cv)
    variance = integral(of, 2) - 36.0
    assert math.sqrt(variance) / 6.0 == pytest.approx(cv, rel=1e-2)


GRID = (np.arange(200) + 0.5) / 200


@pytest.mark.parametrize(
    ("of", "reference"),
    [
        (Uniform(low=-3.0, high=12.0), stats.uniform(-3, 15)),
        (Triangular(low=2.0, mode=5.0, high=9.0), stats.triang(3 / 7, loc=2, scale=7)),
        (Exponential(mean=6.0), stats.expon(scale=6)),
        (
            Lognormal(mean=6.0, cv=0.5),
            stats.lognorm(math.sqrt(math.log(1.25)), scale=6 / math.sqrt(1.25)),
        ),
        (Normal(mean=-8.0, sd=6.0), stats.norm(-8, 6)),
        (Normal(mean=-8.0, sd=6.0, low=-25.0, high=20.0), stats.truncnorm(-17 / 6, 28 / 6, -8, 6)),
        (Normal(mean=1.1, sd=0.22, low=0.4), stats.truncnorm(-0.7 / 0.22, math.inf, 1.1, 0.22)),
        (Normal(mean=1.1, sd=0.22, high=1.0), stats.truncnorm(-math.inf, -0.1 / 0.22, 1.1, 0.22)),
    ],
    ids=lambda x: getattr(x, "kind", ""),
)
def test_quantiles_agree_with_scipy(of: Any, reference: Any) -> None:
    np.testing.assert_allclose(of.quantile(GRID), reference.ppf(GRID), rtol=1e-9)


@TRIED
@given(
    st.one_of(
        ordered(2).map(lambda v: (Uniform(low=v[0], high=v[1]), v[0], v[1])),
        ordered(3).map(lambda v: (Triangular(low=v[0], mode=v[1], high=v[2]), v[0], v[2])),
        truncated().map(lambda n: (n, n.low, n.high)),
    ),
    uniforms,
)
def test_nothing_falls_outside_the_ends(given_: Any, luck: list[float]) -> None:
    of, low, high = given_
    found = of.quantile(np.array([0.0, *luck, LAST]))
    slack = 1e-6 * max(1.0, abs(low), abs(high))
    assert found.min() >= low - slack
    assert found.max() <= high + slack


def test_a_normal_cut_on_one_side_keeps_to_it() -> None:
    luck = np.array([0.0, 0.5, LAST])
    assert Normal(mean=1.1, sd=0.22, low=0.4).quantile(luck).min() >= 0.4 - 1e-9
    assert Normal(mean=1.1, sd=0.22, high=1.5).quantile(luck).max() <= 1.5 + 1e-9


@TRIED
@given(st.lists(values, min_size=1, max_size=12))
def test_measured_values_come_back_equally_often(measured: list[float]) -> None:
    luck = (np.arange(10 * len(measured)) + 0.5) / (10 * len(measured))
    found = Empirical(values=tuple(measured)).quantile(luck)
    np.testing.assert_array_equal(found, np.repeat(sorted(measured), 10))


@TRIED
@given(positive, st.floats(1.0, 5.0), uniforms)
def test_a_longer_mean_makes_nobody_quicker(mean: float, factor: float, luck: list[float]) -> None:
    u = np.array(luck)
    for quick, slow in (
        (Exponential(mean=mean), Exponential(mean=mean * factor)),
        (Lognormal(mean=mean, cv=0.5), Lognormal(mean=mean * factor, cv=0.5)),
        (Normal(mean=mean, sd=1.0), Normal(mean=mean * factor, sd=1.0)),
    ):
        assert (slow.quantile(u) >= quick.quantile(u)).all()


@pytest.mark.parametrize(
    "raw",
    [
        {"kind": "uniform", "low": 2.0, "high": 1.0},
        {"kind": "triangular", "low": 2.0, "mode": 1.0, "high": 3.0},
        {"kind": "triangular", "low": 2.0, "mode": 2.0, "high": 2.0},
        {"kind": "normal", "mean": 1.0, "sd": 1.0, "low": 1.0, "high": 1.0},
        {"kind": "normal", "mean": 1.0, "sd": 0.0},
        {"kind": "exponential", "mean": 0.0},
        {"kind": "lognormal", "mean": 1.0, "cv": 0.0},
        {"kind": "empirical", "values": []},
        {"kind": "fixed", "value": math.nan},
        {"kind": "fixed", "value": "6"},
        {"kind": "gamma", "mean": 1.0},
        {"kind": "fixed", "value": 6.0, "mean": 6.0},
    ],
    ids=str,
)
def test_what_is_no_distribution_is_refused(raw: dict[str, Any]) -> None:
    with pytest.raises((ValidationError, Problems)):
        ANY.validate_python(raw)


@pytest.mark.parametrize(
    "raw",
    [
        {"kind": "fixed", "value": -1.0},
        {"kind": "uniform", "low": -1.0, "high": 5.0},
        {"kind": "normal", "mean": 5.0, "sd": 2.0},
        {"kind": "empirical", "values": [3.0, -1.0]},
    ],
    ids=str,
)
def test_a_duration_is_never_negative(raw: dict[str, Any]) -> None:
    ANY.validate_python(raw)
    with pytest.raises((ValidationError, Problems)):
        TIME.validate_python(raw)


def test_a_duration_may_be_cut_at_zero() -> None:
    of = TIME.validate_python({"kind": "normal", "mean": 5.0, "sd": 2.0, "low": 0.0})
    assert of.quantile(np.array([0.0]))[0] == pytest.approx(0.0, abs=1e-9)

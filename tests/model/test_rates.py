"""Exact intervals of small counts, against published tables and the chi-square of SciPy."""

import math

import pytest
from hypothesis import given
from hypothesis import settings as budget
from hypothesis import strategies as st
from scipy.stats import chi2, poisson

from cop.model.rates import Expectation, bound_count


@pytest.mark.parametrize(
    ("count", "level", "low", "high"),
    [
        (25, 0.95, 16.18, 36.90),  # GraphPad QuickCalcs, confidence interval of a count
        (25, 0.90, 17.38, 34.92),
        (25, 0.99, 14.00, 41.00),
        (0, 0.95, 0.0, 3.689),  # R epitools, pois.exact
    ],
)
def test_published_examples(count: int, level: float, low: float, high: float):
    assert bound_count(count, level) == pytest.approx((low, high), abs=0.006)


@given(st.integers(0, 5_000), st.sampled_from([0.5, 0.9, 0.95, 0.99]))
@budget(max_examples=60)
def test_the_ends_are_chi_square_quantiles(count: int, level: float):
    tail = (1 - level) / 2
    low = chi2.ppf(tail, 2 * count) / 2 if count else 0.0
    high = chi2.ppf(1 - tail, 2 * count + 2) / 2
    assert bound_count(count, level) == pytest.approx((low, high), rel=1e-9)
    # What an exact interval means: at its ends the count is as far out as the tail allows.
    assert poisson.cdf(count, high) == pytest.approx(tail)
    assert low == 0 or poisson.sf(count - 1, low) == pytest.approx(tail)


def test_an_expectation_scales_with_the_window():
    seen = Expectation(count=52, weeks=156, window_weeks=1, by="a source")
    assert seen.expected == pytest.approx(1 / 3)
    assert seen.quiet == pytest.approx(math.exp(-1 / 3))
    low, high = bound_count(52)
    assert seen.interval == pytest.approx((low / 156, high / 156))


@pytest.mark.parametrize(("count", "level"), [(-1, 0.95), (3, 0.0), (3, 1.0)])
def test_nonsense_is_refused(count: int, level: float):
    with pytest.raises(ValueError, match="not negative"):
        bound_count(count, level)

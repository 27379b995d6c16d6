"""What a small count says of a rate: an exact interval, and how likely none at all is.

Counts of events in time are taken as Poisson. Incidents come in clusters, so that quiet weeks are
somewhat more frequent than this says: the figures are an aid, not a forecast.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy.special import gammaincinv

LEVEL = 0.95


def bound_count(count: int, level: float = LEVEL) -> tuple[float, float]:
    """The exact two-sided interval of a Poisson mean of which `count` events were seen.

    Garwood 1936: half the chi-square quantiles with 2n and 2n + 2 degrees of freedom, which are
    quantiles of the gamma distribution. With no event the lower end is 0. Raises ValueError for a
    negative count or a level outside 0 to 1.
    """
    if count < 0 or not 0 < level < 1:
        raise ValueError("a count is not negative and a level lies between 0 and 1")
    tail = (1 - level) / 2
    low = float(gammaincinv(count, tail)) if count else 0.0
    return low, float(gammaincinv(count + 1, 1 - tail))


@dataclass(frozen=True, slots=True)
class Expectation:
    """How many events to expect in a window, from `count` of them in `weeks` weeks before it.

    `by` names the source whose record it is, `window_weeks` the length of the window.
    """

    count: int
    weeks: float
    window_weeks: float
    by: str

    @property
    def expected(self) -> float:
        """Events expected in the window."""
        return self.count / self.weeks * self.window_weeks

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of `expected`."""
        low, high = bound_count(self.count)
        share = self.window_weeks / self.weeks
        return low * share, high * share

    @property
    def quiet(self) -> float:
        """The probability of a window without any event, by the expected number."""
        return math.exp(-self.expected)

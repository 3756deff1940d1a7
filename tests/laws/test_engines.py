"""SimPy and the kernel tell the same story: the same people, the same moments."""

import numpy as np
from hypothesis import given
from laws.mornings import LAW, Morning, mornings

from returnsim.model.itinerary import Itineraries
from returnsim.model.kernel import replay
from returnsim.model.simulate import simulate


def agree(path: Itineraries) -> None:
    """Require equal times where they are finite, and the same gaps elsewhere."""
    told, computed = simulate(path), replay(path)
    for name in ("arrived", "began", "ended"):
        one, two = getattr(told, name), getattr(computed, name)
        np.testing.assert_array_equal(np.isnan(one), np.isnan(two))
        np.testing.assert_array_equal(np.isinf(one), np.isinf(two))
        finite = np.isfinite(one)
        np.testing.assert_allclose(one[finite], two[finite], rtol=0, atol=1e-9)


@LAW
@given(mornings(ties=False))
def test_engines_agree_on_continuous_times(morning: Morning) -> None:
    agree(morning.path)


@LAW
@given(mornings(ties=True))
def test_engines_agree_when_many_things_happen_at_one_instant(morning: Morning) -> None:
    agree(morning.path)

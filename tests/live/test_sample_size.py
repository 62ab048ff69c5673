"""Sample sizes, by published figures and by simulated power."""

from __future__ import annotations

import numpy as np
import pytest

from customerintel.live.rate_difference import rate_difference_p
from customerintel.live.sample_size import required_sample_size


def test_sizes_are_those_of_textbooks():
    """R's power.prop.test(p1=.05, p2=.055, power=.8) and (p1=.5, p2=.75, power=.9): n per arm."""
    assert required_sample_size(0.05, 0.10) == pytest.approx(2 * 31_234, abs=2)
    assert required_sample_size(0.5, 0.5, power=0.9) == pytest.approx(2 * 76.65, abs=1.5)


def test_size_of_means_is_sixteen_variances_per_squared_change():
    """The rule of thumb of van Belle (2008): 16 per arm and squared standard deviations."""
    n = required_sample_size(100.0, 0.05, sd=25.0)
    assert n == pytest.approx(2 * 16 * (25 / 5) ** 2, rel=0.03)


def test_a_small_control_arm_needs_more_customers():
    half = required_sample_size(10.0, 0.1, sd=8.0)
    tenth = required_sample_size(10.0, 0.1, sd=8.0, share=0.1)
    assert tenth / half == pytest.approx(0.25 / 0.09, rel=0.01)


@pytest.mark.parametrize("share", [0.5, 0.2])
def test_power_is_reached(share):
    rng = np.random.default_rng(3)
    n = required_sample_size(0.10, 0.5, share=share)
    n_control = round(n * share)
    hits = rng.binomial(n - n_control, 0.15, 1_500)
    control = rng.binomial(n_control, 0.10, 1_500)
    seen = [
        rate_difference_p(int(a), n - n_control, int(b), n_control) < 0.05
        for a, b in zip(hits, control, strict=True)
    ]
    assert np.mean(seen) == pytest.approx(0.8, abs=0.035)


def test_a_lift_and_its_fall_and_a_double():
    assert required_sample_size(0.2, -0.2) > 0
    assert required_sample_size(0.04, 0.05) > 3.5 * required_sample_size(0.04, 0.10)

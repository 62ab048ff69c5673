"""What every churn estimator keeps, and what this one is for."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from acme_churn import GapEstimator

import customerintel as ci
from customerintel.testing import ChurnEstimatorConformance


class TestGap(ChurnEstimatorConformance):
    """The checks that come with customerintel."""

    estimator = GapEstimator


@pytest.fixture
def log():
    """Make weekly and yearly buyers, half of whom stopped in June."""
    days = {"weekly": 7, "yearly": 180}
    rows = [
        (f"{rhythm}-{i}", np.datetime64("2022-01-01") + i + day)
        for rhythm, gap in days.items()
        for i in range(40)
        for day in range(0, 520 if i % 2 else 880, gap)
    ]
    return ci.TransactionLog.from_frame(
        {"customer_id": [row[0] for row in rows], "timestamp": np.array([row[1] for row in rows])}
    )


def test_silence_counts_by_the_own_rhythm(log):
    history = log.as_of("2023-09-30")
    fitted = GapEstimator().fit(history, horizon_days=60.0)
    chances = dict(zip(history.customer_id, fitted.predict(history), strict=True))
    # silent for four months: a weekly buyer is gone, one who comes twice a year may come yet
    assert chances["weekly-1"] > chances["weekly-2"] + 0.5
    assert abs(chances["yearly-1"] - chances["yearly-2"]) < 0.2


def test_drivers_add_up_to_the_log_odds(log):
    history = log.as_of("2023-09-30")
    fitted = GapEstimator().fit(history, horizon_days=60.0)
    chance = fitted.predict(history)
    parts = fitted.contributions(history)
    assert set(parts) == set(GapEstimator.drivers)
    beside = np.log(chance / (1.0 - chance)) - sum(parts.values())
    np.testing.assert_allclose(beside, fitted.weights_[0], atol=1e-9)


def test_a_history_without_a_past_says_so(log):
    with pytest.raises(ValueError, match="one horizon before"):
        GapEstimator().fit(log.as_of("2022-01-05"), horizon_days=60.0)


# another package that is installed here may claim the name too
@pytest.mark.filterwarnings("ignore::customerintel.exceptions.PluginConflictWarning")
def test_it_is_had_by_its_name(log):
    assert "acme-gap" in ci.churn.names()
    history = log.as_of("2023-09-30")
    found = ci.churn.get("acme-gap").fit(history, horizon="60d").predict(history)
    fitted = GapEstimator().fit(history, horizon_days=60.0)
    np.testing.assert_array_equal(found.probability, fitted.predict(history))


def test_it_does_not_need_the_library():
    code = "import acme_churn, sys; sys.exit('customerintel' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0

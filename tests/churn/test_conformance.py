"""The estimators that come with the library keep every promise that plugins are held to."""

from __future__ import annotations

import pytest

from customerintel.churn.registry import ESTIMATORS
from customerintel.testing import check_churn_estimator

BUILT_IN = [one.name for one in ESTIMATORS._builtins]

#: Those that need logs of subscribers.
SUBSCRIPTIONS = {"contractual"}


@pytest.mark.slow
@pytest.mark.parametrize("name", BUILT_IN)
def test_a_built_in_estimator_conforms(name):
    if name == "gbm":
        pytest.importorskip("sklearn")
    business = "subscription" if name in SUBSCRIPTIONS else "shop"
    check_churn_estimator(name, business=business).raise_if_failed()

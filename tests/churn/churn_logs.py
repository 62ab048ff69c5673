"""A simulated log, and estimators that are right, wrong or broken on purpose."""

from __future__ import annotations

import functools

import numpy as np

import customerintel as ci

PARAMS = {"r": 0.8, "alpha": 6.0, "s": 0.6, "beta": 12.0}
DAY = np.timedelta64(1, "D")


@functools.cache
def simulated(n=400):
    """Pareto/NBD customers who start on 2000-01-01 and are seen for 78 weeks."""
    truth = ci.models.ParetoNBD.from_params(PARAMS, unit="week")
    return truth.simulate(n, T=78.0, seed=3)


@functools.cache
def growing():
    """Customers who come one after the other, so that each origin has new ones."""
    frame = simulated(300).to_frame()
    customer = np.asarray(frame["customer_id"])
    start = customer * 3 // 2 * DAY
    when = np.asarray(frame["timestamp"]).astype("M8[us]") + start
    kept = when < np.datetime64("2001-06-30")
    return ci.TransactionLog.from_frame({"customer_id": customer[kept], "timestamp": when[kept]})


class Silence:
    """The longer the silence, the likelier; of no particular calibration."""

    api_version = 1

    def fit(self, history, /, *, horizon_days):
        self.horizon_days = horizon_days
        return self

    def predict(self, history, /):
        summary = history.summarize(unit="day")
        silence = summary.T - summary.recency
        return silence / (silence + self.horizon_days / 4.0)


class Half:
    """Says the same of everybody."""

    api_version = 1

    def fit(self, history, /, *, horizon_days):
        return self

    def predict(self, history, /):
        return np.full(history.n_customers, 0.5)


class FailsEarly(Half):
    """Cannot be fitted to fewer than so many days."""

    api_version = 1

    def fit(self, history, /, *, horizon_days):
        if history.moment < np.datetime64("2001-01-15"):
            raise ValueError("too little to see")
        return self


class FailsAlways(Half):
    """Cannot be fitted."""

    api_version = 1

    def fit(self, history, /, *, horizon_days):
        raise ValueError("nothing works")

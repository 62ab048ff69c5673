"""Logs of customers who begin in different months, and their cohorts by plain pandas."""

from __future__ import annotations

import numpy as np
import pandas as pd

import customerintel as ci


def rows(n_customers=80, n_rows=600, seed=0, *, returns=True):
    """Purchases of 2020, a return here and there, two orders a day now and then."""
    rng = np.random.default_rng(seed)
    who = rng.integers(0, n_customers, n_rows)
    start = rng.integers(0, 300, n_customers)
    day = np.minimum(start[who] + rng.integers(0, 200, n_rows), 365)
    when = np.datetime64("2020-01-01", "s") + (day * 86400 + rng.integers(0, 86400, n_rows))
    amount = rng.integers(1, 100, n_rows).astype(np.float64)
    if returns:
        amount[rng.random(n_rows) < 0.06] *= -1.0
    # the log begins with its first period
    when[0], amount[0] = np.datetime64("2020-01-01T00:00:01"), 5.0
    # all at different seconds: what belongs to which purchase is then beyond doubt
    return pd.DataFrame({"customer_id": who, "timestamp": when, "amount": amount}).drop_duplicates(
        "timestamp", ignore_index=True
    )


def log_of(frame):
    return ci.TransactionLog.from_frame(pd.DataFrame(frame))


def cells(frame, as_of="2020-12-31", period="month", align="calendar"):
    history = log_of(frame).as_of(as_of)
    return ci.audit.cells_of(history, ci.audit.read_periods(history, period, align=align))


def purchases(frame, as_of="2020-12-31"):
    """The visible purchases with month, cohort and age; months are counted from January 2020."""
    seen = frame[frame.timestamp < pd.Timestamp(as_of) + pd.Timedelta(days=1)]
    bought = seen[seen.amount >= 0].sort_values("timestamp").reset_index(drop=True)
    month = bought.timestamp.dt.year * 12 + bought.timestamp.dt.month - 1 - 2020 * 12
    first = month.groupby(bought.customer_id).transform("min")
    return bought.assign(month=month, cohort=first, age=month - first)


def without_returns(seed=0, **sizes):
    return rows(seed=seed, returns=False, **sizes)

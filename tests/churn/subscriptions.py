"""Made-up subscribers whose survival is known, and logs of their payments."""

from __future__ import annotations

import numpy as np
import pandas as pd

import customerintel as ci

DAY = np.timedelta64(1, "D")


def discrete(share, rng, n, most):
    """Draw at which decision each of n customers cancels; most + 1: later."""
    left = np.array([share(t) for t in range(most + 1)])
    return 1 + np.searchsorted(-left[1:], -rng.random(n))


def log_of(starts, lives, *, months=0, days=30, until, ids=None, late=0):
    """Return the log of contracts that decline renewal `lives`, as it stands at the end of a day.

    Parameters
    ----------
    starts : array of datetime64[D]
        Of the contracts.
    lives : array of int
        The decision that each declines, which is when its cancellation is written down.
    late : int
        Days after that on which it is.
    """
    rows = []
    names = np.arange(len(starts)) if ids is None else ids
    for who, start, life in zip(names, starts, lives, strict=True):
        for k in range(int(life) + 1):
            when = due(start, k, months, days)
            if k == life:
                when += late * DAY
            if when > np.datetime64(until):
                break
            kind = "cancellation" if k == life else "renewal" if k else "sale"
            rows.append((who, when, kind))
    columns = dict(zip(("customer_id", "timestamp", "kind"), zip(*rows, strict=True), strict=True))
    return ci.TransactionLog.from_frame(pd.DataFrame(columns))


def due(start, k, months, days):
    if not months:
        return np.datetime64(start, "D") + k * days * DAY
    return np.datetime64(pd.Timestamp(start) + pd.DateOffset(months=int(k * months)), "D")


def simulated(share, n, seed, *, until="2026-12-31", spread=700, **term):
    """Return a log of n subscribers who come over time, and the decisions that they decline."""
    rng = np.random.default_rng(seed)
    starts = np.datetime64("2024-01-01") + rng.integers(0, spread, n) * DAY
    lives = discrete(share, rng, n, 200)
    return log_of(starts, lives, until=until, **term), starts, lives

"""The CDNOW sample as a log, for the tests of holdouts."""

from __future__ import annotations

import numpy as np

import customerintel as ci


def read_cdnow_log(folder):
    """Return 6,919 orders of 2,357 customers, 1997-01-01 to 1998-06-30."""
    orders = np.loadtxt(folder / "cdnow_sample.csv", delimiter=",", skiprows=1, dtype=str)
    return ci.TransactionLog.from_frame(
        {
            "customer_id": orders[:, 1].astype(np.int64),
            "timestamp": orders[:, 2].astype("M8[D]").astype("M8[us]"),
            "amount": orders[:, 4].astype(np.float64),
        }
    )

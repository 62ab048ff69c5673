"""Customers with a purchase history, for the tests of NBD and Pareto/NBD."""

from __future__ import annotations

import numpy as np
import pandas as pd

from customerintel.models import ParetoNBD

#: Optimum of the Pareto/NBD for the CDNOW sample, in weeks.
CDNOW = {"r": 0.5532771, "alpha": 10.5776837, "s": 0.6062399, "beta": 11.6687305}


def pareto_model(params=CDNOW, unit="week"):
    """Return a Pareto/NBD of given parameters, a dict or in the order of the paper."""
    if not isinstance(params, dict):
        params = dict(zip(ParetoNBD.parameters, params, strict=True))
    return ParetoNBD.from_params(params, unit=unit)


def read_cdnow(folder):
    """Return the 2,357 customers of the CDNOW sample in exact weeks, as BTYD has them."""
    table = pd.read_csv(folder / "cdnow_summary_btyd_weeks.csv")
    return table.rename(columns={"x": "frequency", "t_x": "recency", "T_cal": "T"})


def customers(*rows):
    """Return a table of (frequency, recency, T)."""
    columns = zip(*rows, strict=True)
    names = ("frequency", "recency", "T")
    return {name: np.array(column, float) for name, column in zip(names, columns, strict=True)}


def exact_histories(log, T):
    """Return frequency and exact recency, in weeks, of a simulated log."""
    table = pd.DataFrame(log.to_frame())
    moment = table["timestamp"].to_numpy("M8[us]")
    age = (moment - np.datetime64("2000-01-01", "us")) / np.timedelta64(7, "D")
    rows = pd.DataFrame({"customer": table["customer_id"].to_numpy(), "age": age})
    found = rows.groupby("customer")["age"].agg(["size", "max", "min"])
    assert (found["min"] == 0.0).all()
    frequency = found["size"] - 1.0
    return pd.DataFrame({"frequency": frequency, "recency": found["max"], "T": T})


HISTORIES = customers((0, 0, 38.86), (2, 30.43, 38.86), (26, 30.86, 31), (10, 20, 39), (3, 1, 39))

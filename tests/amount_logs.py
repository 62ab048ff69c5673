"""Logs of nothing but amounts."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
from table_kinds import contents

import customerintel as ci

DAY = "2024-01-05"


def log_of(amounts, *, on_invalid="quarantine", **columns):
    """Make a log of a table of the library that the amounts are of, one customer per row."""
    columns = {"customer_id": np.arange(len(amounts)), "amount": amounts, **columns}
    columns["timestamp"] = [DAY] * len(amounts)
    if isinstance(amounts, pd.Series):
        columns = pd.DataFrame(columns)
    elif isinstance(amounts, pl.Series):
        columns = pl.DataFrame(columns)
    elif isinstance(amounts, (pa.Array, pa.ChunkedArray)):
        columns = pa.table(columns)
    return ci.TransactionLog.from_frame(columns, on_invalid=on_invalid)


def amounts_of(log):
    return contents(log.to_frame())["amount"]

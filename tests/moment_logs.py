"""Logs of nothing but moments, and what their tables say of them."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa

import customerintel as ci

EPOCH = datetime(1970, 1, 1)
MOMENT = datetime(2024, 1, 5, 12, 30, 15)
#: UTC microseconds of `MOMENT`.
TICKS = 1_704_457_815_000_000
INDIA = timezone(timedelta(hours=5, minutes=30))


def log_of(moments, **how):
    ids = np.arange(len(moments))
    if isinstance(moments, pd.Series):
        frame = pd.DataFrame({"customer_id": ids, "timestamp": moments})
    elif isinstance(moments, pl.Series):
        frame = pl.DataFrame({"customer_id": ids, "timestamp": moments})
    elif isinstance(moments, (pa.Array, pa.ChunkedArray)):
        frame = pa.table({"customer_id": ids, "timestamp": moments})
    else:
        frame = {"customer_id": ids, "timestamp": moments}
    return ci.TransactionLog.from_frame(frame, **{"on_invalid": "quarantine", **how})


def moments_of(log):
    frame = log.to_frame()
    if isinstance(frame, dict):
        return frame["timestamp"].astype(np.int64).tolist()
    if isinstance(frame, pa.Table):
        return frame["timestamp"].cast(pa.int64()).to_pylist()
    if isinstance(frame, pl.DataFrame):
        return frame["timestamp"].to_physical().to_list()
    return [v.value // 1000 for v in frame["timestamp"].dt.as_unit("ns")]

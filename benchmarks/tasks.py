"""The pieces of work, each for this library and for its peers: ``TASKS[task][engine]``.

An engine is a pair: what prepares its input (not timed), and what does the work (timed).
Peers are given the fastest formulation that was found for them.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from audit_tasks import AUDIT_TASKS
from churn_tasks import CHURN_TASKS
from model_tasks import DATA, MODEL_TASKS
from relationship_tasks import RELATIONSHIP_TASKS
from simulate import DAYS, START, stored

DAY = 86_400_000_000
AS_OF = np.datetime64(START + DAYS * DAY, "us").astype("M8[D]")


def size_of(result: Any) -> int:
    """Return the number of customers in a result."""
    return len(result) if hasattr(result, "__len__") else result.num_rows


# -- input ------------------------------------------------------------------------------


def _arrays(**options: Any) -> dict[str, np.ndarray]:
    return stored(DATA, **options)


def _polars(**options: Any) -> Any:
    import polars as pl

    return pl.DataFrame(_arrays(**options))


def _pandas(**options: Any) -> Any:
    import pandas as pd

    return pd.DataFrame(_arrays(**options), copy=False)


def _arrow(**options: Any) -> Any:
    import pyarrow as pa

    # batches of a million rows, so that DuckDB can scan with several threads
    return pa.Table.from_batches(pa.table(_arrays(**options)).to_batches(1_000_000))


TEXT = {"n_transactions": 20_000_000, "n_customers": 1_187_000}


def _text_arrow() -> Any:
    """Return the log with ids as texts of 36 characters, as UUIDs are written."""
    import pyarrow as pa

    arrays = _arrays(**TEXT)
    distinct, codes = np.unique(arrays["customer_id"], return_inverse=True)
    rng = np.random.default_rng(5)
    digits = rng.integers(0, 16, (len(distinct), 36), dtype=np.uint8)
    letters = np.frombuffer(b"0123456789abcdef", np.uint8)[digits]
    letters[:, [8, 13, 18, 23]] = ord("-")
    data = letters[codes].ravel()
    offsets = np.arange(len(codes) + 1, dtype=np.int64) * 36
    ids = pa.LargeStringArray.from_buffers(len(codes), pa.py_buffer(offsets), pa.py_buffer(data))
    return pa.table({**arrays, "customer_id": ids})


def _text_polars() -> Any:
    import polars as pl

    return pl.from_arrow(_text_arrow())


def _text_batches() -> Any:
    import pyarrow as pa

    return pa.Table.from_batches(_text_arrow().to_batches(1_000_000))


# -- summary: distinct days, first and last, total, spend of the first day -------------------


def ours_summary(frame: Any) -> Any:
    """Validate and summarise."""
    import customerintel as ci

    log = ci.TransactionLog.from_frame(frame)
    return ci.summarize(log, as_of=AS_OF, unit="week")


def polars_summary(frame: Any, engine: str = "auto") -> Any:
    """Group by customer and day, then by customer."""
    import polars as pl

    days = (
        frame.lazy()
        .group_by("customer_id", pl.col("timestamp").dt.date().alias("day"))
        .agg(spend=pl.col("amount").sum(), n=pl.len())
    )
    return (
        days.group_by("customer_id")
        .agg(
            first=pl.col("day").min(),
            last=pl.col("day").max(),
            periods=pl.len(),
            total=pl.col("spend").sum(),
            n=pl.col("n").sum(),
            first_spend=pl.col("spend").get(pl.col("day").arg_min()),
        )
        .collect(engine=engine)
    )


def polars_direct(frame: Any) -> Any:
    """Group once; uses that the rows are in order of time."""
    import polars as pl

    day = pl.col("timestamp").dt.date()
    return (
        frame.lazy()
        .group_by("customer_id")
        .agg(
            first=day.first(),
            last=day.last(),
            periods=day.n_unique(),
            total=pl.col("amount").sum(),
            n=pl.len(),
            first_spend=pl.col("amount").filter(day == day.first()).sum(),
        )
        .collect()
    )


def pandas_summary(frame: Any) -> Any:
    """Group by customer and day, then by customer."""
    day = frame["timestamp"].to_numpy().astype("M8[D]").astype(np.int64)
    days = (
        frame[["customer_id", "amount"]]
        .assign(day=day)
        .groupby(["customer_id", "day"], sort=True)["amount"]
        .agg(["sum", "size"])
        .reset_index()
    )
    return days.groupby("customer_id").agg(
        first=("day", "first"),
        last=("day", "last"),
        periods=("day", "size"),
        total=("sum", "sum"),
        n=("size", "sum"),
        first_spend=("sum", "first"),
    )


def duckdb_summary(table: Any) -> Any:
    """Group by customer and day, then by customer."""
    import duckdb

    with duckdb.connect() as connection:
        return connection.register("given", table).sql(_DUCKDB).to_arrow_table()


_DUCKDB = """
select customer_id, min(day) as first, max(day) as last, count(*) as periods,
       sum(spend) as total, sum(n) as n, arg_min(spend, day) as first_spend
from (select customer_id, cast("timestamp" as date) as day,
             sum(amount) as spend, count(*) as n
      from given group by all)
group by customer_id
"""

# -- scores -----------------------------------------------------------------------------------


def _scoring_input() -> Any:
    """Return a history whose summary is at hand, so that only scoring is timed."""
    import customerintel as ci

    log = ci.TransactionLog.from_frame(_arrays())
    history = log.as_of(AS_OF)
    summary = history.summarize()
    # what the peer is given, too
    assert len(summary.time_since_last) == len(summary.frequency) == len(summary.total_amount)
    return history


def _scoring_measures() -> Any:
    import pandas as pd

    summary = _scoring_input().summarize(unit="day")
    return pd.DataFrame(
        {
            "recency": summary.time_since_last,
            "frequency": summary.frequency + 1,
            "monetary": summary.total_amount,
        }
    )


def ours_scores(history: Any) -> Any:
    """Score three quintiles and name the segments."""
    import customerintel as ci

    scores = ci.score_rfm(history, bins=5)
    assert scores.segment is not None
    return scores


def pandas_scores(frame: Any) -> Any:
    """Score with ``qcut`` and map the codes to names."""
    import pandas as pd

    import customerintel as ci

    cells = ci.SegmentScheme.named("rfm-11@1").cells()
    names = {int(code): name for name, codes in cells.items() for code in codes}
    score = {
        name: pd.qcut(frame[name], 5, labels=False, duplicates="drop") + 1
        for name in ("recency", "frequency", "monetary")
    }
    code = (6 - score["recency"]) * 100 + score["frequency"] * 10 + score["monetary"]
    return code.map(names)


# -- from_frame alone ---------------------------------------------------------------------------

TEN_MILLION = {"n_transactions": 10_000_000, "n_customers": 593_000}


def ours_from_frame(frame: Any) -> Any:
    """Validate only."""
    import customerintel as ci

    return _Sized(ci.TransactionLog.from_frame(frame))


class _Sized:
    def __init__(self, log: Any) -> None:
        self.log = log

    def __len__(self) -> int:
        return int(self.log.n_rows)


def _ready_log(make: Callable[..., Any], **options: Any) -> Any:
    import customerintel as ci

    return ci.TransactionLog.from_frame(make(**options))


def ours_summary_only(log: Any) -> Any:
    """Summarise a log that is at hand."""
    import customerintel as ci

    return ci.summarize(log, as_of=AS_OF, unit="week")


DENSE = {"sparse_ids": False}
TASKS: dict[str, dict[str, tuple[Callable[[], Any], Callable[[Any], Any]]]] = {
    "summary": {
        "customerintel": (_polars, ours_summary),
        "polars": (_polars, polars_summary),
        "polars-streaming": (_polars, partial(polars_summary, engine="streaming")),
        "polars-direct": (_polars, polars_direct),
        "duckdb": (_arrow, duckdb_summary),
        "pandas": (_pandas, pandas_summary),
    },
    "summary-dense-ids": {
        "customerintel": (partial(_polars, **DENSE), ours_summary),
        "polars": (partial(_polars, **DENSE), polars_summary),
        "polars-streaming": (
            partial(_polars, **DENSE),
            partial(polars_summary, engine="streaming"),
        ),
        "duckdb": (partial(_arrow, **DENSE), duckdb_summary),
    },
    "summary-text-ids": {
        "customerintel": (_text_arrow, ours_summary),
        "polars": (_text_polars, polars_summary),
        "polars-streaming": (_text_polars, partial(polars_summary, engine="streaming")),
        "duckdb": (_text_batches, duckdb_summary),
    },
    "scores": {
        "customerintel": (_scoring_input, ours_scores),
        "pandas": (_scoring_measures, pandas_scores),
    },
    "from-frame": {
        "from_frame (polars)": (partial(_polars, **TEN_MILLION), ours_from_frame),
        "from_frame (pandas)": (partial(_pandas, **TEN_MILLION), ours_from_frame),
        "from_frame (dict)": (partial(_arrays, **TEN_MILLION), ours_from_frame),
        "summary": (partial(_ready_log, _polars, **TEN_MILLION), ours_summary_only),
    },
}
TASKS |= MODEL_TASKS | CHURN_TASKS | RELATIONSHIP_TASKS | AUDIT_TASKS

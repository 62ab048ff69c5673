"""The tables of the customer-base audit: here, in polars and in pandas, from the raw rows.

Each engine makes: buyers, orders, spend, tenths and Gini of the last quarter (lens 1); groups,
their spend and the moves between tenths of the last two (lens 2); one cohort by age and the days
between its purchases (lens 3); cohorts by age, their first spend and second purchases (lens 4);
spend by cohort and quarter (lens 5); cohorts by month and age; concentration of all spend. What
only this library adds (intervals, survival estimates, run-off, trends) it computes besides.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from model_tasks import DATA
from simulate import DAY, DAYS, START, stored

import customerintel as ci

AS_OF = np.datetime64(START + DAYS * DAY, "us").astype("M8[D]")
MILLION = {"n_transactions": 15_000_000, "n_customers": 1_000_000}
#: The age-0 customers of this quarter are the cohort of lens 3.
COHORT = 0
Given = tuple[Any, np.ndarray, np.ndarray]


def edges(period: str, align: Any) -> np.ndarray:
    """Return the edges of the periods in microseconds; each begins after its first."""
    ends = ci.TransactionLog.from_frame(
        {"customer_id": [1, 1], "timestamp": np.array([START, START + DAYS * DAY], "M8[us]")}
    )
    periods = ci.audit.read_periods(ends.as_of(AS_OF), period, align=align)
    return np.append(periods.starts[:1], periods.ends)


def given(make: Callable[[dict[str, np.ndarray]], Any], **options: int) -> Given:
    """Return the rows as an engine's table, and the edges of quarters and months."""
    rows = stored(DATA, **(options or MILLION))
    return make(rows), edges("quarter", "as_of"), edges("month", "calendar")


# -- what all engines end on -------------------------------------------------------------


def gini(values: np.ndarray) -> float:
    """Return the Gini index of ascending values."""
    n = len(values)
    return float(2.0 * (np.arange(1, n + 1) @ values) / (n * values.sum()) - (n + 1.0) / n)


def tenths(values: np.ndarray) -> np.ndarray:
    """Return the sums of ten groups of ascending values, equally many heads, largest first."""
    n = len(values)
    return np.bincount(np.arange(n) * 10 // n, weights=values[::-1], minlength=10)


def by_age(matrix: np.ndarray) -> np.ndarray:
    """Return sums by cohort and period as sums by cohort and age."""
    p = len(matrix)
    place = np.arange(p)[:, None] + np.arange(p)
    return np.where(place < p, matrix[np.arange(p)[:, None], np.minimum(place, p - 1)], 0.0)


def finish(found: dict[str, Any]) -> dict[str, np.ndarray]:
    """Return all numbers as arrays."""
    return {name: np.asarray(value, np.float64) for name, value in found.items()}


# -- this library ------------------------------------------------------------------------


def ours(rows: Given) -> dict[str, np.ndarray]:
    """Validate the rows and make all tables."""
    log = ci.TransactionLog.from_frame(rows[0])
    audit = ci.audit.five_lenses(log, as_of=AS_OF, period="quarter", cohort=COHORT)
    one, two, three, four, five = (audit.lens(k) for k in range(1, 6))
    for lens in (one, two, three, four, five):
        for part in lens.parts:
            lens.to_frame(part)
    cohorts = ci.audit.cohort_table(log, as_of=AS_OF, period="month")
    cohorts.to_frame()
    shared = ci.audit.concentration(log.as_of(AS_OF))
    shared.lorenz()
    first = two.groups.groups
    return finish({
        "buyers": [one.figures[name] for name in ("buyers", "orders", "spend")],
        "tenths": one.deciles.spend,
        "gini_of_quarter": one.concentration.gini,
        "groups": [two.groups.customers[first.index(g)] for g in ("retained", "lapsed", "new")],
        "spend_of_groups": [two.groups.spend_now[first.index(g)] for g in ("retained", "new")],
        "moves": two.transition_by_rank.counts[:10, :10],
        "active_by_age": three.active,
        "median_gap": three.gap_quantiles[2],
        "active": np.nan_to_num(four.table.active),
        "first_spend": four.first_spend_median,
        "stack": np.nan_to_num(four.table.spend),
        "monthly_active": np.nan_to_num(cohorts.active),
        "monthly_spend": np.nan_to_num(cohorts.spend),
        "concentration": [shared.gini, shared.hhi, shared.top_share(0.20)],
        "dependence": [len(five.labels)],
    })  # fmt: skip


# -- polars ------------------------------------------------------------------------------


def polars_tables(rows: Given) -> dict[str, np.ndarray]:
    """Make all tables in polars."""
    import polars as pl

    frame, quarters, months = rows
    micros = pl.col("timestamp").cast(pl.Int64)
    cut = frame.select(
        "customer_id", "timestamp", "amount",
        *(
            (pl.lit(pl.Series(bounds)).search_sorted(micros, "left") - 1).cast(pl.Int16).alias(name)
            for name, bounds in (("q", quarters), ("m", months))
        ),
    )  # fmt: skip
    size = {"q": len(quarters) - 1, "m": len(months) - 1}
    first = cut.group_by("customer_id").agg(
        pl.col("timestamp").min().alias("first"),
        pl.col("q").min().alias("fq"), pl.col("m").min().alias("fm"),
        pl.col("amount").sum().alias("total"),
    )  # fmt: skip
    cells = {
        name: cut.group_by("customer_id", name).agg(
            pl.len().alias("orders"), pl.col("amount").sum().alias("spend")
        )
        for name in ("q", "m")
    }
    found: dict[str, Any] = {}
    last = size["q"] - 1
    now = cells["q"].filter(pl.col("q") == last)
    before = cells["q"].filter(pl.col("q") == last - 1)
    spend = now["spend"].sort().to_numpy()
    found["buyers"] = [len(now), now["orders"].sum(), now["spend"].sum()]
    found["tenths"] = tenths(spend)
    found["gini_of_quarter"] = gini(spend)
    now = now.join(first.select("customer_id", "fq"), on="customer_id")
    both = before.join(now, on="customer_id", suffix="_now")
    new = now.filter(pl.col("fq") == last)
    found["groups"] = [len(both), len(before) - len(both), len(new)]
    found["spend_of_groups"] = [both["spend_now"].sum(), new["spend"].sum()]
    tenth = {}
    for name, part in (("before", before), ("now", now)):
        rank = pl.col("spend").rank("ordinal", descending=True) - 1
        tenth[name] = part.select("customer_id", (rank * 10 // len(part)).alias(name))
    moves = tenth["before"].join(tenth["now"], on="customer_id")
    pairs = moves["before"].to_numpy().astype(int) * 10 + moves["now"].to_numpy().astype(int)
    found["moves"] = np.bincount(pairs, minlength=100).reshape(10, 10)
    for name, label in (("q", ""), ("m", "monthly_")):
        sums = (
            cells[name].join(first.select("customer_id", f"f{name}"), on="customer_id")
            .group_by(f"f{name}", name)
            .agg(pl.len().alias("active"), pl.col("orders").sum(), pl.col("spend").sum())
        )  # fmt: skip
        at = sums[f"f{name}"].to_numpy(), sums[name].to_numpy()
        for column in ("active", "orders", "spend"):
            matrix = np.zeros((size[name],) * 2)
            matrix[at] = sums[column].to_numpy()
            found[f"{label}{column}"] = by_age(matrix)
    found["stack"] = found.pop("spend")
    found["active_by_age"] = found["active"][COHORT]
    opening = cells["q"].join(first.select("customer_id", "fq"), on="customer_id")
    opening = (
        opening.filter(pl.col("q") == pl.col("fq")).group_by("q").agg(pl.col("spend").median())
    )
    found["first_spend"] = _spread(opening["q"], opening["spend"], size["q"])
    day = pl.col("timestamp").dt.epoch("d")
    later = (
        cut.select("customer_id", day.alias("day")).join(
            first.select("customer_id", "fq", pl.col("first").dt.epoch("d").alias("fday")),
            on="customer_id",
        )
    )  # fmt: skip
    second = (
        later.filter(pl.col("day") > pl.col("fday"))
        .group_by("customer_id")
        .agg((pl.col("day").min() - pl.col("fday").first()).alias("wait"), pl.col("fq").first())
    )
    second.group_by("fq").agg((pl.col("wait") <= 30).sum(), (pl.col("wait") <= 90).alias("b").sum())
    mine = later.filter(pl.col("fq") == COHORT).select("customer_id", "day").unique()
    mine = mine.sort("customer_id", "day")
    gap = mine.select(pl.col("day").diff().over("customer_id").alias("gap")).drop_nulls()
    found["median_gap"] = gap["gap"].quantile(0.5, "lower")
    total = first["total"].sort().to_numpy()
    found["concentration"] = _shared(total)
    found["dependence"] = [size["q"]]
    found.pop("orders"), found.pop("monthly_orders")
    return finish(found)


def _spread(places: Any, values: Any, size: int) -> np.ndarray:
    out = np.full(size, np.nan)
    out[np.asarray(places)] = np.asarray(values)
    return out


def _shared(total: np.ndarray) -> list[float]:
    """Return Gini, HHI and the share of the largest fifth, the Lorenz curve being made besides."""
    curve = np.cumsum(total) / total.sum()
    place = 0.8 * len(total)
    low = int(place) - 1
    inside = curve[low] + (place - low - 1) * (curve[min(low + 1, len(curve) - 1)] - curve[low])
    return [gini(total), float(((total / total.sum()) ** 2).sum()), float(1.0 - inside)]


# -- pandas ------------------------------------------------------------------------------


def pandas_tables(rows: Given) -> dict[str, np.ndarray]:
    """Make all tables in pandas."""
    import pandas as pd

    frame, quarters, months = rows
    time = frame["timestamp"].to_numpy().astype("M8[us]").astype(np.int64)
    cut = frame.assign(
        q=(np.searchsorted(quarters, time, "left") - 1).astype(np.int16),
        m=(np.searchsorted(months, time, "left") - 1).astype(np.int16),
        day=(time // DAY).astype(np.int32),
    )
    size = {"q": len(quarters) - 1, "m": len(months) - 1}
    people = cut.groupby("customer_id", sort=False)
    first = people.agg(
        fq=("q", "min"), fm=("m", "min"), fday=("day", "min"), total=("amount", "sum")
    )
    cells = {
        name: cut.groupby(["customer_id", name], sort=False)["amount"]
        .agg(orders="count", spend="sum").reset_index().join(first[f"f{name}"], on="customer_id")
        for name in ("q", "m")
    }  # fmt: skip
    found: dict[str, Any] = {}
    last = size["q"] - 1
    now = cells["q"][cells["q"]["q"] == last]
    before = cells["q"][cells["q"]["q"] == last - 1]
    spend = np.sort(now["spend"].to_numpy())
    found["buyers"] = [len(now), now["orders"].sum(), now["spend"].sum()]
    found["tenths"] = tenths(spend)
    found["gini_of_quarter"] = gini(spend)
    both = before.merge(now, on="customer_id", suffixes=("", "_now"))
    new = now[now["fq"] == last]
    found["groups"] = [len(both), len(before) - len(both), len(new)]
    found["spend_of_groups"] = [both["spend_now"].sum(), new["spend"].sum()]
    tenth = []
    for name, part in (("before", before), ("now", now)):
        rank = part["spend"].rank(method="first", ascending=False) - 1
        tenth.append(pd.DataFrame({"id": part["customer_id"], name: rank * 10 // len(part)}))
    moves = tenth[0].merge(tenth[1], on="id")
    pairs = (moves["before"] * 10 + moves["now"]).astype(int)
    found["moves"] = np.bincount(pairs, minlength=100).reshape(10, 10)
    for name, label in (("q", ""), ("m", "monthly_")):
        sums = cells[name].groupby([f"f{name}", name]).agg(
            active=("spend", "size"), orders=("orders", "sum"), spend=("spend", "sum")
        ).reset_index()  # fmt: skip
        at = sums[f"f{name}"].to_numpy(), sums[name].to_numpy()
        for column in ("active", "orders", "spend"):
            matrix = np.zeros((size[name],) * 2)
            matrix[at] = sums[column].to_numpy()
            found[f"{label}{column}"] = by_age(matrix)
    found["stack"] = found.pop("spend")
    found["active_by_age"] = found["active"][COHORT]
    opening = cells["q"][cells["q"]["q"] == cells["q"]["fq"]].groupby("q")["spend"].median()
    found["first_spend"] = _spread(opening.index, opening, size["q"])
    later = cut[["customer_id", "day"]].join(first[["fq", "fday"]], on="customer_id")
    after = later[later["day"] > later["fday"]].groupby("customer_id", sort=False)
    second = after.agg(day=("day", "min"), fday=("fday", "first"), fq=("fq", "first"))
    wait = second["day"] - second["fday"]
    (wait <= 30).groupby(second["fq"]).sum(), (wait <= 90).groupby(second["fq"]).sum()
    mine = later.loc[later["fq"] == COHORT, ["customer_id", "day"]].drop_duplicates()
    mine = mine.sort_values(["customer_id", "day"])
    gap = mine.groupby("customer_id")["day"].diff().dropna()
    found["median_gap"] = gap.quantile(0.5, "lower")
    found["concentration"] = _shared(np.sort(first["total"].to_numpy()))
    found["dependence"] = [size["q"]]
    found.pop("orders"), found.pop("monthly_orders")
    return finish(found)


# -- the report --------------------------------------------------------------------------


def report(rows: Given, *, churn: bool) -> Any:
    """Validate the rows and build the report."""
    log = ci.TransactionLog.from_frame(rows[0])
    return Page(ci.report.build(log, as_of=AS_OF, churn=churn, title="Benchmark").html)


class Page:
    """A page with a size in kB."""

    def __init__(self, html: str) -> None:
        self.size = len(html.encode()) // 1000

    def __len__(self) -> int:
        return self.size


def _pandas(rows: dict[str, np.ndarray]) -> Any:
    import pandas as pd

    return pd.DataFrame(rows, copy=False)


def _polars(rows: dict[str, np.ndarray]) -> Any:
    import polars as pl

    return pl.DataFrame(rows)


def check_agreement() -> list[str]:
    """Make the tables of 200,000 rows in all engines, and return the names of what agrees.

    Raises
    ------
    AssertionError
        If engines differ.
    """
    small = {"n_transactions": 200_000, "n_customers": 20_000}
    expected = ours(given(_polars, **small))
    for make, tables in ((_polars, polars_tables), (_pandas, pandas_tables)):
        found = tables(given(make, **small))
        for name, values in expected.items():
            # equal spend at the limit of two tenths: engines break such ties as they like
            atol = 3.0 if name == "moves" else 1e-9
            np.testing.assert_allclose(found[name], values, rtol=1e-6, atol=atol, err_msg=name)
    return sorted(expected)


def _reference(folder: Path = DATA) -> Given:
    return _polars(stored(folder)), edges("quarter", "as_of"), edges("month", "calendar")


AUDIT_TASKS: dict[str, dict[str, tuple[Callable[[], Any], Callable[[Any], Any]]]] = {
    "audit": {
        "customerintel": (partial(given, _polars), ours),
        "polars": (partial(given, _polars), polars_tables),
        "pandas": (partial(given, _pandas), pandas_tables),
    },
    "report": {
        "15 million rows": (partial(given, _polars), partial(report, churn=False)),
        "15 million rows, with churn": (partial(given, _polars), partial(report, churn=True)),
        "67.4 million rows": (_reference, partial(report, churn=False)),
    },
}

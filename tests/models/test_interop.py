"""Tables of lifetimes and pymc-marketing fit here as they are, and the other way round."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest

import customerintel as ci
from customerintel import models
from customerintel.exceptions import InvalidArgumentError, NotFittedError
from customerintel.models.interop import to_pymc_marketing

ROWS = {
    "customer_id": ["ann", "ann", "ann", "bob", "cid", "cid", "dan"],
    "timestamp": [
        "2024-01-01", "2024-01-15", "2024-02-05", "2024-01-08", "2024-01-03", "2024-03-01",
        "2024-02-02",
    ],
    "amount": [10.0, 20.0, 30.0, 5.0, 7.0, 9.0, 4.0],
}  # fmt: skip
#: The same customers as lifetimes and pymc-marketing summarise them, ages in weeks.
AGES = {
    "frequency": [2.0, 0.0, 1.0, 0.0],
    "recency": [5.0, 0.0, 58 / 7, 0.0],
    "T": [14.0, 13.0, 96 / 7, 66 / 7],
    "monetary_value": [25.0, 0.0, 9.0, 0.0],
}
STYLES = {
    "lifetimes": pd.DataFrame(AGES, index=pd.Index(["ann", "bob", "cid", "dan"], name="who")),
    "pymc-marketing": pd.DataFrame({"customer_id": ["ann", "bob", "cid", "dan"], **AGES}),
}


@pytest.fixture
def log():
    return ci.TransactionLog.from_frame(ROWS)


@pytest.fixture
def summary(log):
    return ci.summarize(log, as_of="2024-04-08", unit="week")


@pytest.mark.parametrize("style", STYLES)
def test_tables_of_others_fit_as_they_are(style, summary):
    """Spend of 0 in place of NaN, other columns and an index by customer make no difference."""
    frame = STYLES[style]
    given = models.BetaGeoNBD(penalty=0.01).fit(frame, unit="week")
    own = models.BetaGeoNBD(penalty=0.01).fit(summary)
    assert given.params_ == own.params_
    assert (
        given.expected_purchases(frame, 5.0).tolist()
        == own.expected_purchases(summary, 5.0).tolist()
    )
    spend = models.GammaGamma.from_params({"p": 6.25, "q": 3.74, "gamma": 15.44})
    assert spend.expected_spend(frame).tolist() == spend.expected_spend(summary).tolist()
    worth = models.lifetime_value(own, spend, frame, horizon=52.0, annual_discount_rate=0.1)
    assert isinstance(worth.to_frame(), pd.DataFrame)


def test_export_has_the_columns_and_types_of_pymc_marketing(summary):
    frame = to_pymc_marketing(summary, unit="week")
    pd.testing.assert_frame_equal(frame, STYLES["pymc-marketing"])
    assert frame.index.equals(pd.RangeIndex(4))
    # the frame is the caller's: writing to it leaves the summary as it was
    frame.loc[0, "T"] = -1.0
    assert summary.T[0] == 14.0


def test_export_is_pandas_whatever_the_log_was_made_from():
    pl = pytest.importorskip("polars")
    log = ci.TransactionLog.from_frame(pl.DataFrame(ROWS).drop("amount"))
    frame = to_pymc_marketing(ci.summarize(log, as_of="2024-04-08", unit="day"))
    assert isinstance(frame, pd.DataFrame)
    assert list(frame) == ["customer_id", "frequency", "recency", "T"]
    assert frame["T"].tolist() == [98.0, 91.0, 96.0, 66.0]


def test_integer_ids_stay_integers():
    log = ci.TransactionLog.from_frame({"customer_id": [9, 2], "timestamp": ["2024-01-01"] * 2})
    frame = to_pymc_marketing(ci.summarize(log, as_of="2024-04-08"))
    assert frame["customer_id"].tolist() == [2, 9]
    assert frame["customer_id"].dtype == np.int64


def test_export_of_something_else(summary):
    with pytest.raises(InvalidArgumentError, match="unit 'week', and 'day' is needed"):
        to_pymc_marketing(summary, unit="day")
    with pytest.raises(InvalidArgumentError, match="takes a CustomerSummary; got DataFrame"):
        to_pymc_marketing(STYLES["lifetimes"])


def test_a_fit_exports_in_its_own_unit(log, summary):
    fit = models.BetaGeoNBD(penalty=0.01).fit(summary)
    pd.testing.assert_frame_equal(fit.to_pymc_marketing(summary), STYLES["pymc-marketing"])
    days = ci.summarize(log, as_of="2024-04-08", unit="day")
    with pytest.raises(InvalidArgumentError, match="unit 'day', and 'week' is needed"):
        fit.to_pymc_marketing(days)
    anything = models.NBD.from_params({"r": 1.0, "alpha": 9.0})
    assert anything.to_pymc_marketing(days)["T"].tolist() == [98.0, 91.0, 96.0, 66.0]
    with pytest.raises(NotFittedError, match="BetaGeoNBD has no parameters yet"):
        models.BetaGeoNBD().to_pymc_marketing(summary)


# -- lifetimes itself -------------------------------------------------------------------------


def summarised_there(frame, end, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of its dependencies
        utils = pytest.importorskip("lifetimes.utils")
        return utils.summary_data_from_transaction_data(
            frame, "customer_id", "timestamp", monetary_value_col="amount",
            observation_period_end=end, **options,
        )  # fmt: skip


def agrees(there, here):
    assert there.index.tolist() == here.customer_id.tolist()
    for name in ("frequency", "recency", "T"):
        assert there[name].to_numpy() == pytest.approx(getattr(here, name), rel=1e-14)
    assert there["monetary_value"].to_numpy() == pytest.approx(
        np.nan_to_num(here.monetary_value), rel=1e-14
    )


@pytest.mark.parametrize(
    ("there", "here", "end"),
    [
        ({"freq": "D"}, {"unit": "day"}, "2024-04-08"),
        ({"freq": "D", "freq_multiplier": 7}, {"unit": "week"}, "2024-04-08"),
        # a Sunday: lifetimes looks at the whole of the last week, whatever day is the end
        ({"freq": "W"}, {"unit": "week", "period": "week"}, "2024-04-07"),
    ],
)
def test_lifetimes_summarises_alike(log, there, here, end):
    frame = pd.DataFrame(ROWS).assign(timestamp=lambda f: pd.to_datetime(f["timestamp"]))
    agrees(summarised_there(frame, end, **there), ci.summarize(log, as_of=end, **here))


@pytest.mark.reference_data
def test_a_summary_of_lifetimes_gives_the_published_fit(reference_data):
    """CDNOW, Fader, Hardie and Lee (2005): .243, 4.414, .793, 2.426; digits recomputed."""
    orders = pd.read_csv(reference_data / "cdnow_sample.csv", parse_dates=["date"])
    orders = orders.rename(columns={"sample_id": "customer_id", "date": "timestamp"})
    table = summarised_there(orders, "1997-09-30", freq="D", freq_multiplier=7)
    fit = models.BetaGeoNBD().fit(table, unit="week")
    assert list(fit.params_.values()) == pytest.approx(
        [0.2425945, 4.4136024, 0.7929221, 2.4259073], rel=1e-5
    )
    spend = models.GammaGamma().fit(table)
    assert list(spend.params_.values()) == pytest.approx(
        [6.2495718, 3.7442246, 15.4435218], rel=1e-5
    )

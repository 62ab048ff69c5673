"""The live RFM of a customer is that of the library at the same moment."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import pytest

import customerintel as ci
from customerintel import live
from customerintel.models import ModifiedBetaGeoNBD

ZONE = "Europe/Berlin"
SPLIT = pd.Timestamp("2025-10-26T00:30:00Z")
LATER = [pd.Timestamp(one) for one in ("2025-11-02T22:59:59Z", "2025-11-02T23:00:00Z")]
RULE = live.Rule(
    id="all", version=1, when=live.On("Visit"),
    where=live.Segment("Champions") & (live.ProbabilityAlive() > 0.5), do=[live.Action("email")],
)  # fmt: skip
PLAIN = live.Rule(id="plain", version=1, when=live.On("Visit"), do=[live.Action("email")])


def purchases() -> pd.DataFrame:
    rng = np.random.default_rng(3)
    rate, dropout = rng.gamma(0.6, 0.15, 400), rng.beta(0.8, 2.4, 400)
    bought: list[tuple[int, float]] = []
    for k in range(400):
        at = rng.uniform(0, 240)
        while at < 246:
            bought.append((k, at * 86_400))
            at = at + rng.exponential(1 / rate[k]) if rng.random() > dropout[k] else 1e9
    owner, moment = np.array([one for one, _ in bought]), np.array([one for _, one in bought])
    start = pd.Timestamp("2025-03-01", tz="UTC")
    frame = pd.DataFrame({
        "customer_id": [f"c{one}" for one in owner],
        "timestamp": (start + pd.to_timedelta(moment.round(), "s")).astype("datetime64[us, UTC]"),
        "amount": np.round(rng.gamma(2, 20, len(owner)), 2),
    })  # fmt: skip
    return frame.sort_values("timestamp", ignore_index=True)


def history_of(frame: pd.DataFrame, moment: pd.Timestamp) -> Any:
    local = frame.assign(timestamp=frame["timestamp"].dt.tz_convert(ZONE))
    return ci.TransactionLog.from_frame(local).as_of(moment)


def event_of(row: Any, key: int) -> dict[str, Any]:
    return {
        "event": "Order Completed", "userId": row.customer_id, "messageId": f"o{key}",
        "timestamp": row.timestamp.isoformat(), "properties": {"total": row.amount},
    }  # fmt: skip


def expect_same(engine: live.Engine, history: Any, cuts: Any, model: Any) -> None:
    scores, summary = ci.score_rfm(history, thresholds=cuts), history.summarize(unit="day")
    names = np.asarray(scores.segment).astype(str)
    for k, customer in enumerate(summary.customer_id):
        own = engine.profile(customer)
        assert own.segment == names[k]
        assert own.frequency == summary.n_periods[k]
        assert own.time_since_last == scores.time_since_last[k] == summary.time_since_last[k]
        assert own.monetary == pytest.approx(scores.monetary[k], abs=1e-6)
    expected = np.asarray(model.probability_alive(summary))
    found = [engine.profile(one).probability_alive for one in summary.customer_id]
    assert found == pytest.approx(expected.tolist(), abs=1e-9)


@pytest.mark.filterwarnings("ignore::customerintel.exceptions.DataQualityWarning")
def test_live_rfm_is_that_of_the_library() -> None:
    frame = purchases()
    is_past = frame["timestamp"] <= SPLIT
    history = history_of(frame[is_past], SPLIT)
    cuts = ci.score_rfm(history).thresholds
    model = ModifiedBetaGeoNBD().fit(history.summarize(unit="day"))
    engine = live.Engine([RULE], store=":memory:", history=history, tz=ZONE)
    expect_same(engine, history, cuts, model)
    engine.ingest([event_of(row, row.Index) for row in frame[~is_past].itertuples()])
    for moment in LATER:
        history = history_of(frame, moment)
        engine.tick(pd.Timestamp(history.moment, tz="UTC").to_pydatetime())
        expect_same(engine, history, cuts, model)
    engine.refresh(history)
    model = ModifiedBetaGeoNBD().fit(history.summarize(unit="day"))
    expect_same(engine, history, None, model)
    engine.close()


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ((70, 1, 2), 1),
        ((70, 8, 7, 8, 70), 2),
        ((1, 2, 3, 100, 40, 38, 37, 40, 200, 138, 137), 8),
        ((10, 10, 9, 9), 2),
    ],
)
def test_late_purchases_count_on_days_of_their_own(days: tuple[int, ...], expected: int) -> None:
    engine = live.Engine([PLAIN], store=":memory:", tz=ZONE)
    start = dt.datetime(2025, 1, 1, 12, tzinfo=dt.UTC)
    for key, day in enumerate(days):
        row = pd.Series({
            "customer_id": "c", "timestamp": start + dt.timedelta(days=day), "amount": 1.0,
        })  # fmt: skip
        engine.ingest([event_of(row, key)])
    assert engine.profile("c").frequency == expected
    engine.close()


def test_late_purchases_that_a_history_may_know_are_not_counted_twice() -> None:
    frame = pd.DataFrame({
        "customer_id": ["c", "c"], "amount": [1.0, 2.0],
        "timestamp": pd.to_datetime(["2025-01-01", "2025-01-05"], utc=True),
    })  # fmt: skip
    engine = live.Engine(
        [PLAIN], store=":memory:", history=history_of(frame, pd.Timestamp("2025-01-06T01:00Z")),
        tz=ZONE,
    )  # fmt: skip
    for key, day in enumerate((9, 4, 8, 8)):
        row = frame.iloc[0].replace(frame["timestamp"][0], pd.Timestamp(2025, 1, day, tz="UTC"))
        engine.ingest([event_of(row, key)])
    assert engine.profile("c").frequency == 4
    engine.close()

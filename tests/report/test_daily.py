"""Days that are unlike others, gaps, and rows that look like copies."""

from __future__ import annotations

import numpy as np
import pytest

import customerintel as ci
from customerintel.report import alike_rows, daily
from customerintel.report.alike_rows import count_alike
from customerintel.report.daily import daily_of, gaps_in, odd_days, usual_days_off

FIRST = np.datetime64("2023-01-02")  # a Monday
DAYS = FIRST + np.arange(280)
WEEKDAY = np.arange(280) % 7


def log_of(days, **more):
    days = np.asarray(days, "M8[D]")
    table = {"customer_id": np.arange(len(days)) % 50, "timestamp": days.astype("M8[us]")}
    return ci.TransactionLog.from_frame({**table, **more})


def test_a_day_of_each_kind():
    table = {
        "customer_id": [1, 1, 1, 2, 2],
        "timestamp": [
            "2024-01-01T09",
            "2024-01-01T09",
            "2024-01-03T10",
            "2024-01-04",
            "2024-01-09",
        ],
        "order_id": ["a", "a", "b", "c", "d"],
        "amount": [10.0, 5.0, -4.0, 7.0, 100.0],
    }
    log = ci.TransactionLog.from_frame(table)
    found = daily_of(log.as_of("2024-01-04"))
    assert found.days.tolist() == np.arange("2024-01-01", "2024-01-05", dtype="M8[D]").tolist()
    assert found.purchases.tolist() == [1.0, 0.0, 0.0, 1.0]
    assert found.returns.tolist() == [0.0, 0.0, 1.0, 0.0]
    assert found.sales.tolist() == [15.0, 0.0, 0.0, 7.0]
    assert found.returned.tolist() == [0.0, 0.0, -4.0, 0.0]


def test_stretches_change_nothing(monkeypatch):
    rng = np.random.default_rng(1)
    log = log_of(DAYS[rng.integers(0, 280, 3_000)], amount=np.round(rng.normal(10.0, 8.0, 3_000)))
    history = log.as_of("2023-08-01")
    whole, copies = daily_of(history), count_alike(history)
    monkeypatch.setattr(daily, "STRETCH", 64)
    monkeypatch.setattr(alike_rows, "STRETCH", 64)
    pieces = daily_of(history)
    for name in ("days", "purchases", "returns", "sales", "returned"):
        assert np.array_equal(getattr(whole, name), getattr(pieces, name))
    assert count_alike(history) == copies > 0


def test_only_a_planted_day_is_odd():
    rng = np.random.default_rng(7)
    usual = np.array([40, 42, 41, 45, 60, 90, 0])[WEEKDAY] * np.exp(0.003 * np.arange(280))
    values = rng.poisson(usual).astype(float)
    values[150], values[201] = 5 * usual[150], 0.2 * usual[201]
    scores, middle = odd_days(DAYS, values)
    assert set(np.flatnonzero(np.abs(scores) >= daily.ODD)) == {150, 201}
    assert scores[150] > 0 > scores[201]
    assert middle[150] == pytest.approx(usual[150], rel=0.15)
    # weekdays without anything have no oddity
    assert (scores[WEEKDAY == 6] == 0).all()


def test_short_and_empty_logs_have_no_odd_days():
    assert (odd_days(DAYS[:20], np.arange(20.0))[0] == 0).all()
    assert (odd_days(DAYS, np.zeros(280))[0] == 0).all()


def test_gaps_leave_out_usual_days_off():
    open_ = (WEEKDAY < 5) & ~((np.arange(280) >= 70) & (np.arange(280) < 81))
    open_[140] = False  # a single day is none
    found = daily_of(log_of(DAYS[open_]).as_of("2023-10-09"))
    assert usual_days_off(found).sum() == (WEEKDAY[:278] >= 5).sum()
    (gap,) = gaps_in(found)
    assert (gap.first, gap.last, gap.length) == (DAYS[70], DAYS[80], 11)


def test_copies_are_rows_alike_in_all():
    table = {
        "customer_id": [1, 1, 1, 2, 1, 1],
        "timestamp": ["2024-01-01"] * 5 + ["2024-01-02"],
        "amount": [5.0, 5.0, 6.0, 5.0, 5.0, 5.0],
        "quantity": [1, 1, 1, 1, 2, 1],
    }
    assert count_alike(ci.TransactionLog.from_frame(table).as_of("2024-01-03")) == 1
    table["order_id"] = ["a"] * 5 + ["b"]
    # two lines of one price may be two articles
    assert count_alike(ci.TransactionLog.from_frame(table).as_of("2024-01-03")) is None
    table["category"] = ["tea", "tea", "tea", "tea", "tea", "cup"]
    assert count_alike(ci.TransactionLog.from_frame(table).as_of("2024-01-03")) == 1
    del table["amount"], table["order_id"]
    assert count_alike(ci.TransactionLog.from_frame(table).as_of("2024-01-03")) is None


def test_copies_against_a_count_of_rows():
    rng = np.random.default_rng(3)
    n = 2_000
    table = {
        "customer_id": rng.integers(0, 40, n),
        "timestamp": (DAYS[0] + rng.integers(0, 9, n)).astype("M8[us]"),
        "amount": rng.integers(0, 4, n).astype(float),
    }
    log = ci.TransactionLog.from_frame(table)
    rows = {tuple(row) for row in zip(*(table[name].tolist() for name in table), strict=True)}
    assert count_alike(log.as_of("2023-02-01")) == n - len(rows)

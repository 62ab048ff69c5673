"""Simulated purchases and the logs made of them."""

from __future__ import annotations

import numpy as np
import pytest

from customerintel.exceptions import InvalidArgumentError
from customerintel.models.simulation import as_log, check_simulation, draw_purchases
from customerintel.tables.kinds import Kind


def test_ages_become_exact_moments():
    log = as_log(np.array([1, 1, 2]), np.array([0.0, 1.5, 0.25]), "week")
    frame = log.to_frame()
    moments = frame["timestamp"].to_numpy().astype("M8[us]")
    wanted = ["2000-01-01T00", "2000-01-11T12", "2000-01-02T18"]
    assert moments.tolist() == np.array(wanted, "M8[us]").tolist()
    assert frame["customer_id"].tolist() == [1, 1, 2]
    assert not log.has_amounts
    table = as_log(np.array([1]), np.array([0.0]), "day", kind=Kind("dict")).to_frame()
    assert isinstance(table, dict)


def test_purchases_follow_rate_end_and_dropout():
    rng = np.random.default_rng(5)
    n = 20_000
    rate, end = np.full(n, 0.5), np.repeat([4.0, 8.0], n // 2)
    customer, age = draw_purchases(rng, rate, end)
    assert (np.diff(customer) >= 0).all()
    assert (np.diff(age)[np.diff(customer) == 0] > 0).all()
    repeats = np.bincount(customer)[1:] - 1
    assert (age <= end[customer - 1]).all()
    for part, mean in ((repeats[: n // 2], 2.0), (repeats[n // 2 :], 4.0)):
        assert abs(part.mean() - mean) < 4 * np.sqrt(mean / len(part))
    customer, _ = draw_purchases(rng, np.full(n, 1e6), np.ones(n), np.full(n, 0.5))
    repeats = np.bincount(customer)[1:] - 1  # of a geometric distribution: who buys at once
    assert abs(repeats.mean() - 2.0) < 4 * np.sqrt(2.0 / n)


def test_who_never_buys_again():
    customer, age = draw_purchases(np.random.default_rng(0), np.zeros(3), np.full(3, 1e9))
    assert customer.tolist() == [1, 2, 3]
    assert age.tolist() == [0.0, 0.0, 0.0]


def test_arguments_are_checked():
    assert check_simulation(np.int64(3), 7, "day") == (3, 7.0, "day")
    with pytest.raises(InvalidArgumentError, match="at most 13,685 weeks"):
        check_simulation(3, 14_000.0, "week")
    with pytest.raises(InvalidArgumentError, match="unit must be one of"):
        check_simulation(3, 1.0, "decade")
    with pytest.raises(InvalidArgumentError, match="knows no unit"):
        check_simulation(3, 1.0, None)

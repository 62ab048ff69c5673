"""Features worked out by hand, and against the model that a formula comes from."""

from __future__ import annotations

import math

import numpy as np
import pytest

import customerintel as ci

#: 2024-01-01 is a Monday.
FIRST = np.datetime64("2024-01-01", "us")


def features(days, life, amounts=None, **options):
    """Features of one customer who bought on these days of a life."""
    days = np.array(days, np.int64)
    frame = {
        "customer_id": np.ones(len(days), np.int64),
        "timestamp": FIRST + days.astype("m8[D]"),
        "amount": np.ones(len(days)) if amounts is None else np.array(amounts, np.float64),
    }
    moment = (FIRST + np.timedelta64(life, "D")).astype("M8[D]")
    made = ci.TransactionLog.from_frame(frame).as_of(moment).features(**options)
    return {name: float(made[name][0]) for name in made}


@pytest.mark.parametrize(
    ("days", "life", "clumpiness"),
    [
        # gaps 1, 2, 4, 1 of 8 days: shares 1/8, 1/4, 1/2, 1/8 have 7/4 bits, of at most log2 4 = 2
        ([0, 2, 6], 6, 1 - 1.75 / 2),
        # a purchase on every day: all gaps are alike, and the entropy is at its greatest
        ([0, 1, 2, 3, 4], 4, 0.0),
        # gaps 1, 1, 2 of 4 days: 1/4, 1/4, 1/2 have 3/2 bits, of at most log2 3
        ([0, 1], 2, 1 - 1.5 / math.log2(3)),
        # one purchase, three days ago: gaps 1 and 4 of 5
        ([0], 3, 1 + (0.2 * math.log2(0.2) + 0.8 * math.log2(0.8))),
    ],
)
def test_clumpiness(days, life, clumpiness):
    """H_p of Zhang, Bradlow and Small (2013), equation by equation; n events in N days."""
    assert features(days, life)["clumpiness"] == pytest.approx(clumpiness, abs=1e-15)


def test_clumpiness_is_greater_where_purchases_stand_together():
    even = features([0, 20, 40, 60, 80], 100)["clumpiness"]
    twice = features([0, 1, 2, 79, 80], 100)["clumpiness"]
    once = features([0, 1, 2, 3, 4], 100)["clumpiness"]
    assert 0 < even < twice < once < 1


def test_gaps():
    made = features([0, 2, 6], 10)
    assert (made["gap_mean"], made["overdue_ratio"]) == (3.0, 4 / 3)
    assert made["gap_std"] == pytest.approx(math.sqrt(2))
    # one pair: (2/6)² = 1/9; with that of 1/3 the mean is 2/9, and (9/2 - 1)/2 = 7/4
    assert made["regularity"] == pytest.approx(1.75)


@pytest.mark.parametrize("pairs", [1, 2, 7, 40])
def test_regularity_is_bounded_by_the_number_of_pairs(pairs):
    clockwork = features(np.arange(pairs + 2) * 5, 5 * pairs + 9)["regularity"]
    assert clockwork == pytest.approx((3 * pairs + 2) / 2)
    bursts = np.cumsum([0] + [1 if i % 2 else 4000 for i in range(pairs + 1)])
    worst = features(bursts, int(bursts[-1]))["regularity"]
    assert 1 / (3 * pairs + 1) < worst < 1 / (3 * pairs + 1) + 0.01


@pytest.mark.parametrize("shape", [1.0, 2.0, 4.0])
def test_regularity_finds_the_shape_of_gamma_gaps(shape):
    """Wheat and Morrison (1990): Var M = 1/(4(2k + 1)) whatever the customer's rate."""
    rng = np.random.default_rng(7)
    found = []
    for mean in (60.0, 90.0, 120.0):
        days = np.cumsum(np.round(rng.gamma(shape, mean / shape, 600)).astype(np.int64))
        days = np.unique(np.append(0, days))
        found.append(features(days - 60_000, int(days[-1]) - 60_000)["regularity"])
    assert np.mean(found) == pytest.approx(shape, rel=0.12)


def test_trends():
    # a life of 10 days: days 1 … 5 are its earlier half; the first purchase is in neither
    made = features([0, 1, 4, 5, 6], 10, [100.0, 6.0, 2.0, 2.0, 2.0])
    assert made["frequency_trend"] == pytest.approx(math.log(1.5 / 3.5))
    # 10 and 2 with half of the mean of 3
    assert made["spend_trend"] == pytest.approx(math.log(3.5 / 11.5))
    # of 9 days, day 5 lies half in each
    assert features([0, 5], 9)["frequency_trend"] == 0.0
    assert features([0, 4], 9)["frequency_trend"] == pytest.approx(math.log(0.5 / 1.5))
    assert math.isnan(features([0], 9)["frequency_trend"])


def test_equal_amounts_have_one_trend():
    made = features([0, 3, 50, 60, 95], 100, [8.0, 4.0, 4.0, 4.0, 4.0])
    assert made["spend_trend"] == pytest.approx(made["frequency_trend"])


def test_returns_in_the_trend_of_spend():
    # the return of day 9 is of what was bought on day 4, which is in the earlier half
    made = features([0, 2, 4, 9], 10, [9.0, 3.0, 5.0, -4.0])
    assert made["spend_trend"] == pytest.approx(math.log(1.0 / 5.0))
    assert made["return_share"] == 0.25
    # more is returned than bought: less than nothing counts as nothing
    made = features([0, 2, 8, 9], 10, [9.0, 20.0, 3.0, -9.0])
    assert made["spend_trend"] == pytest.approx(math.log(3.5 / 23.5))
    made = features([0, 2, 3, 8], 10, [9.0, 5.0, -9.0, 20.0])
    assert made["spend_trend"] == pytest.approx(math.log(24.0 / 4.0))
    # nothing is left of all repeat purchases
    assert math.isnan(features([0, 2, 9], 10, [9.0, 5.0, -5.0])["spend_trend"])


def test_a_return_in_the_morning_is_of_the_purchase_of_the_afternoon():
    """As the summary has it: the latest purchase day that is not after the return's."""
    moments = ["2024-01-01", "2024-01-03", "2024-01-10T08:00", "2024-01-10T17:00"]
    log = ci.TransactionLog.from_frame(
        {"customer_id": [1] * 4, "timestamp": moments, "amount": [9.0, 6.0, -4.0, 10.0]}
    )
    # 6 in the earlier half, and 10 - 4 in the later
    assert log.as_of("2024-01-11").features()["spend_trend"].tolist() == [0.0]
    # before the purchase, the return is of the earlier half's
    assert log.as_of("2024-01-10T12:00").features()["spend_trend"][0] < -1.0


def test_windows_end_at_the_moment_and_begin_after_so_many_days():
    made = features([0, 8, 9, 10], 10, [1.0, 2.0, 4.0, 8.0], windows=(1, 2, 3, 400))
    assert [made[f"purchases_{n}d"] for n in (1, 2, 3, 400)] == [1, 2, 3, 4]
    assert [made[f"spend_{n}d"] for n in (1, 2, 3, 400)] == [8, 12, 14, 15]


def test_a_return_in_the_window_of_an_earlier_purchase():
    made = features([0, 50], 60, [30.0, -10.0], windows=(30,))
    assert (made["purchases_30d"], made["spend_30d"]) == (0.0, -10.0)


def test_weekends():
    assert features([0, 5, 6, 7], 20)["weekend_share"] == 0.5
    assert features([3, 4, 6], 20)["weekend_share"] == pytest.approx(1 / 3)


def test_the_season_that_comes():
    # 500 days on, the season of 90 days lay at 136 … 225; before that the log has nothing
    made = features([0, 135, 136, 225, 226, 400], 500, ahead=90)
    assert made["season_share"] == pytest.approx(2 / 6)
    # 365 days back 436 … 445, and 731 days back (two years are 730.5) 70 … 79
    made = features([0, 69, 70, 79, 436, 445, 446], 800, ahead=10)
    assert made["season_share"] == pytest.approx(4 / 7)
    assert features([0, 69, 445], 800, ahead=400)["season_share"] == 1.0


def test_a_customer_younger_than_the_season_has_none():
    assert math.isnan(features([0], 274, ahead=90)["season_share"])
    assert features([0], 275, ahead=90)["season_share"] == 1.0
    assert features([0], 364, ahead=90)["season_share"] == 1.0
    assert features([0], 365, ahead=90)["season_share"] == 0.0

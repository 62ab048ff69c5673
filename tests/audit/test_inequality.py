"""Concentration: published and naive figures, invariants, intervals."""

from __future__ import annotations

import math
import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm
from table_kinds import contents

import customerintel as ci
from customerintel.audit.customer_draws import draw, group_starts
from customerintel.audit.inequality import concentration, concentration_of
from customerintel.audit.lorenz_curve import Curve
from customerintel.exceptions import DataQualityWarning

SMALL = [1.0, 2.0, 3.0, 4.0, 10.0]
OTHERS = pytest.mark.filterwarnings(
    "ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::ResourceWarning"
)
totals = st.lists(st.integers(0, 60).map(float), min_size=1, max_size=40)


def naive_gini(values):
    """Mean absolute difference over twice the mean, by all pairs."""
    differences = sum(abs(a - b) for a in values for b in values)
    return differences / (2 * len(values) * sum(values))


def naive_top(values, share):
    """Whole customers from the largest on, and the fraction of the next."""
    left, found = share * len(values), 0.0
    for value in sorted(values, reverse=True):
        found += value * min(1.0, max(0.0, left))
        left -= 1.0
    return found / sum(values)


def naive_customers_for(values, share):
    reached = 0.0
    for n, value in enumerate(sorted(values, reverse=True), 1):
        reached += value
        if reached >= share * sum(values) * (1 - 1e-9):
            return n
    raise AssertionError("all customers have everything")


def test_golden_values():
    """Figures of [1, 2, 3, 4, 10] that the project's reference gives."""
    found = concentration_of(SMALL)
    assert found.gini == pytest.approx(0.40)
    assert found.hhi == pytest.approx(0.325)
    assert found.effective_customers == pytest.approx(3.0769, abs=5e-5)
    assert found.top_share(0.20) == found.pareto_share == pytest.approx(0.50)
    assert found.top_n_share(1) == pytest.approx(0.50)
    assert found.top_n_share(99) == 1.0
    assert (found.customers_for(0.50), found.customers_for(0.51), found.customers_for(0.80)) == (
        1, 2, 3,
    )  # fmt: skip


def test_lognormal_gini():
    """Of a lognormal, Gini is 2 Φ(σ / √2) - 1 (Aitchison and Brown 1957, section 11.3)."""
    values = np.exp(1.5 * norm.ppf((np.arange(200_000) + 0.5) / 200_000))
    assert concentration_of(values).gini == pytest.approx(2 * norm.cdf(1.5 / 2**0.5) - 1, abs=1e-3)


@given(totals.filter(any), st.floats(0.0, 1.0), st.floats(0.01, 1.0))
def test_naive_twins(values, share, part):
    found = concentration_of(values)
    assert found.gini == pytest.approx(naive_gini(values), abs=1e-12)
    assert found.hhi == pytest.approx(sum((v / sum(values)) ** 2 for v in values))
    assert found.top_share(share) == pytest.approx(naive_top(values, share), abs=1e-12)
    assert found.customers_for(part) == naive_customers_for(values, part)


@given(totals.filter(any), st.integers(0, 30))
def test_zero_buyers(values, zeros):
    found = concentration_of(values, zero_buyers=zeros)
    assert found.gini == pytest.approx(naive_gini([*values, *[0.0] * zeros]), abs=1e-12)
    assert found.gini_of_buyers == pytest.approx(naive_gini(values), abs=1e-12)
    share = zeros / (zeros + len(values))  # each zero buyer moves the curve to the right
    assert found.gini == pytest.approx(share + (1 - share) * found.gini_of_buyers)
    assert (found.includes_zero_buyers, found.n_zero_buyers) == (True, zeros)
    assert not concentration_of(values).includes_zero_buyers


@given(totals.filter(any), st.floats(1e-3, 1e6), st.randoms())
@settings(max_examples=50)
def test_invariants(values, scale, chance):
    """Money scale, row order, and every customer being there twice change nothing."""
    shuffled = list(values)
    chance.shuffle(shuffled)
    first = concentration_of(values)
    assert concentration_of(shuffled).gini == first.gini
    again = concentration_of(shuffled, n_boot=39).interval("gini")
    assert again == pytest.approx(
        concentration_of(values, n_boot=39).interval("gini"), abs=0, nan_ok=True
    )
    assert concentration_of(np.array(values) * scale).gini == pytest.approx(first.gini, abs=1e-9)
    twice = concentration_of(values * 2)
    assert twice.gini == pytest.approx(first.gini, abs=1e-12)
    assert twice.hhi == pytest.approx(first.hhi / 2)
    assert twice.top_share(0.3) == pytest.approx(first.top_share(0.3), abs=1e-12)


@pytest.mark.parametrize("unit", [5e-324, 1e-300, 1e300])
def test_amounts_in_any_unit(unit):
    found = concentration_of(np.array(SMALL) * unit)
    assert (found.gini, found.hhi) == pytest.approx((0.40, 0.325))
    assert found.interval("hhi") == pytest.approx(concentration_of(SMALL).interval("hhi"))
    assert math.isinf(concentration_of([1e308, 1e308]).total)


@given(totals)
def test_the_curve_is_a_lorenz_curve(values):
    customers, total = concentration_of(values).lorenz_points
    if not any(values):
        assert np.isnan(total).all()
        return
    assert (customers[0], customers[-1], total[0]) == (0.0, 1.0, 0.0)
    assert total[-1] == pytest.approx(1.0)
    slopes = np.diff(total) / np.diff(customers)
    assert (np.diff(slopes) >= -1e-9).all()
    sums = np.concatenate([[0.0], np.cumsum(sorted(values))]) / sum(values)
    places = np.round(customers * len(values)).astype(int)
    assert total == pytest.approx(sums[places], abs=1e-12)


def test_the_curve_is_thinned():
    values = np.random.default_rng(1).lognormal(size=5_000)
    found = concentration_of(values)
    table = found.lorenz()
    assert list(table.columns) == ["share_of_customers", "share_of_total"]
    assert len(table) == 201
    sums = np.concatenate([[0.0], np.cumsum(np.sort(values))]) / values.sum()
    places = np.round(table["share_of_customers"].to_numpy() * 5_000).astype(int)
    assert table["share_of_total"].to_numpy() == pytest.approx(sums[places])


FIGURES = {
    "gini": lambda curve: curve.gini(),
    "hhi": lambda curve: curve.hhi(),
    "pareto_share": lambda curve: curve.top_share(0.2),
}


@pytest.mark.parametrize(("n", "n_boot", "n_naive"), [(400, 999, 400), (20_000, 400, 200)])
def test_intervals_are_those_of_the_naive_bootstrap(n, n_boot, n_naive):
    """The larger sample has more distinct totals than stand alone, so groups are drawn."""
    values = np.random.default_rng(3).lognormal(2.0, 1.0, n)
    assert (len(group_starts(np.sort(values))) < n) == (n > 8_192)
    found = concentration_of(values, n_boot=n_boot)
    rng = np.random.default_rng(5)
    curves = [Curve.of(rng.choice(values, n)) for _ in range(n_naive)]  # one by one
    for name, figure in FIGURES.items():
        low, high = np.quantile([figure(curve) for curve in curves], [0.025, 0.975])
        assert found.interval(name) == pytest.approx((low, high), abs=0.25 * (high - low))


def test_gini_interval_against_the_asymptotic_error():
    """Davidson (2009), equations 14 to 18: the error of the Gini index by its influence function.

    He gives it for the index with the factor n / (n - 1), which is 1 here to four digits.
    """
    n = 20_000
    values = np.sort(np.random.default_rng(8).gamma(2.0, size=n))
    found = concentration_of(values, n_boot=999)
    share = (2 * np.arange(1, n + 1) - 1) / (2 * n)
    partial = np.cumsum(values) / n
    z = -(found.gini + 1) * values + 2 * (values * share - partial)
    error = z.std() / values.mean() / n**0.5
    low, high = found.interval("gini")
    assert (high - low) / (2 * 1.96) == pytest.approx(error, rel=0.08)


def test_intervals_of_what_is_asked():
    found = concentration_of(SMALL, n_boot=99)
    low, high = found.interval("top_share", 0.2)
    assert (low, high) == found.interval("pareto_share")
    assert low <= found.pareto_share <= high
    assert found.interval("top_n_share", 5) == (1.0, 1.0)
    assert found.interval("customers_for", 1.0)[1] <= 5
    wide, narrow = (concentration_of(SMALL, n_boot=99, level=v).interval("hhi") for v in (0.9, 0.5))
    assert wide[0] <= narrow[0] <= narrow[1] <= wide[1]
    assert found.interval("gini") == concentration_of(SMALL, n_boot=99).interval("gini")
    assert found.interval("gini") != concentration_of(SMALL, n_boot=99, seed=1).interval("gini")


@given(st.lists(st.integers(0, 20), min_size=1, max_size=12))
@settings(max_examples=20)
def test_draws_keep_the_number_of_customers(counts):
    drawn = draw(np.array(counts, float), 9, 0)
    assert drawn.shape == (9, len(counts))
    assert (drawn.sum(axis=1) == sum(counts)).all()
    assert (drawn[:, np.array(counts) == 0] == 0).all()


def test_groups_of_many_totals():
    values = np.sort(np.random.default_rng(0).random(50_000))
    starts = group_starts(values)
    assert (np.diff(starts) > 0).all()
    assert len(starts) == 1_024 + 4_096 + 1_024
    assert starts[:1_024].tolist() == list(range(1_024))
    assert starts[-1_024:].tolist() == list(range(50_000 - 1_024, 50_000))
    few = np.repeat([1.0, 2.0, 5.0], 20_000)
    assert group_starts(few).tolist() == [0, 20_000, 40_000]


def test_nothing_shared_and_nobody():
    for values in ([], [0.0, 0.0]):
        found = concentration_of(values)
        assert all(math.isnan(x) for x in (found.gini, found.hhi, found.effective_customers))
        assert math.isnan(found.top_share(0.2))
        assert found.customers_for(0.8) is None
        assert all(math.isnan(x) for x in found.interval("gini"))
        assert len(found.to_frame()) == 10
        assert np.isnan(found.to_frame()["value"]).all()
    one = concentration_of([7.0])
    assert (one.gini, one.hhi, one.customers_for(0.8)) == (0.0, 1.0, 1)


def test_totals_below_zero():
    message = (
        r"2 customers have a total below 0 \(more returned than bought\) and count as 0: nobody "
        r"can hold a negative share of the whole\."
    )
    with pytest.warns(DataQualityWarning, match=message):
        found = concentration_of([*SMALL, -5.0, -1.0])
    assert (found.n_negative, found.negative_total, found.total) == (2, -6.0, 20.0)
    assert found.gini == concentration_of([*SMALL, 0.0, 0.0]).gini


ROWS = {
    "customer_id": [1, 1, 2, 3, 3, 3, 4],
    "timestamp": [
        "2024-01-05", "2024-03-01", "2024-01-07", "2024-02-01", "2024-02-03", "2024-03-05",
        "2023-01-01",
    ],
    "amount": [10.0, 20.0, 5.0, 1.0, 2.0, 3.0, 100.0],
    "quantity": [1.0, 2.0, 3.0, 5.0, 5.0, 1.0, 9.0],
}  # fmt: skip


@pytest.mark.parametrize(
    ("by", "values", "recent"),
    [
        ("spend", [30, 5, 6, 100], [30, 5, 6]),
        ("frequency", [2, 1, 3, 1], [2, 1, 3]),
        ("volume", [3, 3, 11, 9], [3, 3, 11]),
    ],
)
def test_what_is_shared(by, values, recent):
    history = ci.TransactionLog.from_frame(ROWS).as_of("2024-03-31")
    found = concentration(history, by=by)
    assert (found.by, found.n_customers, found.total) == (by, 4, sum(values))
    assert found.gini == pytest.approx(naive_gini(values))
    late = concentration(history, by=by, window="365d")
    assert (late.n_customers, late.gini) == (3, pytest.approx(naive_gini(recent)))


@OTHERS
def test_every_kind_of_table(table_kind):
    history = ci.TransactionLog.from_frame(table_kind.make(ROWS)).as_of("2024-03-31")
    found = concentration(history, n_boot=39)
    table = found.to_frame()
    assert table_kind.is_kind(table)
    columns = contents(table)
    assert list(columns) == ["measure", "value", "lower", "upper"]
    assert columns["measure"][0] == "gini"
    assert columns["value"][0] == pytest.approx(naive_gini([30, 5, 6, 100]))
    assert contents(found.lorenz())["share_of_customers"] == [0.0, 0.25, 0.5, 0.75, 1.0]


def test_what_it_shows():
    found = concentration_of(SMALL, by="spend", zero_buyers=3)
    assert repr(found) == (
        "Concentration(by=spend, customers=5, zero_buyers=3, gini=0.625, pareto_share=0.62, "
        "hhi=0.325)"
    )
    assert "left out" in repr(concentration_of(SMALL))
    assert "<caption>Concentration</caption>" in found._repr_html_()
    with pytest.raises(ValueError, match="read-only"):
        found.lorenz_points[0][0] = 1.0
    assert pickle.loads(pickle.dumps(found)).interval("gini") == found.interval("gini")

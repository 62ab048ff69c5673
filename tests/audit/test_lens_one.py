from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from audit import lens_shop
from hypothesis import given
from hypothesis import strategies as st

import customerintel as ci
from customerintel.audit.deciles import tenths
from customerintel.audit.inequality import concentration_of
from customerintel.audit.lenses import five_lenses
from customerintel.audit.readable_bins import histogram, money_edges, order_edges


@pytest.fixture(scope="module")
def lens():
    log = lens_shop.log()
    return five_lenses(log, as_of="2011-06-30", period="month", align="calendar").lens(1)


@pytest.fixture(scope="module")
def twin():
    return lens_shop.by_customer(6)


def test_the_figures_are_those_of_pandas(lens, twin):
    known = lens_shop.rows().customer_id.nunique()
    figures = lens.figures
    assert lens.label == "2011-06"
    assert (lens.start, lens.end) == (np.datetime64("2011-06-01"), np.datetime64("2011-06-30"))
    assert figures["customers_known"] == known
    assert figures["buyers"] == len(twin)
    assert figures["zero_buyers"] == known - len(twin) > 0
    for name in ("orders", "units", "spend", "profit"):
        assert figures[name] == pytest.approx(twin[name].sum())
    assert figures["average_order_value"] == pytest.approx(twin.spend.sum() / twin.orders.sum())
    assert figures["margin"] == pytest.approx(twin.profit.sum() / twin.spend.sum())
    assert figures["spend_per_known_customer"] == pytest.approx(twin.spend.sum() / known)
    assert figures["negative_spenders"] == 0


def test_intervals_are_those_of_customers_drawn_anew(lens, twin):
    rng = np.random.default_rng(4)
    n, known = len(twin), int(lens.figures["customers_known"])
    drawn = rng.multinomial(n, np.full(n, 1 / n), 3000)
    spend, orders = (twin[name].to_numpy(float) for name in ("spend", "orders"))
    of_all = rng.multinomial(known, np.full(known, 1 / known), 3000)[:, :n]
    for name, replicates in {
        "spend_per_buyer": drawn @ spend / n,
        "average_order_value": (drawn @ spend) / (drawn @ orders),
        "spend_per_known_customer": of_all @ spend / known,
        "buying_share": of_all.sum(axis=1) / known,
    }.items():
        lower, upper = lens.interval(name)
        assert upper - lower == pytest.approx(2 * 1.96 * replicates.std(), rel=0.07)
        assert lower < lens.figures[name] < upper


def test_histograms_count_every_buyer(lens, twin):
    value = twin.spend / twin.orders
    for found, values in (
        (lens.orders, twin.orders), (lens.spend, twin.spend), (lens.order_value, value),
    ):  # fmt: skip
        assert found.customers.sum() == len(twin)
        assert found.spend.sum() == pytest.approx(twin.spend.sum())
        for low, high, count in zip(found.lowest, found.highest, found.customers, strict=True):
            inside = (values >= low) & (values < high) if high > low else values == low
            if low == 0.0 and high > low and "0" in found.labels:
                inside = (values > low) & (values < high)
            assert count == inside.sum()
    assert lens.orders.labels[:6] == ("1", "2", "3", "4", "5", "6 to 10")
    assert lens.spend.share.sum() == pytest.approx(1.0)
    assert lens.spend.spend_share.sum() == pytest.approx(1.0)


def test_deciles_are_those_of_pandas(lens, twin):
    found = lens.deciles
    ordered = twin.sort_values("spend", ascending=False, kind="stable")
    cuts = tenths(len(twin))
    parts = [ordered.iloc[cuts[k] : cuts[k + 1]] for k in range(10)]
    assert found.by == "spend"
    np.testing.assert_array_equal(found.customers, [len(part) for part in parts])
    assert found.customers.max() - found.customers.min() <= 1
    for name in ("orders", "units", "spend", "profit"):
        np.testing.assert_allclose(getattr(found, name), [part[name].sum() for part in parts])
    np.testing.assert_allclose(found.mean_orders, [part.orders.mean() for part in parts])
    np.testing.assert_allclose(found.lowest, [part.spend.min() for part in parts])
    np.testing.assert_allclose(found.highest, [part.spend.max() for part in parts])
    np.testing.assert_allclose(found.average_order_value, found.spend / found.orders)
    assert found.cumulative_share[-1] == pytest.approx(1.0)
    assert (np.diff(found.share) <= 1e-12).all()


def test_concentration_with_and_without_those_who_did_not_buy(lens, twin):
    found = concentration_of(twin.spend.to_numpy())
    assert lens.concentration.gini == pytest.approx(found.gini)
    zeros = int(lens.figures["zero_buyers"])
    n, gini = len(twin), found.gini
    # zeros push the index up: G' = (zeros + n G) / (zeros + n)
    expected = (zeros + n * gini) / (zeros + n)
    assert lens.concentration_with_zeros.gini == pytest.approx(expected)
    customers, total, with_zeros = lens.lorenz
    assert (customers[0], total[0], customers[-1], total[-1]) == (0.0, 0.0, 1.0, 1.0)
    assert (with_zeros <= total + 1e-12).all()


def test_the_split_of_differences_adds_up(lens, twin):
    kept = twin[(twin.spend > 0) & (twin.profit > 0)]
    logs = pd.DataFrame({
        "orders": np.log(kept.orders),
        "order_value": np.log(kept.spend / kept.orders),
        "margin": np.log(kept.profit / kept.spend),
    })  # fmt: skip
    whole = logs.sum(axis=1)
    assert lens.split.of == "profit"
    assert lens.split.factors == tuple(logs)
    expected = [logs[name].cov(whole) / whole.var() for name in logs]
    np.testing.assert_allclose(lens.split.share, expected)
    assert lens.split.share.sum() == pytest.approx(1.0)
    np.testing.assert_allclose(lens.split.deviation, logs.std())
    np.testing.assert_allclose(lens.split.typical, np.exp(logs.mean()))
    assert lens.split.customers + lens.split.left_out == len(twin)


def test_every_table_is_there_and_read_only(lens):
    assert lens.parts[0] == "summary"
    for part in lens.parts:
        assert len(lens.to_frame(part)) > 0
    assert list(lens.to_frame()["measure"])[:2] == ["customers_known", "buyers"]
    with pytest.raises(ValueError, match="read-only"):
        lens.deciles.spend[0] = 0.0
    assert repr(lens).startswith("LensOne(period=2011-06, known=")
    assert "Lens 1" in lens._repr_html_()


def test_a_log_without_amounts_is_ranked_by_orders():
    log = lens_shop.log(lens_shop.rows().drop(columns=["amount", "cost"]))
    lens = five_lenses(log, as_of="2011-06-30", period="month", align="calendar").lens(1)
    assert lens.by == lens.deciles.by == lens.concentration.by == "orders"
    assert np.isnan(
        [lens.figures[name] for name in ("spend", "average_order_value", "profit")]
    ).all()
    assert len(lens.spend) == len(lens.order_value) == 0
    assert np.isnan(lens.deciles.spend).all()
    assert lens.deciles.share.sum() == pytest.approx(1.0)
    assert lens.split.customers == 0
    for part in lens.parts:
        lens.to_frame(part)


def small(amounts, **more):
    n = len(amounts)
    table = {"customer_id": np.arange(n), "timestamp": ["2011-03-10"] * n, "amount": amounts}
    log = ci.TransactionLog.from_frame(table, **more)
    return five_lenses(log, as_of="2011-03-31", period=[("2011-03-10", "2011-03-31")])


def test_one_customer():
    lens = small([7.0]).lens(1)
    assert lens.figures["spend_per_buyer"] == 7.0
    assert np.isnan(lens.interval("spend_per_buyer")).all()
    np.testing.assert_array_equal(lens.deciles.customers, [1] + [0] * 9)
    assert np.isnan(lens.split.share).all()
    assert lens.concentration.gini == 0.0


def test_returns_can_leave_a_negative_total():
    lens = small([5.0, -30.0, 10.0, -2.0], returns="keep").lens(1)
    assert lens.figures["spend"] == -17.0
    assert lens.figures["negative_spenders"] == 2
    assert np.isnan(lens.deciles.share).all()
    assert np.isnan(lens.spend.spend_share).all()
    assert lens.spend.labels[0] == "below 0"
    assert lens.spend.customers.sum() == 4
    assert (lens.split.customers, lens.split.left_out) == (2, 2)
    assert lens.deciles.lowest[-2:].min() == -30.0 or np.nanmin(lens.deciles.lowest) == -30.0
    assert 0.0 <= lens.concentration.gini <= 1.0  # those below 0 count as 0


def test_a_period_in_which_nobody_bought():
    log = ci.TransactionLog.from_frame(
        {"customer_id": [1], "timestamp": ["2011-01-01"], "amount": [2.0]}
    )
    lens = five_lenses(log, as_of="2011-02-28", period="month", align="calendar").lens(1)
    assert (lens.figures["buyers"], lens.figures["zero_buyers"]) == (0, 1)
    assert (lens.figures["spend"], lens.figures["buying_share"]) == (0.0, 0.0)
    assert np.isnan(lens.figures["spend_per_buyer"])
    for part in lens.parts:
        lens.to_frame(part)


def test_costs_of_returned_goods_come_off_the_purchase():
    log = ci.TransactionLog.from_frame({
        "customer_id": [1, 1, 1, 2],
        "timestamp": ["2011-01-03", "2011-01-20", "2011-02-02", "2011-02-05"],
        "amount": [100.0, 50.0, -50.0, 30.0],
        "cost": [60.0, 20.0, 20.0, 12.0],
    })  # fmt: skip
    audit = five_lenses(log, as_of="2011-02-28", period="month", align="calendar")
    january = five_lenses(log, as_of="2011-02-28", period=[("2011-01-03", "2011-01-31")])
    assert audit.lens(1).figures["profit"] == 18.0
    assert january.lens(1).figures["spend"] == 100.0
    assert january.lens(1).figures["profit"] == 40.0  # not 70: the goods are there again


def test_a_margin_can_be_given_or_left_out():
    log = lens_shop.log()
    given = five_lenses(log, as_of="2011-06-30", period="month", margin=0.3).lens(1)
    assert given.figures["margin"] == pytest.approx(0.3)
    without = five_lenses(log, as_of="2011-06-30", period="month", margin=False).lens(1)
    assert np.isnan(without.figures["profit"])
    assert without.split.factors == ("orders", "order_value")


def test_rows_without_a_cost_are_said():
    table = lens_shop.rows().copy()
    table.loc[:2, "cost"] = np.nan
    audit = five_lenses(lens_shop.log(table), as_of="2011-06-30", period="month")
    with pytest.warns(ci.exceptions.DataQualityWarning, match="3 of 4,000 rows .* have no cost"):
        lens = audit.lens(1)
    assert np.isnan(lens.figures["profit"])


def test_orders_have_more_bins_where_many_buy_often():
    edges, labels = order_edges(np.full(100, 30.0))
    assert labels[6:] == ("11 to 20", "21 to 50", "51 and more")
    assert edges[-2:].tolist() == [51.0, np.inf]
    assert order_edges(np.array([1.0, 2.0]))[1][-1] == "11 and more"
    assert order_edges(np.full(100, 150.0))[1][8:] == ("51 to 100", "101 to 200", "201 and more")


def test_money_has_bins_of_1_2_5():
    edges, labels = money_edges(np.array([-1.0, 0.0, 3.0, 18.0, 40.0, 1500.0]))
    assert labels[:5] == ("below 0", "0", "2 to 5", "5 to 10", "10 to 20")
    assert labels[-1] == "1,000 to 2,000"
    assert edges[-1] == 2000.0


@given(st.lists(st.floats(-1e12, 1e12), max_size=40))
def test_every_value_is_in_a_bin(values):
    values = np.array(values, float)
    edges, labels = money_edges(values)
    found = histogram(values, values, edges, labels)
    assert found.customers.sum() == len(values)
    assert len(set(labels)) == len(labels) <= 25
    assert (np.diff(edges) > 0).all()


@given(st.integers(0, 300))
def test_tenths_differ_by_one_at_most(n):
    heads = np.diff(tenths(n))
    assert heads.sum() == n
    assert heads.max() - heads.min() <= 1


@pytest.mark.parametrize("level", [0.5, 0.9995])
def test_any_level_will_do(level):
    lens = five_lenses(lens_shop.log(), as_of="2011-06-30", period="month", level=level).lens(1)
    lower, upper = lens.interval("spend_per_buyer")
    assert lower < lens.figures["spend_per_buyer"] < upper
    assert lens.concentration.level == level
    low, high = lens.concentration.interval("gini")
    assert low < lens.concentration.gini < high

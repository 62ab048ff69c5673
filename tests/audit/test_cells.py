from __future__ import annotations

import numpy as np
import pytest
from audit import oracle_cells
from hypothesis import given, settings
from hypothesis import strategies as st

import customerintel as ci
from customerintel.audit.cells import cells_of
from customerintel.audit.periods import read_periods

CHANNELS = ("app", "shop", "web")
START = np.datetime64("2011-01-01", "us").astype(np.int64)


def make_log(rows, **more):
    customer, when, amount, units, group = (list(part) for part in zip(*rows, strict=True))
    return ci.TransactionLog.from_frame(
        {
            "customer_id": customer,
            "timestamp": np.array(when, "M8[us]"),
            "amount": np.array(amount, float),
            "quantity": np.array(units, float),
            "channel": [CHANNELS[g] for g in group],
        },
        amount="amount",
        **more,
    )


row = st.tuples(
    st.integers(1, 5),
    # few moments of few days, so that many fall on one day; all distinct within a customer
    st.integers(0, 119).map(lambda k: int(START + k * oracle_cells.DAY // 2 + k)),
    st.integers(-3, 9).map(float),
    st.integers(1, 4).map(float),
    st.integers(0, 2),
)
# somebody buys on the first day, so that there is a history
buyer = (6, int(START), 1.0, 1.0, 0)
logs = st.lists(row, max_size=60, unique_by=lambda r: (r[0], r[1])).map(lambda rows: [buyer, *rows])


@settings(max_examples=60, deadline=None)
@given(logs, st.sampled_from(["month", "week", "20d"]), st.sampled_from([None, "channel"]))
def test_cells_are_those_of_plain_loops(rows, period, by):
    history = make_log(rows).as_of("2011-02-20")
    periods = read_periods(history, period)
    cells = cells_of(history, periods, by=by)
    plain = [(*r[:4], r[4] if by else -1) for r in rows]
    names = [CHANNELS.index(name) for name in cells.groups]
    found = {
        (c, k, names[g] if by else -1): value
        for (c, k, g), value in oracle_cells.as_dict(cells).items()
    }
    expected, firsts, lasts, unmatched = oracle_cells.cells(plain, periods, int(history._moment))
    assert found == expected
    assert cells.ids.to_numpy().tolist() == history.customer_id.tolist() == sorted(firsts)
    assert dict(zip(cells.ids.to_numpy(), cells.first, strict=True)) == firsts
    assert dict(zip(cells.ids.to_numpy(), cells.last, strict=True)) == lasts
    assert cells.unmatched == unmatched


@settings(max_examples=30, deadline=None)
@given(logs)
def test_all_periods_add_up_to_the_summary(rows):
    history = make_log(rows).as_of("2011-12-31")
    cells = cells_of(history, read_periods(history, "month", align="calendar"))
    orders, _, spend = cells.totals()
    summary = history.summarize()
    assert orders.tolist() == summary.n_purchases.tolist()
    # of customers who buy at all, what is in no cell is what nobody could be taken off
    own = {r[0] for r in rows if r[2] >= 0}
    alone = sum(r[2] for r in rows if r[0] not in own)
    assert spend.sum() + cells.unmatched - alone == pytest.approx(summary.total_amount.sum())


def test_further_lines_count_units_and_money_but_no_order():
    log = ci.TransactionLog.from_frame(
        {
            "customer_id": ["a", "a", "a"],
            "timestamp": ["2011-01-31T23:00", "2011-02-01T01:00", "2011-02-02"],
            "amount": [1.0, 2.0, 4.0],
            "order_id": ["x", "x", "y"],
        }
    )
    history = log.as_of("2011-02-28")
    cells = cells_of(history, read_periods(history, "month", align="calendar"))
    # an order is of its first line's moment
    assert oracle_cells.as_dict(cells) == {("a", 0, -1): [1, 2.0, 3.0], ("a", 1, -1): [1, 1.0, 4.0]}


def test_an_exchange_is_one_order_whichever_line_comes_first():
    log = ci.TransactionLog.from_frame(
        {
            "customer_id": [1, 1, 1],
            "timestamp": ["2011-01-05", "2011-02-03T10:00", "2011-02-03T11:00"],
            "amount": [50.0, -20.0, 30.0],
            "order_id": ["a", "b", "b"],
        }
    )
    history = log.as_of("2011-02-28")
    cells = cells_of(history, read_periods(history, "month", align="calendar"))
    # what was given back is taken off the purchase of the same day
    assert oracle_cells.as_dict(cells) == {(1, 0, -1): [1, 1.0, 50.0], (1, 1, -1): [1, 1.0, 10.0]}
    lens = ci.audit.five_lenses(history, period="month", align="calendar").lens(1)
    assert (lens.figures["orders"], lens.figures["spend"]) == (1.0, 10.0)
    with pytest.warns(ci.exceptions.DataQualityWarning, match="Only 1 customer"):
        assert ci.audit.core_customers(history, share=0.5).cut_value == 2.0


def test_a_log_without_money_counts():
    log = ci.TransactionLog.from_frame({"customer_id": [1, 1], "timestamp": ["2011-01-05"] * 2})
    cells = cells_of(log.as_of("2011-01-31"), read_periods(log.as_of("2011-01-31"), "month"))
    assert cells.orders.tolist() == [2]
    assert not len(cells.spend)
    assert np.isnan(cells.unmatched)
    assert np.isnan(cells.totals()[2]).all()


def test_returns_before_the_periods_change_no_cell():
    rows = [(1, START, 5.0, 1.0, 0), (1, START + 40 * oracle_cells.DAY, -2.0, 1.0, 0)]
    history = make_log(rows).as_of("2011-03-31")
    cells = cells_of(history, read_periods(history, [("2011-02-01", "2011-02-28")]))
    assert len(cells) == 0
    assert cells.unmatched == 0.0
    assert len(cells.ids) == 1


@pytest.mark.parametrize("width", [1, 2, 3])
def test_bits_do_not_depend_on_threads(width):
    rng = np.random.default_rng(1)
    n = 400_000
    log = ci.TransactionLog.from_frame(
        {
            "customer_id": rng.integers(0, 30_000, n),
            "timestamp": (START + rng.integers(0, 300 * oracle_cells.DAY, n)).astype("M8[us]"),
            "amount": rng.normal(20.0, 15.0, n),
        }
    )
    history = log.as_of("2011-10-31")
    ci.set_threads(width)
    try:
        cells = cells_of(history, read_periods(history, "month"))
        totals = cells.totals()
    finally:
        ci.set_threads(None)
    alone = cells_of(history, read_periods(history, "month"))
    for name in ("offsets", "period", "orders", "units", "spend", "first", "last"):
        assert np.array_equal(getattr(cells, name), getattr(alone, name))
    for one, other in zip(totals, alone.totals(), strict=True):
        assert np.array_equal(one, other)


@pytest.mark.parametrize("prices", [(0.1, 0.2, 0.3), (0.85, 1.25, 2.55), (1e-6, 3e-6, 7e9)])
def test_no_tie_hangs_on_the_order_of_rows(prices):
    rng = np.random.default_rng(3)
    frame = {
        "customer_id": np.repeat(np.arange(40), 3),
        "timestamp": np.repeat(np.array(["2011-01-05"], "M8[us]"), 120),
        "amount": np.tile(prices, 40),
    }
    for _ in range(5):
        order = rng.permutation(120)
        log = ci.TransactionLog.from_frame({name: v[order] for name, v in frame.items()})
        history = log.as_of("2011-01-31")
        cells = cells_of(history, read_periods(history, "month"))
        assert len(set(cells.spend.tolist())) == 1
        assert cells.spend[0] == pytest.approx(sum(prices), rel=1e-11)
        core = ci.audit.core_customers(history, by="spend", share=0.3)
        assert core.n_tied == (40, 12)


def test_groups_of_after_the_moment_are_not_named():
    day = oracle_cells.DAY
    rows = [
        (1, START, 1.0, 1.0, 2),
        (1, START + day, 1.0, 1.0, 0),
        (1, START + 40 * day, 1.0, 1.0, 1),
    ]
    history = make_log(rows).as_of("2011-01-31")
    cells = cells_of(history, read_periods(history, "month"), by="channel")
    assert cells.groups == ("app", "web")
    assert sorted(cells.group.tolist()) == [0, 1]


def test_drop_and_keep():
    frame = {
        "customer_id": [1, 1, 2],
        "timestamp": ["2011-01-05", "2011-01-09", "2011-01-10"],
        "amount": [10.0, -4.0, -1.0],
    }
    for returns, expected in (
        ("net", {(1, 0, -1): [1, 1.0, 6.0]}),
        ("drop", {(1, 0, -1): [1, 1.0, 10.0]}),
        ("keep", {(1, 0, -1): [2, 2.0, 6.0], (2, 0, -1): [1, 1.0, -1.0]}),
    ):
        history = ci.TransactionLog.from_frame(frame, returns=returns).as_of("2011-01-31")
        cells = cells_of(history, read_periods(history, "month", align="calendar"))
        assert oracle_cells.as_dict(cells) == expected
        assert cells.ids.to_numpy().tolist() == history.customer_id.tolist()


def test_an_unknown_column_is_named():
    history = make_log([(1, START, 1.0, 1.0, 0)]).as_of("2011-12-31")
    with pytest.raises(ci.exceptions.SchemaError, match=r"'kanal'.*'channel'"):
        cells_of(history, read_periods(history, "month"), by="kanal")
    with pytest.raises(ci.exceptions.InvalidArgumentError, match="cells_of takes a History"):
        cells_of(history, "month")

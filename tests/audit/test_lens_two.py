from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from audit import lens_shop

import customerintel as ci
from customerintel.audit.customer_groups import GROUPS
from customerintel.audit.decile_transition import BEFORE, NOW, transitions
from customerintel.audit.deciles import tenths
from customerintel.audit.lenses import five_lenses
from customerintel.audit.same_customer_change import CHANGES, same_customer_change


def audit_of(log, **more):
    return five_lenses(log, as_of="2011-06-30", period="month", align="calendar", **more)


@pytest.fixture(scope="module")
def lens():
    return audit_of(lens_shop.log()).lens(2)


@pytest.fixture(scope="module")
def twin():
    """Both months side by side, one row per customer ever seen."""
    rows = lens_shop.rows()
    before = lens_shop.by_customer(5).add_suffix("_before")
    table = before.join(lens_shop.by_customer(6).add_suffix("_now"), how="outer")
    table = table.reindex(np.sort(rows.customer_id.unique())).fillna(0.0)
    table["first"] = rows.groupby("customer_id").month.min()
    before, now = table.orders_before > 0, table.orders_now > 0
    table["group"] = np.select(
        [before & now, before & ~now, now & ~before & (table["first"] < 6), now & ~before],
        ["retained", "lapsed", "returned", "new"],
        "inactive",
    )
    return table


def test_groups_are_those_of_pandas(lens, twin):
    assert lens.labels == ("2011-05", "2011-06")
    assert lens.starts.tolist() == list(np.array(["2011-05-01", "2011-06-01"], "M8[D]").tolist())
    sums = twin.groupby("group").sum().reindex(GROUPS).fillna(0.0)
    sizes = twin.group.value_counts().reindex(GROUPS).fillna(0)
    assert lens.groups.groups == GROUPS
    assert sizes.min() > 0
    np.testing.assert_array_equal(lens.groups.customers, sizes)
    for name in ("orders", "units", "spend", "profit"):
        for when in ("before", "now"):
            column = f"{name}_{when}"
            np.testing.assert_allclose(getattr(lens.groups, column), sums[column])


def test_the_figures_are_those_of_pandas(lens, twin):
    figures, size = lens.figures, twin.group.value_counts()
    spend = twin.groupby("group").spend_now.sum()
    assert figures["customers_before"] == size["retained"] + size["lapsed"]
    assert figures["customers_now"] == size["retained"] + size["returned"] + size["new"]
    before, now = twin.spend_before.sum(), twin.spend_now.sum()
    assert figures["spend_change"] == pytest.approx(now - before)
    assert figures["spend_growth"] == pytest.approx(now / before - 1.0)
    assert figures["retention_rate"] == pytest.approx(
        size["retained"] / (size["retained"] + size["lapsed"])
    )
    assert figures["spend_retention"] == pytest.approx(spend["retained"] / before)
    assert figures["new_spend_share"] == pytest.approx(spend["new"] / now)
    for name in ("spend_change", "spend_growth", "orders_growth", "retention_rate"):
        lower, upper = lens.interval(name)
        assert lower < figures[name] < upper


def test_intervals_are_those_of_customers_drawn_anew(lens, twin):
    rng = np.random.default_rng(6)
    n = len(twin)
    drawn = rng.multinomial(n, np.full(n, 1 / n), 3000)
    before, now = twin.spend_before.to_numpy(), twin.spend_now.to_numpy()
    for name, replicates in {
        "spend_change": drawn @ (now - before),
        "spend_growth": (drawn @ now) / (drawn @ before),
    }.items():
        lower, upper = lens.interval(name)
        assert upper - lower == pytest.approx(2 * 1.96 * replicates.std(), rel=0.07)


def test_the_bridge_and_the_factors_explain_the_change(lens, twin):
    for bridge, factors, name in (
        (lens.bridge, lens.factors, "spend"), (lens.profit_bridge, lens.profit_factors, "profit"),
    ):  # fmt: skip
        before, now = twin[f"{name}_before"].sum(), twin[f"{name}_now"].sum()
        assert bridge.of == factors.of == name
        assert bridge["before"] == pytest.approx(before)
        assert bridge["now"] == pytest.approx(now)
        assert bridge.amount[1:-1].sum() == pytest.approx(now - before)
        group = twin.groupby("group")
        assert bridge["lapsed"] == pytest.approx(-group[f"{name}_before"].sum()["lapsed"])
        assert bridge["new"] == pytest.approx(group[f"{name}_now"].sum()["new"])
        assert factors.method == "lmdi"
        assert factors.contribution.sum() == pytest.approx(now - before)
    assert lens.profit_factors.factors[-1] == "margin"


def naive_transition(before, now, bought, new, *, frozen):
    """Count moves customer by customer."""
    counts = pd.DataFrame(0, index=BEFORE, columns=NOW)

    def ranked(values, mask):
        order = sorted(np.flatnonzero(mask), key=lambda k: (-values[k], k))
        cuts = tenths(len(order))
        return {k: d for d in range(10) for k in order[cuts[d] : cuts[d + 1]]}

    ranks = [ranked(before, bought[0]), ranked(now, bought[1])]
    cuts = {d: min(before[k] for k in ranks[0] if ranks[0][k] == d) for d in ranks[0].values()}

    def place(values, k, rank):
        if not frozen:
            return rank[k]
        reached = [d for d in sorted(cuts) if values[k] >= cuts[d]]
        return reached[0] if reached else 9

    for k in range(len(before)):
        if not (bought[0][k] or bought[1][k]):
            continue
        row = "new" if new[k] else "returned"
        if bought[0][k]:
            row = BEFORE[place(before, k, ranks[0])]
        column = NOW[place(now, k, ranks[1])] if bought[1][k] else "did not buy"
        counts.loc[row, column] += 1
    return counts.to_numpy()


@pytest.mark.parametrize("n", [0, 1, 3, 7, 10, 60, 211])
def test_transitions_are_those_of_a_loop(n):
    rng = np.random.default_rng(n)
    before, now = rng.choice([0.0, 5.0, 7.5, 20.0, 33.0, -4.0], (2, n)) + rng.integers(0, 3, (2, n))
    bought = rng.random((2, n)) < 0.7
    new = ~bought[0] & (rng.random(n) < 0.4)
    for found in transitions(before, now, tuple(bought), new):
        expected = naive_transition(before, now, bought, new, frozen=found.frozen)
        np.testing.assert_array_equal(found.counts, expected)


def test_with_frozen_limits_who_spends_as_much_stays():
    spend = np.array([5.0, 5.0, 5.0, 8.0, 9.0, 20.0, 20.0, 31.0, 40.0, 50.0, 60.0, 61.0])
    both, nobody = np.ones(12, bool), np.zeros(12, bool)
    frozen, ranked = transitions(spend, spend, (both, both), nobody)
    assert frozen.stay == ranked.stay == 12
    # everybody spends twice as much: ranks stay, tenths with the old limits do not
    frozen, ranked = transitions(spend, 2 * spend, (both, both), nobody)
    assert (ranked.stay, ranked.up) == (12, 0)
    assert frozen.up > 8
    assert frozen.down == 0


def test_rows_of_the_transition_add_up(lens, twin):
    for found in (lens.transition, lens.transition_by_rank):
        assert found.counts.sum() == (twin.group != "inactive").sum()
        some = found.counts.sum(axis=1) > 0
        np.testing.assert_allclose(found.probabilities[some].sum(axis=1), 1.0)
        assert found.counts[:10, 10].sum() == (twin.group == "lapsed").sum()
        assert found.counts[11].sum() == (twin.group == "new").sum()
        assert found.up + found.down + found.stay == (twin.group == "retained").sum()
    assert not lens.transition_by_rank.frozen
    assert lens.transition.frozen


def test_changes_of_the_same_customers(lens, twin):
    kept = twin[twin.group == "retained"]
    for found, before, now in (
        (lens.changes[0], kept.orders_before, kept.orders_now),
        (lens.changes[1], kept.spend_before, kept.spend_now),
        (lens.changes[2], kept.spend_before / kept.orders_before, kept.spend_now / kept.orders_now),
    ):
        assert (found.up, found.down) == ((now > before).sum(), (now < before).sum())
        assert found.up + found.down + found.same == len(kept)
        assert found.customers.sum() == len(kept)
        assert found.change.sum() == pytest.approx((now - before).sum())
        assert found.median == pytest.approx((now / before)[before > 0].median())
    assert [one.of for one in lens.changes] == ["orders", "spend", "order_value"]


def test_bins_of_change_by_hand():
    before = np.array([100.0] * 12 + [0.0, -5.0])
    now = [10, 25, 30, 50, 75, 90, 105, 110, 125, 150, 200, 400, 7, 9]
    found = same_customer_change("spend", before, np.array(now, float))
    counts = dict(zip(CHANGES, found.customers.tolist(), strict=True))
    assert counts == {
        "fell by 75 % and more": 2,
        "fell by 50 to 75 %": 2,
        "fell by 25 to 50 %": 1,
        "fell by 10 to 25 %": 0,
        "within 10 %": 3,
        "rose by 10 to 25 %": 0,
        "rose by 25 to 50 %": 1,
        "rose by 50 to 100 %": 1,
        "rose by 100 to 300 %": 1,
        "rose by 300 % and more": 1,
        "nothing to compare with": 2,
    }


def test_every_table_is_there(lens):
    for part in lens.parts:
        assert len(lens.to_frame(part)) > 0
    assert len(lens.to_frame("transition")) == len(BEFORE) * len(NOW)
    assert len(lens.to_frame("changes")) == 3 * len(CHANGES)
    assert repr(lens).startswith("LensTwo(before=2011-05, now=2011-06, retained=")
    assert "Lens 2" in lens._repr_html_()


def test_a_log_without_amounts_is_explained_in_orders():
    lens = audit_of(lens_shop.log(lens_shop.rows().drop(columns=["amount", "cost"]))).lens(2)
    assert (lens.by, lens.bridge.of, lens.factors.of) == ("orders", "orders", "orders")
    figures = lens.figures
    change = figures["orders_now"] - figures["orders_before"]
    assert (
        lens.bridge.change == lens.bridge.amount[1:-1].sum() == figures["orders_change"] == change
    )
    assert lens.bridge["retained_order_value"] == 0.0
    assert lens.factors.factors == ("customers", "orders_per_customer")
    assert lens.factors.contribution.sum() == pytest.approx(change)
    assert np.isnan(lens.groups.spend_now).all()
    assert np.isnan(lens.profit_bridge.amount).all()
    assert lens.profit_factors.method == "unknown"
    assert lens.changes[1].customers.sum() == 0
    for part in lens.parts:
        lens.to_frame(part)


def test_nobody_in_one_of_the_periods():
    log = ci.TransactionLog.from_frame({
        "customer_id": [1, 2, 2], "timestamp": ["2011-03-01", "2011-03-02", "2011-05-02"],
        "amount": [5.0, 6.0, 9.0],
    })  # fmt: skip
    came = five_lenses(log, as_of="2011-05-31", period="month", align="calendar").lens(2)
    np.testing.assert_array_equal(came.groups.customers, [0, 0, 1, 0, 1])
    assert (came.bridge["returned"], came.bridge.change) == (9.0, 9.0)
    assert came.factors.method == "customers"
    assert np.isnan(came.figures["spend_growth"])
    went = five_lenses(log, as_of="2011-04-30", period="month", align="calendar").lens(2)
    assert (went.bridge["lapsed"], went.bridge.change) == (-11.0, -11.0)
    assert went.figures["retention_rate"] == 0.0
    for lens in (came, went):
        for part in lens.parts:
            lens.to_frame(part)


def test_negative_totals_are_split_by_shapley():
    log = ci.TransactionLog.from_frame({
        "customer_id": [1, 2, 1, 2, 3], "timestamp": ["2011-01-01"] * 2 + ["2011-02-02"] * 3,
        "amount": [5.0, -16.0, 9.0, 2.0, -1.0],
    }, returns="keep")  # fmt: skip
    lens = five_lenses(log, as_of="2011-02-28", period="month", align="calendar").lens(2)
    assert lens.bridge.change == 21.0
    assert lens.bridge.amount[1:-1].sum() == pytest.approx(21.0)
    assert lens.factors.method == "shapley"
    assert lens.factors.contribution.sum() == pytest.approx(21.0)
    assert np.isnan(lens.figures["spend_growth"])


def test_pairs_that_are_not_side_by_side():
    log = ci.TransactionLog.from_frame({
        "customer_id": [1, 2, 3, 3, 1],
        "timestamp": ["2010-01-01", "2010-12-05", "2010-06-01", "2011-01-07", "2011-01-09"],
    })  # fmt: skip
    pairs = [("2010-01-01", "2010-01-31"), ("2011-01-01", "2011-01-31")]
    lens = five_lenses(log, as_of="2011-01-31", period=pairs).lens(2)
    # who came between the two had not bought by the end of the first
    assert dict(zip(lens.groups.groups, lens.groups.customers.tolist(), strict=True)) == {
        "retained": 1, "lapsed": 0, "returned": 0, "new": 1, "inactive": 1,
    }  # fmt: skip

"""Effects of acting, recomputed by hand and by simulation."""

from __future__ import annotations

from itertools import product
from math import sqrt

import numpy as np
import pytest
from scipy import stats

import customerintel as ci
from customerintel.live.cuped import adjusted, design_of
from customerintel.live.effects import effects_of
from customerintel.live.mean_difference import arm_of, mean_difference, relative_interval
from customerintel.live.rate_difference import rate_difference, rate_difference_p
from customerintel.live.sample_ratio import sample_ratio
from customerintel.live.store import StoredAction
from customerintel.live.uplift import measure_uplift
from customerintel.live.uplift_rows import UnitRow
from customerintel.live.uplift_units import collect_units

DAY = 86_400_000_000
NAN = float("nan")


def at(day: float) -> int:
    return int(day * DAY)


def row(who: str, arm: str, day: float = 1.0, rule: str = "cart", due: float | None = None, **more):
    return UnitRow(rule, who, arm, at(day), at(day if due is None else due), **more)


def orders(rows) -> dict:
    """Outcomes as a table; (customer, day, amount)."""
    return {
        "customer_id": [who for who, _, _ in rows],
        "timestamp": np.array([at(day) for _, day, _ in rows], "M8[us]"),
        "amount": [float(amount) for _, _, amount in rows],
    }


@pytest.mark.parametrize(
    ("given", "low", "high"),
    [
        ((56, 70, 48, 80), 0.0528, 0.3382),
        ((9, 10, 3, 10), 0.1700, 0.8406),
        ((6, 7, 2, 7), 0.0342, 0.8534),
        ((5, 56, 0, 29), -0.0326, 0.1933),
        ((0, 10, 0, 20), -0.1658, 0.2844),
        ((0, 10, 0, 10), -0.2879, 0.2879),
        ((10, 10, 0, 20), 0.7156, 1.0000),
        ((10, 10, 0, 10), 0.6636, 1.0000),
    ],
)
def test_interval_is_method_6_of_newcombe(given, low, high):
    """Newcombe (1998, Statistics in Medicine 17, table II): Miettinen and Nurminen."""
    assert rate_difference(*given, 0.95) == pytest.approx((low, high), abs=6e-5)


def test_interval_and_test_of_rates_agree():
    for a, c in product(range(9), range(14)):
        low, high = rate_difference(a, 8, c, 13, 0.95)
        p = rate_difference_p(a, 8, c, 13)
        assert low <= a / 8 - c / 13 <= high
        assert (p < 0.05) == (low > 0 or high < 0)


def test_interval_of_rates_turns_with_the_arms():
    low, high = rate_difference(7, 40, 9, 25, 0.9)
    assert rate_difference(9, 25, 7, 40, 0.9) == pytest.approx((-high, -low), abs=1e-12)


def test_coverage_of_rates_is_exact_enough():
    """All outcomes of two binomials, with a rare one: the level holds within 1.5 points."""
    n, m, p, q = 180, 20, 0.06, 0.05
    of_n, of_m = stats.binom.pmf(np.arange(n + 1), n, p), stats.binom.pmf(np.arange(m + 1), m, q)
    covered = 0.0
    for i, k in product(np.flatnonzero(of_n > 1e-5), np.flatnonzero(of_m > 1e-5)):
        low, high = rate_difference(int(i), n, int(k), m, 0.95)
        covered += of_n[i] * of_m[k] * (low <= p - q <= high)
    assert 0.935 <= covered <= 0.985


def test_means_are_those_of_welch():
    rng = np.random.default_rng(4)
    a, b = rng.gamma(0.4, 50, 70), rng.gamma(0.5, 30, 31)
    found = mean_difference(arm_of(a), arm_of(b), 0.9)
    expected = stats.ttest_ind(a, b, equal_var=False)
    interval = expected.confidence_interval(0.9)
    assert (found.low, found.high) == pytest.approx((interval.low, interval.high))
    assert (found.p, found.freedom) == pytest.approx((expected.pvalue, expected.df))


def test_relative_interval_holds_the_ratios_that_are_not_refused():
    rng = np.random.default_rng(5)
    a, b = arm_of(rng.gamma(2, 5, 60)), arm_of(rng.gamma(2, 4, 40))
    low, high = relative_interval(a, b, 0.95, 80.0)
    t = stats.t.ppf(0.975, 80.0)
    for end in (low, high):
        ratio = end + 1.0
        error = sqrt(a.variance / a.n + ratio**2 * b.variance / b.n)
        assert abs(a.mean - ratio * b.mean) == pytest.approx(t * error)
    assert low < a.mean / b.mean - 1.0 < high


def test_relative_interval_is_not_told_of_a_control_near_nothing():
    a, b = arm_of(np.array([1.0, 2.0, 3.0])), arm_of(np.array([-1.0, 1.0, 0.5]))
    assert np.isnan(relative_interval(a, b, 0.95, 4.0)).all()


def test_cuped_takes_out_what_was_known():
    """The variance that is left is 1 - rho squared (Deng et al. 2013, equation 4)."""
    rng = np.random.default_rng(6)
    n, rho = 40_000, 0.7
    before = rng.normal(size=n)
    after = rho * before + sqrt(1 - rho**2) * rng.normal(size=n)
    control = rng.random(n) < 0.2
    effect = effects_of(np.zeros(n), after, before[:, None], control, 0.95)["value_adjusted"]
    assert effect.variance_reduction == pytest.approx(rho**2, abs=0.02)
    assert effect.low < 0 < effect.high


def test_cuped_is_least_squares_within_the_arms():
    rng = np.random.default_rng(7)
    x = rng.normal(size=(60, 3))
    control = np.arange(60) % 4 == 0
    y = x @ [1.0, -2.0, 0.5] + 3.0 * ~control + rng.normal(size=60)
    changed, n_used = adjusted(y, x, control)
    design = np.column_stack([x, control, ~control]).astype(float)
    theta = np.linalg.lstsq(design, y, rcond=None)[0][:3]
    assert n_used == 3
    assert changed == pytest.approx(y - (x - x.mean(axis=0)) @ theta)


def test_cuped_keeps_customers_of_whom_nothing_was_known():
    rng = np.random.default_rng(8)
    n = 2_000
    before = rng.gamma(1.0, 40.0, n)
    new = rng.random(n) < 0.3
    y = np.where(new, 5.0, before) + rng.normal(size=n)
    covariates = np.where(new, NAN, before)[:, None]
    changed, n_used = adjusted(y, covariates, rng.random(n) < 0.5)
    assert n_used == 2
    assert len(changed) == n
    assert changed.var() < 0.01 * y.var()


def test_cuped_of_constant_or_missing_columns():
    nothing = np.full((9, 3), NAN)
    assert design_of(nothing).shape == (9, 0)
    assert design_of(np.ones((9, 2))).shape == (9, 0)
    y = np.arange(9.0)
    assert adjusted(y, nothing, y < 4)[1] == 0


def test_cuped_does_not_depend_on_units():
    rng = np.random.default_rng(9)
    x, y = rng.gamma(1, 1, (50, 2)), rng.normal(size=50)
    control = rng.random(50) < 0.5
    plain, _ = adjusted(y, x, control)
    scaled, _ = adjusted(y, x * [1e150, 1e-150], control)
    assert scaled == pytest.approx(plain)


def test_a_test_of_nothing_is_positive_as_often_as_the_level_says():
    """200 comparisons without an effect, one tenth control, skewed money, seeded."""
    rng = np.random.default_rng(10)
    wrong = {"conversion": 0, "value": 0, "value_adjusted": 0}
    for _ in range(200):
        before = rng.gamma(0.5, 40.0, 2_000)
        counts = rng.poisson(0.1, 2_000).astype(float)
        amounts = counts * (before + rng.gamma(1.0, 20.0, 2_000))
        control = rng.random(2_000) < 0.2
        effects = effects_of(counts, amounts, before[:, None], control, 0.95)
        for name in wrong:
            wrong[name] += effects[name].is_clear
    # three standard errors of 10 are 9; skewed money with few controls misses a little more
    assert 2 <= wrong["conversion"] <= 19
    assert all(2 <= wrong[name] <= 24 for name in ("value", "value_adjusted"))


def test_an_effect_is_covered():
    rng = np.random.default_rng(11)
    covered = 0
    for _ in range(200):
        before = rng.normal(50, 20, 800)
        control = rng.random(800) < 0.3
        amounts = before + rng.normal(0, 10, 800) + 4.0 * ~control
        effect = effects_of(np.ones(800), amounts, before[:, None], control, 0.95)["value_adjusted"]
        covered += effect.low <= 4.0 <= effect.high
    assert 180 <= covered <= 199  # 190, three standard errors of 3.1


def test_sample_ratio_is_the_binomial_test():
    for n, k, share in [(1000, 60, 0.1), (40, 9, 0.1), (7, 0, 0.5), (5000, 530, 0.1)]:
        assert sample_ratio(n - k, k, share).p == pytest.approx(stats.binomtest(k, n, share).pvalue)
    big = sample_ratio(899_000, 101_000, 0.1)
    assert big.p == pytest.approx(stats.chisquare([899_000, 101_000], [900_000, 100_000]).pvalue)


def test_sample_ratio_says_what_is_wrong():
    assert "Sample ratio mismatch: 500 of 10,000" in sample_ratio(9_500, 500, 0.1).words
    assert sample_ratio(9_000, 1_000, 0.1).words.endswith("10.00% asked for; p = 1).")
    assert "not known" in sample_ratio(90, 10, NAN).words
    assert sample_ratio(0, 0, 0.1).words == "Nobody was assigned to an arm yet."


def test_outcomes_count_from_the_first_trigger_to_the_end_of_the_horizon():
    rows = [row("a", "treated", 2), row("b", "control", 2), row("a", "treated", 2, due=9)]
    sold = [("a", 2, 1), ("a", 2.5, 10), ("a", 16, 100), ("a", 16.00001, 1000), ("b", 30, 7)]
    effect = measure_uplift(rows, orders(sold), horizon="14d")
    assert (effect.count.treated, effect.value.treated) == (2.0, 110.0)
    assert (effect.count.control, effect.value.control) == (0.0, 0.0)


def test_returns_change_the_money_and_are_no_outcomes():
    rows = [row("a", "treated"), row("b", "control")]
    effect = measure_uplift(
        rows, orders([("a", 2, 10), ("a", 3, -4), ("b", 3, -1)]), until="1970-02-01"
    )
    assert (effect.count.treated, effect.value.treated) == (1.0, 6.0)
    assert (effect.conversion.control, effect.value.control) == (0.0, -1.0)


def test_a_log_is_read_as_a_table_is():
    rows = [row(str(i), "control" if i % 3 == 0 else "treated") for i in range(60)]
    sold = [(i, 2 + i % 5, i) for i in range(0, 60, 2)]
    table = orders(sold)
    log = ci.TransactionLog.from_frame(table)
    one = measure_uplift(rows, table, until="1970-02-01").to_frame()
    other = measure_uplift(rows, log, until="1970-02-01").to_frame()
    assert one["difference"].tolist() == other["difference"].tolist()


def test_units_whose_horizon_is_not_over_are_left_out_and_counted():
    rows = [row(f"c{i}", "control" if i % 2 else "treated", day=i) for i in range(1, 21)]
    effect = measure_uplift(rows, orders([("c1", 20, 1)]), horizon="10d")
    only = effect["cart"]
    assert (only.n_treated + only.n_control, only.n_incomplete) == (10, 10)
    assert only.sample_ratio.n_treated == 10
    assert "10 customers are left out" in effect.words


def test_a_merged_customer_stays_in_the_earlier_arm_and_is_counted():
    rows = [row("a", "control", 3), row("a", "treated", 2), row("a", "control", 3, due=8)]
    units, _, _ = collect_units(rows)
    only = units["cart"]
    assert only.n_mixed == 1
    assert not only.control[0]
    assert only.at[0] == at(2)


def test_two_ids_of_one_customer_are_one_unit():
    rows = [row("old", "control", 3), row("new", "treated", 5)]
    units, _, _ = collect_units(rows, canonical=lambda who: "new")
    assert units["cart"].customer_id == ["new"]
    assert units["cart"].control.tolist() == [True]


def test_covariates_are_those_of_the_first_trigger():
    early = {"frequency": 3.0, "monetary": 30.0, "time_since_last": 5.0}
    late = {"frequency": 9.0, "monetary": 90.0, "time_since_last": 1.0}
    rows = [row("a", "treated", 2, due=6, **late), row("a", "treated", 2, due=2, **early)]
    units, _, _ = collect_units(rows)
    assert units["cart"].covariates.tolist() == [[3.0, 30.0, 5.0]]
    # what was known only later may follow from the arm
    units, _, _ = collect_units(rows[:1])
    assert np.isnan(units["cart"].covariates).all()


def test_order_of_rows_does_not_matter():
    rng = np.random.default_rng(12)
    rows = [
        row(f"c{i}", "control" if i % 4 == 0 else "treated", 1 + i % 3, due=1 + i % 3 + d,
            frequency=float(i))
        for i in range(80) for d in (0, 2)
    ]  # fmt: skip
    sold = orders([(f"c{i}", 4, i) for i in range(0, 80, 3)])
    one = measure_uplift(rows, sold, until="1970-02-01")
    rng.shuffle(rows)
    other = measure_uplift(rows, sold, until="1970-02-01")
    assert one.comparisons == other.comparisons or one.words == other.words


def stored(who: str, arm: str, day: float, rule: str = "cart") -> StoredAction:
    return StoredAction(
        id=f"{who}-{rule}", rule_id=rule, rule_version=1, customer_id=who, position=0,
        channel="email", due_at=at(day), not_before=at(day), state="done", arm=arm,
        unit_at=at(day) if arm else 0,
    )  # fmt: skip


def test_rows_of_a_table_and_of_a_list_are_the_same():
    import pandas as pd

    rows = [stored(f"c{i}", "control" if i % 5 == 0 else "treated", 1 + i % 2) for i in range(50)]
    frame = pd.DataFrame(
        {
            name: [getattr(one, name) for one in rows]
            for name in ("rule_id", "customer_id", "arm", "unit_at", "due_at", "frequency")
        }
    )
    shown = frame.assign(
        unit_at=pd.to_datetime(frame["unit_at"], unit="us", utc=True),
        due_at=pd.to_datetime(frame["due_at"], unit="us", utc=True),
    )
    sold = orders([(f"c{i}", 4, i) for i in range(0, 50, 3)])
    words = {
        measure_uplift(given, sold, until="1970-02-01").words for given in (rows, frame, shown)
    }
    assert len(words) == 1


def test_rules_without_control_are_named():
    rows = [stored("a", "treated", 1), stored("b", "control", 1), stored("a", "", 1, rule="tips")]
    effect = measure_uplift(rows, orders([("a", 2, 5)]), until="1970-02-01")
    assert effect.unmeasured == ("tips",)
    assert "Nothing can be said of tips: no customer is held out." in effect.words


def test_few_customers_have_no_interval_but_a_reason():
    effect = measure_uplift([row("a", "treated")], orders([("a", 2, 5)]), until="1970-02-01")
    found = effect.conversion
    assert np.isnan([found.low, found.high, found.p, found.number_needed]).all()
    assert found.reason == "no customer with a complete horizon is control so far"
    assert "no interval" in effect.words


def test_number_needed_is_told_where_the_difference_is_clear():
    rows = [row(f"c{i}", "control" if i % 2 else "treated") for i in range(400)]
    sold = [(f"c{i}", 3, 1) for i in range(0, 400, 4)]
    found = measure_uplift(rows, orders(sold), until="1970-02-01").conversion
    assert (found.difference, found.number_needed) == (0.5, 2.0)
    assert found.relative != found.relative  # nobody of control bought


def test_words_say_cause_only_where_customers_were_assigned_by_chance():
    rows = [row(f"c{i}", "control" if i % 2 else "treated") for i in range(400)]
    sold = [(f"c{i}", 3, 1) for i in range(0, 400, 4)] + [("c1", 3, 1)]
    effect = measure_uplift(rows, orders(sold), until="1970-02-01")
    assert "assigned by chance, so acting caused the difference" in effect.words
    rule = ci.live.Rule(
        id="cart", version=1, when=ci.live.On("Visit"), do=[ci.live.Action("email")],
        holdout=ci.live.Holdout(0.1, salt="s"),
    )  # fmt: skip
    broken = measure_uplift(rows, orders(sold), until="1970-02-01", rules=[rule])
    assert broken["cart"].sample_ratio.mismatch
    assert "caused" not in broken.words
    assert "Sample ratio mismatch" in broken.words


def test_words_say_no_cause_of_a_handful():
    rows = [row("c", "control"), *(row(f"t{n}", "treated") for n in range(12))]
    outcomes = orders([(f"t{n}", 2, 1) for n in range(12)])
    effect = measure_uplift(rows, outcomes, until="1970-02-01")
    assert effect["cart"].effects["conversion"].is_clear
    assert "Of fewer than 10 customers in an arm nothing follows." in effect.words
    assert "caused" not in effect.words


def test_rules_of_one_salt_are_one_comparison():
    rules = [
        ci.live.Rule(
            id=name, version=1, when=ci.live.On("Visit"), do=[ci.live.Action("email")],
            holdout=ci.live.Holdout(0.25, salt="both"),
        )
        for name in ("one", "two")
    ]  # fmt: skip
    rows = [row("a", "treated", 1, "one"), row("a", "treated", 1, "two", due=3),
            row("b", "control", 2, "two")]  # fmt: skip
    effect = measure_uplift(rows, orders([("a", 2, 5)]), until="1970-02-01", rules=rules)
    assert effect["both"].rules == ("one", "two")
    assert (effect["both"].n_treated, effect["both"].n_control) == (1, 1)
    assert effect["both"].sample_ratio.share == 0.25


def test_a_result_cannot_be_changed():
    effect = measure_uplift([row("a", "treated")], orders([("a", 2, 5)]), until="1970-02-01")
    with pytest.raises(AttributeError):
        effect.level = 0.5
    with pytest.raises(TypeError):
        effect.comparisons["x"] = None


def test_result_shows_itself():
    rows = [row(f"<c{i}>", "control" if i % 2 else "treated", rule="<b>") for i in range(40)]
    effect = measure_uplift(rows, orders([("<c0>", 3, 1)]), until="1970-02-01")
    assert repr(effect).startswith("Uplift(comparisons=1, treated=20, control=20, conversion=+5.00")
    assert "<b>" not in effect._repr_html_()
    assert "&lt;b&gt;" in effect._repr_html_()
    frame = effect.to_frame("comparisons")
    assert frame["n_treated"].tolist() == [20]
    assert set(effect.to_frame()["measure"]) >= {"conversion", "count", "value"}

"""What a page must not tell of few customers, and what it must not claim."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from report.report_logs import few, shop

import customerintel as ci
from customerintel import report
from customerintel.audit.lenses import five_lenses
from customerintel.report.cohort_layers import layers_of
from customerintel.report.core_formats import told_mix
from customerintel.report.daily import daily_of, without_few
from customerintel.report.material import Material, Options
from customerintel.report.place_columns import PlaceColumns
from customerintel.report.run_off_view import followed, run_off_view
from customerintel.report.sections import lenses, segments, three_rs
from customerintel.report.stress_view import of_stress

DAY = np.timedelta64(1, "D")


def odd_shop(seed: int = 5) -> ci.TransactionLog:
    """400 customers; few came first, few returned, one bought much in a day, one by telephone."""
    rng = np.random.default_rng(seed)
    who = np.repeat(np.arange(400), rng.poisson(9, 400) + 1)
    start = rng.integers(0, 250, 400)[who]
    days = start + (rng.random(len(who)) * (540 - start)).astype(int)
    rows = {
        "customer_id": [*who, 991, 992, 993, 5, 6, *[7] * 400, *[8] * 55],
        "timestamp": np.datetime64("2022-03-01T10")
        + DAY * np.r_[days, -19, -17, -9, 500, 520, np.full(400, 367), np.arange(0, 550, 10)],
        "amount": [*rng.gamma(2, 15, len(who)).round(2), 4321, 1, 2, -33.33, -44.44]
        + [51.51] * 400 + [10.0] * 55,
        "channel": [*rng.choice(["web", "shop"], len(who)), *["web"] * 405, *["phone"] * 55],
    }  # fmt: skip
    return ci.TransactionLog.from_frame(rows, channel="channel")


@pytest.fixture(scope="module")
def odd_log():
    return odd_shop()


@pytest.fixture(scope="module")
def odd_page(odd_log):
    return report.build(odd_log, churn=False, value=False)


def plain(text: str) -> str:
    bare = re.sub(r"<svg.*?</svg>|<style.*?</style>|<script.*?</script>", "", text, flags=re.DOTALL)
    return html.unescape(" ".join(re.sub(r"<[^>]+>", " ", bare).split())).replace("\u00a0", " ")


def tables(page, title: str) -> list[list[str]]:
    inner = re.search(rf'aria-label="{title}[^"]*"><table[^>]*>(.*?)</table>', page.html, re.DOTALL)
    rows = re.findall(r"<tr>(.*?)</tr>", inner[1], re.DOTALL)
    return [[plain(x) for x in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)] for row in rows]


def test_the_money_of_few_customers_is_nowhere(odd_page):
    told = plain(odd_page.html)
    for amount in ("4,321", "4,324", "77.77", "20,604", "51.51"):
        assert amount not in told
    assert "Fewer than 10 customers returned anything." in told
    assert "of fewer than 10 customers" in told


def test_a_hidden_month_does_not_come_back_as_a_difference(odd_page):
    rows = tables(odd_page, "Net spend by month")[1:]
    assert [row[1] for row in rows[:3]] == ["\u2013", "\u2013", rows[2][1]]
    assert rows[0][2] == "under 10"
    assert rows[2][1] != "\u2013"


def test_a_day_of_one_customer_is_no_day_of_400_purchases(odd_log):
    daily = daily_of(odd_log.as_of("2023-12-01"))
    odd = int(np.argmax(daily.purchases))
    assert daily.purchases[odd] >= 400
    assert daily.n_returning == 2
    alone = replace(daily, customers=np.where(np.arange(len(daily.days)) == odd, 2.0, 50.0))
    assert without_few(alone)[odd] < 20
    assert (np.delete(without_few(alone), odd) == np.delete(daily.purchases, odd)).all()


def test_customers_of_a_day_are_counted_once(odd_log):
    daily = daily_of(odd_log.as_of("2023-12-01"))
    visits = odd_log.as_of("2023-12-01").summarize()
    assert daily.customers.sum() < daily.purchases.sum()
    assert daily.customers.sum() == visits.n_periods.sum()


@pytest.mark.parametrize("n", [40, 90, 300])
def test_layers_of_few_customers_are_not_told_apart(n):
    lens = five_lenses(shop(n, 700, seed=2).as_of("2024-11-01"), period="month").lens(5)
    layers = layers_of(lens, lens.new_share_of_spend)
    active = np.vstack([x.sum(axis=0) for x in _split(lens.active_stack, len(layers.names))])
    assert ((active == 0) | (active >= 10))[~layers.hidden].all()
    gone = np.where(layers.hidden, active, 0).sum(axis=0)
    assert ((gone == 0) | (gone >= 10) | layers.no_total).all()
    assert layers.hidden.any()
    assert (layers.spend[layers.hidden] == 0).all()
    # what is drawn adds up to what was spent
    drawn = layers.lens.spend_stack.sum(axis=0)
    assert np.allclose(drawn, np.where(layers.no_total, 0.0, lens.spend))


def _split(stack, n):
    return [stack[one] for one in np.array_split(np.arange(len(stack)), n)]


def test_a_channel_of_one_core_customer_is_among_the_others(odd_log, odd_page):
    core = ci.audit.core_customers(odd_log.as_of("2023-08-22"))
    found = core.resilience(odd_log.as_of("2023-08-22"), period="quarter", formats="channel")
    assert "phone" in found.format_mix.formats
    mix = told_mix(found, "channel")
    assert "phone" not in mix.formats
    assert np.allclose(mix.mix.sum(axis=1), 1.0)
    assert "phone" not in plain(tables_html(odd_page, "fig-formats"))


def tables_html(page, name: str) -> str:
    return re.search(rf'<figure id="{name}".*?</figure>', page.html, re.DOTALL)[0]


def test_a_larger_segment_that_hides_with_a_small_one_is_no_small_one():
    sizes = np.array([4, 177, 300, 400])
    hidden = np.array([True, True, False, False])
    names = ("Champions", "Loyal", "At Risk", "Cannot Lose")
    made = segments._Sums(names, sizes, hidden, sizes / 1.0, sizes / 1.0, sizes * 10.0)
    shown = plain(re.search(r"<tbody>.*?</tbody>", segments._bars(made), re.DOTALL)[0])
    assert "Champions under 10 \u2013" in shown
    assert "Loyal \u2013 \u2013" in shown
    assert "Champions" not in segments._finding(made)
    assert "0 %" not in segments._finding(made)


def test_fewer_than_20_customers_are_warned_of():
    told = plain(report.build(few(12), churn=False, value=False).html)
    assert "There are fewer than 20 customers." in told


def test_the_first_cohort_is_not_compared_as_if_new(odd_page, shop_page):
    told = plain(shop_page.html)
    assert "or before" in told
    said = re.search(r"After \d+ months?, customers of (.*?) had spent", told)[1]
    assert said != "Jan 2023"
    assert "of the cohort to 6 Feb 2023" not in told
    assert "“Or before”: the log begins in this time" in told


def test_nobody_is_told_an_interval_of_what_is_so_by_definition(odd_page):
    rows = tables(odd_page, "Cohort")
    first = next(row for row in rows if row[0] == "0")
    assert first[1:3] == ["100 %", "\u2013"]


def test_growth_of_a_season_is_not_carried_on(odd_page):
    assert "Made up in" not in odd_page.html


def test_the_core_that_leaves_is_that_which_bought():
    tests = SimpleNamespace(
        kind=("core",), customers=np.array([809.0]), growth=0.2, suppressed=np.array([False])
    )
    found = SimpleNamespace(core=SimpleNamespace(n_core=868))
    said = of_stress(found, tests, "quarter", lasting=False)
    assert "809 of the 868 core customers bought in it" in said
    assert "go on growing" not in said
    assert "20\u00a0% a year" in of_stress(found, tests, "year", lasting=True)
    tests.customers = np.array([863.0])
    assert "868" not in of_stress(found, tests, "quarter", lasting=False)


def test_the_run_off_ends_where_nothing_was_followed(odd_log, odd_page):
    lens = five_lenses(odd_log.as_of("2023-08-22"), period="quarter").lens(5)
    n = followed(lens.run_off)
    assert 0 < n <= len(lens.run_off.steps)
    assert (lens.run_off.factor_cohorts[n:] == 0).all()
    assert len(tables(odd_page, "If nobody new came")) == n + 1
    assert "Tested on the last quarter" in plain(odd_page.html)


def three_rs_of(log, people) -> str:
    asked = dict.fromkeys(Options.__dataclass_fields__)
    options = Options(**{**asked, "customers": people, "core_share": 0.2})
    return three_rs.section(
        Material(log.as_of("2023-08-22"), options, PlaceColumns(segment="segment"))
    ).body


def test_a_table_of_other_customers_is_no_reach_of_0(odd_log):
    people = {
        "customer_id": np.arange(5_000, 5_400),
        "segment": np.array(["a", "b", "c", "d"])[np.arange(400) % 4],
    }
    told = plain(three_rs_of(odd_log, people))
    assert "Hardly any of the" in told
    assert "Segments reached" not in told


def test_the_first_of_few_segments_are_not_compared(odd_log):
    people = {
        "customer_id": np.arange(400),
        "segment": np.array(["a", "b", "c", "d"])[np.arange(400) % 4],
    }
    told = plain(three_rs_of(odd_log, people))
    assert "Segments reached" in told
    assert "In common" not in told


def test_the_cohort_that_is_followed_is_one_that_is_shown():
    # of three quarters, the second is the smallest that hides with the few of the first
    at = np.repeat(["2023-01-10", "2023-04-10", "2023-08-10", "2023-11-10"], [3, 120, 200, 150])
    first = {"customer_id": np.arange(len(at)), "timestamp": at.astype("M8[us]")}
    later = {**first, "timestamp": first["timestamp"] + 20 * DAY}
    again = {name: np.r_[x, later[name]] for name, x in first.items()}
    history = ci.TransactionLog.from_frame(again).as_of("2023-12-31")
    audit = five_lenses(history, period="quarter")
    assert audit.lens(3).customers == 120
    material = SimpleNamespace(history=history, options=SimpleNamespace(period="quarter"))
    assert lenses._lens(audit, 3, material).customers == 200
    assert lenses._lens(audit, 2, material) is audit.lens(2)


def test_without_amounts_the_run_off_is_of_purchases():
    history = shop(60, 700, seed=2, amounts=False).as_of("2024-11-01")
    lens = five_lenses(history, period="month").lens(5)
    assert ((lens.active > 0) & (lens.active < 10)).any()
    material = SimpleNamespace(
        has_amounts=False, options=SimpleNamespace(period="month", currency=None)
    )
    shown = run_off_view(lens, "month", material)
    assert "Tested on the last month" in shown
    assert "months ahead" in shown.lower()

"""The simulated shop: deterministic, in the shares asked for, and true to what its types say."""

from __future__ import annotations

import datetime as dt
import functools

import numpy as np
import pytest

from customerintel.relationships.simulated_choices import BEHAVIOURS
from customerintel.relationships.simulation import SimulatedShop, simulate

DAY = np.timedelta64(86_400_000_000, "us")


@functools.cache
def core():
    return simulate(6_000, seed=11)


@functools.cache
def extended():
    return simulate(12_000, types="extended", seed=12)


def places(shop, columns):
    """Place of each row's customer in the shop."""
    return np.searchsorted(shop.customer_id, columns["customer_id"])


def per_type(shop, values):
    """Mean of a value per customer, by type."""
    return {key: float(np.nanmean(values[shop.labels == key])) for key in shop.types}


@functools.cache
def orders(shop):
    """Customer and time of each order, by customer and time."""
    rows = shop.frames()["transactions"]
    sale = rows["amount"] > 0
    first = np.unique(rows["order_id"][sale], return_index=True)[1]
    who, when = places(shop, rows)[sale][first], rows["timestamp"][sale][first]
    order = np.lexsort((when, who))
    return who[order], when[order]


def count(shop, kind):
    rows = shop.frames()["interactions"]
    return np.bincount(places(shop, rows)[rows["kind"] == kind], minlength=len(shop.labels))


def share_of_lines(shop, chosen):
    rows = shop.frames()["transactions"]
    who = places(shop, rows)
    n = len(shop.labels)
    sold = np.bincount(who[rows["amount"] > 0], minlength=n)
    return np.bincount(who[chosen(rows)], minlength=n) / sold


def mean_answer(shop, item):
    rows = shop.frames()["survey"]
    asked = rows["item"] == item
    values = np.full(len(shop.labels), np.nan)
    values[places(shop, rows)[asked]] = rows["value"][asked]
    return per_type(shop, values)


def same(one, two):
    return all(
        np.array_equal(one.frames()[name][column], values, equal_nan=values.dtype.kind in "fM")
        for name, columns in two.frames().items()
        for column, values in columns.items()
    )


def test_the_same_seed_gives_the_same_logs():
    assert same(simulate(300, seed=4), simulate(300, seed=4))


def test_another_seed_gives_other_logs():
    one, two = simulate(300, seed=4), simulate(300, seed=5)
    assert len(one.frames()["transactions"]["amount"]) != len(
        two.frames()["transactions"]["amount"]
    )


@pytest.mark.parametrize(
    "start",
    [
        dt.date(2024, 5, 1),
        dt.datetime(2024, 5, 1, 12, tzinfo=dt.UTC),
        np.datetime64("2024-05-01T03:00"),
    ],
    ids=["date", "datetime", "datetime64"],
)
def test_any_form_of_a_start(start):
    assert same(simulate(30, start=start), simulate(30, start="2024-05-01"))


def test_all_types_have_the_same_share_by_default():
    shares = np.unique(core().labels, return_counts=True)[1] / 6_000
    # six standard errors of a share of one in six
    assert np.abs(shares - 1 / 6).max() < 6 * np.sqrt(5 / 36 / 6_000)


def test_a_mix_gives_shares_in_any_unit():
    shop = simulate(4_000, mix={"fling": 30, "buddy": 10}, seed=2)
    keys, counts = np.unique(shop.labels, return_counts=True)
    assert keys.tolist() == ["buddy", "fling"]
    assert abs(counts[1] / 4_000 - 0.75) < 6 * np.sqrt(0.75 * 0.25 / 4_000)
    assert len(shop.types) == 6


@pytest.mark.parametrize("name", ["core", "core@1"])
def test_the_core_are_six(name):
    assert len(simulate(10, types=name).types) == 6


@pytest.mark.parametrize("name", ["extended", "extended@1"])
def test_the_extended_are_twenty_one(name):
    assert len(set(simulate(10, types=name).types)) == 21


def test_types_can_be_chosen_from_anything_that_holds_keys():
    assert simulate(20, types={"fan": 1, "captive": 2}).types == ("fan", "captive")


def test_types_that_are_mistaken_for_each_other_exist():
    for behaviour in BEHAVIOURS.values():
        assert set(behaviour.mistaken_for) | set(behaviour.wishes) <= set(BEHAVIOURS)


def test_every_customer_has_a_purchase_within_the_time():
    shop = simulate(2_000, types="extended", seed=3, days=200, start="2024-01-10")
    history = shop.as_of()
    assert np.array_equal(history.customer_id, shop.customer_id)
    assert shop.log.start >= np.datetime64("2024-01-10")
    assert shop.log.end <= shop.moment == np.datetime64("2024-07-27T23:59:59.999999")
    for name in ("interactions", "survey"):
        when = shop.frames()[name]["timestamp"]
        assert (when >= shop.log.start).all()
        assert (when <= shop.moment).all()


def test_the_logs_accept_every_row():
    shop = core()
    frames = shop.frames()
    assert shop.log.n_rows == len(frames["transactions"]["amount"])
    assert shop.interactions.n_rows == len(frames["interactions"]["kind"])
    assert shop.survey.n_rows == len(frames["survey"]["item"])
    assert np.array_equal(shop.customers.customer_id, shop.customer_id)
    assert "other" not in shop.interactions.kinds


def test_about_fifteen_transactions_and_thirty_interactions_per_customer():
    frames = core().frames()
    assert 12 < len(frames["transactions"]["amount"]) / 6_000 < 24
    assert 22 < len(frames["interactions"]["kind"]) / 6_000 < 40


def test_what_is_spent_on_a_line_has_nothing_to_do_with_the_type():
    shop = extended()
    rows = shop.frames()["transactions"]
    sale = rows["amount"] > 0
    who = places(shop, rows)[sale]
    n = len(shop.labels)
    level = np.bincount(who, np.log(rows["amount"][sale]), n) / np.bincount(who, minlength=n)
    groups = [level[shop.labels == key] for key in shop.types]
    between = sum(len(g) * (g.mean() - level.mean()) ** 2 for g in groups) / (len(groups) - 1)
    within = sum(((g - g.mean()) ** 2).sum() for g in groups) / (n - len(groups))
    # an F statistic of 20 and many degrees of freedom: over 3 once in 100,000
    assert between / within < 3.0


def test_lines_on_offer_cost_what_others_do():
    rows = core().frames()["transactions"]
    sale = rows["amount"] > 0
    log, offered = np.log(rows["amount"][sale]), rows["promo"][sale]
    assert abs(log[offered].mean() - log[~offered].mean()) < 0.06


def test_orders_of_an_exchange_are_the_evenest_and_of_a_fling_the_clumpiest():
    shop = core()
    who, when = orders(shop)
    gap, pair = np.diff(when) / DAY, who[1:] == who[:-1]
    n = np.maximum(np.bincount(who[1:][pair], minlength=6_000), 1)
    mean = np.bincount(who[1:][pair], gap[pair], 6_000) / n
    square = np.bincount(who[1:][pair], gap[pair] ** 2, 6_000) / n
    spread = np.where(n >= 6, square / np.maximum(mean, 0.01) ** 2 - 1.0, np.nan)
    found = per_type(shop, spread)
    assert max(found, key=found.get) == "fling"
    assert min(found, key=found.get) in {"basic_exchange", "business_partner"}
    assert found["fling"] > 2 * found["basic_exchange"]


def test_flings_end_and_partners_stay():
    who, when = orders(extended())
    last = np.zeros(12_000)
    last[who] = (when - extended().moment) / DAY  # the last one written is the latest
    silent = per_type(extended(), last < -120)
    assert silent["fling"] > 2 * silent["business_partner"]
    assert silent["ex_friend"] > 2 * silent["committed_partner"]


@pytest.mark.parametrize(
    ("kind", "more", "less"),
    [
        ("special_request", "commanding", "basic_exchange"),
        ("escalation", "commanding", "best_friend"),
        ("idea", "business_partner", "basic_exchange"),
        ("referral", "best_friend", "commanding"),
        ("dispute", "adversary", "buddy"),
        ("social_post", "fan", "secret_affair"),
        ("community", "teammate", "convenience"),
        ("complaint", "captive", "convenience"),
        ("open", "disciple", "stranger"),
    ],
)
def test_contacts_are_as_the_type_says(kind, more, less):
    found = per_type(extended(), count(extended(), kind))
    assert found[more] > 2 * found[less]


def test_purchases_are_as_the_type_says():
    shop = extended()
    offers = per_type(shop, share_of_lines(shop, lambda rows: rows["promo"] & (rows["amount"] > 0)))
    back = per_type(shop, share_of_lines(shop, lambda rows: rows["amount"] < 0))
    hidden = per_type(shop, share_of_lines(shop, lambda rows: rows["channel"] == "locker"))
    assert offers["acquaintance"] > 2 * offers["committed_partner"]
    assert back["adversary"] > 2 * back["old_friend"]
    assert max(hidden, key=hidden.get) == "secret_affair"


def test_answers_are_as_the_type_says():
    shop = extended()
    assert min(mean_answer(shop, "trust"), key=mean_answer(shop, "trust").get) == "adversary"
    powerless = mean_answer(shop, "powerlessness")
    assert max(powerless, key=powerless.get) == "captive"
    assert mean_answer(shop, "love")["fan"] > mean_answer(shop, "love")["convenience"] + 2.0


def test_the_captive_are_bound():
    bound = per_type(extended(), extended().customers.column("contract"))
    assert max(bound, key=bound.get) == "captive"
    assert 0.0 < np.isnan(extended().frames()["customers"]["contract"]).mean() < 0.15


def test_newsletters_go_to_all_types_alike_while_they_are_customers():
    rows = core().frames()["interactions"]
    sent = np.isin(rows["kind"], ["delivered", "bounce"])
    letters = np.bincount(places(core(), rows)[sent], minlength=6_000)
    _, start = np.unique(orders(core())[0], return_index=True)
    days = (core().moment - orders(core())[1][start]) / DAY
    told = np.zeros(6_000, bool)
    told[places(core(), rows)[rows["kind"] == "opt_out"]] = True
    rate = np.where(told | (days < 100), np.nan, letters / days * 28)
    found = np.array(list(per_type(core(), rate).values()))
    assert np.ptp(found) < 0.05
    assert (rows["direction"][sent] == "outbound").all()


def test_nothing_is_sent_after_an_opt_out():
    rows = core().frames()["interactions"]
    who = places(core(), rows)
    left = np.full(6_000, core().moment + DAY)
    gone = rows["kind"] == "opt_out"
    left[who[gone]] = rows["timestamp"][gone]
    letters = rows["kind"] == "delivered"
    assert (rows["timestamp"][letters] <= left[who[letters]]).all()


def test_surveys_are_answered_by_the_share_asked_for_and_more_by_friends():
    shop = core()
    answered = np.isin(shop.customer_id, shop.frames()["survey"]["customer_id"])
    assert abs(answered.mean() - 0.4) < 6 * np.sqrt(0.24 / 6_000)
    found = per_type(shop, answered)
    assert found["best_friend"] > 1.5 * found["basic_exchange"]


def test_answers_lie_on_their_scales_and_types_are_named_with_errors():
    rows = core().frames()["survey"]
    named = np.isin(rows["item"], ["stated_type", "desired_type"])
    value = rows["value"][~named]
    assert ((value >= rows["scale_min"][~named]) & (value <= rows["scale_max"][~named])).all()
    stated = rows["item"] == "stated_type"
    right = rows["choice"][stated] == core().label_of(rows["customer_id"][stated])
    assert 0.45 < right.mean() < 0.8


def test_no_survey_and_all_surveyed():
    assert simulate(50, survey_share=0.0).survey.n_rows == 0
    assert len(np.unique(simulate(50, survey_share=1.0).frames()["survey"]["customer_id"])) == 50


def test_one_customer_is_a_shop():
    shop = simulate(1, types=["stranger"])
    assert shop.log.n_customers == 1
    assert shop.as_of().n_customers == 1


def test_an_earlier_history_has_its_labels():
    history = core().as_of("2023-06-30")
    labels = core().label_of(history.customer_id)
    assert 0 < len(labels) < 6_000
    assert (labels == core().labels[np.isin(core().customer_id, history.customer_id)]).all()


def test_what_was_simulated_stays_as_it_is():
    shop = simulate(20)
    with pytest.raises(AttributeError):
        shop.types = ()
    for array in (shop.labels, shop.customer_id, shop.frames()["transactions"]["amount"]):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = array[1]
    assert isinstance(shop, SimulatedShop)


def test_the_reprs_say_how_much_there_is():
    shop = simulate(20, seed=1)
    assert repr(shop).startswith("SimulatedShop(customers=20, types=6, transactions=")
    assert "<td>20</td>" in shop._repr_html_()

"""Every signal against plain loops over the rows."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from relationships import oracle_signals as oracle
from relationships.signal_shops import ZERO, small_shop

from customerintel.relationships.collecting import signals
from customerintel.relationships.signal_definitions import DEFINITIONS
from customerintel.schema.event_kinds import WAY_OF_KIND, EventKind

#: The moment of all shops here, as a day, and its last microsecond.
DAY = ZERO + 380
UNTIL = DAY + 1 - 1 / 86_400_000_000
APART = (
    "purchase", "return", "checkout", "cart_add", "cart_remove", "cart_abandon", "open", "click",
)  # fmt: skip
OURS = ("email_sent", "delivered", "survey_sent", "bounce")


def said_way(kind, way):
    known = WAY_OF_KIND[EventKind(kind)]
    return way if way is not None else None if known is None else str(known)


def expected(shop):
    """Return, by signal, values by customer, and the weights."""
    rows = [row for row in shop.purchases if row[1] <= UNTIL]
    met = [(*c[:3], said_way(c[2], c[3]), *c[4:]) for c in shop.contacts if c[1] <= UNTIL]
    customers = sorted({row[0] for row in rows if row[2] >= 0})
    seen = {c[2] for c in met}
    facts = {
        "until": UNTIL, "message": "delivered" if "delivered" in seen else "email_sent",
        "apart": APART, "ours": OURS,
    }  # fmt: skip
    start = math.floor(min(c[1] for c in met))
    found = {}
    for customer in customers:
        own = [row for row in rows if row[0] == customer]
        contacts = [c for c in met if c[0] == customer]
        first = min(oracle.purchase_days(own)[0], *(math.floor(c[1]) for c in contacts), DAY)
        orders = [row[1] for row in own if row[2] >= 0]
        found[customer] = oracle.of_purchases(own, DAY, first) | oracle.of_contacts(
            facts, orders, contacts, DAY, start, first
        )
    days = {c: oracle.purchase_days([r for r in rows if r[0] == c]) for c in customers}
    gaps = [[b - a for a, b in pairwise(d)] for d in days.values()]
    usual = np.median([np.median(g) for g in gaps if g])
    complaints = {}
    for c in met:
        if c[2] == "complaint" and c[3] != "outbound" and c[0] in days:
            complaints.setdefault(c[0], []).append(c[1])
    forgiven = oracle.tolerance(days, complaints, UNTIL, usual)
    for customer, residuals in forgiven.items():
        found[customer]["tolerance"] = residuals
    return customers, found


def settled(name, found):
    """Return values and weights of one signal from what was counted."""
    raw = [one[name] for one in found.values()]
    definition = DEFINITIONS[name]
    if name == "opt_outs":
        return [x for x, _ in raw], [t / (t + 1) for _, t in raw]
    if definition.shrink == "inverse":
        pairs = [one["last_pair"] for one in found.values() if one["last_pair"] is not None]
        v = (sum((p - 0.5) ** 2 for p in pairs) + 1 / 12) / (len(pairs) + 1)
        k = (1 - 4 * v) / (8 * v)
        values = [(n + 4) / (x + 4 / k) if n > 0 else math.nan for x, n in raw]
        return values, [n / (n + 4) for _, n in raw]
    if definition.shrink == "mean":
        prior = oracle.mean_prior(raw)
        pairs = [(sum(one), len(one)) for one in raw]
    elif definition.shrink in ("beta", "gamma"):
        fit = oracle.beta_prior if definition.shrink == "beta" else oracle.gamma_prior
        prior, pairs = fit(raw, definition.strength), raw
    else:
        return raw, None
    return [oracle.pulled(*pair, prior) for pair in pairs], [n / (n + prior[1]) for _, n in pairs]


@pytest.mark.parametrize("seed", range(4))
def test_every_signal_of_what_customers_did(seed):
    shop = small_shop(seed)
    customers, found = expected(shop)
    made = signals(shop.log().as_of("2024-01-16"), interactions=shop.interactions())
    assert made.customer_id.tolist() == customers
    for name in made.names:
        if made.source_of(name) not in ("transactions", "interactions"):
            assert np.isnan(made[name]).all()
            continue
        values, weights = settled(name, found)
        np.testing.assert_allclose(made[name], values, rtol=1e-7, atol=2e-9, err_msg=name)
        if weights is not None:
            np.testing.assert_allclose(made.weight(name), weights, rtol=1e-7, err_msg=name)
        ranks = [oracle.mid_rank(made[name].tolist(), value) for value in made[name].tolist()]
        np.testing.assert_allclose(made.rank(name), ranks, rtol=1e-12, err_msg=name)


def test_features_of_the_same_name_are_the_same():
    shop = small_shop(9)
    history = shop.log().as_of("2024-01-16")
    made, features = signals(history), history.features()
    several = features["frequency"] >= 2
    np.testing.assert_allclose(
        made["clumpiness"][several], features["clumpiness"][several], atol=1e-9
    )
    for name in ("frequency_trend", "breadth", "time_since_last"):
        np.testing.assert_array_equal(made[name], features[name], err_msg=name)
    np.testing.assert_array_equal(made["tenure"], features["T"])
    assert made.population_regularity > 0


def test_a_weight_says_when_nothing_is_known():
    shop = small_shop(3)
    made = signals(shop.log().as_of("2024-01-16"), interactions=shop.interactions())
    values, weights, ranks = made.to_numpy(), made.weights(), made.ranks()
    assert values.shape == weights.shape == ranks.shape == (len(made), len(made.names))
    np.testing.assert_array_equal(np.isnan(values), weights == 0.0)
    np.testing.assert_array_equal(np.isnan(values), np.isnan(ranks))
    assert ((weights >= 0) & (weights <= 1)).all()
    known = ranks[~np.isnan(ranks)]
    assert ((known > 0) & (known < 1)).all()

"""A shop where each customer has a place on eight dimensions, and places drive every rate.

The places of the types are those of the table of types that the project starts from; each
customer strays from the place of its type. Nothing is certain: a friend may be silent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relationship_shops.answers import long_form
from relationship_shops.shop import (
    CHANNELS,
    DAYS,
    KEYS,
    Days,
    Ledger,
    Shop,
    Whom,
    draw_labels,
    open_shop,
    renew,
    scatter,
)  # fmt: skip

#: Valence, intensity, power, socio-emotional, duration, commitment, voluntariness, reciprocity.
PLACES = {
    "basic_exchange": (0.3, 0.15, 0, 0.1, 0.6, 0.4, 0.8, 0.1),
    "business_partner": (0.6, 0.4, 0, 0.35, 0.8, 0.7, 0.9, 0.9),
    "fling": (0.7, 0.9, 0.2, 0.7, 0.1, 0.1, 1, 0.3),
    "best_friend": (0.9, 0.9, 0, 1, 0.9, 0.8, 1, 1),
    "buddy": (0.5, 0.35, 0, 0.6, 0.7, 0.2, 0.9, 0.4),
    "commanding": (0.1, 0.6, -0.9, 0.4, 0.5, 0.4, 0.8, 0.2),
    "stranger": (0, 0, 0, 0, 0.05, 0, 0.7, 0),
    "acquaintance": (0.2, 0.1, 0, 0.3, 0.4, 0.1, 0.8, 0.1),
    "courtship": (0.4, 0.5, 0, 0.5, 0.1, 0.3, 1, 0.6),
    "committed_partner": (0.9, 0.8, 0, 0.9, 1, 1, 1, 0.7),
    "convenience": (0, 0.15, 0.4, 0.1, 0.8, 0.8, 0.2, 0.1),
    "captive": (-0.6, 0.5, 0.9, 0.1, 0.7, 0.9, 0, 0.1),
    "dependent": (0.4, 1, 0.8, 0.6, 0.7, 0.9, 0.4, 0.2),
    "secret_affair": (0.7, 0.8, 0.1, 0.7, 0.4, 0.3, 1, 0.1),
    "ex_friend": (-0.3, 0.4, 0.2, 0.6, 0.6, 0, 0.6, 0.1),
    "adversary": (-0.9, 0.9, 0.5, 0.4, 0.4, 0.1, 0.3, 0.4),
    "teammate": (0.7, 0.5, 0, 0.5, 0.7, 0.5, 0.9, 0.6),
    "compartment_friend": (0.6, 0.5, 0, 0.6, 0.7, 0.3, 0.9, 0.3),
    "disciple": (0.8, 0.8, 0.6, 0.7, 0.7, 0.7, 0.9, 0.2),
    "fan": (0.9, 1, 0.5, 0.8, 0.5, 0.6, 1, 0.1),
    "old_friend": (0.7, 0.5, 0, 0.8, 1, 0.2, 0.9, 0.1),
}
LOW = np.array([-1.0, 0, -1, 0, 0, 0, 0, 0])
RANGE = np.array([2.0, 1, 2, 1, 1, 1, 1, 1])
STRAY, MISJUDGED, ANSWERED = 0.16, 0.12, 0.4
PRICE_RISE = 720.0
YEAR = 365.25
AISLES = np.array([f"aisle {k}" for k in range(14)], object)


@dataclass(frozen=True)
class People:
    """Places of the customers, and the days between which they are customers."""

    v: Days
    i: Days
    p: Days
    s: Days
    d: Days
    c: Days
    w: Days
    r: Days
    born: Days
    end: Days
    zeal: Days
    """How much a customer does of anything, whatever the type."""


def make(
    n_customers: int, types: str = "core", mix: Mapping[str, float] | None = None, seed: int = 0
) -> Shop:
    """Return a shop; `types` is "core" or "extended", `mix` the shares of the types."""
    rng = np.random.default_rng([seed, 101])
    labels = draw_labels(rng, n_customers, types, mix)
    table = (np.array([PLACES[key] for key in KEYS[types]], float) - LOW) / RANGE
    place = np.clip(table[labels] + rng.normal(0.0, STRAY, (n_customers, 8)), 0.0, 1.0)
    ledger = Ledger()
    people = _lives(rng, place, ledger)
    return open_shop(
        labels,
        types,
        purchases=_purchases(rng, people),
        ledger=_contacts(rng, people, ledger),
        answers=_survey(rng, people, place, table, types),
        traits=_flags(rng, people),
    )


def _logistic(x: Days) -> Days:
    return 1.0 / (1.0 + np.exp(-x))


def _lives(rng: np.random.Generator, place: Days, ledger: Ledger) -> People:
    """Draw when customers come and go; complaints and dearer prices drive some away."""
    n = len(place)
    v, i, p, s, d, c, w, r = (LOW + place * RANGE).T
    born = DAYS - 25.0 - (DAYS - 25.0) * rng.beta(1.0 + 2.0 * d, 2.2 - 1.2 * d)
    end = np.minimum(DAYS, born + 20.0 * np.exp(4.7 * d) * rng.gamma(2.0, 0.5, n))
    leaves = (born < PRICE_RISE) & (end > PRICE_RISE) & (rng.random(n) < 0.65 * (1.0 - c))
    end[leaves] = np.minimum(end[leaves], PRICE_RISE + rng.exponential(20.0, leaves.sum()))
    zeal = rng.lognormal(-0.12, 0.5, n)
    yearly = 0.25 * zeal * np.exp(2.4 * np.maximum(-v, 0.0) + 0.8 * np.maximum(-p, 0.0) + 0.6 * i)
    who, day = scatter(rng, yearly * (end - born) / YEAR, born, end)
    settled = rng.random(len(who)) < 0.85 + 0.35 * np.minimum(v[who], 0.0)
    ledger.note(
        "complaint", who, day, channel=_way(rng, s[who]), direction="inbound",
        sentiment=_mood(rng, 0.5 * v[who] - 0.5),
        resolved=np.where(settled, rng.exponential(4.0, len(who)), np.nan),
    )  # fmt: skip
    fatal = rng.random(len(who)) < 0.4 * (1.0 - 0.5 * c - 0.45 * place[:, 0])[who]
    np.minimum.at(end, who[fatal], day[fatal] + 1.0)
    return People(v, i, p, s, d, c, w, r, born, np.maximum(end, born + 1.0), zeal)


def _purchases(rng: np.random.Generator, one: People) -> dict[str, NDArray[Any]]:
    """First orders, and what follows them: as often as intense, as regular as lasting."""
    n = len(one.v)
    rate = one.zeal * np.exp(-4.5 + 1.7 * one.i + 0.5 * one.c + 1.2 * one.i * (1.0 - one.d))
    counts = np.minimum(rng.poisson(rate * (one.end - one.born)), 400)
    shape = np.exp(1.9 * one.d * rng.uniform(0.6, 1.4, n) - 0.7 * one.i * (1.0 - one.d))
    who, day = renew(rng, counts, shape, one.born, one.end)
    who, day = np.append(np.arange(n), who), np.append(one.born, day)
    width = 1 + rng.binomial(8, np.clip(0.05 + 0.7 * one.c * (0.4 + 0.6 * one.i), 0, 1))
    width += rng.binomial(4, one.i * (1.0 - one.d))
    favourite = rng.integers(0, len(AISLES), n)
    aisle = (favourite[who] + width[who] * rng.random(len(who)) ** 1.6).astype(np.int64)
    lean = 0.2 - 1.3 * one.v - 1.2 * one.s - 0.6 * one.c + rng.normal(0.0, 0.6, n)
    level = rng.lognormal(3.2, 0.6, n)  # money has nothing to do with the type
    spent = np.round(level[who] * rng.lognormal(0.0, 0.35, len(who)) + 0.01, 2)
    back = rng.random(len(who)) < 0.02 + 0.14 * np.maximum(-one.v, 0.0)[who]
    back &= day + 21.0 < DAYS
    gone, late = np.flatnonzero(back), rng.uniform(2.0, 20.0, back.sum())
    rows = np.append(np.arange(len(who)), gone)
    return {
        "who": who[rows],
        "day": np.append(day, day[gone] + late),
        "amount": np.append(spent, -spent[gone]),
        "kind": np.where(np.arange(len(rows)) < len(who), "sale", "return").astype(object),
        "category": AISLES[aisle[rows] % len(AISLES)],
        "promo": (rng.random(len(who)) < _logistic(lean)[who])[rows],
        "channel": np.where(rng.random(len(rows)) < 0.7, "web", "store").astype(object),
    }


def _mood(rng: np.random.Generator, level: Days) -> Days:
    """Return a noisy score of the sentiment; a quarter are not scored."""
    score = np.clip(level + rng.normal(0.0, 0.35, len(level)), -1.0, 1.0)
    return np.where(rng.random(len(level)) < 0.25, np.nan, score)


def _way(rng: np.random.Generator, warm: Days) -> NDArray[np.int8]:
    """Return channels: people who are close talk to people."""
    close = rng.random(len(warm)) < 0.1 + 0.6 * warm
    phone, person, mail, web = map(CHANNELS.index, ("phone", "in_person", "email", "web"))
    talk = np.where(rng.random(len(warm)) < 0.6, phone, person)
    rest = np.where(rng.random(len(warm)) < 0.6, mail, web)
    return np.where(close, talk, rest).astype(np.int8)


def _contacts(rng: np.random.Generator, one: People, ledger: Ledger) -> Ledger:
    """Messages, visits, and what comes in, each at a rate of its own."""
    stop = np.minimum(DAYS, one.end + 45.0)
    years = one.zeal * (stop - one.born) / YEAR
    below, up = np.maximum(-one.p, 0.0), np.maximum(-one.v, 0.0)
    rates = {
        "visit": 4.0 * np.exp(2.4 * one.i),
        "support_request": 0.35 * np.exp(1.6 * below + 0.5 * one.i),
        "special_request": 0.10 * np.exp(3.2 * below),
        "escalation": 0.03 + 1.3 * below**2 + 0.7 * np.maximum(up - 0.2, 0.0),
        "dispute": 0.02 + 1.6 * np.maximum(up - 0.25, 0.0),
        "call": 0.25 * np.exp(0.9 * below + 1.1 * one.s),
        "chat": 0.25 * np.exp(1.4 * one.r + 0.6 * one.s),
        "idea": 0.06 * np.exp(3.3 * one.r),
        "feedback": 0.15 * np.exp(2.3 * one.r),
        "review": 0.15 * np.exp(1.6 * np.abs(one.v)),
        "referral": 0.04 * np.exp(1.9 * one.s + 1.3 * one.v),
        "community": 0.05 * np.exp(2.9 * one.s),
    }
    for kind, yearly in rates.items():
        who, day = scatter(rng, yearly * years, one.born, stop)
        more: dict[str, Any] = {"direction": "inbound", "channel": "web"}
        if kind not in {"visit", "referral"}:
            more["sentiment"] = _mood(rng, 0.8 * one.v[who])
        if kind not in {"visit", "review", "community"}:
            more["channel"] = _way(rng, one.s[who])
        ledger.note(kind, who, day, **more)
    _messages(rng, one, ledger)
    return ledger


def _messages(rng: np.random.Generator, one: People, ledger: Ledger) -> None:
    """Mail all who have not opted out; note who opens, clicks and answers."""
    n = len(one.v)
    cold = 0.25 * np.exp(-1.8 * one.s - 1.2 * one.r - 0.6 * one.v)
    out = one.born + rng.exponential(YEAR / cold, n)
    quits = np.flatnonzero(out < DAYS)
    ledger.note("opt_out", quits, out[quits], channel="email", direction="inbound")
    until = np.minimum(out, DAYS)
    who, day = scatter(rng, (until - one.born) / 21.0, one.born, until)
    ledger.note("delivered", who, day, channel="email", direction="outbound")
    warm = rng.normal(-2.3, 0.5, n) + 2.5 * one.i + 1.4 * one.r
    opened = rng.random(len(who)) < np.where(day < one.end[who], 1.0, 0.25) * _logistic(warm)[who]
    who, day = who[opened], day[opened] + rng.exponential(0.4, opened.sum())
    ledger.note("open", who, day, channel="email", direction="inbound")
    clicked = rng.random(len(who)) < (0.05 + 0.35 * one.i)[who]
    ledger.note("click", who[clicked], day[clicked] + 0.002, channel="email", direction="inbound")
    wrote = rng.random(len(who)) < (0.01 + 0.14 * one.r)[who]
    who, day = who[wrote], day[wrote] + rng.exponential(0.3, wrote.sum())
    mood = _mood(rng, 0.8 * one.v[who])
    ledger.note("comment", who, day, channel="email", direction="inbound", sentiment=mood)


def _survey(
    rng: np.random.Generator, one: People, place: Days, table: Days, types: str
) -> dict[str, NDArray[Any]]:
    """Ask all; those who talk anyway answer more often. Each has a style of answering."""
    n = len(place)
    who: Whom = np.flatnonzero(rng.random(n) < ANSWERED * (0.6 + 0.8 * place[:, 7]))
    day = np.minimum(rng.uniform(DAYS - 150.0, DAYS - 1.0, len(who)), DAYS)
    day = np.maximum(day, one.born[who] + 0.5)
    style = rng.normal(0.0, 0.07, n)
    v, i, p, s, _, c, w, r = place.T
    felt = {
        "satisfaction": 0.15 + 0.75 * v, "trust": 0.1 + 0.55 * v + 0.3 * c,
        "powerlessness": 0.6 * p + 0.45 * (1.0 - w) - 0.1, "love": 0.45 * v + 0.5 * i,
        "self_connection": 0.55 * s + 0.4 * i, "interdependence": 0.6 * i + 0.3 * one.d,
        "commitment": 0.1 + 0.8 * c, "intimacy": 0.55 * s + 0.35 * r,
        "partner_quality": 0.1 + 0.55 * v + 0.3 * r, "recommend": 0.05 + 0.65 * v + 0.25 * s,
    }  # fmt: skip
    levels = {item: (level + style + rng.normal(0.0, 0.15, n))[who] for item, level in felt.items()}
    wished = place + np.array([0.05, 0, -0.03, 0.03, 0, 0, 0.05, 0.05])
    words = {
        name: np.array(KEYS[types], object)[_nearest(rng, at[who], table)]
        for name, at in (("stated_type", place), ("desired_type", wished))
    }
    return long_form(rng, who, day, levels, words, skipped=0.08)


def _nearest(rng: np.random.Generator, place: Days, table: Days) -> Whom:
    """Return the type nearest to how customers see themselves."""
    seen = place + rng.normal(0.0, MISJUDGED, place.shape)
    far = ((seen[:, None, :] - table[None]) ** 2).sum(axis=2)
    nearest: Whom = far.argmin(axis=1)
    return nearest


def _flags(rng: np.random.Generator, one: People) -> dict[str, NDArray[Any]]:
    """Contracts, exit fees and accounts that others imposed, as customers are less free."""
    n = len(one.w)
    bound = np.clip(1.0 - one.w + 0.25 * np.maximum(one.p, 0.0), 0.0, 1.0)
    return {
        "contract": rng.random(n) < 0.04 + 0.85 * bound,
        "exit_fee": rng.random(n) < 0.02 + 0.6 * bound,
        "imposed": rng.random(n) < 0.01 + 0.5 * bound,
    }

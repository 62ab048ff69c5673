"""A shop where types show in a few habits: bursts, one aisle, disputes, launches, a discreet way.

Most customers have most habits of their type, some have one of another, and how much anybody
does is heavy-tailed and has nothing to do with the type.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relationship_shops.answers import SCALES, long_form
from relationship_shops.buying import WAYS, rhythm
from relationship_shops.habits import ALIKE, BUYS, DOES, EVERY_HABIT, SAYS
from relationship_shops.shop import (
    DAYS,
    KEYS,
    Days,
    Ledger,
    Shop,
    Whom,
    draw_labels,
    open_shop,
    scatter,
)

KEPT, STRANGE = 0.82, 0.05
MONTH = 30.4
GOODS = np.array(
    ["bread", "milk", "fruit", "fish", "wine", "tea", "soap", "toys", "books", "pens"], object
)
Flags = dict[str, NDArray[np.bool_]]


def make(
    n_customers: int, types: str = "core", mix: Mapping[str, float] | None = None, seed: int = 0
) -> Shop:
    """Return a shop; `types` is "core" or "extended", `mix` the shares of the types."""
    rng = np.random.default_rng([seed, 202])
    labels = draw_labels(rng, n_customers, types, mix)
    keys = KEYS[types]
    has = _habits(rng, labels, keys)
    way = _ways(rng, labels, keys)
    vigour = np.minimum(0.45 + 0.4 * rng.pareto(2.2, n_customers), 6.0)
    who, day, first, last = rhythm(rng, way, vigour)
    until = np.where(np.isin(way, _places("burst", "broken", "one_order")), last + 40.0, DAYS)
    until = np.minimum(until, DAYS)
    ledger = Ledger()
    _generic(rng, has, vigour, first, until, ledger)
    _habitual(rng, has, vigour, first, until, ledger)
    _letters(rng, has, first, until, ledger)
    _tied_to_orders(rng, has, who, day, last, ledger)
    return open_shop(
        labels,
        types,
        purchases=_baskets(rng, has, who, day),
        ledger=ledger,
        answers=_survey(rng, labels, keys, first),
        traits=_contracts(rng, has),
    )


def _places(*ways: str) -> list[int]:
    return [WAYS.index(way) for way in ways]


def _habits(rng: np.random.Generator, labels: Whom, keys: tuple[str, ...]) -> Flags:
    """Draw who has which habit."""
    found = {}
    for habit in EVERY_HABIT:
        theirs = np.array([habit in DOES[key] for key in keys])
        chance = np.where(theirs, KEPT, STRANGE)
        found[habit] = rng.random(len(labels)) < chance[labels]
    return found


def _ways(rng: np.random.Generator, labels: Whom, keys: tuple[str, ...]) -> Whom:
    """Draw each customer's way of buying; one in ten has any."""
    table = np.array([[WAYS.index(BUYS[key][k % len(BUYS[key])]) for k in (0, 1, 0)]
                      for key in keys])  # fmt: skip
    way = table[labels, rng.integers(0, 3, len(labels))]
    odd = rng.random(len(labels)) < 0.1
    way[odd] = rng.integers(0, len(WAYS), odd.sum())
    return way


def _baskets(rng: np.random.Generator, has: Flags, who: Whom, day: Days) -> dict[str, NDArray[Any]]:
    """What is bought and for how much; the purse is drawn whatever the type."""
    n, m = len(has["broad"]), len(who)
    width = rng.choice([2, 3, 4], n)
    for habit, size in (("few_aisles", 2), ("broad", 8), ("novel", 10), ("one_aisle", 1)):
        width[has[habit]] = size
    home = rng.integers(0, len(GOODS), n)
    shelf = home[who] + rng.integers(0, width[who])
    shelf = np.where(rng.random(m) < 0.05, rng.integers(0, len(GOODS), m), shelf) % len(GOODS)
    cheap = rng.beta(2.0, 5.0, n)
    cheap[has["deals"]] = rng.beta(6.0, 2.5, has["deals"].sum())
    cheap[has["full_price"]] = rng.beta(1.0, 14.0, has["full_price"].sum())
    purse = rng.pareto(2.5, n) * 20.0 + 8.0
    amount = np.round(purse[who] * rng.uniform(0.5, 1.6, m), 2)
    cross = has["disputes"] | has["detracts"] | has["grumbles"]
    back = (rng.random(m) < np.where(cross, 0.12, 0.03)[who]) & (day < DAYS - 15.0)
    rows = np.append(np.arange(m), np.flatnonzero(back))
    when = np.append(day, day[back] + rng.uniform(1.0, 14.0, back.sum()))
    sold = np.arange(len(rows)) < m
    shy = np.where(rng.random(m) < 0.9, "app", "web")
    plain = rng.choice(np.array(["web", "store", "app"]), m, p=[0.5, 0.35, 0.15])
    return {
        "who": who[rows],
        "day": when,
        "amount": np.where(sold, amount[rows], -amount[rows]),
        "kind": np.where(sold, "sale", "refund").astype(object),
        "category": GOODS[shelf[rows]],
        "promo": (rng.random(m) < cheap[who])[rows],
        "channel": np.where(has["discreet"][who], shy, plain)[rows].astype(object),
    }


def _generic(
    rng: np.random.Generator, has: Flags, vigour: Days, first: Days, until: Days, ledger: Ledger
) -> None:
    """Note what anybody does now and then, most of it visits."""
    months = vigour * (until - first) / MONTH
    loud = np.where(has["mute"], 0.0, np.where(has["quiet"] | has["discreet"], 0.25, 1.0))
    common = {
        "visit": 0.5, "page_view": 0.3, "cart_add": 0.15, "login": 0.15, "support_request": 0.035,
        "call": 0.02, "complaint": 0.015, "review": 0.02, "feedback": 0.01,
    }  # fmt: skip
    for kind, monthly in common.items():
        who, day = scatter(rng, monthly * loud * months, first, until)
        more: dict[str, Any] = {"channel": "phone" if kind == "call" else "web"}
        if kind == "complaint":
            more |= _unhappy(rng, len(who), -0.4, 0.85)
        ledger.note(kind, who, day, **more)


def _unhappy(rng: np.random.Generator, n: int, mood: float, settled: float) -> dict[str, Any]:
    wait = np.where(rng.random(n) < settled, rng.exponential(3.0, n), np.nan)
    return {"resolved": wait, "sentiment": _felt(rng, n, mood)}


def _felt(rng: np.random.Generator, n: int, mood: float) -> Days:
    """Return scores as a machine gives them: off at times, and for half of the rows only."""
    score = np.clip(rng.normal(mood, 0.4, n), -1.0, 1.0)
    return np.where(rng.random(n) < 0.5, np.nan, score)


#: Habit: what is noted of it - kind, times a month, channel, mood (0: none is scored).
MARKS: dict[str, tuple[tuple[str, float, str, float], ...]] = {
    "ideas": (("idea", 0.12, "email", 0.3),),
    "account_contact": (("call", 0.12, "in_person", 0.3), ("feedback", 0.05, "phone", 0.2)),
    "browses": (("visit", 2.0, "web", 0.0), ("page_view", 2.0, "web", 0.0)),
    "dialogue": (("feedback", 0.12, "email", 0.5), ("chat", 0.1, "chat", 0.5)),
    "refers": (("referral", 0.1, "web", 0.0),),
    "requests": (("special_request", 0.18, "phone", -0.1),),
    "escalates": (("escalation", 0.1, "phone", -0.5),),
    "calls": (("call", 0.3, "phone", -0.2), ("support_request", 0.15, "phone", -0.2)),
    "questions": (("support_request", 1.2, "chat", 0.1), ("cart_abandon", 0.8, "web", 0.0)),
    "disputes": (("dispute", 0.1, "email", -0.7),),
    "detracts": (("review", 0.1, "web", -0.8), ("social_post", 0.1, "social", -0.8)),
    "community": (("community", 0.25, "web", 0.3),),
    "shares": (("social_post", 0.25, "social", 0.8), ("referral", 0.05, "social", 0.0)),
    "follows": (("page_view", 2.5, "web", 0.0), ("comment", 0.06, "web", 0.6)),
    "discreet": (("login", 0.8, "app", 0.0),),
    "panics": (("chat", 0.15, "chat", -0.3), ("support_request", 0.2, "phone", -0.4)),
}


def _habitual(
    rng: np.random.Generator, has: Flags, vigour: Days, first: Days, until: Days, ledger: Ledger
) -> None:
    """Note what the habits of contact leave."""
    months = vigour**0.7 * np.maximum(until - first, 20.0) / MONTH
    stop = np.minimum(np.maximum(until, first + 20.0), DAYS)
    for habit, marks in MARKS.items():
        for kind, monthly, channel, mood in marks:
            who, day = scatter(rng, monthly * months * has[habit], first, stop)
            felt = _felt(rng, len(who), mood) if mood else None
            ledger.note(kind, who, day, channel=channel, sentiment=felt)
    who, day = scatter(rng, 0.12 * months * has["grumbles"], first, stop)
    ledger.note("complaint", who, day, channel="phone", **_unhappy(rng, len(who), -0.7, 0.5))


def _letters(
    rng: np.random.Generator, has: Flags, first: Days, until: Days, ledger: Ledger
) -> None:
    """Mail everybody on the same days, each second Tuesday, and see who reads."""
    leaves = rng.random(len(first)) < np.where(has["discreet"] | has["disputes"], 0.35, 0.06)
    out = np.where(leaves, first + rng.uniform(10.0, 400.0, len(first)), np.inf)
    quits = np.flatnonzero(out < DAYS)
    ledger.note("unsubscribed", quits, out[quits], channel="email")
    open_rate = rng.beta(2.0, 9.0, len(first))
    for habit, (a, b) in {"quiet": (1, 25), "glances": (3, 6), "reads": (8, 5)}.items():
        open_rate[has[habit]] = rng.beta(a, b, has[habit].sum())
    click_rate = np.where(has["follows"], 0.6, np.where(has["reads"], 0.25, 0.08))
    write_rate = np.where(has["dialogue"], 0.15, np.where(has["account_contact"], 0.08, 0.01))
    letters = np.arange(4.4, DAYS, 28.0)
    for letter in letters:
        who = np.flatnonzero((first < letter) & (out > letter) & ~has["mute"])
        day = np.full(len(who), letter)
        ledger.note("delivered", who, day, channel="email")
        awake = np.where(letter < until[who], 1.0, 0.15)
        who = who[rng.random(len(who)) < awake * open_rate[who]]
        day = letter + rng.exponential(0.6, len(who))
        ledger.note("opened", who, day, channel="email")
        for kind, rate in (("clicked", click_rate), ("comment", write_rate)):
            some = rng.random(len(who)) < rate[who]
            ledger.note(kind, who[some], day[some] + 0.01, channel="email")


def _tied_to_orders(
    rng: np.random.Generator, has: Flags, who: Whom, day: Days, last: Days, ledger: Ledger
) -> None:
    """Note what comes with an order: a failure forgiven, a last straw, praise."""
    pardon = has["forgives"][who] & (rng.random(len(who)) < 0.06) & (day < last[who])
    at = np.minimum(day[pardon] + 0.5, DAYS - 0.1)
    mood = _unhappy(rng, len(at), -0.2, 0.9)
    ledger.note("complaint", who[pardon], at, channel="email", **mood)
    straw = np.flatnonzero(has["last_straw"])
    at = np.minimum(last[straw] + rng.uniform(0.0, 8.0, len(straw)), DAYS - 0.1)
    ledger.note("complaint", straw, at, channel="email", **_unhappy(rng, len(at), -0.8, 0.3))
    praise = has["shares"] | has["refers"] | has["forgives"]
    some = praise[who] & (rng.random(len(who)) < 0.05)
    at = np.minimum(day[some] + rng.exponential(5.0, some.sum()), DAYS - 0.1)
    ledger.note("review", who[some], at, channel="web", sentiment=_felt(rng, len(at), 0.8))


def _survey(
    rng: np.random.Generator, labels: Whom, keys: tuple[str, ...], first: Days
) -> dict[str, NDArray[Any]]:
    """One customer in three answers; one answer in ten is a slip of the pen."""
    table = np.array([[_notch(SAYS[key], item) for item in SCALES] for key in keys])
    who = np.flatnonzero(rng.random(len(labels)) < 0.33)
    day = np.maximum(rng.uniform(DAYS - 90.0, DAYS - 1.0, len(who)), first[who] + 0.2)
    day = np.minimum(day, DAYS - 0.01)
    levels = table[labels[who]] + rng.normal(0.0, 0.17, (len(who), len(SCALES)))
    slips = rng.random(levels.shape) < 0.1
    levels[slips] = rng.random(slips.sum())
    stated = _stated(rng, labels[who], keys, 0.72)
    desired = np.where(rng.random(len(who)) < 0.7, labels[who], _stated(rng, stated, keys, 0.0))
    named = np.array(keys, object)
    words = {"stated_type": named[stated], "desired_type": named[desired]}
    by_item = dict(zip(SCALES, levels.T, strict=True))
    return long_form(rng, who, day, by_item, words, skipped=0.12)


def _notch(says: str, item: str) -> float:
    marks = next((one[len(item) :] for one in says.split() if one.rstrip("+-") == item), "")
    return 0.5 + 0.2 * (marks.count("+") - marks.count("-"))


def _stated(rng: np.random.Generator, truth: Whom, keys: tuple[str, ...], right: float) -> Whom:
    """Return the type that is stated: the true one, else mostly one that is like it."""
    said = rng.integers(0, len(keys), len(truth))
    like = [
        [keys.index(b if a == key else a) for a, b in ALIKE
         if key in (a, b) and a in keys and b in keys]
        for key in keys
    ]  # fmt: skip
    for k, others in enumerate(like):
        theirs = np.flatnonzero((truth == k) & (rng.random(len(truth)) < 0.7))
        if others:
            said[theirs] = rng.choice(others, len(theirs))
    sure = rng.random(len(truth)) < right
    return np.where(sure, truth, said)


def _contracts(rng: np.random.Generator, has: Flags) -> dict[str, NDArray[Any]]:
    n = len(has["bound"])
    bound = np.where(has["bound"], 0.85, 0.06)
    return {
        "contract": rng.random(n) < bound,
        "exit_fee": rng.random(n) < 0.5 * bound,
        "imposed": rng.random(n) < 0.4 * bound,
    }

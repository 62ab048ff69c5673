"""Contacts of the simulated shop: what customers do, what the firm sends, and the answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from customerintel.relationships.simulated_people import People
    from customerintel.relationships.simulated_purchases import Orders

__all__ = ["Contacts", "draw_contacts"]

#: Each habit's kind of interaction, the channels it comes by, and whether something is brought
#: forward that is to be settled.
KINDS: Final = {
    "call": ("call", ("phone",), False),
    "chat": ("chat", ("chat", "app"), False),
    "support": ("support_request", ("email", "chat", "phone"), True),
    "requests": ("special_request", ("phone", "email"), True),
    "disputes": ("dispute", ("email", "phone"), True),
    "ideas": ("idea", ("email", "web"), False),
    "feedback": ("feedback", ("web", "email"), False),
    "reviews": ("review", ("web",), False),
    "comments": ("comment", ("social", "web"), False),
    "posts": ("social_post", ("social",), False),
    "referrals": ("referral", ("web", "app"), False),
    "community": ("community", ("web",), False),
    "visits": ("visit", ("web", "app"), False),
    "logins": ("login", ("web", "app"), False),
}
#: Kinds without a tone.
TONELESS: Final = ("visit", "login", "referral")
#: Kinds by which the firm's newsletters go out.
SENT: Final = ("delivered", "bounce")
#: Days from one newsletter to the next, and the share that bounces.
CADENCE: Final = 28.0
BOUNCED: Final = 0.02
#: Share of contacts that nobody writes down, for a typical customer's agent.
UNRECORDED: Final = 0.15
#: What is left of the readiness to open once somebody has stopped buying.
COLD: Final = 0.35


@dataclass(frozen=True, eq=False)
class Contacts:
    """Interactions, column by column; NaN where there is no tone, no settlement or campaign."""

    customer: NDArray[np.int64]
    day: NDArray[np.float64]
    kind: NDArray[np.object_]
    outbound: NDArray[np.bool_]
    channel: NDArray[np.object_]
    tone: NDArray[np.float64]
    settled: NDArray[np.float64]
    campaign: NDArray[np.int64]


def draw_contacts(
    rng: np.random.Generator,
    people: People,
    orders: Orders,
    spend: NDArray[np.float64],
    *,
    days: int,
) -> Contacts:
    """Draw all contacts of the time simulated."""
    temper = rng.normal(0.0, 0.18, len(people)) + people["warmth"]
    parts = [_by_habit(rng, people, orders, temper, habit) for habit in KINDS]
    parts += _complaints(rng, people, orders, temper, days=days)
    noted = 1.0 - UNRECORDED * rng.gamma(2.0, 0.5, len(people))
    parts = [_of(part, rng.random(len(part.day)) < noted[part.customer]) for part in parts]
    parts += _campaigns(rng, people, orders, days=days)
    parts.append(_care(rng, people, orders, spend))
    whole = [np.concatenate(column) for column in zip(*map(_columns, parts), strict=True)]
    contacts = Contacts(*whole)
    return _of(contacts, np.lexsort((contacts.customer, contacts.day)))


def _columns(part: Contacts) -> tuple[NDArray[np.generic], ...]:
    return tuple(vars(part).values())


def _of(part: Contacts, index: NDArray[np.generic]) -> Contacts:
    return Contacts(*(column[index] for column in _columns(part)))


def _part(
    rng: np.random.Generator,
    customer: NDArray[np.int64],
    day: NDArray[np.float64],
    kind: str,
    channels: tuple[str, ...],
    *,
    outbound: bool = False,
    tone: NDArray[np.float64] | None = None,
    settled: NDArray[np.float64] | None = None,
    campaign: NDArray[np.int64] | None = None,
) -> Contacts:
    n = len(day)
    nothing = np.full(n, np.nan)
    return Contacts(
        customer, day, np.full(n, kind, object), np.full(n, outbound),
        np.array(channels, object)[rng.integers(0, len(channels), n)],
        nothing if tone is None else tone,
        nothing if settled is None else settled,
        np.full(n, -1) if campaign is None else campaign,
    )  # fmt: skip


def _tones(
    rng: np.random.Generator, mean: NDArray[np.float64], spread: float = 0.35
) -> NDArray[np.float64]:
    return np.clip(mean + rng.normal(0.0, spread, len(mean)), -1.0, 1.0).round(2)


def _settlements(
    rng: np.random.Generator, people: People, customer: NDArray[np.int64], day: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the day on which the firm settled it, NaN for never."""
    done = rng.random(len(day)) < people["settled"][customer]
    return np.where(done, day + rng.lognormal(0.3, 1.0, len(day)), np.nan)


def _by_habit(
    rng: np.random.Generator,
    people: People,
    orders: Orders,
    temper: NDArray[np.float64],
    habit: str,
) -> Contacts:
    """Return contacts that come at a customer's own rate from its first order to its end."""
    kind, channels, brought = KINDS[habit]
    length = orders.end - people.start
    n = rng.poisson(people[habit] * length / 365.25)
    customer = np.repeat(np.arange(len(people)), n)
    day = people.start[customer] + rng.random(len(customer)) * length[customer]
    tone = None if kind in TONELESS else _tones(rng, temper[customer])
    settled = _settlements(rng, people, customer, day) if brought else None
    return _part(rng, customer, day, kind, channels, tone=tone, settled=settled)


def _complaints(
    rng: np.random.Generator,
    people: People,
    orders: Orders,
    temper: NDArray[np.float64],
    *,
    days: int,
) -> list[Contacts]:
    """Return complaints about orders, some days later, and those that went further up."""
    customer = orders.customer[orders.complaint]
    day = orders.day[orders.complaint] + rng.exponential(3.0, len(customer))
    customer, day = customer[day < days], day[day < days]
    up = np.flatnonzero(rng.random(len(day)) < people["escalates"][customer])
    later = day[up] + rng.exponential(6.0, len(up))
    up, later = up[later < days], later[later < days]
    places = ("phone", "email", "chat")
    return [
        _part(rng, customer, day, "complaint", places, tone=_tones(rng, temper[customer] - 0.45),
              settled=_settlements(rng, people, customer, day)),
        _part(rng, customer[up], later, "escalation", places,
              tone=_tones(rng, temper[customer[up]] - 0.55),
              settled=_settlements(rng, people, customer[up], later)),
    ]  # fmt: skip


def _campaigns(
    rng: np.random.Generator, people: People, orders: Orders, *, days: int
) -> list[Contacts]:
    """Return newsletters to everybody who is a customer and has not opted out."""
    sent = np.arange(6.0, days, CADENCE)
    until = rng.geometric(np.clip(people["opts_out"], 1e-6, 1.0))
    order_of = np.cumsum(sent[None, :] > people.start[:, None], axis=1)
    get = (order_of > 0) & (order_of <= until[:, None])
    customer, campaign = np.nonzero(get)
    day = sent[campaign] + rng.random(len(customer)) * 0.3
    last = order_of[customer, campaign] == until[customer]
    bounced = rng.random(len(customer)) < BOUNCED
    warm = np.where(day > orders.end[customer], COLD, 1.0) * ~bounced
    mood = 0.75 + 0.5 * rng.random(len(sent))
    opened = rng.random(len(customer)) < people["opens"][customer] * warm * mood[campaign]
    clicked = opened & (rng.random(len(customer)) < people["clicks"][customer])
    when = day + rng.lognormal(-2.0, 1.2, len(customer))
    gone = last & ~bounced

    def some(which: NDArray[np.bool_], at: NDArray[np.float64], kind: str) -> Contacts:
        kept = which & (at < days)
        return _part(rng, customer[kept], at[kept], kind, ("email",),
                     outbound=kind in SENT, campaign=campaign[kept])  # fmt: skip

    return [
        some(~bounced, day, "delivered"),
        some(bounced, day, "bounce"),
        some(opened, when, "open"),
        some(clicked, when + 0.002, "click"),
        some(gone, when + 0.01, "opt_out"),
    ]


def _care(
    rng: np.random.Generator, people: People, orders: Orders, spend: NDArray[np.float64]
) -> Contacts:
    """Return calls of the firm: to its greatest spenders, whatever they feel."""
    great = spend >= np.quantile(spend, 0.85)
    length = orders.end - people.start
    n = rng.poisson(np.where(great, 2.0, 0.15) * length / 365.25)
    customer = np.repeat(np.arange(len(people)), n)
    day = people.start[customer] + rng.random(len(customer)) * length[customer]
    return _part(rng, customer, day, "call", ("phone",), outbound=True)

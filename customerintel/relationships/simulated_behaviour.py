"""How customers of each relationship type behave in the simulated shop: averages, as data.

They are assumptions, read from what the types are said to be (Avery, Fournier & Wittenbraker
2014; Fournier 1998), not estimates from any data. Each customer of a shop draws habits of its
own around these averages, wide enough that the types overlap.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Answers", "Behaviour"]


@dataclass(frozen=True, kw_only=True)
class Answers:
    """Where the customers of a type stand on the items of a survey, each from 0 to 1."""

    satisfaction: float = 0.60
    trust: float = 0.55
    powerlessness: float = 0.30
    love: float = 0.30
    self_connection: float = 0.28
    interdependence: float = 0.35
    commitment: float = 0.40
    intimacy: float = 0.25
    partner_quality: float = 0.55
    recommend: float = 0.55


@dataclass(frozen=True, kw_only=True)
class Behaviour:
    """What customers of a type do on average; the defaults are a customer without a profile."""

    answers: Answers
    """Where they stand on the items of a survey."""
    mistaken_for: tuple[str, ...]
    """Types that they name when they do not name their own, the likeliest first."""
    wishes: tuple[str, ...] = ()
    """Types that they would rather have; their own where there is none."""

    # purchases
    gap: float = 38.0
    """Days from one order, or burst of orders, to the next."""
    evenness: float = 1.3
    """Shape of the gamma distribution of gaps: 1 is random, 4 nearly a rhythm."""
    burst: float = 1.15
    """Orders per burst; within a burst they are days apart."""
    life: float = 900.0
    """Days until they buy no more."""
    age: float = 0.55
    """Share of the time simulated that lies after their first order."""
    single: float = 0.04
    """Probability that the first order stays the only one."""
    categories: float = 4.5
    """Categories that they choose from."""
    novelty: float = 0.12
    """Probability that a line is from a category outside of these."""
    season: float = 0.0
    """Probability that they buy in one season of the year only."""
    promo: float = 0.28
    """Probability that a line is bought on offer."""
    returns: float = 0.05
    """Probability that a line comes back."""
    discreet: float = 0.08
    """Probability that an order takes the channel nobody else sees."""

    # when things go wrong
    complains: float = 0.35
    """Probability of a complaint when the service failed."""
    grumbles: float = 0.006
    """Probability of a complaint about an order with which nothing was wrong."""
    leaves: float = 0.22
    """Probability that they never buy again after a complaint."""
    breaks: float = 0.02
    """Probability that a breach has ended the relationship, and that they complained of it."""
    escalates: float = 0.10
    """Probability that a complaint is carried to somebody above."""
    settled: float = 0.85
    """Probability that what they bring forward is settled."""

    # contacts, per year while the relationship lasts
    call: float = 0.5
    chat: float = 0.5
    support: float = 0.5
    requests: float = 0.15
    disputes: float = 0.03
    ideas: float = 0.10
    feedback: float = 0.25
    reviews: float = 0.30
    comments: float = 0.25
    posts: float = 0.12
    referrals: float = 0.15
    community: float = 0.20
    visits: float = 4.0
    logins: float = 3.5
    lingers: float = 20.0
    """Days that contacts go on after the last order."""
    warmth: float = 0.10
    """Mean tone of what they say, from -1 to 1."""

    # answers to what the firm sends
    opens: float = 0.30
    """Probability that they open a message."""
    clicks: float = 0.22
    """Probability of a click in a message that they opened."""
    opts_out: float = 0.004
    """Probability that a message makes them opt out."""
    replies: float = 1.0
    """How readily they answer a survey, compared with others."""

    # traits
    contract: float = 0.10
    exit_fee: float = 0.04
    imposed: float = 0.04

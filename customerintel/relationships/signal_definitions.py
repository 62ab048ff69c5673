"""What each signal is: its unit, its formula, its source, when it is NaN, and what it feeds."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

__all__ = ["DEFINITIONS", "NAMES", "SOURCES", "SURVEY_ITEMS", "Definition"]


class Definition(NamedTuple):
    """One signal in words.

    Parameters
    ----------
    unit : str
        Of its values.
    formula : str
        How it is made.
    source : str
        Where the formula comes from.
    undefined : str
        When it is NaN.
    feeds : tuple of str
        Dimensions that it tells of, with the direction: "+duration", "-power".
    origin : str
        "transactions", "interactions", "customers" or "survey".
    shrink : str
        "beta", "gamma" or "mean": ``(total + s·m) / (n + s)`` with a prior of that kind fitted to
        the base; "inverse": ``(n + s) / (total + s·m)``; "": the value as it is; in all these
        the weight is ``n / (n + s)``. "known": the value as it is, with a weight of its own.
    strength : float
        s where it is not fitted, or the base is too small or too alike to fit it.
    trials : str
        What n counts.
    """

    unit: str
    formula: str
    source: str
    undefined: str
    feeds: tuple[str, ...]
    origin: str
    shrink: str
    strength: float
    trials: str

    def __str__(self) -> str:
        shrunk = {
            "beta": "; shrunk: beta-binomial, Kleinman (1973)",
            "gamma": "; shrunk: gamma-Poisson by moments",
            "mean": "; shrunk: Bühlmann and Straub (1970)",
        }.get(self.shrink, "")
        weight = f"weight: {self.trials}"
        if self.shrink != "known":
            weight = f"weight: n/(n + s), n = {self.trials}, s = " + (
                "prior strength" if shrunk else f"{self.strength:g}"
            )
        feeds = ", ".join(self.feeds)
        return (
            f"{self.formula} [{self.unit}]; {self.source}{shrunk}; {weight}; "
            f"NaN: {self.undefined}; feeds {feeds}"
        )


_T, _I, _S = "transactions", "interactions", "survey"
_HERE: Final = "defined here"
_REPEAT: Final = "without a repeat purchase day"
_THREE: Final = "with fewer than 3 purchase days"
_CATEGORY: Final = "without a category on any purchase"
_ORDERS: Final = (
    "orders since the interaction log or the customer began, at least 1 where there was any contact"
)
_YEARS: Final = "years since the interaction log or the customer began"


def _seen(what: str) -> str:
    return f"for all where the visible log has no {what}"


_TRANSACTIONS: Final = {
    "tenure": Definition(
        "days", "day of the moment - day of the first event, a purchase or an interaction", _HERE,
        "never", ("+duration",), _T, "known", 1.0, "1",
    ),
    "time_since_last": Definition(
        "days", "day of the moment - last purchase day", _HERE, "never",
        ("-duration", "-intensity"), _T, "known", 1.0, "1",
    ),
    "purchase_rate": Definition(
        "purchase days per year", "repeat purchase days / years since the first (365.25 days)",
        "Ehrenberg (1959)", "where the first purchase was on the day of the moment",
        ("+intensity", "+commitment"), _T, "gamma", 1.0, "years since the first purchase",
    ),
    "overdue_ratio": Definition(
        "none", "time_since_last / median gap between purchase days", _HERE, _REPEAT,
        ("-duration", "-commitment"), _T, "", 2.0, "gaps",
    ),
    "regularity": Definition(
        "none",
        "1/CV² of the gaps between purchase days, pulled on the scale of CV² to the base's k = "
        "(1 - 4V)/(8V), V the variance of (last gap / last two gaps): 1 is random, more is regular",
        "Wheat and Morrison (1990)", _THREE, ("+duration", "+commitment"), _T, "inverse", 4.0,
        "gaps - 1",
    ),
    "clumpiness": Definition(
        "none", "1 + Σ x log x / log(n + 1) over the n + 1 gaps as shares, both ends included",
        "Zhang, Bradlow and Small (2013; 2015), H_p", _THREE, ("+intensity", "-duration"), _T,
        "", 4.0, "purchase days",
    ),
    "burst_share": Definition(
        "share", "greatest number of purchase days within 30 days / purchase days", _HERE,
        _REPEAT, ("+intensity", "-duration"), _T, "", 4.0, "purchase days",
    ),
    "frequency_trend": Definition(
        "log ratio",
        "log((later + 1/2) / (earlier + 1/2)), repeat purchase days in the halves of the life",
        "Haldane (1956)", _REPEAT, ("+commitment",), _T, "", 4.0, "repeat purchase days",
    ),
    "breadth": Definition(
        "categories", "distinct categories of the purchases", _HERE, _CATEGORY,
        ("+commitment",), _T, "", 4.0, "purchase rows with a category",
    ),
    "effective_categories": Definition(
        "categories", "exp(-Σ p log p), p the shares of categories in the purchase rows",
        "Hill (1973), N₁", _CATEGORY, ("+commitment",), _T, "", 4.0,
        "purchase rows with a category",
    ),
    "novelty": Definition(
        "share",
        "purchase rows after the first day whose category was not bought on an earlier day / all "
        "such rows", _HERE, "without purchase rows with a category on a second day",
        ("+intensity", "-duration"), _T, "beta", 2.0, "purchase rows after the first day",
    ),
    "promo_share": Definition(
        "share", "sales of rows with a promo value / gross sales (rows, without amounts)", _HERE,
        f"{_seen('promo value')}; where nothing was paid", ("-valence", "-socio_emotional"), _T,
        "beta", 2.0, "purchase rows",
    ),
    "full_price_share": Definition(
        "share", "1 - the unshrunk promo_share", _HERE, "as promo_share",
        ("+valence", "+commitment"), _T, "beta", 2.0, "purchase rows",
    ),
    "return_share": Definition(
        "share",
        "money given back / gross sales, at most 1 (return rows / purchase rows, without amounts)",
        _HERE, f"{_seen('return')}; where nothing was paid", ("-valence",), _T, "beta", 2.0,
        "purchase rows",
    ),
}  # fmt: skip


def _per_order(what: str, kinds: str, feeds: tuple[str, ...]) -> Definition:
    return Definition(
        f"{what} per order",
        f"{kinds} / orders, both since the log or the customer began",
        _HERE,
        f"{_seen(what)}; without order or contact of this kind in that time",
        feeds,
        _I,
        "gamma",
        2.0,
        _ORDERS,
    )


def _per_year(what: str, kinds: str, feeds: tuple[str, ...]) -> Definition:
    return Definition(
        f"{what} per year",
        f"{kinds} / years (365.25 days)",
        _HERE,
        _seen(what),
        feeds,
        _I,
        "gamma",
        1.0,
        _YEARS,
    )


_INTERACTIONS: Final = {
    "inbound_rate": _per_order(
        "service contacts",
        "calls, chats, support requests, complaints, special requests, escalations and disputes "
        "of the customer", ("-power", "+reciprocity"),
    ),
    "complaint_rate": _per_order("complaints", "complaints", ("-valence",)),
    "unresolved_share": Definition(
        "share", "complaints not resolved as of the moment / complaints", _HERE,
        f"{_seen('resolved complaint')}; without a complaint", ("-valence",), _I, "beta", 2.0,
        "complaints",
    ),
    "escalation_rate": _per_order("escalations", "escalations", ("-valence", "-power")),
    "dispute_rate": _per_order("disputes", "disputes", ("-valence",)),
    "request_rate": _per_order("special requests", "special requests", ("-power",)),
    "tolerance": Definition(
        "difference of shares",
        "mean over complaints of (1 if bought within 90 days, else 0) - the share of customers "
        "without complaints in the same stratum who did, see `tolerance`",
        "Fournier (1998), tolerance as repurchase; formula defined here",
        f"{_seen('complaint of 90 days ago')}; without such a complaint after a purchase",
        ("+commitment", "+valence"), _I, "mean", 2.0, "complaints of 90 days ago",
    ),
    "responsiveness": Definition(
        "share",
        "opens or clicks, whichever are more, / messages delivered (sent, where the log has no "
        "delivery), at most 1; opens of one campaign in succession count once", _HERE,
        f"{_seen('message, or none of an open or a click')}; without a message",
        ("+intensity", "+reciprocity"), _I, "beta", 2.0, "messages",
    ),
    "click_rate": Definition(
        "share", "clicks / messages delivered (or sent), at most 1, as responsiveness", _HERE,
        f"{_seen('message, or none of a click')}; without a message", ("+intensity",), _I,
        "beta", 2.0, "messages",
    ),
    "initiative": Definition(
        "share",
        "contacts that the customer made, without complaints, escalations and disputes, / all "
        "contacts, messages included", _HERE, f"{_seen('contact')}; without a contact",
        ("+reciprocity",), _I, "beta", 2.0, "contacts",
    ),
    "visit_rate": _per_year("visits", "visits, page views and logins", ("+intensity",)),
    "idea_rate": _per_year("ideas", "ideas", ("+reciprocity", "+valence")),
    "feedback_rate": _per_year("feedback", "feedback and comments", ("+reciprocity",)),
    "review_rate": _per_year("reviews", "reviews", ("+reciprocity", "+socio_emotional")),
    "referral_rate": _per_year("referrals", "referrals", ("+valence", "+socio_emotional")),
    "community_rate": _per_year(
        "community acts", "community acts and social posts", ("+socio_emotional", "+intensity")
    ),
    "opt_outs": Definition(
        "opt-outs", "opt-outs and spam reports since the log began", _HERE, _seen("opt-out"),
        ("-socio_emotional", "-reciprocity"), _I, "", 1.0, _YEARS,
    ),
    "personal_share": Definition(
        "share",
        "contacts through people (calls, chats, support requests, or in the channels store and "
        "phone) / all contacts", _HERE, f"{_seen('such contact')}; without a contact",
        ("+socio_emotional",), _I, "beta", 2.0, "contacts",
    ),
    "positive_sentiment": Definition(
        "sentiment", "mean of max(s, 0) over the customer's contacts with a sentiment s",
        "two scores, as Fournier and Alvarez (2013)",
        f"{_seen('sentiment')}; without one", ("+valence", "+socio_emotional"), _I, "mean", 2.0,
        "contacts with a sentiment",
    ),
    "negative_sentiment": Definition(
        "sentiment", "mean of max(-s, 0) over the customer's contacts with a sentiment s",
        "two scores, as Fournier and Alvarez (2013)",
        f"{_seen('sentiment')}; without one", ("-valence",), _I, "mean", 2.0,
        "contacts with a sentiment",
    ),
}  # fmt: skip

_CUSTOMERS: Final = {
    "lock_in": Definition(
        "share", "mean of the columns contract, exit_fee and imposed of the customer table, each "
        "0 or 1", _HERE, "without any of them", ("-voluntariness", "+power"), "customers",
        "known", 1.0, "columns that are known / columns",
    )
}  # fmt: skip


def _item(what: str, source: str, feeds: tuple[str, ...]) -> Definition:
    return Definition(
        "scale from 0 to 1",
        f"latest answer to {what}, scaled",
        source,
        "without an answer",
        feeds,
        _S,
        "known",
        1.0,
        "1/2 per 365 days of age of the answer",
    )


_FACET: Final = "Fournier (1998), brand relationship quality"
_SURVEY: Final = {
    "satisfaction": _item("satisfaction", _HERE, ("+valence",)),
    "trust": _item("trust", _HERE, ("+valence", "+socio_emotional")),
    "powerlessness": _item("powerlessness", _HERE, ("+power", "-voluntariness")),
    "love": _item("love and passion", _FACET, ("+intensity", "+socio_emotional", "+valence")),
    "self_connection": _item("self-connection", _FACET, ("+intensity", "+socio_emotional")),
    "interdependence": _item("interdependence", _FACET, ("+commitment", "+intensity")),
    "commitment": _item("commitment", _FACET, ("+commitment",)),
    "intimacy": _item("intimacy", _FACET, ("+socio_emotional", "+reciprocity")),
    "partner_quality": _item("partner quality", _FACET, ("+valence", "+reciprocity")),
    "recommend": _item("would you recommend us", "Reichheld (2003)", ("+valence",)),
}

DEFINITIONS: Final[Mapping[str, Definition]] = MappingProxyType(
    {**_TRANSACTIONS, **_INTERACTIONS, **_CUSTOMERS, **_SURVEY}
)
NAMES: Final = tuple(DEFINITIONS)
SURVEY_ITEMS: Final = tuple(_SURVEY)
SOURCES: Final = ("transactions", "interactions", "survey", "customers")

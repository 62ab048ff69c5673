"""A simulated shop whose customers hold known types of relationship with it.

No public data have transactions together with the relationship that customers hold, so there
is nothing to measure a classifier of relationships on but what is made up. This simulator is
such a made-up thing: **an assumption, not a finding**. It says how a customer of each type might
behave if the types are what their authors say, and nothing about how many there are of each in
any business, nor that real customers behave so. A classifier that does well here has been shown
to recover these assumptions, no more.

What it knows of the types stands in `simulated_types` and `simulated_extended_types`, as data;
no number of it is used by the signals, the prototypes or the classifiers of this library.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from customerintel.exceptions import InvalidArgumentError
from customerintel.models.arguments import check_seed, whole_number
from customerintel.relationships.simulated_answers import draw_answers
from customerintel.relationships.simulated_choices import (
    BEHAVIOURS,
    read_mix,
    read_share,
    read_start,
    read_types,
)
from customerintel.relationships.simulated_contacts import draw_contacts
from customerintel.relationships.simulated_frames import (
    contact_columns,
    line_columns,
    reply_columns,
    trait_columns,
)
from customerintel.relationships.simulated_people import draw_people
from customerintel.relationships.simulated_purchases import draw_lines, draw_orders
from customerintel.rfm.read_only import seal
from customerintel.tables.customer_table import CustomerTable
from customerintel.tables.interaction_log import InteractionLog
from customerintel.tables.results import html_table, one_line
from customerintel.tables.survey_log import SurveyLog
from customerintel.tables.transaction_log import TransactionLog

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from customerintel.tables.history import History

__all__ = ["SimulatedShop", "simulate"]


@dataclass(frozen=True, eq=False, repr=False)
class SimulatedShop:
    """Logs of a simulated shop, and the type of relationship that each customer holds.

    Made by :func:`simulate`.

    Attributes
    ----------
    customer_id : ndarray of int64, shape (n_customers,)
        Ids, ascending; each has at least one purchase.
    labels : ndarray of object, shape (n_customers,)
        Key of each customer's type.
    types : tuple of str
        Keys of the types that customers were drawn from.
    moment : datetime64[us]
        Last moment of the time simulated.
    """

    customer_id: NDArray[np.int64]
    labels: NDArray[np.object_]
    types: tuple[str, ...]
    moment: np.datetime64
    _frames: Mapping[str, Mapping[str, NDArray[Any]]]

    def __post_init__(self) -> None:
        seal(self)

    def frames(self) -> dict[str, dict[str, NDArray[Any]]]:
        """Return the raw columns of "transactions", "interactions", "survey" and "customers"."""
        return {name: dict(columns) for name, columns in self._frames.items()}

    @cached_property
    def log(self) -> TransactionLog:
        """The transactions: amount, order, category, promo and channel."""
        return TransactionLog.from_frame(dict(self._frames["transactions"]))

    @cached_property
    def interactions(self) -> InteractionLog:
        """The interactions: kind, direction, channel, sentiment, resolution and campaign."""
        return InteractionLog.from_frame(dict(self._frames["interactions"]))

    @cached_property
    def survey(self) -> SurveyLog:
        """The answers to the two surveys, with the stated and the desired type."""
        return SurveyLog.from_frame(dict(self._frames["survey"]))

    @cached_property
    def customers(self) -> CustomerTable:
        """What binds the customers: contract, exit fee, and whether others chose for them."""
        return CustomerTable.from_frame(dict(self._frames["customers"]))

    def as_of(self, moment: Any = None) -> History:
        """Return the history of all customers as of a moment, by default the last one."""
        return self.log.as_of(self.moment if moment is None else moment)

    def label_of(self, customer_id: Any) -> NDArray[np.object_]:
        """Return the type of each of these customers, such as a history's.

        Raises
        ------
        InvalidArgumentError
            If an id is no integer, or the shop has no such customer.
        """
        wanted = np.asarray(customer_id)
        if wanted.dtype.kind not in "iu":
            raise InvalidArgumentError(
                f"The ids of a simulated shop are integers; got an array of {wanted.dtype}."
            )
        place = np.searchsorted(self.customer_id, wanted)
        place[place == len(self.customer_id)] = 0
        unknown = int((self.customer_id[place] != wanted).sum())
        if unknown:
            raise InvalidArgumentError(
                f"{unknown} of {wanted.size} ids are no customers of this shop; give ids of its "
                "own logs."
            )
        labels: NDArray[np.object_] = self.labels[place]
        return labels

    def _facts(self) -> dict[str, object]:
        rows = {name: len(columns["customer_id"]) for name, columns in self._frames.items()}
        return {
            "customers": len(self.customer_id), "types": len(self.types),
            "transactions": rows["transactions"], "interactions": rows["interactions"],
            "answers": rows["survey"], "until": str(self.moment),
        }  # fmt: skip

    def __repr__(self) -> str:
        return one_line("SimulatedShop", **self._facts())

    def _repr_html_(self) -> str:
        return html_table("Simulated shop", list(self._facts().items()))


def simulate(
    n_customers: int,
    *,
    types: Any = "core",
    mix: Mapping[str, float] | None = None,
    seed: int = 0,
    days: int = 730,
    start: Any = "2023-01-01",
    survey_share: float = 0.4,
) -> SimulatedShop:
    """Simulate a shop whose customers hold known types of relationship with it.

    Each customer is given a type, and habits of its own around those of the type: how often
    and how evenly it buys, what it talks about, how it answers. Orders, contacts and answers
    are then drawn from the habits, with what blurs them in practice: seasons and holidays,
    late starters and leavers, failures of the service, newsletters to everybody, contacts
    that nobody wrote down, styles of answering, and surveys that the closer ones answer more.
    What a customer spends on a line does not depend on its type.

    The behaviour is an assumption, not a finding: see the text of this module.

    Parameters
    ----------
    n_customers : int
        Number of customers.
    types : str, sequence of str or TypeRegistry, default "core"
        "core" (the six worked types), "extended" (all 21), or keys of types.
    mix : mapping of str to float, optional
        Share of customers by type, in any unit; types that are not named have none. All types
        have the same share by default: no shares are known (see the text of this module).
    seed : int, default 0
        The same arguments give the same logs.
    days : int, default 730
        Length of the time simulated, at least 30.
    start : date-like, default "2023-01-01"
        First day of it, in UTC.
    survey_share : float, default 0.4
        Share of the customers who answer the short survey; of these about two in three
        answer the long one as well.

    Returns
    -------
    SimulatedShop
        Logs of about 15 transactions and 30 interactions per customer, with labels.

    Raises
    ------
    InvalidArgumentError
        If an argument has a value that cannot be used, or a type is not simulated.

    Notes
    -----
    Types and their signs: J. Avery, S. Fournier & J. Wittenbraker (2014), "Unlock the
    mysteries of your customer relationships", Harvard Business Review 92(7); S. Fournier
    (1998), "Consumers and their brands", Journal of Consumer Research 24(4). Their
    translation into rates and probabilities is this library's own. A customer's rates are
    log-normal and its probabilities logit-normal around those of its type; gaps between orders
    are gamma distributed (C. Chatfield & G. J. Goodhardt 1973), life times exponential.

    Examples
    --------
    >>> from customerintel.relationships.simulation import simulate
    >>> shop = simulate(200, seed=1)
    >>> len(shop.customer_id), shop.types[:3]
    (200, ('basic_exchange', 'business_partner', 'fling'))
    >>> history = shop.as_of()
    >>> bool((shop.label_of(history.customer_id) == shop.labels).all())
    True
    """
    n = whole_number(n_customers, "n_customers", "customers", least=1)
    days = whole_number(days, "days", "days", least=30)
    keys = read_types(types)
    shares = read_mix(mix, keys)
    share = read_share(survey_share)
    first = read_start(start)
    streams = [np.random.default_rng(s)
               for s in np.random.SeedSequence(check_seed(seed)).spawn(4)]  # fmt: skip
    people = draw_people(streams[0], [BEHAVIOURS[key] for key in keys], shares, n=n, days=days)
    orders = draw_orders(
        streams[1], people, days=days, weekday=first.weekday(),
        day_of_year=first.timetuple().tm_yday,
    )  # fmt: skip
    lines = draw_lines(streams[1], people, orders, days=days)
    spend = np.bincount(lines.customer, lines.amount, n).astype(np.float64)
    contacts = draw_contacts(streams[2], people, orders, spend, days=days)
    replies = draw_answers(streams[3], people, keys, orders.end, share=share, days=days)
    ids = np.cumsum(streams[0].integers(1, 9, n)) + 10_000
    zero = np.datetime64(first, "us")
    frames = {
        "transactions": line_columns(streams[1], lines, ids, zero),
        "interactions": contact_columns(contacts, ids, zero),
        "survey": reply_columns(replies, ids, zero),
        "customers": trait_columns(streams[0], people, ids),
    }
    moment = zero + np.timedelta64(days, "D") - np.timedelta64(1, "us")
    return SimulatedShop(ids, np.array(keys, object)[people.code], keys, moment, frames)

"""`crm_fields`: what a CRM keeps of a customer's relationship, as a table to load into it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from customerintel.churn.horizons import read_horizon
from customerintel.exceptions import InvalidArgumentError
from customerintel.relationships.gap_opt_outs import opt_outs_of
from customerintel.relationships.short_evidence import phrases_of
from customerintel.relationships.table_parts import (
    UNKNOWN,
    check_table,
    codes_of_types,
    codes_of_words,
    moment_of,
    per_customer,
)
from customerintel.tables.building import Labels, build

if TYPE_CHECKING:
    from customerintel.relationships.table import RelationshipTable

__all__ = ["crm_fields"]

Ints = NDArray[np.int64]

#: Where a type is from. `crm_fields` gives the first and the last; the others are there for what
#: people enter by hand.
SOURCES = ("survey", "service_note", "social", "inferred")


def crm_fields(
    table: RelationshipTable,
    *,
    previous: RelationshipTable | None = None,
    review_after: Any = "180d",
) -> Any:
    """Return what a CRM keeps of each customer's relationship.

    Parameters
    ----------
    table : RelationshipTable
        Of `classify`.
    previous : RelationshipTable, optional
        The assessment before this one.
    review_after : str, timedelta or number of days, default "180d"
        How long an assessment is good for.

    Returns
    -------
    table of the kind that the log was made from
        One row per customer; the columns are told below.

    Raises
    ------
    InvalidArgumentError
        If an argument cannot be used, or `previous` is not of an earlier moment.
    SchemaError
        If the customer ids of `previous` are of another kind.

    Notes
    -----
    - ``customer_id``
    - ``stated_type``, ``desired_type``: as the customer said at last, by the registry's keys; none
      where nothing was said, or nothing that the registry has.
    - ``inferred_type``: of the table; ``"unknown"`` where evidence or margin is thin.
    - ``likeliest_type``, ``probability``: the type that is most probable, however thin the
      evidence is, and its probability; ``"unknown"`` and NaN where nothing is known at all. Where
      a type was inferred, it is the likeliest one.
    - ``evidence``: the signals that speak most for the likeliest type, with the customer's values
      and whether these are low, usual or high in the base (by thirds; none is only none), such as
      ``"visits per year: 12 (high); stated in a survey: best friend"``; no words of the
      customer's.
    - ``source``: ``"survey"`` where the inferred type is the stated one, ``"inferred"`` elsewhere;
      ``"service_note"`` and ``"social"`` are left to what people enter by hand.
    - ``assessed_at``, ``review_due``: the table's moment, and when to look again.
    - ``model_version``
    - ``previous_type``: of `previous`; none where it does not have the customer.
    - ``contact_preferences``: channels that the customer opted out of by then, such as
      ``"no email, no sms"`` (``"no marketing"`` where no channel was given); empty where none is
      known of.

    Examples
    --------
    >>> import customerintel as ci
    >>> shop = ci.relationships.simulate(100, seed=1)
    >>> table = ci.relationships.classify(shop.as_of(), survey=shop.survey)
    >>> fields = ci.relationships.crm_fields(table, review_after="90d")
    >>> len(fields["inferred_type"])
    100
    """
    check_table(table, "crm_fields")
    length = read_horizon(review_after, name="review_after")
    n, signals = len(table.ids), table.signals
    stated = _keys(table, signals.stated)
    inferred = codes_of_types(table)
    due = length.after(moment_of(table), signals.zone)
    columns: dict[str, Any] = {
        "customer_id": table.ids,
        "stated_type": Labels(stated, table.labels),
        "desired_type": Labels(_keys(table, signals.desired), table.labels),
        "inferred_type": Labels(inferred, (*table.labels, UNKNOWN)),
        "likeliest_type": Labels(_likeliest(table), (*table.labels, UNKNOWN)),
        "probability": table.probability,
        "evidence": phrases_of(table),
        "source": Labels(
            np.where(stated == inferred, SOURCES.index("survey"), SOURCES.index("inferred")),
            SOURCES,
        ),
        "assessed_at": np.full(n, moment_of(table), np.int64).view("M8[us]"),
        "model_version": Labels(np.zeros(n, np.int64), (str(table.model_version),)),
        "previous_type": _previous(table, previous),
        "review_due": np.full(n, due, np.int64).view("M8[us]"),
        "contact_preferences": opt_outs_of(table, "no "),
    }
    return build(columns, signals.kind, signals.zone)


def _keys(table: RelationshipTable, words: NDArray[np.object_]) -> Ints:
    """Return the place of the type that each word stands for; -1 where there is none."""
    return np.maximum(codes_of_words(table, words), -1)


def _likeliest(table: RelationshipTable) -> Ints:
    """Return the place of the likeliest type; that of "unknown" where there is none."""
    return np.where(table._places < 0, len(table.labels), table._places)


def _previous(table: RelationshipTable, previous: Any) -> Labels:
    if previous is None:
        return Labels(np.full(len(table.ids), -1), ())
    check_table(previous, "crm_fields(previous=…)")
    if not previous.moment < table.moment:
        raise InvalidArgumentError(
            f"previous must be of an earlier moment than the table; got {previous.moment} and "
            f"{table.moment} UTC."
        )
    codes = per_customer(table.ids, previous.ids, codes_of_types(previous), -1)
    return Labels(codes, (*previous.labels, UNKNOWN))

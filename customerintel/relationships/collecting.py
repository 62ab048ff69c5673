"""The signals of relationships: what customers did and said, as of one moment."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from customerintel.exceptions import InvalidArgumentError
from customerintel.relationships.interaction_signals import Counted, count, interaction_columns
from customerintel.relationships.ranks import Reference
from customerintel.relationships.shrinkage import Prior
from customerintel.relationships.signal_columns import Column, fit_prior
from customerintel.relationships.signal_definitions import DEFINITIONS
from customerintel.relationships.signal_set import Signals
from customerintel.relationships.survey_signals import Said, lock_in_column, said
from customerintel.relationships.tolerance import tolerance_column
from customerintel.relationships.transaction_signals import (
    Purchases,
    population_regularity,
    purchases_of,
    transaction_columns,
)
from customerintel.tables.customer_table import CustomerTable
from customerintel.tables.history import History
from customerintel.tables.interaction_log import InteractionLog
from customerintel.tables.notices import warn_caller
from customerintel.tables.survey_log import SurveyLog

__all__ = ["Signals", "signals"]

#: Regularity of a random buyer: where nobody has two gaps.
_RANDOM = 1.0


def signals(
    history: History,
    *,
    interactions: InteractionLog | None = None,
    survey: SurveyLog | None = None,
    customers: CustomerTable | None = None,
    reference: Reference | None = None,
) -> Signals:
    """Return what is known of the relationship of each customer of a history.

    Parameters
    ----------
    history : History
        Purchases as of one moment; what came later is invisible in the other logs, too.
    interactions : InteractionLog, optional
        Calls, messages, complaints, reviews …
    survey : SurveyLog, optional
        What customers answered.
    customers : CustomerTable, optional
        Its columns ``contract``, ``exit_fee`` and ``imposed``, those that there are, make
        ``lock_in``: truth values, numbers (yes above 0), or words such as "yes" and "no".
    reference : Reference, optional
        Base that rates are pulled to and ranks are taken against, as ``earlier.reference`` of
        earlier signals; this base itself if not given.

    Returns
    -------
    Signals
        One entry per customer in the order of ``history.customer_id``; times in days, rates per
        year or per order, shares from 0 to 1. ``.definitions`` has a line for each.

    Raises
    ------
    InvalidArgumentError
        If an argument is of another type.
    SchemaError
        If one log has integer ids and another texts, or a column for ``lock_in`` holds
        something that is neither yes nor no.

    Warns
    -----
    DataQualityWarning
        If more than half of the visible interactions or answers are of customers without a
        visible purchase.

    Notes
    -----
    No signal knows how much money a customer spends: shares of money are of the customer's own.
    A signal whose kind of event occurs nowhere in the visible log is NaN for all, since nobody
    wrote it down; where it does occur, customers without one have 0.

    Examples
    --------
    >>> import customerintel as ci
    >>> from customerintel.relationships.collecting import signals
    >>> log = ci.TransactionLog.from_frame({
    ...     "customer_id": [7, 7, 7, 3],
    ...     "timestamp": ["2024-01-01", "2024-01-11", "2024-01-25", "2024-02-01"],
    ... })
    >>> found = signals(log.as_of("2024-02-06"))
    >>> found["tenure"], found["overdue_ratio"]
    (array([ 5., 36.]), array([nan,  1.]))
    >>> found.rank("tenure")
    array([0.25, 0.75])
    """
    _check(history, interactions, survey, customers, reference)
    purchases = purchases_of(history)
    counted = None if interactions is None else count(purchases, interactions)
    answers = said(history.ids, purchases.until, survey)
    _warn_of_strangers(counted, answers)
    _warn_of_zones(history, interactions, survey)
    columns, constants, regularity = _columns(purchases, counted, reference)
    columns |= answers.columns
    locked = None if customers is None else lock_in_column(history.ids, customers)
    if locked is not None:
        columns["lock_in"] = locked
    priors = _priors(columns, constants, reference)
    columns = {name: Column(column.total, column.trials) for name, column in columns.items()}
    own = reference or Reference(
        n=len(purchases),
        priors=priors,
        constants=constants,
        names=tuple(name for name in DEFINITIONS if name in columns),
        values=partial(_value, columns, priors),
    )
    given = {"interactions": interactions, "survey": survey, "customers": customers}
    return Signals(
        ids=history.ids,
        moment=history.moment,
        zone=history._log.time_zone,
        kind=history._log.kind,
        sources=("transactions", *(name for name, log in given.items() if log is not None)),
        reference=own,
        population_regularity=regularity,
        stated=answers.stated,
        desired=answers.desired,
        stated_at=answers.stated_at,
        n_unknown_interactions=0 if counted is None else counted.n_unknown,
        n_unknown_answers=answers.n_unknown,
        _columns=columns,
        _priors=priors,
    )


def _columns(
    purchases: Purchases, counted: Counted | None, reference: Reference | None
) -> tuple[dict[str, Column], dict[str, tuple[float, ...]], float]:
    """Return the signals of what customers did, the numbers of the base, and its regularity."""
    held: Mapping[str, tuple[float, ...]] = {} if reference is None else reference.constants
    known = frozenset() if reference is None else frozenset(reference.names)
    regularity = population_regularity(purchases)
    constants = {"regularity": (regularity if regularity == regularity else _RANDOM,), **held}
    nobody = np.full(len(purchases), purchases.now, np.int64)
    first = nobody if counted is None else counted.first_day
    columns = transaction_columns(purchases, first)
    if counted is not None:
        columns |= interaction_columns(purchases, counted, known)
        forgiven, constants = tolerance_column(purchases, counted, constants)
        if forgiven is not None:
            columns["tolerance"] = forgiven
    return columns, constants, regularity


def _priors(
    columns: Mapping[str, Column],
    constants: Mapping[str, tuple[float, ...]],
    reference: Reference | None,
) -> dict[str, Prior]:
    """Return what each signal is pulled to; the reference's own where it has one."""
    priors = {}
    for name, column in columns.items():
        prior = None if reference is None else reference.priors.get(name)
        prior = prior or fit_prior(name, column)
        if name == "regularity" and prior is None:
            prior = Prior(1.0 / constants["regularity"][0], DEFINITIONS[name].strength)
        if prior is not None:
            priors[name] = prior
    return priors


def _value(
    columns: Mapping[str, Column], priors: Mapping[str, Prior], name: str
) -> NDArray[np.float64]:
    return columns[name].value(name, priors.get(name))


def _check(history: Any, interactions: Any, survey: Any, customers: Any, reference: Any) -> None:
    """Raise `InvalidArgumentError` for whatever is not what it should be."""
    if not isinstance(history, History):
        raise InvalidArgumentError(
            f"signals() takes a History, as of log.as_of(…); got {type(history).__name__}."
        )
    wanted = {
        "interactions": (interactions, InteractionLog),
        "survey": (survey, SurveyLog),
        "customers": (customers, CustomerTable),
        "reference": (reference, Reference),
    }
    for name, (value, kind) in wanted.items():
        if value is not None and not isinstance(value, kind):
            how = (
                "what signals(…).reference is"
                if kind is Reference
                else f"what {kind.__name__}.from_frame returns"
            )
            raise InvalidArgumentError(f"{name} must be {how}; got {type(value).__name__}.")


def _warn_of_zones(
    history: History, interactions: InteractionLog | None, survey: SurveyLog | None
) -> None:
    """Say so where one log has a time zone and another none: its times are taken as UTC."""
    zone = history._log.time_zone
    logs: tuple[tuple[str, InteractionLog | SurveyLog | None], ...]
    logs = (("interactions", interactions), ("survey", survey))
    for name, log in logs:
        if log is None or not log.n_rows:
            continue
        zones = {zone, log.time_zone}
        if None in zones and not zones <= {None, "UTC"}:
            warn_caller(
                f"The timestamps of the transactions are in {zone or 'no time zone'} and those of "
                f"the {name} in {log.time_zone or 'no time zone'}; without a zone they are taken "
                "as UTC. Give both a zone, or neither."
            )


def _warn_of_strangers(counted: Counted | None, answers: Said) -> None:
    """Warn if most of what is there is of customers without a purchase."""
    told = "of customers without a visible purchase. Are their ids written in another form?"
    if counted is not None:
        n, unknown = sum(counted.seen.values()), counted.n_unknown
        if 2 * unknown > n:
            warn_caller(f"{unknown:,} of {n:,} visible interactions are {told}")
    if 2 * answers.n_unknown > answers.n_answers:
        warn_caller(
            f"{answers.n_unknown:,} of {answers.n_answers:,} latest survey answers are {told}"
        )

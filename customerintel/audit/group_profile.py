"""`profile`: the traits that set a group of customers apart from the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from customerintel.audit.float_limits import beyond_floats
from customerintel.audit.group_mask import read_group
from customerintel.audit.moments_of import history_of
from customerintel.audit.profile_comparison import (
    Comparison,
    Options,
    compare_traits,
    largest_first,
    levels_of,
    numbers_of,
    q_values,
    refuse_doubled,
)
from customerintel.audit.profile_result import Profile
from customerintel.audit.small_cells import check_min_cell
from customerintel.exceptions import InvalidArgumentError
from customerintel.models.arguments import is_number
from customerintel.models.intervals import check_level
from customerintel.tables.customer_table import CustomerTable
from customerintel.tables.history import History
from customerintel.tables.notices import warn_caller
from customerintel.tables.roles import check_names
from customerintel.tables.traits import Traits, read_traits
from customerintel.tables.transaction_log import TransactionLog

__all__ = ["Profile", "profile"]

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]


def profile(
    history: History | TransactionLog,
    *,
    customers: Any = None,
    of: Any,
    against: Any = "rest",
    traits: Sequence[str] | None = None,
    exclude: Sequence[str] = (),
    allow: Sequence[str] = (),
    kinds: Mapping[str, str] | None = None,
    behaviour: bool | Sequence[str] = False,
    test: str = "welch",
    level: float = 0.95,
    fdr: float = 0.05,
    correction: str = "bh",
    min_cell: int = 10,
) -> Profile:
    """Compare the traits of a group of customers with those of the others.

    Parameters
    ----------
    history : History or TransactionLog
        Whose customers are compared; of a log, those at the end of its last day.
    customers : CustomerTable or table, optional
        One row per customer; of a table, ids are in its column ``customer_id``. It may be left
        out where `behaviour` is asked for.
    of : array_like, CustomerIds or result with ``customer_id``
        The group: ids, or a truth value per customer in the order of ``history.customer_id``.
    against : "rest", or as `of`
        Whom it is compared with; nobody may be on both sides.
    traits : sequence of str, optional
        Columns to compare, and no others; all that describe customers if not given.
    exclude, allow : sequence of str
        Columns to leave out, and identity or sensitive ones to take; as for `read_traits`.
    kinds : mapping of str to {"numeric", "categorical"}, optional
        Of columns whose type does not tell.
    behaviour : bool or sequence of str, default False
        Whether to compare the features of `History.features` as well, or which of them. A group
        that was chosen by what it bought differs in these by that choice.
    test : {"welch", "mann_whitney"}, default "welch"
        Of numbers: of their means (Welch 1947), or of their ranks (Mann and Whitney 1947).
    level : float, default 0.95
        Of each interval by itself.
    fdr : float, default 0.05
        False-discovery rate: of the traits called significant, the share that does not differ,
        on average, is at most this.
    correction : {"bh", "by"}, default "bh"
        Benjamini and Hochberg (1995, JRSS B 57, 289-300), for traits that are independent or
        depend positively; Benjamini and Yekutieli (2001, Annals of Statistics 29, 1165-1188)
        for any dependence, with less power.
    min_cell : int, default 10
        Fewer customers than this are told of in no figure; 0 or 1: all are.

    Returns
    -------
    Profile

    Raises
    ------
    InvalidArgumentError
        If nobody or everybody is in the group, somebody is on both sides, or an argument cannot
        be used.
    SchemaError
        If a column is missing, or one that is named in `traits` is identity data or free text.
    DataValidationError
        If the table has a customer twice, or one without an id.

    Warns
    -----
    DataQualityWarning
        If ids of the group are not in the history, customers are not in the table, or the group
        is smaller than `min_cell`.

    Notes
    -----
    Traits are sorted by effect size: with many customers, differences that matter to nobody are
    significant. A trait that sets the group apart says nothing of why it does.

    Numbers of customers from 1 to ``min_cell - 1``, and all that is computed from them, are NaN
    and marked `suppressed`, with another level where the total would tell them; in the test of a
    trait, its suppressed levels count as one. A number with up to five values on a side is hidden
    where so few have one, since mean and spread tell how many have each. Whether a value is known
    is no trait: the shares of those who have one are always told.

    Examples
    --------
    >>> import customerintel as ci
    >>> from customerintel.audit.group_profile import profile
    >>> log = ci.TransactionLog.from_frame({
    ...     "customer_id": list(range(60)), "timestamp": ["2024-01-05"] * 60,
    ... })
    >>> people = {
    ...     "customer_id": list(range(60)),
    ...     "email": [f"{k}@x.org" for k in range(60)],
    ...     "age": [30 + k % 7 + (k < 20) * 5 for k in range(60)],
    ...     "plan": ["gold" if k < 15 or k % 3 == 0 else "basic" for k in range(60)],
    ... }
    >>> found = profile(log.as_of("2024-02-01"), customers=people, of=range(20), min_cell=0)
    >>> found
    Profile(group=20, rest=40, traits=2, significant=2, left_out=1)
    >>> found.trait, float(found.numeric.difference[0].round(2))
    (('age', 'plan'), 4.93)
    """
    history = history_of(history, caller="profile")
    options = _options(level, fdr, correction, test, min_cell)
    sides = _sides(history, of, against)
    n_unknown = _check_sides(sides, options.min_cell)
    group, rest = sides[0][0], sides[1][0]
    if customers is None and behaviour is False:
        raise InvalidArgumentError("profile compares nothing: give customers=, or behaviour=True.")
    compared: list[Comparison] = []
    left_out: dict[str, str] = {}
    n_without = 0
    if customers is not None:
        found, rows = _read(history, customers, traits, exclude, allow, kinds)
        left_out |= found.left_out
        mine = [rows[side] for side in (group, rest)]
        n_without = sum(int((one < 0).sum()) for one in mine)
        _warn_of_absent(n_without, sum(map(len, mine)))
        compared = compare_traits(found, [one[one >= 0] for one in mine], options)
    if behaviour is not False:
        compared += _behaviour(history, behaviour, group, rest, options)
        refuse_doubled(compared)
    order = largest_first(one.figures["effect"] for one in compared)
    compared = [compared[k] for k in order]
    return _assemble(
        compared, options, left_out, n_unknown=n_unknown, n_without_traits=n_without,
        n_group=int(group.sum()), n_rest=int(rest.sum()), _kind=history._log.kind,
    )  # fmt: skip


def _options(level: Any, fdr: Any, correction: Any, test: Any, min_cell: Any) -> Options:
    if not is_number(fdr) or not 0.0 < fdr < 1.0:
        raise InvalidArgumentError(f"fdr must lie between 0 and 1, such as 0.05; got {fdr!r}.")
    if correction not in ("bh", "by"):
        raise InvalidArgumentError(f"correction must be 'bh' or 'by'; got {correction!r}.")
    if test not in ("welch", "mann_whitney"):
        raise InvalidArgumentError(f"test must be 'welch' or 'mann_whitney'; got {test!r}.")
    return Options(check_level(level), float(fdr), correction, test, check_min_cell(min_cell))


def _sides(history: History, of: Any, against: Any) -> list[tuple[Mask, int]]:
    """Return the masks of both sides, and how many ids of each are unknown."""
    group = read_group(history, of, "of")
    if isinstance(against, str) and against == "rest":
        return [group, (~group[0], 0)]
    return [group, read_group(history, against, "against")]


def _check_sides(sides: Sequence[tuple[Mask, int]], min_cell: int) -> int:
    """Refuse sides that cannot be compared; return how many ids are unknown."""
    group, rest = sides
    for (mask, unknown), name in ((group, "of"), (rest, "against")):
        if unknown:
            warn_caller(
                f"{unknown:,} of the ids in {name} are of no customer of the history (without a "
                "purchase by its moment). They are left out."
            )
        if not mask.any():
            raise InvalidArgumentError(
                f"{name} holds no customer of the history, so there is nobody to compare. Give "
                "ids of history.customer_id."
                if name == "of" or not group[0].all()
                else "of holds every customer of the history, so there is no rest to compare with. "
                "Give a part of them, or a history with more customers."
            )
        if int(mask.sum()) < min_cell:
            warn_caller(
                f"Fewer than {min_cell} customers are in {name}: all figures of the profile are "
                "suppressed. min_cell=0 shows them."
            )
    both = int((group[0] & rest[0]).sum())
    if both:
        raise InvalidArgumentError(
            f"{both:,} customers are in both of and against. Leave them out of one of them."
        )
    return group[1] + rest[1]


def _read(
    history: History, customers: Any, names: Any, exclude: Any, allow: Any, kinds: Any
) -> tuple[Traits, Ints]:
    """Return the traits, and the row of each customer of the history, -1 where there is none."""
    if not isinstance(customers, CustomerTable):
        customers = CustomerTable.from_frame(customers)
    if names is not None:
        check_names(names, "traits", (*customers.traits, *customers.areas))
    found = read_traits(customers, names=names, exclude=exclude, allow=allow, kinds=kinds)
    rows = np.full(history.n_customers, -1, np.int64)
    if len(customers):
        here, there = history.ids.match(customers.ids)
        rows[here] = there
    return found, rows


def _warn_of_absent(n_absent: int, n_compared: int) -> None:
    if n_absent:
        warn_caller(
            f"{n_absent:,} of {n_compared:,} customers are not in the table of customers. Their "
            "traits count as missing."
        )


def _behaviour(
    history: History, wanted: Any, group: Mask, rest: Mask, options: Options
) -> list[Comparison]:
    """Compare features of the history."""
    with beyond_floats():
        features = history.features()
    if wanted is not True and (isinstance(wanted, str) or not isinstance(wanted, Sequence)):
        raise InvalidArgumentError(
            "behaviour must be True, False or a list of names of features, such as "
            "['gap_mean', 'weekend_share']."
        )
    names = features.names if wanted is True else tuple(dict.fromkeys(wanted))
    return [
        Comparison.of_numbers(
            name, "number", "behaviour", features[name][group], features[name][rest], options
        )
        for name in names
    ]


def _assemble(
    compared: Sequence[Comparison], options: Options, left_out: Mapping[str, str], **facts: Any
) -> Profile:
    """Return the result; the traits come in its order."""

    def figure(name: str) -> Any:
        return np.array([one.figures[name] for one in compared])

    p = figure("p_value").astype(np.float64)
    q = q_values(p, options.correction)
    known = np.array([one.known for one in compared], np.float64).reshape(-1, 2)
    return Profile(
        trait=tuple(one.trait for one in compared),
        kind=tuple(one.kind for one in compared),
        source=tuple(one.source for one in compared),
        reason=tuple(one.figures["reason"] for one in compared),
        effect=figure("effect").astype(np.float64),
        p_value=p,
        q_value=q,
        significant=q <= options.fdr,
        suppressed=figure("suppressed").astype(bool),
        known_group=known[:, 0] / facts["n_group"],
        known_rest=known[:, 1] / facts["n_rest"],
        numeric=numbers_of(compared, q, options),
        levels=levels_of(compared, options),
        left_out=left_out,
        **vars(options),
        **facts,
    )

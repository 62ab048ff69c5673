"""Tables as other packages want them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from customerintel.exceptions import InvalidArgumentError
from customerintel.models.row_checks import check_unit
from customerintel.tables import CustomerSummary
from customerintel.tables.building import Column, build
from customerintel.tables.kinds import Kind

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["to_pymc_marketing"]


def to_pymc_marketing(summary: CustomerSummary, *, unit: str | None = None) -> pd.DataFrame:
    """Return a summary as the data frame that the models of pymc-marketing take.

    Parameters
    ----------
    summary : CustomerSummary
        The customers.
    unit : str, optional
        Unit that the ages are needed in, such as ``fit.unit_``; a summary in another one is
        refused. pymc-marketing itself knows no unit: its horizons and priors are in that of the
        ages.

    Returns
    -------
    pandas.DataFrame
        One row per customer, ascending by id: ``customer_id``, and as float64 ``frequency``,
        ``recency``, ``T`` and, where the log has amounts, ``monetary_value``.

    Raises
    ------
    InvalidArgumentError
        If it is no summary, or one in another unit.

    Notes
    -----
    Three things change: the columns that pymc-marketing does not know are left out, frequencies
    become floats, and the `monetary_value` of customers without a repeat purchase is 0 in place
    of NaN. Ages stay exact unless the summary was made with ``floor=True``. The Gamma-Gamma
    model of pymc-marketing takes customers with repeat purchases and positive spend only and
    does not check: give it ``frame[(frame["frequency"] > 0) & (frame["monetary_value"] > 0)]``.

    Examples
    --------
    >>> import customerintel as ci
    >>> from customerintel.models import to_pymc_marketing
    >>> log = ci.TransactionLog.from_frame({
    ...     "customer_id": [7, 7, 3],
    ...     "timestamp": ["2024-01-01", "2024-01-15", "2024-01-08"],
    ...     "amount": [10.0, 20.0, 5.0],
    ... })
    >>> to_pymc_marketing(ci.summarize(log, as_of="2024-01-29", unit="week"))
       customer_id  frequency  recency    T  monetary_value
    0            3        0.0      0.0  3.0             0.0
    1            7        1.0      2.0  4.0            20.0
    """
    if not isinstance(summary, CustomerSummary):
        raise InvalidArgumentError(
            f"to_pymc_marketing takes a CustomerSummary; got {type(summary).__name__}. Make one "
            "with summarize(), or give pymc-marketing the table as it is."
        )
    check_unit(summary.unit, unit, "The summary")
    columns: dict[str, Column] = {
        "customer_id": summary.ids,
        "frequency": summary.frequency.astype(np.float64),
        "recency": summary.recency,
        "T": summary.T,
    }
    if summary.has_amounts:
        spend = summary.monetary_value
        columns["monetary_value"] = np.where(summary.frequency > 0, spend, 0.0)
    frame: pd.DataFrame = build(columns, Kind("pandas"))
    return frame

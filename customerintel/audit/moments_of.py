"""What a caller gives as data: a log with a moment, or a history."""

from __future__ import annotations

from typing import Any

import numpy as np

from customerintel.exceptions import InvalidArgumentError
from customerintel.tables.history import History
from customerintel.tables.moments import local_time
from customerintel.tables.transaction_log import TransactionLog
from customerintel.tables.zones import zone_of

__all__ = ["history_of"]


def history_of(log: Any, as_of: Any = None, *, caller: str) -> History:
    """Return what was known at a moment.

    Parameters
    ----------
    log : TransactionLog or History
        A history is narrowed to `as_of`.
    as_of : date, datetime, datetime64 or str, optional
        By default the end of the log's last day, or the history's own.
    caller : str
        Name of the public function, for the message.

    Raises
    ------
    InvalidArgumentError
        If `log` is something else, or empty.
    """
    if isinstance(log, History):
        return log if as_of is None else log.as_of(as_of)
    if not isinstance(log, TransactionLog):
        raise InvalidArgumentError(
            f"{caller} takes a TransactionLog or a History; got {type(log).__name__}. "
            "Make a log with TransactionLog.from_frame(…)."
        )
    if as_of is not None:
        return log.as_of(as_of)
    if np.isnat(log.end):
        raise InvalidArgumentError(
            f"{caller}: the log is empty, so it has no last moment. Give as_of=, or other rows."
        )
    return log.as_of(local_time(int(log.end.astype(np.int64)), zone_of(log.time_zone)).date())

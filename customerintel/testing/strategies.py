"""Hypothesis strategies: transactions and logs of all kinds, for the tests of plugins.

Needs hypothesis (``pip install "customerintel[testing]"``). What is drawn is small and odd
rather than typical: customers with one purchase, with several in one second, with nothing but
returns; free items; words and ids of any alphabet. It shrinks to the simplest log that fails.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from customerintel.exceptions import MissingDependencyError

try:
    from hypothesis import strategies as st
except ImportError as error:
    raise MissingDependencyError(
        "The strategies need hypothesis, which is not installed: pip install "
        '"customerintel[testing]".'
    ) from error

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

    from customerintel.tables import History, TransactionLog

__all__ = ["histories", "logs", "transactions"]

#: Two years of seconds, from 2023-01-01.
SECONDS = 63_072_000
START = np.datetime64("2023-01-01", "s")

#: Ids and words that any table can hold: no half characters, and no blanks around.
WORDS = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=6)


@st.composite
def transactions(
    draw: st.DrawFn,
    *,
    max_customers: int = 12,
    max_rows: int = 60,
    texts: bool | None = None,
    amounts: bool | None = None,
) -> dict[str, NDArray[Any]]:
    """Draw the columns of a log.

    Parameters
    ----------
    draw : callable
        Given by Hypothesis.
    max_customers, max_rows : int
        Most distinct ids, and most rows; there may be no rows.
    texts : bool, optional
        Whether ids are texts; if not given, they are in some examples.
    amounts : bool, optional
        Whether there is a column ``amount``; if not given, there is in some examples.

    Returns
    -------
    SearchStrategy of dict of str to ndarray
        ``customer_id``, ``timestamp`` (datetime64[s]), ``category`` and perhaps ``amount``
        (multiples of a quarter, negative for returns), as `TransactionLog.from_frame` takes it.
    """
    as_text = draw(st.booleans()) if texts is None else texts
    with_money = draw(st.booleans()) if amounts is None else amounts
    one: SearchStrategy[Any] = WORDS if as_text else st.integers(-(2**40), 2**40)
    ids = draw(st.lists(one, min_size=1, max_size=max_customers, unique=True))
    row = st.tuples(
        st.sampled_from(ids),
        st.integers(0, SECONDS),
        st.sampled_from(("books", "wine", "Töpfe")),
        st.integers(-200, 800),
    )
    rows = draw(st.lists(row, max_size=max_rows))
    who, when, words, money = zip(*rows, strict=True) if rows else ((), (), (), ())
    columns: dict[str, NDArray[Any]] = {
        "customer_id": np.array(who, object if as_text else np.int64),
        "timestamp": START + np.array(when, np.int64).astype("m8[s]"),
        "category": np.array(words, object),
    }
    if with_money:
        columns["amount"] = np.array(money, np.float64) / 4.0
    return columns


def logs(**how: Any) -> SearchStrategy[TransactionLog]:
    """Draw logs, made from pandas tables or from dicts of arrays.

    Parameters
    ----------
    **how
        As for `transactions`.

    Returns
    -------
    SearchStrategy of TransactionLog
    """
    return st.tuples(transactions(**how), st.booleans()).map(lambda drawn: _log(*drawn))


def histories(**how: Any) -> SearchStrategy[History]:
    """Draw logs as of a moment, with rows before and after it or on one side only.

    Parameters
    ----------
    **how
        As for `transactions`.

    Returns
    -------
    SearchStrategy of History

    Examples
    --------
    A test of a plugin::

        @given(strategies.histories(texts=False))
        def test_probabilities(history):
            probability = fitted.predict(history)
            assert probability.shape == (history.n_customers,)
            assert ((probability >= 0) & (probability <= 1)).all()
    """
    moment = st.integers(0, SECONDS)
    return st.tuples(logs(**how), moment).map(lambda drawn: _history(*drawn))


def _log(columns: dict[str, NDArray[Any]], as_pandas: bool) -> TransactionLog:  # noqa: FBT001
    import pandas as pd

    from customerintel.tables import TransactionLog

    return TransactionLog.from_frame(pd.DataFrame(columns) if as_pandas else columns)


def _history(log: TransactionLog, second: int) -> History:
    from customerintel.tables import History

    # not by as_of, which warns where nothing is visible: here it is meant
    return History(log, int((START + np.timedelta64(second, "s")).astype("M8[us]").astype(int)))

"""The conformance suite of stores for the live engine."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from customerintel.exceptions import InvalidArgumentError
from customerintel.live.store import Store
from customerintel.testing import store_conduct, store_log, store_outbox
from customerintel.testing.checks import Check
from customerintel.testing.report import CheckResult, ConformanceReport
from customerintel.testing.running import run_check
from customerintel.testing.store_subject import StoreSubject

__all__ = ["STORE_CHECKS", "check_store"]

#: What a store is held to, in the order of reports.
STORE_CHECKS = {
    run.__name__: Check(run.__name__, (run.__doc__ or "").partition("\n")[0], run)
    for run in (
        store_log.empty, store_log.numbers, store_log.reopening, store_log.whole_or_nothing,
        store_log.awkward_values, store_log.settings, store_log.snapshots,
        store_log.coming_snapshots, store_log.forgetting, store_log.erasure,
        store_conduct.one_engine, store_conduct.closed, store_conduct.read_while_written,
        store_conduct.threads,
        store_outbox.inserted_once, store_outbox.updates, store_outbox.due,
        store_outbox.done_is_done, store_outbox.order, store_outbox.many, store_outbox.customers,
        store_outbox.sent,
    )
}  # fmt: skip


def check_store(make_store: Callable[[str], Store]) -> ConformanceReport:
    """Check that a store keeps what a live engine relies on.

    Parameters
    ----------
    make_store : callable
        Opens the store of a name, and makes an empty one where there is none of that name. It is
        called with names of letters, digits and ``_``, again with the same one after the store
        was closed. What it makes is not removed: give it a temporary place.

    Returns
    -------
    ConformanceReport
        One result per check; nothing is raised because of a failed one.

    Raises
    ------
    InvalidArgumentError
        If `make_store` cannot be called.

    Notes
    -----
    The checks see what is stored after `close`. That nothing is lost when the process is killed
    or the disk is full is up to the database, and to how the store uses it.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from customerintel.live.sqlite_store import SQLiteStore
    >>> from customerintel.testing.stores import check_store
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     report = check_store(lambda name: SQLiteStore(Path(folder) / name))
    >>> report.passed
    True
    """
    if not callable(make_store):
        raise InvalidArgumentError(
            "make_store must be a function that opens the store of a name, such as "
            f"lambda name: SQLiteStore(folder / name); got {type(make_store).__name__}."
        )
    name = getattr(make_store, "__name__", type(make_store).__name__)
    results = tuple(_checked(one, make_store) for one in STORE_CHECKS.values())
    return ConformanceReport(name, results, 0, "store")


def _checked(check: Check, make_store: Callable[[str], Store]) -> CheckResult:
    subject: Any = StoreSubject(make_store)
    closing = functools.partial(_run_and_close, check.run)
    return run_check(Check(check.name, check.promise, closing), subject, None)


def _run_and_close(run: Callable[[Any], None], subject: StoreSubject) -> None:
    try:
        run(subject)
    finally:
        subject.close()

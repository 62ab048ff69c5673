"""``segment``: a file with a log goes in, a file with one row per customer comes out."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Any

from customerintel.cli.files import write_table
from customerintel.cli.screen import rejected_lines, score_rows, segment_rows, show_table

if TYPE_CHECKING:
    from customerintel.rfm import RFMScores
    from customerintel.tables import TransactionLog

__all__ = ["run", "show"]

_READING = (
    "customer_id",
    "timestamp",
    "amount",
    "quantity",
    "unit_price",
    "order_id",
    "kind",
    "timestamp_format",
    "on_invalid",
)
_SCORING = ("as_of", "window", "bins", "scheme")


def run(arguments: argparse.Namespace) -> int:
    """Read the log, score and name the customers, write and show the result."""
    import customerintel as ci

    read = (
        ci.TransactionLog.from_csv
        if arguments.log.suffix.lower() == ".csv"
        else ci.TransactionLog.from_parquet
    )
    log = read(arguments.log, **given(arguments, _READING))
    report_rejected(log, arguments)
    rfm = ci.score_rfm(log, **given(arguments, _SCORING))
    show(log, rfm, as_of=arguments.as_of)
    write_table(rfm.to_frame(), arguments.out)
    print(f"\nwrote {arguments.out}")
    return 0


def given(arguments: argparse.Namespace, names: tuple[str, ...]) -> dict[str, Any]:
    """Return the options that were given; the others keep the defaults of the library."""
    values = {name: getattr(arguments, name) for name in names}
    return {name: value for name, value in values.items() if value is not None}


def report_rejected(log: TransactionLog, arguments: argparse.Namespace) -> None:
    """Tell how many rows broke which rule, and keep the rows if asked to."""
    for line in rejected_lines(log.rejected.counts(), rows=len(log.rejected)):
        print(line, file=sys.stderr)
    if arguments.rejected is not None:
        write_table(log.rejected.to_frame(), arguments.rejected)


def show(log: TransactionLog, rfm: RFMScores, *, as_of: str) -> None:
    """Print how much was read and what was found."""
    print(
        f"{log.n_transactions:,} transactions of {log.n_customers:,} customers; "
        f"{len(rfm):,} customers as of {as_of}, scheme {rfm.scheme or 'none'}\n"
    )
    show_table(*(segment_rows(rfm) if rfm.scheme else score_rows(rfm)))
